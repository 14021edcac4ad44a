"""A data cut as blinded re-estimation sees it: entry, follow-up and events, and no arms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duonen_stats.errors import DataError
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray

DAYS_PER_MONTH = 365.25 / 12
_ROUNDING = 1e-6
_ENOUGH = 0.25
"""Share of the patients of a cut whose entries a pace is counted from, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSchedule:
    """When tumours are looked at: progression is known at a scan and not before.

    Attributes
    ----------
    every_days
        Days from one scan to the next: twelve weeks (protocol).
    tolerance_days
        A scan is at most so many days early or late: a week.
    missed
        Share of planned scans that are not made (0-1). It delays what is seen by ``missed`` intervals on average.
    """

    every_days: float = 84.0
    tolerance_days: float = 7.0
    missed: float = 0.03

    def __post_init__(self) -> None:
        if not 0 <= 2 * self.tolerance_days < self.every_days < np.inf or not 0 <= self.missed < 1:
            raise DataError(
                "Scans need an interval above 0 days, a tolerance below half of it, and a missed share below 1."
            )

    @property
    def every_months(self) -> float:
        """Months from one scan to the next."""
        return self.every_days / DAYS_PER_MONTH

    @property
    def tolerance_months(self) -> float:
        """Months by which a scan is early or late at most."""
        return self.tolerance_days / DAYS_PER_MONTH

    @property
    def lag_months(self) -> float:
        """Longest time unseen of a patient who is still followed: one scan missed, 5.5 months at twelve weeks."""
        return 2 * self.every_months


