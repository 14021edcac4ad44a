"""One fault, one finding: what follows from a cell that could not be read, or from a date reported, is left out.

Once the cell is corrected, the rules are asked again, and say whatever is still wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from duonen_stats.plan import Plan
from duonen_stats.raw.checks.cross_rule import CrossRule
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.findings import SEVERITIES, Finding, listed_lines
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
_SLIPS = 10
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
        the data cut are taken out. Of those that are no more under another year of one date there is one, and it says
        so.
    """
    asked = {one.rule.id: one.tables for one in rules}
    kept = [one for one in across if one.rule not in ABSENCE or not _unreadable(one, asked[one.rule], unread)]
    late = [one for one in kept if one.rule == DATED_LATE]
    if late and len(late) <= _SLIPS:
        still = places_found(rules, _without_dates(data, late), study, plan)
        kept = [one for one in kept if one.rule == DATED_LATE or place_of(one) in still]
    return _with_years_folded(kept, rules, data, study, plan)


# A date whose year is wrong: it contradicts what is before and after it, and so do they.


_FOLDED = 2
"""So many findings must be no more under another year before they count as consequences of one date."""
_PATIENTS = 10
"""Where more patients have findings about dates, other slips are likelier, and asking again takes too long."""
_BEYOND = pd.Timedelta(days=120)
"""So far from the other dates of a patient a date may be under another year."""


@dataclass(frozen=True, slots=True)
class _Slip:
    """A date that may be a year off: where it is, what it says and would have to say, and what follows from it.

    ``frame`` is the table with the date under the other year; ``gone`` are the findings that are no more then.
    """

    table: str
    column: str
    lines: tuple[int, ...]
    date: pd.Timestamp
    instead: pd.Timestamp
    frame: pd.DataFrame
    gone: frozenset[tuple[object, ...]] = frozenset()


def _with_years_folded(
    found: list[Finding], rules: Sequence[CrossRule], data: Cut, study: Study, plan: Plan
) -> list[Finding]:
    """Make one finding of those that are no more once the year of one date of a patient is another."""
    by_patient: dict[str, list[Finding]] = {}
    for one in found:
        if one.subject is not None and one.rule != DATED_LATE:
            by_patient.setdefault(one.subject, []).append(one)
    dates = {
        (table.name, column.name)
        for table in study.tables
        for column in table.columns
        if column.type == "date"
    }
    many = {
        patient: own
        for patient, own in by_patient.items()
        if sum((one.table, one.column) in dates for one in own) >= _FOLDED
    }
    if len(many) > _PATIENTS:
        return found
    slips = {
        patient: slip
        for patient, own in many.items()
        if (slip := _year_slip(patient, own, rules, data, study, plan)) is not None
    }
    return [
        one for one in (_folded(one, slips.get(one.subject or ""), found) for one in found) if one is not None
    ]


def _folded(one: Finding, slip: _Slip | None, found: Sequence[Finding]) -> Finding | None:
    """Keep the gravest of the findings that follow from a date, and say so; ``None`` for the others."""
    if slip is None or place_of(one) not in slip.gone:
        return one
    own = [other for other in found if place_of(other) in slip.gone]
    first = min(
        own,
        key=lambda other: (
            SEVERITIES.index(other.severity),
            (other.table, other.column) != (slip.table, slip.column),
            other.row or 0,
            other.rule,
        ),
    )
    if one is not first:
        return None
    others = f"{len(own) - 1} other finding{'s' * (len(own) > 2)}"  # noqa: PLR2004 - one besides this
    message = (
        f"{one.message} The year of {slip.column} in {slip.table}, line {listed_lines(slip.lines)}, may be wrong: "
        f"under {slip.instead:%Y-%m-%d} for {slip.date:%Y-%m-%d} this and {others} are no more."
    )
    return replace(one, message=message)


