"""A decision of the plan: a field that says why it has its value, after what, and what else it may be.

Everything known of a decision is declared with it once. The check of a value, the page of the plan, the command
line and the words in a report all read this declaration; none keeps a list of its own.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, Literal

from duonen_stats.errors import PlanError

Entity = Literal["arm", "visit", "response"]
"""What a decision may name in the data dictionary."""

Touches = Literal["comparison", "test", "level", "estimate", "limits"]
"""What a decision changes of the primary comparison.

Which it is; or else its test, the level of its test, its estimate, or the limits of that.
"""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers a decision may be; an end that is open is not among them."""

    low: float
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below and math.isfinite(value)

    def describe(self) -> str:
        """Say the range in words: ``above 0``, ``from 1 to 120``, ``0 or more``."""
        if math.isinf(self.high):
            return f"above {_plain(self.low)}" if self.low_open else f"{_plain(self.low)} or more"
        joint = "and" if self.low_open and self.high_open else "to"
        ends = f"{joint} below {_plain(self.high)}" if self.high_open else f"to {_plain(self.high)}"
        return f"{'above' if self.low_open else 'from'} {_plain(self.low)} {ends}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a decision may be.

    ``kind`` is the type of the value, or of each item if the value is a ``tuple`` (``several``). ``choices`` gives
    each allowed value (of a tuple: item) the words it is printed with. ``within`` bounds numbers. ``names`` says
    which entities of the data dictionary the value names, to be checked once study and plan meet; ``which`` are the
    words for which of them that can be (``check_plan``). A tuple has from ``least`` to ``most`` items, each once,
    ``rising`` where order is size. ``datasets`` marks what the analysis datasets already hold; ``primary`` what of
    the primary comparison it changes. ``only_if`` gives other decisions and their values: unless one of them has its
    value (of a tuple: one of these values), this decision changes nothing. ``final_only`` says that
    nothing but the final report and its analyses reads it. ``measured`` names the choices that are measured variables,
    which are stated with the points at which they are cut, ``KI67BL:10``: each with an example of a point, or with the
    decision that has the point if none is stated.
    """

    kind: type
    several: bool = False
    choices: Mapping[Any, str] = field(default_factory=dict)
    within: Range | None = None
    names: Entity | None = None
    which: str = ""
    least: int = 0
    most: int | None = None
    rising: bool = False
    datasets: bool = False
    primary: Touches | None = None
    only_if: Mapping[str, object] = field(default_factory=dict)
    final_only: bool = False
    unit: str = ""
    measured: Mapping[str, float | str] = field(default_factory=dict)

    def checked(self, name: str, value: object) -> Any:
        """Return the value in its own type, a whole number of a float field as float.

        Raises ``PlanError`` naming the field, the value, what is allowed and the nearest name.
        """
        if not self.several:
            return self._item(name, value, value)
        if isinstance(value, str) or not isinstance(value, tuple | list):
            raise PlanError(f"{name} is {written(value)}; it has to be {self.describe()}{_as_list(value)}.")
        items = tuple(self._item(name, item, value) for item in value)
        faulty = (
            len(items) < self.least
            or (self.most is not None and len(items) > self.most)
            or len({_uncut(item) for item in items}) < len(items)
            or (self.rising and list(items) != sorted(items))
        )
        if faulty:
            raise PlanError(f"{name} is {written(value)}; it has to be {self.describe()}.")
        return items

    def describe(self) -> str:
        """Say what is allowed, as the end of "it has to be"."""
        single = self._describe_item()
        which = f" ({self.which})" if self.which else ""
        if not self.several:
            return f"{single}{which}"
        number = _number_of_items(self.least, self.most)
        order = ", in rising order, each once" if self.rising else ", each once"
        return f"a list of {number}{single}{which}{order}"

    def _describe_item(self) -> str:
        if self.measured:
            named = _or([repr(choice) for choice in self.choices])
            return f"{named} (what is measured with its cut points, {self._example()})"
        if self.choices:
            return _or([repr(choice) for choice in self.choices])
        noun = {bool: "True or False", int: "a whole number", float: "a number", str: "a text"}[self.kind]
        if self.names is not None:
            noun = f"{_an(self.names)} {_NOUNS[self.names]} of the data dictionary"
        if self.several:
            noun = _PLURALS.get(noun, noun)
        bounds = "" if self.within is None else f" {self.within.describe()}"
        return f"{noun}{bounds}{f' ({self.unit})' if self.unit else ''}"

    def words_of(self, item: Any) -> str:
        """Return the words an allowed value (of a tuple: item) is printed with.

        Examples
        --------
        >>> Rule(kind=str, choices={"KI67BL": "Ki-67"}, measured={"KI67BL": 10.0}).words_of("KI67BL:3:20")
        'Ki-67 (cut at 3 and 20)'
        """
        if not self.measured:
            return str(self.choices[item])
        choice, cuts = split_cut_points(item)
        named = " and ".join(f"{cut:.15g}" for cut in cuts)
        return f"{self.choices[choice]} (cut at {named})" if cuts else self.choices[choice]

    def allowed_items(self) -> tuple[Any, ...]:
        """Return a value (of a tuple: item) of each choice; a measured variable has its example of a cut point."""
        points = {name: point for name, point in self.measured.items() if not isinstance(point, str)}
        return tuple(
            f"{choice}:{points[choice]:.15g}" if choice in points else choice for choice in self.choices
        )

    def _item(self, name: str, item: object, value: object) -> Any:
        found = _typed(self.kind, item)
        if self.measured and isinstance(found, str):
            found = self._with_cut_points(name, found)
        elif found is None or (self.choices and found not in self.choices):
            near = self._in_quotes(item) or (nearest(item, self.choices) if isinstance(item, str) else "")
            raise PlanError(f"{name} is {written(value)}; it has to be {self.describe()}.{near}")
        if self.kind is str and not self.choices and (not found.strip() or not found.isprintable()):
            more = "without control characters" if found.strip() else "and not empty"
            raise PlanError(f"{name} is {written(value)}; it has to be {self.describe()}, {more}.")
        if self.within is not None and found not in self.within:
            raise PlanError(f"{name} is {written(value)}; it has to be {self.describe()}.")
        return found

    def _in_quotes(self, item: object) -> str:
        """Say that a choice was stated as a number although it is a text, or as a text; empty if it was not."""
        meant = {str(choice): choice for choice in self.choices}.get(str(item))
        if meant is None or isinstance(item, bool):
            return ""
        return f" Write it {'in' if isinstance(meant, str) else 'without'} quotes: {written(meant)}."

    def _with_cut_points(self, name: str, item: str) -> str:
        """Check a variable with its cut points, and write each of them as short as it can be."""
        try:
            choice, cuts = split_cut_points(item)
        except ValueError:
            raise PlanError(
                f"{name} has {item}; cut points are numbers after the name of a variable, as in {self._example()}."
            ) from None
        if choice not in self.choices:
            raise PlanError(
                f"{name} has {item}; it has to be {self.describe()}.{nearest(choice, self.choices)}"
            )
        if cuts and choice not in self.measured:
            raise PlanError(f"{name} has {item}; {choice} is not measured, so that it has no cut points.")
        if not cuts and isinstance(self.measured.get(choice), float):
            raise PlanError(
                f"{name} has {item}; {choice} is measured: state where it is cut, as in "
                f"{choice}:{self.measured[choice]:.15g}."
            )
        if list(cuts) != sorted(set(cuts)):
            raise PlanError(f"{name} has {item}; cut points have to be in rising order, each once.")
        return ":".join((choice, *(f"{cut:.15g}" for cut in cuts)))

    def _example(self) -> str:
        return next(str(item) for item in self.allowed_items() if ":" in item)


def split_cut_points(item: str) -> tuple[str, tuple[float, ...]]:
    """Split a variable from the points at which it is cut.

    Raises ``ValueError`` if one of these is not a number.

    Examples
    --------
    >>> split_cut_points("AGE:50:65"), split_cut_points("SEX")
    (('AGE', (50.0, 65.0)), ('SEX', ()))
    """
    name, *points = (part.strip() for part in item.split(":"))
    cuts = tuple(float(point) for point in points)
    if not all(map(math.isfinite, cuts)):
        raise ValueError(item)
    return name, cuts


def _uncut(item: object) -> object:
    """Return a variable without its cut points: it stands in a list once, however it is cut."""
    return item.partition(":")[0] if isinstance(item, str) else item


_NOUNS: Mapping[Entity, str] = {"arm": "arm", "visit": "visit", "response": "response code"}
_PLURALS = {"a whole number": "whole numbers", "a number": "numbers", "a text": "texts"} | {
    f"{article} {noun} of the data dictionary": f"{noun}s of the data dictionary"
    for article, noun in (("an", "arm"), ("a", "visit"), ("a", "response code"))
}


def decision(
    default: Any,
    reason: str,
    source: str,
    *,
    choices: Mapping[Any, str] | None = None,
    within: Range | None = None,
    names: Entity | None = None,
    which: str = "",
    least: int = 0,
    most: int | None = None,
    rising: bool = False,
    datasets: bool = False,
    primary: Touches | None = None,
    only_if: Mapping[str, object] | None = None,
    final_only: bool = False,
    unit: str = "",
    measured: Mapping[str, float | str] | None = None,
) -> Any:
    """Declare a plan field with the reason it has its value, and what else it may be (see ``Rule``).

    The type is that of the default; of a tuple, that of its items.
    """
    several = isinstance(default, tuple)
    rule = Rule(
        kind=type(default[0] if several else default),
        several=several,
        choices=MappingProxyType(dict(choices or {})),
        within=within,
        names=names,
        which=which,
        least=least,
        most=most,
        rising=rising,
        datasets=datasets,
        primary=primary,
        only_if=MappingProxyType(dict(only_if or {})),
        final_only=final_only,
        unit=unit,
        measured=MappingProxyType(dict(measured or {})),
    )
    return field(
        default=default, metadata=MappingProxyType({"reason": reason, "source": source, "rule": rule})
    )


def above(low: float, high: float = math.inf) -> Range:
    """Return the numbers greater than ``low``, up to ``high``."""
    return Range(low, high, low_open=True)


def from_to(low: float, high: float = math.inf) -> Range:
    """Return the numbers from ``low`` to ``high``, both among them."""
    return Range(low, high)


def between(low: float, high: float) -> Range:
    """Return the numbers between ``low`` and ``high``, neither among them."""
    return Range(low, high, low_open=True, high_open=True)


def written(value: object) -> str:
    """Write a value of a message as a plan file has it: a list in brackets, a text in quotes, dates as ISO.

    Examples
    --------
    >>> written(("V1", "V2")), written("V1"), written(None), written(0.05)
    ('[V1, V2]', "'V1'", 'empty', '0.05')
    """
    if isinstance(value, tuple | list):
        return f"[{', '.join(item if isinstance(item, str) else written(item) for item in value)}]"
    if isinstance(value, Mapping):
        return "a set of named fields"
    if isinstance(value, date):
        return value.isoformat()
    return "empty" if value is None else repr(value)


def faults_in_words(what: str, faults: Sequence[str]) -> str:
    """Join the faults of something into one message, each on a line of its own if there are several.

    Examples
    --------
    >>> faults_in_words("The plan", ["alpha is 2."])
    'alpha is 2.'
    """
    if len(faults) == 1:
        return faults[0]
    return f"{what} has {len(faults)} faults:" + "".join(f"\n  {fault}" for fault in faults)


def nearest(name: object, known: Iterable[object]) -> str:
    """Return ``" Is GRADEH meant?"`` of the known name closest to ``name``; empty if none is close."""
    by_text = {str(item).lower(): str(item) for item in known}
    found = get_close_matches(str(name).lower(), by_text, n=1, cutoff=0.5)
    return f" Is {by_text[found[0]]} meant?" if found else ""


def _typed(kind: type, item: object) -> Any:
    """Return an item as the type it has to be, None if it is another: True is no number, 7.0 no whole number."""
    if isinstance(item, bool) or kind is bool:
        return item if isinstance(item, bool) and kind is bool else None
    if kind is int:
        return int(item) if isinstance(item, Integral) else None
    if kind is float:
        return float(item) if isinstance(item, Real) else None
    return item if isinstance(item, str) else None


def _number_of_items(least: int, most: int | None) -> str:
    if most is None:
        return "" if not least else f"{least} or more "
    return f"{least} to {most} "


def _as_list(value: object) -> str:
    return f": [{value}]" if isinstance(value, str | int | float) else ""


def _an(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _plain(number: float) -> str:
    return f"{number:.15g}"
