"""What an earlier case of the plan computed, given again to a later one that would compute the same.

Two alternatives of a plan share nearly everything. A function is called with stand-ins of plan, datasets and results
that remember what was read of them. A later call with the same other arguments, for which all that was read is the
same, has the same answer. Nothing is assumed of which decision a function depends on, only that it reads nothing but
its arguments; ``benchmarks/plan_matrix.py --again`` computes cases without memory too and compares.
"""

import pickle
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import partial, wraps
from hashlib import sha256
from types import FunctionType, MethodType
from typing import Any
from unittest.mock import patch

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.display import Material
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.errors import UnknownResultError
from duonen_stats.plan import Plan, Status
from duonen_stats.raw import Cut
from duonen_stats.results import ResultRow, Results

_KEPT = 16
"""Answers of a function that are kept beside its first one, which is that of the preset."""


class ReadPlan:
    """A plan that remembers which of its fields were asked for."""

    __dataclass_fields__ = Plan.__dataclass_fields__  # so that ``fields`` and ``replace`` take it for a plan

    def __init__(self, plan: "Plan | ReadPlan") -> None:
        self.plan = plan
        self.read: set[str] = set()

    __class__ = property(lambda _self: Plan)  # type: ignore[assignment] # so that isinstance does too

    def __getattr__(self, name: str) -> Any:
        found = vars(Plan).get(name)
        if isinstance(found, property):
            return found.fget(self)  # type: ignore[misc] - what is computed of several reads each of them
        if isinstance(found, FunctionType):
            return MethodType(found, self)
        if name in _PLAN_FIELDS:
            self.read.add(name)
        return getattr(self.plan, name)

    def __eq__(self, other: object) -> bool:
        self.read |= _PLAN_FIELDS
        return bool(self.plan == other)

    def __hash__(self) -> int:
        self.read |= _PLAN_FIELDS
        return hash(self.plan)

    def __repr__(self) -> str:
        return Plan.__repr__(self)  # type: ignore[arg-type]


_PLAN_FIELDS = {item.name for item in fields(Plan)}


class ReadDatasets:
    """Datasets that remember which of them were asked for."""

    __dataclass_fields__ = Datasets.__dataclass_fields__

    def __init__(self, data: "Datasets | ReadDatasets") -> None:
        self._data = data
        self.read: dict[str, Any] = {}

    __class__ = property(lambda _self: Datasets)  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._data, name)
        self.read[name] = found
        return found

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        return Datasets.__iter__(self)  # type: ignore[arg-type]


class ReadResults:
    """A results table that remembers which rows were asked for, those it does not have included."""

    def __init__(self, results: "Results | ReadResults") -> None:
        self._results = results
        self.rows: dict[object, ResultRow | None] = {}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.whole: tuple[ResultRow, ...] | None = None

    __class__ = property(lambda _self: Results)  # type: ignore[assignment]

    def __contains__(self, analysis_id: object) -> bool:
        if analysis_id not in self.rows:
            self.rows[analysis_id] = row_or_none(self._results, analysis_id)
        return self.rows[analysis_id] is not None

    def __iter__(self) -> Iterator[ResultRow]:
        self.whole = tuple(self._results)
        return iter(self.whole)

    def __len__(self) -> int:
        return len([*self])

    def row(self, analysis_id: str) -> ResultRow:
        """Do as ``Results.row``."""
        if analysis_id not in self or (row := self.rows[analysis_id]) is None:
            raise UnknownResultError(f"No result has the id {analysis_id!r}.")
        return row

    def value(self, analysis_id: str) -> float | None:
        """Do as ``Results.value``."""
        return self.row(analysis_id).stat

    def under(self, text: str) -> tuple[str, ...]:
        """Do as ``Results.under``."""
        if text not in self.lists:
            self.lists[text] = self._results.under(text)
        return self.lists[text]

    def frame(self) -> pd.DataFrame:
        """Do as ``Results.frame``."""
        return Results(self).frame()


def row_or_none(results: "Results | ReadResults", analysis_id: object) -> ResultRow | None:
    """Return a row, or None if there is none of that id."""
    return results.row(str(analysis_id)) if analysis_id in results else None


_Reader = ReadPlan | ReadDatasets | ReadResults


def _same(one: object, other: object) -> bool:
    """Compare what was read of datasets: frames are the same only if they are one object."""
    if one is other:
        return True
    if isinstance(one, pd.DataFrame | pd.Series | Mapping):
        return False
    return type(one) is type(other) and bool(one == other)


def _holds(reader: _Reader, source: Any) -> bool:
    """Return whether another plan, dataset or table answers everything that was asked as the one before."""
    if type(reader) is ReadPlan:
        return all(getattr(source, name) == getattr(reader.plan, name) for name in reader.read)
    if type(reader) is ReadDatasets:
        return all(_same(found, getattr(source, name)) for name, found in reader.read.items())
    if type(reader) is ReadResults:
        return (
            (reader.whole is None or [*map(id, reader.whole)] == [*map(id, source)])
            and all(row_or_none(source, name) is row for name, row in reader.rows.items())
            and all(source.under(text) == found for text, found in reader.lists.items())
        )
    raise TypeError(type(reader).__name__)


