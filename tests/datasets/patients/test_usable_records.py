from dataclasses import replace

import pandas as pd
import pytest
from patients import administration, contact, cycles, day, dose, ended, event, lab, make_cut, subject

from duonen_stats.datasets.patients.usable_records import (
    join_set_aside,
    screen,
    select_records,
)
from duonen_stats.errors import DataError
from duonen_stats.raw.derived.why_unused import AFTER_CUT, NO_SUBJECT, NOT_DELIVERED, NOT_GIVEN


def reasons(records, table):
    aside = records.set_aside
    return dict(aside.loc[aside["table"] == table, ["row", "reason"]].itertuples(index=False, name=None))


def test_a_plain_patient_is_used_whole(study):
    cut = make_cut(
        subjects=[subject("001")],
        administrations=cycles("001", [7400.0]),
        dosimetry=[dose("001", "T1", "KIDNEY", "LU177", 4.0)],
        labs=[lab("001", "T1", -3, 13.0)],
        adverse_events=[event("001", 1, 10)],
        disposition=[ended("001")],
        follow_up=[contact("001")],
    )
    records = select_records(cut, study)
    assert records.set_aside.empty
    assert len(records.labs) == len(records.dosimetry) == len(records.adverse_events) == 1


def test_records_of_strangers_are_set_aside(study):
    cut = make_cut(
        subjects=[subject("001")],
        administrations=cycles("999", [7400.0]),
        labs=[lab("999", "T1", -3, 13.0)],
        adverse_events=[event("999", 1, 10)],
        disposition=[ended("999")],
        follow_up=[contact("999")],
        dosimetry=[dose("999", "T1", "KIDNEY", "LU177", 4.0)],
    )
    records = select_records(cut, study)
    assert set(records.set_aside["reason"]) == {NO_SUBJECT}
    assert len(records.set_aside) == 6


def test_what_happened_after_the_cut_is_not_known(study):
    cut = make_cut(
        cut_day=30,
        subjects=[subject("001"), subject("002", RANDDT=day(31))],
        administrations=[*cycles("001", [7400.0, 7400.0]), *cycles("002", [7400.0])],
        labs=[lab("001", "V1", 30, 13.0), lab("001", "T2", 31, 12.0)],
        adverse_events=[event("001", 1, 30), event("001", 2, 31)],
        disposition=[ended("001", on=31)],
        follow_up=[contact("001", on=400)],
    )
    records = select_records(cut, study)
    assert reasons(records, "subjects") == {3: "randomised after the data cut"}
    assert reasons(records, "administrations") == {3: AFTER_CUT, 4: NO_SUBJECT}
    assert reasons(records, "labs") == {3: AFTER_CUT}
    assert reasons(records, "adverse_events") == {3: AFTER_CUT}
    assert reasons(records, "disposition") == {2: AFTER_CUT}
    assert reasons(records, "follow_up") == {}


def test_dosimetry_needs_a_delivered_cycle_and_a_given_isotope(study):
    cut = make_cut(
        subjects=[subject("001", "B")],
        administrations=[administration("001", "T1", 0, 3700.0, 0.0), administration("001", "T2", 56, 0.0)],
        dosimetry=[
            dose("001", "T1", "KIDNEY", "LU177", 2.0),
            dose("001", "T1", "KIDNEY", "Y90", 3.0),
            dose("001", "T2", "KIDNEY", "LU177", 2.0),
            dose("001", "T1", "MARROW", "LU177", None),
        ],
    )
    records = select_records(cut, study)
    assert reasons(records, "administrations") == {3: "no activity given"}
    assert reasons(records, "dosimetry") == {3: NOT_GIVEN, 4: NOT_DELIVERED, 5: "no dose"}
    assert records.given.to_numpy().tolist() == [["001", "T1", "LU177"]]


def test_labs_need_a_date_a_value_and_a_unit(study):
    cut = make_cut(
        subjects=[subject("001")],
        labs=[
            lab("001", "T1", -3, None),
            lab("001", "T1", -3, float("inf"), "PLAT"),
            lab("001", "T1", -3, 13.0, UNIT="furlong"),
            lab("001", "T1", -3, 13.0, "WBC", UNIT="g/dL"),
            lab("001", "T1", -3, 13.0) | {"LBDT": None},
            lab("001", "T1", -3, 130.0, UNIT="g/L"),
        ],
    )
    unit = "unit cannot be converted"
    expected = {2: "no value", 3: "no value", 4: unit, 5: unit, 6: "no date of sampling"}
    assert reasons(select_records(cut, study), "labs") == expected


@pytest.mark.parametrize(
    "tables",
    [
        {"subjects": [subject("001"), subject("001")]},
        {"administrations": cycles("001", [1.0]) * 2},
        {"disposition": [ended("001")] * 2},
        {"follow_up": [contact("001")] * 2},
        {"adverse_events": [event("001", 1, 3)] * 2},
    ],
)
def test_a_repeated_key_is_refused(study, tables):
    with pytest.raises(DataError, match="must be unique"):
        select_records(make_cut(**({"subjects": [subject("001")]} | tables)), study)


def test_a_cut_without_date_is_refused(study):
    with pytest.raises(DataError, match="CUTDT"):
        select_records(replace(make_cut(), cut_date=None), study)


def test_an_absent_column_is_refused_and_an_absent_table_is_empty(study):
    cut = make_cut(subjects=[subject("001")])
    without = {name: table for name, table in cut.tables.items() if name != "labs"}
    assert select_records(replace(cut, tables=without), study).labs.empty
    broken = dict(cut.tables) | {"labs": cut.tables["labs"].drop(columns="VALUE")}
    with pytest.raises(DataError, match="VALUE"):
        select_records(replace(cut, tables=broken), study)


def test_the_cut_is_not_changed(study):
    cut = make_cut(subjects=[subject("001")], labs=[lab("001", "T1", -3, 13.0)])
    before = {name: table.copy(deep=True) for name, table in cut.tables.items()}
    select_records(cut, study)
    for name, table in cut.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def rows(n):
    return pd.DataFrame(
        {"SUBJID": [f"{i:03}" for i in range(n)], "_ROW": range(2, n + 2)}, index=range(9, 9 + n)
    )


def test_a_record_is_used_or_set_aside():
    table = rows(3)
    screened = screen(table, "labs", pd.Series(["late", "odd", None], index=table.index))
    assert screened.used["SUBJID"].tolist() == ["002"]
    assert screened.set_aside.to_numpy().tolist() == [["labs", 2, "000", "late"], ["labs", 3, "001", "odd"]]


def test_an_empty_table_has_nothing_to_set_aside():
    screened = screen(rows(0), "labs", pd.Series([], dtype=object))
    assert len(screened.used) == len(screened.set_aside) == 0
    assert list(screened.set_aside.columns) == ["table", "row", "subject", "reason"]


def test_joining_orders_by_table_and_row():
    late = pd.Series(["late", "late"], index=rows(2).index)
    labs = screen(rows(2), "labs", late).set_aside
    events = screen(rows(1), "adverse_events", late.iloc[:1]).set_aside
    joined = join_set_aside([labs.iloc[[1]], events, labs.iloc[[0]]])
    assert joined[["table", "row"]].to_numpy().tolist() == [["labs", 2], ["labs", 3], ["adverse_events", 2]]
