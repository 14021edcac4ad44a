import hashlib

import pandas as pd
import pytest

from duonen_stats.errors import DataError
from duonen_stats.raw.cut import read_cut

pytestmark = pytest.mark.worked


def test_what_a_cut_says_of_itself(worked, on):
    worked.change("data_cut", {}, LABEL="First look")
    cut = worked.read()
    assert (cut.name, cut.label, cut.origin, cut.stage) == ("worked", "First look", "SIMULATED", "INTERIM")
    assert cut.cut_date == pd.Timestamp(on(400))
    assert cut.findings == ()


@pytest.mark.parametrize(
    ("origin", "simulated"), [("TRIAL", False), ("SIMULATED", True), ("", True), ("trial", True)]
)
def test_only_what_says_it_is_the_trial_is_not_marked_simulated(worked, origin, simulated):
    worked.change("data_cut", {}, ORIGIN=origin)
    assert worked.read().simulated is simulated


def test_files_are_listed_with_their_hash_and_size(worked):
    cut = worked.read()
    labs = next(file for file in cut.files if file.name == "labs.csv")
    assert labs.sha256 == hashlib.sha256((worked.folder / "labs.csv").read_bytes()).hexdigest()
    assert (labs.rows, labs.columns) == (120, 9)
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
    for name in ("genes.csv", "labs.xlsx", "README.md", "CHECKSUMS", ".hidden"):
        (worked.folder / name).write_bytes(b"x")
    findings = read_cut(worked.study, worked.folder).findings
    assert [(one.rule, one.severity, one.table) for one in findings] == [
        ("RD-OTHER", "note", "genes.csv"),
        ("RD-OTHER", "note", "labs.xlsx"),
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
    assert [one.rule for one in findings] == ["RD-FILE"] * len(worked.study.tables)


def test_the_shipped_cohort_reads_without_findings(study):
    cut = read_cut(study)
    assert cut.simulated
    assert cut.findings == ()
    assert sum(file.rows for file in cut.files) == sum(map(len, cut.tables.values()))
