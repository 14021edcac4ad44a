"""Maximum and profile of likelihoods whose answers are known by hand."""

import numpy as np
import pytest

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.association.penalised_likelihood import PenalisedLikelihood, climb, profile

CENTRE = np.array([1.0, -2.0])
CURVATURE = np.array([[4.0, 1.0], [1.0, 2.0]])
FREE = np.ones(2, dtype=np.bool_)


def parabola():
    """A likelihood that is quadratic, so that profile limits are those of Wald."""
    return PenalisedLikelihood(
        value=lambda beta: float(-(beta - CENTRE) @ CURVATURE @ (beta - CENTRE) / 2),
        slopes=lambda beta: (CURVATURE @ (CENTRE - beta), CURVATURE),
        n=10,
    )


def test_the_maximum_is_found_whatever_the_start():
    beta, top = climb(parabola(), np.array([30.0, 40.0]), FREE)
    assert beta == pytest.approx(CENTRE)
    assert top == pytest.approx(0)


def test_a_coefficient_that_is_not_free_stays():
    beta, _ = climb(parabola(), np.array([0.0, 0.0]), np.array([False, True]))
    assert beta == pytest.approx([0, -2 + 1 / 2])  # 2 (b + 2) = -(0 - 1): the slope of the other is zero
    beta, top = climb(parabola(), np.array([0.0, 0.0]), ~FREE)
    assert (beta.tolist(), top) == ([0, 0], pytest.approx(-(4 - 4 + 8) / 2))


def test_limits_of_a_parabola_are_those_of_wald_and_the_test_is_its_square():
    std_err = float(np.linalg.inv(CURVATURE)[0, 0]) ** 0.5
    found = profile(parabola(), 0, CENTRE, 0.0, std_err, 0.95)
    assert (found.lower, found.upper) == pytest.approx((1 - 1.959964 * std_err, 1 + 1.959964 * std_err))
    assert found.statistic == pytest.approx((1 / std_err) ** 2)
    assert found.p_value == pytest.approx(0.0613688, abs=1e-7)  # of a chi-square of 3.5


def test_a_likelihood_that_levels_off_has_no_limit_on_that_side():
    """-exp(-b) - b / 1000 falls by half a unit at first far beyond what is sensible."""
    model = PenalisedLikelihood(
        value=lambda beta: float(-np.exp(-beta[0]) - beta[0] / 1000),
        slopes=lambda beta: (np.exp(-beta) - 1 / 1000, np.exp(-beta)[:, None]),
        n=5,
    )
    beta, top = climb(model, np.zeros(1), FREE[:1])
    assert beta == pytest.approx([np.log(1000)])
    found = profile(model, 0, beta, top, 1.0, 0.95)
    assert found.upper is None
    assert found.lower is not None


def test_what_does_not_settle_is_not_a_maximum():
    endless = PenalisedLikelihood(
        value=lambda beta: float(beta.sum()), slopes=lambda beta: (np.ones(beta.size), np.eye(2)), n=7
    )
    with pytest.raises(NotEstimable, match="not maximised") as caught:
        climb(endless, np.zeros(2), FREE)
    assert (caught.value.reason, caught.value.n) == ("not_converged", {"all": 7})


def test_a_slope_that_cannot_be_computed_ends_the_climb():
    def slopes(_):
        raise np.linalg.LinAlgError("singular")

    with pytest.raises(NotEstimable, match="not maximised"):
        climb(PenalisedLikelihood(value=lambda _: 0.0, slopes=slopes, n=3), np.zeros(2), FREE)


def test_a_maximum_that_the_curvature_given_does_not_lead_to_is_found():
    """The curvature says 1000 where it is 1: each step takes a thousandth of the way."""
    model = PenalisedLikelihood(
        value=lambda beta: -float((beta - 3) @ (beta - 3)) / 2,
        slopes=lambda beta: (3 - beta, 1000 * np.eye(beta.size)),
        n=7,
    )
    beta, top = climb(model, np.zeros(2), FREE)
    assert beta == pytest.approx([3, 3], abs=1e-9)
    assert top == pytest.approx(0, abs=1e-15)


def test_where_its_own_curvature_cannot_be_computed_the_climb_goes_on_as_before():
    def slopes(beta):
        if (beta < 0).any():
            raise np.linalg.LinAlgError("singular")
        return -beta, 4 * np.eye(beta.size)  # of 1: a step goes a quarter of the way

    model = PenalisedLikelihood(value=lambda beta: -float(beta @ beta) / 2, slopes=slopes, n=7)
    beta, _ = climb(model, np.full(2, 1.0), FREE)
    assert beta == pytest.approx([0, 0], abs=1e-8)
