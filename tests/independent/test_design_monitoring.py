"""Group-sequential monitoring programmed a second time: by the multivariate normal distribution and by simulation."""

from math import inf

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

from duonen_stats.design import (
    conditional_power,
    crossing_probabilities,
    efficacy_boundary,
    group_sequential_design,
    inverse_normal_test,
    predictive_power,
    repeated_p_values,
    stagewise_inference,
)

pytestmark = pytest.mark.independent

INFORMATION = (0.3, 0.65, 1.0)


def box(lower, upper, information, drift):
    """Probability that all Z lie in their intervals, from their joint normal distribution."""
    t = np.asarray(information)
    mean = drift * np.sqrt(t / t[-1])
    covariance = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    joint = multivariate_normal(mean, covariance, maxpts=200_000, abseps=1e-9, releps=1e-9, seed=1)
    cut = np.clip(lower, -30, 30), np.clip(upper, -30, 30)
    return float(joint.cdf(cut[1], lower_limit=cut[0]))


def first_above(k, upper, lower, information, drift):
    """Probability of staying inside until look k (from 0) and being above there."""
    scale = drift * (information[k] / information[-1]) ** 0.5
    return box([*lower[:k], upper[k]], [*upper[:k], inf], information[: k + 1], scale)


@pytest.mark.parametrize("drift", [-1.0, 0.0, 2.0, 3.5])
def test_crossing_probabilities_are_those_of_the_joint_normal_distribution(drift):
    upper, lower = (3.1, 2.4, 2.0), (-0.5, 0.4, 2.0)
    result = crossing_probabilities(upper, lower, information=INFORMATION, drift=drift)
    for k in range(3):
        assert result.upper[k] == pytest.approx(first_above(k, upper, lower, INFORMATION, drift), abs=2e-7)
    negated = [-z for z in upper], [-z for z in lower]
    for k in range(3):
        below = first_above(k, negated[1], negated[0], INFORMATION, -drift)
        assert result.lower[k] == pytest.approx(below, abs=2e-7)


def test_spending_boundary_by_bivariate_normal_roots():
    spent = [2 * norm.sf(norm.isf(0.0125) / t**0.5) for t in (0.4, 1.0)]
    first = norm.isf(spent[0])
    second = brentq(
        lambda z: box([-inf, z], [first, inf], (0.4, 1.0), 0.0) - (spent[1] - spent[0]), 1, 4, xtol=1e-10
    )
    assert efficacy_boundary([0.4, 1.0]) == pytest.approx((first, second), abs=1e-7)


def test_both_boundaries_of_a_plan_spend_by_simulated_brownian_motion():
    design = group_sequential_design(
        [0.4, 0.7, 1.0], efficacy="kim_demets", efficacy_parameter=2.0,
        futility="hwang_shih_decani", futility_parameter=-2.0, binding=True,
    )  # fmt: skip
    rng, n = np.random.default_rng(3), 400_000
    steps = np.diff([0.0, 0.4, 0.7, 1.0])
    walk = np.cumsum(rng.standard_normal((n, 3)) * np.sqrt(steps), axis=1)
    for drift, target in ((0.0, 0.025), (design.drift, 0.9)):
        z = (walk + drift * np.cumsum(steps)) / np.sqrt(np.cumsum(steps))
        up, down = z >= design.efficacy_z, z < design.futility_z
        going, rejected = np.ones(n, bool), np.zeros(n, bool)
        for k in range(3):
            rejected |= going & up[:, k]
            going &= ~(up[:, k] | down[:, k])
        assert rejected.mean() == pytest.approx(target, abs=4 * (target * (1 - target) / n) ** 0.5)


def test_power_and_expected_information_by_the_joint_normal_distribution():
    design = group_sequential_design(2, efficacy="pocock", power=0.8)
    c = design.efficacy_z[0]
    stay = norm.cdf(c - design.drift * 0.5**0.5)
    power = 1 - box([-inf, -inf], [c, c], (0.5, 1.0), design.drift)
    assert power == pytest.approx(0.8, abs=1e-7)
    fixed = norm.isf(0.025) + norm.ppf(0.8)
    expected = (0.5 * (1 - stay) + stay) * design.drift**2 / fixed**2
    assert design.expected_information_alternative == pytest.approx(expected, rel=1e-9)


