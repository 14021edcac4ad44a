"""Worked patients: delay, a cycle left out, intensity of one cycle, dose per activity, the limit that binds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from patients import administration, cycles, dose, event, make_cut, subject

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.exposure.dose_intensity import (
    binding_limits,
    course_intensity,
    cycle_intervals,
    delayed_by_event,
    delivered_cycles,
    doses_by_cycle,
    effective_half_life,
    specific_doses,
)
from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM


def built(study, **tables):
    return build_datasets(make_cut(**tables), study, INTERIM)


def given_on(patient, *days, lu=7400.0):
    return [administration(patient, f"T{number}", on, lu) for number, on in enumerate(days, 1)]


def test_the_window_ends_with_day_70_and_a_delay_is_what_lies_beyond(study):
    data = built(study, subjects=[subject("001")], administrations=given_on("001", 0, 70, 141, 197))
    found = cycle_intervals(data.adex, study, INTERIM)
    assert found["AVISIT"].tolist() == ["T2", "T3", "T4"]
    assert found["DAYS"].tolist() == [70, 71, 56]
    assert found["ALLOWED"].tolist() == [70, 70, 70]
    assert found["LATE"].tolist() == [0, 1, 0]
    by_target = cycle_intervals(data.adex, study, replace(INTERIM, cycle_delay="over_target"))
    assert by_target["LATE"].tolist() == [14, 15, 0]


def test_a_cycle_that_was_not_given_is_not_a_delay(study):
    """T1 on day 0, T2 with 0 MBq, T3 on day 112: two planned intervals, and the window once."""
    records = [
        administration("001", "T1", 0, 7400.0),
        administration("001", "T2", 56, 0.0),
        administration("001", "T3", 112, 7400.0),
        administration("001", "T4", 239, 7400.0),
    ]
    data = built(study, subjects=[subject("001")], administrations=records)
    found = cycle_intervals(data.adex, study, INTERIM)
    assert found[["AVISIT", "DAYS", "ALLOWED", "LATE"]].to_numpy().tolist() == [
        ["T3", 112, 126, 0],
        ["T4", 127, 70, 57],
    ]


def test_the_first_cycle_of_a_patient_has_no_interval(study):
    data = built(study, subjects=[subject("001")], administrations=given_on("001", 0))
    assert cycle_intervals(data.adex, study, INTERIM).empty
    assert len(delivered_cycles(data.adex)) == 1


def test_two_isotopes_of_a_cycle_are_one_administration(study):
    data = built(
        study, subjects=[subject("001", "B")], administrations=cycles("001", [3700.0] * 2, [1850.0] * 2)
    )
    assert cycle_intervals(data.adex, study, INTERIM)["DAYS"].tolist() == [56]


@pytest.mark.parametrize(
    ("onset", "action", "expected"), [(10, "DELAYED", True), (90, "DELAYED", False), (10, "NONE", False)]
)
def test_an_event_delays_the_cycle_that_follows_it(study, onset, action, expected):
    data = built(
        study,
        subjects=[subject("001")],
        administrations=given_on("001", 0, 80),
        adverse_events=[event("001", 1, onset, ACTION=action)],
    )
    found = cycle_intervals(data.adex, study, INTERIM)
    assert delayed_by_event(found, data.adae).tolist() == [expected]


def test_one_cycle_takes_one_interval(study):
    """7400 MBq once: a whole intensity, and a quarter of the course."""
    data = built(study, subjects=[subject("001")], administrations=given_on("001", 0))
    (row,) = course_intensity(data.adex, study).to_dict("records")
    assert (row["CYCLES"], row["DAYS"], row["GIVEN"]) == (1, 56, 7400)
    assert (row["RDISTART"], row["RDISET"], row["SHARE"]) == (100, 100, 25)


def test_the_intensity_falls_with_the_time_taken(study):
    data = built(study, subjects=[subject("001")], administrations=given_on("001", 0, 70))
    (row,) = course_intensity(data.adex, study).to_dict("records")
    assert row["DAYS"] == 126
    assert row["RDISTART"] == pytest.approx(100 * 112 / 126)
    assert row["SHARE"] == 50


def test_what_dosimetry_set_is_known_only_where_it_changes_nothing(study):
    """Arm B: 177Lu is fixed, 90Y is adapted from cycle 2 on."""
    data = built(
        study,
        subjects=[subject("001", "B")],
        administrations=cycles("001", [3700.0, 3700.0], [1850.0, 925.0]),
    )
    found = course_intensity(data.adex, study).set_index("ISOTOPE")
    assert found.loc["LU177", "RDISET"] == 100
    assert np.isnan(found.loc["Y90", "RDISET"])
    assert found.loc["Y90", "RDISTART"] == 75


@pytest.mark.parametrize(("ordered", "expected"), [(925.0, 100.0), (1850.0, 75.0), (None, None)])
def test_against_what_dosimetry_set_the_intensity_says_whether_the_plan_was_kept(study, ordered, expected):
    """Arm B: 925 MBq of 90Y at cycle 2, set as that, set as 1850 (half of it given), or set by nobody."""
    given = [
        dict(one, Y90_SET_MBQ=amount)
        for one, amount in zip(cycles("001", [3700.0, 3700.0], [1850.0, 925.0]), (None, ordered), strict=True)
    ]
    data = built(study, subjects=[subject("001", "B")], administrations=given)
    found = course_intensity(data.adex, study).set_index("ISOTOPE")["RDISET"]
    assert found["Y90"] == pytest.approx(expected, nan_ok=True) if expected else np.isnan(found["Y90"])
    assert found["LU177"] == 100


def test_against_nothing_set_there_is_no_intensity(study):
    """Arm B: 0 MBq of 90Y were set for the only cycle, and 925 given."""
    (given,) = cycles("001", [3700.0], [925.0])
    data = built(study, subjects=[subject("001", "B")], administrations=[given | {"Y90_SET_MBQ": 0.0}])
    assert np.isnan(course_intensity(data.adex, study).set_index("ISOTOPE").loc["Y90", "RDISET"])


def test_an_isotope_that_is_not_of_the_arm_has_no_plan(study):
    data = built(study, subjects=[subject("001", "A")], administrations=cycles("001", [7400.0], [1850.0]))
    assert course_intensity(data.adex, study)["ISOTOPE"].tolist() == ["LU177"]


def both(patient, cycle, kidney, marrow, isotope="LU177"):
    return [dose(patient, cycle, "KIDNEY", isotope, kidney), dose(patient, cycle, "MARROW", isotope, marrow)]


def test_dose_per_activity_is_that_of_the_isotope_and_cycle(study):
    data = built(
        study,
        subjects=[subject("001", "B")],
        administrations=cycles("001", [3700.0], [1850.0]),
        dosimetry=[*both("001", "T1", 1.85, 0.037), *both("001", "T1", 3.7, 0.185, "Y90")],
    )
    found = specific_doses(data.adex, data.addos).set_index(["ORGAN", "ISOTOPE"])["PERGBQ"]
    assert found["KIDNEY", "LU177"] == pytest.approx(0.5)
    assert found["KIDNEY", "Y90"] == pytest.approx(2.0)
    assert found["MARROW", "Y90"] == pytest.approx(0.1)


def limits_of(study, arm, given_activities, doses):
    data = built(study, subjects=[subject("001", arm)], administrations=given_activities, dosimetry=doses)
    return binding_limits(data.adex, data.addos, study)["LIMIT"].tolist()


def test_the_kidney_binds_where_it_allows_the_smaller_activity(study):
    """Arm D, 7.4 GBq: kidney 1 Gy/GBq leaves (23 - 7.4) / 3 = 5.2 GBq, marrow 0.01 Gy/GBq leaves 50 GBq in a cycle."""
    assert limits_of(study, "D", cycles("001", [7400.0, 5200.0]), both("001", "T1", 7.4, 0.074)) == [
        "kidney_course"
    ]


def test_the_marrow_binds_by_cycle_or_by_course(study):
    """Marrow 0.4 Gy of 7.4 GBq: 0.5 Gy in a cycle are 9.25 GBq, (2 - 0.4) / 3 = 0.533 Gy are more."""
    assert limits_of(study, "D", cycles("001", [7400.0, 7400.0]), both("001", "T1", 1.0, 0.4)) == [
        "marrow_cycle"
    ]
    # 0.8 Gy of the first cycle leave 0.4 Gy for each of the three to come: less than 0.5.
    assert limits_of(study, "D", cycles("001", [7400.0, 7400.0]), both("001", "T1", 1.0, 0.8)) == [
        "marrow_course"
    ]


def test_without_all_doses_before_a_cycle_the_limit_is_not_known(study):
    given_activities = cycles("001", [7400.0] * 3)
    assert limits_of(study, "D", given_activities, both("001", "T2", 7.4, 0.074)) == ["unknown", "unknown"]
    assert limits_of(study, "D", given_activities, both("001", "T1", 7.4, 0.074)) == [
        "kidney_course",
        "unknown",
    ]


def test_the_isotope_that_does_not_change_takes_its_part_of_the_limit_first(study):
    """Arm B: the kidney's 23 Gy less 6 Gy, a third each, less 2 Gy of 177Lu, leave 3.67 Gy or 1.7 GBq of 90Y."""
    doses = [*both("001", "T1", 2.0, 0.05), *both("001", "T1", 4.0, 0.44, "Y90")]
    given_activities = cycles("001", [3700.0] * 2, [1850.0] * 2)
    # Marrow: 0.5 - 0.05 = 0.45 Gy of 0.238 Gy/GBq are 1.89 GBq in a cycle; (2 - 0.49) / 3 - 0.05 are 1.91.
    assert limits_of(study, "B", given_activities, doses) == ["kidney_course"]


