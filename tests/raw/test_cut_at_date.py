from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from duonen_stats.datasets import accounting, build_datasets
from duonen_stats.errors import OptionError
from duonen_stats.plan import INTERIM
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.cut_at_date import CUT_RULES, apply_cut, readout_frame


@pytest.fixture
def at(worked, study, on):
    return lambda day: apply_cut(worked.read(), study, on(day))


def _read_out(cut, table):
    return [(one.row, one.column, one.action, one.old, one.new) for one in cut.readout if one.table == table]


def test_every_table_has_a_rule(study):
    assert {table.name for table in study.tables} == set(CUT_RULES)


@pytest.mark.parametrize(
    ("table", "column", "row"),
    [("administrations", "EXDT", 4), ("labs", "LBDT", 42), ("tumour_assessments", "ASSESSDT", 4)],
)
def test_records_after_the_day_are_left_out_and_listed(worked, at, on, table, column, row):
    worked.add("tumour_assessments", SUBJID="P-1", ASSESSDT=on(112), RESPONSE="SD")
    cut = at(108)
    assert (cut.tables[table][column] <= cut.cut_date).all()
    assert (row, column, "removed") in [one[:3] for one in _read_out(cut, table)]
    left = sum(one.table == table for one in cut.set_aside)
    assert len(cut.tables[table]) + left == len(worked.tables[table])


def test_doses_go_with_their_administration(at):
    cut = at(111)
    assert set(cut.tables["dosimetry"]["CYCLE"]) == {"T1", "T2"}
    assert [one[0] for one in _read_out(cut, "dosimetry")] == [6, 7, 8, 9]  # T3 and T4 of P-1, two organs


def test_the_day_itself_is_known(at):
    assert (at(112).tables["administrations"]["CYCLE"] == "T3").any()
    assert not (at(111).tables["administrations"]["CYCLE"] == "T3").any()


def test_a_patient_randomised_later_is_left_out_with_all_records(worked, study, on):
    worked.change("subjects", {"SUBJID": "P-2"}, RANDDT=on(-5))
    cut = apply_cut(worked.read(), study, on(-6))
    for table, frame in cut.tables.items():
        assert "SUBJID" not in frame or "P-2" not in set(frame["SUBJID"]), table
    assert (3, "SUBJID", "removed", "P-2", "") in _read_out(cut, "follow_up")


def test_an_event_that_ended_later_is_ongoing(worked, at, on):
    worked.change("adverse_events", {"SUBJID": "P-1"}, ENDDT=on(60))
    event = at(50).tables["adverse_events"].iloc[0]
    assert (event["ENDDT"] != event["ENDDT"], event["OUTCOME"]) == (True, "NOT_RECOVERED")
    assert _read_out(at(50), "adverse_events") == [
        (2, "ENDDT", "changed", on(60), ""),
        (2, "OUTCOME", "changed", "RECOVERED", "NOT_RECOVERED"),
        (2, "GRADE", "kept", "1", "1"),
    ]


def test_treatment_that_ended_later_is_ongoing(worked, at, on):
    worked.change("adverse_events", {"SUBJID": "P-2"}, ACTION="DISCONTINUED")
    cut = at(80)  # P-2 was taken off on day 112
    row = cut.tables["disposition"].set_index("SUBJID").loc["P-2"]
    assert (row["STATUS"], row["REASON"], f"{row['DSDT']:%Y-%m-%d}") == ("ONGOING", None, on(80))
    assert cut.tables["adverse_events"].set_index("SUBJID").loc["P-2", "ACTION"] == "NONE"


def test_who_died_later_is_alive_on_the_day(worked, at, on):
    dead = {"STATUS": "DEAD", "DEATHDT": on(300), "LASTDT": on(300), "NEWTRT": "x", "NEWTRTDT": on(200)}
    worked.change("follow_up", {"SUBJID": "P-1"}, **dead)
    worked.change("adverse_events", {"SUBJID": "P-1"}, ENDDT="", GRADE="5", OUTCOME="FATAL")
    row = at(150).tables["follow_up"].iloc[0]
    assert (row["STATUS"], f"{row['LASTDT']:%Y-%m-%d}", row["NEWTRT"]) == ("ALIVE", on(150), None)
    assert row[["DEATHDT", "NEWTRTDT"]].isna().all()
    assert at(150).tables["adverse_events"].iloc[0]["OUTCOME"] == "NOT_RECOVERED"
    assert at(300).tables["follow_up"].iloc[0]["STATUS"] == "DEAD"


