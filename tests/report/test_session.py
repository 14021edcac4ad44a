"""Open and closed sessions: what of efficacy by arm can be found in the files of each."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner
from patients import contact, cycles, day, make_cut, subject

from duonen_stats import INTERIM, build_datasets, check_cut
from duonen_stats.cli.app import main
from duonen_stats.commands.make_report import analyse_cut, write_report
from duonen_stats.datasets.metadata.stamp import CLOSED_SESSION, POOLED_ONLY
from duonen_stats.errors import PlanError
from duonen_stats.plan import FINAL
from duonen_stats.report.compose import compose, lay_out_all
from duonen_stats.report.data_files import data_files
from duonen_stats.report.session import OUTCOME_TABLES, open_datasets, open_findings
from duonen_stats.results.rows.groups import ARM
from duonen_stats.simulated.cut.simulation import simulate_cut


@pytest.fixture(scope="module")
def cut(study):
    return simulate_cut(31, patients=40, study=study)


@pytest.fixture(scope="module")
def sessions(cut, study):
    findings = check_cut(cut, study)
    return {
        session: analyse_cut(cut, findings, study, INTERIM, session=session) for session in ("open", "closed")
    }


def _files(analysed, *also):
    displays = lay_out_all(analysed)
    return data_files(analysed, displays, compose(analysed, displays), also)


def test_an_imputed_date_does_not_tell_of_a_death_in_the_open_session(study):
    death = contact("1", 300, died=True) | {"DEATHDTC": day(300)[:7]}
    alive = contact("2", 90) | {"LASTDTC": day(90)[:7]}
    cut = make_cut(
        subjects=[subject("1"), subject("2")], administrations=cycles("1", [7400.0]), follow_up=[death, alive]
    )
    data = build_datasets(cut, study, INTERIM)
    assert data.adsl[["DTHDTF", "LSTALVDF"]].notna().any().all()
    shown = open_datasets(data).adsl
    assert shown[[name for name in shown if name.startswith(("DTH", "LSTALV"))]].isna().all(axis=None)


def test_no_outcome_of_a_patient_is_in_a_file_of_the_open_session(cut, sessions):
    """A marked date and response of each patient are in no file, while the closed session has them."""
    outcomes = {
        f"{date:%Y-%m-%d}"
        for name, column in (("follow_up", "DEATHDT"), ("tumour_assessments", "ASSESSDT"))
        for date in cut.tables[name][column].dropna()
    }
    others = {
        f"{date:%Y-%m-%d}"
        for frame in cut.tables.values()
        for name in frame.select_dtypes("datetime")
        if name not in {"DEATHDT", "ASSESSDT", "LASTDT", "NEWTRTDT"}
        for date in frame[name].dropna()
    }
    # The end of reporting of events follows from the last cycle, and may fall on the day of a scan.
    others |= {f"{date:%Y-%m-%d}" for date in sessions["open"].data.adsl["AERPTEDT"].dropna()}
    telling = outcomes - others
    assert len(telling) > 40
    shown = {name: _files(analysed) for name, analysed in sessions.items()}
    found = {
        name: {date for date in telling if any(date.encode() in text for text in files.values())}
        for name, files in shown.items()
    }
    assert found["open"] == set()
    assert len(found["closed"]) > 0.9 * len(telling)


def test_of_outcomes_the_open_session_has_what_is_pooled(sessions):
    rows = {name: {row.analysis_id: row for row in analysed.results} for name, analysed in sessions.items()}
    for key, row in rows["open"].items():
        full = rows["closed"][key]
        if row.variable in {"DTHDT", "LSTALVDT", "DCSREAS"} and row.group1_level in {*"ABCD"}:
            assert (row.stat, row.note) == (None, POOLED_ONLY)
            assert full.stat is not None
        elif not key.startswith(("quality", "findings")) and "finding" not in key:
            assert row.stat == full.stat, key
    assert not [key for key in rows["open"] if key.startswith(("pfs.", "os.", "response."))]
    by_arm = [key for key in rows["closed"] if re.match(r"(pfs|os)\.km\.[A-D]\.events", key)]
    assert len(by_arm) == 8


def test_datasets_of_the_open_session(sessions):
    data = sessions["open"].data
    assert len(data.adrs) == len(data.adtte) == 0
    assert data.adsl[["DTHDT", "LSTALVDT", "DCSREAS"]].isna().all(axis=None)
    files = _files(sessions["open"], "parquet", "sav", "xpt")
    assert not [name for name in files if name.startswith("raw/") and name[4:-4] in OUTCOME_TABLES]
    disposition = files["raw/disposition.csv"].decode().splitlines()
    assert {tuple(line.split(",")[3:5]) for line in disposition[1:]} == {("", "")}
    assert len(files["raw/disposition.csv"].splitlines()) == 41


def test_findings_of_the_open_session_say_nothing_of_outcomes(cut, study):
    rows = cut.tables["follow_up"].assign(STATUS="ALIVE")
    scans = cut.tables["tumour_assessments"].assign(NEWLESION="Y", RESPONSE="SD")
    spoilt = replace(cut, tables={**cut.tables, "follow_up": rows, "tumour_assessments": scans})
    found = check_cut(spoilt, study)
    told = open_findings(found)
    rules = {one.rule for one in found} - {one.rule for one in told}
    assert {"TUM-NEWLESION", "TRT-AFTERPD"} <= rules
    assert not {one.table for one in told} & {*OUTCOME_TABLES}
    assert {one.rule for one in told} >= {one.rule for one in found if one.table == "labs"}


def test_the_closed_session_is_marked_on_everything(sessions):
    files = _files(sessions["closed"])
    for name, text in files.items():
        if name.startswith(("tables/", "datasets/")) and name.endswith(".csv"):
            assert CLOSED_SESSION.encode() in text, name
    assert all(CLOSED_SESSION in row.population for row in sessions["closed"].results)
    document = compose(sessions["closed"], lay_out_all(sessions["closed"]))
    assert document.banner.startswith(f"{CLOSED_SESSION} – for the monitoring committee only")


def test_a_report_without_a_session_holds_everything(cut, study):
    whole = build_datasets(cut, study, INTERIM)
    pd.testing.assert_frame_equal(analyse_cut(cut, (), study, INTERIM).data.adtte, whole.adtte)
    assert not [
        one
        for one in analyse_cut(cut, (), study, INTERIM).results
        if one.note == POOLED_ONLY and one.group1 == ARM
    ]


def test_a_session_is_of_an_interim_report(tmp_path):
    with pytest.raises(PlanError, match="final report has no closed session"):
        write_report(None, out=tmp_path / "out", plan=FINAL, session="closed")
    with pytest.raises(PlanError, match="no session"):
        write_report(None, out=tmp_path / "out", session="secret")
    made = CliRunner().invoke(main, ["report", "final", "--session", "closed"])
    assert made.exit_code == 2


def test_an_open_report_is_compared_with_an_open_one_only(tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    about = {"made_by": "duonen_stats", "kind": "report", "outputs": [], "session": "closed"}
    (old / "manifest.json").write_text(json.dumps(about))
    with pytest.raises(PlanError, match="not a report of the open session"):
        write_report(None, out=tmp_path / "out", against=old)
