"""Open and closed sessions: what of efficacy by arm can be found in the files of each."""

import io
import json
import re
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest
from click.testing import CliRunner
from patients import contact, cycles, day, event, make_cut, subject

from duonen_stats import INTERIM, build_datasets, check_cut
from duonen_stats.cli.app import main
from duonen_stats.commands import make_report
from duonen_stats.commands.make_report import analyse_cut, write_report
from duonen_stats.datasets.metadata.stamp import CLOSED_SESSION, POOLED_ONLY
from duonen_stats.datasets.patients.profiles import patients_of_concern
from duonen_stats.document.figure_files import figure_svg
from duonen_stats.errors import PlanError
from duonen_stats.formats.csv_files import raw_csvs
from duonen_stats.plan import FINAL
from duonen_stats.raw import Finding
from duonen_stats.report.compose import compose, lay_out_all, lay_out_profiles
from duonen_stats.report.data_files import data_files
from duonen_stats.report.session import OUTCOME_TABLES, open_datasets, open_findings
from duonen_stats.results import INTERIM_ANALYSES, ids, run_analysis
from duonen_stats.results.analyses.events.term_rates import analyse_term_rates
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.event_rates import analyse_event_rates
from duonen_stats.results.analyses.safety.repeated_values import analyse_late_values
from duonen_stats.results.analyses.safety.vital_signs import analyse_vital_signs
from duonen_stats.results.rows.groups import ALL, ARM
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.whole_report

DATE = re.compile(rb"(?=(\d{4}-\d\d-\d\d))")
"""A date that begins anywhere, within another too."""


@pytest.fixture(scope="module")
def cut(study):
    return simulate_cut(31, patients=40, study=study)


@pytest.fixture(scope="module")
def sessions(cut, study):
    findings = check_cut(cut, study)
    return {
        session: analyse_cut(cut, findings, study, INTERIM, session=session) for session in ("open", "closed")
    }


@pytest.fixture(scope="module")
def files(sessions):
    """What is written of either session, its pages aside."""
    written = {}
    for name, analysed in sessions.items():
        displays = lay_out_all(analysed)
        also = ("parquet", "sav", "xpt") if name == "open" else ()
        written[name] = data_files(analysed, displays, compose(analysed, displays), also)
    return written


@pytest.fixture
def asked(monkeypatch):
    """Let the reports of a test make these analyses alone, and compare nothing with the publication."""

    def ask(*analyses):
        monkeypatch.setattr(make_report, "_audit", lambda *_: None)
        monkeypatch.setattr(
            make_report, "run_analysis", lambda *of, **_: run_analysis(*of, analyses=analyses)
        )

    return ask


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


def test_no_outcome_of_a_patient_is_in_a_file_of_the_open_session(cut, sessions, files):
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
    found = {
        name: telling & {date.decode() for text in written.values() for date in DATE.findall(text)}
        for name, written in files.items()
    }
    assert found["open"] == set()
    assert len(found["closed"]) > 0.9 * len(telling)


def test_of_outcomes_the_open_session_has_what_is_pooled(sessions):
    rows = {name: {row.analysis_id: row for row in analysed.results} for name, analysed in sessions.items()}
    for key, row in rows["open"].items():
        full = rows["closed"][key]
        if row.note == POOLED_ONLY:
            assert re.search(r"\.[ABCD]\.", key), key
            assert row.stat is row.n is None
        elif row.variable in {"DTHDT", "LSTALVDT", "DCSREAS", "PPROTFL"}:
            assert row.group1_level not in {*"ABCD"}, key
        elif re.match(r"ae\.(time|rate|terms\.(.*\.)?rate)\b", key):
            # patient-years of an open session end with reporting or the data cut: an end with death would tell of it
            assert not key.endswith(".years") or row.stat >= full.stat, key
        elif re.fullmatch(r"course\..*\.(supported|changed)", key):
            assert row.stat is None  # the open session has no record of therapies
            assert "an open session holds no record" in row.note
        elif re.match(r"course\..*\.lowest\.", key):  # no other treatment ends the time looked at
            assert not key.endswith(".n") or row.stat >= full.stat, key
        elif not key.startswith(("quality", "findings")) and "finding" not in key:
            assert row.stat == full.stat, key
    assert not [key for key in rows["open"] if key.startswith(("pfs.", "os.", "response."))]
    by_arm = [key for key in rows["closed"] if re.match(r"(pfs|os)\.km\.[A-D]\.events", key)]
    assert len(by_arm) == 8


