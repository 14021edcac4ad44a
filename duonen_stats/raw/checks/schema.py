"""Each raw table against the dictionary: codes, ranges, empty cells, keys, foreign keys.

The only module that imports pandera, which is slow to import.
"""

import re
import unicodedata
import warnings
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.convert import DTYPES, ROW
from duonen_stats.raw.intake.missing_words import is_code_like
from duonen_stats.raw.questions import (
    CORRECT_ENTRY,
    CORRECT_IDENTIFIER,
    ENTER_VALUE,
    EXPORT_AGAIN,
    SAY_WHICH_RECORD,
)
from duonen_stats.study import RawColumn, RawTable

# Spellings of one patient's identifier: those that differ in case, spaces, signs or letters that look
# alike only.


_LOOK_ALIKE = str.maketrans("oil", "011")


def bare(identifier: str) -> str:
    """Reduce an identifier to letters and digits, those that look alike made one."""
    plain = unicodedata.normalize("NFKD", str(identifier)).casefold()
    return re.sub(r"[\W_]", "", plain).translate(_LOOK_ALIKE)


def respelt(identifiers: "pd.Series[str]", known: Iterable[str]) -> "pd.Series[bool]":
    """Say which identifiers are not among those known, but are another spelling of one of them.

    Returns one truth value an identifier, on the same index; an empty cell is none.
    """
    spellings = set(known)
    reduced = {bare(one) for one in spellings} - {""}
    others = [one for one in identifiers.dropna().unique() if one not in spellings and bare(one) in reduced]
    return identifiers.isin(others)


def usual_shape(identifiers: Iterable[str]) -> str | None:
    """Give the pattern that more than half of the identifiers follow, such as ``"99-999"``; else ``None``."""
    shapes = pd.Series([shape(one) for one in identifiers], dtype=object)
    counts = shapes.value_counts()
    return str(counts.index[0]) if len(counts) and 2 * counts.iloc[0] > len(shapes) else None


def shape(identifier: str) -> str:
    """Write each digit as 9 and each letter as A or a; signs and spaces stay."""
    signs = (
        "9" if sign.isdigit() else "A" if sign.isupper() else "a" if sign.isalpha() else sign
        for sign in identifier
    )
    return "".join(signs)


ROWS = CheckRule(
    "DD-ROWS",
    "error",
    "A table has no rows where it must have some, or not exactly the one it must have.",
    question=EXPORT_AGAIN,
)
NO_ROWS = CheckRule("DD-NOROWS", "warning", "A table that may be empty is empty.", question=EXPORT_AGAIN)
CODE = CheckRule("DD-CODE", "error", "A value is not one of the codes of its column.", question=CORRECT_ENTRY)
RANGE = CheckRule(
    "DD-RANGE", "error", "A number lies outside the range of its column.", question=CORRECT_ENTRY
)
MISSING = CheckRule(
    "DD-MISSING", "error", "A cell is empty that no analysis can do without.", question=ENTER_VALUE
)
GAP = CheckRule("DD-GAP", "warning", "A cell is empty that should have a value.", question=ENTER_VALUE)
KEY = CheckRule("DD-KEY", "error", "Two rows of a table have the same key.", question=SAY_WHICH_RECORD)
REFERENCE = CheckRule(
    "DD-REFERENCE",
    "error",
    "A row refers to something that does not exist, such as a patient who was never randomised.",
    question=CORRECT_IDENTIFIER,
)


@cache
def table_schema(table: RawTable) -> pa.DataFrameSchema:
    """Make a pandera schema of a table of the dictionary."""
    return pa.DataFrameSchema(
        {column.name: _column_schema(column) for column in table.columns},
        unique=list(table.key),
        report_duplicates="exclude_first",
    )


def _column_schema(column: RawColumn) -> pa.Column:
    checks = []
    if column.codes:
        checks.append(pa.Check(lambda values: _coded(values, column), error=CODE.id))
    if column.low is not None or column.high is not None:
        checks.append(pa.Check(lambda values: _in_range(values, column), error=RANGE.id))
    return pa.Column(DTYPES[column.type], checks, nullable=column.missing == "allowed")


