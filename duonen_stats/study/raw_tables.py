"""The raw tables as the dictionary describes them: codes, columns and tables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from duonen_stats.errors import DictionaryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of a code list and what it means."""

    code: str
    label: str


def place_in_series(prefix: str, text: object) -> int | None:
    """Which of a series a text names, ``3`` of ``"F3"`` in any case; ``None`` if it names none."""
    found = re.fullmatch(rf"{re.escape(prefix)}([1-9][0-9]{{0,2}})", str(text), re.IGNORECASE)
    return None if found is None else int(found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeries:
    """Codes without an end: a prefix and a number from 1."""

    prefix: str
    label: str

    def among(self, texts: Iterable[object]) -> tuple[Code, ...]:
        """Give the codes of the series that texts name, in any case, in order."""
        places = {place for text in texts if (place := place_in_series(self.prefix, text)) is not None}
        return tuple(Code(code=f"{self.prefix}{one}", label=f"{self.label} {one}") for one in sorted(places))


@dataclass(frozen=True, slots=True, kw_only=True)
class RawColumn:
    """A column of a raw table.

    ``codes`` are the allowed values (empty: free), with those of a ``series`` without an end; ``low`` and ``high``
    are allowed values too, in ``unit``, and so are those in ``also``; ``missing`` is what an empty cell is;
    ``references`` is the ``table.column`` that must hold each value. A column that is ``optional`` may be absent from a
    file; one of dates is ``ongoing`` if an empty cell says that something has not ended. What the column itself cannot
    hold is kept, as text, in companions: ``partial`` is the column of a date of which only a part is known, ``time``
    that of the time of day, ``bound`` and ``reason`` those of a result known to lie beyond a limit and of the word in
    place of a result.
    """

    name: str
    label: str
    type: Literal["text", "integer", "number", "date"]
    unit: str | None = None
    codes: tuple[Code, ...] = ()
    series: CodeSeries | None = None
    low: float | None = None
    high: float | None = None
    also: tuple[float, ...] = ()
    missing: Literal["error", "warning", "allowed"] = "error"
    references: str | None = None
    optional: bool = False
    ongoing: bool = False
    partial: str | None = None
    time: str | None = None
    bound: str | None = None
    reason: str | None = None

    @property
    def nullable(self) -> bool:
        """Whether an analysis can stand an empty cell."""
        return self.missing != "error"

    def codes_for(self, texts: Iterable[object]) -> tuple[Code, ...]:
        """Give the allowed codes; of a series without an end those that the texts name.

        Examples
        --------
        >>> from duonen_stats import load_study
        >>> column = load_study().table("labs").column("VISIT")
        >>> [one.code for one in column.codes_for(["V4", "F2", "X"])][-3:]
        ['V4', 'UNS', 'F2']
        """
        return (*self.codes, *(self.series.among(texts) if self.series else ()))

    def code_names(self, texts: Iterable[object]) -> set[str]:
        """Give the allowed codes as :meth:`codes_for` does, by name alone."""
        return {one.code for one in self.codes_for(texts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A raw table, in the file ``name.csv``; ``rows`` says how many rows it must have, ``required`` if it must be."""

    name: str
    label: str
    rows: Literal["one", "some", "any"]
    key: tuple[str, ...]
    columns: tuple[RawColumn, ...]
    required: bool = True

    def column(self, name: str) -> RawColumn:
        """Find a column by its name; ``DictionaryError`` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise DictionaryError(f"Table {self.name} has no column {name!r}.")
