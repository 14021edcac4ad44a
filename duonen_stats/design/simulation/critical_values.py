"""Size of the log-rank test, and the critical value at which it is what it should be."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import ceil, sqrt
from pathlib import Path

from duonen_stats.design.simulation.chunk import Counts, z_quantile
from duonen_stats.design.simulation.grid import Rate, SimulatedTest, simulate_grid
from duonen_stats.design.simulation.progress import Progress, progress_of
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.errors import TooFewTrialsError
from duonen_stats.methods.inputs.admit import normal_deviate

_SMALLEST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalValue:
    """A critical value of the standardised log-rank score and its 95 % Monte-Carlo interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedTest:
    """Size at the normal critical values, and the critical values at which each tail has the size it should.

    ``lower`` is for the favourable tail (experimental arm better), ``upper`` for the other; None if the test does
    not have it. ``scenario`` is the scenario given, with the calibrated values as its ``critical_values``.
    """

    scenario: SimulationScenario
    tail_alpha: float
    nominal_values: tuple[float, float]
    nominal_favourable: Rate
    nominal_unfavourable: Rate
    lower: CriticalValue | None
    upper: CriticalValue | None
    n_trials: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerAndSize:
    """Power and size of the nominal test and of the calibrated one, each from trials of its own."""

    calibration: CalibratedTest
    power: SimulatedTest
    size: SimulatedTest
    calibrated_power: SimulatedTest
    calibrated_size: SimulatedTest


def calibrate_critical_value(
    scenario: SimulationScenario,
    *,
    n_trials: int = 400_000,
    seed: int = 0,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> CalibratedTest:
    """Simulate the null hypothesis and take the quantiles of the statistic as critical values.

    With unequal arms and few events the log-rank statistic is skewed, so that the normal quantiles give one tail
    too much and the other too little. Under the null hypothesis both arms have the control hazard.

    Parameters
    ----------
    scenario
        The trial, under the alternative or the null; ``alpha``, ``sides`` and ``direction`` say which tails.
    n_trials, seed, executor, folder, progress
        As in ``simulate_grid``.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import SimulationScenario, calibrate_critical_value, study_assumptions
    >>> scenario = SimulationScenario(assumptions=study_assumptions(load_study()), n_patients=92)
    >>> found = calibrate_critical_value(scenario, n_trials=2000, seed=1)
    >>> found.n_trials, found.tail_alpha
    (2000, 0.025)
    """
    require_enough_trials(n_trials, scenario.alpha / scenario.sides)
    plain = replace(scenario.under_null(), critical_values=None)
    named = progress_of(progress, "without an effect, for the critical values")
    null = simulate_grid(
        [plain], n_trials=n_trials, seed=seed, executor=executor, folder=folder, progress=named
    )[0]
    return _calibrated(scenario, null)


def simulate_power_and_size(
    scenario: SimulationScenario,
    *,
    n_trials: int = 100_000,
    calibration_trials: int = 400_000,
    seed: int = 0,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> PowerAndSize:
    """Simulate power and size at the normal critical values, calibrate, and simulate both again.

    The calibrated test is judged on new trials (seed + 1), not on those it was calibrated on.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import SimulationScenario, simulate_power_and_size, study_assumptions
    >>> scenario = SimulationScenario(assumptions=study_assumptions(load_study()), n_patients=92)
    >>> found = simulate_power_and_size(scenario, n_trials=500, calibration_trials=2000, seed=1)
    >>> found.power.n_trials
    500
    """
    calibration = calibrate_critical_value(
        scenario, n_trials=calibration_trials, seed=seed, executor=executor, folder=folder, progress=progress
    )
    nominal, calibrated = replace(scenario, critical_values=None), calibration.scenario
    grid = [nominal, nominal.under_null(), calibrated, calibrated.under_null()]
    named = progress_of(progress, "for power and level, with normal and calibrated critical values")
    found = simulate_grid(
        grid, n_trials=n_trials, seed=seed + 1, executor=executor, folder=folder, progress=named
    )
    return PowerAndSize(
        calibration=calibration,
        power=found[0],
        size=found[1],
        calibrated_power=found[2],
        calibrated_size=found[3],
    )


def _calibrated(scenario: SimulationScenario, null: SimulatedTest) -> CalibratedTest:
    alpha, (low, high) = scenario.alpha / scenario.sides, null.critical_values
    counts, n = null.z_counts, null.n_trials
    lower = _critical(counts, n, alpha) if low > -float("inf") else None
    upper = _critical(counts, n, 1 - alpha) if high < float("inf") else None
    values = (lower.value if lower else low, upper.value if upper else high)
    return CalibratedTest(
        scenario=replace(scenario, critical_values=values),
        tail_alpha=alpha,
        nominal_values=(low, high),
        nominal_favourable=null.favourable,
        nominal_unfavourable=null.unfavourable,
        lower=lower,
        upper=upper,
        n_trials=n,
        seed=null.seed,
    )


def require_enough_trials(n_trials: int, probability: float) -> float:
    """Return half of the interval of a simulated quantile; with fewer trials the interval has no end.

    Raises
    ------
    TooFewTrialsError
        There are too few. It needs no simulation, so that it is found out before one.
    """
    share = max(min(probability, 1 - probability), _SMALLEST)
    half = normal_deviate(0.95) * sqrt(share * (1 - share) / n_trials)
    if not half < share:
        enough = ceil(normal_deviate(0.95) ** 2 * (1 - share) / share) + 1
        raise TooFewTrialsError(
            f"{n_trials} trials are too few to find a critical value; about {enough} are needed."
        )
    return half


def _critical(counts: Counts, n_trials: int, probability: float) -> CriticalValue:
    """Quantile with its interval from the binomial count of trials below it."""
    half = require_enough_trials(n_trials, probability)
    low, value, high = (z_quantile(counts, p) for p in (probability - half, probability, probability + half))
    return CriticalValue(value=value, low=low, high=high)
