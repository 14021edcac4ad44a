"""What several tests compute of equal inputs, computed once a run: datasets, findings, and rows of analyses.

The first test that asks computes it, and others of either worker of pytest-xdist are given a copy. Equal is what is
equal to the last byte: for an analysis the datasets and fields of the plan that it read, for datasets and findings the
whole cut and plan. Nothing is kept from one run to the next, and an analysis that a test made itself is always run. A
test that asks for ``monkeypatch``, by which it may replace a function within an analysis, computes itself and keeps
nothing; so does one whose law is that computing again gives the same: ``with computed_anew():``.
"""

import pickle
import sys
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, time
from functools import wraps
from hashlib import sha256
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd
from plan_memory import ReadDatasets, ReadPlan

from duonen_stats.datasets import Datasets, build
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut, Finding
from duonen_stats.raw.checks import check
from duonen_stats.results import Analysis, run
from duonen_stats.study import Study

_LEAST = 0.02
"""Seconds that a computation has to take to be worth a file."""
_IN_MEMORY = 300

_Read = tuple[tuple[str, ...], tuple[str, ...]]
"""Fields of the plan, and of the datasets."""


class _NotComparableError(Exception):
    """Raised of something whose equality cannot be determined from its bytes."""


def _of_values(values: Any) -> bytes:
    if isinstance(values, pd.Categorical):
        return _of_values(values.codes) + _of_values(values.categories)
    dtype = f"{type(values).__name__} {values.dtype} {len(values)} "
    if isinstance(values, pd.Index):
        return (dtype + repr(values.names)).encode() + _of_values(values.array)
    plain = values.to_numpy() if isinstance(getattr(values, "dtype", None), np.dtype) else None
    if plain is None:
        return (dtype + "\x1f".join(map(repr, values.astype(object)))).encode("utf-8", "surrogatepass")
    if plain.dtype == object:
        return (dtype + "\x1f".join(map(repr, plain))).encode("utf-8", "surrogatepass")
    return dtype.encode() + plain.tobytes()


def _of_frame(frame: pd.DataFrame) -> bytes:
    """Fingerprint of all there is to a frame: names, types, order, index and every value."""
    made = sha256(repr(([*frame.columns], frame.columns.names, frame.attrs)).encode())
    index = frame.index
    levels = [index.get_level_values(n) for n in range(index.nlevels)] if index.nlevels > 1 else [index]
    for one in levels:
        made.update(_of_values(one))
    for place in range(frame.shape[1]):
        made.update(_of_values(frame.iloc[:, place].array))
    return made.digest()


_PLAIN = (str, int, float, date, time, pd.Timedelta, type(pd.NaT), type(pd.NA))


def _fingerprint(thing: Any, known: dict[int, bytes]) -> bytes:
    """Fingerprint of a value that is made of frames, fields, mappings and plain values."""
    if thing is None or isinstance(thing, _PLAIN):
        return repr(thing).encode("utf-8", "surrogatepass")
    if isinstance(thing, pd.DataFrame):
        if id(thing) not in known:
            known[id(thing)] = _of_frame(thing)
        return known[id(thing)]
    if isinstance(thing, tuple | list):
        parts = [_fingerprint(one, known) for one in thing]
    elif isinstance(thing, frozenset | set):
        parts = sorted(_fingerprint(one, known) for one in thing)
    elif isinstance(thing, Mapping):
        parts = [_fingerprint(pair, known) for pair in thing.items()]
    elif is_dataclass(thing) and not isinstance(thing, type):
        parts = [_fingerprint(getattr(thing, item.name), known) for item in fields(thing)]
    elif isinstance(thing, Path):
        parts = [str(thing).encode()]
    else:
        raise _NotComparableError(type(thing).__name__)
    made = sha256(f"{type(thing).__name__} {len(parts)}".encode())
    for part in parts:
        made.update(sha256(part).digest())
    return made.digest()


def _is_its_own(function: Callable[..., Any]) -> bool:
    """Whether a function is the one that its module has under its name, not one that a test made."""
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    name = getattr(function, "__qualname__", "")
    return (
        module is not None
        and module.__name__.startswith("duonen_stats.")
        and getattr(module, name, None) is function
    )


