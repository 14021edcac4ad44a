"""Adjustment of p-values."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError
from duonen_stats.methods import adjust_p
from duonen_stats.methods.groups.multiplicity import ADJUSTMENTS

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
