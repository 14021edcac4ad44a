"""Excel workbooks: one worksheet per table, texts never taken for formulas."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import pandas as pd

from duonen_stats.errors import DataError, DuonenError
from duonen_stats.formats.file_table import FileTable, made_of
from duonen_stats.raw import Cut, Finding
from duonen_stats.raw.checks.check import question_of
from duonen_stats.raw.derived.record_names import record_names
from duonen_stats.raw.findings import SEVERITIES, first_few, listed_lines
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.raw.questions import WHO_ANSWERS
from duonen_stats.study import Study

_LONGEST_TITLE = 31
_LONGEST_TEXT = 32767
_CHANGED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel would take for the beginning of a character written by its number."""
TABLES, QUERIES = "tables", "query listing"
"""Kinds of workbook, as their properties name them."""
_PROPERTIES = "docProps/core.xml"
_SEAL = re.compile(rb"<dc:identifier[^>]*>([^<]*)</dc:identifier>")


def workbook_bytes(tables: Iterable[FileTable]) -> bytes:
    """Write tables as the worksheets of one workbook.

    Parameters
    ----------
    tables
        What to write, each into a worksheet of its name.

    Returns
    -------
    bytes
        The file; the same tables give the same bytes. Dates are dates of Excel; a number with more digits
        than the file would keep is written as text.

    Raises
    ------
    DataError
        The name of a table is too long, or a text has a character that Excel cannot hold.
    MissingLibraryError
        openpyxl is not installed.
    """
    openpyxl, cells = library("openpyxl", "Excel workbooks"), library("openpyxl.cell", "Excel workbooks")
    written = [*tables]
    for table in written:
        _require_fits(table)
    book = openpyxl.Workbook(write_only=True)
    for table in written:
        sheet = book.create_sheet(table.name)
        columns = [table.frame[name].tolist() for name in table.frame.columns]
        sheet.append([_cell(cells, sheet, str(name)) for name in table.frame.columns])
        for row in zip(*columns, strict=True):
            sheet.append([_cell(cells, sheet, value) for value in row])
    buffer = BytesIO()
    book.save(buffer)
    return _sealed(buffer.getvalue(), TABLES, written[0].made)


def _require_fits(table: FileTable) -> None:
    illegal = library("openpyxl.cell.cell", "Excel workbooks").ILLEGAL_CHARACTERS_RE
    if len(table.name) > _LONGEST_TITLE:
        raise DataError(
            f"{table.name} is too long for the name of a worksheet ({_LONGEST_TITLE} characters)."
        )
    for name in table.frame.columns:
        values = table.frame[name]
        for value in values.dropna().unique() if values.dtype == object else ():
            if illegal.search(str(value)):
                raise DataError(f"{table.name} has a control character in {name}, which Excel cannot hold.")
            if len(str(value)) > _LONGEST_TEXT:
                raise DataError(f"{table.name} has a text of more than {_LONGEST_TEXT} characters in {name}.")


def _cell(cells: Any, sheet: Any, value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, str):
        return _text(cells, sheet, value)
    if isinstance(value, pd.Timestamp):
        cell = cells.WriteOnlyCell(sheet, value=value.date())
        cell.number_format = "yyyy-mm-dd"
        return cell
    # The library writes 16 digits.
    exact = isinstance(value, int) or float(f"{value:.16g}") == value
    return value if exact else _text(cells, sheet, repr(float(value)))


def _text(cells: Any, sheet: Any, value: str) -> Any:
    cell = cells.WriteOnlyCell(sheet, value=_LIKE_AN_ESCAPE.sub("_x005F_", value))
    cell.data_type = "s"  # whatever it begins with
    return cell


