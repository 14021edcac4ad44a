"""Simulation of one scenario or a grid of them, in this process or through any executor."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from duonen_stats.design.simulation.checkpoint import Checkpoint, fingerprint
from duonen_stats.design.simulation.chunk import CHUNK_TRIALS, ChunkTally, run_chunk
from duonen_stats.design.simulation.dispatch import dispatch
from duonen_stats.design.simulation.progress import Progress
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.design.simulation.tally import SimulatedTest, Tally
from duonen_stats.errors import PlanError


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
