"""A data cut as blinded re-estimation sees it: entry, follow-up and events, and no arms."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duonen_stats.errors import DataError
from duonen_stats.methods.door import BoolArray, FloatArray

DAYS_PER_MONTH = 365.25 / 12
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class BlindedCut:
    """Patients of both arms together, one entry each; times in months.

    Attributes
    ----------
    entry_months
        Calendar months from the opening of the trial to the patient's entry.
    followup_months
        Months from entry to the event or to the last time the patient was known to be without it.
    event, dropout
        Whether the event was seen, and whether the patient left for good without it.
    cut_months
        Calendar months from the opening to the data cut.
    opened
        Date of the opening, None if only months are known.
    """

    entry_months: FloatArray
    followup_months: FloatArray
    event: BoolArray
    dropout: BoolArray
    cut_months: float
    opened: date | None

    @property
    def n_patients(self) -> int:
        """Patients entered."""
        return self.event.size

    @property
    def n_events(self) -> int:
        """Events seen."""
        return int(self.event.sum())

    @property
    def n_dropouts(self) -> int:
        """Patients lost for good."""
        return int(self.dropout.sum())

    @property
    def exposure_months(self) -> float:
        """Patient-months of follow-up."""
        return float(self.followup_months.sum())

    @property
    def at_risk(self) -> BoolArray:
        """Whether a patient may still have an event that will be seen."""
        return ~(self.event | self.dropout)

    @property
    def event_months(self) -> FloatArray:
        """Calendar months of the events seen, increasing."""
        return np.sort((self.entry_months + self.followup_months)[self.event])

    def date_at(self, months: float) -> date | None:
        """Date at calendar ``months``, to the day; None if the date of the opening is not known."""
        if self.opened is None:
            return None
        return date.fromordinal(self.opened.toordinal() + int(np.rint(months * DAYS_PER_MONTH)))


def blinded_cut(
    entry: ArrayLike,
    followup_months: ArrayLike,
    event: ArrayLike,
    *,
    cut: float | date | np.datetime64 | str,
    opened: date | np.datetime64 | str | None = None,
    dropout: ArrayLike | None = None,
    lag_months: float = 3.0,
) -> BlindedCut:
    """Bring a data cut without arms into form.

    Parameters
    ----------
    entry
        1-D, one entry a patient: date of entry (``datetime64``, ``datetime.date`` or ISO text), or calendar months
        since the trial opened.
    followup_months
        Months from entry to the event or to the last time known to be without it, 0 or more.
    event
        1 or True if the event was seen, 0 or False if not.
    cut
        Date of the data cut, or calendar months, as ``entry``.
    opened
        Date at which the trial opened; None: that of the first entry. Only with dates.
    dropout
        1 or True if the patient left for good without the event. None: whoever has no event and was last seen
        more than ``lag_months`` before the cut.
    lag_months
        Longest time that a patient still in the trial may not have been seen: the interval of visits.

    Raises
    ------
    DataError
        Values are missing, negative or not equally many, a code is not 0 or 1, a patient has both an event and
        left without it, or entered or was followed after the cut.
    """
    months, cut_months, start = _calendar(entry, cut, opened)
    followup = _numbers(followup_months, "followup_months")
    seen = _flags(event, "event")
    if not months.size == followup.size == seen.size > 0:
        raise DataError(
            f"Entries, follow-up times and events must be equally many and not none; they are {months.size}, "
            f"{followup.size} and {seen.size}."
        )
    if not 0 <= lag_months < np.inf:
        raise DataError(f"lag_months must be 0 or more months, not {lag_months}.")
    # A follow-up in months may pass the cut by the rounding of a day.
    unseen = cut_months - months - followup
    if (unseen < -1 / DAYS_PER_MONTH - _ROUNDING).any():
        late = int(np.argmin(unseen))
        raise DataError(f"Patient number {late + 1} entered or was followed after the data cut.")
    if dropout is None:
        left = ~seen & (unseen > lag_months + _ROUNDING)
    else:
        left = _flags(dropout, "dropout")
        if left.size != seen.size or (left & seen).any():
            raise DataError("dropout needs one code a patient, and is 0 for patients with an event.")
    return BlindedCut(months, followup, seen, left, cut_months, start)


def _calendar(
    entry: ArrayLike, cut: float | date | np.datetime64 | str, opened: date | np.datetime64 | str | None
) -> tuple[FloatArray, float, date | None]:
    given = np.asarray(entry)
    if given.dtype.kind in "fiu":
        if not isinstance(cut, int | float | np.number) or opened is not None:
            raise DataError("Entries are in months, so the cut must be in months too, and there is no date.")
        months = _numbers(given, "entry")
        return months, float(_numbers([cut], "cut")[0]), None
    days = _days(given, "entry")
    last = _days(np.asarray([cut]), "cut")
    first = days.min() if opened is None else _days(np.asarray([opened]), "opened")[0]
    if first > days.min():
        raise DataError("A patient entered before the trial opened.")
    start = date(1970, 1, 1).toordinal() + int(first)
    return (days - first) / DAYS_PER_MONTH, float((last[0] - first) / DAYS_PER_MONTH), date.fromordinal(start)


def _days(values: NDArray[np.generic], name: str) -> FloatArray:
    try:
        dates = values.astype("datetime64[D]")
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} is neither in months nor a date.") from error
    if dates.ndim != 1 or not dates.size or np.isnat(dates).any():
        raise DataError(f"{name} must be dates in one dimension, none missing.")
    return dates.astype(np.int64).astype(np.float64)


def _numbers(values: ArrayLike, name: str) -> FloatArray:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} is not numeric.") from error
    if numbers.ndim != 1 or not np.isfinite(numbers).all() or (numbers < 0).any():
        raise DataError(f"{name} must be numbers in one dimension, none missing and none negative.")
    return numbers


def _flags(values: ArrayLike, name: str) -> BoolArray:
    codes = np.asarray(values)
    if codes.ndim != 1 or not np.isin(codes, (0, 1)).all():
        raise DataError(f"{name} must hold 0 and 1 only, in one dimension.")
    return np.asarray(codes, dtype=np.bool_)
