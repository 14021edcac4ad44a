"""The raw records that the datasets use, by table, and the list of the others with the reasons why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from duonen_stats.datasets.metadata.shape import require_columns, require_unique, typed
from duonen_stats.errors import DataError
from duonen_stats.raw import Cut
from duonen_stats.raw.derived.cycles import given_isotopes
from duonen_stats.raw.derived.reference_ranges import in_own_unit
from duonen_stats.raw.derived.why_unused import RecordScreen, unused_entries, unused_ranges, unused_subjects
from duonen_stats.study import Study


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


def screen(rows: pd.DataFrame, table: str, why: "pd.Series[str]") -> Screened:
    """Split a raw table: every record is either used or set aside.

    Parameters
    ----------
    rows
        The raw table, with ``_ROW`` and ``SUBJID``.
    table
        Its name.
    why
        Of each record the reason why it is not used, None if it is (``raw/derived/why_unused.py``); indexed like
        ``rows``.

    Returns
    -------
    Screened
        Both parts in the order of ``rows``.
    """
    rows, why = rows.reset_index(drop=True), why.reset_index(drop=True)
    return Screened(used=rows.loc[why.isna()], set_aside=set_aside(rows, table, why))


def join_set_aside(pieces: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put lists below each other, ordered by table (in the order they first appear) and row."""
    joined = pd.concat(list(pieces), ignore_index=True)
    place = {name: number for number, name in enumerate(joined["table"].unique())}
    ordered = joined.assign(PLACE=joined["table"].map(place)).sort_values(["PLACE", "row"], kind="stable")
    return ordered.drop(columns="PLACE").reset_index(drop=True)


_SCREENED = (
    "subjects", "administrations", "dosimetry", "labs", "adverse_events", "disposition", "tumour_assessments",
    "follow_up", "reference_ranges",
)  # fmt: skip
BESIDE: Mapping[str, str] = {
    "vital_signs": "VSDT",
    "concomitant_therapies": "STARTDT",
    "protocol_deviations": "DVDT",
}
"""Raw tables that may be absent and that analyses read as they are recorded, with the date of their records."""
ENTRIES = "enrolment"
"""The raw table of everybody who has entered, also of those who are in no other table; it may be absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableRecords:
    """The usable records of each raw table, as recorded, and the list of the others.

    ``given`` lists the isotopes given in each delivered cycle: ``SUBJID``, ``CYCLE``, ``ISOTOPE``; ``ranges`` are
    the reference ranges of the laboratories, without rows if the cut has none. ``beside`` has by name the tables of
    ``BESIDE``, without rows for one that did not arrive; so has ``entries``, of all patients who have entered.
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
    entries: pd.DataFrame
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
    raw = {name: _table(cut, study, name) for name in (*_SCREENED, *BESIDE, ENTRIES)}
    subjects = screen(raw["subjects"], "subjects", unused_subjects(raw["subjects"], end))
    rules = RecordScreen({*subjects.used["SUBJID"]}, end, study)

    def split(name: str, why: "pd.Series[str]") -> Screened:
        return screen(raw[name], name, why)

    administrations = split("administrations", rules.unused_administrations(raw["administrations"]))
    given = given_isotopes(administrations.used, study)
    dosimetry = split("dosimetry", rules.unused_dosimetry(raw["dosimetry"], given))
    labs = split("labs", rules.unused_labs(raw["labs"]))
    events = split("adverse_events", rules.unused_dated(raw["adverse_events"], "STARTDT"))
    disposition = split("disposition", rules.unused_dated(raw["disposition"], "DSDT"))
    tumour = split("tumour_assessments", rules.unused_tumour_assessments(raw["tumour_assessments"]))
    follow_up = split("follow_up", rules.unused_follow_up(raw["follow_up"]))
    ranges = _ranges(raw["reference_ranges"], study)
    beside = {name: split(name, rules.unused_dated(raw[name], column)) for name, column in BESIDE.items()}
    entries = split(ENTRIES, unused_entries(raw[ENTRIES], end))
    screened = (
        subjects, administrations, dosimetry, labs, events, disposition, tumour, follow_up, ranges, entries
    )  # fmt: skip
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
        entries=entries.used,
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
    require_unique(records.entries, "SUBJID")


def _ranges(rows: pd.DataFrame, study: Study) -> Screened:
    known = in_own_unit(rows.assign(SUBJID=pd.Series(None, index=rows.index, dtype=object)), study)
    return screen(known, "reference_ranges", unused_ranges(known))
