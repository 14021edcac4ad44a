"""Log-rank statistics of many trials at once, with ties, weights and subjects' scores."""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, IntArray

# Log-rank statistics of many trials at once, for trials without tied times: the fast path of the
# simulation.


KeyArray = NDArray[np.int32]
CountArray = NDArray[np.integer[Any]]

LAST_TICK = 2**29 - 1  # a time in ticks, shifted by the two bits below, fits a signed 32-bit integer
CODE_BITS = 2
EVENT_BIT = 2
GROUP_BIT = 1
_WORD_BITS = 64


@dataclass(frozen=True, slots=True)
class Scores:
    """Observed minus expected events of the experimental arm and its variance, of each trial; all their events."""

    score: FloatArray
    variance: FloatArray
    n_events: int

    def __add__(self, other: "Scores") -> "Scores":
        return Scores(
            self.score + other.score, self.variance + other.variance, self.n_events + other.n_events
        )


def whole_ticks(event: FloatArray, censored: FloatArray) -> tuple[KeyArray, KeyArray]:
    """Whole ticks with room for the bits of a key; event times beyond ``LAST_TICK`` are cut off there, in place."""
    np.minimum(event, LAST_TICK, out=event)
    ticks = event.astype(np.int32), censored.astype(np.int32)
    for each in ticks:
        np.left_shift(each, CODE_BITS, out=each)
    return ticks


def encode(event_ticks: KeyArray, censor_ticks: KeyArray, group: int, keys: KeyArray) -> None:
    """Write the keys of one arm: the earlier of event and censoring, an event at the time of censoring counting.

    Parameters
    ----------
    event_ticks, censor_ticks
        Trials x subjects, from ``whole_ticks``, ticks since entry; overwritten. Negative censoring: the subject
        had not entered, and is at risk at no event.
    group
        1 experimental, 0 control.
    keys
        Trials x subjects, written.
    """
    np.subtract(EVENT_BIT | group, event_ticks, out=event_ticks)
    np.subtract(group, censor_ticks, out=censor_ticks)
    np.maximum(event_ticks, censor_ticks, out=keys)


