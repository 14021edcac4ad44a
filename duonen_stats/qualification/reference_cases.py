"""Reference cases: one computation each, with its data, its options and the value another program gave."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from duonen_stats.errors import DataError, UnsupportedCaseError
from duonen_stats.methods.groups.pairwise_ranks import Adjustment

SHIPPED = tuple(
    Path(__file__).parent / "reference_cases" / name for name in ("statistics.json", "repeated.json")
)
"""The files of cases that come with the package."""

YES_NO = MappingProxyType({True: True, False: False})
ADJUSTMENTS: Mapping[str, Adjustment] = MappingProxyType(
    {
        "none": "none",
        "bonferroni": "bonferroni",
        "holm": "holm",
        "hochberg": "hochberg",
        "BH": "bh",
        "bh": "bh",
        "fdr": "bh",
    }
)

_NON_FINITE = {"Inf": float("inf"), "-Inf": float("-inf"), "NaN": float("nan"), "NA": float("nan")}
_REQUIRED = ("id", "procedure", "kind", "options", "data", "expected")
_KINDS = ("reference", "policy")
_MISSING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One reference case.

    ``kind`` is ``"reference"`` for a number of another program, ``"policy"`` for behaviour the package must
    show. In ``data`` a missing value is None. ``tolerance`` holds ``{"rel": …}`` or ``{"abs": …}`` by name of a
    quantity, or one of the two for those quantities of the case that the reference draws or searches for. ``without``
    names values that the reference does not give; ``n_values`` is the number of expected values, where it
    is stated.
    """

    id: str
    procedure: str
    kind: str
    options: Mapping[str, Any]
    data: Mapping[str, Any]
    expected: Mapping[str, Any]
    dataset: str = ""
    tool: str = ""
    version: str = ""
    command: str = ""
    tolerance: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    n_values: int | None = None
    note: str = ""


class Options:
    """The options of a case; remembers which were read, so that none passes unseen."""

    __slots__ = ("_given", "_unread")

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._unread = set(given)

    def get(self, name: str, default: Any = None) -> Any:
        """Return an option, or ``default`` if the case does not state it."""
        self._unread.discard(name)
        value = self._given.get(name, default)
        return default if value is None else value

    def require(self, name: str) -> Any:
        """Return an option without which the case cannot be run."""
        value = self.get(name)
        if value is None:
            raise UnsupportedCaseError(f"The case does not state the option {name}.")
        return value

    def choose(self, name: str, meanings: Mapping[Any, Any], default: Any = _MISSING) -> Any:
        """Return what the value of an option means; ``default`` is a value, not a meaning."""
        value = self.get(name, None if default is _MISSING else default)
        if value not in meanings:
            known = ", ".join(str(key) for key in meanings)
            raise UnsupportedCaseError(f"Option {name} = {value!r} is not known; known are {known}.")
        return meanings[value]

    @property
    def confidence(self) -> float:
        """The level of intervals, 0.95 unless stated."""
        return float(self.get("conf_level", 0.95))

    def require_all_read(self) -> None:
        """Raise ``UnsupportedCaseError`` if an option of the case was never asked for."""
        if self._unread:
            raise UnsupportedCaseError(f"Unknown option: {', '.join(sorted(self._unread))}.")


Adapter = Callable[[Case, Options], Mapping[str, Any]]
"""Runs a case and names what it obtained as the case does."""


def read_cases(path: Path) -> tuple[Case, ...]:
    """Read a file of reference cases.

    Parameters
    ----------
    path
        JSON: an object with the list ``cases``, or the list itself.

    Raises
    ------
    DataError
        The file does not exist, is not JSON, or holds no cases of this form.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"The cases cannot be read: {error}.") from error
    except ValueError as error:
        raise DataError(f"{path.name} is not a JSON file: {error}.") from error
    entries = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(entries, list) or not entries:
        raise DataError(f"{path.name} holds no list of cases.")
    cases = tuple(_case(entry, path.name, place) for place, entry in enumerate(entries, start=1))
    _require_unique(cases, path.name)
    return cases


def _case(entry: Any, file: str, place: int) -> Case:
    where = f"{file}, case {place}"
    missing = [name for name in _REQUIRED if not isinstance(entry, dict) or name not in entry]
    if missing:
        raise DataError(f"{where}: {', '.join(missing)} missing.")
    objects = [name for name in ("options", "data", "expected") if not isinstance(entry[name], dict)]
    if objects or entry["kind"] not in _KINDS:
        raise DataError(f"{where}: {', '.join(objects) or 'kind'} is not of the required form.")
    return Case(
        id=str(entry["id"]),
        procedure=str(entry["procedure"]),
        kind=entry["kind"],
        options=entry["options"],
        data=entry["data"],
        expected=entry["expected"],
        dataset=str(entry.get("dataset") or ""),
        tool=str(entry.get("tool") or ""),
        version=str(entry.get("version") or ""),
        command=str(entry.get("r_code") or entry.get("command") or ""),
        tolerance=_tolerances(entry.get("tol") or {}, where),
        without=tuple(str(name) for name in entry.get("without") or ()),
        n_values=entry.get("n_values"),
        note=str(entry.get("note") or ""),
    )


def _tolerances(given: Any, where: str) -> Mapping[str, Any]:
    """Read ``tol``: ``{"rel": …}``, ``{"abs": …}``, or one of these, or a relative error, for each quantity named."""
    if isinstance(given, dict) and not {"rel", "abs"} & {*given}:
        given = {name: limit if isinstance(limit, dict) else {"rel": limit} for name, limit in given.items()}
    if isinstance(given, dict) and {"rel", "abs"} & {*given}:
        limits: list[Any] = [given]
    else:
        limits = list(given.values()) if isinstance(given, dict) else [None]
    for limit in limits:
        value = next(iter(limit.values())) if isinstance(limit, dict) and len(limit) == 1 else None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not {"rel", "abs"} & {*limit}
            or not 0 <= value < float("inf")
        ):
            raise DataError(
                f'{where}: tol is {{"rel": number}} or {{"abs": number}}, for the case or by the name of a quantity.'
            )
    return dict(given)


def _require_unique(cases: Iterable[Case], file: str) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise DataError(f"{file}: two cases have the id {case.id}.")
        seen.add(case.id)


def numbers(values: Any) -> list[float]:
    """Read a list of numbers: None is missing, ``"Inf"``, ``"-Inf"`` and ``"NaN"`` are what they say."""
    entries = values if isinstance(values, list) else [values]
    try:
        return [number(value) for value in entries]
    except (TypeError, ValueError) as error:
        raise UnsupportedCaseError(f"The data are not numbers: {error}.") from error


def number(value: Any) -> float:
    """Read one number of a case; a missing one is NaN."""
    if value is None:
        return float("nan")
    return _NON_FINITE[value] if isinstance(value, str) and value in _NON_FINITE else float(value)
