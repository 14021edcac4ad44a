"""One number or one claim of a publication, as a fact."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["result", "design", "claim", "figure_alt", "earlier_report"]
Relation = Literal["=", "<", ">", "<=", ">=", "≈"]

POOLED = "all"
"""The arm of a number that is of all arms pooled."""

KINDS = ("result", "design", "claim", "figure_alt", "earlier_report")
COUNTS = ("n", "n_events")
"""Statistics that count."""

_WRITTEN = re.compile(r"(<=|>=|<|>|≈|)\s*([-+]?\d+(?:\.(\d+))?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """The part of a claim that printed numbers can speak against.

    Exactly one of three holds for the numbers of ``row`` in ``arms`` (all arms if empty): none is above the number of
    the entry ``at_most``; none is below that of ``at_least``; ``everyone`` (True) or no one (False) is counted.
    """

    row: str
    arms: tuple[str, ...] = ()
    at_most: str = ""
    at_least: str = ""
    everyone: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A printed number with what it is of, or a claim in words.

    Parameters
    ----------
    id, where, kind
        Name; place in the publication; a number of the results, of the design, read off a figure's description, taken
        from an earlier report, or a claim.
    quantity, arm, analyte, visit, stat, unit
        What the number is. ``arm`` is ``"all"`` for all arms pooled, empty if no arm is meant.
    value, relation, decimals
        The number as printed, how the truth relates to it, and its printed decimals. A claim has no value.
    row
        What entries of one row of a table share; empty if the number stands alone.
    of
        The denominator of a count or a percentage.
    partition
        Name of the categories that exclude each other and together make the whole.
    same_as
        The entry this one repeats.
    n_of
        The row whose n this number states or, by its test, implies.
    part_of
        The row of the sum this row is a part of.
    comparator, test
        What is compared and by which test, as far as it is said.
    states, asserts
        What a claim says, and the part of it that printed numbers can speak against.
    printed
        The cell of a table as printed.
    """

    id: str
    where: str
    kind: Kind
    quantity: str
    arm: str = ""
    analyte: str = ""
    visit: str = ""
    stat: str = ""
    value: Decimal | None = None
    relation: Relation = "="
    decimals: int = 0
    unit: str = ""
    row: str = ""
    of: int | None = None
    partition: str = ""
    same_as: str = ""
    n_of: str = ""
    part_of: str = ""
    comparator: str = ""
    test: str = ""
    states: str = ""
    asserts: tuple[Assertion, ...] = ()
    printed: str = ""

    @property
    def number(self) -> Decimal:
        """The printed number; raises ``ValueError`` if the entry is a claim."""
        if self.value is None:
            raise ValueError(f"{self.id} is a claim and has no number")
        return self.value

    @property
    def text(self) -> str:
        """The number as it was printed, with its relation unless that is ``=``."""
        if self.value is None:
            return ""
        sign = "" if self.relation == "=" else self.relation
        return f"{sign}{self.value:.{self.decimals}f}".replace("-", "−")

    @property
    def low(self) -> Decimal:
        """The lowest number that would be printed like this, whatever is done with halves."""
        return self.number - self.half_unit

    @property
    def high(self) -> Decimal:
        """The highest number that would be printed like this, whatever is done with halves."""
        return self.number + self.half_unit

    @property
    def half_unit(self) -> Decimal:
        """Half a unit of the last printed digit."""
        return Decimal(5).scaleb(-self.decimals - 1)


def read_value(text: str) -> tuple[Relation, Decimal, int]:
    """Read a number as printed into relation, number and decimals: ``"<0.0001"`` is ``("<", 0.0001, 4)``.

    Raises ``ValueError`` if the text is not a number with at most a relation before it.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a number with at most one of < > <= >= ≈ before it")
    relation: Relation = found[1] or "="  # type: ignore[assignment]
    return relation, Decimal(found[2]), len(found[3] or "")
