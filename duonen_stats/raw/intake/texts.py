"""A column of texts, each distinct text kept once: what is done to a text is done once, whatever the rows."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A column of texts: ``distinct`` has every text, ``places`` for each row the place of its text there.

    ``stored`` says of each distinct text whether its file stored it as a number, date or truth value instead
    of text; in formats without types none is. A text may be in ``distinct`` twice, and need not be in a row.

    Examples
    --------
    >>> column = TextsBuilder().added(["T1", " T1", ""]).texts()
    >>> [*column], column.distinct
    (['T1', 'T1', ''], ('T1', ''))
    """

    distinct: tuple[str, ...]
    stored: Mask
    places: Places

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.places)

    def __iter__(self) -> Iterator[str]:
        """Give the text of each row."""
        return map(self.distinct.__getitem__, self.places.tolist())

    def __getitem__(self, row: int) -> str:
        """Give the text of one row, counted from 0."""
        return self.distinct[int(self.places[row])]

    def __eq__(self, other: object) -> bool:
        """Whether the same texts stand in the same rows."""
        return isinstance(other, Texts) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]  # as for any sequence that compares its items

    def used(self, *, as_text: bool = False) -> tuple[str, ...]:
        """List the texts that stand in a row, each once; only those the file held ``as_text`` if so asked."""
        counts = np.bincount(self.places, minlength=len(self.distinct)) > 0
        if as_text:
            counts &= ~self.stored
        return tuple(dict.fromkeys(self.distinct[place] for place in np.flatnonzero(counts).tolist()))

    def where(self, holds: Callable[[str], bool]) -> Mask:
        """Say for each row whether something holds for its text."""
        answers = np.fromiter(map(holds, self.distinct), dtype=bool, count=len(self.distinct))
        return answers[self.places] if len(self.distinct) else np.zeros(len(self.places), dtype=bool)

    def among(self, texts: Collection[str]) -> Mask:
        """Say for each row whether its text is one of those given."""
        return self.where(texts.__contains__)

    def filled(self) -> Mask:
        """Say for each row whether its text is not empty."""
        return self.where(bool)

    def held_as_text(self) -> Mask:
        """Say for each row whether it is filled, and the file held it as text."""
        return self.filled() & ~self.stored[self.places] if len(self) else self.filled()

    def changed(self, change: Callable[[str], str]) -> "Texts":
        """Change every text; rows stay where they are."""
        return Texts(tuple(map(change, self.distinct)), self.stored, self.places)

    def replaced(self, changes: Mapping[str, str]) -> "Texts":
        """Replace texts by others."""
        return self.changed(lambda text: changes.get(text, text))

    def take(self, rows: NDArray[Any]) -> "Texts":
        """Choose rows by their places or by a truth value for each."""
        return Texts(self.distinct, self.stored, self.places[rows])


def constant(text: str, rows: int) -> Texts:
    """Make a column with one text in every row."""
    return Texts((text,), np.zeros(1, dtype=bool), np.zeros(rows, dtype=np.int32))


def joined(columns: Sequence[Texts]) -> Texts:
    """Put columns below each other."""
    if len(columns) == 1:
        return columns[0]
    starts = np.cumsum([0, *(len(column.distinct) for column in columns)])
    return Texts(
        tuple(text for column in columns for text in column.distinct),
        np.concatenate([np.zeros(0, dtype=bool), *(column.stored for column in columns)]),
        np.concatenate(
            [
                np.zeros(0, dtype=np.int32),
                *(column.places + np.int32(start) for column, start in zip(columns, starts, strict=False)),
            ]
        ),
    )


def where(condition: Mask, yes: Texts, no: Texts) -> Texts:
    """Take the rows of one column where a condition holds, and those of another elsewhere."""
    both = joined([yes, no])
    return both.take(np.where(condition, np.arange(len(yes)), len(yes) + np.arange(len(no))))


def first_filled(columns: Sequence[Texts]) -> Texts:
    """Take for each row the text of the first column that has one.

    Examples
    --------
    >>> one, two = (TextsBuilder().added(texts).texts() for texts in (["a", "", ""], ["b", "c", ""]))
    >>> [*first_filled([one, two])]
    ['a', 'c', '']
    """
    taken, *others = columns
    for other in others:
        taken = where(taken.filled(), taken, other)
    return taken


def combined(columns: Sequence[Texts], write: Callable[..., str]) -> Texts:
    """Make a column of several, calling ``write`` once for each combination of their texts."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        # What is met so far is counted again, so that the product of many columns stays small.
        key = np.unique(key, return_inverse=True)[1] * max(len(column.distinct), 1) + column.places
    _, first, places = np.unique(key, return_index=True, return_inverse=True)
    distinct = tuple(write(*(column[row] for column in columns)) for row in first.tolist())
    return Texts(distinct, np.zeros(len(distinct), dtype=bool), places.astype(np.int32))


class TextsBuilder:
    """Collects the values of a column, a part of the rows at a time.

    Parameters
    ----------
    write
        How a value is written as text; called once for each distinct value.
    typed
        Whether values may be other than text. They are then distinguished by their type also, as 1 equals true.
    """

    def __init__(self, write: Callable[[Any], str] = str.strip, *, typed: bool = False) -> None:
        self._typed = typed
        self._places = _Index(write)
        self._parts: list[Places] = []

    def added(self, values: Sequence[Any]) -> "TextsBuilder":
        """Add the values of the next rows, and give the builder itself."""
        keys: Sequence[Any] = values
        if self._typed:
            keys = [(value.__class__, value) for value in values]
        try:
            self._parts.append(_looked_up(self._places, keys))
        except TypeError:  # such as a list in a cell, which is no key
            hashable = [value if _is_key(value) else str(value) for value in values]
            self._parts.append(_looked_up(self._places, [(value.__class__, value) for value in hashable]))
        return self

    def texts(self) -> Texts:
        """Give the column."""
        found = self._places.found
        return Texts(
            tuple(text for text, _ in found),
            np.fromiter((stored for _, stored in found), dtype=bool, count=len(found)),
            np.concatenate([np.zeros(0, dtype=np.int32), *self._parts]),
        )


class _Index(dict[Any, int]):
    """Place of each value's text; a value not seen before gets the next one."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        super().__init__()
        self._write = write
        self.found: dict[tuple[str, bool], int] = {}

    def __missing__(self, key: Any) -> int:
        value = key[1] if isinstance(key, tuple) else key
        text = self._write(value)
        stored = bool(text) and not isinstance(value, str)
        place = self.found.setdefault((text, stored), len(self.found))
        self[key] = place
        return place


def _looked_up(index: _Index, keys: Sequence[Any]) -> Places:
    return np.fromiter(map(index.__getitem__, keys), dtype=np.int32, count=len(keys))


def _is_key(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return isinstance(value, Hashable)
