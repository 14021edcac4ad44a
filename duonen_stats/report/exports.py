"""What other programs read: results, findings, datasets and tables as CSV; figures as SVG, PDF and PNG.

All CSV is UTF-8 with commas, line feeds, ISO dates and empty cells for what is missing; numbers have all
their digits. A spreadsheet takes a text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end for
a formula: such a text gets an apostrophe in front, unless it is a plain number.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from io import BytesIO, StringIO
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from duonen_stats.displays.content import TableContent, plain
from duonen_stats.displays.produced import Produced
from duonen_stats.raw.findings import Finding, findings_frame
from duonen_stats.report.columns import HeadCell, head_rows
from duonen_stats.results.table import ResultRow, Results

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_HARMLESS = re.compile(r"[+-]?(\d[\d.,]*%?)?")
_HASH_SALT = "duonen_stats"
_PNG_DPI = 220
_NO_DATE: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
        "png": {"Software": None},
    }
)


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


def dataset_csv(frame: pd.DataFrame) -> bytes:
    """Write a data frame without its index."""
    columns = [frame[name].tolist() for name in frame.columns]
    return _csv([[str(name) for name in frame.columns], *zip(*columns, strict=True)])


def table_csv(produced: Produced) -> bytes:
    """Write a table as shown: its rounded numbers and its heads, without indents.

    Raises ``TypeError`` if the display is a figure.
    """
    if not isinstance(produced.content, TableContent):
        raise TypeError(f"{produced.label} is not a table")
    columns = produced.content.columns
    head = _head(head_rows(columns), len(columns))
    return _csv([*head, *([plain(cell) for cell in row.cells] for row in produced.content.rows)])


def figure_files(figure: Figure) -> Mapping[str, bytes]:
    """Return a drawing as ``svg``, ``pdf`` and ``png``, byte for byte the same on every run."""
    settings: dict[Any, Any] = {"svg.hashsalt": _HASH_SALT, "svg.fonttype": "none", "pdf.fonttype": 42}
    with mpl.rc_context(settings):
        return {kind: _saved(figure, kind) for kind in _NO_DATE}


def _saved(figure: Figure, kind: str) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format=kind, dpi=_PNG_DPI, metadata=dict(_NO_DATE[kind]))
    return buffer.getvalue()


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


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
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
