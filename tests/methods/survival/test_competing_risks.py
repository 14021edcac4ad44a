"""Cumulative incidence."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import cumulative_incidence, gray_test, kaplan_meier, log_rank, survival_at

TIME = [1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10]
EVENT = [1, 1, 2, 0, 1, 2, 0, 2, 1, 1, 0, 2, 0, 1, 0]


@pytest.mark.reference
def test_incidence_and_both_standard_errors_as_in_r():
    # summary(survfit(Surv(time, factor(event)) ~ 1), times = at); cmprsk::timepoints(cuminc(time, event), at)
    result = cumulative_incidence(TIME, EVENT, at=[2, 3, 5, 8, 10], cause=2)
    assert [p.incidence for p in result.at] == pytest.approx(
        [
            0.06666666666666667,
            0.13333333333333333,
            0.21666666666666667,
            0.32083333333333336,
            0.32083333333333336,
        ]
    )
    assert [p.std_err for p in result.at] == pytest.approx(
        [
            0.06683651832199142,
            0.09110751610627786,
            0.11724528526171006,
            0.14706736483456387,
            0.14706736483456387,
        ]
    )
    assert [p.std_err_jackknife for p in result.at] == pytest.approx(
        [
            0.06440611887195308,
            0.0877707451472511,
            0.11193789614153282,
            0.13564777287901572,
            0.13564777287901572,
        ]
    )
    assert (result.n, result.n_events, result.n_competing) == (15, 4, 6)


def test_limits_are_log_log_and_undefined_at_0_and_1():
    none, some, all_ = cumulative_incidence([1, 2], [1, 1], at=[0.5, 1, 2]).at
    assert (none.incidence, none.std_err, none.lower, none.upper) == (0, 0, None, None)
    assert all_.incidence == 1
    assert all_.lower is None
    slope = 1.959963984540054 * some.std_err / (0.5 * np.log(0.5))
    assert sorted((0.5 ** np.exp(-slope), 0.5 ** np.exp(slope))) == pytest.approx([some.lower, some.upper])
    assert none.n_risk == 2


def test_an_incidence_of_1_but_for_rounding_has_no_limits():
    time, event = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2], [0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1]
    (end,) = cumulative_incidence(time, event, at=[2]).at
    assert end.incidence == pytest.approx(1, abs=1e-15)
    assert (end.lower, end.upper) == (None, None)


@pytest.mark.law
@given(st.lists(st.integers(1, 30), min_size=1, max_size=60))
def test_where_all_have_the_event_the_incidence_ends_at_1_and_never_above(times):
    found = cumulative_incidence(times, [1] * len(times), at=[*sorted(times), 40])
    assert found.at[-1].incidence == 1.0
    assert max(point.incidence for point in found.at) <= 1.0


def test_an_event_at_time_0_is_kept():
    result = cumulative_incidence([0, 1, 2, 3], [1, 2, 1, 0], at=[0, 3])
    assert [p.incidence for p in result.at] == [0.25, 0.5]
    assert result.note == "time 0: 1"


def test_a_time_just_at_an_event_counts_it_whatever_the_noise():
    assert cumulative_incidence([0.1 + 0.2, 1.0], [1, 0], at=[0.3]).at[0].incidence == 0.5


samples = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=1, max_size=25)


@pytest.mark.law
@given(samples, st.integers(0, 9))
def test_causes_and_survival_share_everybody(sample, at):
    time, event = zip(*sample, strict=True)
    causes = [cumulative_incidence(time, event, at=[at], cause=cause).at[0].incidence for cause in (1, 2)]
    (free,) = survival_at(kaplan_meier(time, np.array(event) > 0), [at])
    assert sum(causes) + free.survival == pytest.approx(1)


@pytest.mark.law
@given(samples)
def test_one_cause_alone_is_one_minus_kaplan_meier_with_greenwoods_error(sample):
    time, event = (np.array(column) for column in zip(*sample, strict=True))
    event = (event > 0).astype(int)
    curve = kaplan_meier(time, event)
    for a, b in zip(
        cumulative_incidence(time, event, at=curve.time).at, survival_at(curve, curve.time), strict=True
    ):
        assert a.incidence == pytest.approx(1 - b.survival)
        if b.std_err is not None:
            assert a.std_err_jackknife == pytest.approx(b.std_err, abs=1e-9)


@pytest.mark.law
@given(st.permutations(range(len(TIME))))
def test_order_of_subjects_decides_nothing_among_ties(order):
    shuffled = cumulative_incidence(np.array(TIME)[order], np.array(EVENT)[order], at=[3, 8])
    for a, b in zip(shuffled.at, cumulative_incidence(TIME, EVENT, at=[3, 8]).at, strict=True):
        assert a.incidence == b.incidence
        assert (a.std_err, a.std_err_jackknife) == pytest.approx((b.std_err, b.std_err_jackknife))


TIME_GRAY = [1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11]
EVENT_GRAY = [1, 1, 2, 0, 1, 2, 0, 2, 1, 1, 0, 2, 0, 1, 0, 1]
GROUP = list("ABABBAABABBAABBA")


@pytest.mark.parametrize(
    ("event", "group", "cause", "reason"),
    [
        ([0, 2, 0, 2], ["A", "A", "B", "B"], 1, "no_events"),
        ([1, 2, 1, 0], ["A", "A", "A", "A"], 1, "single_group"),
    ],
)
def test_what_has_no_answer(event, group, cause, reason):
    with pytest.raises(NotEstimable) as caught:
        gray_test([1, 2, 3, 4], event, group, cause=cause)
    assert caught.value.reason == reason


def test_groups_never_at_risk_together_cannot_be_compared():
    with pytest.raises(NotEstimable) as caught:
        gray_test([1, 2, 1, 2], [1, 1, 1, 1], ["A", "A", "B", "B"], strata=["x", "x", "y", "y"])
    assert caught.value.reason == "zero_variance"


def test_a_planned_group_without_subjects_does_not_enter():
    result = gray_test(TIME_GRAY, EVENT_GRAY, GROUP, levels=["A", "N", "B"])
    assert result.statistic == pytest.approx(gray_test(TIME_GRAY, EVENT_GRAY, GROUP).statistic)
    assert (result.df, result.n["N"], result.n_events) == (1, 0, {"A": 3, "N": 0, "B": 4})


@pytest.mark.reference
@pytest.mark.parametrize(("rho", "expected"), [(0, 2.73378300044), (0.5, 2.70765973535), (1, 2.65283125535)])
def test_a_pooled_incidence_of_1_before_the_end_as_in_r(rho, expected):
    # R 4.2.2, cmprsk 2.2-11: cuminc(time, event, group, rho = rho)$Tests["1", "stat"]
    time = [2, 4, 4, 6, 2, 3, 0, 4, 5, 0, 8, 4, 9, 1, 5, 3]
    event = [1, 1, 1, 1, 2, 1, 1, 2, 2, 2, 1, 2, 0, 1, 0, 2]
    assert gray_test(time, event, list("CCACAACCAABCBABA"), rho=rho).statistic == pytest.approx(expected)


@pytest.mark.reference
def test_a_group_left_alone_is_compared_no_more():
    # R 4.2.2, cmprsk 2.2-11; the pooled incidence is 1 when A has gone and C alone fails
    assert gray_test([2, 3, 7, 8, 13, 15], [1, 1, 1, 0, 1, 1], list("AAAACC")).statistic == pytest.approx(
        2.1842840047866
    )


def test_an_incidence_that_reaches_1_among_groups_has_no_test():
    time = [1, 3, 5, 8, 12, 12, 13, 14, 15, 17]
    with pytest.raises(NotEstimable) as caught:
        gray_test(time, [0] + [1] * 9, list("AAAACCCCCB"))
    assert caught.value.reason == "weight_undefined"


subjects = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 2), st.sampled_from("ABC")), min_size=8, max_size=30
)


@pytest.mark.law
@given(subjects, st.sampled_from([0.0, 1.0]))
def test_order_and_names_of_groups_and_one_stratum_do_not_matter(sample, rho):
    time, event, group = (np.array(column) for column in zip(*sample, strict=True))
    try:
        result = gray_test(time, event, group, rho=rho)
    except NotEstimable:
        assume(False)
    renamed = np.array([{"A": "Z", "B": "Y", "C": "X"}[g] for g in group])
    other = gray_test(time * 2.0, event, renamed, rho=rho, strata=["s"] * len(time))
    assert other.statistic == pytest.approx(result.statistic, rel=1e-6, abs=1e-9)
    assert 0 <= result.p_value <= 1


@pytest.mark.law
def test_without_competing_events_it_nears_the_log_rank_test():
    generator = np.random.default_rng(11)
    n = 2_000
    group = np.where(np.arange(n) % 2 == 0, "A", "B")
    time, event = generator.exponential(np.where(group == "A", 1.0, 1.1)), generator.integers(0, 2, n)
    assert gray_test(time, event, group).statistic == pytest.approx(
        log_rank(time, event, group).statistic, rel=0.1
    )


@pytest.mark.parametrize(
    ("time", "event", "group", "said"),
    [
        ([1] * 4, [1] * 4, "abab", "all at risk have the event"),
        ([1, 2, 3, 4], [0, 0, 1, 2], "aabb", "not at risk together at any event of this kind"),
        ([1, 2, 3, 4], [2, 2, 1, 1], "aabb", "not at risk together at any event of this kind"),
    ],
)
def test_why_there_is_no_variance_is_said_truly(time, event, group, said):
    with pytest.raises(NotEstimable) as caught:
        gray_test(time, event, list(group))
    assert caught.value.reason == "zero_variance"
    assert said in caught.value.detail
