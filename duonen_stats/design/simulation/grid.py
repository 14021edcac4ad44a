"""Simulation of scenarios: tasks, kept chunks, and rates with their Monte-Carlo errors."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, field, fields
from io import BytesIO
from itertools import islice
from math import fsum, sqrt
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar
from zipfile import BadZipFile

import numpy as np

from duonen_stats.design.fixed.fixed_methods import Direction, planned_direction
from duonen_stats.design.simulation.chunk import CHUNK_TRIALS, ChunkTally, Counts, run_chunk
from duonen_stats.design.simulation.progress import Progress
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.errors import PlanError

# Kept chunks: a simulation that was interrupted goes on where it was.


_ENGINE: Final = 1  # raised when the same seed gives other trials than before


class ChunkResult(Protocol):
    """What can be kept of a chunk: a dataclass of numbers and arrays that says of how many trials it is."""

    @property
    def n_trials(self) -> int:
        """Trials of the chunk."""
        ...


Kept = TypeVar("Kept", bound=ChunkResult)


def fingerprint(scenario: Any, seed: int, point: int, *, chunk_trials: int) -> str:
    """Name of all that a chunk's result depends on, but for its own number and size; ``scenario`` is a dataclass."""
    described = asdict(scenario)
    described.pop("label", None)
    described_run = json.dumps([_ENGINE, chunk_trials, seed, point, described], sort_keys=True, default=float)
    return hashlib.sha256(described_run.encode()).hexdigest()[:20]


class Checkpoint(Generic[Kept]):
    """Chunks of simulations in a folder, each a small file that is there whole or not at all.

    A file is found again only for the same scenario, seed and place in the grid, so one folder can serve several
    grids, and a grid that was changed computes again what changed.

    Parameters
    ----------
    folder
        Made if it is not there.
    kind
        Class of what is kept.
    """

    def __init__(self, folder: Path, kind: type[Kept]) -> None:
        self._folder, self._kind = folder, kind
        self._names = [one.name for one in fields(kind)]  # type: ignore[arg-type]  # a dataclass
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, mark: str, chunk: int) -> Path:
        return self._folder / f"{mark}-{chunk:06d}.npz"

    def load(self, mark: str, chunk: int, n_trials: int) -> Kept | None:
        """Read a kept chunk; None if there is none of this size, or the file is damaged."""
        try:
            whole = BytesIO(self._path(mark, chunk).read_bytes())
            with np.load(whole, allow_pickle=False) as kept:
                values: dict[str, Any] = {name: kept[name] for name in self._names}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        found = self._kind(**{name: one if one.ndim else one.item() for name, one in values.items()})
        return found if found.n_trials == n_trials else None

    def save(self, mark: str, chunk: int, found: Kept) -> None:
        """Keep a chunk: written under another name first, so that a crash leaves no half file."""
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            values: dict[str, Any] = {name: np.asarray(getattr(found, name)) for name in self._names}
            np.savez_compressed(part, **values)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(self._path(mark, chunk))


# Independent tasks in this process or through any executor: a bounded number at once, results as they
# come.


Key = TypeVar("Key")
Result = TypeVar("Result")

_IN_FLIGHT: Final = 256  # tasks handed to an executor at once: enough for many workers, few in memory


def dispatch(
    function: Callable[..., Result],
    tasks: Iterable[tuple[Key, tuple[Any, ...]]],
    executor: Executor | None = None,
) -> Iterator[tuple[Key, Result]]:
    """Run a function on every task, and yield each result with the key of its task, in any order.

    Parameters
    ----------
    function
        Importable by the workers of the executor.
    tasks
        A key and the arguments; taken from the iterable as workers become free.
    executor
        Any ``concurrent.futures.Executor``; None for this process.

    Notes
    -----
    If anything goes wrong, or the caller stops, tasks that wait are cancelled.

    Examples
    --------
    >>> dict(dispatch(pow, [("a", (2, 3)), ("b", (3, 2))]))
    {'a': 8, 'b': 9}
    """
    if executor is None:
        for key, arguments in tasks:
            yield key, function(*arguments)
        return
    pending: dict[Future[Result], Key] = {}
    waiting = iter(tasks)

    def submit(number: int) -> None:
        for key, arguments in islice(waiting, number):
            pending[executor.submit(function, *arguments)] = key

    try:
        submit(_IN_FLIGHT)
        while pending:
            ready, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in ready:
                yield pending.pop(future), future.result()
            submit(len(ready))
    finally:
        for future in pending:
            future.cancel()


# From the counts of chunks to rates with their Monte-Carlo errors.


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


# Simulation of one scenario or a grid of them, in this process or through any executor.


@dataclass(frozen=True, slots=True)
class _Task:
    point: int
    chunk: int
    n_trials: int


