"""Sheets made by hand, as a reader would have given them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from duonen_stats.raw.intake.readers.cells import cell_text
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.intake.texts import TextsBuilder


def made_sheet(columns: Mapping[str, Sequence[Any]], *, typed: bool = False, first: int = 1, **more) -> Sheet:
    """Make a sheet of columns of values, its rows numbered from ``first``."""
    cells = {name: TextsBuilder(_text, typed=typed).added(values).texts() for name, values in columns.items()}
    rows = max(map(len, cells.values()), default=0)
    numbers = np.arange(first, first + rows)
    return Sheet(cells=cells, numbers=numbers, lines=rows, header=(*columns,), typed=typed, **more)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else cell_text(value)


def texts_held(sheet: Sheet) -> dict[str, list[str]]:
    """Give for each column the cells that its file held as text."""
    return {name: [*texts.take(texts.held_as_text())] for name, texts in sheet.cells.items()}
