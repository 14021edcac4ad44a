"""Dunn's comparisons."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import adjust_p, dunn, mann_whitney
from duonen_stats.methods.groups.pairwise_ranks import ADJUSTMENTS

PLANTS = {
    "ctrl": [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
    "trt1": [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
    "trt2": [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
}
sample = st.lists(st.integers(0, 9), min_size=1, max_size=6)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("adjust", "adjusted"),
    [
        ("none", (0.263684267891386, 0.09116394404849984, 0.0050002903702577005)),
        ("bonferroni", (0.791052803674158, 0.2734918321454995, 0.0150008711107731)),
        ("holm", (0.263684267891386, 0.18232788809699968, 0.0150008711107731)),
    ],
)
def test_dunn_as_in_r(adjust, adjusted):
    # R 4.2.2, rstatix 0.7.2: dunn_test(PlantGrowth, weight ~ group, p.adjust.method = ...), z turned to a - b
    found = dunn(PLANTS, adjust=adjust)
    assert [(r.a, r.b) for r in found] == [("ctrl", "trt1"), ("ctrl", "trt2"), ("trt1", "trt2")]
    assert [r.z for r in found] == pytest.approx(
        [1.1177254543787873, -1.6892896071861212, -2.8070150615649085], rel=1e-12
    )
    assert [r.p_adjusted for r in found] == pytest.approx(adjusted, rel=1e-12)
    assert adjust in found[0].method or adjust == "none"


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({"A": [1, 1], "B": [1]}, "all_tied"),
        ({"A": [1, 2]}, "single_group"),
        ({"A": [1, 2], "B": []}, "empty_group"),
        ({"A": [1, 2], "B": [math.inf]}, "non_finite"),
    ],
)
def test_edge_cases(groups, reason):
    with pytest.raises(NotEstimable) as caught:
        dunn(groups)
    assert caught.value.reason == reason


def test_an_empty_group_and_missing_values_change_nothing():
    found = dunn({**{name: [*values, None] for name, values in PLANTS.items()}, "D": [None]})
    assert found == dunn(PLANTS)


def test_an_unknown_adjustment_is_refused():
    with pytest.raises(DataError):
        dunn(PLANTS, adjust="sidak")


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, sample)
def test_order_of_groups_turns_signs_only(a, b, c):
    if len({*a, *b, *c}) == 1:
        return
    plain = {(r.a, r.b): r for r in dunn({"A": a, "B": b, "C": c}, adjust="holm")}
    turned = {(r.a, r.b): r for r in dunn({"C": c, "B": b, "A": a}, adjust="holm")}
    for (one, two), result in plain.items():
        assert turned[two, one].z == pytest.approx(-result.z, abs=1e-12)
        assert turned[two, one].p_adjusted == pytest.approx(result.p_adjusted)


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(sample, sample, sample)
def test_shift_and_monotone_transform_do_not_matter(a, b, c):
    if len({*a, *b, *c}) == 1:
        return
    plain = dunn({"A": a, "B": b, "C": c})
    changed = dunn(
        {name: [(v + 3) ** 3 for v in values] for name, values in zip("ABC", (a, b, c), strict=True)}
    )
    assert changed == plain


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(sample, sample)
def test_two_groups_give_the_z_of_mann_whitney(a, b):
    if len({*a, *b}) == 1:
        return
    (found,) = dunn({"A": a, "B": b})
    assert found.z == pytest.approx(mann_whitney(a, b, continuity=False).z, rel=1e-10, abs=1e-12)


family = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("none", [0.027, 0.047, 0.036, 0.013, 0.0078, 0.0035]),
        ("bonferroni", [0.162, 0.282, 0.216, 0.078, 0.0468, 0.021]),
        ("holm", [0.081, 0.081, 0.081, 0.052, 0.039, 0.021]),
        ("hochberg", [0.047, 0.047, 0.047, 0.047, 0.039, 0.021]),
        ("bh", [0.0405, 0.047, 0.0432, 0.026, 0.0234, 0.021]),
    ],
)
def test_adjusted_as_in_r(method, expected):
    # R 4.2.2: p.adjust(p, method)
    assert adjust_p([0.027, 0.047, 0.036, 0.013, 0.0078, 0.0035], method) == pytest.approx(
        expected, rel=1e-12
    )


def test_a_missing_p_stays_missing_and_does_not_count():
    adjusted = adjust_p([0.001, None, 0.03, 0.5], "holm")
    assert math.isnan(adjusted[1])
    assert adjusted[[0, 2, 3]] == pytest.approx([0.003, 0.06, 0.5])


def test_an_empty_family():
    assert adjust_p([], "holm").size == 0


def test_the_p_values_given_are_not_changed():
    p = np.array([0.01, 0.02])
    adjust_p(p, "holm")[0] = 9
    adjust_p(p, "none")[0] = 9
    assert p.tolist() == [0.01, 0.02]


@pytest.mark.parametrize(
    ("p", "method"), [([1.2], "holm"), ([-0.1], "bh"), ([[0.1]], "holm"), ([0.1], "sidak")]
)
def test_impossible_input_is_refused(p, method):
    with pytest.raises(DataError):
        adjust_p(p, method)


@pytest.mark.law
@settings(deadline=None)
@given(family, st.sampled_from(ADJUSTMENTS), st.randoms(use_true_random=False))
def test_order_is_kept_and_nothing_falls(p, method, random):
    adjusted = adjust_p(p, method)
    assert (adjusted >= np.array(p) - 1e-15).all()
    assert (adjusted <= 1).all()
    order = list(range(len(p)))
    random.shuffle(order)
    assert adjust_p([p[i] for i in order], method) == pytest.approx(adjusted[order])


@pytest.mark.law
@settings(deadline=None)
@given(family)
def test_methods_are_ordered_by_strictness(p):
    none, bonferroni, holm, hochberg, bh = (
        adjust_p(p, m) for m in ("none", "bonferroni", "holm", "hochberg", "bh")
    )
    slack = 1e-12
    assert (none <= bh + slack).all()
    assert (bh <= hochberg + slack).all()
    assert (hochberg <= holm + slack).all()
    assert (holm <= bonferroni + slack).all()
