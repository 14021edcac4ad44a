"""Second programming of curves and of tests between them: subject by subject, in plain loops."""

from fractions import Fraction

import numpy as np
import pytest
from statsmodels.duration.survfunc import survdiff

from duonen_stats.methods import kaplan_meier, log_rank, restricted_mean

pytestmark = pytest.mark.independent


def tied_sample(seed, n=40, groups=3):
    generator = np.random.default_rng(seed)
    return (
        generator.integers(1, 12, n).tolist(),
        generator.integers(0, 2, n).tolist(),
        [f"g{g}" for g in generator.integers(0, groups, n)],
        [f"s{s}" for s in generator.integers(0, 2, n)],
    )


def textbook_curve(time, event):
    """Survival and Greenwood's sum after every time, as fractions."""
    survival, greenwood, points = Fraction(1), Fraction(0), []
    for t in sorted(set(time)):
        at_risk = sum(1 for u in time if u >= t)
        failed = sum(1 for u, e in zip(time, event, strict=True) if u == t and e)
        survival *= 1 - Fraction(failed, at_risk)
        greenwood += Fraction(failed, at_risk * (at_risk - failed)) if failed < at_risk else 0
        points.append((t, survival, greenwood))
    return points


@pytest.mark.parametrize("seed", range(8))
def test_kaplan_meier_and_greenwood(seed):
    time, event, *_ = tied_sample(seed)
    curve = kaplan_meier(time, event)
    for (t, survival, greenwood), i in zip(textbook_curve(time, event), range(curve.time.size), strict=True):
        assert curve.time[i] == t
        assert curve.survival[i] == pytest.approx(float(survival), abs=1e-14)
        if survival:
            assert curve.std_err[i] == pytest.approx(float(survival) * float(greenwood) ** 0.5, rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("tau", [3, 7.5, 20])
def test_restricted_mean_by_rectangles(seed, tau):
    time, event, *_ = tied_sample(seed)
    points = textbook_curve(time, event)

    def area(start):
        """Area under the curve from ``start`` to tau."""
        total, here, level = 0.0, start, 1.0
        for t, survival, _ in points:
            if t <= start:
                level = float(survival)
            elif t < tau:
                total, here, level = total + (t - here) * level, t, float(survival)
        return total + (tau - here) * level if tau > here else total

    variance, before = 0.0, Fraction(0)
    for t, survival, greenwood in points:
        if t <= tau and survival:
            variance += area(t) ** 2 * float(greenwood - before)
        before = greenwood
    result = restricted_mean(time, event, tau=tau)
    assert result.estimate == pytest.approx(area(0), rel=1e-12)
    assert result.std_err == pytest.approx(variance**0.5, rel=1e-10)


def textbook_log_rank(subjects, rho, gamma):
    """Chi-squared from the 2 x k table at each event time of each stratum."""
    time, event, group, strata = subjects
    names = sorted(set(group))
    k = len(names)
    difference, variance = np.zeros(k), np.zeros((k, k))
    for stratum in sorted(set(strata)):
        rows = [i for i in range(len(time)) if strata[i] == stratum]
        survival = 1.0
        for t in sorted({time[i] for i in rows if event[i]}):
            n = np.array([sum(1 for i in rows if time[i] >= t and group[i] == g) for g in names])
            d = np.array([sum(1 for i in rows if time[i] == t and event[i] and group[i] == g) for g in names])
            weight = survival**rho * (1 - survival) ** gamma
            total, deaths = n.sum(), d.sum()
            difference += weight * (d - deaths * n / total)
            if total > 1:
                share = n / total
                hyper = deaths * (total - deaths) / (total - 1)
                variance += weight**2 * hyper * (np.diag(share) - np.outer(share, share))
            survival *= 1 - deaths / total
    return float(difference @ np.linalg.pinv(variance) @ difference)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("rho", "gamma"), [(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0)])
@pytest.mark.parametrize("stratified", [False, True])
def test_log_rank(seed, rho, gamma, stratified):
    time, event, group, strata = tied_sample(seed)
    strata = strata if stratified else ["all"] * len(time)
    expected = textbook_log_rank((time, event, group, strata), rho, gamma)
    result = log_rank(time, event, group, strata=strata, rho=rho, gamma=gamma)
    assert result.statistic == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("stratified", [False, True])
def test_log_rank_against_the_library(stratified):
    time, event, group, strata = (np.array(column) for column in tied_sample(3))
    chi2, p = survdiff(time, event, group, strata=strata if stratified else None)
    result = log_rank(time, event, group, strata=strata if stratified else None)
    assert (result.statistic, result.p_value) == pytest.approx((chi2, p), rel=1e-10)