@pytest.mark.parametrize("died", [299, 300, 301])
def test_a_death_on_the_day_is_known_and_one_a_day_later_is_not(worked, at, on, died):
    dead = {"STATUS": "DEAD", "DEATHDT": on(died), "LASTDT": on(died)}
    worked.change("follow_up", {"SUBJID": "P-1"}, **dead)
    worked.change("adverse_events", {"SUBJID": "P-1"}, ENDDT="", GRADE="5", OUTCOME="FATAL")
    cut = at(300)
    known = died <= 300
    row = cut.tables["follow_up"].iloc[0]
    assert row["STATUS"] == ("DEAD" if known else "ALIVE")
    assert f"{row['LASTDT']:%Y-%m-%d}" == on(min(died, 300))
    assert (f"{row['DEATHDT']:%Y-%m-%d}" if known else row["DEATHDT"] is pd.NaT) == (
        on(died) if known else True
    )
    assert cut.tables["adverse_events"].iloc[0]["OUTCOME"] == ("FATAL" if known else "NOT_RECOVERED")
    changed = [one[1] for one in _read_out(cut, "follow_up") if one[0] == 2]
    assert changed == ([] if known else ["STATUS", "DEATHDT", "LASTDT"])


@pytest.mark.parametrize("died", [300, 301])
def test_a_death_counts_although_the_last_contact_was_entered_later(worked, at, on, died):
    """Nobody is seen after the day but the entry of the death itself: LASTDT lies behind the cut in both cases."""
    dead = {"STATUS": "DEAD", "DEATHDT": on(died), "LASTDT": on(300)}
    worked.change("follow_up", {"SUBJID": "P-1"}, **dead)
    assert at(300).tables["follow_up"].iloc[0]["STATUS"] == ("DEAD" if died == 300 else "ALIVE")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("administrations", "EXDT"),
        ("labs", "LBDT"),
        ("adverse_events", "STARTDT"),
        ("adverse_events", "ENDDT"),
        ("tumour_assessments", "ASSESSDT"),
        ("disposition", "DSDT"),
        ("follow_up", "LASTDT"),
        ("follow_up", "NEWTRTDT"),
    ],
)
def test_what_happened_on_the_day_is_untouched_and_a_day_later_is_not(worked, at, on, table, column):
    row = worked.rows(table, SUBJID="P-1")[-1]
    line = worked.tables[table].index(row) + 2
    touched = {}
    for day in (300, 301):
        row.update({column: on(day)} | ({"NEWTRT": "x"} if column == "NEWTRTDT" else {}))
        touched[day] = any(
            one[0] == line and one[1] == column and one[2] != "kept" for one in _read_out(at(300), table)
        )
    assert touched == {300: False, 301: True}


@pytest.mark.parametrize(("ended", "status"), [(112, "DISCONTINUED"), (113, "ONGOING")])
def test_treatment_that_ended_on_the_day_has_ended(worked, at, on, ended, status):
    worked.change("disposition", {"SUBJID": "P-2"}, DSDT=on(ended))
    row = at(112).tables["disposition"].set_index("SUBJID").loc["P-2"]
    assert (row["STATUS"], row["REASON"] is None) == (status, status == "ONGOING")


def test_a_patient_randomised_on_the_day_is_in(worked, study, on):
    worked.change("subjects", {"SUBJID": "P-2"}, RANDDT=on(-5))
    assert set(apply_cut(worked.read(), study, on(-5)).tables["subjects"]["SUBJID"]) == {"P-1", "P-2"}


def test_undated_records_are_kept_and_listed(worked, at):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "V4", "ANALYTE": "HGB"}, LBDT="2023-07")
    line = worked.line("labs", SUBJID="P-1", VISIT="V4", ANALYTE="HGB")
    cut = at(10)
    assert line in set(cut.tables["labs"]["_ROW"])
    assert (line, "LBDT", "kept", "", "") in _read_out(cut, "labs")


