"""Figures as files: SVG and PNG as drawn, PDF from the SVG."""

import struct
import zlib
from collections.abc import Mapping
from datetime import datetime

import typst

from duonen_stats.displays.drawings import style
from duonen_stats.displays.model.content import FigureContent, ProducedDisplay
from duonen_stats.document.column_widths import typst_fonts
from duonen_stats.document.language.catalogue import Language
from duonen_stats.errors import DuonenError
from duonen_stats.study.shipped_files import templates_path

COLUMN = "column"
"""Form of a drawing with its panels one below another, which a single column of a journal has room for."""

_PNG_DPI = 220
_MAKER = b"duonen_stats"
_TAIL = 64


def figure_files(
    produced: ProducedDisplay, *, timestamp: datetime, language: Language = "en"
) -> Mapping[str, bytes]:
    """Draw a figure as ``svg``, ``png`` and ``pdf``, with panels as ``column`` too; the same input, the same bytes.

    Parameters
    ----------
    produced
        A display whose content is a figure. What is not a result of the trial is marked in the drawing itself.
    timestamp
        Date of creation of the PDF, with a time zone.
    language
        The one the words of the drawing are in, for the PDF to state.

    Raises
    ------
    TypeError
        The display is a table.
    """
    if not isinstance(produced.content, FigureContent):
        raise TypeError(f"{produced.label} is not a figure")
    figure = produced.content.draw()
    svg = style.svg(figure)
    stacked = produced.content.stacked
    return {
        "svg": svg.encode(),
        "png": style.png(figure, dpi=_PNG_DPI),
        "pdf": _pdf(svg, produced.title, produced.content.alt, timestamp, language),
        **({} if stacked is None else {COLUMN: style.svg(stacked()).encode()}),
    }


def figure_path(key: str, form: str) -> str:
    """Name the file of a figure in the folder of a report.

    Examples
    --------
    >>> figure_path("figure_2", "png"), figure_path("figure_2", "column")
    ('figures/figure_2.png', 'figures/column/figure_2.svg')
    """
    return f"figures/{COLUMN}/{key}.svg" if form == COLUMN else f"figures/{key}.{form}"


def figure_svg(produced: ProducedDisplay) -> bytes:
    """Draw a figure as SVG alone; ``TypeError`` if the display is a table."""
    if not isinstance(produced.content, FigureContent):
        raise TypeError(f"{produced.label} is not a figure")
    return style.svg(produced.content.draw()).encode()


def signed(content: bytes, kind: str) -> bytes:
    """Write into a single figure, ``svg``, ``png`` or ``pdf``, that this package made it; viewers do not show it.

    Examples
    --------
    >>> signed(b"<svg/>", "svg")
    b'<svg/><!-- duonen_stats -->'
    """
    if kind == "svg":
        return content + b"<!-- " + _MAKER + b" -->"
    if kind == "pdf":
        return content + b"\n%" + _MAKER + b"\n"
    chunk = b"tEXtSoftware\0" + _MAKER  # before the last chunk of the PNG, which has 12 bytes
    text = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:-12] + text + content[-12:]


def is_signed(content: bytes) -> bool:
    """Whether a file is a figure that ``signed`` gave, and that no program has saved since."""
    return _MAKER in content[-_TAIL:]


def _pdf(svg: str, title: str, alt: str, timestamp: datetime, language: Language) -> bytes:
    """Set the SVG as one page: its text stays text, its fonts are embedded."""
    try:
        return typst.compile(
            templates_path() / "figure.typ",
            root=templates_path(),
            font_paths=typst_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"svg": svg, "title": title, "alt": alt, "lang": language},
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise DuonenError(f"The figure {title!r} could not be set as PDF: {error.message}") from error
