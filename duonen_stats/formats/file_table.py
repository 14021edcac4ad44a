"""A table as other programs want it: a frame with labels, and the limits its file format sets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import pandas as pd

from duonen_stats.errors import DataError
from duonen_stats.raw import Cut

NO_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - file formats have no time zone
"""Time of making written into files of a cut without a date, so that the same input gives the same bytes."""


def made_of(cut: Cut) -> datetime:
    """Give the time of making of what is written of a cut: the start of its day, or ``NO_DATE`` if it has none."""
    return NO_DATE if cut.cut_date is None else datetime(*cut.cut_date.timetuple()[:3])  # noqa: DTZ001


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTable:
    """A table to be written.

    Parameters
    ----------
    name, label
        What the table is called, and what it is.
    frame
        Columns of text (``object`` with ``None``), ``Int64``, ``float64`` or ``datetime64[ns]`` (dates).
    labels
        What each column is.
    value_labels
        What each code of a column means.
    made
        Time of making to be written into the file.
    ordered
        Columns whose values are in an order without being measured, such as grades.
    """

    name: str
    label: str
    frame: pd.DataFrame
    labels: Mapping[str, str]
    value_labels: Mapping[str, Mapping[Any, str]] = field(default_factory=lambda: MappingProxyType({}))
    made: datetime = NO_DATE
    ordered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a file format allows: lengths in bytes of UTF-8, and which names."""

    format: str
    name: int
    label: int
    value: int
    upper: bool = False


def require_fits(table: FileTable, limits: Limits) -> None:
    """Raise ``DataError`` with everything in a table that a format cannot hold; libraries would cut it silently."""
    faults = [*_faults(table, limits)]
    if faults:
        listed = "".join(f"\n  {number}. {fault}" for number, fault in enumerate(faults, 1))
        raise DataError(f"{table.name} cannot be written as {limits.format}; nothing was written:{listed}")


def _faults(table: FileTable, limits: Limits) -> Iterator[str]:
    for name in (table.name, *map(str, table.frame.columns)):
        if len(name.encode()) > limits.name:
            yield f"the name {name} is longer than {limits.name} bytes"
        plain = name.isascii() and name.isidentifier() and not (limits.upper and name != name.upper())
        if not plain:
            letters = "upper-case letters" if limits.upper else "letters"
            yield f"the name {name} is not made of {letters}, digits and underscores"
    for name, label in ((table.name, table.label), *table.labels.items()):
        if len(label.encode()) > limits.label:
            yield f"the label of {name} is {len(label.encode())} bytes long, {limits.label} are allowed"
    for column in table.frame.columns:
        longest = longest_bytes(table.frame[column])
        if longest > limits.value:
            yield f"a value of {column} is {longest} bytes long, {limits.value} are allowed"


def longest_bytes(values: pd.Series) -> int:
    """Length in bytes of UTF-8 of the longest text of a column; 0 for numbers and dates."""
    if values.dtype != object:
        return 0
    return max((len(str(value).encode()) for value in values.dropna().unique()), default=0)


def is_date(values: pd.Series) -> bool:
    """Whether a column holds dates."""
    return pd.api.types.is_datetime64_any_dtype(values)


def text_column(values: pd.Series) -> list[str]:
    """Write the texts of a column, an empty one for a missing value."""
    return ["" if pd.isna(value) else str(value) for value in values]


def days_since(values: pd.Series, origin: date) -> pd.Series:
    """Count the days from an origin, which may lie before what pandas can hold, to each date that is there."""
    epoch = date(1970, 1, 1)
    return (values - pd.Timestamp(epoch)) / pd.Timedelta(days=1) + (epoch - origin).days
