"""Tukey's and Games and Howell's comparisons."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import games_howell, independent_t, tukey_hsd
from duonen_stats.methods.groups.pairwise import range_quantile, range_sf

# Hollander & Wolfe (1973), p. 116: mucociliary clearance.
CLEARANCE = {"a": [2.9, 3, 2.5, 2.6, 3.2], "b": [3.8, 2.7, 4, 2.4, None], "c": [2.8, 3.4, 3.7, 2.2, 2]}
sample = st.lists(st.integers(-20, 20), min_size=2, max_size=7).filter(lambda x: len(set(x)) > 1)


@pytest.mark.reference
def test_tukey_as_in_r():
    # R 4.2.2: TukeyHSD(aov(y ~ g)), signs turned to a - b
    found = tukey_hsd(CLEARANCE)
    assert [(r.a, r.b) for r in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [r.difference for r in found] == pytest.approx([-0.385, 0.02, 0.405])
    assert [r.p_value for r in found] == pytest.approx(
        [0.6462033406600124, 0.9986188878454005, 0.6180904423934535], abs=1e-7
    )
    assert [r.ci_low for r in found] == pytest.approx(
        [-1.5292476578996992, -1.0588070376769356, -0.7392476578996992], rel=1e-5
    )
    assert {r.df for r in found} == {11}


@pytest.mark.reference
def test_games_howell_as_in_r():
    # R 4.2.2: t = d / sqrt(s1^2/n1 + s2^2/n2); ptukey(t * sqrt(2), 3, df, lower.tail = FALSE)
    found = games_howell(CLEARANCE)
    assert [r.statistic for r in found] == pytest.approx(
        [0.9232543116526676, 0.05656854249492385, 0.785716831544342]
    )
    assert [r.df for r in found] == pytest.approx([3.6362570525051536, 5.197021150628798, 6.3115808260555895])
    assert [r.p_value for r in found] == pytest.approx(
        [0.6589001647110801, 0.9982379169699725, 0.7241483905483459], abs=1e-7
    )
    assert [r.ci_high for r in found] == pytest.approx(
        [1.1724037826640077, 1.1550051268156816, 1.9641644193135142], rel=1e-5
    )


@pytest.mark.parametrize(
    ("groups", "tukey", "howell"),
    [
        ({"A": [1, 2, 3], "B": [4]}, None, "group_too_small"),
        ({"A": [1], "B": [4]}, "group_too_small", "group_too_small"),
        ({"A": [1, 1], "B": [2]}, "zero_variance", "zero_variance"),
        ({"A": [1, 1], "B": [2, 2]}, "zero_variance", "zero_variance"),
        ({"A": [1, 2], "B": [2, 2]}, None, None),
        ({"A": [1, 2]}, "single_group", "single_group"),
        ({"A": [1, 2], "B": []}, "empty_group", "empty_group"),
        ({"A": [1, 2], "B": [1, math.inf]}, "non_finite", "non_finite"),
    ],
)
def test_edge_cases(groups, tukey, howell):
    for compare, reason in ((tukey_hsd, tukey), (games_howell, howell)):
        if reason is None:
            assert len(compare(groups)) == 1
            continue
        with pytest.raises(NotEstimable) as caught:
            compare(groups)
        assert caught.value.reason == reason


@pytest.mark.parametrize("compare", [tukey_hsd, games_howell])
def test_an_empty_group_has_no_pairs_and_does_not_count(compare):
    assert compare({**CLEARANCE, "d": [None]}) == compare(CLEARANCE)


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(sample, sample, st.sampled_from([0.8, 0.95]))
def test_two_groups_give_the_t_test(a, b, confidence):
    for compare, equal in ((tukey_hsd, True), (games_howell, False)):
        (found,) = compare({"A": a, "B": b}, confidence=confidence)
        t = independent_t(a, b, equal_var=equal, confidence=confidence)
        assert found.p_value == pytest.approx(t.p_value, rel=1e-6, abs=1e-10)
        assert (found.ci_low, found.ci_high) == pytest.approx((t.ci_low, t.ci_high), rel=1e-6, abs=1e-7)


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(sample, sample, sample, st.integers(-300, 300))
def test_order_and_origin_do_not_matter(a, b, c, shift):
    for compare in (tukey_hsd, games_howell):
        plain = {(r.a, r.b): r for r in compare({"A": a, "B": b, "C": c})}
        moved = {"C": [v + shift for v in c], "B": [v + shift for v in b], "A": [v + shift for v in a]}
        for result in compare(moved):
            other = plain[result.b, result.a]
            assert result.p_value == pytest.approx(other.p_value, rel=1e-6, abs=1e-10)
            assert result.ci_low == pytest.approx(-other.ci_high, rel=1e-6, abs=1e-6)


@pytest.mark.reference
def test_a_group_without_spread_takes_no_other_pair_with_it():
    """R 4.2: t.test(b, c), then ptukey(sqrt(2) * abs(t), 3, df, lower = FALSE), and so for each pair.

    rstatix::games_howell_test gives the same.
    """
    found = {(r.a, r.b): r for r in games_howell({"a": [3, 3, 3], "b": [1, 2, 3, 4], "c": [5, 6, 9]})}
    for pair, p, df in (
        ("bc", 0.102847021085, 3.14576033637),
        ("ab", 0.741954942317, 3),
        ("ac", 0.163926073805, 2),
    ):
        assert found[tuple(pair)].p_value == pytest.approx(p, abs=1e-6)  # ptukey's own error
        assert found[tuple(pair)].df == pytest.approx(df)


def test_a_pair_without_spread_or_with_one_value_has_a_reason():
    groups = {"a": [3, 3], "b": [4, 4, 4], "c": [5, 6, 9], "d": [7]}
    found = {r.a + r.b: r for r in games_howell(groups)}
    assert {pair: r.reason for pair, r in found.items() if r.reason} == {
        "ab": "zero_variance", "ad": "group_too_small", "bd": "group_too_small", "cd": "group_too_small"
    }  # fmt: skip
    assert found["ab"].detail == "Neither a nor b has any spread."
    assert (found["ab"].difference, found["ab"].p_value, found["ab"].ci_low) == (-1, None, None)
    assert all(0 < found[pair].p_value < 1 for pair in ("ac", "bc"))


@pytest.mark.reference
def test_tukey_takes_a_group_of_one():
    """R 4.2: TukeyHSD(aov(y ~ g)) with a = 3, b = 1, 2, 3, 4, c = 5, 6, 9."""
    found = {r.a + r.b: r for r in tukey_hsd({"a": [3], "b": [1, 2, 3, 4], "c": [5, 6, 9]})}
    assert [found[pair].p_value for pair in ("ab", "ac", "bc")] == pytest.approx(
        [0.9607791854, 0.2272418977, 0.0476114488], abs=1e-7
    )
    assert (-found["ac"].ci_high, -found["ac"].ci_low) == pytest.approx(
        (-2.54518923877, 9.878522572), abs=1e-5
    )


@pytest.mark.parametrize(
    ("confidence", "k", "df", "printed"),
    [
        (0.95, 3, 10, 3.877),
        (0.95, 4, 20, 3.958),
        (0.99, 5, 15, 5.556),
        (0.95, 10, 60, 4.646),
        (0.95, 2, 5, 3.635),
    ],
)
def test_quantiles_as_in_the_printed_table(confidence, k, df, printed):
    # Table of the studentized range in any textbook, e.g. Harter (1960).
    assert range_quantile(confidence, k, df) == pytest.approx(printed, abs=6e-4)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(st.floats(0.01, 8), st.floats(1, 200))
def test_two_groups_are_student(q, df):
    t = q / math.sqrt(2)
    assert range_sf(q, 2, df) == pytest.approx(2 * special.stdtr(df, -t), rel=1e-7)


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(st.floats(0.5, 0.999), st.integers(2, 8), st.floats(1.5, 300))
def test_quantile_and_tail_are_inverse(confidence, k, df):
    assert range_sf(range_quantile(confidence, k, df), k, df) == pytest.approx(1 - confidence, rel=1e-8)


def test_the_tail_starts_at_one_and_never_reaches_zero():
    assert range_sf(0.0, 4, 20) == pytest.approx(1)
    assert 0 < range_sf(1e4, 4, 20) < range_sf(50.0, 4, 20) < 1e-14
