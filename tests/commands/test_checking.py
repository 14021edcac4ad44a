from pathlib import Path

import pandas as pd
import pytest

from duonen_stats.commands.checking import (
    check_data,
    require_no_source,
    require_sound,
    write_findings,
)
from duonen_stats.errors import DataError, DuonenError, FaultyCutError


def test_the_shipped_cohort_is_sound():
    cut, findings = check_data(None)
    require_sound(cut, findings)
    assert cut.simulated
    assert not [finding for finding in findings if finding.severity == "error"]


def test_errors_stop_and_are_all_carried(edit):
    edit.write("subjects", edit.read("subjects").replace({"SEX": {"F": "X"}}))
    cut, findings = check_data(edit.folder)
    with pytest.raises(FaultyCutError, match="nothing was written") as fault:
        require_sound(cut, findings)
    assert fault.value.findings == findings


def test_findings_are_written_whole(edit, tmp_path: Path):
    edit.write("subjects", edit.read("subjects").replace({"SEX": {"F": "X"}}))
    cut, findings = check_data(edit.folder)
    write_findings(findings, tmp_path / "findings.csv", cut)
    frame = pd.read_csv(tmp_path / "findings.csv")
    assert list(frame.columns) == ["severity", "rule", "table", "row", "column", "subject", "message", "site"]
    assert len(frame) == len(findings)


def test_a_folder_that_is_not_there_is_one_clear_error():
    with pytest.raises(DataError, match="not a folder that can be read"):
        check_data(Path("not/there"))


def test_the_ending_of_the_file_says_what_is_written(tmp_path: Path):
    cut, findings = check_data(None)
    write_findings(findings, tmp_path / "queries.XLSX", cut)
    assert (tmp_path / "queries.XLSX").read_bytes().startswith(b"PK")


def test_a_cut_at_an_earlier_date():
    cut, findings = check_data(None, cut_date="2023-06-30")
    assert f"{cut.cut_date:%Y-%m-%d}" == "2023-06-30"
    assert cut.readout
    assert not [finding for finding in findings if finding.severity == "error"]


def test_the_list_of_findings_does_not_take_the_place_of_a_file_of_the_data(edit):
    cut, findings = check_data(edit.folder)
    for name in ("labs.csv", "LABS.xlsx"):
        (edit.folder / name).touch()
        with pytest.raises(DuonenError, match="is read"):
            require_no_source(edit.folder / name, edit.folder, cut)
    require_no_source(edit.folder / "findings.csv", edit.folder, cut)
    write_findings(findings, edit.folder / "findings.csv", cut)
    require_no_source(edit.folder / "findings.csv", edit.folder, cut)
    require_no_source(edit.folder / "findings.csv", None, cut)
