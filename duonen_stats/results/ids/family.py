"""What a family of result ids is: a typed function that makes them, their statistics, and their levels under a plan."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from inspect import Signature, signature
from itertools import product
from typing import Any, ParamSpec, Self
from urllib.parse import quote

from duonen_stats.errors import UnknownStatisticError
from duonen_stats.results.ids.scope import Scope

P = ParamSpec("P")
Levels = Callable[[Scope], Iterable[Any]]
"""Values a part of an id takes under a scope."""

BOTH, FINAL_ONLY = ("interim", "final"), ("final",)
"""Trial reports in which a family stands."""

HOLE, _FIRST = "\ue000", 0xE100
_PATTERNS: list[str] = []


class Block(str):  # noqa: SLOT000 - it carries its statistics
    """Id of a block of results; ``stat`` names one of its rows.

    It is a text, so that it can stand wherever an id does, and it knows which statistics it has.

    Examples
    --------
    >>> from duonen_stats.results import ids
    >>> ids.lab_change("HGB", "V1", "A").stat("median")
    'labs.HGB.V1.A.change.median'
    """

    stats: tuple[str, ...]
    families: tuple[str, ...]
    """Names of the family it is of and, before it, of those of the blocks it builds on."""

    makes: str
    """``"rows"``, ``"row"`` or ``"base"``, as its family."""

    def __new__(
        cls, text: str, stats: tuple[str, ...] = (), families: tuple[str, ...] = (), makes: str = "rows"
    ) -> Self:
        """Name a block by its text, the statistics it has, and its families."""
        made = super().__new__(cls, text)
        made.stats, made.families, made.makes = stats, families, makes
        return made

    def stat(self, name: str) -> str:
        """Return the id of one statistic; ``UnknownStatisticError`` if the family has none of that name."""
        if name not in self.stats:
            raise UnknownStatisticError(
                f"{self} has no statistic {name!r}; it has {', '.join(self.stats) or 'none'}."
            )
        return f"{self}.{name}"

    def __repr__(self) -> str:
        """Show it as the text it is."""
        return str.__repr__(self)


@dataclass(frozen=True, slots=True)
class Open:
    """Levels that only the data know: any text of this form; a ``path`` keeps its dots."""

    pattern: str = r"[^.]+"
    path: bool = False

    @property
    def hole(self) -> str:
        """What stands for any level in the text of an id: two characters of which no id is made."""
        if self.pattern not in _PATTERNS:
            _PATTERNS.append(self.pattern)
        return HOLE + chr(_FIRST + _PATTERNS.index(self.pattern))


def as_pattern(text: str) -> str:
    """Turn an id with holes into a regular expression."""
    parts = re.split(f"{HOLE}(.)", text)
    return "".join(
        f"(?:{_PATTERNS[ord(part) - _FIRST]})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class Words:
    """Levels that this package names; they are in the id as they are."""

    names: tuple[str, ...]

    def __call__(self, scope: Scope) -> tuple[str, ...]:  # noqa: ARG002 - levels are given the scope
        """Return the words, which are the same under every plan."""
        return self.names


def words(*names: str) -> Words:
    """Name the levels of a part that does not depend on study and plan."""
    return Words(names)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Family:
    """All ids that one function makes.

    ``makes`` is ``"rows"`` for a block with statistics, ``"row"`` if the block itself is the id of a row, ``"base"`` if
    only other families build on it. ``make`` is the function, its arguments given as they are in the id.
    """

    name: str
    makes: str
    make: Callable[..., Block]
    levels: dict[str, Levels | Open]
    reports: tuple[str, ...]
    only: Callable[..., bool] | None

    def blocks(self, scope: Scope) -> Iterator[Block]:
        """Yield every block under a scope; what only the data know is a hole in its text."""
        if scope.report not in self.reports:
            return
        names = tuple(self.levels)
        choices = [
            (levels.hole,) if isinstance(levels, Open) else tuple(levels(scope))
            for levels in self.levels.values()
        ]
        for values in product(*choices):
            given = dict(zip(names, values, strict=True))
            if self.only is None or self.only(scope, **given):
                yield self.make(**given)

    def ids(self, scope: Scope) -> Iterator[tuple[str, Block]]:
        """Yield the id of every row under a scope, and its block."""
        for block in self.blocks(scope):
            if self.makes == "row":
                yield str(block), block
            elif self.makes == "rows":
                yield from ((block.stat(name), block) for name in block.stats)


_FAMILIES: dict[str, Family] = {}


def families() -> tuple[Family, ...]:
    """Return every family, in the order in which they are declared."""
    return tuple(_FAMILIES.values())


def family(
    *stats: str,
    reports: tuple[str, ...] = BOTH,
    more: Callable[..., tuple[str, ...]] | None = None,
    only: Callable[..., bool] | None = None,
    makes: str = "rows",
    **levels: Levels | Open,
) -> Callable[[Callable[P, str]], Callable[P, Block]]:
    """Declare a family: a function of the parts of an id that returns the id of a block.

    Parameters
    ----------
    stats
        Statistics of every block.
    reports
        Trial reports whose analyses make it: ``BOTH`` or ``FINAL_ONLY``; or a document of another name.
    more
        Further statistics, of the parts by name.
    only
        Which combinations of levels exist, of the scope and the parts by name.
    makes
        ``"row"`` if the function names a row itself, ``"base"`` if it names no row at all.
    levels
        For each parameter of the function, what it may be: words of this package, levels of a scope, or ``Open``.
    """

    def declare(function: Callable[P, str]) -> Callable[P, Block]:
        shape = signature(function)
        by_name: Callable[..., str] = function
        names = tuple(shape.parameters)
        if set(levels) != set(shape.parameters):
            raise TypeError(
                f"{function.__name__}: levels of {set(levels) ^ set(shape.parameters)} are not declared"
            )

        @wraps(function)
        def make(*args: P.args, **kwargs: P.kwargs) -> Block:
            if not kwargs and len(args) == len(names):
                given: dict[str, Any] = dict(
                    zip(names, args, strict=True)
                )  # the usual call, at a tenth of the cost
            else:
                given = (
                    kwargs if shape.parameters.keys() == kwargs.keys() else _by_name(shape, *args, **kwargs)
                )
            found = stats + (more(**given) if more is not None else ())
            parts = {name: _written(value, levels[name]) for name, value in given.items()}
            of = next((value.families for value in given.values() if isinstance(value, Block)), ())
            return Block(by_name(**parts), found, (*of, function.__name__), makes)

        _FAMILIES[function.__name__] = Family(
            name=function.__name__, makes=makes, make=make, levels=dict(levels), reports=reports, only=only
        )
        return make

    return declare


def _by_name(shape: Signature, *args: Any, **kwargs: Any) -> dict[str, Any]:
    bound = shape.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


def _written(value: Any, levels: Levels | Open) -> Any:
    whole = isinstance(levels, Words | Each) or (isinstance(levels, Open) and levels.path)
    coded = isinstance(value, str) and not whole
    return part(value) if coded and not value.startswith(HOLE) else value


def part(code: str) -> str:
    """Write a code of the data as one part of an id: what is neither letter, digit, ``-`` nor ``_`` is escaped.

    Two codes never give the same part, and a part never holds a dot.

    Examples
    --------
    >>> part("Łódź 1.2")
    '%C5%81%C3%B3d%C5%BA%201%2E2'
    """
    return quote(code, safe="").replace(".", "%2E").replace("~", "%7E")


def number(value: float | str) -> str:
    """Write a number of the plan as a part of an id, as short as it can be distinguished from any other.

    Examples
    --------
    >>> number(12.0), number(1.5), number(12.0000001)
    ('12', '1.5', '12.0000001')
    """
    if isinstance(value, str):
        return value  # a hole: any number
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


@dataclass(frozen=True, slots=True)
class Each:
    """Blocks of other families, by their names, as the levels of a part."""

    names: tuple[str, ...]

    def __call__(self, scope: Scope) -> Iterator[Block]:
        """Yield every block of the families under a scope."""
        for name in self.names:
            yield from _FAMILIES[name].blocks(scope)


def each(*makers: Callable[..., Block]) -> Each:
    """Return the blocks of other families as the levels of a part."""
    return Each(tuple(maker.__name__ for maker in makers))


def listed(
    under: Callable[[str], Iterable[str]], maker: Callable[..., Block], *parts: Any
) -> tuple[Block, ...]:
    """Return the blocks of a list whose levels only the data know: the points of a curve, the centres with findings.

    Parameters
    ----------
    under
        Gives what a results table has directly under a text (``Results.under``).
    maker
        A family whose last part is open.
    parts
        Its other parts.

    Examples
    --------
    >>> from duonen_stats.results import ids
    >>> found = ids.listed(lambda text: [f"{text}.03"], ids.site_findings)
    >>> found, found[0].stat("patients")
    (('quality.site.03',), 'quality.site.03.patients')
    """
    (level,) = tuple(_FAMILIES[maker.__name__].levels.values())[len(parts) :]
    whole = maker(*parts, level.hole if isinstance(level, Open) else level)
    root = whole.partition(HOLE)[0].rstrip(".")
    return tuple(Block(text, whole.stats, whole.families, whole.makes) for text in under(root))


def days(months: Iterable[float], days_per_month: float) -> tuple[str, ...]:
    """Name points of a curve by the day they lie on: an id that stays when another patient is added.

    Of several points on one day the second and further have ``_2``, ``_3`` and so on.

    Examples
    --------
    >>> days([0.0, 1.0, 1.0, 2.5], 30.0)
    ('0', '30', '30_2', '75')
    """
    seen: Counter[str] = Counter()
    names = []
    for month in months:
        day = number(round(float(month) * days_per_month, 4))
        seen[day] += 1
        names.append(day if seen[day] == 1 else f"{day}_{seen[day]}")
    return tuple(names)
