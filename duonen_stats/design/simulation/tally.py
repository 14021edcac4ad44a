"""From the counts of chunks to rates with their Monte-Carlo errors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import fsum, sqrt

import numpy as np

from duonen_stats.design.fixed.fixed_methods import Direction, planned_direction
from duonen_stats.design.simulation.chunk import ChunkTally
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.design.simulation.z_histogram import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of simulated trials and its Monte-Carlo standard error."""

    value: float
    mc_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTest:
    """How often a log-rank test rejects in simulated trials: power, or size under the null hypothesis.

    ``favourable`` counts rejections with the experimental arm better (fewer events than expected), ``unfavourable``
    those with it worse, ``rejected`` both as far as the test has both tails. ``mean_events`` is a number a trial,
    ``mean_analysis_months`` in calendar months. ``permutation_*`` are the same for the permutation test, None if
    it was not asked for. ``share_not_estimable``: trials without an event while both arms are at risk, which
    never reject; ``share_target_missed``: trials in which the target event never came.
    """

    scenario: SimulationScenario
    n_trials: int
    seed: int
    critical_values: tuple[float, float]
    rejected: Rate
    favourable: Rate
    unfavourable: Rate
    mean_events: float
    mean_analysis_months: float
    share_not_estimable: float
    share_target_missed: float
    permutation_rejected: Rate | None
    permutation_favourable: Rate | None
    permutation_unfavourable: Rate | None
    z_counts: Counts = field(repr=False, compare=False)

    @property
    def power(self) -> Rate:
        """Rejections in the direction of the assumed effect; without an effect, in all tails of the test."""
        scenario = self.scenario
        direction = planned_direction(scenario.assumptions, rho=scenario.rho, gamma=scenario.gamma)
        return self.rejected if direction is None else self.in_direction(direction)

    def in_direction(self, direction: Direction) -> Rate:
        """Rejections with the experimental hazard ``"lower"`` or ``"higher"``."""
        return self.favourable if direction == "lower" else self.unfavourable


def rate(count: int, n_trials: int) -> Rate:
    """Share of ``n_trials`` and its binomial standard error."""
    share = count / n_trials
    return Rate(value=share, mc_error=sqrt(share * (1 - share) / n_trials))


class Tally:
    """Adds chunks as they come, in any order, to a result that does not depend on the order."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._months: list[float] = []
        self._z: Counts | None = None

    def add(self, chunk: ChunkTally) -> None:
        """Add a chunk."""
        for name in _COUNTED:
            self._counts[name] = self._counts.get(name, 0) + getattr(chunk, name)
        self._months.append(chunk.sum_months)
        self._z = chunk.z_counts.copy() if self._z is None else np.add(self._z, chunk.z_counts, out=self._z)

    def result(self, scenario: SimulationScenario, seed: int) -> SimulatedTest:
        """Rates over all chunks added."""
        counts, n = self._counts, self._counts["n_trials"]
        lower, higher = counts["n_lower"], counts["n_higher"]
        permuted: Sequence[Rate | None] = (None, None, None)
        if scenario.n_permutations:
            below, above = counts["n_permutation_lower"], counts["n_permutation_higher"]
            permuted = (rate(below + above, n), rate(below, n), rate(above, n))
        return SimulatedTest(
            scenario=scenario,
            n_trials=n,
            seed=seed,
            critical_values=scenario.tails,
            rejected=rate(lower + higher, n),
            favourable=rate(lower, n),
            unfavourable=rate(higher, n),
            mean_events=counts["sum_events"] / n,
            mean_analysis_months=fsum(self._months) / n,
            share_not_estimable=counts["n_not_estimable"] / n,
            share_target_missed=counts["n_missed"] / n,
            permutation_rejected=permuted[0],
            permutation_favourable=permuted[1],
            permutation_unfavourable=permuted[2],
            z_counts=np.zeros(0, dtype=np.int64) if self._z is None else self._z,
        )


_COUNTED = (
    "n_trials",
    "n_lower",
    "n_higher",
    "n_not_estimable",
    "n_missed",
    "n_permutation_lower",
    "n_permutation_higher",
    "sum_events",
)