def _events_that_end(cut, *, fatal):
    """Of each arm let some severe events be of grade 5 and fatal, others last; or let all of these be over."""
    events = cut.tables["adverse_events"].copy()
    started = cut.tables["administrations"].groupby("SUBJID")["EXDT"].min()
    chosen = events.index[events["STARTDT"] > events["SUBJID"].map(started)]
    last = events.loc[chosen].drop_duplicates("SUBJID", keep="last").index
    blood = events.index[events["CATEGORY"].eq("ANEMIA")]
    events.loc[last, ["GRADE", "OUTCOME"]] = [5, "FATAL"] if fatal else [4, "RECOVERED"]
    events.loc[blood.difference(last), ["GRADE", "OUTCOME"]] = [3, "NOT_RECOVERED" if fatal else "RECOVERED"]
    return events


def _all_supported(cut):
    """Let every treated patient have a growth factor from the first cycle on."""
    first = cut.tables["administrations"].groupby("SUBJID")["EXDT"].min()
    like = cut.tables["concomitant_therapies"].iloc[:1]
    given = pd.concat([like] * len(first), ignore_index=True).assign(
        SUBJID=first.index,
        CMSEQ=99,
        CLASS="GROWTH_FACTOR",
        ANTITUMOUR="N",
        STARTDT=first.to_numpy(),
        ENDDT=pd.NaT,
    )
    return pd.concat([cut.tables["concomitant_therapies"], given], ignore_index=True)


def _treated_otherwise_early(cut):
    """Let every treated patient begin another treatment against the tumour soon after the first cycle."""
    first = cut.tables["administrations"].groupby("SUBJID")["EXDT"].min()
    patients = cut.tables["follow_up"]
    return patients.assign(NEWTRTDT=patients["SUBJID"].map(first) + pd.Timedelta(days=10))


def _without_outcomes(cut):
    """Let everybody live without progression and without another therapy, and every event be over."""
    subjects = cut.tables["follow_up"].assign(
        DEATHDT=pd.NaT, STATUS="ALIVE", NEWTRTDT=pd.NaT, NEWTRT=None, DTHCAUSE=None, DTHTEXT=None
    )
    deviations = cut.tables["protocol_deviations"]
    others = {
        "adverse_events": _events_that_end(cut, fatal=False),
        "follow_up": subjects,
        "tumour_assessments": cut.tables["tumour_assessments"].assign(RESPONSE="SD", NEWLESION="N"),
        "disposition": cut.tables["disposition"].assign(REASON=None, DETAIL=None),
        "concomitant_therapies": cut.tables["concomitant_therapies"].iloc[:0],
        "protocol_deviations": deviations.loc[deviations["CATEGORY"].ne("PROHIBITED_THERAPY")],
    }
    return replace(cut, tables=cut.tables | others)


def test_no_number_of_an_arm_in_the_open_session_rests_on_outcomes(cut, study, asked):
    """With all outcomes and with none of them the numbers of an arm are the same; in the closed session they differ."""
    deviations = cut.tables["protocol_deviations"]
    assert deviations["CATEGORY"].eq("PROHIBITED_THERAPY").any()
    more = {
        "adverse_events": _events_that_end(cut, fatal=True),
        "concomitant_therapies": _all_supported(cut),
        "follow_up": _treated_otherwise_early(cut),
    }
    full = replace(cut, tables={**cut.tables, **more})
    told = {}
    for session in ("open", "closed"):
        if session == "closed":  # what is by arm in both sessions
            asked(*(one for one in INTERIM_ANALYSES if one is not analyse_late_values))
        one, other = (
            {
                row.analysis_id: (row.stat, row.n, row.note)
                for row in analyse_cut(made, (), study, INTERIM, session=session).results
                if re.search(r"\.[ABCD](\.|$)", row.analysis_id)
            }
            for made in (full, _without_outcomes(cut))
        )
        told[session] = {key for key in one if key in other and one[key] != other[key]}
    assert told["open"] == set()
    for form in (
        "ae.deaths.", "ae.interest.", "ae.outcome.", "ae.overview.fatal.", "ae.worst_grade.5.", "course.HGB.lowest.",
        "course.HGB.next_cycle.",
        "protocol.deviation.any.", "protocol.important.PROHIBITED_THERAPY.", "protocol.set.per_protocol.",
    ):  # fmt: skip
        assert [key for key in told["closed"] if key.startswith(form)], form
    assert [key for key in told["closed"] if re.match(r"ae\.terms\.any\..*\.worst\.5\.[ABCD]\.n", key)]


