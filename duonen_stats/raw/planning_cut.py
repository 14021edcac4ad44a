"""A data cut as blinded planning reads it: the columns it needs and no others, checked for nothing else.

A cut that was blinded at its source, without arms, activities or doses, is all that is needed; one that has them is
read as if it had not. What is said of it names neither arms nor the places of records, whose order may reveal the arm.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from duonen_stats.raw.checks import schema
from duonen_stats.raw.checks.check import CROSS_RULES, check_cut
from duonen_stats.raw.cut import Cut, read_cut
from duonen_stats.raw.findings import Finding, in_order
from duonen_stats.raw.intake.companions import impute_dates, keep_apart
from duonen_stats.raw.intake.convert import TYPE, UNKNOWN
from duonen_stats.raw.intake.forms import AMBIGUOUS, USERMISSING
from duonen_stats.raw.intake.readers import odm
from duonen_stats.raw.intake.readers.spreadsheets import grid
from duonen_stats.raw.intake.reshape import finish, limits, unmet
from duonen_stats.raw.intake.sources import OTHER
from duonen_stats.study import Study

NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "data_cut": ("STUDYID", "CUTDT", "ORIGIN", "STAGE", "LABEL"),
        "subjects": ("SUBJID", "SITEID", "RANDDT"),
        "disposition": ("SUBJID", "STATUS", "DSDT", "DSDTC", "REASON"),
        "tumour_assessments": ("SUBJID", "ASSESSDT", "NEWLESION", "RESPONSE"),
        "follow_up": ("SUBJID", "LASTDT", "LASTDTC", "STATUS", "DEATHDT", "DEATHDTC"),
        "enrolment": ("SUBJID", "SITEID", "ENROLDT"),
    }
)
"""Raw tables and columns that projection and blinded re-estimation read."""

_ABOUT_CELLS = (
    *(
        keep_apart.MISSING,
        keep_apart.NO_RESULT,
        keep_apart.CENSORED,
        impute_dates.PARTIAL,
        impute_dates.CONTRADICTS,
    ),
    *(limits.UNLIKE, finish.AMOUNT, odm.VALUETWICE),
)
"""Rules whose findings name cells or lines in many ways, or quote what somebody wrote beside a cell."""

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **{rule.id: f"{rule.text} duonen check names the places." for rule in _ABOUT_CELLS},
        TYPE.id: "The cell is not of the type that the data dictionary states; correct it.",
        AMBIGUOUS.id: "It cannot be determined how the dates of this column are written; write them as YYYY-MM-DD.",
        schema.CODE.id: "The cell is not one of the codes of the data dictionary; correct it.",
        schema.KEY.id: "Another row has the same key; keep one of the rows.",
        USERMISSING.id: "A code that its file declares as missing; the cell is empty.",
        grid.FORMULA.id: "A formula has no stored value; open and save the workbook.",
        grid.ERRORCELL.id: "A cell holds an error of the spreadsheet; correct it.",
    }
)
"""Words for rules whose findings quote a cell, in which anything may stand, or name its place or that of another."""

UNTOLD = frozenset(
    rule.id
    for rule in (
        *(UNKNOWN, OTHER, grid.HIDDEN, grid.MERGED, grid.COMMENT, grid.STRUCK),
        *(unmet.NOMATCH, unmet.UNMET, unmet.ONLYCODES),
    )
)
"""Rules about what is not read, about marks that any cell of a workbook may have, and about values of other columns."""

_LINE = re.compile(r"\blines? \d+(?:(?:, | and |-)\d+(?! \w))*")


def read_planning_cut(
    study: Study, folder: Path | str | None = None, *, mapping: Path | str | None = None
) -> Cut:
    """Read what blinded planning needs of a data cut.

    Parameters
    ----------
    study, folder, mapping
        As in ``read_cut``. Tables and columns that are not ``NEEDED`` may be absent, or may hold anything.

    Returns
    -------
    Cut
        With every table and column of the dictionary; those not needed are empty.

    Raises
    ------
    DataError, DictionaryError, MissingLibraryError
        As ``read_cut``.
    """
    return read_cut(study, folder, mapping=mapping, only=NEEDED)


def check_planning_cut(cut: Cut, study: Study) -> tuple[Finding, ...]:
    """Check what blinded planning reads: form, codes, keys, dates against each other and the cut.

    Parameters
    ----------
    cut
        As :func:`read_planning_cut` gives it.
    study
        The study it belongs to.

    Returns
    -------
    tuple of Finding
        Those of reading included, in the order of the patients. No line of a file, no content of a cell, and no table
        or column that could reveal an arm is named.
    """
    rules = (one for one in CROSS_RULES if one.rule.severity == "error" and {*one.tables} <= {*NEEDED})
    narrow = study.narrowed(NEEDED)
    found = check_cut(replace(cut, places={}), narrow, among=rules)
    strange, sources = strange_cells(cut, narrow), source_names(cut)
    kept = (one for one in found if _is_needed(one, study))
    return in_order((without_places(one, strange, sources) for one in kept), cut.tables)


def source_names(cut: Cut) -> tuple[str, ...]:
    """Return what files and worksheets are called in findings of tables that have several, the longest first."""
    names = {
        file.name if "worksheet" not in file.form else f"{file.form['worksheet']} of {file.name}"
        for file in cut.files
    }
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def strange_cells(cut: Cut, study: Study) -> tuple[str, ...]:
    """Return the cells of coded columns that are no codes, the longest first: anything may stand there."""
    values = {
        str(value)
        for table in study.tables
        for column in table.columns
        if column.codes
        for value in cut.tables[table.name][column.name].dropna().unique()
        if value not in column.code_names([value])
    }
    return tuple(sorted(values, key=lambda value: (-len(value), value)))


def _is_needed(finding: Finding, study: Study) -> bool:
    if finding.rule in UNTOLD:
        return False
    names = NEEDED.get(finding.table)
    if names is None:
        # Of a file as a whole, such as the mapping file; what another table holds is no matter.
        return finding.severity == "error" and finding.table not in {table.name for table in study.tables}
    return finding.column is None or finding.column in names


def without_places(finding: Finding, strange: tuple[str, ...], sources: tuple[str, ...]) -> Finding:
    """Take places in the file, and the contents of cells that may hold anything, out of a finding.

    Parameters
    ----------
    finding
        A finding of a blinded cut.
    strange
        Texts to take out of its message, as :func:`strange_cells` gives them.
    sources
        Names before its message, as :func:`source_names` gives them: there may be a file for each arm.
    """
    message = _LINE.sub("another line", _WORDS.get(finding.rule, finding.message))
    for name in sources:
        message = message.removeprefix(f"{name}: ")
    for value in strange:
        message = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "(no code)", message)
    return replace(finding, row=None, lines=(), message=message)
