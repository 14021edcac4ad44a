import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import piecewise_hazard_ratio, weibull_hazard_ratio

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="module")
def known():
    rows = np.genfromtxt(REFERENCE / "interval_censored.csv", delimiter=",", names=True)
    upper = np.where(np.isnan(rows["upper"]), np.inf, rows["upper"])
    return rows["lower"], upper, rows["x"] == 1


@pytest.mark.reference
def test_the_weibull_model_is_that_of_survreg(known):
    expected = json.loads((REFERENCE / "interval_censored.json").read_text())
    found = weibull_hazard_ratio(*known, confidence=0.95)
    assert found.coefficient == pytest.approx(expected["log_hazard_ratio"], rel=1e-6)
    assert found.std_err == pytest.approx(expected["std_err"], rel=1e-6)
    assert found.loglik == pytest.approx(expected["loglik"], rel=1e-9)


def piecewise_by_hand(lower, upper, group, edges):
    """Second programming: the log likelihood written out, its maximum, and its curvature by differences."""
    widths = np.diff([*edges, np.inf])

    def cumulative(theta, time, member):
        spent = np.clip(np.minimum(time, 1e12)[:, None] - np.array(edges), 0.0, widths)
        return (spent @ np.exp(theta[:-1])) * np.exp(theta[-1] * member)

    def minus_loglik(theta):
        exact, censored = lower == upper, np.isinf(upper)
        known = exact | censored
        total = -cumulative(theta, lower[known], group[known]).sum()
        piece = np.searchsorted(edges, lower[exact], side="right") - 1
        total += (theta[:-1][piece] + theta[-1] * group[exact]).sum()
        between = ~exact & ~censored
        begin, end = (cumulative(theta, bound[between], group[between]) for bound in (lower, upper))
        return -(total + np.log(np.exp(-begin) - np.exp(-end)).sum())

    start = np.append(np.full(len(edges), -4.0), 0.0)
    best = optimize.minimize(minus_loglik, start, method="BFGS", options={"gtol": 1e-7}).x
    step, size = 1e-4, best.size
    curvature = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            a, b = np.eye(size)[i] * step, np.eye(size)[j] * step
            curvature[i, j] = (
                minus_loglik(best + a + b) - minus_loglik(best + a - b) - minus_loglik(best - a + b)
                + minus_loglik(best - a - b)
            ) / (4 * step**2)  # fmt: skip
    return best[-1], math.sqrt(np.linalg.inv(curvature)[-1, -1]), -minus_loglik(best)


@pytest.mark.independent
@pytest.mark.parametrize("cutpoints", [(12.0, 24.0), (6.0,), (5.0, 10.0, 20.0, 40.0)])
def test_the_piecewise_model_and_its_error_are_those_of_the_likelihood_written_out(known, cutpoints):
    """Also the standard error: the library gives that of another parameter if names are not in alphabetical order."""
    found = piecewise_hazard_ratio(*known, cutpoints=cutpoints, confidence=0.95)
    coefficient, error, loglik = piecewise_by_hand(*known, [0.0, *cutpoints])
    assert found.coefficient == pytest.approx(coefficient, abs=2e-4)
    assert found.std_err == pytest.approx(error, rel=1e-3)
    assert found.loglik == pytest.approx(loglik, abs=1e-5)


def test_limits_and_p_are_those_of_wald(known):
    found = weibull_hazard_ratio(*known, confidence=0.9)
    assert found.upper - found.lower == pytest.approx(2 * 1.6448536 * found.std_err)
    assert found.p_value == pytest.approx(math.erfc(abs(found.coefficient / found.std_err) / math.sqrt(2)))


def test_a_piece_without_an_event_is_named(known):
    lower, upper, group = known
    with pytest.raises(NotEstimable, match="no event may lie in the piece after 500 months"):
        piecewise_hazard_ratio(lower, upper, group, cutpoints=(12.0, 500.0), confidence=0.95)


def test_an_event_at_a_cutpoint_is_of_the_piece_that_begins_there():
    lower = np.array([3.0, 6.0, 9.0, 12.0, 15.0, 48.0, 12.0, 60.0])
    upper = np.array([6.0, 9.0, 12.0, np.inf, np.inf, 48.0, 15.0, np.inf])
    group = np.array([0, 1] * 4, dtype=bool)
    found = piecewise_hazard_ratio(lower, upper, group, cutpoints=(48.0,), confidence=0.95)
    before = np.where(upper == 48.0, np.inf, upper)
    with pytest.raises(NotEstimable, match="after 48 months"):
        piecewise_hazard_ratio(lower, before, group, cutpoints=(48.0,), confidence=0.95)
    assert math.isfinite(found.std_err)


def test_a_hazard_that_grows_without_end_is_no_overflow():
    """Nobody was seen free of the event: the first hazard has no maximum."""
    lower = np.zeros(5)
    upper = np.array([38.0, 25.0, 1.5, np.inf, 14.5])
    group = np.array([0, 1, 0, 1, 0], dtype=bool)
    with pytest.raises(NotEstimable):
        piecewise_hazard_ratio(lower, upper, group, cutpoints=(12.0, 24.0), confidence=0.95)
    lower, upper = np.array([0.0, 0.21, 0.0]), np.array([6.0, 0.21, 6.0])
    with pytest.raises(NotEstimable):
        weibull_hazard_ratio(lower, upper, np.array([0, 0, 1], dtype=bool), confidence=0.95)


def test_no_number_comes_from_a_likelihood_without_a_maximum():
    """The second group has no event: its hazard falls without end."""
    lower = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    upper = np.array([2.0, 3.0, 4.0, 5.0, np.inf, np.inf, np.inf, np.inf])
    group = np.array([0, 0, 0, 0, 1, 1, 1, 1], dtype=bool)
    for fit in (
        lambda: weibull_hazard_ratio(lower, upper, group, confidence=0.95),
        lambda: piecewise_hazard_ratio(lower, upper, group, cutpoints=(3.0,), confidence=0.95),
    ):
        with pytest.raises(NotEstimable):
            fit()
