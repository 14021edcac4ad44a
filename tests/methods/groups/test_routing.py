"""Routing of the between-group test, recorded as a decision."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import (
    OmnibusResult,
    anova,
    kruskal_wallis,
    levene,
    route,
    shapiro_wilk,
    welch_anova,
)

PLANTS = {
    "ctrl": [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
    "trt1": [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
    "trt2": [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
}
NARROW = [9.7, 9.8, 9.9, 10.0, 10.1, 10.2, 10.3, 10.05, 9.95, 10.0]
WIDE = [1.0, 5.0, 8.0, 10.0, 12.0, 15.0, 19.0, 9.0, 11.0, 6.0]
SKEWED = [1, 1, 1, 2, 1, 1, 1, 40, 1, 90]


def test_normal_and_equal_goes_to_anova():
    decision = route(PLANTS)
    assert (decision.normal, decision.omnibus, decision.posthoc) == (True, "anova", "tukey_hsd")
    assert decision.result == anova(PLANTS)
    assert decision.levene_p == levene(PLANTS, center="mean").p_value
    assert decision.shapiro == {name: shapiro_wilk(values).p_value for name, values in PLANTS.items()}
    assert decision.alternatives == {
        "welch_anova": welch_anova(PLANTS),
        "kruskal_wallis": kruskal_wallis(PLANTS),
    }
    assert (
        decision.path == "every group normal by Shapiro–Wilk, variances equal by Levene → ANOVA, then Tukey"
    )


def test_normal_and_unequal_goes_to_welch():
    decision = route({"A": NARROW, "B": WIDE})
    assert (decision.normal, decision.omnibus, decision.posthoc) == (True, "welch_anova", "games_howell")
    assert decision.levene_p < 0.05
    assert decision.path.endswith("variances unequal by Levene → Welch's ANOVA, then Games–Howell")


def test_not_normal_goes_to_kruskal_wallis():
    decision = route({"A": NARROW, "B": SKEWED})
    assert (decision.normal, decision.omnibus, decision.posthoc) == (False, "kruskal_wallis", "dunn")
    assert decision.path == "not normal by Shapiro–Wilk: B → Kruskal–Wallis"


@pytest.mark.parametrize(
    ("small", "reason"),
    [
        ([9.0, 10.0], "fewer than 3 values"),
        ([9.0], "fewer than 3 values"),
        ([4.0] * 5, "all values equal"),
        ([*range(5001)], "more than 5000 values"),
    ],
)
def test_a_group_that_cannot_be_tested_counts_as_not_normal_and_is_named(small, reason):
    decision = route({"A": NARROW, "B": small})
    assert decision.normal is False
    assert decision.shapiro["B"] is None
    assert decision.omnibus == "kruskal_wallis"
    assert f"normality not testable: B ({reason})" in decision.path


def test_a_test_without_an_answer_is_recorded_with_its_reason():
    decision = route({"A": NARROW, "B": [4.0] * 5})
    assert decision.alternatives["welch_anova"] == "zero_variance_group"
    assert isinstance(decision.alternatives["anova"], OmnibusResult)
    constant = route({"A": [1, 1, 1], "B": [2, 2, 2]})
    assert constant.alternatives == {"anova": "zero_variance", "welch_anova": "zero_variance"}
    assert constant.levene_p is None
    assert constant.levene_why == "The deviations have no spread within the groups."
    assert route(PLANTS).levene_why == ""


def test_an_empty_group_is_left_out_and_named():
    decision = route({**PLANTS, "D": [None]})
    assert decision.omnibus == "anova"
    assert decision.result.n["D"] == 0
    assert "empty_group: D" in decision.path


def test_alpha_moves_the_decision():
    assert route(PLANTS, alpha=0.5).omnibus == "kruskal_wallis"
    assert route({"A": NARROW, "B": WIDE}, alpha=1e-9).omnibus == "anova"


def test_the_convention_centres_levene():
    assert route(PLANTS, convention="r").levene_p == levene(PLANTS, center="median").p_value


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({"A": [1, 1, 1], "B": [1, 1]}, "all_tied"),
        ({"A": [1, 2, 3]}, "single_group"),
        ({"A": [1, 2, 3], "B": []}, "empty_group"),
        ({"A": [1, 2, 3], "B": [math.inf]}, "non_finite"),
    ],
)
def test_edge_cases(groups, reason):
    with pytest.raises(NotEstimable) as caught:
        route(groups)
    assert caught.value.reason == reason


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=12), min_size=2, max_size=4))
def test_every_decision_is_complete(samples):
    groups = {f"arm {i}": sample for i, sample in enumerate(samples)}
    if len({value for sample in samples for value in sample}) == 1:
        return
    decision = route(groups)
    assert {decision.omnibus, *decision.alternatives} == {"anova", "welch_anova", "kruskal_wallis"}
    assert 0 < decision.result.p_value <= 1
    assert "\n" not in decision.path
    assert route(dict(reversed(groups.items()))).omnibus == decision.omnibus


CTRL = [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14]


@pytest.mark.reference
def test_shapiro_as_in_r():
    # R 4.2.2: shapiro.test(PlantGrowth$weight[1:10])
    found = shapiro_wilk([*CTRL, None])
    assert found.p_value == pytest.approx(0.7474734438296213, rel=1e-6)
    assert found.w == pytest.approx(0.9566815, rel=1e-6)
    assert (found.n, found.n_missing) == (10, 1)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        ([], "n_too_small"),
        ([1, 2, None], "n_too_small"),
        ([4, 4, 4, 4], "zero_variance"),
        ([1, 2, math.inf, 4], "non_finite"),
        (np.arange(5001.0), "n_too_large"),
    ],
)
def test_samples_without_an_answer(x, reason):
    with pytest.raises(NotEstimable) as caught:
        shapiro_wilk(x)
    assert caught.value.reason == reason


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(-50, 50), min_size=4, max_size=20, unique=True),
    st.integers(1, 9),
    st.integers(-9, 9),
)
def test_shapiro_does_not_depend_on_unit_or_origin(x, factor, shift):
    plain, changed = shapiro_wilk(x), shapiro_wilk([factor * value + shift for value in x])
    assert changed.w == pytest.approx(plain.w, rel=1e-8)
