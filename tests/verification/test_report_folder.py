import json
import os
import shutil

import pandas as pd
import pytest

from duonen_stats.errors import DataError, OptionError
from duonen_stats.verification.r_engine import run_r
from duonen_stats.verification.report_folder import read_folder, read_manifest


@pytest.fixture
def report(written_report, tmp_path):
    """A copy of the data of a report, without its pages."""
    for name in ("raw", "datasets"):
        shutil.copytree(written_report / name, tmp_path / name)
    for name in ("results.csv", "manifest.json", "findings.csv", "set_aside.csv"):
        shutil.copy(written_report / name, tmp_path / name)
    return tmp_path


def test_a_report_is_read_with_types(report):
    folder = read_folder(report)
    assert folder.altered == ()
    assert folder.plan.quantile_type == 6
    assert folder.cut_date == pd.Timestamp("2025-09-30")
    assert folder.raw["labs"]["LBDT"].dtype.kind == "M"
    assert folder.raw["labs"]["VALUE"].dtype == float
    assert folder.raw["adverse_events"]["GRADE"].dtype == float
    assert folder.raw["subjects"]["GRADE"].isin(["G1", "G2"]).all()
    assert folder.results.loc[folder.results["stat"].isna(), "note"].notna().all()
    assert {*folder.lists} == {"findings", "set_aside"}


def test_a_changed_and_a_missing_file_are_named(report):
    with (report / "raw" / "labs.csv").open("a") as file:
        file.write("\n")
    (report / "datasets" / "adex.csv").unlink()
    assert read_folder(report).altered == (
        "datasets/adex.csv is missing",
        "raw/labs.csv was changed after the report was made",
    )


@pytest.mark.parametrize("name", ["raw/labs.csv", "datasets/adex.csv", "results.csv"])
def test_a_pipe_in_a_report_is_refused_and_not_waited_for(report, name):
    (report / name).unlink()
    os.mkfifo(report / name)
    with pytest.raises(DataError, match="no file but a pipe or a device"):
        read_folder(report)
    with pytest.raises(DataError, match=r"no file but a pipe or a device|no results"):
        run_r(report)


def test_a_folder_that_is_no_report_is_refused(tmp_path):
    with pytest.raises(OptionError, match=r"it has no manifest\.json"):
        read_folder(tmp_path)
    other = {
        "made_by": "duonen_stats",
        "kind": "datasets",
        "plan": {},
        "outputs": [],
        "data_cut": {"date": "2024-01-01"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(other))
    with pytest.raises(OptionError, match="of another output"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("manifest.json", "{", "cannot be read as the manifest"),
        ("results.csv", "analysis_id,stat\na,1\n", "has no column stat_name, n, method, note"),
        (
            "results.csv",
            "analysis_id,stat_name,stat,n,method,note\na,n,many,1,,\n",
            "it has to be a number or empty",
        ),
        ("raw/labs.csv", "SUBJID,LBDT\n01,31.12.2024\n", "dates are written YYYY-MM-DD"),
    ],
)
def test_a_damaged_file_is_named(report, file, content, message):
    (report / file).write_text(content)
    with pytest.raises(DataError, match=message):
        read_folder(report)


def test_a_missing_results_table_is_named(report):
    (report / "results.csv").unlink()
    with pytest.raises(DataError, match=r"results\.csv cannot be read: No such file"):
        read_folder(report)
