"""Log-rank test."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import log_rank

# survival::aml
TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
GROUP = ["Maintained"] * 11 + ["Nonmaintained"] * 12


@pytest.mark.reference
def test_two_groups_as_in_r():
    # survdiff(Surv(time, status) ~ x, aml)
    result = log_rank(TIME, EVENT, GROUP)
    assert result.statistic == pytest.approx(3.396388698977601, rel=1e-12)
    assert result.p_value == pytest.approx(0.06533932204050513, rel=1e-12)
    assert [g.expected for g in result.groups] == pytest.approx([10.689335992300725, 7.310664007699276])
    assert [(g.name, g.n, g.n_events, g.observed) for g in result.groups] == [
        ("Maintained", 11, 7, 7),
        ("Nonmaintained", 12, 11, 11),
    ]
    assert result.z == pytest.approx(-np.sqrt(result.statistic))  # the first group fails later
    assert (result.df, result.n, result.n_events, result.method) == (1, 23, 18, "log-rank")


@pytest.mark.reference
def test_no_events_in_one_arm_has_a_log_rank_test():
    # survdiff on time 1..6, all events in the first arm: chi-squared 5.05, p 0.025
    result = log_rank([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], ["A"] * 3 + ["B"] * 3)
    assert (result.statistic, result.p_value) == pytest.approx((5.05, 0.025), abs=0.005)


@pytest.mark.parametrize(
    ("event", "group", "reason"),
    [
        ([0, 0, 0, 0], ["A", "A", "B", "B"], "no_events"),
        ([1, 0, 1, 0], ["A", "A", "A", "A"], "single_group"),
        ([1, 1, 0, 1], ["A", "A", "A", None], "single_group"),
    ],
)
def test_what_has_no_answer(event, group, reason):
    with pytest.raises(NotEstimable) as caught:
        log_rank([1, 2, 3, 4], event, group)
    assert caught.value.reason == reason


def test_groups_never_at_risk_together_cannot_be_compared():
    with pytest.raises(NotEstimable) as caught:
        log_rank([1, 2, 1, 2], [1, 1, 1, 1], ["A", "A", "B", "B"], strata=["x", "x", "y", "y"])
    assert caught.value.reason == "zero_variance"


def test_a_planned_group_without_subjects_is_kept_but_not_tested():
    result = log_rank(TIME, EVENT, GROUP, levels=["Nonmaintained", "Maintained", "Third"])
    assert result.statistic == pytest.approx(3.396388698977601)
    assert [(g.name, g.n) for g in result.groups][2] == ("Third", 0)
    assert (result.df, result.z, result.note) == (1, None, "empty_group: Third")


def test_missing_times_are_dropped_and_counted():
    result = log_rank([*TIME, np.nan], [*EVENT, 1], [*GROUP, "Maintained"])
    assert (result.statistic, result.n_missing) == (log_rank(TIME, EVENT, GROUP).statistic, 1)


def test_the_weights_are_named():
    assert "rho 1, gamma 0" in log_rank(TIME, EVENT, GROUP, rho=1).method
    assert "2 strata" in log_rank(TIME, EVENT, GROUP, strata=["x", "y"] * 11 + ["x"]).method


subjects = st.lists(
    st.tuples(st.integers(0, 9), st.booleans(), st.sampled_from("ABC"), st.sampled_from("xy")),
    min_size=6,
    max_size=30,
)


def attempt(time, event, group, **options):
    try:
        return log_rank(time, event, group, **options)
    except NotEstimable:
        assume(False)


@pytest.mark.law
@given(subjects, st.sampled_from([(0, 0), (1, 0), (0, 1), (0.5, 0.5)]))
def test_order_and_names_of_groups_and_the_clock_do_not_matter(sample, weights):
    time, event, group, strata = (np.array(column) for column in zip(*sample, strict=True))
    options = {"strata": strata, "rho": weights[0], "gamma": weights[1]}
    result = attempt(time, event, group, **options)
    renamed = np.array([{"A": "Z", "B": "Y", "C": "X"}[g] for g in group])
    slower = log_rank((time + 1.0) ** 2, event, renamed, **options)
    assert slower.statistic == pytest.approx(result.statistic, rel=1e-6, abs=1e-9)
    assert sum(g.observed for g in result.groups) == pytest.approx(sum(g.expected for g in result.groups))


@pytest.mark.law
@given(subjects)
def test_one_stratum_is_no_stratum(sample):
    time, event, group, _ = (np.array(column) for column in zip(*sample, strict=True))
    plain = attempt(time, event, group)
    assert log_rank(time, event, group, strata=["x"] * len(time)).statistic == plain.statistic


@pytest.mark.parametrize(
    ("time", "event", "group", "options", "said"),
    [
        ([1] * 4, [1] * 4, "abab", {}, "all at risk have the event"),
        # 1 - S is 0 at the first event, and group a is gone at the second
        ([1, 1, 2, 2], [1, 0, 1, 1], "aabb", {"gamma": 1.0}, "weight is zero"),
        ([1, 1, 2, 2], [1, 1, 0, 0], "aabb", {"strata": list("uuvv")}, "together at any event in any stratum"),
        ([1, 2, 3, 4], [0, 0, 1, 1], "aabb", {}, "not at risk together at any event."),
        # a and b are compared in one stratum, c is alone in another
        ([1, 2, 3, 1, 2], [1, 1, 0, 1, 1], "abacc", {"strata": list("uuuvv")}, "Some of the groups"),
        # at time 1 all of stratum u have it, and stratum v holds one group
        ([1, 1, 1, 2], [1, 1, 1, 1], "abbb", {"strata": list("uuvv")}, "all at risk have the event"),
    ],
)  # fmt: skip
def test_why_there_is_no_variance_is_said_truly(time, event, group, options, said):
    with pytest.raises(NotEstimable) as caught:
        log_rank(time, event, list(group), **options)
    assert caught.value.reason == "zero_variance"
    assert said in caught.value.detail


@pytest.mark.law
@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 1), st.sampled_from("ab"), st.sampled_from("uv")),
        min_size=2,
        max_size=8,
    ),
    st.booleans(),
)
def test_two_groups_are_refused_for_the_reason_that_holds(rows, stratified):
    time, event, group, stratum = (list(column) for column in zip(*rows, strict=True))
    stratum = stratum if stratified else ["u"] * len(rows)
    shared, left = False, False
    for t, e, s in zip(time, event, stratum, strict=True):
        here = [i for i in range(len(rows)) if time[i] >= t and stratum[i] == s]
        if e and len({group[i] for i in here}) > 1:
            shared = True
            left |= not all(time[i] == t and event[i] for i in here)
    assume(len(set(group)) > 1 and any(event))
    if left:
        assert 0 < log_rank(time, event, group, strata=stratum).p_value <= 1
    else:
        with pytest.raises(NotEstimable) as caught:
            log_rank(time, event, group, strata=stratum)
        assert ("all at risk have the event" in caught.value.detail) == shared
