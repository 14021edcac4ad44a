"""The one door for data: every sample, pair and group enters the mathematics through here."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from duonen_stats.errors import DataError, NotEstimable

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """The finite values of one sample and how many were missing."""

    values: FloatArray
    n_missing: int

    @property
    def n(self) -> int:
        """Number of values."""
        return self.values.size


@dataclass(frozen=True, slots=True)
class Pairs:
    """Complete pairs, in the order given, and how many pairs lacked one value or both."""

    x: FloatArray
    y: FloatArray
    n_missing: int

    @property
    def n(self) -> int:
        """Number of complete pairs."""
        return self.x.size


@dataclass(frozen=True, slots=True)
class Groups:
    """Samples by group: the groups with values, and the counts of every planned group."""

    samples: dict[str, FloatArray]
    n: dict[str, int]
    n_missing: dict[str, int]

    @property
    def total(self) -> int:
        """Number of values over all groups."""
        return sum(self.n.values())

    @property
    def note(self) -> str:
        """What a reader has to know about the group sizes; empty if nothing."""
        empty = ", ".join(name for name, n in self.n.items() if n == 0)
        single = ", ".join(name for name, n in self.n.items() if n == 1)
        parts = (f"empty_group: {empty}" if empty else "", f"one value only: {single}" if single else "")
        return "; ".join(part for part in parts if part)


def as_vector(x: ArrayLike, name: str) -> FloatArray:
    """Return one-dimensional floats, missing as NaN; the errors are those of :func:`admit_sample`."""
    try:
        values = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} is not numeric: {error}") from error
    if values.ndim != 1:
        raise DataError(f"{name} must have one dimension, not {values.ndim}.")
    if np.isinf(values).any():
        raise NotEstimable(
            "non_finite",
            {name: int(values.size)},
            f"{name} holds an infinite value; no statistic is computed.",
        )
    return values


def admit_sample(x: ArrayLike, *, name: str = "all") -> Sample:
    """Drop and count the missing values of a sample.

    Parameters
    ----------
    x
        Numbers in one dimension, any unit; ``None`` and NaN are missing.
    name
        What the sample is called in an error.

    Raises
    ------
    NotEstimable
        ``non_finite``: a value is infinite.
    DataError
        ``x`` is not numeric or has more than one dimension.
    """
    values = as_vector(x, name)
    kept = values[~np.isnan(values)]
    return Sample(kept, values.size - kept.size)


def admit_pairs(x: ArrayLike, y: ArrayLike) -> Pairs:
    """Drop and count the pairs of which a value is missing.

    Raises
    ------
    NotEstimable
        ``non_finite``: a value is infinite.
    DataError
        The two are not numeric, not one-dimensional or not of one length.
    """
    first, second = as_vector(x, "x"), as_vector(y, "y")
    if first.size != second.size:
        raise DataError(f"Paired values must be equally many, not {first.size} and {second.size}.")
    kept = ~(np.isnan(first) | np.isnan(second))
    return Pairs(first[kept], second[kept], int(first.size - kept.sum()))


def admit_groups(groups: Mapping[str, ArrayLike]) -> Groups:
    """Drop and count the missing values of each group; a planned group without values stays at n = 0.

    Parameters
    ----------
    groups
        Sample by group name, in the planned order, all in one unit.

    Raises
    ------
    NotEstimable
        ``single_group``: only one group is planned; ``empty_group``: fewer than two groups have values;
        ``non_finite``: a value is infinite.
    """
    entered = {str(name): admit_sample(x, name=str(name)) for name, x in groups.items()}
    n = {name: sample.n for name, sample in entered.items()}
    if len(entered) < 2:  # noqa: PLR2004 - a comparison needs two
        raise NotEstimable("single_group", n, "There is one group only, so there is nothing to compare.")
    filled = {name: sample.values for name, sample in entered.items() if sample.n}
    if len(filled) < 2:  # noqa: PLR2004
        raise NotEstimable("empty_group", n, "Fewer than two groups have values.")
    return Groups(filled, n, {name: sample.n_missing for name, sample in entered.items()})


def as_p(probability: float | np.floating[Any]) -> float:
    """Make a computed tail probability a p-value: at most 1, never 0 by underflow."""
    return min(1.0, max(float(probability), sys.float_info.min))


def require_confidence(confidence: float) -> float:
    """Return the level of an interval; ``DataError`` unless it lies between 0 and 1."""
    if not 0 < confidence < 1:
        raise DataError(f"The level of an interval lies between 0 and 1, as 0.95; it is not {confidence!r}.")
    return confidence


def normal_deviate(confidence: float) -> float:
    """Give the standard errors to either side of an estimate that make its interval: 1.96 for 0.95."""
    return float(special.ndtri((1 + require_confidence(confidence)) / 2))


def is_constant(values: FloatArray) -> bool:
    """Whether all values are one and the same number (also true of a single value)."""
    return bool((values == values[0]).all())


def require_group_size(groups: Groups, minimum: int) -> None:
    """Raise ``NotEstimable("group_too_small")`` if a group with values has fewer than ``minimum``."""
    small = [name for name, values in groups.samples.items() if values.size < minimum]
    if small:
        raise NotEstimable(
            "group_too_small", groups.n, f"Fewer than {minimum} values in group {', '.join(small)}."
        )
