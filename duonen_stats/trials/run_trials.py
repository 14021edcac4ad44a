"""Many simulated trials into a folder: parts that are kept, taken up again, and described when all are there."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from duonen_stats.design.simulation.grid import dispatch
from duonen_stats.design.simulation.progress import Progress
from duonen_stats.errors import OptionError
from duonen_stats.folder.kept_parts import (
    FilesOnDemand,
    content_of,
    drop_file,
    drop_unfinished,
    make_folder,
    unfinished,
)
from duonen_stats.folder.output_place import require_folder, require_writable
from duonen_stats.folder.provenance import MANIFEST, SIMULATED_TRIALS, account_of, listed, software_versions
from duonen_stats.folder.write import abandoned, held, write_file
from duonen_stats.formats.csv_files import rows_csv
from duonen_stats.methods.inputs.admit import FloatArray
from duonen_stats.plan import FINAL, INTERIM, Plan
from duonen_stats.plan.check_plan import check_plan
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.simulated.cut.simulation import USUAL, simulate_cut
from duonen_stats.simulated.model.recruitment import Stage
from duonen_stats.simulated.model.trial import Assumptions
from duonen_stats.study import Study, load_study
from duonen_stats.trials.characteristics import COLUMNS, Characteristic, characteristic, in_columns
from duonen_stats.trials.chosen import PRIMARY, ChosenResults
from duonen_stats.trials.one_trial import PARQUET, Scenario, part_values, run_part, seeds_of
from duonen_stats.trials.truth import truths

PART_TRIALS = 100
"""Trials of a part: what an interrupted run loses at most, and what a worker does at a time."""

RUN = "run.json"
"""What the folder is of: written first, so that a later run knows whether it may go on."""

CHARACTERISTICS = "characteristics.csv"
_PARTS = "parts"
_AT_ONCE = 8_000_000
"""Values of results that are held while they are described, 64 MB: with more trials, fewer results at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTrials:
    """Simulated trials in a folder: how many, the results of each, and their operating characteristics."""

    folder: Path
    trials: int
    ids: tuple[str, ...]
    characteristics: tuple[Characteristic, ...]

    def of(self, analysis_id: str) -> Characteristic:
        """Return the characteristics of a result; ``KeyError`` if it is not among those wanted."""
        for one in self.characteristics:
            if one.analysis_id == analysis_id:
                return one
        raise KeyError(analysis_id)


