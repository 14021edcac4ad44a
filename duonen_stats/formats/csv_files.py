"""What other programs read: results, findings, datasets and tables as CSV.

All CSV is UTF-8 with commas, line feeds, ISO dates and empty cells for what is missing; numbers have all
their digits. A spreadsheet takes a text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end for
a formula: such a text gets an apostrophe in front, unless it is a plain number. So does what follows a
semicolon or a line end within a text: a spreadsheet whose lists are separated by semicolons, as in
Poland, begins a cell there.
"""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from io import StringIO
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import infer_dtype

from duonen_stats.displays.model.content import Number, ProducedDisplay, TableContent, plain
from duonen_stats.document.column_widths import HeadCell, head_rows
from duonen_stats.document.content_model import (
    DisplayBlock,
    Document,
    block_numbers,
    display_numbers,
)
from duonen_stats.raw import Cut
from duonen_stats.raw.derived.record_order import record_numbers
from duonen_stats.raw.findings import Finding, findings_frame
from duonen_stats.results.record_rules import records_behind
from duonen_stats.results.rows.table import RESULT_COLUMNS, Results
from duonen_stats.study import Study

_FORMULA = re.compile(r"[=+\-@＝＋－＠]")
_SEPARATOR = re.compile(r"([;\r\n])")
_SUSPECT = re.compile(r"[=+\-@＝＋－＠;\r\n\t]")
_HARMLESS = re.compile(r"[+-]?(\d[\d.,]*([eE][+-]?\d+)?%?)?")


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    if _SUSPECT.search(text) is None:
        return text
    if text[:1] in {"\t", "\r", "\n"}:
        return f"'{_parts_guarded(text)}"
    return _parts_guarded(text)


def _parts_guarded(text: str) -> str:
    return "".join(_part_guarded(part) for part in _SEPARATOR.split(text))


def _part_guarded(part: str) -> str:
    runs = _FORMULA.match(part) is not None and _HARMLESS.fullmatch(part) is None
    return f"'{part}" if runs else part


def results_csv(results: Results, study: Study | None = None) -> bytes:
    """Write the results table, one row per number; one that could not be estimated is empty and has a note.

    With the study, ``dataset`` and ``filter`` say which records each number is of (``records_behind``); both are empty
    where it is of no single selection of records.
    """
    names = [*RESULT_COLUMNS]
    rows = [[getattr(row, name) for name in names] for row in results]
    if study is not None:
        behind = [records_behind(row, study) for row in results]
        rows = [
            [*row, "" if one is None else one.dataset, "" if one is None else str(one)]
            for row, one in zip(rows, behind, strict=True)
        ]
        names = [*names, *RECORD_COLUMNS]
    return _csv([names, *rows])


RECORD_COLUMNS = ("dataset", "filter")
"""Columns of the results table that say which records a number is of."""


def findings_csv(findings: Sequence[Finding], records: Sequence[str] | None = None) -> bytes:
    """Write findings on raw data, one row each; with ``records``, also which record each is of (``record_names``)."""
    frame = findings_frame(findings)
    return dataset_csv(frame if records is None else frame.assign(**{RECORD: records}))


RECORD = "record"
"""Column of a list of findings that names the record in words a centre knows."""


def is_findings_csv(content: bytes) -> bool:
    r"""Whether a file is a list of findings as ``findings_csv`` writes it; one saved by a spreadsheet is not.

    Examples
    --------
    >>> is_findings_csv(findings_csv([]))
    True
    >>> is_findings_csv(b"patient,finding\n1,none\n")
    False
    """
    try:
        rows = [*csv.reader(StringIO(content.decode(), newline=""))]
    except (UnicodeDecodeError, csv.Error):
        return False
    head = [item.name for item in fields(Finding)]
    whole = rows[:1] in ([head], [[*head, RECORD]]) and all(len(row) == len(rows[0]) for row in rows)
    return whole and _written(rows, ",") == content


def dataset_csv(frame: pd.DataFrame, *, separator: str = ",") -> bytes:
    """Write a data frame without its index."""
    head = [_cell(str(name)) for name in frame.columns]
    columns = [_Cells.of(frame.iloc[:, place]) for place in range(frame.shape[1])]
    parts = [_written([head], separator)]
    for start in range(0, len(frame), _PART):
        rows = zip(*(column.part(start, start + _PART) for column in columns), strict=True)
        parts.append(_written(rows, separator))
    return b"".join(parts)


_PART = 50_000
"""So many rows are written at a time: a large dataset is never in memory as cells."""


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """A column as written: each distinct text once, and the place of the text of each row."""

    distinct: NDArray[np.object_]
    places: NDArray[np.int32]

    @classmethod
    def of(cls, values: "pd.Series[Any]") -> "_Cells":
        """Write each distinct value once: a dataset has few of them in most columns."""
        if values.dtype == object and infer_dtype(values, skipna=True) not in {"string", "empty"}:
            # 1, 1.0 and True are equal, and are written differently.
            return cls(np.array([_cell(value) for value in values], dtype=object), _counted(len(values)))
        if values.dtype.kind == "f" and _has_negative_zero(values):
            return cls(
                np.array([_cell(value) for value in values.tolist()], dtype=object), _counted(len(values))
            )
        places, distinct = pd.factorize(values)
        # The place -1 of what is missing is the last text.
        texts = [*(_cell(value) for value in distinct.tolist()), ""]
        return cls(np.array(texts, dtype=object), places.astype(np.int32))

    def part(self, start: int, stop: int) -> list[str]:
        """Give the texts of some rows."""
        texts: list[str] = self.distinct[self.places[start:stop]].tolist()
        return texts


