import hashlib

import pandas as pd
import pytest

from duonen_stats.errors import DataError
from duonen_stats.raw.cut import read_cut


def test_what_a_cut_says_of_itself(worked, on):
    worked.change("data_cut", {}, LABEL="First look")
    cut = worked.read()
    assert (cut.name, cut.label, cut.origin, cut.stage) == ("worked", "First look", "SIMULATED", "INTERIM")
    assert cut.cut_date == pd.Timestamp(on(400))
    assert cut.findings == ()


@pytest.mark.parametrize(
    ("origin", "simulated"),
    [("TRIAL", False), ("SIMULATED", True), ("", True), ("trial", False), ("a trial", True)],
)
def test_only_what_says_it_is_the_trial_is_not_marked_simulated(worked, origin, simulated):
    worked.change("data_cut", {}, ORIGIN=origin)
    assert worked.read().simulated is simulated


def test_files_are_listed_with_their_hash_and_size(worked):
    cut = worked.read()
    labs = next(file for file in cut.files if file.name == "labs.csv")
    assert labs.sha256 == hashlib.sha256((worked.folder / "labs.csv").read_bytes()).hexdigest()
    assert (labs.rows, labs.columns) == (120, 12)
    assert [file.name for file in cut.files] == [f"{table.name}.csv" for table in worked.study.tables]


def test_rows_are_known_by_their_line(worked):
    assert worked.read().tables["subjects"]["_ROW"].to_list() == [2, 3]


def test_a_missing_file_is_an_error_and_an_empty_table(worked):
    worked.read()
    (worked.folder / "labs.csv").unlink()
    cut = read_cut(worked.study, worked.folder)
    assert [(one.rule, one.table) for one in cut.findings] == [("RD-FILE", "labs")]
    assert cut.tables["labs"].empty
    assert "LBDT" in cut.tables["labs"].columns


def test_a_folder_in_place_of_a_file(worked):
    worked.read()
    (worked.folder / "labs.csv").unlink()
    (worked.folder / "labs.csv").mkdir()
    assert [one.rule for one in read_cut(worked.study, worked.folder).findings] == ["RD-FILE"]


def test_names_of_files_in_any_case(worked):
    worked.read()
    (worked.folder / "labs.csv").rename(worked.folder / "Labs.CSV")
    assert read_cut(worked.study, worked.folder).findings == ()


def test_two_files_for_one_table(worked):
    worked.read()
    (worked.folder / "LABS.csv").write_bytes(b"")
    if len([*worked.folder.iterdir()]) == len(worked.study.tables):
        pytest.skip("this file system does not tell cases apart")
    (found,) = read_cut(worked.study, worked.folder).findings
    assert (found.rule, found.table) == ("RD-TWICE", "labs")


def test_other_files_are_noted_and_companions_are_not(worked):
    worked.read()
    for name in ("genes.csv", "labs.docx", "README.md", "CHECKSUMS", ".hidden"):
        (worked.folder / name).write_bytes(b"x")
    findings = read_cut(worked.study, worked.folder).findings
    assert [(one.rule, one.severity, one.table) for one in findings] == [
        ("RD-OTHER", "note", "genes.csv"),
        ("RD-OTHER", "note", "labs.docx"),
    ]


def test_a_folder_that_is_not_there(worked, tmp_path):
    with pytest.raises(DataError, match=r"nowhere.*give that of a data cut"):
        read_cut(worked.study, tmp_path / "nowhere")


def test_a_file_in_place_of_the_folder(worked, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="not a folder"):
        read_cut(worked.study, tmp_path / "file")


def test_an_empty_folder_is_a_list_of_missing_files(worked):
    findings = read_cut(worked.study, worked.folder).findings
    assert {one.rule for one in findings} == {"RD-FILE"}
    # Ranges, enrolment, vital signs, therapies and deviations are optional.
    assert [one.table for one in findings] == [
        "data_cut",
        "subjects",
        "administrations",
        "dosimetry",
        "labs",
        "adverse_events",
        "disposition",
        "tumour_assessments",
        "follow_up",
    ]


def test_the_shipped_cohort_reads_without_findings(study):
    cut = read_cut(study)
    assert cut.simulated
    assert cut.findings == ()
    assert sum(file.rows for file in cut.files) == sum(map(len, cut.tables.values()))


def test_a_mapping_file_of_the_folder_or_a_named_one_is_used_and_listed(worked, tmp_path):
    worked.read()
    (worked.folder / "labs.csv").rename(worked.folder / "blood.csv")
    text = "sources:\n  - {source: blood.csv, table: labs, codes: {ANALYTE: {HB: HGB}}}\n"
    own, other = worked.folder / "mapping.yaml", tmp_path / "names.yml"
    other.write_text(text, encoding="utf-8")
    named = read_cut(worked.study, worked.folder, mapping=other)
    own.write_text(text, encoding="utf-8")
    cut = read_cut(worked.study, worked.folder)
    for found, name in ((named, "names.yml"), (cut, "mapping.yaml")):
        assert [(one.rule, one.column) for one in found.findings] == [("RD-UNMET", "ANALYTE")]
        assert len(found.tables["labs"]) == 120
        assert (found.files[0].name, found.files[0].form) == (name, {"format": "mapping file"})
        assert found.files[0].sha256 == hashlib.sha256(own.read_bytes()).hexdigest()


def test_how_a_file_was_read_is_recorded(worked):
    worked.read()
    rows = [
        ["SUBJID;CYCLE;EXDT;LU177_MBQ;Y90_MBQ;REASON"],
        ["P-1;T1;10.01.2023;7400,5;;PLANNED"],
        ["P-2;T1;23.01.2023;0,5;;ś"],
    ]
    data = "\r\n".join(line for (line,) in rows).encode("cp1250")
    (worked.folder / "administrations.csv").write_bytes(data)
    cut = read_cut(worked.study, worked.folder)
    file = next(one for one in cut.files if one.table == "administrations")
    assert (file.shown, file.described) == ("administrations.csv", "CSV, Windows-1250, semicolon")
    assert file.conversions == "decimal commas: LU177_MBQ 2; dates written day, month, year: EXDT 2"
    assert cut.tables["administrations"]["LU177_MBQ"].tolist() == [7400.5, 0.5]