def simulate_trials(
    out: Path | str,
    *,
    trials: int,
    analyse: Sequence[str] = (PRIMARY,),
    seed: int = 1,
    stage: Stage = "FINAL",
    patients: int | None = None,
    plan: Plan | None = None,
    assumptions: Assumptions = USUAL,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> SimulatedTrials:
    """Simulate trials, analyse each as a report would, and keep the results and their operating characteristics.

    Each trial is a data cut in the raw format; of its datasets and analyses those are made that the results need. A
    run that was interrupted is taken up where it was by the same call, also with more ``trials``.

    Parameters
    ----------
    out
        Folder to write: ``parts/`` with a Parquet file per hundred trials, ``characteristics.csv``, ``run.json`` and
        ``manifest.json``.
    trials
        How many, at least 1. Trial k is the same whatever their number.
    analyse
        Results to keep: ids, blocks, or patterns such as ``pfs.primary.*``.
    seed
        Whole number from 0 on; trial k has child k of it.
    stage, patients, assumptions
        As in ``simulate_cut``.
    plan
        The plan to analyse by; if omitted, the preset of the stage. Its ``seed`` is replaced by one of each trial's
        own.
    executor
        Any ``concurrent.futures.Executor`` whose workers can import this package; None for this process. The files are
        the same, to the byte.
    progress
        Called after every part.

    Returns
    -------
    SimulatedTrials
        What the folder holds.

    Raises
    ------
    OptionError
        A number makes no sense, a name names no result, or the folder holds something else than an earlier part of the
        same run.
    PlanError
        The plan or the assumptions contradict the study.
    MissingLibraryError
        pyarrow is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     found = simulate_trials(f"{folder}/out", trials=2, analyse=["pfs.primary.log_rank"], patients=30)
    >>> found.of("pfs.primary.log_rank.p").trials
    2
    """
    study, place = load_study(), Path(out)
    _require_numbers(trials, seed, stage)
    if isinstance(analyse, str) or not analyse:
        raise OptionError("analyse", f"{analyse!r} is no list of results; name one or more ids in a list.")
    trials, seed = int(trials), int(seed)
    design = study.design
    usual = design.planned_subjects if stage == "FINAL" else design.interim_subjects
    scenario = Scenario(
        seed=seed, stage=stage, patients=usual if patients is None else _plain_number(patients),
        plan=plan or (FINAL if stage == "FINAL" else INTERIM), assumptions=assumptions, names=tuple(analyse),
    )  # fmt: skip
    check_plan(scenario.plan, study)
    chosen = scenario.chosen(study)
    library("pyarrow", PARQUET)
    _require_possible(scenario, study)
    description = _described(scenario, chosen)
    _require_same_run(place, description, trials)
    make_folder(place)
    if abandoned(place) is False:
        raise OptionError("out", f"another run is writing to {place}. Wait for it, or name another folder.")
    with held(place):
        _begin(place, description, trials)
        store = _Store(place, scenario, _mark(description), trials, len(chosen.ids))
        for part, content in dispatch(run_part, store.left(progress), executor):
            store.keep(part, content, progress)
        found = tuple(_described_results(store, chosen, scenario, study))
        _finish(place, description, trials, found, store)
    return SimulatedTrials(folder=place, trials=trials, ids=chosen.ids, characteristics=found)


def _require_numbers(trials: int, seed: int, stage: str) -> None:
    """Refuse what names no run at all; ``OptionError`` says which argument."""
    for name, value, least in (("trials", trials, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise OptionError(name, f"{value!r} makes no sense; it is a whole number from {least} on.")
    if stage not in get_args(Stage):
        raise OptionError("stage", f"{stage!r} is no stage; there are {' and '.join(get_args(Stage))}.")


def _plain_number(value: Any) -> Any:
    """Turn a whole number of numpy into one that JSON can hold; what is none is refused by the simulator."""
    return int(value) if isinstance(value, np.integer) else value


def _require_possible(scenario: Scenario, study: Study) -> None:
    """Let what contradicts the study be found before any file is written."""
    simulate_cut(
        seeds_of(scenario.seed, 0)[0], scenario.patients, scenario.stage, assumptions=scenario.assumptions,
        study=study, only={"subjects": ("SUBJID",)},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    number: int
    first: int
    trials: int

    @property
    def name(self) -> str:
        return f"{_PARTS}/trials_{self.first:07d}.parquet"


class _Store:
    """The parts of a run in its folder."""

    def __init__(self, place: Path, scenario: Scenario, mark: str, trials: int, size: int) -> None:
        self._place, self._scenario, self._mark = place, scenario, mark
        self._trials, self._size = trials, size
        self._done = 0

    def parts(self) -> Iterator[_Part]:
        """Yield every part."""
        for number, first in enumerate(range(0, self._trials, PART_TRIALS)):
            yield _Part(number, first, min(PART_TRIALS, self._trials - first))

    def left(self, progress: Progress | None) -> Iterator[tuple[_Part, tuple[Scenario, str, int, int]]]:
        """Yield the parts that are not there whole, with the arguments of ``run_part``; count those that are."""
        for part in self.parts():
            if self.values(part) is None:
                yield part, (self._scenario, self._mark, part.first, part.trials)
            else:
                self._note(part, progress)

    def keep(self, part: _Part, content: bytes, progress: Progress | None) -> None:
        """Write a part, whole or not at all."""
        write_file(self._place / part.name, content)
        self._note(part, progress)

    def values(self, part: _Part) -> FloatArray | None:
        """Read the values of a part; None if it is not there whole."""
        path = self._place / part.name
        if not path.is_file():
            return None
        return part_values(path.read_bytes(), self._mark, part.first, part.trials, self._size)

    def columns(self, places: Sequence[int]) -> FloatArray:
        """Read some results of all trials: a row per result."""
        out = np.empty((len(places), self._trials))
        for part in self.parts():
            values = self.values(part)
            if values is None:
                raise OptionError("out", f"{part.name} was changed while the run went on; run again.")
            out[:, part.first : part.first + part.trials] = values[:, places].T
        return out

    def hashes(self) -> Mapping[str, bytes]:
        """Return the content of each part by name, one at a time."""
        return FilesOnDemand(self._place, [part.name for part in self.parts()])

    def _note(self, part: _Part, progress: Progress | None) -> None:
        self._done += part.trials
        if progress is not None:
            progress(self._done, self._trials)


def _described_results(
    store: _Store, chosen: ChosenResults, scenario: Scenario, study: Study
) -> Iterator[Characteristic]:
    """Describe each result; so many at a time that memory does not grow with the trials."""
    true = truths(study, scenario.plan, scenario.assumptions.outcome)
    place_of = {name: place for place, name in enumerate(chosen.ids)}
    # A result needs its limits beside it: three columns at most.
    at_once = max(1, _AT_ONCE // (3 * store._trials))  # noqa: SLF001 - of this module
    for start in range(0, len(chosen.ids), at_once):
        names = chosen.ids[start : start + at_once]
        limits = {
            limit
            for name in names
            if (truth := true.get(name)) is not None
            for limit in (truth.low, truth.high)
            if limit is not None and limit in place_of
        }
        wanted = [*dict.fromkeys([*names, *sorted(limits)])]
        column = dict(zip(wanted, store.columns([place_of[name] for name in wanted]), strict=True))
        for name in names:
            truth = true.get(name)
            beside = None
            if truth is not None and truth.low in column and truth.high in column:
                beside = (column[str(truth.low)], column[str(truth.high)])
            yield characteristic(name, column[name], scenario.plan.alpha, truth, beside)


def _described(scenario: Scenario, chosen: ChosenResults) -> dict[str, Any]:
    """Say what a run is of: all that its files depend on, but for the number of trials."""
    return {
        "made_by": "duonen_stats",
        "kind": SIMULATED_TRIALS,
        "simulated": True,
        "seeds": {"trials": scenario.seed},
        "stage": scenario.stage,
        "patients": scenario.patients,
        "analyse": list(scenario.names),
        "ids": list(chosen.ids),
        "plan": plain(asdict(scenario.plan)),
        "assumptions": plain(scenario.assumptions),
        "trials_per_part": PART_TRIALS,
        "software": {**software_versions(), "pyarrow": library("pyarrow", PARQUET).__version__},
    }


def plain(value: Any) -> Any:
    """Turn assumptions and plans into what JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, tuple | list) else value


def _mark(description: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()[:20]


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _require_same_run(place: Path, description: Mapping[str, Any], trials: int) -> None:
    """Refuse a folder that holds anything but parts of this run; ``OptionError`` names what differs."""
    there = _read(place / RUN)
    if there is None:
        return require_folder(
            place, SIMULATED_TRIALS
        )  # not there, empty, or something else, which it refuses
    differs = [name for name in description if there.get(name) != json.loads(json.dumps(description[name]))]
    if differs:
        raise OptionError(
            "out",
            f"{place} holds simulated trials of another run: {', '.join(differs)} {_are(differs)} not the same. Name "
            "another folder, or give the options of that run to go on with it.",
        )
    strange = sorted(
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file() and not _is_ours(path.relative_to(place))
    )
    if strange:
        raise OptionError(
            "out",
            f"{place} holds files that no run of this package wrote ({', '.join(strange[:3])}). Name another folder, "
            "or move these files away.",
        )
    beyond = [
        path.name
        for path in (place / _PARTS).glob("trials_*.parquet")
        if (number := _first(path)) is not None and number >= trials
    ]
    known = account_of(content_of(place / MANIFEST))
    finished = _read(place / MANIFEST) or {}
    if beyond or (known is not None and int(finished.get("trials", 0)) > trials):
        raise OptionError(
            "trials", f"{place} holds more than {trials} trials of this run. Ask for as many or more, or name another "
            "folder.",
        )  # fmt: skip
    require_writable(place)
    return None


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _is_ours(path: Path) -> bool:
    if unfinished(path):
        return True
    if path.parent == Path(_PARTS):
        return _first(path) is not None
    return path.as_posix() in {RUN, CHARACTERISTICS, MANIFEST}


def _first(path: Path) -> int | None:
    """Read the number of the first trial from the name of a part; None if it is no name of a part."""
    number = path.name.removeprefix("trials_").removesuffix(".parquet")
    return int(number) if number.isdigit() and path.name == f"trials_{number}.parquet" else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(content_of(path))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _begin(place: Path, description: Mapping[str, Any], trials: int) -> None:
    """Say what the folder is of, and take away what a killed run was writing."""
    finished = _read(place / MANIFEST)
    if finished is not None and finished.get("trials") != trials:  # it does not account for what is added
        drop_file(place / MANIFEST)
    drop_unfinished(place)
    if not (place / RUN).is_file():
        write_file(place / RUN, _json(description))


def _finish(
    place: Path, description: Mapping[str, Any], trials: int, found: Sequence[Characteristic], store: _Store
) -> None:
    """Write the characteristics and, last, the manifest, which accounts for every file."""
    table = rows_csv(COLUMNS, in_columns(found))
    account = listed({CHARACTERISTICS: table, RUN: content_of(place / RUN)}) + listed(store.hashes())
    content = {**description, "trials": trials, "outputs": sorted(account, key=lambda one: str(one["name"]))}
    manifest = _json(content)
    if content_of(place / MANIFEST) == manifest and content_of(place / CHARACTERISTICS) == table:
        return
    drop_file(place / MANIFEST)  # it no longer accounts for what follows
    write_file(place / CHARACTERISTICS, table)
    write_file(place / MANIFEST, manifest)
