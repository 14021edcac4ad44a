"""Dates of patients as arrays, each with the record it stands in: what times to an event are made of.

A trial is simulated and analysed many thousand times, and a data frame costs a hundred times what it holds: here a
date is a number, a patient a place and a source one of a few that are named once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.metadata.shape import require_columns
from duonen_stats.methods.inputs.admit import BoolArray, IntArray
from duonen_stats.plan import Plan
from duonen_stats.raw.derived.baseline_scan import new_lesions, progressions

Dates = NDArray[np.datetime64]
"""datetime64[ns]; NaT where there is no date."""


@dataclass(frozen=True, slots=True)
class DateSource:
    """A raw table and its column that dates come from; ``kind`` is what such a date is, in words."""

    table: str
    column: str
    kind: str


class DateOf(IntEnum):
    """What a date is of: a source of its own, and a place in the words of the dataset."""

    RANDOMISATION = 0
    GIVEN = 1
    SCAN = 2
    CONTACT = 3
    LATER_CONTACT = 4
    FREE = 5
    PROGRESSION = 6
    NEW_LESION = 7
    DEATH = 8
    THERAPY = 9
    ENDED = 10


SOURCES = MappingProxyType(
    {
        DateOf.RANDOMISATION: DateSource("subjects", "RANDDT", "Randomization"),
        DateOf.GIVEN: DateSource("administrations", "EXDT", "Last administration"),
        DateOf.SCAN: DateSource("tumour_assessments", "ASSESSDT", "Last assessment"),
        DateOf.CONTACT: DateSource("follow_up", "LASTDT", "Last date known alive"),
        DateOf.LATER_CONTACT: DateSource("follow_up", "LASTDT", "Data cut, known alive later"),
        DateOf.FREE: DateSource("tumour_assessments", "ASSESSDT", "Last evaluable assessment"),
        DateOf.PROGRESSION: DateSource("tumour_assessments", "ASSESSDT", "Progressive disease (RECIST 1.1)"),
        DateOf.NEW_LESION: DateSource("tumour_assessments", "ASSESSDT", "New lesion"),
        DateOf.DEATH: DateSource("follow_up", "DEATHDT", "Death"),
        DateOf.THERAPY: DateSource("follow_up", "NEWTRTDT", "Another antitumor treatment"),
        DateOf.ENDED: DateSource("disposition", "DSDT", "End of treatment"),
    }
)
"""Raw table, column and words of each kind of date."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourcedDates:
    """Dates of patients, one entry a record, each patient's by date and number of the record.

    ``patient`` is the place of the patient, ``date`` the day (datetime64[ns]), ``source`` a value of :class:`DateOf`
    and ``record`` the number of the record in its raw table.
    """

    patient: IntArray
    date: Dates
    source: IntArray
    record: IntArray

    def of(self, chosen: BoolArray | IntArray) -> "SourcedDates":
        """Return the chosen entries, by a mask or by their places."""
        return SourcedDates(
            patient=self.patient[chosen],
            date=self.date[chosen],
            source=self.source[chosen],
            record=self.record[chosen],
        )

    def called(self, source: DateOf) -> "SourcedDates":
        """Return the same dates as those of another kind."""
        return SourcedDates(
            patient=self.patient,
            date=self.date,
            source=np.full(self.patient.size, source, dtype=np.int64),
            record=self.record,
        )

    def first(self, patients: int) -> IntArray:
        """Return the place of each patient's first entry, of several on one day the one given first; -1 if none."""
        order = np.argsort(self.date, kind="stable")[::-1]
        found = np.full(patients, -1, dtype=np.int64)
        found[self.patient[order]] = order  # of several values for a place the last one stays
        return found

    def last(self, patients: int) -> IntArray:
        """Return the place of each patient's last entry, of several on one day the one given last; -1 if none."""
        order = np.argsort(self.date, kind="stable")
        found = np.full(patients, -1, dtype=np.int64)
        found[self.patient[order]] = order
        return found

    def by_patient(self, patients: int) -> Dates:
        """Return the date of each patient's first entry, NaT without one."""
        out = np.full(patients, np.datetime64("NaT", "ns"))
        found = self.first(patients)
        out[found >= 0] = self.date[found[found >= 0]]
        return out


