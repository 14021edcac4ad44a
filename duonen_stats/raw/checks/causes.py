"""One fault, one finding: what follows from a cell that could not be read, or from a date reported, is left out.

Once the cell is corrected, the rules are asked again, and say whatever is still wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from duonen_stats.plan import Plan
from duonen_stats.raw.checks.cross_rule import CrossRule
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.findings import Finding
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.study import Study

ABSENCE = frozenset(
    {
        *("TRT-SKIPPED", "TRT-LACKING", "TRT-NOTHING", "DOS-LACKING", "DOS-NOCYCLE", "DOS-NOACTIVITY"),
        *("LAB-NOLIMIT", "LAB-NOBASELINE", "LAB-AFTERNOTHING", "LAB-BEFORENOTHING", "RANGE-LIMITS"),
        *("PAT-UNTREATED", "PAT-NOLABS", "PAT-NODOSE", "PAT-NODISP", "PAT-NOFOLLOW"),
        *("AE-GAP", "AE-OUTCOME", "DSP-REASON", "DSP-NOEVENT", "DSP-CYCLES", "FUP-DEATH", "FUP-UNNAMED"),
        *("TUM-BASESIZE", "TUM-NOBASELINE"),
    }
)
"""Rules that report something as absent: a cell that could not be read is not absent."""

DATED_LATE = "CUT-DATE"
"""The rule whose dates are taken out before the other rules are asked again."""
_SLIPS = 20
"""More dates than this are no slips: the date of the data cut itself may be wrong, and the rules are asked as usual."""


def unread_patients(
    findings: Iterable[Finding],
    tables: Mapping[str, pd.DataFrame],
    cells: Sequence[str],
    columns: Sequence[str],
) -> dict[str, set[str | None]]:
    """Return the patients of whom a table has cells that could not be read.

    Parameters
    ----------
    findings
        Findings of reading.
    tables
        The raw tables.
    cells, columns
        Ids of the rules about single cells, and about whole columns (unless they name lines).

    Returns
    -------
    dict
        Patients by table; ``None`` among them for a row of a table without patients.
    """
    found: dict[str, set[str | None]] = {}
    for one in findings:
        frame = tables.get(one.table)
        if frame is None or one.column not in frame.columns or one.rule not in {*cells, *columns}:
            continue
        rows = frame if one.rule in columns and not one.lines else frame[_rows_of(one, frame)]
        patients = {*rows["SUBJID"].dropna()} if "SUBJID" in frame.columns else {None}
        found.setdefault(one.table, set()).update(patients)
    return found


def without_follow_ons(
    across: Sequence[Finding],
    rules: Sequence[CrossRule],
    unread: Mapping[str, set[str | None]],
    data: Cut,
    study: Study,
    plan: Plan,
) -> list[Finding]:
    """Leave out findings that follow from others.

    Parameters
    ----------
    across
        Findings of the rules across tables.
    rules
        Those rules.
    unread
        By table the patients of whom cells could not be read.
    data, study, plan
        What was checked.

    Returns
    -------
    list of Finding
        Without those that call absent what could not be read, and without those that are no more once the dates after
        the data cut are taken out.
    """
    asked = {one.rule.id: one.tables for one in rules}
    kept = [one for one in across if one.rule not in ABSENCE or not _unreadable(one, asked[one.rule], unread)]
    late = [one for one in kept if one.rule == DATED_LATE]
    if not late or len(late) > _SLIPS:
        return kept
    still = places_found(rules, _without_dates(data, late), study, plan)
    return [one for one in kept if one.rule == DATED_LATE or place_of(one) in still]


def places_found(rules: Iterable[CrossRule], data: Cut, study: Study, plan: Plan) -> set[tuple[object, ...]]:
    """Ask rules of a cut, and return the places of what they find as :func:`place_of` gives them."""
    view = CutView(data, study, plan)
    return {place_of(finding) for rule in rules for finding in rule.findings(view)}


def place_of(finding: Finding) -> tuple[object, ...]:
    """Return what tells the findings of two forms of a cut apart, whatever their messages say."""
    return finding.rule, finding.table, finding.row, finding.column, finding.subject


def _unreadable(finding: Finding, tables: Iterable[str], unread: Mapping[str, set[str | None]]) -> bool:
    patients = {patient for table in {*tables, finding.table} for patient in unread.get(table, ())}
    return bool(patients) if finding.subject is None else finding.subject in patients


def _without_dates(data: Cut, late: Iterable[Finding]) -> Cut:
    tables = dict(data.tables)
    for one in late:
        if one.column is not None:
            frame = tables[one.table].copy()
            frame.loc[_rows_of(one, frame), one.column] = pd.NaT
            tables[one.table] = frame
    return replace(data, tables=tables)


def _rows_of(finding: Finding, frame: pd.DataFrame) -> "pd.Series[bool]":
    """Mark the rows that a finding is about: where a table has several files, each may have a line of that number."""
    rows = frame[ROW].isin(finding.places)
    if finding.subject is None or "SUBJID" not in frame.columns:
        return rows
    return rows & frame["SUBJID"].eq(finding.subject)
