"""Which raw records the datasets use, and why the others are not used: one rule list a raw table."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.shape import first_label, numbers, require_columns, require_unique, typed
from duonen_stats.errors import DataError
from duonen_stats.raw import Cut
from duonen_stats.raw.derived.cycles import delivered, given_isotopes
from duonen_stats.raw.derived.reference_ranges import in_own_unit
from duonen_stats.raw.derived.units import unit_factors
from duonen_stats.raw.intake.result_cell import bound_parts
from duonen_stats.study import Study

# Records that are used and records that are set aside: every raw row is one or the other.


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A raw table, split: ``used`` has its columns, ``set_aside`` has table, row, subject, reason."""

    used: pd.DataFrame
    set_aside: pd.DataFrame


def set_aside(rows: pd.DataFrame, table: str, reasons: pd.Series) -> pd.DataFrame:
    """List records that are not used.

    Parameters
    ----------
    rows
        Records with ``_ROW`` (line of the file) and, except in ``data_cut``, ``SUBJID``.
    table
        Name of the raw table.
    reasons
        Why, one text a record, indexed like ``rows``; a record without a reason is left out.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``row`` (Int64), ``subject``, ``reason``; in the order of ``rows``.
    """
    chosen = rows.loc[reasons.notna()]
    columns = {
        "table": pd.Series(table, index=chosen.index, dtype="object"),
        "row": typed(chosen["_ROW"], "integer"),
        "subject": typed(chosen["SUBJID"], "text"),
        "reason": typed(reasons.loc[chosen.index], "text"),
    }
    return pd.DataFrame(columns, index=chosen.index).reset_index(drop=True)


def screen(rows: pd.DataFrame, table: str, checks: Sequence[tuple[pd.Series, str]]) -> Screened:
    """Split a raw table by the first check that a record fails.

    Parameters
    ----------
    rows
        The raw table, with ``_ROW`` and ``SUBJID``.
    table
        Its name.
    checks
        Pairs of a condition (true = not used; indexed like ``rows``) and the reason.

    Returns
    -------
    Screened
        Both parts in the order of ``rows``.
    """
    rows = rows.reset_index(drop=True)
    failed = [(condition.to_numpy(dtype=bool, na_value=False), reason) for condition, reason in checks]
    why = first_label(failed, rows.index)
    return Screened(used=rows.loc[why.isna()], set_aside=set_aside(rows, table, why))


def join_set_aside(pieces: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put lists below each other, ordered by table (in the order they first appear) and row."""
    joined = pd.concat(list(pieces), ignore_index=True)
    place = {name: number for number, name in enumerate(joined["table"].unique())}
    ordered = joined.assign(PLACE=joined["table"].map(place)).sort_values(["PLACE", "row"], kind="stable")
    return ordered.drop(columns="PLACE").reset_index(drop=True)


NO_SUBJECT = "patient is not among the randomised"
AFTER_CUT = "dated after the data cut"
NOT_DELIVERED = "cycle was not delivered"
NOT_GIVEN = "isotope was not given in the cycle"


BESIDE: Mapping[str, str] = {
    "vital_signs": "VSDT",
    "concomitant_therapies": "STARTDT",
    "protocol_deviations": "DVDT",
}
"""Raw tables that may be absent and that analyses read as they are recorded, with the date of their records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableRecords:
    """The usable records of each raw table, as recorded, and the list of the others.

    ``given`` lists the isotopes given in each delivered cycle: ``SUBJID``, ``CYCLE``, ``ISOTOPE``; ``ranges`` are
    the reference ranges of the laboratories, without rows if the cut has none. ``beside`` has by name the tables of
    ``BESIDE``, without rows for one that did not arrive.
    """

    cut_date: pd.Timestamp
    subjects: pd.DataFrame
    administrations: pd.DataFrame
    given: pd.DataFrame
    dosimetry: pd.DataFrame
    labs: pd.DataFrame
    adverse_events: pd.DataFrame
    disposition: pd.DataFrame
    tumour_assessments: pd.DataFrame
    follow_up: pd.DataFrame
    ranges: pd.DataFrame
    set_aside: pd.DataFrame
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def select_records(cut: Cut, study: Study) -> UsableRecords:
    """Select the records that can be used: of randomised patients, up to the data cut, and meaningful.

    Parameters
    ----------
    cut
        The raw data cut. It is not changed.
    study
        The study it belongs to.

    Returns
    -------
    UsableRecords
        Every row of every table is either in its table or in ``set_aside``. Survival follow-up after the cut
        is used: it says that the patient was alive at the cut.

    Raises
    ------
    DataError
        The cut has no date, a column is absent, or a key of the dictionary is repeated among the usable
        records of a table.
    """
    if cut.cut_date is None:
        raise DataError(f"The cut {cut.name} has no date of data cut; give it in the table data_cut (CUTDT).")
    end = cut.cut_date
    subjects = _subjects(_table(cut, study, "subjects"), end)
    known = set(subjects.used["SUBJID"])
    administrations = _administrations(_table(cut, study, "administrations"), known, end, study)
    given = given_isotopes(administrations.used, study)
    dosimetry = _dosimetry(_table(cut, study, "dosimetry"), known, given)
    labs = _labs(_table(cut, study, "labs"), known, end, study)
    events = _dated(_table(cut, study, "adverse_events"), "adverse_events", "STARTDT", known, end)
    disposition = _dated(_table(cut, study, "disposition"), "disposition", "DSDT", known, end)
    tumour = _tumour_assessments(_table(cut, study, "tumour_assessments"), known, end)
    follow_up = _follow_up(_table(cut, study, "follow_up"), known)
    ranges = _ranges(_table(cut, study, "reference_ranges"), study)
    beside = {
        name: _dated(_table(cut, study, name), name, column, known, end) for name, column in BESIDE.items()
    }
    screened = (subjects, administrations, dosimetry, labs, events, disposition, tumour, follow_up, ranges)
    records = UsableRecords(
        cut_date=end,
        subjects=subjects.used,
        administrations=administrations.used,
        given=given,
        dosimetry=dosimetry.used,
        labs=labs.used,
        adverse_events=events.used,
        disposition=disposition.used,
        tumour_assessments=tumour.used,
        follow_up=follow_up.used,
        ranges=ranges.used,
        set_aside=join_set_aside([part.set_aside for part in (*screened, *beside.values())]),
        beside={name: part.used for name, part in beside.items()},
    )
    _require_keys(records)
    return records


def _table(cut: Cut, study: Study, name: str) -> pd.DataFrame:
    """Return a raw table; one that did not arrive is empty."""
    names = [column.name for column in study.table(name).columns]
    if name not in cut.tables:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in [*names, "_ROW"]})
    require_columns(cut.tables[name], *names, "_ROW")
    return cut.tables[name]


