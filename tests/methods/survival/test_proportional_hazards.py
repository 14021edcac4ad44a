"""Test of proportional hazards."""

import numpy as np
import pytest

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import cox_model, proportional_hazards_test, scaled_schoenfeld

TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
X = [0] * 11 + [1] * 12


@pytest.mark.reference
@pytest.mark.parametrize(
    ("transform", "chi2"), [("km", 0.013575453335469723), ("rank", 0.002309714553984699)]
)
def test_as_cox_zph(transform, chi2):
    # cox.zph(coxph(Surv(time, status) ~ x, aml, ties = "breslow"), transform = ...)$table
    result = proportional_hazards_test(TIME, EVENT, X, names=["x"], ties="breslow", transform=transform)
    (term,) = result.terms
    assert term.statistic == pytest.approx(chi2, rel=1e-9)
    assert (result.overall.statistic, result.overall.df) == (pytest.approx(chi2, rel=1e-9), 1)


@pytest.mark.law
def test_transforms_of_time_are_what_they_say():
    tests = {
        name: proportional_hazards_test(
            np.exp(np.array(TIME) / 50), EVENT, X, transform=name
        ).overall.statistic
        for name in ("km", "rank", "log")
    }
    plain = {
        name: proportional_hazards_test(TIME, EVENT, X, transform=name).overall.statistic
        for name in ("km", "rank", "identity")
    }
    assert tests["km"] == pytest.approx(plain["km"])
    assert tests["rank"] == pytest.approx(plain["rank"])
    assert tests["log"] == pytest.approx(plain["identity"])


@pytest.mark.law
def test_a_crossing_hazard_is_found_and_a_proportional_one_is_not():
    generator = np.random.default_rng(8)
    x = np.repeat([0.0, 1.0], 150)
    steady = generator.exponential(np.where(x == 1, 2.0, 1.0))
    crossing = generator.weibull(np.where(x == 1, 3.0, 0.7))
    event = np.ones(300)
    assert proportional_hazards_test(steady, event, x).overall.p_value > 0.05
    assert proportional_hazards_test(crossing, event, x).overall.p_value < 1e-6


def test_what_has_no_answer():
    with pytest.raises(NotEstimable) as caught:
        proportional_hazards_test([0, *TIME], [1, *EVENT], [1, *X], transform="log")
    assert caught.value.reason == "log_of_zero"
    with pytest.raises(NotEstimable) as caught:
        proportional_hazards_test([5, 5, 5, 9, 9], [1, 1, 1, 0, 0], [0, 1, 0, 1, 1])
    assert caught.value.reason == "zero_variance"
    with pytest.raises(DataError, match="sqrt"):
        proportional_hazards_test(TIME, EVENT, X, transform="sqrt")


def sample(seed=1, n=60):
    generator = np.random.default_rng(seed)
    arm = generator.integers(0, 2, n).astype(float)
    return np.ceil(generator.exponential(np.exp(0.6 * arm)) * 8), generator.integers(0, 3, n) > 0, arm


def test_residuals_average_to_the_coefficient_and_come_in_time_order():
    time, event, arm = sample()
    (found,) = scaled_schoenfeld(time, event, arm, names=["arm"])
    assert found.value.mean() == pytest.approx(cox_model(time, event, arm).terms[0].coefficient)
    assert (np.diff(found.time) >= 0).all()
    assert found.time.size == found.value.size == np.count_nonzero(event)
    assert found.name == "arm"


def test_the_smooth_lies_within_its_limits_and_rises_in_time():
    time, event, arm = sample()
    smooth = scaled_schoenfeld(time, event, arm, points=12)[0].smooth
    assert smooth.time.size == 12
    assert (np.diff(smooth.time) >= 0).all()
    assert ((smooth.lower < smooth.value) & (smooth.value < smooth.upper)).all()


def test_the_smooth_on_the_scale_of_logarithms_is_at_times_that_grow_by_one_factor():
    time, event, arm = [1, 2, 4, 7, 9, 15, 20, 31, 40], [1] * 9, [1, 0, 1, 0, 1, 0, 1, 0, 1]
    smooth = scaled_schoenfeld(time, event, arm, transform="log", points=5)[0].smooth
    assert smooth.time == pytest.approx([40 ** (k / 4) for k in range(5)], rel=1e-12)


def test_few_events_have_residuals_but_no_smooth():
    (found,) = scaled_schoenfeld([1, 2, 3, 4, 5], [1, 1, 1, 0, 0], [0, 1, 0, 1, 0])
    assert found.value.size == 3
    assert found.smooth is None
    assert "too few" in found.note


def test_a_model_that_cannot_be_fitted_has_none():
    with pytest.raises(NotEstimable, match="no_events"):
        scaled_schoenfeld([1, 2], [0, 0], [0, 1])