@dataclass
class SharedWork:
    """Answers by the fingerprint of what they were made of: some in memory, all that were dear in a folder."""

    place: Path | None = None
    off: int = 0
    answers: OrderedDict[bytes, Any] = field(default_factory=OrderedDict)
    read: dict[Analysis, set[_Read]] = field(default_factory=dict)
    notes: set[Path] = field(default_factory=set)
    studies: dict[Study, bytes] = field(default_factory=dict)

    def of_study(self, study: Study) -> bytes:
        """Fingerprint of a study, which nobody changes."""
        if study not in self.studies:
            self.studies[study] = _fingerprint(study, {})
        return self.studies[study]

    def known(self, key: bytes) -> Any:
        """Return an answer that was given before by this worker or another one, or None."""
        if key in self.answers:
            self.answers.move_to_end(key)
            return self.answers[key]
        file = None if self.place is None else self.place / key.hex()
        if file is None or not file.exists():
            return None
        return self._kept(key, pickle.loads(zlib.decompress(file.read_bytes())))  # noqa: S301 - our own

    def keep(self, key: bytes, answer: Any, seconds: float) -> None:
        """Keep an answer; for other workers too if it was dear."""
        self._kept(key, answer)
        if seconds > _LEAST:
            self._write(key.hex(), zlib.compress(pickle.dumps(answer), 1))

    def _write(self, name: str, content: bytes) -> None:
        if self.place is not None:
            self.place.mkdir(exist_ok=True)
            half = self.place / f"half.{uuid4().hex}"
            half.write_bytes(content)
            half.replace(self.place / name)  # whole or not at all

    def _kept(self, key: bytes, answer: Any) -> Any:
        self.answers[key] = answer
        if len(self.answers) > _IN_MEMORY:
            self.answers.popitem(last=False)
        return answer

    def rows(
        self, analysis: Analysis, own: Datasets, study: Study, plan: Plan, seen: dict[int, bytes]
    ) -> Any:
        """Rows of an analysis: those of before if all is equal that it read then, else computed."""

        def key(of_plan: tuple[str, ...], of_data: tuple[str, ...]) -> bytes:
            parts = [(name, getattr(plan, name)) for name in of_plan]
            parts += [(name, getattr(own, name)) for name in of_data]
            about = f"{analysis.__module__} {analysis.__qualname__} ".encode() + self.of_study(study)
            return sha256(about + _fingerprint(parts, seen)).digest()

        for read in self.reads(analysis):
            with suppress(_NotComparableError):
                if (found := self.known(key(*read))) is not None:
                    return found
        data, rules, begun = ReadDatasets(own), ReadPlan(plan), process_time()
        found = tuple(analysis(data, study, rules))  # type: ignore[arg-type]
        read = (tuple(sorted(rules.read)), tuple(sorted(data.read)))
        with suppress(_NotComparableError):
            self.keep(key(*read), found, process_time() - begun)
            self.note(analysis, read)
        return found

    def reads(self, analysis: Analysis) -> set[_Read]:
        """What this analysis was seen to read, by this worker or another one."""
        held = self.read.setdefault(analysis, set())
        if self.place is not None:
            for file in self.place.glob(f"{analysis.__name__}.*"):
                if file not in self.notes:
                    self.notes.add(file)
                    held.add(pickle.loads(file.read_bytes()))  # noqa: S301 - our own
        return held

    def note(self, analysis: Analysis, read: _Read) -> None:
        """Remember what an analysis read."""
        if read not in self.read.setdefault(analysis, set()):
            self.read[analysis].add(read)
            self._write(f"{analysis.__name__}.{uuid4().hex}", pickle.dumps(read))

    def once(self, function: Callable[..., Any], what: Sequence[Any], study: Study) -> Any:
        """Return the answer of a function of these values and a study."""
        key = sha256(function.__qualname__.encode() + self.of_study(study) + _fingerprint(what, {})).digest()
        if (found := self.known(key)) is None:
            begun = process_time()
            found = function()
            self.keep(key, found, process_time() - begun)
        return found


WORK = SharedWork()


@contextmanager
def computed_anew() -> Iterator[None]:
    """Within it nothing is shared: everything is computed."""
    WORK.off += 1
    try:
        yield
    finally:
        WORK.off -= 1


def _copied(data: Datasets, plan: Plan) -> Datasets:
    frames = {name: one.copy() for name in _FRAMES if isinstance(one := getattr(data, name), pd.DataFrame)}
    beside = type(data.beside)({name: one.copy() for name, one in data.beside.items()})  # type: ignore[call-arg]
    return replace(data, **frames, beside=beside, plan=plan)


_FRAMES = [item.name for item in fields(Datasets)]


def _sharing(module: ModuleType, name: str, shared: Callable[..., Any]) -> None:
    """Put a function that shares in the place of one of a module."""
    original = getattr(module, name)

    @wraps(original)
    def either(*args: Any) -> Any:
        if WORK.off:
            return original(*args)
        try:
            return shared(original, *args)
        except _NotComparableError:
            return original(*args)

    setattr(module, name, either)


def _answers(
    original: Callable[..., Any], asked: Sequence[tuple[Analysis, Datasets]], study: Study, plan: Plan
) -> Any:
    seen: dict[int, bytes] = {}
    for analysis, own in asked:
        found = None
        if _is_its_own(analysis) and type(own) is Datasets and type(plan) is Plan:
            found = WORK.rows(analysis, own, study, plan, seen)
        yield next(original([(analysis, own)], study, plan)) if found is None else found


def _datasets(original: Callable[..., Any], cut: Cut, study: Study, plan: Plan) -> Datasets:
    if type(plan) is not Plan:
        return original(cut, study, plan)
    made: list[Datasets] = []

    def build_datasets() -> Datasets:
        made.append(original(cut, study, plan))
        return _copied(made[0], plan)

    found = WORK.once(build_datasets, (cut, plan), study)
    return made[0] if made else _copied(found, plan)


def _findings(
    original: Callable[..., Any], data: Cut, study: Study, plan: Plan, among: tuple[Any, ...]
) -> tuple[Finding, ...]:
    if type(plan) is not Plan or not {*map(id, among)} <= _RULES:
        return original(data, study, plan, among)

    def check_cut() -> tuple[Finding, ...]:
        return original(data, study, plan, among)

    return WORK.once(check_cut, (data, plan, [one.rule.id for one in among]), study)


_RULES = {id(one) for one in check.CROSS_RULES}


def share_in(place: Path) -> None:
    """Share from now on, among all who name this place."""
    if WORK.place is None:
        _sharing(run, "_answers", _answers)
        _sharing(build, "_assembled", _datasets)
        _sharing(check, "_found", _findings)
    WORK.place = place