class UntiedLogRank:
    """Log-rank score and variance from sorted keys of a fixed number of subjects; holds the work space."""

    def __init__(self, n_trials: int, n_subjects: int) -> None:
        self._n = n_subjects
        dtype = np.min_scalar_type(n_subjects)  # 8 bits up to 255 subjects, then 16, then 32
        lanes = _WORD_BITS // (8 * dtype.itemsize)
        padded = -(-n_subjects // lanes) * lanes
        self._codes = np.zeros((n_trials, padded), dtype=dtype)
        self._product = np.empty((n_trials, padded))
        at_risk = np.arange(1, padded + 1, dtype=np.float64)
        self._inverse, self._inverse_squared = 1 / at_risk, 1 / at_risk**2

    def __call__(self, keys: KeyArray) -> Scores:
        """Log-rank statistics of ``keys`` (trials x subjects), each row sorted."""
        trials = len(keys)
        codes, product = self._codes[:trials], self._product[:trials]
        np.copyto(codes[:, : self._n], keys, casting="unsafe")
        group, event = codes & GROUP_BIT, (codes & EVENT_BIT) >> 1
        experimental_at_risk = running_count(group)
        np.copyto(product, event * experimental_at_risk)
        expected = product @ self._inverse
        np.multiply(product, product, out=product)
        return Scores(
            score=count(event & group) - expected,
            variance=expected - product @ self._inverse_squared,
            n_events=int(np.count_nonzero(event)),
        )


def running_count(bits: CountArray) -> CountArray:
    """Cumulative sum along rows of zeros and ones, eight of 8 bits (four of 16) at a time inside a 64-bit word.

    ``bits`` is contiguous, with rows of whole words; no sum may exceed the width. Multiplying
    a word by 1 + 2^w + 2^2w + ... puts into each of its lanes the sum of the lanes up to it.
    """
    if sys.byteorder != "little":
        return np.cumsum(bits, axis=1, dtype=bits.dtype)
    width = 8 * bits.dtype.itemsize
    ones = np.uint64(sum(1 << shift for shift in range(0, _WORD_BITS, width)))
    words = bits.view(np.uint64) * ones
    totals = words >> np.uint64(_WORD_BITS - width)
    before = np.cumsum(totals, axis=1) - totals
    words += before * ones
    counted: CountArray = words.view(bits.dtype)
    return counted


def count(bits: CountArray) -> NDArray[np.int64]:
    """Ones in each row of zeros and ones; rows of whole 64-bit words."""
    counted: NDArray[np.int64] = np.bitwise_count(bits.view(np.uint64)).sum(axis=1, dtype=np.int64)
    return counted


@dataclass(frozen=True, slots=True)
class OrderedTrials:
    """Trials x subjects from the latest time to the earliest: event, group (1 experimental), last of its tie."""

    event: BoolArray
    group: BoolArray
    last_of_tie: BoolArray


@dataclass(frozen=True, slots=True)
class _Times:
    """The distinct times of all trials, one after the other: where each ends, and its counts."""

    trial: IntArray
    position: IntArray
    at_risk: IntArray
    at_risk_experimental: IntArray
    events: IntArray
    events_experimental: IntArray


def order_trials(time: FloatArray, event: BoolArray, group: BoolArray) -> OrderedTrials:
    """Sort each trial (row) by time, the latest first."""
    order = np.argsort(-time, axis=1, kind="stable")
    ordered = np.take_along_axis(time, order, axis=1)
    last = np.ones(time.shape, dtype=np.bool_)
    last[:, :-1] = ordered[:, 1:] != ordered[:, :-1]
    return OrderedTrials(
        np.take_along_axis(event, order, axis=1), np.take_along_axis(group, order, axis=1), last
    )


def tied_scores(trials: OrderedTrials, *, rho: float = 0.0, gamma: float = 0.0) -> Scores:
    """Weighted log-rank score and hypergeometric variance of every trial.

    The weight at time t is S(t-)^rho (1 - S(t-))^gamma with S the Kaplan-Meier curve of both arms together.

    Source: Mantel (1966); Harrington & Fleming (1982) Biometrika 69:553-566.
    """
    times = _times(trials)
    n_trials = len(trials.event)
    n, d = times.at_risk, times.events
    share = times.at_risk_experimental / n
    weight = _weights(times, trials.event.shape, rho, gamma)
    score = weight * (times.events_experimental - d * share)
    variance = weight**2 * d * share * (1 - share) * (n - d) / np.maximum(n - 1, 1)
    per_trial = [
        np.bincount(times.trial, weights=part, minlength=n_trials).astype(np.float64)
        for part in (score, variance)
    ]
    return Scores(
        score=per_trial[0],
        variance=per_trial[1],
        n_events=int(np.count_nonzero(trials.event)),
    )


def subject_scores(trials: OrderedTrials, *, rho: float = 0.0, gamma: float = 0.0) -> FloatArray:
    """Score of every subject, in the order of ``trials``; their sum over an arm is the arm's log-rank score.

    A subject's score is the weight of its event, if it has one, less the weighted cumulative hazard it lived
    through. It does not depend on the groups, so groups may be permuted over it.
    """
    times = _times(trials)
    weight = _weights(times, trials.event.shape, rho, gamma)
    hazard, weights = np.zeros(trials.event.shape), np.zeros(trials.event.shape)
    hazard[times.trial, times.position] = weight * times.events / times.at_risk
    weights[times.trial, times.position] = weight
    lived: FloatArray = hazard[:, ::-1].cumsum(axis=1)[:, ::-1]
    return trials.event * _spread_over_ties(weights, trials.last_of_tie) - lived


def _times(trials: OrderedTrials) -> _Times:
    trial, position = np.nonzero(trials.last_of_tie)
    ends = (trial, position)
    first = np.concatenate(([True], trial[1:] != trial[:-1]))  # the latest time of each trial

    def at_each(flags: BoolArray) -> IntArray:
        running = np.cumsum(flags, axis=1, dtype=np.int64)[ends]
        return np.where(first, running, np.diff(running, prepend=0))

    return _Times(
        trial=trial,
        position=position,
        at_risk=position + 1,
        at_risk_experimental=np.cumsum(trials.group, axis=1, dtype=np.int64)[ends],
        events=at_each(trials.event),
        events_experimental=at_each(trials.event & trials.group),
    )


def _weights(times: _Times, shape: tuple[int, ...], rho: float, gamma: float) -> FloatArray:
    if rho == 0 and gamma == 0:
        return np.ones(times.trial.size)
    survived = 1 - times.events / times.at_risk
    factors = np.ones(shape)
    factors[times.trial, times.position] = survived
    product = factors[:, ::-1].cumprod(axis=1)[:, ::-1]
    through = np.ones((shape[0], shape[1] + 1))
    through[:, :-1] = product
    before = through[times.trial, times.position + 1]
    weights: FloatArray = before**rho * (1 - before) ** gamma
    return weights


def _spread_over_ties(at_last: FloatArray, last_of_tie: BoolArray) -> FloatArray:
    """Give every subject the value that stands at the last subject of its tie."""
    n = at_last.shape[1]
    positions: NDArray[np.int64] = np.where(last_of_tie, np.arange(n), n)
    ends = np.minimum.accumulate(positions[:, ::-1], axis=1)[:, ::-1]
    return np.take_along_axis(at_last, ends, axis=1)
