"""Baseline characteristics (Table 1): columns of numbers by arm, and counts by permutation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.annealing import Annealed, Schedule, Space, anneal
from duonen_stats.simulated.calibration.statistics import median
from duonen_stats.simulated.calibration.targets import Bounds

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRange:
    """Median, minimum and maximum of a column in one arm."""

    median: Bounds
    low: float
    high: float


@dataclass
class ColumnProblem:
    """Loss of one column: the medians of the arms and, if it is attainable, of all patients."""

    arm: NDArray[np.intp]
    medians: Sequence[Bounds]
    pooled: Bounds
    unit: float

    def touched(self, part: int) -> NDArray[np.intp]:
        """Give the only term."""
        return np.array([part])

    def terms(self, state: Values, part: int, rows: Values) -> Values:  # noqa: ARG002 - the protocol
        """Sum of the distances of all medians, in recording steps."""
        loss = self.pooled.excess(median(rows))
        for arm, wanted in enumerate(self.medians):
            loss = loss + wanted.excess(median(rows[:, self.arm == arm]))
        return np.asarray(loss[:, None] / self.unit)

    def all_terms(self, state: Values) -> Values:
        """Give the only term of a state."""
        return np.asarray(self.terms(state, 0, state)[0])


def calibrate_column(
    start: Values,
    arm: NDArray[np.intp],
    ranges: Sequence[ArmRange],
    *,
    pooled: Bounds,
    step: float,
    schedule: Schedule,
    rng: np.random.Generator,
) -> Annealed:
    """Bring a column of one value a patient to the printed medians and ranges.

    Parameters
    ----------
    start
        One value a patient, shape (n,); values outside their arm's range are drawn in. The smallest and the
        largest of each arm are set to its printed minimum and maximum.
    arm
        Arm of each patient, from 0.
    ranges
        What is printed for each arm.
    pooled
        Median of all patients. One outside the hull of the arms' medians cannot be reached and is left out.
    step
        Recording grid.
    """
    low, high = (np.array([getattr(ranges[one], end) for one in arm]) for end in ("low", "high"))
    spread = float(np.mean([one.high - one.low for one in ranges]))
    values = np.clip(start, low, high)
    movable = np.ones(len(values), dtype=bool)
    for one, wanted in enumerate(ranges):
        own = np.flatnonzero(arm == one)
        order = own[np.argsort(values[own], kind="stable")]
        values[order[0]], values[order[-1]] = wanted.low, wanted.high
        movable[[order[0], order[-1]]] = False
    space = Space(low=low[None], high=high[None], present=movable[None], step=step, spread=spread / 3)
    medians = [one.median for one in ranges]
    aim = pooled if attainable(pooled, medians) else Bounds()
    problem = ColumnProblem(arm=arm, medians=medians, pooled=aim, unit=step)
    return anneal(space.on_grid(values[None]), problem, space, schedule, rng)


def attainable(pooled: Bounds, medians: Sequence[Bounds]) -> bool:
    """Whether a pooled median can lie there: never outside the hull of the groups' medians."""
    return pooled.high >= min(one.low for one in medians) and pooled.low <= max(one.high for one in medians)
