"""What other programs read: results, findings, datasets and tables as CSV.

All CSV is UTF-8 with commas, line feeds, ISO dates and empty cells for what is missing; numbers have all
their digits. A spreadsheet takes a text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end for
a formula: such a text gets an apostrophe in front, unless it is a plain number.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from duonen_stats.displays.content import TableContent, plain
from duonen_stats.displays.produced import Produced
from duonen_stats.raw.findings import Finding, findings_frame
from duonen_stats.report.columns import HeadCell, head_rows
from duonen_stats.results.table import ResultRow, Results

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_HARMLESS = re.compile(r"[+-]?(\d[\d.,]*%?)?")


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    runs = _FORMULA.match(text) is not None and _HARMLESS.fullmatch(text) is None
    return f"'{text}" if runs else text


def results_csv(results: Results) -> bytes:
    """Write the results table, one row a number; one that could not be estimated is empty and has a note."""
    names = [item.name for item in fields(ResultRow)]
    return _csv([names, *([getattr(row, name) for name in names] for row in results)])


def findings_csv(findings: Sequence[Finding]) -> bytes:
    """Write findings on raw data, one row each."""
    return dataset_csv(findings_frame(findings))


def dataset_csv(frame: pd.DataFrame, *, separator: str = ",") -> bytes:
    """Write a data frame without its index."""
    columns = [frame[name].tolist() for name in frame.columns]
    return _csv([[str(name) for name in frame.columns], *zip(*columns, strict=True)], separator)


def table_csv(produced: Produced) -> bytes:
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
    """Lay headings on a grid: one over two columns stands in both, one over two rows in the first."""
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
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n", delimiter=separator)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return guarded(value)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return repr(value.item() if isinstance(value, np.generic) else value)
