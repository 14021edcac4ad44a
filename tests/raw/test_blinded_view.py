"""Non-interference: whatever the records of treatment hold, and in whichever order the files stand, the view is one."""

import shutil
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from exchanged_cuts import ERRORS, GAPS, exchanged, moved, ordered, tables_of, write_tables
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font

from duonen_stats import load_study
from duonen_stats.commands.convert_cut import convert_cut
from duonen_stats.errors import DataError, DuonenError
from duonen_stats.raw import apply_cut, read_cut
from duonen_stats.raw.blinded_view import (
    NAMES_TREATMENT,
    TREATMENT_TABLES,
    blinded_view,
    check_blinded_cut,
    draw_arms,
    read_blinded_cut,
    readable,
    with_drawn_arms,
)
from duonen_stats.raw.checks.check import CROSS_RULES, check_cut
from duonen_stats.raw.planning_cut import check_planning_cut, read_planning_cut
from duonen_stats.simulated.cut.simulation import simulate_cut

STUDY = load_study()


@cache
def _seen_once(folder: Path, cut_date: str | None = None):
    """As ``_seen``, of a folder that no test changes."""
    return _seen(folder, cut_date)


def _seen(folder: Path, cut_date: str | None = None):
    """Everything that a blinded report is made of, hashes of the files aside."""
    cut = read_blinded_cut(STUDY, folder)
    try:
        cut = cut if cut_date is None else apply_cut(cut, STUDY, cut_date)
    except DuonenError as refusal:
        return str(refusal)
    found = check_blinded_cut(cut, STUDY)
    drawn = with_drawn_arms(cut, STUDY, 7)
    files = [replace(file, sha256="") for file in cut.files]
    about = (cut.name, cut.label, cut.stage, cut.cut_date, cut.readout, cut.set_aside, cut.findings)
    return {name: frame.to_csv() for name, frame in drawn.tables.items()}, found, files, about


@pytest.fixture(scope="module")
def cuts(tmp_path_factory):
    """Small simulated cuts, sound, with gaps in treatment and dosimetry, and with errors; each in a folder "cut"."""
    found = {}
    for seed, mend in enumerate([None, *GAPS, *ERRORS]):
        folder = tmp_path_factory.mktemp("cuts") / "cut"
        tables = tables_of(simulate_cut(40 + seed, patients=6, stage="FINAL" if seed % 2 else "INTERIM"))
        write_tables(tables if mend is None else mend(tables), folder)
        found[seed] = folder
    return found