SCHEDULE = ScanSchedule()
"""Scans every twelve weeks, give or take one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEnd:
    """Why the follow-up of some patients ends where it does: ``n`` of them, and whether that counts as lost."""

    reason: str
    n: int
    lost: bool


@dataclass(frozen=True, slots=True, eq=False)
class BlindedCut:
    """Patients of all arms together, one entry each; times in months.

    Attributes
    ----------
    entry_months
        Calendar months from the opening of the trial to the patient's entry.
    followup_months
        Months from entry to the event or to the last assessment without it.
    event, dropout
        Whether the event was seen, and whether the patient left for good without it.
    cut_months
        Calendar months from the opening to the data cut.
    opened
        Date of the opening, None if only months are known.
    opening_known
        Whether the opening is a date of its own; if not, it is that of the first entry.
    death
        Whether the event seen is a death: known on its day, where progression waits for the next scan.
    free_months
        Months from entry to the last assessment before the event, or the last one of all. Progression came between
        it and ``followup_months``. The same as ``followup_months`` if events are known on their day.
    observed_months
        Months from entry to the event, to the loss, or to the last time a patient's status was known.
    unseen_entry_months
        Calendar months of entry of those who have entered by the cut and are not in it.
    entries_known_months
        Calendar month up to which all entries are known: the cut. In a cut of completers whoever had entered by then
        had ended treatment, even after the longest course (see :func:`blinded_cut`); later entries are known in part.
    completers
        Whether the cut holds the first who finished treatment: patients have entered who are not in it.
    schedule
        When tumours are looked at; None if events are known on their day.
    ends
        Why follow-up ends, with numbers; empty if it is not given.
    event_months_known
        Whether the months of the events are those of the data; not if the cut was made of its numbers alone.
    contradictions
        What the sources of the cut say against each other, one sentence each.
    """

    entry_months: FloatArray
    followup_months: FloatArray
    event: BoolArray
    dropout: BoolArray
    cut_months: float
    opened: date | None
    opening_known: bool
    death: BoolArray
    free_months: FloatArray
    observed_months: FloatArray
    unseen_entry_months: FloatArray
    entries_known_months: float
    completers: bool
    schedule: ScanSchedule | None
    ends: tuple[FollowUpEnd, ...]
    event_months_known: bool = True
    contradictions: tuple[str, ...] = ()

    @property
    def n_patients(self) -> int:
        """Patients in the cut."""
        return self.event.size

    @property
    def n_unseen(self) -> int:
        """Patients known to have entered by the cut who are not in it."""
        return self.unseen_entry_months.size

    @property
    def n_entered(self) -> int:
        """Patients known to have entered by the cut."""
        return self.n_patients + self.n_unseen

    @property
    def unknown_entry_months(self) -> float:
        """Months before the cut of which it is not known who entered; 0 unless the cut is of completers."""
        return max(self.cut_months - self.entries_known_months, 0.0)

    @property
    def end_is_an_entry(self) -> bool:
        """Whether the month up to which entries are known is that of an entry, which then is not one of chance."""
        return self.unknown_entry_months > 0 and _is_an_entry(self.entry_months, self.entries_known_months)

    @property
    def n_entered_later(self) -> int:
        """Patients of the cut who entered when not all entries are known, without the one who set its end.

        The month up to which entries are known is counted back from the day on which the last patient ended treatment:
        that patient is in the cut in any case, and says nothing of how many have entered.
        """
        if not self.unknown_entry_months > 0:
            return 0
        return _entered_later(self.entry_months, self.entries_known_months)

    def months_unknown(self, patients_per_month: FloatArray) -> FloatArray:
        """Months before the cut in which those entered, at this pace, who had entered by it and are not in it.

        In :attr:`unknown_entry_months` the pace brings a number of patients, and :attr:`n_entered_later` of them are in
        the cut. The others are taken to be the last of them, since those who entered first had the most time to end
        treatment. 0 if more are in the cut than the pace brings.
        """
        seen = np.divide(
            self.n_entered_later,
            patients_per_month,
            out=np.full_like(patients_per_month, np.inf if self.n_entered_later else 0.0),
            where=patients_per_month > 0,
        )
        return np.asarray(np.maximum(self.unknown_entry_months - seen, 0.0))

    @property
    def n_events(self) -> int:
        """Events seen."""
        return int(self.event.sum())

    @property
    def n_deaths(self) -> int:
        """Events seen that are deaths."""
        return int(self.death.sum())

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
    def death_share(self) -> float:
        """Share of events that are deaths, half a death and half a progression added; 0 without a schedule."""
        return 0.0 if self.schedule is None else (self.n_deaths + 0.5) / (self.n_events + 1)

    @property
    def event_months(self) -> FloatArray:
        """Calendar months of the events seen, increasing."""
        return np.sort((self.entry_months + self.followup_months)[self.event])

    def month_of_event(self, number: int) -> float | None:
        """Calendar month of an event seen, from 1; None if the events have no months of their own."""
        return float(self.event_months[number - 1]) if self.event_months_known else None

    def date_at(self, months: float) -> date | None:
        """Date at calendar ``months``, to the day; None if the opening is not known, or the date is after 9999."""
        return None if self.opened is None else date_after(self.opened, months)


def date_after(opened: date, months: float) -> date | None:
    """Date so many calendar months after the opening of a trial, to the day; None if it is after 9999.

    Example
    -------
    >>> date_after(date(2022, 1, 1), 12.0)
    datetime.date(2023, 1, 1)
    """
    day = opened.toordinal() + int(np.rint(months * DAYS_PER_MONTH))
    return date.fromordinal(day) if day <= date.max.toordinal() else None


def blinded_cut(
    entry: ArrayLike,
    followup_months: ArrayLike,
    event: ArrayLike,
    *,
    cut: float | date | np.datetime64 | str,
    opened: date | np.datetime64 | str | None = None,
    dropout: ArrayLike | None = None,
    lag_months: float = SCHEDULE.lag_months,
    death: ArrayLike | None = None,
    free_months: ArrayLike | None = None,
    observed_months: ArrayLike | None = None,
    schedule: ScanSchedule | None = None,
    entered_since: ArrayLike | None = None,
    entered_so_far: int | None = None,
    completers: bool = False,
    treatment_months: ArrayLike | None = None,
    ends: Sequence[FollowUpEnd] = (),
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
        Longest time that a patient still in the trial may not have been seen: one scan missed.
    death, free_months, observed_months
        As in :class:`BlindedCut`. None: no event is a death, events are known on their day, and follow-up is
        ``followup_months``.
    schedule
        When tumours are looked at; None: events are known on their day.
    entered_since
        Entries, as ``entry``, of patients who have entered by the cut and are not in it.
    entered_so_far
        Instead: how many have entered by the cut in all. Those not in the cut are taken to have entered evenly
        between the month up to which all entries are known, as without this number, and the cut.
    completers
        The cut holds the first who finished treatment, or who entered, and all of them have ended it. If it is not
        stated who else has entered, entries are not all known up to the cut.
    treatment_months
        Months from entry to the end of treatment, in a cut of completers. A patient who entered late and left treatment
        early may be in the cut, while others who had entered before are still on treatment and are not. The last entry
        in the cut then follows a gap, and a pace counted up to it is too slow. But when the last patient of the cut
        ended treatment, all had ended it who had entered longer ago than the longest course. Entries are therefore all
        known up to the last end of treatment less the longest course, whether the cut holds the first who finished or
        the first who entered. If omitted, or if fewer than a quarter of the patients entered by then (one long course
        would cost most of what is known), they are taken as known up to the last entry in the cut.
    ends
        Why follow-up ends, with numbers.

    Raises
    ------
    DataError
        Values are missing, negative or not equally many, a code is not 0 or 1, a patient has both an event and
        left without it, or entered or was followed after the cut; or fewer have entered than are in the cut.

    Example
    -------
    >>> blinded_cut([0, 2, 5], [6, 10, 1], [1, 0, 0], cut=12).n_dropouts
    1
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
    free = followup if free_months is None else _numbers(free_months, "free_months")
    observed = followup if observed_months is None else _numbers(observed_months, "observed_months")
    if not free.size == observed.size == seen.size or (free > followup + _ROUNDING).any():
        raise DataError(
            "free_months and observed_months need one time a patient, the first within follow-up."
        )
    observed = np.where(seen, followup, np.maximum(observed, followup))
    # A follow-up in months may pass the cut by the rounding of a day.
    unseen = cut_months - months - observed
    if (unseen < -1 / DAYS_PER_MONTH - _ROUNDING).any():
        late = int(np.argmin(unseen))
        raise DataError(f"Patient number {late + 1} entered or was followed after the data cut.")
    if dropout is None:
        left = ~seen & (unseen > lag_months + _ROUNDING)
    else:
        left = _flags(dropout, "dropout")
        if left.size != seen.size or (left & seen).any():
            raise DataError("dropout needs one code a patient, and is 0 for patients with an event.")
    died = np.zeros_like(seen) if death is None else _flags(death, "death")
    if died.size != seen.size or (died & ~seen).any():
        raise DataError("death needs one code a patient, and is 0 for patients without an event.")
    known_months = float(months.max())
    if completers and treatment_months is not None:
        known_months = _all_entered_until(months, _numbers(treatment_months, "treatment_months"), cut_months)
    others = _others(months, cut_months, start, entered_since, entered_so_far, known_months)
    unknown = completers and others is None
    return BlindedCut(
        entry_months=months, followup_months=followup, event=seen, dropout=left, cut_months=cut_months, opened=start,
        opening_known=start is None or opened is not None, death=died, free_months=free, observed_months=observed,
        unseen_entry_months=np.zeros(0) if others is None else others,
        entries_known_months=known_months if unknown else cut_months, completers=completers,
        schedule=schedule, ends=tuple(ends),
    )  # fmt: skip


def _is_an_entry(months: FloatArray, known_months: float) -> bool:
    return bool((np.abs(months - known_months) <= _ROUNDING).any())


def _entered_later(months: FloatArray, known_months: float) -> int:
    """Entries after the month up to which all are known; one less if the patient who set that month is among them."""
    return int((months > known_months + _ROUNDING).sum()) - (not _is_an_entry(months, known_months))


def _all_entered_until(months: FloatArray, treated: FloatArray, cut_months: float) -> float:
    """Month up to which everybody who had entered had ended treatment when the last patient of the cut did."""
    if treated.size != months.size or (months + treated > cut_months + 1 / DAYS_PER_MONTH + _ROUNDING).any():
        raise DataError("treatment_months needs one time a patient, none after the cut.")
    until = float((months + treated).max() - treated.max())
    enough = (months < until - _ROUNDING).mean() >= _ENOUGH
    return until if enough else float(months.max())


def _others(
    months: FloatArray,
    cut_months: float,
    start: date | None,
    entered_since: ArrayLike | None,
    entered_so_far: int | None,
    known_months: float,
) -> FloatArray | None:
    """Entries of patients who are not in the cut; None if nothing is known of them."""
    if entered_since is not None and entered_so_far is not None:
        raise DataError("Give the entries of those not in the cut, or how many have entered, not both.")
    if entered_so_far is not None:
        missing = entered_so_far - months.size
        if missing < 0:
            raise DataError(
                f"{entered_so_far} patients have entered so far, but {months.size} are in the cut."
            )
        # Those of the cut who entered after that month had more time to be in it: they take the first places.
        seen = _entered_later(months, known_months)
        places = (seen + np.arange(missing) + 0.5) / max(seen + missing, 1)
        return known_months + places * max(cut_months - known_months, 0.0)
    if entered_since is None:
        return None
    if not np.size(entered_since):
        return np.zeros(0)
    if start is None:
        entries = _numbers(entered_since, "entered_since")
    else:
        days = _days(np.asarray(entered_since), "entered_since") + date(1970, 1, 1).toordinal()
        entries = (days - start.toordinal()) / DAYS_PER_MONTH
    if (entries < 0).any() or (entries > cut_months + _ROUNDING).any():
        raise DataError("A patient not in the cut entered before the trial opened, or after the cut.")
    return np.sort(entries)


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