def simulate_logrank(
    scenario: SimulationScenario,
    *,
    n_trials: int = 10_000,
    seed: int = 0,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> SimulatedTest:
    """Simulate trials of one scenario and test each by the log-rank test; a grid of one point.

    The result is the power, or the size for ``scenario.under_null()``. Parameters as in ``simulate_grid``.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import SimulationScenario, simulate_logrank, study_assumptions
    >>> scenario = SimulationScenario(assumptions=study_assumptions(load_study()), n_patients=92)
    >>> found = simulate_logrank(scenario, n_trials=500, seed=1)
    >>> found.n_trials, found.power.value
    (500, 0.742)
    """
    return simulate_grid(
        [scenario], n_trials=n_trials, seed=seed, executor=executor, folder=folder, progress=progress
    )[0]


def simulate_grid(
    scenarios: Sequence[SimulationScenario],
    *,
    n_trials: int = 10_000,
    seed: int = 0,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> tuple[SimulatedTest, ...]:
    """Simulate every scenario of a grid.

    The random numbers of a chunk of 10,000 trials are child (place in the grid, chunk) of the seed. So the result
    is the same to the last digit with any executor, any number of workers and any order of work, and after an
    interruption. Memory does not grow with ``n_trials``.

    Parameters
    ----------
    scenarios
        The points of the grid.
    n_trials
        Trials a point.
    seed
        0 or more.
    executor
        Any ``concurrent.futures.Executor`` whose workers can import this package, such as a process pool or that
        of ``cluster_executor``; None for this process.
    folder
        Where finished chunks are kept; a later call with the same grid and seed starts from them.
    progress
        Called after every chunk.

    Returns
    -------
    tuple of SimulatedTest
        In the order of ``scenarios``.

    Raises
    ------
    PlanError
        No scenario, no trials, or a negative seed.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import SimulationScenario, simulate_grid, study_assumptions
    >>> planned = study_assumptions(load_study())
    >>> scenarios = [SimulationScenario(assumptions=planned, n_patients=n) for n in (60, 92)]
    >>> smaller, larger = simulate_grid(scenarios, n_trials=500, seed=1)
    >>> smaller.power.value < larger.power.value
    True
    """
    if not scenarios or n_trials < 1 or seed < 0:
        raise PlanError("A simulation needs scenarios, at least one trial and a seed of 0 or more.")
    board = _Board(scenarios, n_trials, seed, folder, progress)
    tasks = ((task, board.arguments(task)) for task in board.left())
    for task, tally in dispatch(run_chunk, tasks, executor):
        board.finished(task, tally)
    return board.results()


class _Board:
    """What is done of a grid and what is left."""

    def __init__(
        self,
        scenarios: Sequence[SimulationScenario],
        n_trials: int,
        seed: int,
        folder: Path | None,
        progress: Progress | None,
    ) -> None:
        self._scenarios = scenarios
        self._n_trials = n_trials
        self._seed = seed
        self._kept = Checkpoint(Path(folder), ChunkTally) if folder is not None else None
        self._marks = [
            fingerprint(scenario, seed, point, chunk_trials=CHUNK_TRIALS)
            for point, scenario in enumerate(scenarios)
        ]
        self._progress = progress
        self._tallies = [Tally() for _ in scenarios]
        self._done = 0

    def left(self) -> Iterator[_Task]:
        """Chunks that are not kept from earlier; those that are, are counted on the way."""
        for task in _tasks(len(self._scenarios), self._n_trials):
            found = None
            if self._kept is not None:
                found = self._kept.load(self._marks[task.point], task.chunk, task.n_trials)
            if found is None:
                yield task
            else:
                self._note(task, found)

    def arguments(self, task: _Task) -> tuple[SimulationScenario, int, int, int, int]:
        """Arguments of ``run_chunk``."""
        return self._scenarios[task.point], self._seed, task.point, task.chunk, task.n_trials

    def finished(self, task: _Task, tally: ChunkTally) -> None:
        """Keep and count a chunk."""
        if self._kept is not None:
            self._kept.save(self._marks[task.point], task.chunk, tally)
        self._note(task, tally)

    def results(self) -> tuple[SimulatedTest, ...]:
        """Rates of every scenario."""
        pairs = zip(self._tallies, self._scenarios, strict=True)
        return tuple(tally.result(scenario, self._seed) for tally, scenario in pairs)

    def _note(self, task: _Task, tally: ChunkTally) -> None:
        self._tallies[task.point].add(tally)
        self._done += task.n_trials
        if self._progress is not None:
            self._progress(self._done, self._n_trials * len(self._scenarios))


def _tasks(n_points: int, n_trials: int) -> Iterator[_Task]:
    for point in range(n_points):
        for chunk, start in enumerate(range(0, n_trials, CHUNK_TRIALS)):
            yield _Task(point, chunk, min(CHUNK_TRIALS, n_trials - start))
