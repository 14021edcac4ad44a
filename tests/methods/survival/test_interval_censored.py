import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import interval_survival, interval_survival_at, kaplan_meier, survival_at

INF = float("inf")
# Months to cosmetic deterioration after radiotherapy alone: Finkelstein & Wolfe (1985) Biometrics 41:933-945.
RADIOTHERAPY = (
    (45, INF), (25, 37), (37, INF), (6, 10), (46, INF), (0, 5), (0, 7), (26, 40), (18, INF), (46, INF), (46, INF),
    (24, INF), (46, INF), (27, 34), (36, INF), (7, 16), (36, 44), (5, 11), (17, INF), (46, INF), (19, 35), (7, 14),
    (36, 48), (17, 25), (37, 44), (37, INF), (24, INF), (0, 8), (40, INF), (32, INF), (4, 11), (17, 25), (33, INF),
    (15, INF), (46, INF), (19, 26), (11, 15), (11, 18), (37, INF), (22, INF), (38, INF), (34, INF), (46, INF), (5, 12),
    (36, INF), (46, INF),
)  # fmt: skip
PUBLISHED = (
    (4, 5, 0.0463), (6, 7, 0.0334), (7, 8, 0.0887), (11, 12, 0.0708), (24, 25, 0.0926), (33, 34, 0.0818),
    (38, 40, 0.1209), (46, 48, 0.4656),
)  # fmt: skip
"""Fay & Shaw (2010) J Stat Softw 36(2), icfit of the R package interval."""


@pytest.mark.reference
def test_masses_are_those_published_of_the_cosmesis_data():
    found = interval_survival(*np.array(RADIOTHERAPY).T)
    table = list(zip(found.left, found.right, found.mass.round(4), strict=True))
    assert table == [pytest.approx(row) for row in PUBLISHED]


def test_no_interval_would_gain_from_more_mass():
    """The conditions of Gentleman & Geyer, written out on every month's half as a place for mass."""
    low, high = np.array(RADIOTHERAPY).T
    found = interval_survival(low, high)
    fitted = np.array([found.mass[(found.left >= a) & (found.right <= b)].sum() for a, b in RADIOTHERAPY])
    places = np.arange(0.5, 60)
    gains = ((low[:, None] < places) & (places <= high[:, None])).T @ (1 / fitted)
    assert gains.max() == pytest.approx(len(low), rel=1e-9)
    assert found.loglik == pytest.approx(np.log(fitted).sum())


def test_within_an_interval_the_curve_is_undetermined_and_at_its_ends_it_is_not():
    found = interval_survival(*np.array(RADIOTHERAPY).T)
    before, within, end, last = interval_survival_at(found, (38, 39, 40, 47))
    assert (before.left, end.left) == (None, None)
    assert (within.left, within.right) == (38, 40)
    assert (within.lowest, within.highest) == (end.highest, before.lowest)
    assert (last.lowest, last.right) == (0, 48)


def test_twelve_worked_patients():
    """Six progress between assessments, one dies at 6 and one at 9, four are free: by hand.

    The two of (3, 6] share the time of the death at 6, the two of (6, 9] that at 9; those of (6, 9] do not hold the 6.
    """
    low = [0, 0, 3, 3, 6, 6, 6, 9, 6, 9, 9, 9]
    high = [3, 3, 6, 6, 9, 9, 6, 9, INF, INF, INF, INF]
    found = interval_survival(low, high)
    ends = list(zip(found.left, found.right, strict=True))
    assert ends == [(0, 3), (6, 6), (9, 9), (9, INF)]
    # Of twelve 2 fall by 3, then 3 at 6. Of the seven after, 3 fall at 9 and 3 later; the one free at 6 is shared so.
    assert found.survival.tolist() == pytest.approx([10 / 12, 7 / 12, 7 / 12 * (1 - 3 / 6), 0])


def test_without_an_event_the_curve_is_1_up_to_the_last_time_and_unknown_after():
    found = interval_survival([2, 5, 3], [INF, INF, INF])
    at, beyond = interval_survival_at(found, (5, 6))
    assert (at.lowest, at.highest) == (1, 1)
    assert (beyond.lowest, beyond.highest, beyond.left, beyond.right) == (0, 1, 5, INF)


def test_ends_apart_by_binary_noise_alone_are_one_time():
    found = interval_survival([0.0, 0.1 + 0.2], [0.3, 1.0])
    assert found.right.tolist() == pytest.approx([0.3, 1.0])
    assert found.mass.tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.law
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=12))
def test_exact_and_censored_times_give_kaplan_meier(records):
    time = np.array([one for one, _ in records], dtype=float)
    event = np.array([int(seen) for _, seen in records])
    found = interval_survival(time, np.where(event == 1, time, np.inf))
    expected = survival_at(kaplan_meier(time, event), range(11))
    for one, other in zip(interval_survival_at(found, range(11)), expected, strict=True):
        assert one.highest == pytest.approx(other.survival, abs=1e-9)
        assert one.left is None or one.time > time.max()


@pytest.mark.law
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=2, max_size=12))
def test_a_change_of_order_or_unit_changes_nothing(records):
    low = np.array([one for one, _ in records], dtype=float)
    high = low + np.array([width for _, width in records])
    found, other = interval_survival(low, high), interval_survival(7 * low[::-1], 7 * high[::-1])
    assert other.mass == pytest.approx(found.mass, abs=1e-7)
    assert other.left == pytest.approx(7 * found.left)


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [
        ([], [], "empty_group"),
        ([np.nan], [1], "non_finite"),
        ([INF], [INF], "non_finite"),
        ([-1], [1], "negative_time"),
        ([2], [1], "empty_interval"),
    ],
)
def test_what_is_no_interval_has_a_reason(low, high, reason):
    with pytest.raises(NotEstimable) as refused:
        interval_survival(low, high)
    assert refused.value.reason == reason


def test_what_is_no_number_is_refused():
    with pytest.raises(DataError):
        interval_survival(["soon"], [1])
    with pytest.raises(DataError):
        interval_survival([1, 2], [3])