@pytest.mark.long
@settings(max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(
    which=st.integers(0, len(GAPS) + len(ERRORS)),
    seed=st.integers(0, 2**32 - 1),
    how=st.sampled_from(["whole records", "cells", "garbage"]),
    order=st.sampled_from(["arm", "shuffled", "activity"]),
    day=st.sampled_from([None, "2023-03-01"]),
)
def test_what_a_blinded_report_sees_does_not_depend_on_treatment(
    cuts, tmp_path_factory, which, seed, how, order, day
):
    folder = tmp_path_factory.mktemp("other") / "cut"
    tables = tables_of(cuts[which])
    write_tables(moved(ordered(exchanged(tables, seed, how), seed, order), seed), folder)
    assert _seen(folder, day) == _seen_once(cuts[which], day)
    shutil.rmtree(folder.parent)


@pytest.mark.parametrize("form", ["xlsx", "sav", "parquet", "xpt8", "workbook"])
def test_nor_in_another_format_of_the_files(cuts, tmp_path, form):
    for name, tables in (
        ("one", tables_of(cuts[0])),
        ("other", exchanged(tables_of(cuts[0]), 3, "whole records")),
    ):
        write_tables(ordered(tables, 3, "arm"), tmp_path / name / "csv")
        out = tmp_path / name / ("cut.xlsx" if form == "workbook" else "cut")
        convert_cut(tmp_path / name / "csv", out=out, kind=form)
    paths = [next((tmp_path / name).glob("cut*")) for name in ("one", "other")]
    assert _seen(paths[0]) == _seen(paths[1])


MAPPED = """sources:
  - {source: administrations.csv, table: administrations, columns: {given: EXDT, "a_*": "*", lu: LU177_MBQ, y: Y90_MBQ}}
  - {source: adverse_events.csv, table: adverse_events, columns: {"ae_*": "*"}, optional: [ae_reason]}
"""


def test_nor_through_a_mapping_file_or_units_in_withheld_cells(cuts, tmp_path):
    """Activities are in GBq, with the unit in the cell, in two arms only; columns are named by patterns."""
    seen = []
    for seed, how in enumerate([None, "whole records", "cells", "garbage"]):
        tables = tables_of(cuts[0])
        tables = tables if how is None else ordered(exchanged(tables, seed, how), seed, "arm")
        arms = dict(zip(tables["subjects"]["SUBJID"], tables["subjects"]["ARM"], strict=True))
        rows = tables["administrations"].copy()
        rows["LU177_MBQ"] = [
            f"{text[:-3]},{text[-3:]} GBq" if arms[who] in "BD" and text.isdigit() else text
            for who, text in zip(rows["SUBJID"], rows["LU177_MBQ"], strict=True)
        ]
        names = {"EXDT": "given", "LU177_MBQ": "lu", "Y90_MBQ": "y"}
        tables["administrations"] = rows.rename(
            columns=lambda name, names=names: names.get(name, f"a_{name}")
        )
        tables["adverse_events"] = tables["adverse_events"].rename(columns=lambda name: f"ae_{name}")
        folder = tmp_path / f"{seed}" / "cut"
        write_tables(tables, folder)
        (folder / "mapping.yaml").write_text(MAPPED, encoding="utf-8")
        seen.append(_seen(folder))
    assert not [one for one in seen[0][1] if one.severity == "error"]
    assert all(one == seen[0] for one in seen)


ONE_SOURCE = """sources:
  - source: forms.csv
    tables:
      - {table: administrations, rows: {form: administrations}, columns: {patient: SUBJID, "administrations_*": "*"}}
      - {table: dosimetry, rows: {form: dosimetry}, columns: {patient: SUBJID, "dosimetry_*": "*"}}
      - {table: adverse_events, rows: {form: adverse_events}, columns: {patient: SUBJID, "adverse_events_*": "*"}}
"""


def test_nor_where_records_of_treatment_stand_in_one_file_with_others(cuts, tmp_path):
    """As in an export of forms: lines of dosimetry among those of cycles and events, which stand in order of arms."""
    seen = []
    for seed, how in enumerate([None, "whole records"]):
        tables = tables_of(cuts[0])
        tables = ordered(tables if how is None else exchanged(tables, seed, how), seed, "arm")
        parts = [
            tables.pop(name).rename(columns=lambda one, name=name: "patient" if one == "SUBJID" else f"{name}_{one}")
            .assign(form=name)
            for name in ("administrations", "dosimetry", "adverse_events")
        ]  # fmt: skip
        tables["forms"] = pd.concat(parts).fillna("")
        folder = tmp_path / f"{seed}" / "cut"
        write_tables(tables, folder)
        (folder / "mapping.yaml").write_text(ONE_SOURCE, encoding="utf-8")
        seen.append(_seen(folder))
    assert not [one for one in seen[0][1] if one.severity == "error"]
    assert seen[0] == seen[1]


def test_a_cut_blinded_at_its_source_is_enough(cuts, tmp_path):
    tables = tables_of(cuts[0])
    del tables["dosimetry"]
    columns = readable(STUDY)
    write_tables({name: frame[[*columns[name]]] for name, frame in tables.items()}, tmp_path / "cut")
    seen, whole = _seen(tmp_path / "cut"), _seen_once(cuts[0])
    assert seen[:2] == whole[:2]


def test_the_view_of_a_cut_in_memory_is_that_of_its_files(cuts):
    one, other = read_blinded_cut(STUDY, cuts[0]), blinded_view(read_cut(STUDY, cuts[0]), STUDY)
    again = blinded_view(one, STUDY)
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name], check_like=True)
        pd.testing.assert_frame_equal(frame, again.tables[name], check_like=True)
    assert one.readout == other.readout == ()


