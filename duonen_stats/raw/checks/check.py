"""Everything wrong with a data cut, as one list of findings; and the catalogue of what is looked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from duonen_stats.errors import FaultyCutError
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.raw import apply_cut, read_cut
from duonen_stats.raw.checks import schema
from duonen_stats.raw.checks.causes import place_of, places_found, unread_patients, without_follow_ons
from duonen_stats.raw.checks.cross_rule import CrossRule
from duonen_stats.raw.checks.rules import (
    adverse_events,
    amounts,
    dosimetry,
    duplicates,
    follow_up,
    free_text,
    history,
    laboratory,
    late_visits,
    patients,
    protocol,
    ranges,
    treatment,
    tumour,
)
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.findings import (
    CheckRule,
    Finding,
    declared_in,
    in_order,
    with_sites,
    without_identifiers,
)
from duonen_stats.raw.intake import (
    convert,
    forms,
    links,
    packed_folder,
    sheet,
    sources,
)
from duonen_stats.raw.intake.companions import impute_dates, keep_apart
from duonen_stats.raw.intake.readers import odm, optional, typed_dates
from duonen_stats.raw.intake.readers.spreadsheets import grid, workbook
from duonen_stats.raw.intake.reshape import apply, blocks, finish, limits, unmet
from duonen_stats.study import Study, load_study

CROSS_RULES: tuple[CrossRule, ...] = declared_in(
    (
        patients,
        treatment,
        amounts,
        dosimetry,
        laboratory,
        ranges,
        adverse_events,
        late_visits,
        follow_up,
        tumour,
        protocol,
        history,
        duplicates,
        free_text,
    ),
    CrossRule,
)
_FORM_RULES: tuple[CheckRule, ...] = declared_in(
    (
        sources,
        packed_folder,
        links,
        optional,
        sheet,
        workbook,
        grid,
        odm,
        typed_dates,
        blocks,
        apply,
        limits,
        unmet,
        finish,
        forms,
        keep_apart,
        impute_dates,
        convert,
        schema,
    ),
    CheckRule,
)


_FATAL = (
    sources.FILE,
    sources.TWICE,
    links.IRREGULAR,
    optional.UNREADABLE,
    optional.LIBRARY,
    sheet.ENCODING,
    sheet.EMPTY,
    sheet.DELIMITER,
    workbook.SHEETS,
)
"""After these findings nothing of a table was read."""

_UNREAD_COLUMN = (convert.COLUMN.id, forms.AMBIGUOUS.id)
_UNREAD_CELL = (convert.TYPE.id, grid.FORMULA.id)


def catalogue() -> tuple[CheckRule, ...]:
    """List every rule a data cut is checked by, in the order of checking."""
    return (*_FORM_RULES, *(one.rule for one in CROSS_RULES))


@cache
def question_of(rule_id: str) -> str:
    """Return what the centre is asked when a rule of the catalogue is broken."""
    return next(rule.question for rule in catalogue() if rule.id == rule_id)


def check_cut(
    data: Cut, study: Study, plan: Plan = INTERIM, *, among: Iterable[CrossRule] = CROSS_RULES
) -> tuple[Finding, ...]:
    """Check a data cut against the dictionary, across its tables and against the protocol.

    Parameters
    ----------
    data
        A cut, however bad.
    study
        The study it belongs to.
    plan
        The decisions that a check shares with the analyses: which tumour assessment is the baseline.
    among
        Rules across tables to ask; if omitted, all.

    Returns
    -------
    tuple of Finding
        All findings, those of reading included, in a fixed order: errors, warnings, notes; within them by
        table and line. No findings of severity ``"error"`` means that analyses may be run.

    Examples
    --------
    >>> from duonen_stats import check_cut, load_study, read_cut
    >>> study = load_study()
    >>> findings = check_cut(read_cut(study), study)
    >>> [finding for finding in findings if finding.severity == "error"]
    []
    """
    return _found(data, study, plan, tuple(among))


def _found(data: Cut, study: Study, plan: Plan, among: tuple[CrossRule, ...]) -> tuple[Finding, ...]:
    """Find everything, in order."""
    unread = _unread(data, study)
    rules = [one for one in among if unread.isdisjoint(one.tables)]
    records = CutView(data, study, plan)
    across = [finding for one in rules for finding in one.findings(records)]
    if data.snapshot is not None:
        across = _without_the_cut(across, rules, data.snapshot, study, plan)
    cells = (*_UNREAD_CELL, "LAB-UNIT")
    hidden = unread_patients([*data.findings, *across], data.tables, cells, _UNREAD_COLUMN)
    across = without_follow_ons(across, rules, hidden, data, study, plan)
    own = [*_dictionary_findings(data, study, unread), *across]
    found = _said_once([*data.findings, *(_with_source(one, data) for one in own)])
    placed = with_sites(without_identifiers(found, data.tables, data.places), data.tables["subjects"])
    return in_order(placed, data.tables)


_SAID_BETTER = {schema.RANGE.id: frozenset({"TRT-UNIT", "DOS-UNIT"})}
"""Of a cell that one of these rules is about, the first one says less."""


def _said_once(found: Sequence[Finding]) -> list[Finding]:
    """Leave out a finding about a cell of which another one says the same and more."""
    better = {rule for rules in _SAID_BETTER.values() for rule in rules}
    cells = {
        (one.rule, one.table, line, one.column) for one in found if one.rule in better for line in one.places
    }
    return [
        one
        for one in found
        if not any((rule, one.table, one.row, one.column) in cells for rule in _SAID_BETTER.get(one.rule, ()))
    ]


def _with_source(finding: Finding, data: Cut) -> Finding:
    """Say in which file or worksheet the line of a finding is, where a table has several."""
    places = data.places.get(finding.table)
    if places is None or finding.row is None:
        return finding
    here = places[places[convert.ROW] == finding.row]
    if finding.subject is not None:
        here = here[here["SUBJID"] == finding.subject]
    names = [*dict.fromkeys(here["SOURCE"])]
    if len(names) > _FEW_SOURCES:
        names = [names[0], f"one of {len(names) - 1} others"]
    return replace(finding, message=f"{' or '.join(names)}: {finding.message}") if names else finding


_FEW_SOURCES = 2
"""So many files are named where a finding may be in any of them."""


def _without_the_cut(
    found: Iterable[Finding], rules: Iterable[CrossRule], snapshot: Cut, study: Study, plan: Plan
) -> list[Finding]:
    """Leave out the queries that the snapshot answers: what they ask for was removed or reset by the cut itself.

    A gap in the numbers of events, a patient not treated yet, a status set back to ongoing: the centre has no answer
    to give. An error stays, because it would stop an analysis.
    """
    asked = places_found(rules, snapshot, study, plan)
    return [one for one in found if one.severity == "error" or place_of(one) in asked]


def _unread(data: Cut, study: Study) -> set[str]:
    """Tables that could not be read at all: what follows from their absence is not worth another finding."""
    fatal = {rule.id for rule in _FATAL}
    keys = {(table.name, name) for table in study.tables for name in table.key}
    return {
        one.table
        for one in data.findings
        if one.rule in fatal
        or (one.rule in _UNREAD_COLUMN and not one.lines and (one.table, one.column) in keys)
    }


def _dictionary_findings(data: Cut, study: Study, unread: set[str]) -> Iterator[Finding]:
    for table in study.tables:
        frame = data.tables[table.name]
        # An optional table may be absent.
        if table.name not in unread and (table.required or not frame.empty):
            yield from schema.row_count_findings(frame, table)
        yield from schema.table_findings(frame, table, _reported(data, table.name))
    yield from schema.reference_findings(study.tables, data.tables, unread)


def _reported(data: Cut, table: str) -> dict[str, set[int]]:
    """By column the lines whose cells are empty because they, or the column, could not be read."""
    lines: dict[str, set[int]] = {}
    for one in data.findings:
        if one.table == table and one.column is not None and one.row is not None:
            if one.rule in _UNREAD_COLUMN and not one.lines:
                lines.setdefault(one.column, set()).update(data.tables[table][convert.ROW])
            elif one.rule in _UNREAD_CELL or one.rule in _UNREAD_COLUMN:
                lines.setdefault(one.column, set()).update(one.places)
    return lines


def check_data(
    folder: Path | None,
    study: Study | None = None,
    *,
    mapping: Path | None = None,
    cut_date: date | str | None = None,
    plan: Plan = INTERIM,
) -> tuple[Cut, tuple[Finding, ...]]:
    """Read a data cut (the simulated cohort if ``folder`` is None) and return it with all findings.

    ``plan`` gives the decisions that checks share with the analyses. With ``cut_date`` the cut is reduced to what was
    known on that day, and then checked. Raises ``DataError`` if the folder or workbook does not exist, the mapping file
    has faults, or the day is later than the cut; whatever is wrong inside the cut is a finding.
    """
    dictionary = study or load_study()
    cut = read_cut(dictionary, folder, mapping=mapping)
    if cut_date is not None:
        cut = apply_cut(cut, dictionary, cut_date)
    return cut, check_cut(cut, dictionary, plan)


_ADVICE = "Correct the records listed above; duonen check --out FILE writes the whole list."


def require_sound(cut: Cut, findings: Sequence[Finding], advice: str = "") -> None:
    """Raise ``FaultyCutError``, carrying all findings, if one of them is an error; ``advice`` is what to do then."""
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        raise FaultyCutError(
            f"{cut.name} has {errors} error{'s' if errors > 1 else ''} that would make an analysis wrong, so nothing "
            f"was written. {advice or _ADVICE}",
            findings,
        )