def _coded(values: "pd.Series[Any]", column: RawColumn) -> "pd.Series[bool]":
    return values.isin(column.code_names(values.unique()))


def _in_range(values: "pd.Series[Any]", column: RawColumn) -> "pd.Series[bool]":
    within = pd.Series(data=True, index=values.index)
    if column.low is not None:
        within &= values >= column.low
    if column.high is not None:
        within &= values <= column.high
    return within | values.isin(column.also)


def table_findings(
    frame: pd.DataFrame, table: RawTable, reported: Mapping[str, set[int]]
) -> Iterator[Finding]:
    """Hold the rows of a table against the dictionary.

    Parameters
    ----------
    frame
        The typed table.
    table
        The table as the dictionary has it.
    reported
        By column the lines whose emptiness has been reported already, because the cell could not be read.
    """
    try:
        with warnings.catch_warnings():
            # pandera concatenates failure cases of several types, which pandas 2.3 warns about.
            warnings.simplefilter("ignore", FutureWarning)
            table_schema(table).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as failure:
        cases = failure.failure_cases
        cells = cases.loc[cases["schema_context"] == "Column", ["column", "check", "index"]]
        records = frame.to_dict(orient="records")
        for name, check, index in cells.itertuples(index=False):
            yield from _cell_finding(records[int(index)], table, table.column(name), check, reported)
        yield from _key_findings(frame, table)


def _cell_finding(
    record: Mapping[Hashable, Any],
    table: RawTable,
    column: RawColumn,
    check: str,
    reported: Mapping[str, set[int]],
) -> Iterator[Finding]:
    row = int(record[ROW])
    value, patient = record[column.name], _patient(record)
    if check == CODE.id:
        allowed = ", ".join(code.code for code in column.codes)
        allowed += f", {column.series.prefix}1, {column.series.prefix}2 and so on" if column.series else ""
        rule, message = CODE, f"{shown(str(value))} is not one of {allowed}; correct the cell."
    elif check == RANGE.id:
        unit = f" {column.unit}" if column.unit else ""
        message = f"{float(value):g}{unit} lies outside {_range(column)}; correct the cell{_code(value)}."
        rule = RANGE
    elif row in reported.get(column.name, ()) or _says_why(record, column):
        return
    else:
        rule = MISSING if column.missing == "error" else GAP
        message = f"{column.label} is empty; fill it in."
    yield rule.found(table.name, message, row=row, column=column.name, subject=patient)


def _says_why(record: Mapping[Hashable, Any], column: RawColumn) -> bool:
    """Whether a column beside an empty cell keeps what there is instead of a value."""
    beside = (record.get(name) for name in (column.bound, column.reason) if name is not None)
    return any(kept is not None and pd.notna(kept) for kept in beside)


def _patient(record: Mapping[Hashable, Any]) -> str | None:
    subject = record.get("SUBJID")
    return None if pd.isna(subject) else str(subject)


def _range(column: RawColumn) -> str:
    others = "".join(f", and is not {value:g}" for value in column.also)
    if column.low is None:
        return f"the range up to {column.high:g}{others}"
    return f"the range from {column.low:g}" + ("" if column.high is None else f" to {column.high:g}") + others


def _code(value: Any) -> str:
    """Add to an advice what to do if a number is a code and not a measurement."""
    stated = "or, if it is a code for a missing value, state it under missing in the mapping file"
    return f", {stated}" if is_code_like(float(value)) else ""


def _key_findings(frame: pd.DataFrame, table: RawTable) -> Iterator[Finding]:
    """Find rows with the key of an earlier one, which may be in another file: then its line may be any."""
    key = list(table.key)
    further = [name for name in key if table.column(name).optional]
    whole = frame.dropna(subset=[name for name in key if name not in further])
    first = whole.groupby(key, sort=False, dropna=False)[ROW].transform("first")
    apart = f", or distinguish them by {' and '.join(further)}" if further else ""
    again = whole.assign(_FIRST=first)[whole.duplicated(key)]
    of_one_line = again["_FIRST"] == again[ROW]
    if of_one_line.sum() > 1:
        yield _key_within_lines(again[of_one_line], table)
        again = again[~of_one_line]
    for record in again.to_dict(orient="records"):
        same = " and ".join(name for name in key if name not in further or pd.notna(record[name]))
        earlier = f"line {record['_FIRST']}"
        if record["_FIRST"] == record[ROW]:
            earlier = f"another record of this line, or {earlier} of an earlier file or worksheet"
        elif record["_FIRST"] > record[ROW]:
            earlier += " of an earlier file or worksheet"
        message = f"Same {same} as {earlier}; keep one of the rows{apart}."
        yield KEY.found(table.name, message, row=int(record[ROW]), column=key[-1], subject=_patient(record))