@pytest.mark.long
def test_the_view_finds_nothing_that_the_whole_check_does_not_find(cuts):
    """What is withheld is not reported as missing; of the rest, each finding stands, without its line."""
    of_treatment = {one.rule.id for one in CROSS_RULES if not {*TREATMENT_TABLES}.isdisjoint(one.tables)}
    for folder in cuts.values():
        told = {
            (one.rule, one.table, one.column, one.subject)
            for one in check_blinded_cut(read_blinded_cut(STUDY, folder), STUDY)
        }
        full = check_cut(read_cut(STUDY, folder), STUDY)
        assert told <= {(one.rule, one.table, one.column, one.subject) for one in full}
        labs = {
            (one.rule, one.table, one.column, one.subject)
            for one in full
            if one.table == "labs" and one.rule not in of_treatment
        }
        assert labs <= told


def test_a_finding_names_no_line(cuts):
    found = [
        one for folder in cuts.values() for one in check_blinded_cut(read_blinded_cut(STUDY, folder), STUDY)
    ]
    assert any(one.severity == "error" for one in found)
    assert {one.row for one in found} == {None}
    assert {one.lines for one in found} == {()}
    assert not [one.message for one in found if "line " in one.message and any(map(str.isdigit, one.message))]


def test_cells_that_could_not_be_read_are_known_by_the_numbers_of_their_records(cuts, tmp_path):
    """Dates of unclear order stand on other lines of a file sorted otherwise, and are the same records."""
    seen = []
    for seed in (1, 2):
        folder = shutil.copytree(cuts[0], tmp_path / f"{seed}" / "cut")
        rows = pd.read_csv(folder / "follow_up.csv", dtype=str, keep_default_na=False)
        rows.loc[:2, "LASTDT"] = ["03/04/2024", "05/06/2024", "07/08/2024"]
        rows.sample(frac=1, random_state=seed).to_csv(folder / "follow_up.csv", index=False)
        cut = read_blinded_cut(STUDY, folder)
        seen.append([one.lines for one in cut.findings if one.rule == "RD-AMBIGUOUS"])
        assert len(seen[-1][0]) == 3
        assert not [one for one in check_blinded_cut(cut, STUDY) if one.rule == "DD-MISSING"]
    assert seen[0] == seen[1]


@cache
def _of_five():
    return simulate_cut(5, patients=5)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nausea", "Nausea"),
        ("Alopecia grade 1", "Alopecia grade 1"),
        ("Fatigue after 90Y", NAMES_TREATMENT),
        ("y-90 related nausea", NAMES_TREATMENT),
        ("Lu177 extravasation", NAMES_TREATMENT),
        ("Cytopenia at 24.5 Gy", NAMES_TREATMENT),
        ("given 3700MBq", NAMES_TREATMENT),
        ("reduced dose", NAMES_TREATMENT),
        ("patient of arm B", NAMES_TREATMENT),
        ("Pain in arm", "Pain in arm"),
        ("Armpit swelling", "Armpit swelling"),
        ("Nausea after ⁹⁰Y", NAMES_TREATMENT),
        ("¹⁷⁷Lu-DOTATATE, first", NAMES_TREATMENT),
        ("Y90-DOTATATE reaction", NAMES_TREATMENT),
        ("Y90DOTATATE reaction", NAMES_TREATMENT),
        ("Reaction to yttrium-90", NAMES_TREATMENT),
        ("100 mCi", NAMES_TREATMENT),
        ("arm: C", NAMES_TREATMENT),
        ("D-arm patient", NAMES_TREATMENT),
        ("Nudności po dawce 2", NAMES_TREATMENT),
        ("Second tandem cycle", NAMES_TREATMENT),
        ("Vitamin D deficiency", "Vitamin D deficiency"),
        ("Hepatitis B", "Hepatitis B"),
        ("Titration of opioids", "Titration of opioids"),
        ("Doser-like twitch", "Doser-like twitch"),
    ],
)
def test_a_free_text_that_names_treatment_is_withheld(text, told):
    cut = _of_five()
    events = cut.tables["adverse_events"].assign(TERM=text)
    view = blinded_view(replace(cut, tables={**cut.tables, "adverse_events": events}), STUDY)
    assert set(view.tables["adverse_events"]["TERM"]) == {told}


def test_so_is_one_in_any_other_column():
    cut = _of_five()
    labs = cut.tables["labs"].assign(REASND="not done, ⁹⁰Y that day")
    view = blinded_view(replace(cut, tables={**cut.tables, "labs": labs}), STUDY)
    assert set(view.tables["labs"]["REASND"]) == {NAMES_TREATMENT}
    assert set(view.tables["labs"]["SUBJID"]) == set(labs["SUBJID"])


