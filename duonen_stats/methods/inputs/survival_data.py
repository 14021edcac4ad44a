"""The door for times to an event: what is dropped, what is counted, what is refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, IntArray

_TIE_TOLERANCE = 1.5e-8
_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalData:
    """Complete records of a time-to-event sample.

    ``group`` and ``stratum`` are indices into ``groups`` and ``strata`` (all zero where none were given);
    ``covariates`` has one row per subject (and no column where none were given). ``n_missing`` records were
    dropped because the time, the event, a label or a covariate is missing. ``entry`` is the time from which a
    record is at risk, None where all are from the origin.
    """

    time: FloatArray
    event: IntArray
    group: IntArray
    groups: tuple[str, ...]
    stratum: IntArray
    strata: tuple[str, ...]
    covariates: FloatArray
    n_missing: int
    entry: FloatArray | None = None

    @property
    def group_sizes(self) -> dict[str, int]:
        """Complete records of every group, planned groups without one included."""
        counts = np.bincount(self.group, minlength=len(self.groups))
        return dict(zip(self.groups, map(int, counts), strict=True))

    @property
    def note(self) -> str:
        """What a reader has to know about these data; empty if nothing."""
        at_zero = int(np.count_nonzero(self.time == 0))
        empty = ", ".join(name for name, n in self.group_sizes.items() if n == 0)
        parts = (f"time 0: {at_zero}" if at_zero else "", f"empty_group: {empty}" if empty else "")
        return "; ".join(part for part in parts if part)


def survival_data(
    time: ArrayLike,
    event: ArrayLike,
    *,
    group: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
    levels: Sequence[str] | None = None,
    codes: tuple[int, ...] | None = (0, 1),
    entry: ArrayLike | None = None,
) -> SurvivalData:
    """Check a time-to-event sample and drop its incomplete records.

    Parameters
    ----------
    time, event
        1-D, one entry a subject: time since origin (0 or more, any unit), and 0 for censored, 1 for the event
        (1, 2, … for competing events).
    group, strata
        Labels, one a subject; compared as text.
    covariates
        n × p matrix of numbers.
    levels
        The planned groups in their order; one without a subject is kept at n = 0. Without it the groups are
        those that occur, sorted.
    codes
        Event codes allowed; None for any whole number from 0.
    entry
        Time after which a record is at risk (start of an interval whose end is ``time``); None for the origin.

    Raises
    ------
    NotEstimable
        ``empty_group`` (no complete record), ``non_finite``, ``negative_time``, ``event_code``,
        ``unknown_group`` (a label outside ``levels``), ``empty_interval`` (a record that ends where it starts).
    DataError
        The arrays are not numeric or differ in length.
    """
    times, events = _floats(time).reshape(-1), _floats(event).reshape(-1)
    n = times.size
    names, layers = _labels(group, n), _labels(strata, n)
    matrix = np.empty((n, 0)) if covariates is None else _columns(covariates)
    start = None if entry is None else _floats(entry).reshape(-1)
    if (
        not n
        == events.size
        == names.size
        == layers.size
        == len(matrix)
        == (n if start is None else start.size)
    ):
        raise DataError("Time, event, group, strata and covariates must have one entry a subject.")
    complete = ~(np.isnan(times) | np.isnan(events) | np.isnan(matrix).any(axis=1))
    complete &= (names != "") & (layers != "")
    if start is not None:
        complete &= ~np.isnan(start)
        start = start[complete]
    times, events, matrix = times[complete], events[complete], matrix[complete]
    _refuse(times, events, matrix, codes)
    if start is None:
        times = join_near_ties(times)
    else:
        start, times = np.split(join_near_ties(np.concatenate((start, times))), 2)
        _refuse_empty_intervals(start, times)
    group_index, groups = (
        _together(times.size) if group is None and levels is None else _index(names[complete], levels)
    )
    stratum_index, stratum_names = _together(times.size) if strata is None else _index(layers[complete], None)
    return SurvivalData(
        time=times,
        event=events.astype(np.int64),
        group=group_index,
        groups=groups,
        stratum=stratum_index,
        strata=stratum_names,
        covariates=matrix,
        n_missing=n - times.size,
        entry=start,
    )


def _floats(values: ArrayLike) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"A time, an event code or a covariate is not numeric: {error}") from error


def _columns(covariates: ArrayLike) -> FloatArray:
    """Covariates as a matrix, a row per subject; a single covariate may come as a vector."""
    matrix = _floats(covariates)
    if matrix.ndim not in (1, 2):
        raise DataError(f"Covariates must be a vector or a matrix, not of {matrix.ndim} dimensions.")
    return matrix[:, None] if matrix.ndim == 1 else matrix


def _labels(values: ArrayLike | None, n: int) -> NDArray[np.str_]:
    """Labels as text, the empty text for a missing one."""
    if values is None:
        return np.full(n, _ALL)
    array = values if isinstance(values, np.ndarray) else np.array(values, dtype=object)
    if array.dtype.kind in "iuUb":
        return array.astype(np.str_)
    return np.array(["" if item is None or item != item else str(item) for item in array.tolist()])  # noqa: PLR0124


def _refuse(times: FloatArray, events: FloatArray, matrix: FloatArray, codes: tuple[int, ...] | None) -> None:
    n = {"all": times.size}
    if not times.size:
        raise NotEstimable("empty_group", n, "nobody is in this group")
    if not (np.isfinite(times).all() and np.isfinite(events).all() and np.isfinite(matrix).all()):
        raise NotEstimable("non_finite", n, "A time or a covariate is infinite.")
    if (times < 0).any():
        raise NotEstimable("negative_time", n, "A time to event is negative.")
    if codes is None:
        allowed = (events >= 0) & (events == np.floor(events))
    else:
        allowed = np.zeros(events.size, dtype=np.bool_)
        for code in codes:
            allowed |= events == code
    if not allowed.all():
        odd = events[~allowed][0]
        raise NotEstimable("event_code", n, f"The event code {odd:g} has no meaning here.")


def _refuse_empty_intervals(start: FloatArray, end: FloatArray) -> None:
    if not (np.isfinite(start).all() and (start < end).all()):
        raise NotEstimable("empty_interval", {"all": end.size}, "A record ends before or where it starts.")


def _together(n: int) -> tuple[IntArray, tuple[str, ...]]:
    """Put all records into one group."""
    return np.zeros(n, dtype=np.int64), (_ALL,)


def _index(names: NDArray[np.str_], levels: Iterable[object] | None) -> tuple[IntArray, tuple[str, ...]]:
    found, index = np.unique(names, return_inverse=True)
    present = [str(name) for name in found]
    if levels is None:
        return index.astype(np.int64), tuple(present)
    planned = [str(level) for level in levels]
    unknown = sorted(set(present) - set(planned))
    if unknown:
        raise NotEstimable("unknown_group", {"all": names.size}, f"{unknown[0]} is not a planned group.")
    place = np.array([planned.index(name) for name in present], dtype=np.int64)
    return place[index], tuple(planned)


def join_near_ties(times: FloatArray) -> FloatArray:
    """Make times equal that differ by binary noise only, as R's survival does before it counts ties."""
    distinct, index = np.unique(times, return_inverse=True)
    near = np.diff(distinct) <= _TIE_TOLERANCE * max(1.0, float(np.abs(distinct).mean()))
    if not near.any():
        return times
    first = np.maximum.accumulate(np.where(np.concatenate(([False], near)), 0, np.arange(distinct.size)))
    joined: FloatArray = distinct[first][index]
    return joined


def reached(times: FloatArray, moment: float) -> tuple[int, int]:
    """Count the sorted ``times`` up to a moment, and those before it; equal but for binary noise is equal."""
    noise = _TIE_TOLERANCE * max(1.0, abs(moment))
    after = int(np.searchsorted(times, moment + noise, side="right"))
    return after, int(np.searchsorted(times, moment - noise, side="left"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTable:
    """Per distinct time (rows) and group (columns): at risk just before, events, and left at that time."""

    time: FloatArray
    at_risk: IntArray
    events: IntArray
    leaving: IntArray


def risk_table(time: FloatArray, event: NDArray[np.bool_], group: IntArray, n_groups: int) -> RiskTable:
    """Count who is at risk and who has the event at every distinct time, in every group."""
    distinct, index = np.unique(time, return_inverse=True)
    cell = index * n_groups + group
    shape = (distinct.size, n_groups)
    leaving = np.bincount(cell, minlength=shape[0] * n_groups).reshape(shape)
    events = np.bincount(cell[event], minlength=shape[0] * n_groups).reshape(shape)
    at_risk = leaving[::-1].cumsum(axis=0)[::-1]
    return RiskTable(time=distinct, at_risk=at_risk, events=events, leaving=leaving)
