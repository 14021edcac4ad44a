"""Dates of which only a part is known, imputed by the rules of ADaM, within what else is known of the patient."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from duonen_stats.raw.findings import CheckRule, Finding, first_few, shown
from duonen_stats.raw.intake.companions.partial_text import UNKNOWN, Period, period_of
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.raw.questions import CHECK_DATE, CONFIRM_NOT_NEEDED
from duonen_stats.study import RawColumn, RawTable, Study

PARTIAL = CheckRule(
    "RD-PARTIAL",
    "note",
    "Dates of which only a part is known; it is kept, and the date is imputed.",
    question=CONFIRM_NOT_NEEDED,
)
CONTRADICTS = CheckRule(
    "RD-PARTCONFLICT",
    "error",
    "A partial date is not written as the dictionary has it, or the date beside it is another one.",
    question=CHECK_DATE,
)

_PLACES = 5
_SEEN = (
    ("administrations", "EXDT"),
    ("labs", "LBDT"),
    ("tumour_assessments", "ASSESSDT"),
    ("adverse_events", "STARTDT"),
)
"""Dates on which a patient was alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a patient: days of treatment and randomisation, last seen, last contact, death, data cut."""

    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None
    randomised: pd.Timestamp | None = None
    seen: pd.Timestamp | None = None
    contact: pd.Timestamp | None = None
    death: pd.Timestamp | None = None
    cut: pd.Timestamp | None = None


_Impute = Callable[[Period | None, pd.Timestamp | None, _Known], pd.Timestamp | None]
"""From the days it may be (``None``: any), the date at the other end and what is known, to the date."""


def _start(period: Period | None, end: pd.Timestamp | None, known: _Known) -> pd.Timestamp | None:
    """Take the first day; but the first administration if it may be that, unless that is after the end."""
    latest = _least(end, known.death, known.cut)
    treated = known.first if known.first is not None else known.randomised if period is None else None
    if period is None:
        return _least(treated, latest) if treated is not None else None
    if treated is not None and _within(period, treated) and (latest is None or treated <= latest):
        return treated
    return pd.Timestamp(period.first)


def _end(period: Period | None, start: pd.Timestamp | None, known: _Known) -> pd.Timestamp | None:
    """Take the last day, not after the last contact and not before the start; without a year there is none."""
    if period is None:
        return None
    latest = _least(pd.Timestamp(period.last), known.death or known.contact, known.cut)
    return _inside(period, latest, start)


def _contact(period: Period | None, death: pd.Timestamp | None, known: _Known) -> pd.Timestamp | None:
    """Take the first day, but not before a day on which the patient was seen; of the dead the day of death."""
    if death is not None and (period is None or _within(period, death)):
        return death
    return known.seen if period is None else _inside(period, pd.Timestamp(period.first), known.seen)


def _death(period: Period | None, contact: pd.Timestamp | None, known: _Known) -> pd.Timestamp | None:
    """Take the first day, but not before the patient was last known alive; without a year there is none."""
    return None if period is None else _inside(period, pd.Timestamp(period.first), known.seen, contact)


def _new_treatment(period: Period | None, _: pd.Timestamp | None, known: _Known) -> pd.Timestamp | None:
    """Take the first day, but not before randomisation; without a year there is none."""
    return None if period is None else _inside(period, pd.Timestamp(period.first), known.randomised)


def _therapy(period: Period | None, _: pd.Timestamp | None, known: _Known) -> pd.Timestamp | None:
    """Take the first day, or the day of randomisation if it may be that; without a year there is none."""
    if period is None:
        return None
    randomised = known.randomised
    return (
        randomised if randomised is not None and _within(period, randomised) else pd.Timestamp(period.first)
    )


def _status(period: Period | None, _: pd.Timestamp | None, known: _Known) -> pd.Timestamp | None:
    """Take the last day, but not after the last contact, and not before the last administration."""
    if period is None:
        return known.last if known.last is not None else known.randomised
    latest = _least(pd.Timestamp(period.last), known.death or known.contact, known.cut)
    return _inside(period, latest, known.last)


_RULES: tuple[tuple[str, str, str | None, _Impute], ...] = (
    ("follow_up", "DEATHDT", "LASTDT", _death),
    ("follow_up", "LASTDT", "DEATHDT", _contact),
    ("follow_up", "NEWTRTDT", None, _new_treatment),
    ("disposition", "DSDT", None, _status),
    ("adverse_events", "STARTDT", "ENDDT", _start),
    ("adverse_events", "ENDDT", "STARTDT", _end),
    ("concomitant_therapies", "STARTDT", "ENDDT", _therapy),
    ("concomitant_therapies", "ENDDT", "STARTDT", _end),
)
"""Table, column, the date at its other end, and how it is imputed; later ones use what earlier ones gave."""


def _least(*days: pd.Timestamp | None) -> pd.Timestamp | None:
    return min((day for day in days if day is not None), default=None)


def _within(period: Period, day: pd.Timestamp) -> bool:
    return period.first <= day.date() <= period.last


def _inside(period: Period, day: pd.Timestamp | None, *not_before: pd.Timestamp | None) -> pd.Timestamp:
    """Move a day up to the latest of some others, and into the days that it may be."""
    first, last = pd.Timestamp(period.first), pd.Timestamp(period.last)
    later = max((one for one in (day, *not_before) if one is not None), default=first)
    return min(max(later, first), last)


def with_imputed_dates(
    tables: Mapping[str, pd.DataFrame], study: Study
) -> tuple[dict[str, pd.DataFrame], tuple[Finding, ...]]:
    """Impute the dates of which only a part is known.

    Parameters
    ----------
    tables
        Typed raw tables. Those that were not read, or have not all of their columns, say nothing.
    study
        The dictionary: which columns keep partial dates.

    Returns
    -------
    tables : dict of pandas.DataFrame
        A start has the first day of the month, or 1 January; but the day of the first administration, if it may be
        that and is not after the end. An end has the last day, not after the last date known alive or the data cut,
        and not before the start. A death and a last contact have the first day, not before a day on which the patient
        was alive; another treatment the first day, not before randomisation; a therapy beside the study treatment the
        day of randomisation, if it may be that, else the first day; the status of treatment the last day, not after
        the last contact and not before the last administration. Of a start of which nothing is known the
        first administration is taken; an end, a death and another treatment stay empty then. Reading an imputed date
        again, with the part beside it, gives the same date.
    findings
        A note for each column, how many and where; and each partial date that is faulty, or contradicts the date.

    References
    ----------
    CDISC ADaM Implementation Guide 1.3, §3.1.3 (imputation flags); OCCDS 1.1, §3.2.3 (starts at the first dose).
    """
    out = dict(tables)
    findings: list[Finding] = []
    for name, column, other, impute in _RULES:
        table = next((one for one in study.tables if one.name == name), None)
        if table is None or name not in out or not {column, f"{column}C"} <= {*out[name].columns}:
            continue
        whole = table.column(column)
        if whole.partial is None or out[name][whole.partial].isna().all():
            continue
        out[name], found = _imputed(out, table, whole, other, impute)
        findings += found
    return out, tuple(findings)


def _imputed(
    tables: Mapping[str, pd.DataFrame], table: RawTable, column: RawColumn, other: str | None, impute: _Impute
) -> tuple[pd.DataFrame, list[Finding]]:
    frame = tables[table.name]
    known = _known(tables)
    parts = frame[frame[column.partial].notna()]
    dates = frame[column.name].copy()
    faults, done = [], []
    for place, record in zip(parts.index, parts.to_dict("records"), strict=True):
        part, given = str(record[column.partial]), _day(record[column.name])
        period = period_of(part)
        if fault := _fault(part, period, given, column):
            line, subject = int(record[ROW]), _text(record["SUBJID"])
            faults.append(
                CONTRADICTS.found(table.name, fault, row=line, column=column.partial, subject=subject)
            )
            continue
        patient = known.get(_text(record["SUBJID"]), _Known(cut=_cut(tables)))
        beside = (
            None if other is None else _at_other_end(record, table.column(other), latest=impute is _start)
        )
        dates.loc[place] = pd.NaT if (found := impute(period, beside, patient)) is None else found
        done.append(int(record[ROW]))
    return frame.assign(**{column.name: dates}), [*_note(table, column, sorted(done)), *faults]


def _at_other_end(record: Mapping[Any, Any], column: RawColumn, *, latest: bool) -> pd.Timestamp | None:
    """Give the date at the other end; of a partial one the ``latest`` day that it may be, or what it was set to."""
    part = record.get(column.partial)
    if latest and part is not None and pd.notna(part):
        period = period_of(str(part))
        return None if period is None else pd.Timestamp(period.last)
    return _day(record.get(column.name))


def _fault(part: str, period: Period | None, given: pd.Timestamp | None, column: RawColumn) -> str:
    if period is None and part != UNKNOWN:
        return f"{shown(part)} is not YYYY, YYYY-MM or {UNKNOWN}; correct the cell, or empty it if the date is known."
    if period is not None and given is not None and not _within(period, given):
        return f"{shown(part)}, but {column.name} is {given:%Y-%m-%d}; correct one of them."
    return ""


def _note(table: RawTable, column: RawColumn, lines: list[int]) -> Iterator[Finding]:
    if lines:
        plural = "s" * (len(lines) > 1)
        named = first_few([*map(str, lines)], _PLACES)
        message = (
            f"Of {len(lines)} date{plural} only a part is known, line{plural} {named}; imputed, and kept in "
            f"{column.partial}. Give the whole date if it becomes known."
        )
        yield PARTIAL.found(table.name, message, row=lines[0], column=column.name)


# What is known of each patient.


def _known(tables: Mapping[str, pd.DataFrame]) -> dict[str | None, _Known]:
    given = _exact(tables, "administrations", "EXDT")
    activity = [
        name for name in tables.get("administrations", pd.DataFrame()).columns if name.endswith("_MBQ")
    ]
    if activity:
        amounts = tables["administrations"][activity].astype("float64")
        given = given[(amounts.gt(0).any(axis=1) | amounts.isna().all(axis=1)).reindex(given.index)]
    seen = pd.concat([_exact(tables, *place) for place in _SEEN])
    parts = {
        "first": given.groupby("SUBJID")["DAY"].min(),
        "last": given.groupby("SUBJID")["DAY"].max(),
        "randomised": _exact(tables, "subjects", "RANDDT").groupby("SUBJID")["DAY"].min(),
        "seen": seen.groupby("SUBJID")["DAY"].max(),
        "contact": _all(tables, "follow_up", "LASTDT").groupby("SUBJID")["DAY"].max(),
        "death": _all(tables, "follow_up", "DEATHDT").groupby("SUBJID")["DAY"].min(),
    }
    cut = _cut(tables)
    patients = {subject for days in parts.values() for subject in days.index}
    return {
        subject: _Known(cut=cut, **{name: _day(days.get(subject)) for name, days in parts.items()})
        for subject in patients
    }


def _all(tables: Mapping[str, pd.DataFrame], table: str, column: str) -> pd.DataFrame:
    frame = tables.get(table)
    if frame is None or not {column, "SUBJID"} <= {*frame.columns}:
        return pd.DataFrame({"SUBJID": pd.Series(dtype=object), "DAY": pd.Series(dtype="datetime64[ns]")})
    return frame[["SUBJID", column]].rename(columns={column: "DAY"}).dropna()


def _exact(tables: Mapping[str, pd.DataFrame], table: str, column: str) -> pd.DataFrame:
    """List the dates of a column that were recorded, not imputed."""
    days = _all(tables, table, column)
    partial = f"{column}C"
    if table in tables and partial in tables[table].columns:
        days = days[tables[table][partial].isna().reindex(days.index)]
    return days


def _cut(tables: Mapping[str, pd.DataFrame]) -> pd.Timestamp | None:
    days = tables["data_cut"]["CUTDT"].dropna() if "data_cut" in tables else pd.Series(dtype="datetime64[ns]")
    return _day(days.iloc[0]) if len(days) == 1 else None


def _day(value: Any) -> pd.Timestamp | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value)


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