def test_conditional_and_predictive_power_by_simulation():
    design = group_sequential_design(INFORMATION, efficacy="lan_demets_pocock")
    rng, n, z1 = np.random.default_rng(8), 200_000, 1.1
    for drifts, found in (
        (np.full(n, 2.5), conditional_power(design, look=1, z=z1, drift=2.5).at_drift),
        (rng.normal(z1 / 0.3**0.5, 0.3**-0.5, n), predictive_power(design, look=1, z=z1).predictive_power),
    ):
        second = z1 * 0.3**0.5 + drifts * 0.35 + rng.normal(0, 0.35**0.5, n)
        third = second + drifts * 0.35 + rng.normal(0, 0.35**0.5, n)
        reject = (second / 0.65**0.5 > design.efficacy_z[1]) | (third > design.efficacy_z[2])
        assert found == pytest.approx(reject.mean(), abs=4 * (0.25 / n) ** 0.5)


def test_repeated_p_value_by_searching_the_level():
    def final_critical(alpha):
        share = 2 * norm.sf(norm.isf(alpha / 2) / 0.5**0.5)
        first = norm.isf(share)
        return brentq(
            lambda z: box([-inf, z], [first, inf], (0.5, 1.0), 0.0) - (alpha - share), 0, 6, xtol=1e-11
        )

    level = brentq(lambda alpha: final_critical(alpha) - 2.4, 1e-4, 0.1, xtol=1e-11)
    assert repeated_p_values(group_sequential_design(2), [1.0, 2.4])[1] == pytest.approx(level, rel=1e-5)


def test_stagewise_p_value_and_median_unbiased_estimate_by_the_joint_normal_distribution():
    design = group_sequential_design([0.5, 1.0], efficacy="pocock")
    c, z, information = design.efficacy_z[0], 2.3, (8.0, 16.0)

    def p_value(effect):
        drift = effect * 16**0.5
        return norm.sf(c - drift * 0.5**0.5) + box([-inf, z], [c, inf], information, drift)

    result = stagewise_inference(design, z=z, information=information)
    assert result.p_value == pytest.approx(p_value(0.0), abs=1e-8)
    assert result.estimate == pytest.approx(brentq(lambda e: p_value(e) - 0.5, 0, 2), abs=1e-6)
    assert result.lower == pytest.approx(brentq(lambda e: p_value(e) - 0.025, -2, 2), abs=1e-6)


def test_estimates_after_stopping_are_median_unbiased_and_intervals_cover():
    design = group_sequential_design([0.5, 1.0], efficacy="pocock")
    rng, effect, n = np.random.default_rng(5), 0.6, 400
    below = covered = 0
    for _ in range(n):
        scores = np.cumsum(rng.normal(effect * 8, 8**0.5, 2))
        z = scores / np.sqrt([8, 16])
        look = 1 if z[0] >= design.efficacy_z[0] else 2
        result = stagewise_inference(design, z=z[look - 1], information=(8.0, 16.0)[:look])
        below += result.estimate < effect
        covered += result.lower <= effect <= result.upper
    assert below / n == pytest.approx(0.5, abs=4 * 0.5 / n**0.5)
    assert covered / n == pytest.approx(0.95, abs=4 * (0.0475 / n) ** 0.5)


def test_combination_with_data_driven_stages_holds_its_level():
    design = group_sequential_design([0.5, 1.0])
    rng, n = np.random.default_rng(9), 200_000
    first = rng.standard_normal(n)
    # The second stage is four times as large where the first looked well; its statistic is still standard normal
    size = np.where(first > 1, 4.0, 1.0)
    second = rng.normal(0, np.sqrt(size), n) / np.sqrt(size)
    combined = (first + second) / 2**0.5
    reject = (first >= design.efficacy_z[0]) | (combined >= design.efficacy_z[1])
    assert reject.mean() == pytest.approx(0.025, abs=4 * (0.0244 / n) ** 0.5)
    one = inverse_normal_test(design, [float(first[0]), float(second[0])])
    assert one.looks[-1].combined_z == pytest.approx(combined[0])
