"""Patients worked by hand: when a count is low, recovered, lowest, low before the next cycle, low for long."""

import numpy as np
import pandas as pd
import pytest
from patients import contact, cycles, day, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.laboratory.grade_course import (
    before_next_cycle,
    days_to_grade,
    days_to_lowest,
    days_to_recovery,
    graded_values,
    low_spells,
    persistent_cytopenias,
    persistent_spells,
)
from duonen_stats.plan import INTERIM

TO_GRADE = {0: 200, 1: 100, 2: 60, 3: 40, 4: 20}
"""Platelets of each grade, with a lower limit of 150."""


def values_of(grades, patient="1", base=np.nan, undecided=()):
    """Made values: day to grade. On the ``undecided`` days a grade is from 0 to what it says."""
    return pd.DataFrame(
        {
            "USUBJID": patient,
            "ADT": pd.to_datetime([day(on) for on in grades]),
            "AVAL": [float(TO_GRADE[grade]) for grade in grades.values()],
            "LOW": [0.0 if on in undecided else float(grade) for on, grade in grades.items()],
            "HIGH": [float(grade) for grade in grades.values()],
            "BASE": base,
            "LBSEQ": range(1, len(grades) + 1),
        }
    )


def patients_of(*names, died=None, other=None, last_cycle=168):
    return pd.DataFrame(
        {
            "USUBJID": list(names),
            "TRTSDT": pd.Timestamp(day(0)),
            "TRTEDT": pd.Timestamp(day(last_cycle)),
            "DTHDT": pd.NaT if died is None else pd.Timestamp(day(died)),
            "NTRTSDT": pd.NaT if other is None else pd.Timestamp(day(other)),
        }
    )


def found(times):
    return list(zip(times.patient, times.days.tolist(), times.cause.tolist(), strict=True))


def test_patient_1_the_first_value_of_a_grade_is_the_event():
    values = values_of({14: 1, 40: 3, 60: 0})
    times = days_to_grade(values, patients_of("1"), 2)
    assert found(times) == [("1", 40, 1)]
    assert (times.supported, times.changed) == (0, 0)
    assert found(days_to_grade(values, patients_of("1"), 4)) == [("1", 60, 0)]  # censored at the last value


def test_patient_2_died_without_the_event_and_patient_3_after_it():
    assert found(days_to_grade(values_of({14: 1}), patients_of("1", died=50), 2)) == [("1", 50, 2)]
    assert found(days_to_grade(values_of({14: 2}), patients_of("1", died=50), 2)) == [("1", 14, 1)]


def test_patient_4_began_another_treatment_before_the_low_value():
    values = values_of({14: 0, 100: 3})
    assert found(days_to_grade(values, patients_of("1", other=90), 2)) == [("1", 90, 2)]
    assert found(days_to_grade(values, patients_of("1", other=100), 2)) == [("1", 100, 1)]  # on the same day


def test_patient_5_has_no_value_and_is_counted_apart():
    times = days_to_grade(values_of({14: 2}), patients_of("1", "5"), 2)
    assert (found(times), times.without) == ([("1", 14, 1)], 1)


def test_patient_6_has_an_undecided_value_before_the_certain_one():
    times = days_to_grade(values_of({14: 2, 40: 3}, undecided={14}), patients_of("1"), 2)
    assert (found(times), times.undecided) == ([("1", 40, 1)], 1)


def test_patient_7_recovers_from_the_first_low_value_on():
    values = values_of({14: 2, 28: 3, 42: 2, 70: 1})
    assert found(days_to_recovery(values, patients_of("1"), 2)) == [("1", 56, 1)]
    assert found(days_to_recovery(values, patients_of("1", died=60), 2)) == [("1", 46, 2)]


def test_patient_8_has_recovered_at_the_grade_of_the_baseline():
    values = values_of({14: 3, 42: 2}, base=2.0)
    assert found(days_to_recovery(values, patients_of("1"), 2)) == [("1", 28, 1)]
    assert found(days_to_recovery(values_of({14: 3, 42: 2}, base=0.0), patients_of("1"), 2)) == [("1", 28, 0)]


def test_patient_8a_may_have_recovered_before_the_certain_recovery():
    """On day 42 grade 0 to 2, so perhaps recovered; one that is certainly 2, or certainly 1, leaves nothing open."""
    times = days_to_recovery(values_of({14: 2, 42: 2, 70: 1}, undecided={42}), patients_of("1"), 2)
    assert (found(times), times.undecided) == ([("1", 56, 1)], 1)
    for between in (1, 2, 3):
        certain = days_to_recovery(values_of({14: 2, 42: between, 70: 1}), patients_of("1"), 2)
        assert (certain.undecided, certain.supported, certain.changed) == (0, 0, 0)
    worse = days_to_recovery(values_of({14: 2, 42: 4, 70: 1}, undecided={42}), patients_of("1"), 2)
    assert worse.undecided == 1


def test_patient_9_has_no_value_after_the_low_one_and_is_censored_at_once():
    assert found(days_to_recovery(values_of({14: 2}), patients_of("1"), 2)) == [("1", 0, 0)]
    assert found(days_to_recovery(values_of({14: 1}), patients_of("1"), 2)) == []  # nothing to recover from


def test_patient_10_the_lowest_value_is_looked_for_during_treatment_alone():
    values = values_of({14: 2, 70: 3, 100: 3, 260: 4})
    assert days_to_lowest(values, patients_of("1"), 84).to_dict() == {"1": 70}  # the first of equal ones
    assert days_to_lowest(values, patients_of("1"), 92).to_dict() == {"1": 260}
    assert days_to_lowest(values, patients_of("1", other=50), 84).to_dict() == {"1": 14}
    # A death ends nothing: who died has no later value, and a report without deaths has the same number.
    assert days_to_lowest(values, patients_of("1", died=50), 84).to_dict() == {"1": 70}
    earlier = patients_of("1", other=-5)  # what began before the treatment ends nothing of it
    assert days_to_lowest(values, earlier, 84).to_dict() == {"1": 70}
    assert days_to_lowest(values, patients_of("2"), 84).to_dict() == {}