def _has_negative_zero(values: "pd.Series[Any]") -> bool:
    zeros = values[values.eq(0).fillna(value=False).astype(bool)]
    return bool(np.signbit(zeros.to_numpy(dtype=float)).any())


def _counted(rows: int) -> NDArray[np.int32]:
    return np.arange(rows, dtype=np.int32)


def raw_csvs(cut: Cut, study: Study) -> dict[str, bytes]:
    """Write the records as they were read, each table a file of the folder ``raw``.

    ``_ROW`` is the line they were on, ``_SEQ`` the number that the datasets know them by (``LBSEQ``, ``SRCSEQ``). They
    are what a later report compares its own records with.
    """
    numbered = {
        name: frame.assign(_SEQ=record_numbers(frame, study.table(name)))
        for name, frame in cut.tables.items()
    }
    return {f"raw/{name}.csv": dataset_csv(frame) for name, frame in numbered.items()}


def table_csv(produced: ProducedDisplay) -> bytes:
    """Write a table as shown: its rounded numbers and its heads, without indents.

    Title, population, footnotes, source and data cut follow below the rows, each a row of one cell.

    Raises ``TypeError`` if the display is a figure.
    """
    if not isinstance(produced.content, TableContent):
        raise TypeError(f"{produced.label} is not a table")
    columns = produced.content.columns
    head = _head(head_rows(columns), len(columns))
    body = [[plain(cell) for cell in row.cells] for row in produced.content.rows]
    about = [f"{produced.label}. {produced.title}", plain(produced.population)]
    about += [*(plain(note) for note in produced.footnotes), produced.source, produced.cut]
    return _csv([*head, *body, *([text] for text in about if text)])


def rows_csv(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Write rows of text and numbers under their column names."""
    return _csv([columns, *rows])


def _head(rows: Sequence[Sequence[HeadCell]], width: int) -> list[list[str]]:
    """Lay headings on a grid: one over two columns is in both, one over two rows in the first."""
    grid: list[list[str | None]] = [[None] * width for _ in rows]
    for i, row in enumerate(rows):
        for cell in row:
            start = grid[i].index(None)
            for j in range(start, start + cell.columns):
                grid[i][j] = " ".join(part for part in (plain(cell.text), plain(cell.below)) if part)
                if cell.rows > 1:
                    grid[i + 1][j] = ""
    return [[text or "" for text in row] for row in grid]


def _csv(rows: Iterable[Iterable[Any]], separator: str = ",") -> bytes:
    return _written(([_cell(value) for value in row] for row in rows), separator)


def _written(rows: Iterable[Iterable[str]], separator: str) -> bytes:
    buffer = StringIO()
    csv.writer(buffer, lineterminator="\n", delimiter=separator).writerows(rows)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return guarded(value)
    if type(value) is float and not math.isnan(value):  # most numbers; asking pandas is slow
        return repr(value)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return repr(value.item() if isinstance(value, np.generic) else value)


# Which display and which section shows which number: the register a later report is compared by.


DISPLAYS = "displays.csv"
"""Name of the register in a report's folder."""

PLACE_COLUMNS = ("display", "kind", "label", "title", "analysis_id", "shown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table, a figure, or the running text of a section."""

    key: str
    kind: Literal["table", "figure", "section"]
    label: str
    title: str

    @property
    def name(self) -> str:
        """How a reader finds it: ``Table 3`` or the title of the section."""
        return self.label or f"section {self.title}"


def places(document: Document) -> Iterator[tuple[Place, tuple[Number, ...]]]:
    """Yield every display and every section's running text with the looked-up numbers in it, in reading order."""
    for section in document.sections:
        words = [block for block in section.blocks if not isinstance(block, DisplayBlock)]
        yield (
            Place(key=f"section:{section.key}", kind="section", label="", title=section.title),
            tuple(number for block in words for number in block_numbers(block)),
        )
        for block in section.blocks:
            if isinstance(block, DisplayBlock):
                made = block.produced
                kind: Literal["table", "figure"] = (
                    "table" if isinstance(made.content, TableContent) else "figure"
                )
                place = Place(key=made.key, kind=kind, label=made.label, title=made.title)
                yield place, tuple(display_numbers(made))


def displays_csv(document: Document) -> bytes:
    """Write the register: one row for each place, each number in it and each way it is written there.

    A place without a number has one row, without ``analysis_id`` and ``shown``.
    """
    rows = []
    for place, numbers in places(document):
        about = (place.key, place.kind, place.label, place.title)
        pairs = dict.fromkeys((number.id, number.text) for number in numbers)
        rows += [(*about, *pair) for pair in pairs or {("", ""): None}]
    return rows_csv(PLACE_COLUMNS, rows)