def _year_slip(
    patient: str, own: Sequence[Finding], rules: Sequence[CrossRule], data: Cut, study: Study, plan: Plan
) -> _Slip | None:
    """Find the one date of a patient under whose other year the most findings are no more, and none is new."""
    alone = replace(
        data,
        tables={
            name: frame[frame["SUBJID"] == patient] if "SUBJID" in frame.columns else frame
            for name, frame in data.tables.items()
        },
    )
    broken = [one for one in rules if one.rule.id in {other.rule for other in own}]
    alike = places_found(broken, alone, study, plan)
    asked = {place_of(one)[:-1] for one in own if place_of(one) in alike}
    likely = [*_other_years(own, alone, study)]
    first = _places_of_each(
        broken, alone, patient, [{slip.table: slip.frame} for slip in likely], study, plan
    )
    # few rules first, as most dates explain nothing
    explaining = [
        (slip, gone)
        for slip, found in zip(likely, first.of, strict=True)
        if len(gone := (asked & first.base) - found) >= _FOLDED
    ]
    if not explaining:
        return None
    forms = [{slip.table: slip.frame} for slip, _ in explaining]
    whole = _places_of_each(rules, alone, patient, forms, study, plan)
    slips = [
        replace(slip, gone=frozenset((*one, patient) for one in gone))
        for (slip, gone), found in zip(explaining, whole.of, strict=True)
        if found <= whole.base
    ]
    slips.sort(key=lambda slip: -len(slip.gone))
    if not slips or (len(slips) > 1 and len(slips[1].gone) == len(slips[0].gone)):
        return None  # two dates explain as much: it cannot be determined which is wrong
    return slips[0]


def _other_years(own: Sequence[Finding], alone: Cut, study: Study) -> Iterator[_Slip]:
    """Go through the dates that findings name, each a year earlier and later, if it is then near the other dates."""
    known = _dates_of(alone, study)
    for table, column, date in _dates_named(own, alone, study):
        frame = alone.tables[table]
        rows = frame[column].eq(date)
        lines = tuple(sorted(int(line) for line in frame.loc[rows, ROW]))
        others = [one for one in known if one != date] or [date]
        for years in (-1, 1):
            instead = date + pd.DateOffset(years=years)
            late = alone.cut_date is not None and instead > alone.cut_date
            if late or not min(others) - _BEYOND <= instead <= max(others) + _BEYOND:
                continue
            moved = frame.assign(**{column: frame[column].mask(rows, instead)})
            yield _Slip(table, column, lines, date, instead, moved)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where rules are broken: in the records as they are, and in each other form of them."""

    base: set[tuple[object, ...]]
    of: Sequence[set[tuple[object, ...]]]


def _places_of_each(
    rules: Iterable[CrossRule],
    alone: Cut,
    patient: str,
    forms: Sequence[Mapping[str, pd.DataFrame]],
    study: Study,
    plan: Plan,
) -> _Places:
    """Ask rules of several forms of a patient's records at once, each as a patient of its own: asking costs the same.

    The records as they are stand first and last among them, so that what is said of the later ones of several alike
    is said of them too. Findings of no patient, or of several, count in neither.
    """
    names = [f"{patient}~{number}" for number in range(len(forms) + 2)]
    records = {name: frame for name, frame in alone.tables.items() if "SUBJID" in frame.columns}
    several = {
        name: pd.concat(
            [
                form.get(name, frame).assign(SUBJID=own)
                for own, form in zip(names, [{}, *forms, {}], strict=True)
            ],
            ignore_index=True,
        )
        for name, frame in records.items()
    }
    found: dict[object, set[tuple[object, ...]]] = {name: set() for name in names}
    for *place, whose in places_found(rules, replace(alone, tables={**alone.tables, **several}), study, plan):
        if whose in found:
            found[whose].add(tuple(place))
    first, *others, last = found.values()
    return _Places(base=first | last, of=others)


def _dates_of(alone: Cut, study: Study) -> set[pd.Timestamp]:
    """List every date of a patient."""
    return {
        date
        for table in study.tables
        if "SUBJID" in alone.tables[table.name].columns
        for column in table.columns
        if column.type == "date"
        for date in alone.tables[table.name][column.name].dropna()
    }


def _dates_named(
    own: Iterable[Finding], alone: Cut, study: Study
) -> dict[tuple[str, str, pd.Timestamp], None]:
    """List the dates of the records that findings name, and of randomisation, against which many are held."""
    named: dict[tuple[str, str, pd.Timestamp], None] = {}
    for date in alone.tables["subjects"]["RANDDT"].dropna():
        named["subjects", "RANDDT", date] = None
    for one in own:
        frame = alone.tables.get(one.table)
        if frame is None or ROW not in frame:
            continue
        for column in study.table(one.table).columns:
            if column.type == "date":
                for date in frame.loc[frame[ROW].isin(one.places), column.name].dropna():
                    named[one.table, column.name, date] = None
    return named


def places_found(rules: Iterable[CrossRule], data: Cut, study: Study, plan: Plan) -> set[tuple[object, ...]]:
    """Ask rules of a cut, and return the places of what they find as :func:`place_of` gives them."""
    view = CutView(data, study, plan)
    return {place_of(finding) for rule in rules for finding in rule.findings(view)}


def place_of(finding: Finding) -> tuple[object, ...]:
    """Return what distinguishes the findings of two forms of a cut, whatever their messages say."""
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
