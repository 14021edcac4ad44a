"""Which records are behind a number: the dataset and the filter of a row of the results table.

A filter is written as it is read, ``PARAMCD = "HGB" and AVISIT = "V1" and CHG is not missing``, and can be read again
from there, so that the patients behind a number are found in the files of a report alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from duonen_stats.errors import DataError
from duonen_stats.methods.inputs.admit import BoolArray

Comparator = Literal["=", "<>", "<", "<=", ">", ">=", "in", "is missing", "is not missing"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a variable; ``values`` are as written in a dataset, none where it is about missing values."""

    variable: str
    comparator: Comparator
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.values:
            return f"{self.variable} {self.comparator}"
        written = [
            one if _NUMBER.fullmatch(one) else f'"{one.replace(chr(34), chr(34) * 2)}"' for one in self.values
        ]
        if self.comparator == "in":
            return f"{self.variable} in ({', '.join(written)})"
        return f"{self.variable} {self.comparator} {written[0]}"

    def holds(self, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Say for each record whether the condition holds; a missing value meets none but ``is missing``."""
        if self.variable not in frame.columns:
            raise DataError(
                f"The dataset has no variable {self.variable}; present: {', '.join(frame.columns)}."
            )
        column = frame[self.variable]
        absent = column.isna()
        if not is_numeric_dtype(column):
            absent |= column.astype(str).isin(["", "<NA>", "None", "NaT"])
        if not self.values:
            return absent if self.comparator == "is missing" else ~absent
        if all(map(_NUMBER.fullmatch, self.values)):
            numbers = pd.to_numeric(column.where(~absent), errors="coerce").astype("float64")
            own = [float(one) for one in self.values]
            compared = {
                "=": numbers.eq(own[0]),
                "<>": numbers.ne(own[0]),
                "<": numbers.lt(own[0]),
                "<=": numbers.le(own[0]),
                ">": numbers.gt(own[0]),
                ">=": numbers.ge(own[0]),
                "in": numbers.isin(own),
            }[self.comparator]
            return compared & numbers.notna()
        listed = column.astype(str).isin(self.values)
        return (~listed if self.comparator == "<>" else listed) & ~absent


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Records of one dataset that meet every condition, of patients ``within`` some selections and ``outside`` others.

    Examples
    --------
    >>> treated = RecordFilter("ADSL", (Condition("SAFFL", "=", ("Y",)),))
    >>> chosen = RecordFilter("ADLB", (Condition("PARAMCD", "=", ("HGB",)),), (treated,))
    >>> str(chosen)
    'PARAMCD = "HGB" and USUBJID in (ADSL where SAFFL = "Y")'
    >>> read_filter("ADLB", str(chosen)) == chosen
    True
    """

    dataset: str
    conditions: tuple[Condition, ...] = ()
    within: tuple["RecordFilter", ...] = ()
    outside: tuple["RecordFilter", ...] = ()

    def __str__(self) -> str:
        inside = [f"USUBJID in ({one.dataset} where {one})" for one in self.within]
        without = [f"USUBJID not in ({one.dataset} where {one})" for one in self.outside]
        return " and ".join([*map(str, self.conditions), *inside, *without])

    def select(self, datasets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Take the records from datasets by their names, in their order; a column of numbers may be text.

        Raises
        ------
        DataError
            A dataset or variable is absent.
        """
        return Selections(datasets).records(self)


class Selections:
    """Records that filters choose from the same datasets: what several filters ask is asked once.

    Parameters
    ----------
    datasets
        Datasets by their names; they may not change while selections are made.
    """

    def __init__(self, datasets: Mapping[str, pd.DataFrame]) -> None:
        self._datasets = datasets
        self._met: dict[tuple[str, Condition | RecordFilter], BoolArray] = {}

    def records(self, which: RecordFilter) -> pd.DataFrame:
        """Take the records of a filter; as :meth:`RecordFilter.select`, whose errors it raises."""
        return self._frame(which.dataset)[self.chosen(which)]

    def chosen(self, which: RecordFilter) -> BoolArray:
        """Say of each record of the filter's dataset whether it is chosen; shape ``(records,)``."""
        kept = np.ones(len(self._frame(which.dataset)), dtype=bool)
        for condition in which.conditions:
            kept &= self._asked(which.dataset, condition)
        for other in which.within:
            kept &= self._asked(which.dataset, other)
        for other in which.outside:
            kept &= ~self._asked(which.dataset, other)
        return kept

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in self._datasets:
            raise DataError(f"Dataset {name} is not there.")
        return self._datasets[name]

    def _asked(self, dataset: str, asked: Condition | RecordFilter) -> BoolArray:
        """Say of each record whether a condition holds, or whether its patient is among those of another filter."""
        if (dataset, asked) not in self._met:
            frame = self._frame(dataset)
            if isinstance(asked, Condition):
                met = asked.holds(frame)
            else:
                met = frame["USUBJID"].isin(self.records(asked)["USUBJID"])
            self._met[dataset, asked] = met.to_numpy(dtype=bool)
        return self._met[dataset, asked]


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_TOKEN = re.compile(
    r'\s*("(?:[^"]|"")*"|<>|<=|>=|[=<>(),]|is not missing|is missing|not in\b'
    r"|[+-]?\d+(?:\.\d+)?(?![A-Za-z_])|[A-Za-z_]\w*)"
)


def read_filter(dataset: str, text: str) -> RecordFilter:
    """Read a filter as ``str`` writes it.

    Raises
    ------
    DataError
        The text is not a filter.
    """
    tokens: list[str] = []
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise DataError(f"Not a filter from here on: {text[place:]!r}.")
        tokens.append(found[1])
        place = found.end()
    made, rest = _conjunction(dataset, tokens)
    if rest:
        raise DataError(f"Not a filter from here on: {' '.join(rest)!r}.")
    return made


def _conjunction(dataset: str, tokens: list[str]) -> tuple[RecordFilter, list[str]]:
    conditions: list[Condition] = []
    within: list[RecordFilter] = []
    outside: list[RecordFilter] = []
    while tokens and tokens[0] != ")":
        try:
            variable, comparator, *tokens = tokens
            if comparator in {"is missing", "is not missing"}:
                conditions.append(Condition(variable, comparator))  # type: ignore[arg-type]
            elif comparator in {"in", "not in"} and tokens[2] == "where":
                other, tokens = _conjunction(tokens[1], tokens[3:])
                (within if comparator == "in" else outside).append(other)
                tokens = _after_bracket(tokens)
            elif comparator == "in":
                end = tokens.index(")")
                conditions.append(Condition(variable, "in", tuple(map(_value, tokens[1:end:2]))))
                tokens = tokens[end + 1 :]
            else:
                conditions.append(Condition(variable, comparator, (_value(tokens[0]),)))  # type: ignore[arg-type]
                tokens = tokens[1:]
        except (IndexError, ValueError) as error:
            raise DataError("A filter ends before it is complete.") from error
        if tokens[:1] != ["and"]:
            break
        tokens = tokens[1:]
    return RecordFilter(dataset, tuple(conditions), tuple(within), tuple(outside)), tokens


def _after_bracket(tokens: list[str]) -> list[str]:
    if tokens[0] != ")":
        raise DataError("A bracket of a filter is not closed.")
    return tokens[1:]


def _value(token: str) -> str:
    return token[1:-1].replace('""', '"') if token.startswith('"') else token


def equal(variable: str, *values: object) -> Condition:
    """Ask a variable to be one of some values."""
    texts = tuple(str(value) for value in values)
    return Condition(variable, "=" if len(texts) == 1 else "in", texts)


def present(variable: str) -> Condition:
    """Ask a variable to have a value."""
    return Condition(variable, "is not missing")


def absent(variable: str) -> Condition:
    """Ask a variable to have none."""
    return Condition(variable, "is missing")


def flagged_with(variable: str) -> Condition:
    """Ask a flag to be "Y"."""
    return equal(variable, "Y")
