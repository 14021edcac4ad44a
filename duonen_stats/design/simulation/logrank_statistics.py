"""Log-rank statistics of many trials at once, with ties, weights and subjects' scores."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.design.simulation.untied_logrank import Scores
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, IntArray


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
