from dataclasses import replace

import pandas as pd
import pytest
from patients import day

from duonen_stats.plan import INTERIM
from duonen_stats.raw.derived.visits import (
    ANOTHER,
    NO_CYCLE,
    OUTSIDE,
    TOO_EARLY,
    TOO_LATE,
    add_target_distance,
    flag_visit_record,
    place_visits,
    visit_windows,
)

CYCLES = pd.DataFrame(
    {"SUBJID": "1", "CYCLE": ["T1", "T2"], "EXDT": pd.to_datetime([day(0), day(56)])}
)  # cycles 3 and 4 were not delivered


def labs(*rows):
    frame = pd.DataFrame(rows, columns=["VISIT", "LBDT"])
    frame = frame.assign(LBDT=pd.to_datetime([day(d) for d in frame["LBDT"]]), SUBJID="1", ANALYTE="HGB")
    return frame.assign(LBTM=None, _ROW=range(1, len(frame) + 1))


@pytest.mark.parametrize(
    ("visit", "on", "expected", "reason"),
    [
        ("T1", -40, "T1", None),  # a named visit is believed outside its window
        ("T1", 0, "T1", None),
        ("T1", 1, None, TOO_LATE),
        ("V1", 50, "V1", None),
        ("V1", 0, None, TOO_EARLY),
        ("T2", 56, "T2", None),
        ("T2", 57, None, TOO_LATE),
        ("V3", 130, None, NO_CYCLE),
        ("T3", 110, "T3", None),  # the value that may have stopped the cycle
        ("UNS", -28, "T1", None),
        ("UNS", -29, None, OUTSIDE),
        ("UNS", 6, None, OUTSIDE),
        ("UNS", 7, "V1", None),
        ("UNS", 28, "V1", None),
        ("UNS", 29, None, OUTSIDE),
        ("UNS", 42, "T2", None),
        ("UNS", 57, None, OUTSIDE),
        ("F1", 56, None, TOO_EARLY),  # late follow-up is counted from the last administration, here on day 56
        ("F1", 57, "F1", None),
        ("F2", 500, "F2", None),
        ("F9", 1000, "F9", None),
        ("UNS", 56 + 84 - 29, None, OUTSIDE),
        ("UNS", 56 + 84 - 28, "F1", None),
        ("UNS", 56 + 84 + 28, "F1", None),
        ("UNS", 56 + 84 + 29, None, OUTSIDE),
        ("UNS", 56 + 60 * 84, "F60", None),  # it has no end
    ],
)
def test_placing(study, visit, on, expected, reason):
    out = place_visits(labs((visit, on)), CYCLES, study).iloc[0]
    assert out["AVISIT"] == expected
    assert out["REASON"] == reason
    assert out["SCHEDULED"] == (expected is not None and visit != "UNS")


def test_between_two_windows_the_closer_target_wins(study):
    tight = CYCLES.assign(EXDT=pd.to_datetime([day(0), day(30)]))
    out = place_visits(labs(("UNS", 16), ("UNS", 21), ("UNS", 22), ("UNS", 23)), tight, study)
    assert out["AVISIT"].tolist() == ["V1", "V1", "V1", "T2"]


def test_a_patient_without_cycles_has_only_visits_before_them(study):
    out = place_visits(labs(("T1", -3), ("UNS", -3), ("V1", 14)), CYCLES.iloc[:0], study)
    assert out["AVISIT"].tolist() == ["T1", None, None]
    assert out["REASON"].tolist() == [None, OUTSIDE, NO_CYCLE]


def test_late_follow_up_needs_an_administration(study):
    out = place_visits(labs(("F1", 84), ("UNS", 84)), CYCLES.iloc[:0], study)
    assert out["REASON"].tolist() == [NO_CYCLE, OUTSIDE]


def test_late_visits_are_numbered_and_measured_from_the_last_administration(study):
    placed = place_visits(labs(("F1", 56 + 90), ("F12", 56 + 12 * 84)), CYCLES, study)
    out = add_target_distance(placed, CYCLES, study)
    assert out["AVISITN"].tolist() == [101.0, 112.0]
    assert out["AWTDIFF"].tolist() == [6.0, 0.0]


def test_windows_of_the_dictionary(study):
    windows = visit_windows(study).set_index("AVISIT")
    assert list(windows.index) == ["T1", "V1", "T2", "V2", "T3", "V3", "T4", "V4"]
    assert windows.loc["V2", ["AVISITN", "CYCLE", "FOLLOWS", "LOW", "HIGH", "TARGET"]].tolist() == [
        2.5,
        "T2",
        True,
        7,
        28,
        14,
    ]


def record_of_visit(study, plan, *rows):
    out = add_target_distance(place_visits(labs(*rows), CYCLES, study), CYCLES, study)
    return flag_visit_record(out.assign(BASELINE=False), plan)


def test_of_two_records_the_scheduled_stands_for_the_visit(study):
    out = record_of_visit(study, INTERIM, ("UNS", 14), ("V1", 20))
    assert out["STANDS"].tolist() == [False, True]
    assert out["REASON"].tolist() == [ANOTHER, None]
    assert out["AWTDIFF"].tolist() == [0, 6]
    closest = replace(INTERIM, visit_record_rule="closest")
    assert record_of_visit(study, closest, ("UNS", 14), ("V1", 20))["STANDS"].tolist() == [True, False]


def test_of_two_scheduled_the_closer_then_the_later_stands(study):
    assert record_of_visit(study, INTERIM, ("V1", 11), ("V1", 16))["STANDS"].tolist() == [False, True]
    assert record_of_visit(study, INTERIM, ("V1", 16), ("V1", 12))["STANDS"].tolist() == [True, False]
    assert record_of_visit(study, INTERIM, ("V1", 12), ("V1", 12))["STANDS"].tolist() == [False, True]


def test_of_several_samples_on_a_day_the_last_by_time_stands(study):
    placed = place_visits(labs(("V1", 12), ("V1", 12)).assign(LBTM=["14:00", "08:00"]), CYCLES, study)
    out = flag_visit_record(add_target_distance(placed.assign(BASELINE=False), CYCLES, study), INTERIM)
    assert out["STANDS"].tolist() == [True, False]


def test_the_baseline_record_stands_for_the_baseline_visit(study):
    placed = add_target_distance(place_visits(labs(("T1", -3), ("T1", -1)), CYCLES, study), CYCLES, study)
    out = flag_visit_record(placed.assign(BASELINE=[True, False]), INTERIM)
    assert out["STANDS"].tolist() == [True, False]


def test_distance_is_missing_without_the_cycle(study):
    out = record_of_visit(study, INTERIM, ("T3", 110), ("UNS", 100))
    assert out["AWTDIFF"].isna().all()
    assert out["AVISITN"].tolist()[0] == 3.0
    assert out["STANDS"].tolist() == [True, False]


def test_order_and_index_are_kept(study):
    rows = labs(("V2", 70), ("UNS", 14), ("T1", 0)).set_axis([5, 1, 3])
    assert list(place_visits(rows, CYCLES, study).index) == [5, 1, 3]
