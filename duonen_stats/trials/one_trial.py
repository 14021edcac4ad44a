"""One simulated trial from its seed to the results that are wanted, and a part of many trials as a Parquet file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO

import numpy as np

from duonen_stats.datasets.build import SURVIVAL_TABLES, build_datasets, build_survival
from duonen_stats.errors import DataError
from duonen_stats.methods.inputs.admit import FloatArray
from duonen_stats.plan import Plan
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.results.rows.table import Results
from duonen_stats.results.run import run_analysis
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.simulated.model.recruitment import Stage
from duonen_stats.simulated.model.trial import Assumptions
from duonen_stats.study import Study, load_study
from duonen_stats.trials.chosen import ChosenResults, choose

PARQUET = "Parts of simulated trials, which are Parquet files,"
"""What pyarrow is needed for, to begin a message with."""

ABSENT = "this trial has no result of this id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is simulated and analysed: all that the results of a trial depend on, but for its number.

    ``seed`` is that of the whole run, ``names`` are the results as they were asked for.
    """

    seed: int
    stage: Stage
    patients: int
    plan: Plan
    assumptions: Assumptions
    names: tuple[str, ...]

    @property
    def report(self) -> str:
        """The report whose analyses are run."""
        return "final" if self.stage == "FINAL" else "interim"

    def chosen(self, study: Study) -> ChosenResults:
        """Return the results that are asked for."""
        return choose(self.names, study, self.plan, self.report)


def seeds_of(seed: int, trial: int) -> tuple[int, int]:
    """Return the seeds of a trial: that of its cut, and that of what its analyses draw.

    They are of child number ``trial`` of the seed of the run, so that a trial is the same whatever the number of trials
    and the order of work. ``simulate_cut`` gives the cut of the first one.

    Examples
    --------
    >>> seeds_of(1, 0) == seeds_of(1, 1)
    False
    """
    words = np.random.SeedSequence(seed, spawn_key=(trial,)).generate_state(3, np.uint32)
    return int(words[0]) << 31 | int(words[1]) >> 1, int(words[2])


def analyse_trial(scenario: Scenario, trial: int, study: Study, chosen: ChosenResults) -> Results:
    """Simulate a trial and run the analyses that are wanted, as a report of the cut would.

    Raises
    ------
    DuonenError
        The cut cannot be simulated or analysed.
    """
    cut_seed, own_seed = seeds_of(scenario.seed, trial)
    # A seed of its own for each trial: one for all would give all of them the same permutations, whose error then
    # would not average out.
    plan = replace(scenario.plan, seed=own_seed)
    cut = simulate_cut(
        cut_seed, scenario.patients, scenario.stage, assumptions=scenario.assumptions, study=study,
        only=SURVIVAL_TABLES if chosen.survival else None,
    )  # fmt: skip
    data = build_survival(cut, study, plan) if chosen.survival else build_datasets(cut, study, plan)
    return run_analysis(data, study, plan, analyses=chosen.analyses)


def run_part(scenario: Scenario, mark: str, first: int, number: int) -> bytes:
    """Run consecutive trials and write their results as a Parquet file.

    Parameters
    ----------
    scenario
        What is simulated and analysed.
    mark
        Fingerprint of the run, which the file carries.
    first, number
        The first trial, and how many.

    Returns
    -------
    bytes
        One row per trial and result, in the order of the trials and of the ids: ``trial``, ``seed`` of its cut,
        ``analysis_id``, ``stat``, ``value`` and, where there is none, ``reason``.
    """
    study = _study()
    chosen = _chosen(scenario, mark)
    values: list[float | None] = []
    reasons: list[str | None] = []
    for trial in range(first, first + number):
        try:
            found = analyse_trial(scenario, trial, study, chosen)
        except DataError as fault:  # such as a trial of one patient who died too early to be analysed
            values += [None] * len(chosen.ids)
            reasons += [str(fault)] * len(chosen.ids)
            continue
        for name in chosen.ids:
            row = found.row(name) if name in found else None
            values.append(None if row is None else row.stat)
            reasons.append(ABSENT if row is None else row.note or None if row.stat is None else None)
    size = len(chosen.ids)
    trials = np.arange(first, first + number)
    seeds = np.array([seeds_of(scenario.seed, int(trial))[0] for trial in trials], dtype=np.int64)
    return _parquet(
        {
            "trial": trials.repeat(size),
            "seed": seeds.repeat(size),
            "analysis_id": [*chosen.ids] * number,
            "stat": [name.rpartition(".")[2] for name in chosen.ids] * number,
            "value": values,
            "reason": reasons,
        },
        {"mark": mark, "first": str(first), "trials": str(number), "ids": str(size)},
    )


@lru_cache(maxsize=1)
def _study() -> Study:
    """Return the study; a worker runs many parts of one."""
    return load_study()


_KEPT: dict[str, ChosenResults] = {}
"""What is wanted in the run that this process works for, by its fingerprint."""


def _chosen(scenario: Scenario, mark: str) -> ChosenResults:
    if mark not in _KEPT:
        _KEPT.clear()
        _KEPT[mark] = scenario.chosen(_study())
    return _KEPT[mark]


def _parquet(columns: Mapping[str, object], marks: Mapping[str, str]) -> bytes:
    arrow, parquet = library("pyarrow", PARQUET), library("pyarrow.parquet", PARQUET)
    kinds = {
        "trial": arrow.int64(), "seed": arrow.int64(), "analysis_id": arrow.string(), "stat": arrow.string(),
        "value": arrow.float64(), "reason": arrow.string(),
    }  # fmt: skip
    schema = arrow.schema([arrow.field(name, kind) for name, kind in kinds.items()], metadata=dict(marks))
    arrays = [arrow.array(columns[name], type=kind) for name, kind in kinds.items()]
    buffer = BytesIO()
    parquet.write_table(
        arrow.Table.from_arrays(arrays, schema=schema), buffer, write_page_checksum=True, compression="zstd"
    )
    return buffer.getvalue()


def part_values(content: bytes, mark: str, first: int, number: int, size: int) -> FloatArray | None:
    """Read the values of a part, a row per trial and a column per result, NaN where there is none.

    None if the file is damaged, or is not of these trials and this run.
    """
    parquet = library("pyarrow.parquet", PARQUET)
    try:
        file = parquet.ParquetFile(BytesIO(content), page_checksum_verification=True)
        marks = file.schema_arrow.metadata or {}
        expected = {"mark": mark, "first": str(first), "trials": str(number), "ids": str(size)}
        if any(marks.get(name.encode()) != value.encode() for name, value in expected.items()):
            return None
        column = file.read().column("value").to_numpy()  # all columns, so that all checksums are verified
    except (OSError, ValueError):
        return None
    values = np.asarray(column, dtype=np.float64)
    return values.reshape(number, size) if values.size == number * size else None
