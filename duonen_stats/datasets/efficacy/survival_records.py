"""What is known of each patient's survival at the data cut, from the raw tables, and without the arm."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.efficacy.sourced_dates import (
    DateOf,
    Dates,
    Scans,
    SourcedDates,
    days_of,
    joined,
    judged_scans,
    sourced,
)
from duonen_stats.datasets.metadata.shape import require_columns, require_unique
from duonen_stats.errors import DataError
from duonen_stats.methods.inputs.admit import IntArray
from duonen_stats.plan import FINAL, Plan
from duonen_stats.raw import Cut
from duonen_stats.study import Study

# Why a time to an event is censored, and the published rules of PFS and OS.


EVENT = 0
NO_EVENT, LOST, WITHDRAWN, NO_ASSESSMENT, NEW_THERAPY, MISSED, COMPETING, NOT_REPORTED = range(1, 9)

REASONS: Mapping[int, str] = MappingProxyType(
    {
        NO_EVENT: "No event up to the data cut",
        LOST: "Lost to follow-up",
        WITHDRAWN: "Withdrawal of consent",
        NO_ASSESSMENT: "No evaluable assessment after randomization",
        NEW_THERAPY: "Another antitumor treatment",
        MISSED: "Missed assessments before the event",
        COMPETING: "Death without the event (competing)",
        NOT_REPORTED: "End of adverse event reporting",
    }
)
"""Why a time is censored, by ``CNSR``; 0 is an event."""

SURVIVAL_REASONS = tuple(code for code in REASONS if code not in {COMPETING, NOT_REPORTED})
"""Those of PFS and OS; the others belong to the first adverse event."""

PUBLISHED_RULES: Plan = FINAL
"""The rules of event and censoring as the preset has them."""

READ: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "data_cut": ("STUDYID", "CUTDT", "ORIGIN", "STAGE", "LABEL"),
        "subjects": ("SUBJID", "RANDDT"),
        "tumour_assessments": ("SUBJID", "ASSESSDT", "RESPONSE", "NEWLESION"),
        "follow_up": ("SUBJID", "LASTDT", "STATUS", "DEATHDT", "NEWTRTDT"),
        "administrations": ("SUBJID", "EXDT"),
        "disposition": ("SUBJID", "DSDT", "REASON"),
    }
)
"""The columns of the raw tables that survival is made from: no other is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalRecords:
    """Dated records of the randomised patients up to the data cut, as arrays.

    Attributes
    ----------
    subject
        ``SUBJID`` of each patient, in the order of randomisation; the others name patients by their place in it.
    randomised
        The date of randomisation, one per patient.
    scans
        Judged tumour assessments after randomisation.
    deaths
        At most one per patient.
    new_therapy
        At most one per patient: start of another antitumour treatment, on or after randomisation.
    alive
        One per patient, in their order: the last date known alive.
    left
        Why each patient is observed no longer: ``LOST``, ``WITHDRAWN``, or 0 for neither.
    """

    subject: NDArray[np.object_]
    randomised: SourcedDates
    scans: Scans
    deaths: SourcedDates
    new_therapy: SourcedDates
    alive: SourcedDates
    left: IntArray

    def series(self, values: NDArray[np.generic]) -> pd.Series:
        """Name one value per patient by ``SUBJID``."""
        return pd.Series(values, index=pd.Index(self.subject, name="SUBJID"))


