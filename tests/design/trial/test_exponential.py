"""Piecewise exponential times."""

from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import PiecewiseHazard, hazard_from_median, hazard_from_survival, weibull_hazard
from duonen_stats.errors import PlanError

BUMP = PiecewiseHazard((0.03, 0.05, 0.02), (0, 6, 12))


def test_cumulative_hazard_by_hand():
    assert BUMP.cumulative([0, 3, 6, 9, 12, 22]) == pytest.approx([0, 0.09, 0.18, 0.33, 0.48, 0.68])
    assert BUMP.survival(9) == pytest.approx(np.exp(-0.33))
    assert [BUMP.rate_at(t) for t in (0, 5.9, 6, 100)] == [0.03, 0.03, 0.05, 0.02]
    assert BUMP.cumulative(-1) == 0


def test_medians_and_survival_give_hazards():
    assert hazard_from_median(12) == log(2) / 12
    assert PiecewiseHazard((hazard_from_median(29.5),)).median_months == pytest.approx(29.5)
    assert hazard_from_survival(0.625, 20) == pytest.approx(0.0235, abs=1e-5)  # 62.5 % at 20 months
    assert hazard_from_survival(1, 20) == 0


def test_a_cured_fraction_never_has_the_event():
    cure = PiecewiseHazard((0.1, 0.0), (0, 5))
    assert cure.median_months == inf
    assert cure.time_at([0.0, 0.2, 0.5, 0.51]) == pytest.approx([0, 2, 5, inf])
    late = PiecewiseHazard((0.0, 0.1), (0, 5))
    assert late.time_at([0.0, 1.0]) == pytest.approx([0, 15])


@pytest.mark.parametrize(
    ("rates", "starts"),
    [((0.1,), (1,)), ((0.1, 0.2), (0, 0)), ((-0.1,), (0,)), ((inf,), (0,)), ((0.1,), (0, 3)), ((), ())],
)
def test_what_is_no_hazard(rates, starts):
    with pytest.raises(PlanError):
        PiecewiseHazard(rates, starts)


@pytest.mark.parametrize("call", [lambda: hazard_from_median(0), lambda: hazard_from_survival(0, 12)])
def test_what_gives_no_hazard(call):
    with pytest.raises(PlanError):
        call()


def test_scaling_by_one_factor_or_one_a_piece():
    assert BUMP.scaled(0.5).rates_per_month == (0.015, 0.025, 0.01)
    assert BUMP.scaled((1, 2, 3)).rates_per_month == pytest.approx((0.03, 0.1, 0.06))
    with pytest.raises(PlanError, match="2 hazard ratios"):
        BUMP.scaled((1, 2))


@pytest.mark.law
@given(
    st.lists(st.floats(1e-4, 2), min_size=1, max_size=4),
    st.lists(st.floats(0.01, 30), min_size=4, max_size=4, unique=True),
    st.floats(1e-6, 20),
)
def test_the_inverse_inverts(rates, gaps, target):
    starts = (0.0, *np.cumsum(gaps))[: len(rates)]
    hazard = PiecewiseHazard(tuple(rates), starts)
    assert hazard.cumulative(hazard.time_at(target)) == pytest.approx(target, rel=1e-9)


@pytest.mark.independent
@pytest.mark.parametrize("shape", [0.5, 0.8, 1.0, 1.5, 3.0])
def test_a_weibull_hazard_follows_its_closed_form(shape):
    months = np.linspace(0.01, 150, 3000)
    hazard = weibull_hazard(29.5, shape)
    assert hazard.survival(months) == pytest.approx(np.exp(-np.log(2) * (months / 29.5) ** shape), abs=6e-5)
    assert hazard.median_months == pytest.approx(29.5, rel=1e-4)
    assert hazard.time_at(hazard.cumulative(months)) == pytest.approx(months, rel=1e-9)


@pytest.mark.parametrize("shape", [0.0, -1.0, float("inf"), float("nan")])
def test_what_is_no_weibull_shape(shape):
    with pytest.raises(PlanError, match="shape"):
        weibull_hazard(29.5, shape)
