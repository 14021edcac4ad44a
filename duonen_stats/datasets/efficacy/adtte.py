"""ADTTE: progression-free survival under two estimands and overall survival, with the source of every date."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.efficacy.sourced_dates import SOURCES, DateOf, Dates, SourcedDates, joined
from duonen_stats.datasets.efficacy.survival_records import (
    EVENT,
    MISSED,
    NEW_THERAPY,
    NO_ASSESSMENT,
    NO_EVENT,
    REASONS,
    SurvivalRecords,
    select_survival_records,
)
from duonen_stats.datasets.metadata.shape import conform, require_columns, require_unique
from duonen_stats.datasets.patients.subjects import KEYS
from duonen_stats.methods.inputs.admit import BoolArray, IntArray
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut
from duonen_stats.study import Study

# When a patient progressed, died or was last known to have done neither: one PFS for each estimand.


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EndOfTime:
    """When and how each patient's time ends, one entry per patient.

    ``date`` is the day, ``reason`` 0 for an event or why the time is censored (a key of ``REASONS``), ``source`` and
    ``record`` the kind of date and the number of its record, as in ``SourcedDates``.
    """

    date: Dates
    reason: IntArray
    source: IntArray
    record: IntArray

    @property
    def event(self) -> BoolArray:
        """Whether the time ends with the event."""
        return np.asarray(self.reason == EVENT)

    def replaced(self, where: BoolArray, by: "EndOfTime") -> "EndOfTime":
        """Return this outcome, with that of ``by`` for some patients."""
        return EndOfTime(
            date=np.where(where, by.date, self.date),
            reason=np.where(where, by.reason, self.reason),
            source=np.where(where, by.source, self.source),
            record=np.where(where, by.record, self.record),
        )

    def because(self, reason: int) -> "EndOfTime":
        """Return times that end on the same days, all censored for one reason."""
        return EndOfTime(
            date=self.date,
            reason=np.full_like(self.reason, reason),
            source=self.source,
            record=self.record,
        )


def treatment_policy(records: SurvivalRecords) -> EndOfTime:
    """Date progression or death from any cause, whatever treatment the patient took and however late it was seen.

    Parameters
    ----------
    records
        What is known at the data cut.

    Returns
    -------
    EndOfTime
        The event is the first progression, on the day of the assessment that showed it, or death if that came first; a
        later record changes nothing. Without an event the time ends at the last evaluable assessment, at randomisation
        if there is none.

    References
    ----------
    ICH E9(R1), treatment-policy strategy; RECIST 1.1.
    """
    free = last_without_progression(records)
    unseen = free.source == DateOf.RANDOMISATION
    censored = _left_or(records, free, np.where(unseen, NO_ASSESSMENT, NO_EVENT))
    return _with_events(records, [records.scans.progressed, records.deaths], censored)


def hypothetical(policy: EndOfTime, records: SurvivalRecords, rules: Plan) -> EndOfTime:
    """Censor what another treatment may have changed, and what was seen only after missed assessments.

    Parameters
    ----------
    policy
        The outcome under the treatment policy.
    records
        What is known at the data cut.
    rules
        Where another treatment censors; how long a gap before an event may be.

    Returns
    -------
    EndOfTime
        Another treatment that began before the event, or without one, censors; an event on the day it began still
        counts. Else an event further from the last evaluable assessment (or randomisation) than
        ``rules.longest_gap_days`` is censored there. No time is longer than under the treatment policy.

    References
    ----------
    ICH E9(R1), hypothetical strategy; FDA (2018) Clinical trial endpoints, Appendix.
    """
    begun = records.new_therapy.by_patient(records.subject.size)
    before = begun < policy.date  # a missing date compares as false
    changed = ~np.isnat(begun) & (~policy.event | before)
    free = last_without_progression(records, np.where(changed, begun, policy.date))
    missed = policy.event & ~changed & (_days(policy.date - free.date) > rules.longest_gap_days)
    at = free
    if rules.new_therapy_censoring == "new_therapy":
        at = free.replaced(changed, policy).replaced(changed & before, _of_therapy(records, free))
    found = policy.replaced(changed, at.because(NEW_THERAPY))
    return found.replaced(missed, free.because(MISSED))


def _of_therapy(records: SurvivalRecords, otherwise: EndOfTime) -> EndOfTime:
    """Give the start of another treatment of each patient who had one."""
    place = records.new_therapy.first(records.subject.size)
    if not records.new_therapy.date.size:
        return otherwise
    started = EndOfTime(
        date=records.new_therapy.date[place],
        reason=otherwise.reason,
        source=np.full_like(otherwise.source, DateOf.THERAPY),
        record=records.new_therapy.record[place],
    )
    return otherwise.replaced(place >= 0, started)


def overall(records: SurvivalRecords) -> EndOfTime:
    """Date death from any cause.

    Parameters
    ----------
    records
        What is known at the data cut.

    Returns
    -------
    EndOfTime
        Without death the time ends when the patient was last known alive: by the survival follow-up, an assessment or
        an administration; at the data cut if the follow-up went on.
    """
    alive = records.alive
    last = EndOfTime(date=alive.date, reason=records.left, source=alive.source, record=alive.record)
    censored = _left_or(records, last, np.full_like(records.left, NO_EVENT))
    return _with_events(records, [records.deaths], censored)


def last_without_progression(records: SurvivalRecords, until: Dates | None = None) -> EndOfTime:
    """Find the last evaluable assessment without progression, randomisation if there is none.

    Parameters
    ----------
    records
        What is known at the data cut.
    until
        The last date to look at, one per patient; None looks at all.

    Returns
    -------
    EndOfTime
        Times without an event up to then (``NO_EVENT``).
    """
    free = records.scans.free.called(DateOf.FREE)
    if until is not None:
        free = free.of(free.date <= until[free.patient])
    known = joined([records.randomised, free])
    found = known.of(known.last(records.subject.size))
    return EndOfTime(
        date=found.date,
        reason=np.full(found.date.size, NO_EVENT, dtype=np.int64),
        source=found.source,
        record=found.record,
    )


def _left_or(records: SurvivalRecords, times: EndOfTime, reason: IntArray) -> EndOfTime:
    """Say why each time ends: the patient left, else the reason given."""
    return EndOfTime(
        date=times.date,
        reason=np.where(records.left != 0, records.left, reason),
        source=times.source,
        record=times.record,
    )


def _with_events(records: SurvivalRecords, events: list[SourcedDates], censored: EndOfTime) -> EndOfTime:
    """Let the time of each patient with an event end at the first one; of one day, that of the first list."""
    known = joined(events)
    place = known.first(records.subject.size)
    if not known.date.size:
        return censored
    seen = EndOfTime(
        date=known.date[place],
        reason=np.full_like(censored.reason, EVENT),
        source=known.source[place],
        record=known.record[place],
    )
    return censored.replaced(place >= 0, seen)


def _days(spans: "NDArray[np.timedelta64]") -> IntArray:
    """Count the days of differences of dates, each of midnight."""
    return np.asarray(spans // np.timedelta64(1, "D"), dtype=np.int64)


PARAMETERS = {
    "PFS": "Progression-Free Survival, Treatment Policy (months)",
    "PFSHYP": "Progression-Free Survival, Hypothetical (months)",
    "OS": "Overall Survival (months)",
}
"""``PARAM`` by ``PARAMCD``, in the order of ``PARAMN``."""


def build_adtte(cut: Cut, adsl: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Build the dataset of times to event.

    Parameters
    ----------
    cut
        A raw data cut without findings of severity error. It is not changed.
    adsl
        The subject-level dataset of the cut.
    study
        Gives the columns of a table that did not arrive.
    plan
        States the rules of event and censoring.

    Returns
    -------
    pandas.DataFrame
        Rows PFS, PFSHYP and OS of every randomised patient, sorted by ``USUBJID`` and ``PARAMN``. ``AVAL``
        is the months from ``STARTDT`` (randomisation) to ``ADT``: days / 30.4375, 0 on the day itself.
        ``CNSR`` is 0 for an event, else the reason (``survival_rules.REASONS``), and ``EVNTDESC`` the event or
        the reason in words; ``CNSDTDSC`` says what the date of a censored time is. ``SRCDOM``, ``SRCVAR`` and
        ``SRCSEQ`` name the raw table, the column and the number of the record that ``ADT`` was taken from.

    Raises
    ------
    DataError
        The cut has no date, a column is absent, a patient stands twice in a table of one row per patient, or a
        randomised patient has no date of randomisation or died before it.

    References
    ----------
    ICH E9(R1); RECIST 1.1. PFS is the trial's primary endpoint (interim publication, §2.6, §4.4).
    """
    require_columns(adsl, *KEYS)
    require_unique(adsl, "SUBJID")
    records = select_survival_records(cut, study, plan)
    policy = treatment_policy(records)
    outcomes = (policy, hypothetical(policy, records, plan), overall(records))
    place = pd.Index(adsl["SUBJID"].to_numpy(dtype=object)).get_indexer(
        pd.Index(records.subject, dtype=object)
    )
    known = np.flatnonzero(place >= 0)
    names = adsl["USUBJID"].to_numpy(dtype=object)[place[known]]
    known = known[np.argsort(names, kind="stable")]
    pieces = [_columns(one, records, plan) for one in outcomes]
    # The parameters of a patient stand below each other.
    columns = {
        name: np.stack([piece[name][known] for piece in pieces], axis=1).reshape(-1) for name in pieces[0]
    }
    codes = [*PARAMETERS]
    times, own = len(codes), place[known].repeat(len(codes))
    columns |= {
        "PARAMCD": np.array(codes * known.size, dtype=object),
        "PARAM": np.array([PARAMETERS[code] for code in codes] * known.size, dtype=object),
        "PARAMN": np.tile(np.arange(1, times + 1), known.size),
    }
    of_patient = {name: adsl[name].take(own).reset_index(drop=True) for name in KEYS}
    return conform(pd.DataFrame({**of_patient, **columns}), "ADTTE")


_KINDS = np.array([SOURCES[number].kind for number in SOURCES], dtype=object)
_TABLES = np.array([SOURCES[number].table for number in SOURCES], dtype=object)
_VARIABLES = np.array([SOURCES[number].column for number in SOURCES], dtype=object)
_REASONS = np.array([None, *(REASONS[code] for code in REASONS)], dtype=object)


def _columns(outcome: EndOfTime, records: SurvivalRecords, rules: Plan) -> "dict[str, NDArray[np.generic]]":
    """Count the months to each outcome, and name its source and reason."""
    start, event = records.randomised.date, outcome.event
    kind = _KINDS[outcome.source]
    return {
        "STARTDT": start,
        "ADT": outcome.date,
        "AVAL": _days(outcome.date - start) / rules.days_per_month,
        "AVALU": np.full(event.size, "MONTHS", dtype=object),
        "CNSR": outcome.reason,
        "EVNTDESC": np.where(event, kind, _REASONS[outcome.reason]),
        "CNSDTDSC": np.where(event, _REASONS[:1], kind),
        "SRCDOM": _TABLES[outcome.source],
        "SRCVAR": _VARIABLES[outcome.source],
        "SRCSEQ": outcome.record,
    }
