"""Permutation test of the log-rank score: exact size whatever the allocation ratio."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duonen_stats.design.simulation.logrank_statistics import OrderedTrials, order_trials, subject_scores
from duonen_stats.errors import NotEstimable, PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_NOISE = 1e-9  # scores this near are equal
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationResult:
    """A permutation test of one trial.

    ``score`` is observed minus expected events of the experimental arm. ``p_lower`` is the share of permutations
    (with the trial itself) whose score is as low or lower, so small if the experimental arm fails later;
    ``p_two_sided`` is twice the smaller tail, at most 1. ``mc_error`` is the Monte-Carlo standard error of
    ``p_two_sided``.
    """

    score: float
    p_lower: float
    p_higher: float
    p_two_sided: float
    mc_error: float
    n_permutations: int
    n: int
    n_events: int
    seed: int


def permutation_logrank(
    time: ArrayLike,
    event: ArrayLike,
    experimental: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
    n_permutations: int = 9999,
    seed: int = 0,
) -> PermutationResult:
    """Test the log-rank score of one trial against random permutations of the arms, within strata.

    Exact in size if censoring does not differ between the arms, as when it comes from the date of entry alone.

    Parameters
    ----------
    time, event, experimental, strata
        One entry a subject, as in ``logrank_batch``.
    rho, gamma
        Fleming-Harrington weights.
    n_permutations, seed
        How many random permutations, and their seed.

    Raises
    ------
    NotEstimable
        ``no_events`` or ``single_group``.

    Examples
    --------
    >>> from duonen_stats.design import permutation_logrank
    >>> found = permutation_logrank(
    ...     [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1], n_permutations=199, seed=1
    ... )
    >>> found.n_events, found.n_permutations
    (6, 199)
    """
    times, events = np.asarray(time, dtype=np.float64), np.asarray(event).astype(np.bool_)
    groups = np.asarray(experimental).astype(np.bool_)
    labels = np.zeros(times.size) if strata is None else np.asarray(strata)
    if n_permutations < 1:
        raise PlanError("A permutation test needs at least one permutation.")
    if not events.any():
        raise NotEstimable("no_events", {"all": times.size}, "All subjects are censored.")
    if groups.all() or not groups.any():
        raise NotEstimable("single_group", {"all": times.size}, "Only one arm has subjects.")
    ordered = []
    for label in np.unique(labels):
        here = labels == label
        ordered.append(order_trials(times[None, here], events[None, here], groups[None, here]))
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    lower = higher = 0
    for start in range(0, n_permutations, _AT_ONCE):
        size = min(_AT_ONCE, n_permutations - start)
        below, above = permuted_counts(ordered, rng, size, rho=rho, gamma=gamma)
        lower, higher = lower + int(below[0]), higher + int(above[0])
    score = sum(float(subject_scores(o, rho=rho, gamma=gamma)[o.group].sum()) for o in ordered)
    p_lower, p_higher = ((1 + n) / (1 + n_permutations) for n in (lower, higher))
    p = min(1.0, 2 * min(p_lower, p_higher))
    return PermutationResult(
        score=score,
        p_lower=p_lower,
        p_higher=p_higher,
        p_two_sided=p,
        mc_error=float(np.sqrt(p / 2 * (1 - p / 2) / n_permutations) * 2),
        n_permutations=n_permutations,
        n=times.size,
        n_events=int(events.sum()),
        seed=seed,
    )


def permuted_counts(
    strata: Sequence[OrderedTrials],
    rng: np.random.Generator,
    n_permutations: int,
    *,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each trial, count the permutations whose score is as low or lower, and as high or higher.

    The scores do not depend on the arms, so all permuted ones are one matrix product. The same permutations serve
    all trials of the call, but each trial's scores are first shuffled: so every trial has, as it were, permutations
    of its own, and the trials' results are independent. The arms must have the same sizes in all trials.
    """
    observed: FloatArray | float = 0.0
    permuted: FloatArray | float = 0.0
    for trials in strata:
        scores = subject_scores(trials, rho=rho, gamma=gamma)
        observed = observed + np.where(trials.group, scores, 0.0).sum(axis=1)
        n_experimental = int(np.count_nonzero(trials.group[0]))
        labels = np.zeros((trials.group.shape[1], n_permutations))
        labels[:n_experimental] = 1.0
        permuted = permuted + rng.permuted(scores, axis=1) @ rng.permuted(labels, axis=0)
    gap = np.asarray(permuted) - np.asarray(observed)[:, None]
    return np.count_nonzero(gap <= _NOISE, axis=1), np.count_nonzero(gap >= -_NOISE, axis=1)