def _key_within_lines(records: pd.DataFrame, table: RawTable) -> Finding:
    """Report records that have the key of another one of their own line: of one slip, however many there are."""
    patients = {*records["SUBJID"].dropna()} if "SUBJID" in records else set()
    message = (
        f"{len(records)} records have the same {' and '.join(table.key)} as another record of their line, or of that "
        "line of an earlier file or worksheet. Two entries of the mapping file, two columns or a second copy of a file "
        "may give the same records; keep one of them."
    )
    lines = tuple(sorted({int(line) for line in records[ROW]}))
    return KEY.found(
        table.name,
        message,
        row=lines[0],
        column=table.key[-1],
        subject=str(*patients) if len(patients) == 1 else None,
        lines=lines if len(lines) > 1 else (),
    )


def reference_findings(
    tables: Iterable[RawTable], frames: Mapping[str, pd.DataFrame], unread: Collection[str]
) -> Iterator[Finding]:
    """Find rows that refer to a row that is not there.

    Parameters
    ----------
    tables
        Tables of the dictionary.
    frames
        The typed tables by name.
    unread
        Tables that could not be read: references to them are passed over.

    Yields
    ------
    Finding
        One for each value, at the first table that has it, whatever the number of its rows and tables.
    """
    lost: dict[tuple[str, str, str], list[tuple[RawTable, RawColumn, pd.DataFrame]]] = {}
    for table in tables:
        for column in table.columns:
            target, _, name = (column.references or "").partition(".")
            if not target or target in unread:
                continue
            held, frame = frames[target][name].dropna(), frames[table.name]
            rows = frame[frame[column.name].notna() & ~frame[column.name].isin(held)]
            if name == "SUBJID":  # another spelling of a patient's identifier has a finding of its own
                rows = rows[~respelt(rows[column.name], held)]
            for value, own in rows.groupby(column.name, sort=False):
                lost.setdefault((target, name, str(value)), []).append((table, column, own))
    for (target, name, value), places in lost.items():
        first, column, rows = places[0]
        others = ", ".join(f"{len(own)} in {table.name}" for table, _, own in places[1:])
        also = f" (also {others})" if others else ""
        lines = tuple(sorted(int(line) for line in rows[ROW]))
        known = sum(without_zeros(str(one)) == without_zeros(value) for one in frames[target][name].dropna())
        zeros = (
            " One that is there differs in zeros in front of numbers only, which spreadsheets take away."
            if known == 1
            else ""
        )
        yield REFERENCE.found(
            first.name,
            f"No such {name} in table {target}{also}; correct it, or add the row there.{zeros}",
            row=lines[0],
            column=column.name,
            subject=_patient(rows.iloc[0].to_dict()),
            lines=lines if len(lines) > 1 else (),
        )


def without_zeros(identifier: str) -> str:
    """Write an identifier without the zeros in front of its numbers, which spreadsheets take away."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", identifier).casefold()


def row_count_findings(frame: pd.DataFrame, table: RawTable) -> Iterator[Finding]:
    """Hold the number of rows of a table against the dictionary."""
    if table.rows == "one" and len(frame) != 1:
        yield ROWS.found(table.name, f"{len(frame)} rows; there must be exactly one.")
    elif table.rows == "some" and frame.empty:
        yield ROWS.found(table.name, "No rows; export the table again.")
    elif frame.empty:
        yield NO_ROWS.found(table.name, f"No rows. Check that the cut really has no {table.label.lower()}.")