def test_therapies_and_deviations_of_patients_are_in_the_closed_session_alone(sessions, files):
    opened, closed = (sessions[name].data for name in ("open", "closed"))
    assert opened.adcm is None
    assert opened.addv is None
    assert len(closed.adcm) > 0
    assert len(closed.addv) > 0
    assert "protocol_deviations" not in opened.beside
    assert opened.adsl["PPROTFL"].isna().all()
    assert not {"raw/concomitant_therapies.csv", "raw/protocol_deviations.csv"} & {*files["open"]}


def test_datasets_of_the_open_session(sessions, files):
    data = sessions["open"].data
    assert len(data.adrs) == len(data.adtte) == 0
    assert data.adsl[["DTHDT", "LSTALVDT", "DCSREAS"]].isna().all(axis=None)
    written = files["open"]
    assert not [name for name in written if name.startswith("raw/") and name[4:-4] in OUTCOME_TABLES]
    disposition = written["raw/disposition.csv"].decode().splitlines()
    assert {tuple(line.split(",")[3:5]) for line in disposition[1:]} == {("", "")}
    assert len(written["raw/disposition.csv"].splitlines()) == 41


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


def test_the_closed_session_is_marked_on_everything(sessions, files):
    for name, text in files["closed"].items():
        if name.startswith(("tables/", "datasets/")) and name.endswith(".csv"):
            assert CLOSED_SESSION.encode() in text, name
    assert all(CLOSED_SESSION in row.population for row in sessions["closed"].results)
    document = compose(sessions["closed"], lay_out_all(sessions["closed"]))
    assert document.banner.startswith(f"{CLOSED_SESSION} – for the monitoring committee only")


def test_a_report_without_a_session_holds_everything(cut, study):
    whole, found = build_datasets(cut, study, INTERIM), analyse_cut(cut, (), study, INTERIM)
    pd.testing.assert_frame_equal(found.data.adtte, whole.adtte)
    assert not [one for one in found.results if one.note == POOLED_ONLY and one.group1 == ARM]


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


def test_no_fatal_event_is_told_in_the_open_session(cut, study, asked):
    asked(analyse_adverse_events)
    events = cut.tables["adverse_events"].copy()
    events.loc[events.index[0], ["GRADE", "OUTCOME"]] = [5, "FATAL"]
    spoilt = replace(cut, tables={**cut.tables, "adverse_events": events})
    found = check_cut(spoilt, study)
    opened, closed = (
        analyse_cut(spoilt, found, study, INTERIM, session=session) for session in ("open", "closed")
    )
    assert opened.data.adae["AEOUT"].isna().all()
    assert (opened.data.adae["AETOXGR"].max(), closed.data.adae["AETOXGR"].max()) == (4, 5)
    assert closed.data.adae["AEOUT"].eq("FATAL").sum() == 1
    raw = pd.read_csv(io.BytesIO(raw_csvs(opened.cut, study)["raw/adverse_events.csv"]))
    assert raw["OUTCOME"].isna().all()
    assert raw["GRADE"].max() == 4
    assert {one.rule for one in closed.findings} >= {"AE-SERIOUS"}
    assert not {one.rule for one in opened.findings} & {"AE-FATAL", "AE-SERIOUS", "AE-OUTCOME"}


