"""Patients needed by simulation: nominal and calibrated, where no formula says how large the trial has to be."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from scipy import special

from duonen_stats.design.fixed.fixed_methods import Direction
from duonen_stats.design.fixed.lakatos import expected_log_rank
from duonen_stats.design.fixed.significance import critical_value
from duonen_stats.design.simulation.chunk import Counts, z_count_below
from duonen_stats.design.simulation.critical_values import CalibratedTest, calibrate_critical_value
from duonen_stats.design.simulation.grid import Rate, SimulatedTest, rate, simulate_logrank
from duonen_stats.design.simulation.progress import Progress, progress_of
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.rounding import allocation_block, balanced

_MOST_STEPS = 6
_SLACK = 1e-9
_LARGEST = 1e6


def fewest(enough: Callable[[int], bool], least: int, most: float, block: int) -> int | None:
    """Search the smallest number of patients that is enough, in whole blocks above ``least``; more are no worse.

    None if ``most`` are not enough.

    Examples
    --------
    >>> fewest(lambda n: n >= 30, 12, 100, 4)
    32
    """
    if enough(least):
        return least if least <= most + _SLACK else None
    low, high = 0, 1  # in blocks above ``least``
    while not enough(least + high * block):
        low, high = high, 2 * high
        if least + low * block > min(most, _LARGEST):
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(least + middle * block) else (middle, high)
    found = least + high * block
    return found if found <= most + _SLACK else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPower:
    """Power at a number of patients by simulation.

    ``nominal`` is at the normal critical value, ``calibrated`` at ``critical_value``, at which the tail has its level
    in simulated trials without an effect; both are of the direction of the assumed effect. ``nominal_size`` is the
    level that the normal critical value really has.
    """

    n_patients: int
    n_trials: int
    calibration_trials: int
    nominal: Rate
    calibrated: Rate
    critical_value: float
    nominal_size: Rate
    mean_events: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSizing:
    """Patients needed by simulation: the fewest whole blocks of the allocation; None if ``most`` are not enough."""

    nominal: int | None
    calibrated: int | None
    power: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerSimulator:
    """Simulates trials of any number of patients under assumptions that may depend on that number.

    Parameters
    ----------
    assumptions
        For a number of patients, the design with its accrual and time of analysis.
    alpha, sides
        Of the log-rank test.
    n_trials, calibration_trials
        Simulated trials for each power, and without an effect for each critical value.
    seed, executor, folder, progress
        As in ``simulate_grid``.
    """

    assumptions: Callable[[int], SurvivalAssumptions]
    alpha: float = 0.05
    sides: int = 2
    n_trials: int = 40_000
    calibration_trials: int = 100_000
    seed: int = 1
    executor: Executor | None = None
    folder: Path | None = None
    progress: Progress | None = None
    _known: dict[tuple[str, int], Any] = field(default_factory=dict, repr=False, compare=False)

    def at(self, n_patients: int) -> SimulatedPower:
        """Simulate the power at a number of patients, nominal and calibrated, each with trials of its own."""
        scenario = self._scenario(n_patients)
        calibrated = self._calibration(n_patients)
        direction = scenario.looks_for
        value = calibrated.scenario.tails[0 if direction == "lower" else 1]
        counts, mean_events = self._simulated(n_patients)
        z = critical_value(self.alpha, self.sides)
        return SimulatedPower(
            n_patients=n_patients,
            n_trials=self.n_trials,
            calibration_trials=self.calibration_trials,
            nominal=self._share(counts, direction, z),
            calibrated=self._share(counts, direction, abs(value)),
            critical_value=value,
            nominal_size=calibrated.nominal_favourable
            if direction == "lower"
            else calibrated.nominal_unfavourable,
            mean_events=mean_events,
        )

    def size(self, power: float, *, least: int = 2, most: float = inf) -> SimulatedSizing:
        """Search the fewest patients, in whole blocks of the allocation, with whom simulated trials have a power.

        Parameters
        ----------
        power
            To be reached.
        least, most
            No fewer and no more patients than these.
        """
        first = sum(balanced(least, self.assumptions(least).allocation_ratio))
        nominal = self._search(power, critical_value(self.alpha, self.sides), first, most)
        near = first if nominal is None else nominal
        calibrated = self._search(power, abs(self._calibrated(near)), first, most)
        if calibrated is not None and calibrated != near:
            calibrated = self._search(power, abs(self._calibrated(calibrated)), first, most)
        return SimulatedSizing(nominal=nominal, calibrated=calibrated, power=power, most=most)

    def _search(self, power: float, z: float, least: int, most: float) -> int | None:
        """Find the size by the expected statistic, moved by what simulation shows it to be off.

        The probit of the power is the expected statistic minus the critical value, and a little that changes slowly
        with the size: that is taken from the simulated powers at the sizes tried, all of them together.
        """
        target = float(special.ndtri(power))
        offsets: dict[int, float] = {}
        block = sum(allocation_block(self.assumptions(least).allocation_ratio)) or 1
        n: int | None = None
        for _ in range(_MOST_STEPS):
            offset = sum(offsets.values()) / len(offsets) if offsets else -z
            needed = target - offset
            n = fewest(lambda size, needed=needed: self._drift(size) >= needed, least, most, block)  # type: ignore[misc]
            tried = n if n is not None or not most < inf else least + int(most - least) // block * block
            if tried is None or tried in offsets:
                break
            counts, _ = self._simulated(tried)
            found = self._share(counts, self._scenario(tried).looks_for, z).value
            seen = min(max(found, 0.5 / self.n_trials), 1 - 0.5 / self.n_trials)
            offsets[tried] = float(special.ndtri(seen)) - self._drift(tried)
        return n

    def _drift(self, n: int) -> float:
        if ("drift", n) not in self._known:
            self._known["drift", n] = abs(expected_log_rank(self.assumptions(n), n).drift)
        return float(self._known["drift", n])

    def _calibrated(self, n: int) -> float:
        return self._calibration(n).scenario.tails[0 if self._scenario(n).looks_for == "lower" else 1]

    def _calibration(self, n: int) -> CalibratedTest:
        if ("null", n) not in self._known:
            self._known["null", n] = calibrate_critical_value(
                self._scenario(n), n_trials=self.calibration_trials, seed=self.seed + 1, executor=self.executor,
                folder=self.folder, progress=progress_of(self.progress, f"without an effect, {n} patients"),
            )  # fmt: skip
        found: CalibratedTest = self._known["null", n]
        return found

    def _scenario(self, n: int) -> SimulationScenario:
        """Patients in the trial keep their entry months: arms are dealt to them at random."""
        return SimulationScenario(
            assumptions=self.assumptions(n), n_patients=n, alpha=self.alpha, sides=self.sides, entry="even"
        )

    def _simulated(self, n: int) -> tuple[Counts, float]:
        if ("effect", n) not in self._known:
            self._known["effect", n] = simulate_logrank(
                self._scenario(n), n_trials=self.n_trials, seed=self.seed, executor=self.executor, folder=self.folder,
                progress=progress_of(self.progress, f"for power, {n} patients"),
            )  # fmt: skip
        found: SimulatedTest = self._known["effect", n]
        return found.z_counts, found.mean_events

    def _share(self, counts: Counts, direction: Direction, z: float) -> Rate:
        beyond = (
            z_count_below(counts, -z)
            if direction == "lower"
            else int(counts.sum()) - z_count_below(counts, z)
        )
        return rate(beyond, self.n_trials)
