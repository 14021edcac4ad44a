"""Comparison of what was expected with what was obtained, value by value, each within its tolerance."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from duonen_stats.report.qualification_cases import Case

Value = float | str | bool | None

_RELATIVE = 1e-8
_NORMALITY = 1e-6
_RANGE_P = 1e-7
_RANGE_LIMITS = 1e-5
_NONCENTRAL_LIMITS = 1e-4
_TINY_P = 1e-10
_NEAR_ZERO = 1e-10
_UNDEFINED = ("NaN", "NA")
_INFINITE = {"Inf": math.inf, "-Inf": -math.inf}
_ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a value may lie from the expected one, relatively or absolutely."""

    limit: float
    absolute: bool = False

    def __str__(self) -> str:
        return f"{self.limit:.3g} {'abs.' if self.absolute else 'rel.'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One value of a case. ``error`` is in the measure of ``tolerance``; None if the value is no number."""

    quantity: str
    expected: Value
    obtained: Value
    error: float | None
    tolerance: Tolerance
    passed: bool


def compare(case: Case, obtained: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """Compare every expected value of a case with the obtained one of the same name.

    Pairs of groups are found by their names, whatever their order in the list.
    """
    return tuple(
        _judge(case, quantity, expected, found)
        for quantity, expected, found in _walk("", case.expected, obtained)
    )


def _walk(path: str, expected: Any, obtained: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(expected, Mapping):
        for key, value in expected.items():
            known = isinstance(obtained, Mapping) and key in obtained
            yield from _walk(
                f"{path}.{key}" if path else str(key), value, obtained[key] if known else _ABSENT
            )
    elif isinstance(expected, list) and expected and isinstance(expected[0], Mapping):
        for item in expected:
            yield from _walk_pair(path, item, obtained)
    elif isinstance(expected, list):
        same = (
            isinstance(obtained, Sequence)
            and not isinstance(obtained, str)
            and len(obtained) == len(expected)
        )
        for place, item in enumerate(expected):
            yield from _walk(f"{path}[{place + 1}]", item, obtained[place] if same else _ABSENT)
    else:
        yield path, expected, obtained


def _walk_pair(path: str, expected: Mapping[str, Any], obtained: Any) -> Iterator[tuple[str, Any, Any]]:
    names = expected.get("group1"), expected.get("group2")
    found = [
        item
        for item in (obtained if isinstance(obtained, Sequence) and not isinstance(obtained, str) else ())
        if (item.get("group1"), item.get("group2")) == names
    ]
    values = {key: value for key, value in expected.items() if key not in ("group1", "group2")}
    yield from _walk(f"{path} {names[0]} − {names[1]}", values, found[0] if found else _ABSENT)


def _judge(case: Case, quantity: str, expected: Any, obtained: Any) -> Comparison:
    tolerance = _tolerance(case, quantity, expected)
    if isinstance(expected, bool) or expected is None or expected in _UNDEFINED or _is_word(expected):
        error, passed = None, _agrees(expected, obtained)
    elif isinstance(obtained, bool) or not isinstance(obtained, Real) or math.isnan(obtained):
        error, passed = None, False
    else:
        error = _distance(_INFINITE.get(expected, expected), float(obtained), absolute=tolerance.absolute)
        passed = error <= tolerance.limit
    return Comparison(
        quantity=quantity,
        expected=expected,
        obtained=obtained if isinstance(obtained, int | float | str | None) else _plain(obtained),
        error=error,
        tolerance=tolerance,
        passed=passed,
    )


def _plain(obtained: Any) -> Value:
    return float(obtained) if isinstance(obtained, Real) else str(obtained)


def _is_word(expected: Any) -> bool:
    return isinstance(expected, str) and expected not in _INFINITE


def _agrees(expected: Any, obtained: Any) -> bool:
    undefined = obtained is None or (isinstance(obtained, float) and math.isnan(obtained))
    if expected is None or expected in _UNDEFINED:
        return undefined
    return type(expected) is type(obtained) and bool(expected == obtained)


def _distance(expected: float, obtained: float, *, absolute: bool) -> float:
    if expected == obtained:
        return 0.0
    distance = abs(obtained - expected)
    return distance if absolute else distance / abs(expected)


def _tolerance(case: Case, quantity: str, expected: Any) -> Tolerance:
    """Tolerance of one value: the case's own, or the procedure's; a near-zero value is judged absolutely."""
    for measure, absolute in (("abs", True), ("rel", False)):
        if measure in case.tolerance:
            return Tolerance(float(case.tolerance[measure]), absolute)
    name = quantity.rsplit(".", 1)[-1]
    is_p = name == "p" or name.endswith("_p") or name.startswith(("p_", "p["))
    rule = _rule(case.procedure, name, quantity)
    if not isinstance(expected, int | float):
        return rule
    if is_p and abs(expected) < _TINY_P and not rule.absolute:
        return Tolerance(_TINY_P, absolute=True)
    if abs(expected) < _NEAR_ZERO and not rule.absolute:
        return Tolerance(_NEAR_ZERO, absolute=True)
    return rule


def _rule(procedure: str, name: str, quantity: str) -> Tolerance:
    limits = name.endswith(("lower", "upper"))
    if procedure == "shapiro" or quantity.startswith("shapiro_p"):
        return Tolerance(_NORMALITY)
    if procedure in ("tukey_hsd", "games_howell") and name == "p":
        return Tolerance(_RANGE_P, absolute=True)
    if procedure in ("tukey_hsd", "games_howell") and limits:
        return Tolerance(_RANGE_LIMITS)
    if procedure in ("hedges_g", "cohens_d") and limits:
        return Tolerance(_NONCENTRAL_LIMITS)
    return Tolerance(_RELATIVE)
