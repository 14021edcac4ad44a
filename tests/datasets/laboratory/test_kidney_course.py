"""Patients worked by hand: falls of eGFR, categories, yearly loss."""

import numpy as np
import pandas as pd
from patients import day

from duonen_stats.datasets.laboratory.kidney_course import (
    category_of,
    days_to_fall,
    has_progressed,
    is_rapid,
    kidney_values,
    slope_values,
)


def values_of(egfr, base=90.0, patient="1"):
    """Made values: day to eGFR; the baseline stands on day -1."""
    days = [-1, *egfr]
    return pd.DataFrame(
        {
            "USUBJID": patient,
            "TRT01P": "A",
            "ADT": pd.to_datetime([day(on) for on in days]),
            "ADY": [float(on + (on >= 0)) for on in days],
            "AVISIT": None,
            "AVAL": [base, *map(float, egfr.values())],
            "BASE": base,
            "BASELINE": [True, *([False] * len(egfr))],
            "STANDS": True,
        }
    )


def patients_of(*names, died=None):
    return pd.DataFrame(
        {
            "USUBJID": list(names),
            "TRTSDT": pd.Timestamp(day(0)),
            "DTHDT": pd.NaT if died is None else pd.Timestamp(day(died)),
        }
    )


def fall(egfr, fraction=0.3, died=None):
    times, unconfirmed = days_to_fall(values_of(egfr), patients_of("1", died=died), fraction, 28)
    return times.days.tolist(), times.cause.tolist(), unconfirmed


def test_categories_are_those_of_the_unrounded_value():
    values = np.array([120, 90, 89.6, 60, 59.99, 45, 44.9, 30, 29.9, 15, 14.9, np.nan])
    assert category_of(values).tolist() == [
        "G1", "G1", "G2", "G2", "G3a", "G3a", "G3b", "G3b", "G4", "G4", "G5", "",
    ]  # fmt: skip


def test_patient_1_a_fall_is_confirmed_by_the_next_value_four_weeks_later():
    assert fall({100: 62, 130: 58, 200: 85}) == ([100], [1], 0)


def test_patient_2_a_fall_that_the_next_value_does_not_show_is_none():
    assert fall({100: 60, 140: 85, 200: 62, 240: 58}) == ([200], [1], 0)
    assert fall({100: 60, 140: 85, 200: 84}) == ([200], [0], 0)


def test_patient_3_a_value_too_soon_confirms_nothing():
    assert fall({100: 60, 120: 55, 140: 80}) == ([140], [0], 0)
    assert fall({100: 60, 120: 80, 140: 55}) == ([100], [1], 0)  # the first value 28 days later shows it


def test_patient_4_a_fall_at_the_last_value_counts_and_is_not_confirmed():
    assert fall({100: 80, 200: 60}) == ([200], [1], 1)
    assert fall({100: 80, 200: 60, 210: 80}) == ([210], [0], 0)  # a value of the last days does not show it


def test_patient_5_falls_by_exactly_three_tenths():
    assert fall({100: 63, 130: 63}) == ([100], [1], 0)
    assert fall({100: 63, 130: 63}, fraction=0.4) == ([130], [0], 0)


def test_patient_6_died_before_and_patient_7_after_the_fall():
    assert fall({100: 80}, died=150) == ([150], [2], 0)
    assert fall({100: 60, 130: 60}, died=150) == ([100], [1], 0)


def test_patient_8_without_a_later_value_is_counted_apart():
    times, _ = days_to_fall(values_of({}), patients_of("1"), 0.3, 28)
    assert (times.patient, times.without) == ((), 1)


def test_progression_needs_a_worse_category_and_a_fall_by_a_quarter():
    tried = {"both": (90, 60), "category": (62, 58), "fall": (130, 92), "neither": (90, 90)}
    found = {
        name: bool(has_progressed(values_of({100: later}, base=base))["1"])
        for name, (base, later) in tried.items()
    }
    assert found == {"both": True, "category": False, "fall": False, "neither": False}


def test_values_of_an_infusion_are_not_in_the_slope():
    values = values_of({1: 50, 3: 50, 4: 80, 56: 40, 100: 75})
    given = pd.DataFrame({"USUBJID": "1", "ASTDT": pd.to_datetime([day(0), day(56)])})
    started = pd.Series({"1": pd.Timestamp(day(0))})
    total = slope_values(values, given, started, 0.0)
    assert total["AVAL"].tolist() == [90, 80, 75]
    assert np.allclose(total["YEARS"], np.array([-1, 4, 100]) / 365.25)
    assert slope_values(values, given, started, 91.0)["AVAL"].tolist() == [75]


def test_a_loss_is_rapid_above_5_a_year_of_three_values_over_a_year():
    def line(loss, years):
        return pd.DataFrame({"USUBJID": "1", "YEARS": years, "AVAL": [90 - loss * year for year in years]})

    assert is_rapid(line(5.1, (0.0, 0.5, 1.0))).to_dict() == {"1": True}
    assert is_rapid(line(5.0, (0.0, 0.5, 1.0))).to_dict() == {"1": False}
    assert is_rapid(line(20, (0.0, 0.5, 0.9))).to_dict() == {}
    assert is_rapid(line(20, (0.0, 2.0))).to_dict() == {}


def test_the_values_of_the_shipped_cohort(datasets):
    found = kidney_values(datasets.adlb)
    assert found["BASELINE"].sum() == found["USUBJID"].nunique() == 56
    assert found["AVAL"].notna().all()
