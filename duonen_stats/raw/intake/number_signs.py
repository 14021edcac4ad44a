"""Signs in numbers: whether commas and points of a file mark the decimals or the thousands, if that can be known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Sign = Literal["comma", "point"]

_SIGNS: Mapping[Sign, str] = MappingProxyType({"comma": ",", "point": "."})
_OTHER: Mapping[Sign, Sign] = MappingProxyType({"comma": "point", "point": "comma"})

_SPACES = "\u0020\u00a0\u2007\u2009\u202f"
_GROUPED = re.compile(rf"([+-]?[0-9]{{1,3}}(?:[{_SPACES}'\u2019][0-9]{{3}})+)([.,][0-9]+)?")
"""A number whose thousands are parted by spaces or apostrophes, which cannot mark decimals."""
_DECIMAL = re.compile(r"[+-]?[0-9]*([.,])[0-9]+(?:[eE][+-]?[0-9]{1,3})?")
_EITHER_WAY = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_BOTH = re.compile(r"[+-]?[0-9]{1,3}(?:(?P<thousands>[.,])[0-9]{3})+(?P<decimal>[.,])[0-9]+")
_REPEATED = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}(?:\1[0-9]{3})+")

MIXED = "The file writes numbers both with commas and with points."
EITHER = "A {sign} may mark the decimals or the thousands: each is followed by three digits."


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """New text by old text of each column whose numbers change; or the columns in doubt, and why.

    ``camps`` are the texts with commas and those with points, if they contradict each other; ``ambiguous`` are the
    texts with two readings, if that is why.
    """

    changes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    why: str = ""
    camps: tuple[frozenset[str], ...] = ()
    ambiguous: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Number:
    """A text that is a number, without spaces; ``decimal`` is its decimal sign if that is certain.

    ``sign`` is the sign it has if that can be read either way; ``strong`` says that it has signs of both kinds, or one
    several times, so that nobody typed it by a slip.
    """

    text: str
    decimal: Sign | None = None
    sign: Sign | None = None
    strong: bool = False


def decimal_points(
    columns: Mapping[str, Iterable[str]],
    *,
    stated: Sign | None = None,
    bounds: Mapping[str, tuple[float | None, float | None]] = MappingProxyType({}),
) -> Points:
    """Write numbers with a decimal point and without signs between thousands.

    A file writes decimals in one way, so that all its columns of numbers are judged together. ``1.234,5``, ``12,5`` and
    ``0,123`` show a decimal comma; ``1,234`` does not, and neither does ``1.234`` show a decimal point, unless its
    other reading lies outside the bounds of the column. What is stated is obeyed: with a decimal comma, points mark
    thousands.

    Parameters
    ----------
    columns
        The distinct texts of each column of numbers.
    stated
        The decimal sign, if it is known.
    bounds
        Lowest and highest allowed number of a column.

    Returns
    -------
    Points
        Texts that are no numbers stay as they are.

    Examples
    --------
    >>> decimal_points({"A": ["1.234,5", "7.400"]}).changes
    {'A': {'1.234,5': '1234.5', '7.400': '7400'}}
    >>> decimal_points({"A": ["7.400", "3.700"]}).doubtful
    ('A',)
    >>> decimal_points({"A": ["7.400", "3.700"]}, bounds={"A": (0, 100)}).doubtful
    ()
    """
    allowed = bounds if stated is None else {}
    numbers = {
        name: {text: found for text in texts if (found := _number(text, allowed.get(name))) is not None}
        for name, texts in columns.items()
    }
    every = [found for some in numbers.values() for found in some.values()]
    shown: dict[Sign, bool] = {sign: any(one.decimal == sign for one in every) for sign in _SIGNS}
    if stated is None and shown["comma"] and shown["point"]:
        return _contradiction(numbers)
    decimal = stated or next((sign for sign, is_shown in shown.items() if is_shown), None)
    strong = stated is not None or any(one.strong for one in every)
    doubtful = {
        name: frozenset(text for text, one in some.items() if _in_doubt(one, decimal, strong=strong))
        for name, some in numbers.items()
    }
    if stated == "comma":  # a point that is not between thousands contradicts what is stated
        against = {
            name: frozenset(text for text, one in some.items() if one.decimal == "point")
            for name, some in numbers.items()
        }
        doubtful = {name: frozenset() if stated else some for name, some in doubtful.items()} | {
            name: some for name, some in against.items() if some
        }
    changes = {
        name: changed
        for name, some in numbers.items()
        if not doubtful[name] and (changed := _changes(some, decimal))
    }
    odd = {name: some for name, some in doubtful.items() if some}
    signs = {
        one.sign for name, some in numbers.items() for text, one in some.items() if text in doubtful[name]
    }
    why = (
        "" if not odd else MIXED if decimal is not None or len(signs) > 1 else EITHER.format(sign=signs.pop())
    )
    return Points(
        changes=changes,
        doubtful=tuple(odd),
        why=why,
        camps=_camps(numbers) if why == MIXED else (),
        ambiguous=frozenset().union(*odd.values()) if odd and decimal is None else frozenset(),
    )


def _number(text: str, bounds: tuple[float | None, float | None] | None) -> _Number | None:
    """Read a text as a number with a comma or a point, or with thousands parted by spaces; else ``None``."""
    grouped = _GROUPED.fullmatch(text)
    plain = re.sub(rf"[{_SPACES}'\u2019]", "", text) if grouped else text
    both, repeated = _BOTH.fullmatch(plain), _REPEATED.fullmatch(plain)
    if both is not None and both["thousands"] != both["decimal"]:
        return _Number(plain, decimal=_name(both["decimal"]), strong=True)
    if repeated is not None:
        return _Number(plain, decimal=_OTHER[_name(repeated[1])], strong=True)
    found = _DECIMAL.fullmatch(plain)
    if found is None:
        return _Number(plain) if grouped else None
    sign = _name(found[1])
    if grouped or not _EITHER_WAY.fullmatch(plain) or _outside(float(re.sub("[.,]", "", plain)), bounds):
        return _Number(plain, decimal=sign, strong=grouped is not None)
    return _Number(plain, sign=sign)


def _name(sign: str) -> Sign:
    return "comma" if sign == "," else "point"


def _outside(number: float, bounds: tuple[float | None, float | None] | None) -> bool:
    low, high = bounds or (None, None)
    return (low is not None and number < low) or (high is not None and number > high)


def _in_doubt(one: _Number, decimal: Sign | None, *, strong: bool) -> bool:
    """Whether a number can be read in two ways, given the decimal sign that the file shows."""
    if one.sign is None:
        return False
    return decimal is None or (one.sign != decimal and not strong)


def _changes(numbers: Mapping[str, _Number], decimal: Sign | None) -> dict[str, str]:
    """Give the new text of each number of a column that changes, once the decimal sign of the file is known."""
    changes = {}
    for text, one in numbers.items():
        plain = one.text
        if decimal is not None and one.decimal in {None, decimal}:
            plain = plain.replace(_SIGNS[_OTHER[decimal]], "").replace(_SIGNS[decimal], ".")
        if plain != text:
            changes[text] = plain
    return changes


def _camps(numbers: Mapping[str, Mapping[str, _Number]]) -> tuple[frozenset[str], ...]:
    """Part the texts by the decimal sign they show or may have."""
    return tuple(
        frozenset(
            text for some in numbers.values() for text, one in some.items() if sign in {one.decimal, one.sign}
        )
        for sign in _SIGNS
    )


def _contradiction(numbers: Mapping[str, Mapping[str, _Number]]) -> Points:
    """Decimals are shown with both signs: the columns with a comma are in doubt."""
    odd = [
        name
        for name, some in numbers.items()
        if any("comma" in {one.decimal, one.sign} for one in some.values())
    ]
    return Points(doubtful=tuple(odd), why=MIXED, camps=_camps(numbers))