def _comment(cell):
    cell.comment = Comment("arm B, 1850 MBq", "monitor")


def _struck(cell):
    cell.font = Font(strike=True)


def _holding(value):
    return lambda cell: setattr(cell, "value", value)


def _merged(cell):
    cell.parent.merge_cells(
        start_row=cell.row, end_row=cell.row + 2, start_column=cell.column, end_column=cell.column
    )


def _with_workbook(tables, folder, marked, mark, renamed=False):
    """Write a cut of which some tables are workbooks, one cell of each marked: ``marked`` gives its column."""
    write_tables(tables, folder)
    entries = []
    for table, column in marked.items():
        (folder / f"{table}.csv").unlink()
        book = openpyxl.Workbook()
        names = [f"my {name}" if renamed else name for name in tables[table].columns]
        for row in (names, *tables[table].itertuples(index=False)):
            book.active.append([*row])
        mark(book.active.cell(5, tables[table].columns.get_loc(column) + 1))
        book.save(folder / f"{table}.xlsx")
        columns = "".join(f"      my {name}: {name}\n" for name in tables[table].columns)
        entries.append(f"  - source: {table}.xlsx\n    table: {table}\n    columns:\n{columns}")
    if renamed:
        (folder / "mapping.yaml").write_text(f"sources:\n{''.join(entries)}")


MARKS = [_comment, _struck, _holding("#REF!"), _holding("=A1*2"), _merged]
WITHHELD = {
    "subjects": "ARM",
    "administrations": "Y90_MBQ",
    "adverse_events": "ACTION",
    "disposition": "DETAIL",
}


@pytest.mark.parametrize("renamed", [False, True])
def test_what_a_workbook_says_of_a_withheld_cell_is_withheld(cuts, tmp_path, renamed):
    """A comment, a line through it, an error, a formula: they quote it, or name a row of the sheet, or refuse."""
    tables = tables_of(cuts[0])
    _with_workbook(tables, tmp_path / "plain" / "cut", WITHHELD, lambda _: None, renamed)
    plain = _seen(tmp_path / "plain" / "cut")
    planned = check_planning_cut(read_planning_cut(STUDY, tmp_path / "plain" / "cut"), STUDY)
    for number, mark in enumerate(MARKS):
        folder = tmp_path / str(number) / "cut"
        _with_workbook(tables, folder, WITHHELD, mark, renamed)
        assert _seen(folder) == plain
        assert check_planning_cut(read_planning_cut(STUDY, folder), STUDY) == planned


def test_what_it_says_of_another_cell_names_no_row(cuts, tmp_path):
    tables = tables_of(cuts[0])
    _with_workbook(tables, tmp_path / "cut", {"subjects": "AGE"}, _holding("#REF!"))
    found = check_blinded_cut(read_blinded_cut(STUDY, tmp_path / "cut"), STUDY)
    errors = [one for one in found if one.rule == "RD-ERRORCELL"]
    assert [(one.severity, one.column, one.row) for one in errors] == [("error", "AGE", None)]
    assert not [one for one in errors if any(map(str.isdigit, one.message))]


@given(st.integers(0, 400), st.integers(0, 2**32 - 1))
def test_arms_are_drawn_by_the_allocation(patients, seed):
    names = [f"{number:03}" for number in range(patients)]
    drawn = draw_arms(names, STUDY, seed)
    assert drawn == draw_arms(names[::-1], STUDY, seed)
    sizes = Counter(drawn.values())
    assert all(abs(sizes[arm.code] - patients / 4) < 1 for arm in STUDY.arms)


@pytest.mark.law
def test_over_seeds_every_patient_is_in_every_arm_as_often():
    names = [f"{number:03}" for number in range(10)]
    counts = Counter(pair for seed in range(2000) for pair in draw_arms(names, STUDY, seed).items())
    assert np.allclose([counts[name, arm.code] for name in names for arm in STUDY.arms], 500, atol=90)


def test_a_negative_seed_is_refused():
    with pytest.raises(DataError, match="give 0 or more"):
        with_drawn_arms(blinded_view(simulate_cut(5, patients=4), STUDY), STUDY, -1)