def _sealed(data: bytes, kind: str, made: datetime) -> bytes:
    """Give all parts of a workbook one time of making, in place of the clock's, and write their hash into it.

    By the hash ``is_unchanged_workbook`` sees whether somebody has worked in the file since.
    """
    with ZipFile(BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    moment = made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    properties = _CHANGED.sub(rb"\g<1>" + moment + rb"\g<3>", parts[_PROPERTIES])
    # With its name space, as some writers of XML declare it only where they use it.
    space = library("openpyxl.xml.constants", "Excel workbooks").DCORE_NS.encode()
    seal = (
        b'<dc:identifier xmlns:dc="'
        + space
        + b'">'
        + _seal(kind, parts).encode()
        + b"</dc:identifier><dcterms:created"
    )
    parts[_PROPERTIES] = properties.replace(b"<dcterms:created", seal, 1)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as book:
        for name, content in parts.items():
            info = ZipInfo(name, date_time=made.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            book.writestr(info, content)
    return buffer.getvalue()


def _seal(kind: str, parts: Mapping[str, bytes]) -> str:
    """Hash every part of a workbook but its properties, where the hash is kept."""
    hashes = sorted(
        (name, hashlib.sha256(part).hexdigest()) for name, part in parts.items() if name != _PROPERTIES
    )
    return f"duonen_stats {kind} {hashlib.sha256(repr(hashes).encode()).hexdigest()}"


def is_unchanged_workbook(content: bytes, kind: str) -> bool:
    """Whether a file is a workbook of this package, ``TABLES`` or ``QUERIES``, that nobody has worked in since."""
    try:
        with ZipFile(BytesIO(content)) as book:
            parts = {name: book.read(name) for name in book.namelist()}
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
    found = _SEAL.search(parts.get(_PROPERTIES, b""))
    return found is not None and found[1].decode(errors="replace") == _seal(kind, parts)


# The query listing: findings as a workbook, one worksheet per centre, with columns for its answers.


NO_CENTRE = "Data management"
"""Worksheet of the findings that belong to no centre: a file, a column, a patient nobody randomised."""

COLUMNS = (
    ("No.", 5),
    ("Severity", 10),
    ("Rule", 18),
    ("Patient", 12),
    ("Table", 20),
    ("Record", 24),
    ("Line", 7),
    ("Column", 13),
    ("Finding", 62),
    ("What to do", 48),
    ("Answer of the centre", 38),
    ("Corrected (yes/no)", 12),
    ("Answered by, date", 22),
)
_ANSWERS = 3
_HEADER_ROW = 5
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f']")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def findings_xlsx(findings: Sequence[Finding], cut: Cut, study: Study) -> bytes:
    """Write findings as an Excel workbook that can be sent to the centres, sheet by sheet.

    Parameters
    ----------
    findings
        All findings of the cut, those of one centre in the order given.
    cut
        The data cut: its date and name are above each listing.
    study
        The study they belong to.

    Returns
    -------
    bytes
        A workbook of texts, counts and lines, no formula among them whatever the data say: worksheet ``Summary``,
        then ``Kinds`` with one line per rule, column and value, then one per centre, then ``Data management``. The
        same findings give the same bytes.

    Raises
    ------
    DuonenError
        openpyxl is not installed.
    """
    try:
        book = import_module("openpyxl").Workbook()
    except ImportError as error:
        raise DuonenError(
            "Excel workbooks need the package openpyxl, which is not installed. Install it with "
            "pip install 'duonen-stats[io]', or give --out a name that ends in .csv."
        ) from error
    by_centre = _by_centre(findings)
    titles = _titles(by_centre)
    _fill_summary(book.active, by_centre, titles, cut, study)
    if findings:
        _fill_kinds(book.create_sheet(KINDS), findings, cut, study)
    for centre, own in by_centre.items():
        sheet = book.create_sheet(titles[centre])
        _fill(sheet, own, record_names(own, cut, study), _about(cut, study, _queries_to(centre)))
    buffer = BytesIO()
    book.save(buffer)
    return _sealed(buffer.getvalue(), QUERIES, made_of(cut))


def _by_centre(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Sort findings under centres in the order of their names; those of none come last."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.site or "", []).append(finding)
    return {centre: found[centre] for centre in sorted(found, key=lambda name: (not name, name))}


def _titles(centres: Iterable[str]) -> dict[str, str]:
    """Give each centre the title of a worksheet: short, without signs Excel refuses, no two alike."""
    taken = {"summary", KINDS.casefold(), "history"}
    titles = {}
    for centre in centres:
        base = _NOT_IN_TITLE.sub("_", _clean(f"Centre {centre}" if centre else NO_CENTRE))[:_LONGEST_TITLE]
        title, number = base, 1
        while title.casefold() in taken:
            number += 1
            title = f"{base[: _LONGEST_TITLE - 4]} ({number})"
        taken.add(title.casefold())
        titles[centre] = title
    return titles


def _about(cut: Cut, study: Study, what: str) -> list[str]:
    date = "not stated" if cut.cut_date is None else f"{cut.cut_date:%Y-%m-%d}"
    mark = "SIMULATED DATA – invented patients. " if cut.simulated else ""
    return [f"{study.study_id}: {what}", f"{mark}Data cut {date}, {cut.label}"]


def _queries_to(centre: str) -> str:
    return f"queries to {f'centre {centre}' if centre else 'data management (no single centre)'}"


def _fill(sheet: Any, findings: Sequence[Finding], records: Sequence[str], about: Sequence[str]) -> None:
    lines = (
        *about,
        f"{len(findings)} queries. {WHO_ANSWERS} Please answer in the last {_ANSWERS} columns. "
        "Record: its visit, cycle or number, and its date. Line and column: of the exported file.",
    )
    for number, line in enumerate(lines, 1):
        _write(sheet, number, 1, line, bold=number == 1)
    for column, (name, width) in enumerate(COLUMNS, 1):
        _write(sheet, _HEADER_ROW, column, name, bold=True, fill="DDE6EE")
        sheet.column_dimensions[sheet.cell(_HEADER_ROW, column).column_letter].width = width
    for number, (finding, record) in enumerate(zip(findings, records, strict=True), 1):
        for column, text in enumerate((number, *_cells(finding, record)), 1):
            answer = column > len(COLUMNS) - _ANSWERS
            _write(sheet, _HEADER_ROW + number, column, text, wrap=True, fill="FFF8E1" if answer else "")
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    last = sheet.cell(_HEADER_ROW + len(findings), len(COLUMNS)).coordinate
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}"
    _for_paper(sheet)


KINDS = "Kinds"
"""Worksheet with one line for each rule, column and value, however many records it concerns."""
_KINDS = (
    ("Severity", 10),
    ("Rule", 18),
    ("Table", 20),
    ("Column", 13),
    ("Value", 18),
    ("Findings", 9),
    ("Patients", 9),
    ("Centres", 12),
    ("First lines", 22),
    ("The first finding", 62),
    ("What to do", 48),
)
_FIRST_LINES, _FIRST_CENTRES = 5, 4
_QUOTED = re.compile(r"'([^']*)'")


def _fill_kinds(sheet: Any, findings: Sequence[Finding], cut: Cut, study: Study) -> None:
    """List findings of one kind as one line: that a code is missing from a mapping is one fault in 400 records."""
    kinds: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        value = _QUOTED.search(one.message)
        key: tuple[str, ...] = (
            one.severity,
            one.rule,
            one.table,
            one.column or "",
            value[1] if value else "",
        )
        kinds.setdefault(key, []).append(one)
    for number, line in enumerate(_about(cut, study, "queries by rule, column and value"), 1):
        _write(sheet, number, 1, line, bold=number == 1)
    for column, (name, width) in enumerate(_KINDS, 1):
        _write(sheet, _HEADER_ROW, column, name, bold=True, fill="DDE6EE")
        sheet.column_dimensions[sheet.cell(_HEADER_ROW, column).column_letter].width = width
    order: list[str] = [*SEVERITIES]
    rows = sorted(kinds.items(), key=lambda item: (order.index(item[0][0]), -len(item[1]), item[0]))
    for place, (key, own) in enumerate(rows, _HEADER_ROW + 1):
        lines = [str(line) for one in own for line in one.places]
        sites = sorted({one.site for one in own if one.site})
        texts: tuple[str | int, ...] = (
            *key,
            len(own),
            len({one.subject for one in own} - {None}) or "",
            first_few(sites, _FIRST_CENTRES),
            first_few(lines, _FIRST_LINES),
            own[0].message,
            question_of(own[0].rule),
        )
        for column, text in enumerate(texts, 1):
            _write(sheet, place, column, text, wrap=True)
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{sheet.cell(_HEADER_ROW + len(rows), len(_KINDS)).coordinate}"
    _for_paper(sheet)


def _cells(finding: Finding, record: str) -> tuple[str | int, ...]:
    row = finding.places[0] if len(finding.places) == 1 else listed_lines(finding.places)
    place = (finding.subject or "", finding.table, record, row, finding.column or "")
    return (
        finding.severity,
        finding.rule,
        *place,
        finding.message,
        question_of(finding.rule),
        *[""] * _ANSWERS,
    )


def _fill_summary(
    sheet: Any, by_centre: dict[str, list[Finding]], titles: dict[str, str], cut: Cut, study: Study
) -> None:
    sheet.title = "Summary"
    for number, line in enumerate(_about(cut, study, "queries on the raw data"), 1):
        _write(sheet, number, 1, line, bold=number == 1)
    header = ("Worksheet", "Errors", "Warnings", "Notes", "Patients concerned")
    rows: list[tuple[str | int, ...]] = [
        (
            titles[centre],
            *(sum(one.severity == kind for one in own) for kind in SEVERITIES),
            len({one.subject for one in own} - {None}),
        )
        for centre, own in by_centre.items()
    ]
    for column, name in enumerate(header, 1):
        _write(sheet, _HEADER_ROW, column, name, bold=True, fill="DDE6EE")
    for place, row in enumerate(rows, _HEADER_ROW + 1):
        for column, text in enumerate(row, 1):
            _write(sheet, place, column, text)
    for letter, width in zip("ABCDE", (28, 10, 10, 10, 20), strict=True):
        sheet.column_dimensions[letter].width = width
    _for_paper(sheet)


def _write(
    sheet: Any,
    row: int,
    column: int,
    text: str | int,
    *,
    bold: bool = False,
    wrap: bool = False,
    fill: str = "",
) -> None:
    """Write a cell as text, which no spreadsheet may take for a formula or a number, or a count as a number."""
    styles = import_module("openpyxl.styles")
    cell = sheet.cell(row, column)
    if isinstance(text, str):
        cell.value = _clean(text)
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = True
    else:
        cell.value = text
    cell.font = styles.Font(bold=bold)
    cell.alignment = styles.Alignment(wrap_text=wrap, vertical="top")
    if fill:
        cell.fill = styles.PatternFill("solid", fgColor=fill)


def _for_paper(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _clean(text: str) -> str:
    """Replace signs that a workbook cannot hold by the sign for "not known"."""
    return _NOT_IN_XML.sub("\ufffd", text)