def _require_keys(records: UsableRecords) -> None:
    # Two laboratory values at one time are no fault here: one of them will stand for the visit.
    require_unique(records.subjects, "SUBJID")
    require_unique(records.administrations, "SUBJID", "CYCLE")
    require_unique(records.dosimetry, "SUBJID", "CYCLE", "ORGAN", "ISOTOPE")
    require_unique(records.adverse_events, "SUBJID", "AESEQ")
    require_unique(records.disposition, "SUBJID")
    require_unique(records.follow_up, "SUBJID")


def _subjects(rows: pd.DataFrame, end: pd.Timestamp) -> Screened:
    checks = [
        (rows["SUBJID"].isna(), "no patient number"),
        (_after(rows["RANDDT"], end), "randomised after the data cut"),
    ]
    return screen(rows, "subjects", checks)


def _administrations(
    rows: pd.DataFrame, known: AbstractSet[object], end: pd.Timestamp, study: Study
) -> Screened:
    checks = [
        (~rows["SUBJID"].isin(known), NO_SUBJECT),
        (rows["EXDT"].isna(), "no date of administration"),
        (_after(rows["EXDT"], end), AFTER_CUT),
        (~delivered(rows, study, until=end), "no activity given"),
    ]
    return screen(rows, "administrations", checks)


def _dosimetry(rows: pd.DataFrame, known: AbstractSet[object], given: pd.DataFrame) -> Screened:
    keys = ["SUBJID", "CYCLE", "ISOTOPE"]
    cycle_given = pd.MultiIndex.from_frame(rows[keys[:2]]).isin(pd.MultiIndex.from_frame(given[keys[:2]]))
    isotope_given = pd.MultiIndex.from_frame(rows[keys]).isin(pd.MultiIndex.from_frame(given[keys]))
    checks = [
        (~rows["SUBJID"].isin(known), NO_SUBJECT),
        (pd.Series(~cycle_given, index=rows.index), NOT_DELIVERED),
        (pd.Series(~isotope_given, index=rows.index), NOT_GIVEN),
        (numbers(rows["DOSE_GY"]).isna(), "no dose"),
    ]
    return screen(rows, "dosimetry", checks)


def _labs(rows: pd.DataFrame, known: AbstractSet[object], end: pd.Timestamp, study: Study) -> Screened:
    bounds = {text for text in rows["BOUND"].dropna().unique() if bound_parts(str(text)) is not None}
    censored = rows["BOUND"].isin([*bounds])
    checks = [
        (~rows["SUBJID"].isin(known), NO_SUBJECT),
        (rows["LBDT"].isna(), "no date of sampling"),
        (_after(rows["LBDT"], end), AFTER_CUT),
        (
            pd.Series(~np.isfinite(numbers(rows["VALUE"]).to_numpy()), index=rows.index) & ~censored,
            "no value",
        ),
        (unit_factors(rows, study).isna(), "unit cannot be converted"),
    ]
    return screen(rows, "labs", checks)


def _dated(
    rows: pd.DataFrame, table: str, column: str, known: AbstractSet[object], end: pd.Timestamp
) -> Screened:
    checks = [(~rows["SUBJID"].isin(known), NO_SUBJECT), (_after(rows[column], end), AFTER_CUT)]
    return screen(rows, table, checks)


def _follow_up(rows: pd.DataFrame, known: AbstractSet[object]) -> Screened:
    return screen(rows, "follow_up", [(~rows["SUBJID"].isin(known), NO_SUBJECT)])


def _tumour_assessments(rows: pd.DataFrame, known: AbstractSet[object], end: pd.Timestamp) -> Screened:
    checks = [
        (~rows["SUBJID"].isin(known), NO_SUBJECT),
        (rows["ASSESSDT"].isna(), "no date of assessment"),
        (_after(rows["ASSESSDT"], end), AFTER_CUT),
    ]
    return screen(rows, "tumour_assessments", checks)


def _ranges(rows: pd.DataFrame, study: Study) -> Screened:
    known = in_own_unit(rows.assign(SUBJID=pd.Series(None, index=rows.index, dtype=object)), study)
    checks = [
        (known["FACTOR"].isna(), "unit cannot be converted"),
        (known["RANGELO"].isna() & known["RANGEHI"].isna(), "no limit"),
    ]
    return screen(known, "reference_ranges", checks)


def _after(dates: pd.Series, end: pd.Timestamp) -> pd.Series:
    return pd.to_datetime(dates) > end
