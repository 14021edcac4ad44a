from dataclasses import replace

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.plan import FINAL, INTERIM, rule_of
from duonen_stats.plan.plan import idle


def test_the_presets_of_late_safety():
    assert (INTERIM.lowest_value_days, INTERIM.persistent_days, INTERIM.persistent_grade) == (84, 183, 2)
    assert FINAL.late_landmark_months[-1] == 60  # five years
    assert (FINAL.decline_fractions, FINAL.decline_confirmation_days) == ((0.3, 0.4), 28)
    assert INTERIM.words("egfr_slope") == "total slope"
    assert (INTERIM.recovery_support, INTERIM.recovery_support_days) == ("unsupported", 28)


def test_a_fall_is_a_part_of_the_baseline_and_a_grade_one_of_four():
    with pytest.raises(PlanError, match="decline_fractions"):
        replace(FINAL, decline_fractions=(0.3, 30.0))
    with pytest.raises(PlanError, match="persistent_grade is 5"):
        replace(INTERIM, persistent_grade=5)


def test_times_with_a_competing_death_are_of_the_final_report_alone():
    for name in (
        "grade_landmark_months",
        "late_landmark_months",
        "decline_fractions",
        "decline_confirmation_days",
    ):
        assert rule_of(name).final_only
        assert idle(INTERIM, name)