def test_an_arm_of_fixed_activity_has_no_governed_cycle(study):
    assert limits_of(study, "A", cycles("001", [7400.0] * 2), both("001", "T1", 7.4, 0.074)) == []


def test_doses_of_a_cycle_stand_together_and_incomplete_patients_have_none(study):
    data = built(
        study,
        subjects=[subject("001", "B"), subject("002", "B")],
        administrations=[*cycles("001", [3700.0], [1850.0]), *cycles("002", [3700.0], [1850.0])],
        dosimetry=[
            *both("001", "T1", 1.85, 0.037),
            *both("001", "T1", 3.7, 0.185, "Y90"),
            *both("002", "T1", 1.85, 0.037),
        ],
    )
    assert doses_by_cycle(data.addos, "KIDNEY") == {"DUONEN-001": [{"LU177": 1.85, "Y90": 3.7}]}


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(DataError, match="ASTDT"):
        delivered_cycles(
            pd.DataFrame({"USUBJID": [], "TRT01P": [], "AVISIT": [], "AVISITN": [], "DTYPE": []})
        )


@pytest.mark.law
@given(st.floats(0.1, 1e4), st.floats(0.1, 1e4))
def test_an_effective_half_life_is_shorter_than_either(physical, biological):
    found = effective_half_life(physical, biological)
    assert 0 < found < min(physical, biological)
    assert 1 / found == pytest.approx(1 / physical + 1 / biological)