def select_survival_records(cut: Cut, study: Study, rules: Plan) -> SurvivalRecords:
    """Select what PFS and OS are made from. The column ``ARM`` is never looked at and may be absent.

    Parameters
    ----------
    cut
        The raw data cut. It is not changed.
    study
        Gives the columns of a table that did not arrive.
    rules
        What an evaluable assessment and a progression are.

    Returns
    -------
    SurvivalRecords
        Of the patients randomised up to the data cut.

    Raises
    ------
    DataError
        The cut has no date, a column is absent, a patient stands twice in a table of one row per patient, or a
        randomised patient has no date of randomisation or died before it.
    """
    if cut.cut_date is None:
        raise DataError(f"The cut {cut.name} has no date of data cut; give it in the table data_cut (CUTDT).")
    end = cut.cut_date
    subject, randomised = _patients(_raw(cut, study, "subjects"), end)
    tables = {name: _raw(cut, study, name) for name in READ if name not in {"data_cut", "subjects"}}
    index = pd.Index(subject, dtype=object)
    of = {name: _places(rows, index) for name, rows in tables.items()}
    contact, scans, disposed = (tables[name] for name in ("follow_up", "tumour_assessments", "disposition"))
    seen = of["follow_up"]
    require_unique(contact.loc[seen >= 0, ["SUBJID"]], "SUBJID")
    deaths = sourced(contact, seen, DateOf.DEATH, until=end)
    start = randomised.date
    early = int(np.count_nonzero(deaths.date < start[deaths.patient]))
    if early:
        raise DataError(f"{early} patient(s) died before randomisation; correct DEATHDT or RANDDT.")
    started = sourced(contact, seen, DateOf.THERAPY, until=end)
    # The strongest evidence is given last: of several on one day it is the source.
    signs = joined(
        [
            randomised,
            sourced(tables["administrations"], of["administrations"], DateOf.GIVEN, until=end),
            sourced(scans, of["tumour_assessments"], DateOf.SCAN, until=end),
            sourced(contact, seen, DateOf.CONTACT, until=end),
            _known_later(contact, seen, end),
        ]
    )
    alive = signs.of(signs.last(subject.size))
    return SurvivalRecords(
        subject=subject,
        randomised=randomised,
        scans=judged_scans(scans, of["tumour_assessments"], start, rules, until=end),
        deaths=deaths,
        new_therapy=started.of(started.date >= start[started.patient]),
        alive=alive,
        left=_left(contact, seen, disposed, of["disposition"], alive.date, end),
    )


def _raw(cut: Cut, study: Study, name: str) -> pd.DataFrame:
    """Take a raw table, of which ``READ`` is looked at and nothing else; one that did not arrive is empty."""
    study.table(name)
    columns = [*READ[name], "_ROW"]
    if name not in cut.tables:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})
    require_columns(cut.tables[name], *columns)
    return cut.tables[name]


def _places(rows: pd.DataFrame, subjects: pd.Index) -> IntArray:
    """Find the place of the patient of each record, -1 for one who is not among them."""
    return subjects.get_indexer(pd.Index(rows["SUBJID"], dtype=object)).astype(np.int64)


def _patients(rows: pd.DataFrame, end: pd.Timestamp) -> tuple[NDArray[np.object_], SourcedDates]:
    named = rows["SUBJID"].notna().to_numpy()
    undated = int((named & rows["RANDDT"].isna().to_numpy()).sum())
    if undated:
        raise DataError(f"{undated} patient(s) have no date of randomisation; no time can start without it.")
    everyone = np.where(named, np.arange(len(rows)), -1)
    found = sourced(rows, everyone, DateOf.RANDOMISATION, until=end)
    subject = rows["SUBJID"].to_numpy(dtype=object)[found.patient]
    require_unique(pd.DataFrame({"SUBJID": subject}), "SUBJID")
    return subject, SourcedDates(
        patient=np.arange(subject.size, dtype=np.int64),
        date=found.date,
        source=found.source,
        record=found.record,
    )


def _known_later(contact: pd.DataFrame, seen: IntArray, end: pd.Timestamp) -> SourcedDates:
    """Give the day of the cut of those who were seen alive after it."""
    last = days_of(contact["LASTDT"])
    later = np.flatnonzero((last > end.to_datetime64()) & (seen >= 0))
    return SourcedDates(
        patient=seen[later],
        date=np.full(later.size, end.to_datetime64().astype("datetime64[ns]")),
        source=np.full(later.size, DateOf.LATER_CONTACT, dtype=np.int64),
        record=contact["_ROW"].to_numpy(dtype="int64")[later],
    )


def _left(
    contact: pd.DataFrame,
    seen: IntArray,
    disposed: pd.DataFrame,
    ended: IntArray,
    alive: Dates,
    end: pd.Timestamp,
) -> IntArray:
    """Say who left: withdrawn and never seen later, or lost. Leaving treatment is not leaving the trial."""
    left = np.zeros(alive.size, dtype=np.int64)
    status = contact["STATUS"].eq("LOST").to_numpy(dtype=np.bool_, na_value=False)
    left[sourced(contact, seen, DateOf.CONTACT, until=end, kept=status).patient] = LOST
    withdrawal = disposed["REASON"].eq("WITHDRAWAL").to_numpy(dtype=np.bool_, na_value=False)
    last = sourced(disposed, ended, DateOf.ENDED, until=end, kept=withdrawal)
    left[last.patient[alive[last.patient] <= last.date]] = WITHDRAWN
    return left
