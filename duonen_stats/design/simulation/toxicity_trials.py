"""Arms that a rule on severe events watches, simulated: what it does while events take time to be seen."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from math import fsum, inf, isfinite
from pathlib import Path
from typing import Final

import numpy as np

from duonen_stats.design.simulation.chunk import CHUNK_TRIALS, Counts
from duonen_stats.design.simulation.grid import Checkpoint, Rate, dispatch, fingerprint, rate
from duonen_stats.design.simulation.progress import Progress, progress_of
from duonen_stats.errors import PlanError
from duonen_stats.methods import BetaPrior, exceedance_boundary, rule_characteristics

_CELLS_AT_ONCE: Final = 200_000
MOST_IN_AN_ARM: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicityScenario:
    """An arm to simulate, and the rule that watches it.

    Parameters
    ----------
    rate
        True share of patients with a severe event.
    n_patients
        Patients of the arm, at most 500. They enter one after the other, by a Poisson process.
    per_month
        Patients that enter the arm in a month.
    window_months
        Events come evenly over this time after entry; 0: known at once.
    every
        The rule looks when this many further patients have entered, and once all are followed to the end of the window.
    bound, threshold, prior_events, prior_others, first
        The rule, as in ``exceedance_boundary``: it signals where the probability that the rate exceeds the bound is at
        least the threshold, from ``first`` patients on.

    Raises
    ------
    PlanError
        A value is out of range.
    """

    rate: float
    n_patients: int
    per_month: float
    window_months: float
    every: int = 1
    bound: float
    threshold: float
    prior_events: float = 0.5
    prior_others: float = 0.5
    first: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise PlanError(f"{self.rate} is not a rate.")
        if not 1 <= self.n_patients <= MOST_IN_AN_ARM:
            raise PlanError(f"An arm has 1 to {MOST_IN_AN_ARM} patients, not {self.n_patients}.")
        if not (0 < self.per_month < inf and 0 <= self.window_months < inf):
            raise PlanError("Patients a month must be above 0, and the time until events are seen 0 or more.")
        if self.every < 1 or self.first < 1:
            raise PlanError("The rule looks after 1 patient or more.")
        if not all(isfinite(one) and one > 0 for one in (self.prior_events, self.prior_others)):
            raise PlanError("The two numbers of a beta prior are above 0.")
        if not (0 < self.bound < 1 and 0 < self.threshold < 1):
            raise PlanError("The bound and the threshold are above 0 and below 1.")

    def boundary(self) -> tuple[int | None, ...]:
        """Give the fewest events that signal at each number of patients; ``None`` where the rule does not look."""
        found = exceedance_boundary(
            self.n_patients, bound=self.bound, threshold=self.threshold,
            prior=BetaPrior(self.prior_events, self.prior_others), first=self.first,
        )  # fmt: skip
        return tuple(
            least if number % self.every == 0 or number == self.n_patients else None
            for number, least in enumerate(found, 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicityTally:
    """What is kept of a chunk: trials by the number of patients at the signal, and sums over all trials."""

    n_trials: int
    sum_patients: int
    sum_events: int
    sum_months: float
    signals_after: Counts = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicityCharacteristics:
    """What a rule does in an arm, over simulated trials.

    Attributes
    ----------
    signals
        Share of trials in which the rule signals.
    patients, events, months
        Means over all trials, at the signal or else when all are followed: patients treated, those among them who have
        or will have a severe event, and months since the first.
    signals_at_once, patients_at_once
        The same share and number of patients, exactly, if every event were known before the next patient enters.
    """

    scenario: ToxicityScenario
    n_trials: int
    seed: int
    signals: Rate
    patients: float
    events: float
    months: float
    signals_at_once: float
    patients_at_once: float


def run_toxicity_chunk(
    scenario: ToxicityScenario, seed: int, point: int, chunk: int, n_trials: int
) -> ToxicityTally:
    """Simulate trials with the random numbers of child (``point``, ``chunk``) of the seed."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(point, chunk))))
    n, boundary = scenario.n_patients, scenario.boundary()
    block = max(1, min(n_trials, _CELLS_AT_ONCE // n))
    after = np.zeros(n, dtype=np.int64)
    patients = events = 0
    months: list[float] = []
    for start in range(0, n_trials, block):
        size = min(block, n_trials - start)
        entry = np.zeros((size, n))
        entry[:, 1:] = rng.standard_exponential((size, n - 1)).cumsum(axis=1) / scenario.per_month
        harmed = rng.random((size, n)) < scenario.rate
        seen = np.where(harmed, entry + scenario.window_months * rng.random((size, n)), np.inf)
        # The rule looks before the next patient is treated, and at the end.
        looked = np.append(entry[:, 1:], entry[:, -1:] + scenario.window_months, axis=1)
        stop = np.full(size, n)
        going = np.ones(size, dtype=bool)
        for number, least in enumerate(boundary, 1):
            if least is None:
                continue
            known = (seen[:, :number] <= looked[:, number - 1 : number]).sum(axis=1)
            signals = going & (known >= least)
            stop[signals] = number
            after[number - 1] += int(signals.sum())
            going &= ~signals
        rows = np.arange(size)
        patients += int(stop.sum())
        events += int(harmed.cumsum(axis=1)[rows, stop - 1].sum())
        months.append(float(looked[rows, stop - 1].sum()))
    return ToxicityTally(
        n_trials=n_trials, sum_patients=patients, sum_events=events, sum_months=fsum(months), signals_after=after
    )  # fmt: skip


def simulate_toxicity_rule(
    scenarios: Sequence[ToxicityScenario],
    *,
    n_trials: int = 10_000,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> tuple[ToxicityCharacteristics, ...]:
    """Simulate what a rule on severe events does at true rates.

    The report's table gives the same exactly for events that are known at once. Here patients enter over time, and an
    event is seen some time after its patient entered, so that a signal comes later and more patients are treated.

    Parameters
    ----------
    scenarios
        Arms to simulate, such as one for each true rate.
    n_trials, seed, executor, folder, progress
        As in ``simulate_grid``: the result does not depend on who computes it, or in which order.

    Returns
    -------
    tuple of ToxicityCharacteristics
        In the order of ``scenarios``.

    Raises
    ------
    PlanError
        No scenario, no trials, or a negative seed.

    References
    ----------
    Thall & Simon (1994) Biometrics 50:337-349; Ivanova, Qaqish & Schell (2005) Biometrics 61:540-545.

    Examples
    --------
    >>> from duonen_stats.design import ToxicityScenario, simulate_toxicity_rule
    >>> arm = ToxicityScenario(
    ...     rate=0.5, n_patients=23, per_month=0.5, window_months=6, bound=0.3, threshold=0.9, first=3
    ... )
    >>> (found,) = simulate_toxicity_rule([arm], n_trials=2000, seed=1)
    >>> found.signals.value < found.signals_at_once, found.patients > found.patients_at_once
    (True, True)
    """
    if not scenarios or n_trials < 1 or seed < 0:
        raise PlanError("A simulation needs scenarios, at least one trial and a seed of 0 or more.")
    kept = None if folder is None else Checkpoint(Path(folder), ToxicityTally)
    marks = [fingerprint(one, seed, point, chunk_trials=CHUNK_TRIALS) for point, one in enumerate(scenarios)]
    sizes = {
        (point, chunk): min(CHUNK_TRIALS, n_trials - start)
        for point in range(len(scenarios))
        for chunk, start in enumerate(range(0, n_trials, CHUNK_TRIALS))
    }
    found: dict[tuple[int, int], ToxicityTally] = {}
    for (point, chunk), size in sizes.items():
        before = None if kept is None else kept.load(marks[point], chunk, size)
        if before is not None:
            found[point, chunk] = before
    tasks = (
        ((point, chunk), (scenarios[point], seed, point, chunk, size))
        for (point, chunk), size in sizes.items()
        if (point, chunk) not in found
    )
    done = sum(one.n_trials for one in found.values())
    progress = progress_of(progress, "for how often the limit of toxicity is reached")
    for (point, chunk), tally in dispatch(run_toxicity_chunk, tasks, executor):
        if kept is not None:
            kept.save(marks[point], chunk, tally)
        found[point, chunk] = tally
        done += tally.n_trials
        if progress is not None:
            progress(done, sum(sizes.values()))
    return tuple(
        _characteristics(one, [found[key] for key in sizes if key[0] == point], seed)
        for point, one in enumerate(scenarios)
    )


def _characteristics(
    scenario: ToxicityScenario, tallies: Sequence[ToxicityTally], seed: int
) -> ToxicityCharacteristics:
    n = sum(one.n_trials for one in tallies)
    (exact,) = rule_characteristics(scenario.boundary(), [scenario.rate])
    return ToxicityCharacteristics(
        scenario=scenario,
        n_trials=n,
        seed=seed,
        signals=rate(sum(int(one.signals_after.sum()) for one in tallies), n),
        patients=sum(one.sum_patients for one in tallies) / n,
        events=sum(one.sum_events for one in tallies) / n,
        months=fsum(one.sum_months for one in tallies) / n,
        signals_at_once=exact.signals,
        patients_at_once=exact.patients,
    )