def test_the_snapshots_own_date_changes_nothing(worked, study, on):
    cut = worked.read()
    same = apply_cut(cut, study, on(400))
    assert same.readout == ()
    assert all(same.tables[name].equals(frame) for name, frame in cut.tables.items())


def test_twice_is_once(worked, study, on):
    cut = worked.read()
    twice = apply_cut(apply_cut(cut, study, on(200)), study, on(100))
    once = apply_cut(cut, study, date.fromisoformat(on(100)))
    for name, frame in once.tables.items():
        assert twice.tables[name].equals(frame), name
    assert twice.snapshot_date == once.snapshot_date == cut.cut_date


@pytest.mark.parametrize("day", ["2024-02-15", "soon", "2023-13-01", 7])
def test_a_day_that_cannot_be(worked, study, day):
    with pytest.raises(OptionError, match=r"YYYY-MM-DD|lies after"):
        apply_cut(worked.read(), study, day)


def test_a_snapshot_without_a_date_cannot_be_reduced(worked, study, on):
    worked.change("data_cut", {}, CUTDT="")
    with pytest.raises(OptionError, match="no date of data cut"):
        apply_cut(worked.read(), study, on(10))


def test_nothing_is_lost_and_no_error_arises(cut, study):
    for day in ("2023-03-01", "2024-09-30"):
        reduced = apply_cut(cut, study, day)
        assert not [one for one in check_cut(reduced, study) if one.severity == "error"]
        counts = accounting(reduced, build_datasets(reduced, study, INTERIM))
        assert (counts["read"] == counts["used"] + counts["set_aside"]).all()
        assert counts["read"].sum() == sum(file.rows for file in cut.files)
        removed = sum(one.action == "removed" for one in reduced.readout)
        assert removed == len(reduced.set_aside)


def test_a_read_out_is_a_table():
    assert [*readout_frame([]).columns] == [
        "table",
        "row",
        "subject",
        "column",
        "action",
        "old",
        "new",
        "rule",
    ]


def test_a_day_before_anyone_was_randomised_is_refused_as_that(worked, study, on):
    worked.change("subjects", {"SUBJID": "P-2"}, RANDDT=on(-5))
    with pytest.raises(OptionError, match=f"before the first randomisation, on {on(-20)}"):
        apply_cut(worked.read(), study, on(-21))
    assert len(apply_cut(worked.read(), study, on(-20)).tables["subjects"]) == 1


def test_the_cut_asks_nothing_about_what_it_did(worked, study, on):
    """Event 2 of three started after the cut: its number is missing there, but not in the snapshot."""
    snapshot = worked.read()
    events = snapshot.tables["adverse_events"]
    first = events.iloc[[0, 0, 0]].assign(
        AESEQ=[1, 2, 3], STARTDT=pd.to_datetime([on(10), on(120), on(20)]), _ROW=[2, 3, 4], TERM=["a", "b", "c"]
    ).reset_index(drop=True)  # fmt: skip
    gap = replace(snapshot, tables={**snapshot.tables, "adverse_events": first})
    assert "AE-GAP" not in {one.rule for one in check_cut(gap, study)}
    reduced = apply_cut(gap, study, on(108))
    assert list(reduced.tables["adverse_events"]["AESEQ"]) == [1, 3]
    assert "AE-GAP" not in {one.rule for one in check_cut(reduced, study)}
    # A gap that the snapshot has too is still asked about.
    lost = replace(
        snapshot, tables={**snapshot.tables, "adverse_events": first.iloc[[0, 2]].reset_index(drop=True)}
    )
    assert "AE-GAP" in {one.rule for one in check_cut(apply_cut(lost, study, on(108)), study)}


@pytest.mark.parametrize("back", [100, 800, 1200])
def test_a_cut_of_the_cohort_raises_no_query_that_the_snapshot_answers(cut, study, back):
    asked = {(one.rule, one.table, one.row, one.column) for one in check_cut(cut, study)}
    earlier = check_cut(apply_cut(cut, study, (cut.cut_date - pd.Timedelta(days=back)).date()), study)
    assert {(one.rule, one.table, one.row, one.column) for one in earlier} <= asked
