"""A proposal is a mapping file without fault, says what it does not know, and reads layouts nearly as they are."""

from io import BytesIO

import pandas as pd
import pytest
from source_shapes import SHIPPED

from duonen_stats.errors import DataError
from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.convert import raw_csv
from duonen_stats.raw.intake.mapping_file import read_mapping
from duonen_stats.raw.suggest.proposal import suggested_mapping
from duonen_stats.study.shipped_files import cohort_path


@pytest.fixture(scope="module")
def tables(cut, study):
    """Raw tables of a few patients, as texts."""
    subjects = cut.tables["subjects"]
    affected = subjects["SUBJID"].isin(cut.tables["adverse_events"]["SUBJID"])
    chosen = subjects[affected].groupby("ARM").head(2)["SUBJID"]
    texts = {
        table.name: pd.read_csv(
            BytesIO(raw_csv(cut.tables[table.name], table)), dtype=str, keep_default_na=False
        )
        for table in study.tables
    }
    return {
        name: (frame[frame["SUBJID"].isin(chosen)] if "SUBJID" in frame else frame).reset_index(drop=True)
        for name, frame in texts.items()
    }


def _proposed(folder, study, files, others=None):
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for name, frame in (others or {}).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    text = suggested_mapping(folder, study)
    path = folder / "proposed.yaml"
    path.write_text(text, encoding="utf-8")
    read_mapping(path, study)  # raises if it has a fault
    return text, path


@pytest.mark.parametrize("name", ["laboratory_wide", "sheets_per_centre", "dosimetry"])
def test_a_proposal_reads_its_layout_as_it_is(name, tables, study, tmp_path):
    """Of these layouts every guess is right: the tables hold the records that they should."""
    make, held = SHIPPED[name]
    files, wanted = make(tables)
    others = {one: frame for one, frame in tables.items() if one not in held and len(frame)}
    text, path = _proposed(tmp_path, study, files, others)
    cut = read_cut(study, tmp_path, mapping=path)
    assert [one for one in cut.findings if one.severity == "error"] == [], text
    for table in held:
        key = [one for one in study.table(table).key if one in wanted[table]]
        frame = cut.tables[table]
        found = frame[key].astype(str).where(frame[key].notna(), "").sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(found, wanted[table][key].sort_values(key, ignore_index=True))


@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_a_proposal_has_no_fault_whatever_the_layout(name, tables, study, tmp_path):
    files, _ = SHIPPED[name][0](tables)
    text, _ = _proposed(tmp_path, study, files)
    assert "  - source: " in text


def test_a_cut_in_the_raw_format_needs_no_entry(study):
    text = suggested_mapping(cohort_path(), study)
    assert text.endswith("sources: []\n")
    assert text.count("no entry is needed") >= 8


def test_what_is_not_placed_is_said(study, tmp_path):
    files = {
        "notes.csv": b"a,b\n1,2\n",
        "broken.xlsx": b"no workbook",
        "listing.csv": b"Patient,Sex,Randomisation date,Arm,Shoe size\n1,?,2024-01-01,A,42\n",
    }
    text, _ = _proposed(tmp_path, study, files)
    assert "# notes.csv: not placed in any table; its columns: a, b." in text
    assert "# broken.xlsx: not read (" in text
    assert "# listing.csv: columns not placed: Shoe size." in text
    assert "# values of SEX not placed: ?; add them to codes" in text
    assert "# No source was recognised for: " in text


def test_a_folder_that_is_not_there(study, tmp_path):
    with pytest.raises(DataError, match="not a folder or file that can be read"):
        suggested_mapping(tmp_path / "none", study)


def test_a_file_with_the_names_of_the_dictionary_and_values_of_another_program_has_an_entry(
    tables, study, tmp_path
):
    subjects = tables["subjects"].assign(
        METLIV=tables["subjects"]["METLIV"].replace({"Y": "TRUE", "N": "FALSE"})
    )
    text, path = _proposed(tmp_path, study, {}, {**tables, "subjects": subjects})
    assert "# labs.csv: has the names of the dictionary" in text
    assert "# subjects.csv: has the names" not in text
    cut = read_cut(study, tmp_path, mapping=path)
    assert cut.tables["subjects"]["METLIV"].tolist() == tables["subjects"]["METLIV"].tolist()


@pytest.mark.parametrize(
    "sign", ["\n", "\r", "\x07", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe", "\U0001f600"]
)
def test_no_name_or_value_breaks_the_file(sign, study, tmp_path):
    files = {
        "c.csv": f'Pacjent,Data randomizacji,Płeć,"Wie{sign}k"\n1-01,2024-01-01,"z{sign}z",3\n'.encode(),
        f"d{sign}sources: [].csv": f'"fo{sign}o",bar\n1,2\n'.encode(),
        f"e{sign}tables: [].xlsx": b"none",
    }
    text, path = _proposed(tmp_path, study, files)
    assert [one.source for one in read_mapping(path, study).sources] == ["c.csv"]
    assert "z" in next(line for line in text.splitlines() if "values of SEX not placed" in line)
