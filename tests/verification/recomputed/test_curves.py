import numpy as np
import pandas as pd
import pytest
from verification.made_folder import plan, values

from duonen_stats.verification.recomputed import curves as own
from duonen_stats.verification.second_numbers import SecondNumbers


def times(months, codes, arm="A"):
    return pd.DataFrame({"MONTHS": [*map(float, months)], "CNSR": codes, "ARM": arm})


def test_a_curve_and_its_points():
    found = values(
        own.recompute_curve, "c", times([1, 2, 3, 4, 5], [0, 1, 0, 0, 1]), plan(landmark_months=(3.5,))
    )
    assert found["c.events"] == 3
    assert found["c.rate.3.5.survival"] == pytest.approx(0.8 * 2 / 3)
    assert found["c.rate.3.5.n_risk"] == 2
    assert found["c.median"] == 4
    assert found["c.steps"] == 5  # 0, three events and the last time
    assert found["c.marks"] == 2
    assert found["c.step.0.survival"] == 1
    assert "c.step.0.ci_low" not in found


def test_a_curve_at_one_half_has_the_middle_by_convention():
    out = SecondNumbers()
    own.recompute_curve(out, "c", times([1, 2, 3, 4], [0, 0, 0, 0]), plan())
    assert out.by_id["c.median"].value == 2
    assert out.by_id["c.median"].by_convention == 2.5
    assert out.by_id["c.median"].convention == own.MIDPOINT


def test_limits_where_nobody_had_the_event_are_exact_by_convention():
    out = SecondNumbers()
    own.recompute_curve(out, "c", times([5, 6, 7, 8], [1, 1, 1, 1]), plan(landmark_months=(4.0,)))
    assert out.by_id["c.rate.4.ci_low"].value == 1
    assert out.by_id["c.rate.4.ci_low"].by_convention == pytest.approx(0.025 ** (1 / 4))


def test_nobody_has_counts_alone():
    found = values(own.recompute_curve, "c", times([], []), plan(grid_months=(0.0,), landmark_months=(12.0,)))
    assert {*found.values()} == {0}


def test_follow_up_exchanges_events_and_censorings():
    found = values(own.recompute_follow_up, "f", times([1, 2, 3, 4, 5], [1, 0, 1, 1, 0]), plan())
    assert found["f.median"] == 4


def test_of_a_median_that_is_not_reached_there_is_none():
    rows = times([1, 2, 3, 4], [0, 1, 1, 1])
    assert np.isnan(values(own.recompute_curve, "c", rows, plan())["c.median"])


def test_incidence_of_tied_causes_is_exact(study):
    rows = times([1, 1, 2, 3], [0, 7, 0, 1])
    found = values(own.recompute_incidence, rows, plan(ae_landmark_months=(1.0, 2.5)), study)
    assert found["ae3.cif.A.rate.1.incidence"] == 0.25
    assert found["ae3.cif.A.rate.2.5.incidence"] == 0.5
    assert found["ae3.cif_death.A.step.30.4375.incidence"] == 0.25
    assert found["ae3.cif.B.n"] == 0
    assert found["ae3.cif.all.competing"] == 1


def test_points_of_one_day_are_told_apart():
    assert own.day_names([0.0, 1.0, 1.0], plan(days_per_month=30.0)) == ["0", "30", "30_2"]
    assert np.array_equal([own.month_name(1.5), own.month_name(12.0)], ["1.5", "12"])


def test_of_nobody_there_is_no_incidence_and_of_all_no_limit():
    nothing = np.array([])
    assert values(own.incidence_rate, "r", nothing, nothing, 12.0, plan()) == {}
    month, cause = np.arange(1.0, 12.0), np.ones(11)
    found = values(own.incidence_rate, "r", month, cause, 12.0, plan())
    assert found["r.incidence"] == pytest.approx(1)
    assert set(found) == {"r.incidence", "r.n_risk"}