def joined(parts: Sequence[SourcedDates]) -> SourcedDates:
    """Put entries one after the other: of one day, those of an earlier part come first."""
    return SourcedDates(
        patient=np.concatenate([part.patient for part in parts]),
        date=np.concatenate([part.date for part in parts]),
        source=np.concatenate([part.source for part in parts]),
        record=np.concatenate([part.record for part in parts]),
    )


def days_of(dates: pd.Series) -> Dates:
    """Return the dates of a column, whatever type they came in; NaT where there is none."""
    known = dates if dates.dtype == "datetime64[ns]" else pd.to_datetime(dates)
    return known.to_numpy(dtype="datetime64[ns]")


def sourced(
    rows: pd.DataFrame,
    patient: IntArray,
    source: DateOf,
    *,
    until: pd.Timestamp,
    kept: BoolArray | None = None,
) -> SourcedDates:
    """Take the date of each record of a raw table that is of a known patient and not later than the data cut.

    Parameters
    ----------
    rows
        The raw table, with the column of the source and ``_ROW``.
    patient
        Place of the patient of each record; -1 if the record is of none.
    source
        A value of ``DateOf``.
    until
        The data cut: its day is known, what is later is not.
    kept
        Which records count; None if all do.

    Raises
    ------
    DataError
        A column is absent.
    """
    column = SOURCES[source].column
    require_columns(rows, column, "_ROW")
    dates = days_of(rows[column])
    lines = rows["_ROW"].to_numpy(dtype="int64")
    known = (patient >= 0) & (dates <= until.to_datetime64())  # a missing date compares as false
    if kept is not None:
        known &= kept
    chosen = np.flatnonzero(known)
    chosen = chosen[np.lexsort((lines[chosen], dates[chosen]))]
    return SourcedDates(
        patient=patient[chosen],
        date=dates[chosen],
        source=np.full(chosen.size, source, dtype=np.int64),
        record=lines[chosen],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scans:
    """Tumour assessments after randomisation: those that show progression, and evaluable ones that do not."""

    progressed: SourcedDates
    free: SourcedDates


def judged_scans(
    rows: pd.DataFrame, patient: IntArray, randomised: Dates, rules: Plan, *, until: pd.Timestamp
) -> Scans:
    """Judge each assessment after the day of randomisation; one on that day or before is the baseline.

    Parameters
    ----------
    rows
        The raw table of tumour assessments.
    patient
        Place of the patient of each record; -1 if the record is of none.
    randomised
        Day of randomisation of each patient.
    rules
        Evaluable responses, and whether a new lesion is progression.
    until
        The data cut.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247.
    """
    require_columns(rows, "ASSESSDT", "RESPONSE", "NEWLESION", "_ROW")
    dates = days_of(rows["ASSESSDT"])
    after = (patient >= 0) & (dates > randomised[patient] if randomised.size else patient >= 0)
    lesion = new_lesions(rows, rules).to_numpy()
    shown = progressions(rows, rules).to_numpy()
    evaluable = rows["RESPONSE"].isin(rules.evaluable_responses).to_numpy(dtype=np.bool_) | lesion
    disease = rows["RESPONSE"].eq("PD").to_numpy(dtype=np.bool_)
    parts = [
        sourced(rows, patient, source, until=until, kept=after & kept)
        for source, kept in (
            (DateOf.PROGRESSION, shown & disease),
            (DateOf.NEW_LESION, shown & ~disease),
            (DateOf.FREE, evaluable & ~shown),
        )
    ]
    # Of two progressions of one day the first record names the event, whatever shows it.
    both = joined(parts[:2])
    return Scans(progressed=both.of(np.lexsort((both.record, both.date))), free=parts[2])
