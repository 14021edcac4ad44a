"""Log-rank statistics of many trials at once, for trials without tied times: the fast path of the simulation.

Every subject of every trial is one 32-bit key that holds time, event and group. One sort of the keys orders the
trials; the rest is counting. Keys run from the latest time to the earliest, so that the subjects at risk at a
position are those up to it.
"""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duonen_stats.methods.inputs.admit import FloatArray

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