def test_patient_11_recovers_before_the_second_cycle_and_not_before_the_third():
    given = pd.DataFrame({"USUBJID": "1", "ASTDT": pd.to_datetime([day(0), day(56), day(112)])})
    values = values_of({14: 3, 54: 1, 70: 2, 111: 2, 126: 4})
    followed = before_next_cycle(values, given, 2)
    assert followed[["LOW", "RECOVERED"]].to_numpy().tolist() == [[True, True], [True, False]]
    assert before_next_cycle(values.iloc[:0], given, 2)["LOW"].tolist() == [False, False]
    # A value of the day of the next cycle is taken before it, and belongs to the cycle before.
    on_the_day = before_next_cycle(values_of({14: 3, 56: 1, 112: 3}), given, 2)
    assert on_the_day[["LOW", "RECOVERED"]].to_numpy().tolist() == [[True, True], [True, False]]


def test_patient_12_is_low_for_more_than_half_a_year_between_two_good_values():
    values = values_of({0: 0, 30: 2, 150: 3, 230: 2, 300: 1})
    (spell,) = low_spells(values, 2).to_dict("records")
    assert (spell["LOWER"], spell["UPPER"], spell["VALUES"], spell["WORST"]) == (200, 300, 3, 3)
    assert len(persistent_spells(values, 2, 183)) == 1
    assert len(persistent_spells(values, 2, 200)) == 0  # more than
    assert len(persistent_spells(values, 3, 183)) == 0  # one value alone is of grade 3


def test_patient_13_recovers_in_between_and_is_no_candidate():
    values = values_of({30: 2, 150: 1, 230: 2, 300: 2})
    assert low_spells(values, 2)["LOWER"].tolist() == [0, 70]
    assert persistent_spells(values, 2, 183).empty


def test_patient_14_is_low_to_the_end_so_that_nobody_knows_how_long_at_most():
    (spell,) = persistent_spells(values_of({30: 2, 400: 2}), 2, 183).to_dict("records")
    assert spell["LOWER"] == 370
    assert np.isnan(spell["UPPER"])


def test_a_cytopenia_is_dated_by_the_value_that_shows_that_it_lasts():
    (spell,) = persistent_spells(values_of({30: 2, 213: 2, 214: 3, 400: 2}), 2, 183).to_dict("records")
    assert (spell["SHOWN"], spell["LBSEQ"]) == (pd.Timestamp(day(214)), 3)


@pytest.mark.parametrize(("base", "number"), [(np.nan, 1), (1, 1), (2, 0), (3, 0)])
def test_a_grade_that_the_patient_had_before_treatment_is_none_of_it(base, number):
    assert len(persistent_spells(values_of({30: 2, 400: 2}, base=base), 2, 183)) == number


def test_of_two_values_of_a_day_the_worst_counts():
    values = pd.concat([values_of({30: 2, 200: 3, 400: 2}), values_of({200: 0})], ignore_index=True)
    (spell,) = persistent_spells(values, 2, 183).to_dict("records")
    assert (spell["LOWER"], spell["VALUES"]) == (370, 3)


def test_cytopenias_are_of_four_counts_and_lymphocytes_of_none(study):
    cut = make_cut(
        subjects=[subject("1")],
        administrations=cycles("1", [7400.0]),
        labs=[
            lab("1", "UNS", on, value, code)
            for code, value in (("WBC", 2.5), ("LYMPH", 0.3), ("HGB", 9.0))
            for on in (30, 250)
        ],
        follow_up=[contact("1")],
    )
    found_spells = persistent_cytopenias(build_datasets(cut, study, INTERIM).adlb, 2, 183)
    assert found_spells[["PARAMCD", "LOWER"]].to_numpy().tolist() == [["HGB", 220], ["WBC", 220]]


def test_spells_of_two_patients_do_not_run_together():
    values = pd.concat(
        [values_of({30: 2, 400: 2}), values_of({10: 2, 20: 0}, patient="2")], ignore_index=True
    )
    spells = low_spells(values, 2)
    assert spells["USUBJID"].tolist() == ["1", "2"]
    assert spells["LOWER"].tolist() == [370, 0]


def test_values_after_the_first_administration_with_the_baseline_grade(study):
    cut = make_cut(
        subjects=[subject("1")],
        administrations=cycles("1", [7400.0]),
        labs=[
            lab("1", "T1", -1, 60, "PLAT"),
            lab("1", "UNS", 0, 20, "PLAT"),
            lab("1", "V1", 14, 40, "PLAT"),
            lab("1", "V1", 14, 9.0, "HGB"),
        ],
        follow_up=[contact("1")],
    )
    found_values = graded_values(build_datasets(cut, study, INTERIM).adlb, "PLAT")
    assert found_values["AVAL"].tolist() == [40]  # neither the baseline nor that of day 1
    assert found_values[["LOW", "HIGH"]].to_numpy().tolist() == [[3, 3]]


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_every_low_value_is_in_one_spell(grade):
    values = values_of(
        dict(zip(range(10, 200, 10), [0, 2, 3, 1, 2, 2, 0, 4, 1, 1, 3, 3, 3, 0, 2, 1, 0, 2, 2], strict=True))
    )
    assert low_spells(values, grade)["VALUES"].sum() == (values["LOW"] >= grade).sum()
