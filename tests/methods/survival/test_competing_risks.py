"""Cumulative incidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.methods import cumulative_incidence, kaplan_meier, survival_at

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
