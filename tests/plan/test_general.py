from dataclasses import replace

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.plan import INTERIM, rule_of
from duonen_stats.plan.decision import between


def test_levels_lie_between_0_and_1_and_words_of_tests_are_as_printed():
    for name in ("alpha", "confidence", "assumption_alpha"):
        assert rule_of(name).within == between(0, 1)
    assert INTERIM.words("between_arm_test") == "Kruskal–Wallis"
    assert INTERIM.words("quantile_type") == "definition 6 (SPSS HAVERAGE)"


def test_reporting_ends_30_days_after_the_last_cycle_and_is_in_the_datasets():
    assert (INTERIM.ae_reporting, INTERIM.ae_reporting_days) == ("after_last_cycle", 30)
    assert all(rule_of(name).datasets for name in ("ae_reporting", "ae_reporting_days"))
    assert replace(INTERIM, ae_reporting_days=0).ae_reporting_days == 0
    with pytest.raises(PlanError, match="ae_reporting_days is -1"):
        replace(INTERIM, ae_reporting_days=-1)
    with pytest.raises(PlanError, match="ae_reporting is 'never'"):
        replace(INTERIM, ae_reporting="never")


def test_late_harm_lasts_more_than_half_a_year_and_is_in_the_datasets():
    assert (INTERIM.persistent_days, INTERIM.persistent_grade, INTERIM.late_months[-1]) == (183, 2, 60)
    assert all(rule_of(name).datasets for name in ("persistent_days", "persistent_grade"))
    with pytest.raises(PlanError, match="persistent_grade is 5"):
        replace(INTERIM, persistent_grade=5)


def test_a_frequent_term_is_of_5_percent_of_an_arm():
    assert INTERIM.ae_term_percent == 5
    with pytest.raises(PlanError, match="ae_term_percent"):
        replace(INTERIM, ae_term_percent=101.0)


def test_months_of_severe_events_lie_within_the_time_of_treatment():
    assert max(INTERIM.ae_landmark_months) < 8 < max(INTERIM.ae_grid_months)
    with pytest.raises(PlanError, match="ae_landmark_months"):
        replace(INTERIM, ae_landmark_months=(6.0, 3.0))