class _Call:
    """The arguments of one call, taken apart: what is read of, and what has to be the same."""

    def __init__(self, args: Sequence[Any], named: Mapping[str, Any]) -> None:
        self.sources: list[Any] = []
        self.alive: list[Any] = []
        self.key = (tuple(map(self._key, args)), tuple((name, self._key(arg)) for name, arg in named.items()))

    def _key(self, arg: Any) -> object:
        if isinstance(arg, Plan | Datasets | Results):
            self.sources.append(arg)
            return "read"
        if isinstance(arg, Lookup):
            self.sources.append(arg.results)
            return arg.levels
        if isinstance(arg, Material):
            self.sources += [arg.look.results, arg.data, arg.plan]
            self.alive.append(arg.study)
            return (arg.look.levels, arg.aggregate, tuple(arg.pages.items()), id(arg.study))
        if isinstance(arg, tuple):
            return tuple(map(self._key, arg))
        if arg is None or isinstance(arg, str | int | float | Stamp | Status):
            return (type(arg), arg)
        self.alive.append(arg)
        return id(arg)

    def readers(self) -> list[_Reader]:
        """Return a stand-in for each source."""
        return [
            ReadPlan(source)
            if isinstance(source, Plan)
            else ReadDatasets(source)
            if isinstance(source, Datasets)
            else ReadResults(source)
            for source in self.sources
        ]


def _instead(arg: Any, readers: Iterator[Any]) -> Any:
    """Put the next stand-ins in the place of what they stand for."""
    if isinstance(arg, Plan | Datasets | Results):
        return next(readers)
    if isinstance(arg, Lookup):
        return Lookup(next(readers), arg.levels)
    if isinstance(arg, Material):
        results, data, plan = next(readers), next(readers), next(readers)
        return replace(arg, look=Lookup(results, arg.look.levels), data=data, plan=plan)
    if isinstance(arg, tuple):
        return tuple(_instead(item, readers) for item in arg)
    return arg


@dataclass
class Memory:
    """Answers of functions, each with what it was made of; without ``remember`` every call is made."""

    remember: bool = True
    answers: dict[tuple[object, object], list[tuple[list[_Reader], Any, list[Any]]]] = field(
        default_factory=dict
    )
    rows: dict[object, ResultRow] = field(default_factory=dict)
    frames: dict[object, list[pd.DataFrame]] = field(default_factory=dict)
    values: dict[object, Any] = field(default_factory=dict)

    def call(self, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Call a function, or give the answer it gave before to arguments that are the same in all it reads."""
        if not self.remember:
            return function(*args, **named)
        asked = _Call(args, named)
        kept = self.answers.setdefault((function, asked.key), [])
        for readers, answer, _ in kept:
            if all(_holds(reader, source) for reader, source in zip(readers, asked.sources, strict=True)):
                return answer
        readers = asked.readers()
        left = iter(readers)
        # A cache of the function's own would read the whole plan, to compare it.
        plain = function.__wrapped__ if hasattr(function, "cache_info") else function
        found = plain(
            *(_instead(arg, left) for arg in args),
            **{name: _instead(arg, left) for name, arg in named.items()},
        )
        if any(found is reader for reader in readers):
            raise TypeError(f"{function.__name__} returns one of its arguments and cannot be remembered")
        answer = self._one_of(function, found)
        kept.append((readers, answer, asked.alive))
        del kept[1:-_KEPT]
        return answer

    def read_by(self, functions: Collection[Callable[..., Any]]) -> set[str]:
        """Return every field of a plan that these functions were seen to read."""
        kept = (kept for (function, _), kept in self.answers.items() if function in functions)
        readers = (reader for answers in kept for readers, *_ in answers for reader in readers)
        return {name for reader in readers if type(reader) is ReadPlan for name in reader.read}

    def of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that remembers its answers."""
        return wraps(function)(partial(self.call, function))

    def by_value(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that remembers its answers by the bytes of its arguments: a fit, of the same numbers."""

        @wraps(function)
        def remembered(*args: Any, **named: Any) -> Any:
            try:
                given = pickle.dumps((args, sorted(named.items())))
            except (pickle.PicklingError, AttributeError, TypeError):
                return function(*args, **named)  # a function among them
            key = (function, sha256(given).digest())
            if key not in self.values:
                self.values[key] = function(*args, **named)
            return self.values[key]

        return remembered

    def with_shared_frames(self, function: Callable[..., Datasets]) -> Callable[..., Datasets]:
        """Return a function whose datasets hold, where they are equal to earlier ones, those."""

        def shared(data: Datasets | Cut, *rest: Any) -> Datasets:
            found = function(data, *rest)
            frames = {item.name: getattr(found, item.name) for item in fields(found)}
            held = {name: self._one_of((function, name), frame) for name, frame in frames.items()}
            new = {name: frame for name, frame in held.items() if frame is not frames[name]}
            return replace(found, **new) if new else found

        return shared

    def _one_of(self, function: object, found: Any) -> Any:
        """Replace equal frames and rows by those that were made first, so that who reads them reads the same."""
        if isinstance(found, pd.DataFrame):
            earlier = self.frames.setdefault(function, [])
            for frame in earlier:
                if _identical(frame, found):
                    return frame
            earlier.append(found)
            del earlier[1:-_KEPT]
        elif isinstance(found, list) and found and isinstance(found[0], ResultRow):
            return [self.rows.setdefault((row, repr(row.stat)), row) for row in found]
        return found

    @contextmanager
    def used_by(
        self, names: Mapping[object, Sequence[str]], fits: Mapping[object, Sequence[str]]
    ) -> Iterator[None]:
        """Let functions of modules remember, ``fits`` by the value of their arguments, while the context lasts."""
        with ExitStack() as stack:
            for by, remembering in ((names, self.of), (fits, self.by_value)):
                for module, functions in by.items():
                    for name in functions:
                        stack.enter_context(patch.object(module, name, remembering(getattr(module, name))))
            yield


def _identical(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return (
        one.shape == other.shape
        and [*one.dtypes.items()] == [*other.dtypes.items()]
        and one.index.dtype == other.index.dtype
        and one.attrs == other.attrs
        and one.equals(other)
    )