def test_a_karnofsky_status_of_0_is_in_the_closed_session_alone(cut, study, asked):
    """It is a death, and 10 in the open session: in its records, datasets, numbers and findings."""
    asked(analyse_vital_signs)
    signs = cut.tables["vital_signs"].copy()
    of_one = signs.index[signs["TEST"].eq("KPS")]
    dead = of_one[len(of_one) // 2]
    found = tuple(
        Finding(
            rule="VS-BASELINE",
            severity="warning",
            table="vital_signs",
            message="Status.",
            row=int(signs.loc[one, "_ROW"]),
        )
        for one in (dead, of_one[0])
    )
    spoilt, moribund = (
        replace(
            cut,
            tables={
                **cut.tables,
                "vital_signs": signs.assign(VALUE=signs["VALUE"].mask(signs.index == dead, to)),
            },
        )
        for to in (0, 10)
    )
    opened, closed, same = (
        analyse_cut(one, known, study, INTERIM, session=session)
        for one, known, session in (
            (spoilt, found, "open"), (spoilt, found, "closed"), (moribund, found[1:], "open"),
        )
    )  # fmt: skip
    values = closed.data.advs.loc[closed.data.advs["PARAMCD"].eq("KPS"), "AVAL"]
    assert values.min() == 0
    assert opened.data.advs.loc[opened.data.advs["PARAMCD"].eq("KPS"), "AVAL"].min() == 10
    name = "raw/vital_signs.csv"
    assert raw_csvs(opened.cut, study)[name] == raw_csvs(same.cut, study)[name]
    assert [*opened.results] == [*same.results]
    assert [*opened.results] != [*closed.results]
    assert (opened.findings, closed.findings) == ((found[1],), found)


def test_patient_years_of_the_open_session_do_not_end_with_death(cut, study, asked):
    """A patient dies a day after the only cycle: the time at risk of the open session is as if the patient lived."""
    asked(analyse_event_rates, analyse_term_rates)
    alive = cut.tables["follow_up"]
    patient = cut.tables["administrations"].sort_values("EXDT")["SUBJID"].iloc[0]
    died = cut.tables["administrations"].query("SUBJID == @patient")["EXDT"].max() + pd.Timedelta(days=1)
    rows = alive["SUBJID"].eq(patient)
    gone = alive.assign(
        STATUS=alive["STATUS"].mask(rows, "DEAD"),
        DEATHDT=alive["DEATHDT"].mask(rows, died),
        LASTDT=alive["LASTDT"].mask(rows, died),
    )
    dead = replace(cut, tables={**cut.tables, "follow_up": gone})
    years = {}
    for name, one in (("alive", cut), ("dead", dead)):
        for session in ("open", "closed"):
            made = analyse_cut(one, (), study, INTERIM, session=session)
            years[name, session] = [
                made.results.value(block(arm).stat("years"))
                for arm in (ALL, "A", "B", "C", "D")
                for block in (
                    ids.event_time,
                    partial(ids.kind_rate, "any"),
                    partial(ids.kind_rate, "follow_up"),
                )
            ]
    assert years["alive", "open"] == years["dead", "open"]
    assert years["alive", "closed"] != years["dead", "closed"]


def test_rates_of_the_open_session_are_by_the_arm_treated_as(study, asked):
    asked(analyse_event_rates, analyse_term_rates)
    made = make_cut(
        subjects=[subject("001", "A"), subject("002", "A", ACTARM="D"), subject("003", "B")],
        administrations=[
            *cycles("001", [7400.0]), *cycles("002", [7400.0], [1850.0]), *cycles("003", [3700.0], [1850.0]),
        ],
        adverse_events=[event("002", 1, 3, grade=3)],
    )  # fmt: skip
    opened, whole = (analyse_cut(made, (), study, INTERIM, session=session) for session in ("open", None))
    for one in (opened, whole):
        row = one.results.row(ids.kind_rate("any", "D").stat("n"))
        assert (row.stat, row.group1) == (1, "TRT01A")
        assert one.results.value(ids.event_time("D").stat("years")) > 0


def test_a_page_for_each_patient_of_concern_in_the_closed_session_alone(sessions):
    assert lay_out_profiles(sessions["open"]) == {}
    assert lay_out_profiles(replace(sessions["closed"], aggregate=True)) == {}
    profiles = lay_out_profiles(sessions["closed"])
    assert [*profiles] == [*patients_of_concern(sessions["closed"].data)]
    displays = lay_out_all(sessions["closed"], profiles)
    document = compose(sessions["closed"], displays, profiles=profiles)
    keys = {shown.key for shown in profiles.values()}
    assert keys <= {shown.key for shown in document.displays()}
    order = [one.key for one in document.sections]
    places = [place for place, one in enumerate(document.sections) if one.level == 1]
    chapters = [order[place] for place in places]
    assert chapters[chapters.index("summary") + 1] == "profiles"
    first = order.index("profiles") + 1
    assert {key.removeprefix("page_") for key in order[first : first + len(keys)]} == keys
    svg = figure_svg(displays["figure_2"]).decode()
    led = set(re.findall(r'href="page:([^"]+)"', svg))
    assert led
    assert led <= keys
    assert "page:" not in figure_svg(lay_out_all(sessions["open"])["figure_2"]).decode()
