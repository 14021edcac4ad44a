"""Worked patients: when a count was first low, a fall of the eGFR, and the dose given by then."""

from dataclasses import replace

import pandas as pd
import pytest
from patients import cycles, day, lab, make_cut, subject

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.exposure.toxicity_times import after_cycles, first_decline, first_low_count
from duonen_stats.plan import INTERIM

MONTH = 30.4375


def built(study, labs, given=None):
    return build_datasets(
        make_cut(subjects=[subject("001")], administrations=given or cycles("001", [7400.0] * 4), labs=labs),
        study,
        INTERIM,
    )


def counts(data, *analytes, rules=INTERIM):
    return first_low_count(data.adlb, data.adsl, analytes or ("PLAT",), rules)


def platelets(*pairs):
    visits = ("V1", "T2", "V2", "T3", "V3")
    later = [lab("001", visit, on, value, "PLAT") for visit, (on, value) in zip(visits, pairs, strict=False)]
    return [lab("001", "T1", 0, 200.0, "PLAT"), *later]


def test_the_first_value_of_grade_2_is_the_event(study):
    """Platelets of 74 are grade 2 (below 75), 75 are grade 1."""
    found = counts(built(study, platelets((14, 75.0), (50, 74.0), (70, 40.0))))
    assert found["EVENT"].tolist() == [1]
    assert found["AVAL"].tolist() == pytest.approx([50 / MONTH])


def test_without_the_event_time_ends_at_the_last_value(study):
    found = counts(built(study, platelets((14, 150.0), (50, 140.0))))
    assert found[["EVENT", "AVAL"]].to_numpy().tolist() == [[0, pytest.approx(50 / MONTH)]]


def test_the_grade_is_that_of_the_plan(study):
    rules = replace(INTERIM, dose_effect_grade=1)
    found = counts(built(study, platelets((14, 120.0))), rules=rules)
    assert found["AVAL"].tolist() == pytest.approx([14 / MONTH])


def test_who_had_the_grade_before_is_not_at_risk(study):
    low = [lab("001", "T1", 0, 60.0, "PLAT"), lab("001", "V1", 14, 40.0, "PLAT")]
    assert counts(built(study, low)).empty


def test_who_has_no_value_later_is_not_at_risk(study):
    assert counts(built(study, platelets())).empty


def test_any_of_several_counts_is_the_first_of_them(study):
    labs = [
        *platelets((14, 150.0), (50, 60.0)),
        lab("001", "T1", 0, 2.0, "LYMPH"),
        lab("001", "V1", 14, 0.7, "LYMPH"),
    ]
    found = counts(built(study, labs), "PLAT", "LYMPH")
    assert found["AVAL"].tolist() == pytest.approx([14 / MONTH])


def test_a_fall_is_of_the_patients_own_baseline(study):
    labs = [
        lab("001", "T1", 0, 100.0, "EGFR"),
        lab("001", "V1", 14, 71.0, "EGFR"),
        lab("001", "V2", 70, 70.0, "EGFR"),
    ]
    found = first_decline(built(study, labs).adlb, built(study, labs).adsl, "EGFR", INTERIM)
    assert found[["EVENT", "AVAL"]].to_numpy().tolist() == [[1, pytest.approx(70 / MONTH)]]
    none = first_decline(
        built(study, labs).adlb, built(study, labs).adsl, "EGFR", replace(INTERIM, dose_effect_decline=0.4)
    )
    assert none["EVENT"].tolist() == [0]


def steps(*grays):
    return pd.DataFrame(
        {
            "SUBJID": "001",
            "ADT": pd.to_datetime([day(56 * place) for place in range(len(grays))]),
            "DOSE": grays,
        }
    )


def test_a_dose_counts_from_the_day_it_was_given(study):
    """The event on day 70 follows the second cycle: two doses, and a cycle before it without the event."""
    times = counts(built(study, platelets((14, 150.0), (50, 140.0), (70, 60.0))))
    found = after_cycles(times, steps(0.2, 0.3, 0.4), study, INTERIM)
    assert found[["CYCLE", "DOSE", "EVENT"]].to_numpy().tolist() == [
        [1.0, pytest.approx(0.2), 0],
        [2.0, pytest.approx(0.5), 1],
    ]


def test_a_value_on_the_day_of_a_cycle_is_before_it(study):
    times = counts(built(study, platelets((14, 150.0), (56, 60.0))))
    found = after_cycles(times, steps(0.2, 0.3), study, INTERIM)
    assert found[["CYCLE", "DOSE", "EVENT"]].to_numpy().tolist() == [[1.0, pytest.approx(0.2), 1]]


def test_what_comes_long_after_the_last_cycle_is_not_put_down_to_it(study):
    given = cycles("001", [7400.0] * 2)
    labs = [*platelets((14, 150.0), (50, 140.0)), lab("001", "UNS", 56 + 71, 60.0, "PLAT")]
    times = counts(built(study, labs, given))
    assert times["EVENT"].tolist() == [1]
    assert after_cycles(times, steps(0.2, 0.3), study, INTERIM)["EVENT"].tolist() == [0, 0]
