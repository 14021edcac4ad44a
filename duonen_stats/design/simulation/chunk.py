"""A chunk of simulated trials: the unit of work, of random numbers and of what is kept."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from duonen_stats.design.simulation.logrank_statistics import (
    CODE_BITS,
    EVENT_BIT,
    GROUP_BIT,
    KeyArray,
    OrderedTrials,
    Scores,
    UntiedLogRank,
    tied_scores,
)
from duonen_stats.design.simulation.permutation import permuted_counts
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.design.simulation.trial_sampler import TrialSampler, standardised
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

# Counts of standardised statistics in fine bins: quantiles of any number of trials in a fixed memory.


_PER_UNIT: Final = 1024
_FARTHEST: Final = 8
N_BINS: Final = 2 * _FARTHEST * _PER_UNIT

Counts = NDArray[np.int64]


def z_counts(z: FloatArray) -> Counts:
    """Count values in ``N_BINS`` bins of 1/1024 from -8 to 8; NaN counts as 0, what is beyond as at the end."""
    bins = np.floor((np.nan_to_num(z, nan=0.0) + _FARTHEST) * _PER_UNIT).astype(np.int64)
    return np.bincount(bins.clip(0, N_BINS - 1), minlength=N_BINS)


def z_quantile(counts: Counts, probability: float) -> float:
    """Quantile of the values counted, linear within a bin."""
    total = int(counts.sum())
    if total == 0 or not 0 < probability < 1:
        raise PlanError("A quantile needs trials and a probability between 0 and 1.")
    below = np.concatenate(([0], np.cumsum(counts)))
    target = probability * total
    bin_ = min(int(np.searchsorted(below, target, side="right")) - 1, N_BINS - 1)
    within = (target - below[bin_]) / counts[bin_] if counts[bin_] else 0.0
    return float((bin_ + within) / _PER_UNIT - _FARTHEST)


def z_count_below(counts: Counts, value: float) -> int:
    """Count the values below one, linear within its bin."""
    place = (value + _FARTHEST) * _PER_UNIT
    bin_ = int(np.floor(place))
    if not 0 <= bin_ < N_BINS:
        return 0 if bin_ < 0 else int(counts.sum())
    return int(np.rint(counts[:bin_].sum() + (place - bin_) * counts[bin_]))


CHUNK_TRIALS: Final = 10_000
_CELLS_AT_ONCE: Final = 50_000  # so that the arrays of a block of trials stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkTally:
    """What is kept of a chunk: counts of trials, and sums over them."""

    n_trials: int
    n_lower: int
    n_higher: int
    n_not_estimable: int
    n_missed: int
    n_permutation_lower: int
    n_permutation_higher: int
    sum_events: int
    sum_months: float
    z_counts: Counts = field(repr=False)


def run_chunk(scenario: SimulationScenario, seed: int, point: int, chunk: int, n_trials: int) -> ChunkTally:
    """Simulate and test ``n_trials`` trials.

    The random numbers are those of child (``point``, ``chunk``) of ``seed``, so they do not depend on who runs the
    chunk, or when.
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(point, chunk))
    rng = np.random.Generator(np.random.PCG64(sequence))
    block = max(1, min(n_trials, _CELLS_AT_ONCE // scenario.n_patients))
    sampler = TrialSampler(scenario, block)
    tester = _Tester(scenario, sampler.strata, block)
    score, variance, months = np.empty(n_trials), np.empty(n_trials), np.empty(n_trials)
    events = missed = 0
    permuted = np.zeros(2, dtype=np.int64)
    for start in range(0, n_trials, block):
        size = min(block, n_trials - start)
        drawn = sampler.draw(rng, size)
        rows = slice(start, start + size)
        found = tester.test(drawn.keys)
        score[rows], variance[rows], months[rows] = found.score, found.variance, drawn.analysis_months
        events += found.n_events
        missed += drawn.n_missed
        if scenario.n_permutations:
            permuted += tester.permute(drawn.keys, rng)
    z = standardised(score, variance)
    lower, higher = scenario.tails
    return ChunkTally(
        n_trials=n_trials,
        n_lower=int(np.count_nonzero(z <= lower)),
        n_higher=int(np.count_nonzero(z >= higher)),
        n_not_estimable=int(np.count_nonzero(np.isnan(z))),
        n_missed=missed,
        n_permutation_lower=int(permuted[0]),
        n_permutation_higher=int(permuted[1]),
        sum_events=events,
        sum_months=float(months.sum()),
        z_counts=z_counts(z),
    )


class _Tester:
    """The test of a scenario, for blocks of trials given as keys."""

    def __init__(self, scenario: SimulationScenario, strata: list[slice], block: int) -> None:
        self._scenario = scenario
        self._strata = strata
        self._plain = scenario.rho == 0 and scenario.gamma == 0 and scenario.assessment_months is None
        self._untied = [UntiedLogRank(block, columns.stop - columns.start) for columns in strata]

    def test(self, keys: KeyArray) -> Scores:
        """Sort the keys of each stratum, and add the scores and variances of the strata."""
        total: Scores | None = None
        for columns, untied in zip(self._strata, self._untied, strict=True):
            here = keys[:, columns]
            here.sort(axis=1)
            part = untied(here) if self._plain else self._tied(here)
            total = part if total is None else total + part
        if total is None:
            raise PlanError("A trial needs patients.")
        return total

    def permute(self, keys: KeyArray, rng: np.random.Generator) -> NDArray[np.int64]:
        """Count the trials that the permutation test rejects in each tail; the keys are sorted."""
        scenario = self._scenario
        strata = [ordered_from_keys(keys[:, columns]) for columns in self._strata]
        below, above = permuted_counts(
            strata, rng, scenario.n_permutations, rho=scenario.rho, gamma=scenario.gamma
        )
        level = scenario.alpha / scenario.sides * (scenario.n_permutations + 1)
        lower = below + 1 <= level + 1e-9
        higher = above + 1 <= level + 1e-9
        one_tail = scenario.sides == 1
        return np.array(
            [
                0 if one_tail and scenario.looks_for == "higher" else np.count_nonzero(lower),
                0 if one_tail and scenario.looks_for == "lower" else np.count_nonzero(higher),
            ]
        )

    def _tied(self, keys: KeyArray) -> Scores:
        return tied_scores(ordered_from_keys(keys), rho=self._scenario.rho, gamma=self._scenario.gamma)


def ordered_from_keys(keys: KeyArray) -> OrderedTrials:
    """Read event, group and ties out of sorted keys."""
    ticks = keys >> CODE_BITS
    last = np.ones(keys.shape, dtype=np.bool_)
    last[:, :-1] = ticks[:, 1:] != ticks[:, :-1]
    return OrderedTrials(keys & EVENT_BIT > 0, keys & GROUP_BIT > 0, last)
