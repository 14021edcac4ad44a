"""Displays as pictures at a stated width and resolution: PNG and TIFF of dots, SVG and PDF of lines."""

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Literal

import typst
from PIL import Image

from duonen_stats.displays.model.content import ProducedDisplay, TableContent, plain
from duonen_stats.document.column_widths import typst_fonts
from duonen_stats.document.content_model import DisplayBlock, Document, Section
from duonen_stats.document.export.flow import LANDSCAPE, PORTRAIT, Frame
from duonen_stats.document.markup import figure_size
from duonen_stats.document.pdf import typst_inputs
from duonen_stats.errors import DuonenError, OptionError
from duonen_stats.results.rows.table import Results
from duonen_stats.study.shipped_files import templates_path

PictureKind = Literal["png", "tiff", "pdf", "svg"]
KINDS: tuple[PictureKind, ...] = ("png", "tiff", "pdf", "svg")
POINTS_PER_MM = 72 / 25.4
DPI = 600
"""What journals ask for drawings of lines with letters."""
NARROWEST, WIDEST = 30.0, 500.0
_LOWEST_DPI, _HIGHEST_DPI = 50, 1200
_MOST_DOTS = 2**27
_EDGES = 24.0
_LETTER = re.compile(r"font(?:-size)?: ?(?:\w+ )*?([0-9.]+)px")


def require_size(width_mm: float | None, dpi: int) -> None:
    """Raise ``OptionError`` if a picture of this width (None is as drawn) and resolution cannot be made.

    Examples
    --------
    >>> require_size(85, 600)
    >>> require_size(3, 600)
    Traceback (most recent call last):
        ...
    duonen_stats.errors.OptionError: 3 mm is not between 30 and 500 mm, the widths of a picture.
    """
    if width_mm is not None and not NARROWEST <= width_mm <= WIDEST:
        raise OptionError(
            "width_mm",
            f"{width_mm:g} mm is not between {NARROWEST:g} and {WIDEST:g} mm, the widths of a picture.",
        )
    if not _LOWEST_DPI <= dpi <= _HIGHEST_DPI:
        raise OptionError(
            "dpi",
            f"{dpi} is not between {_LOWEST_DPI} and {_HIGHEST_DPI} dots per inch; journals ask for 300 or 600.",
        )


def figure_picture(
    svg: str,
    kind: PictureKind,
    *,
    title: str,
    alt: str,
    made: datetime,
    width_mm: float | None = None,
    dpi: int = DPI,
) -> bytes:
    """Write a drawing as a picture.

    Parameters
    ----------
    svg
        The drawing, as matplotlib writes it.
    kind
        ``"png"`` or ``"tiff"``, whose resolution is stated in the file, ``"pdf"`` or ``"svg"``.
    title, alt
        What the drawing is, and what it shows.
    made
        Date of making of a PDF, with a time zone.
    width_mm
        Width in millimetres; as drawn, if omitted. The height follows; letters are scaled like everything.
    dpi
        Dots per inch of PNG and TIFF.

    Raises
    ------
    OptionError
        The width or the resolution cannot be had.
    DuonenError
        The drawing could not be set.
    """
    require_size(width_mm, dpi)
    width, height = figure_size(svg)
    scale = 1.0 if width_mm is None else width_mm * POINTS_PER_MM / width
    if kind == "svg":
        return _sized(svg, width * scale, height * scale).encode()
    _require_dots(width * scale, height * scale, dpi)
    inputs = {"svg": svg, "title": title, "alt": alt}
    inputs |= {} if width_mm is None else {"width": repr(float(width_mm))}
    return _compiled("figure.typ", inputs, kind, title, made=made, dpi=dpi)


def table_picture(
    produced: ProducedDisplay,
    frame: Frame,
    kind: PictureKind,
    *,
    made: datetime,
    width_mm: float | None = None,
    dpi: int = DPI,
) -> bytes:
    """Write a table as a picture, with its title, its population, its notes and the mark of its data.

    Parameters are those of :func:`figure_picture`; without a width it is as wide as in the report. Raises what that
    raises.
    """
    require_size(width_mm, dpi)
    if not isinstance(produced.content, TableContent):
        raise TypeError(f"{produced.label} is not a table")
    room = LANDSCAPE if produced.content.landscape else PORTRAIT
    width = room + _EDGES if width_mm is None else width_mm * POINTS_PER_MM
    _require_dots(width, width, dpi)
    inputs = typst_inputs(_document_of(produced, frame), {}) | {"width": repr(width)}
    return _compiled("display.typ", inputs, kind, produced.title, made=made, dpi=dpi)


def _document_of(produced: ProducedDisplay, frame: Frame) -> Document:
    """Return a document of one table; what it shows was looked up before."""
    stamp = frame.stamp
    words = as_words(produced)
    section = Section(key="display", title=words.title, blocks=(DisplayBlock(words),))
    return Document(
        title=words.title,
        subtitle=frame.title,
        simulated=stamp.simulated,
        blinded=stamp.blinded,
        closed=stamp.closed,
        other_stage=stamp.stage,
        banner=frame.banner,
        language=frame.language,
        meta=(),
        sections=(section,),
        results=Results(()),
        cut_line=frame.cut_line,
        running_title=frame.running_title,
    )


def as_words(produced: ProducedDisplay) -> ProducedDisplay:
    """Return a display alone: its numbers are words, and the reading sentence, which the report has, is left out."""
    content = produced.content
    if isinstance(content, TableContent):
        columns = tuple(replace(column, below=(plain(column.below),)) for column in content.columns)
        rows = tuple(
            replace(row, cells=tuple((plain(cell),) if cell else () for cell in row.cells))
            for row in content.rows
        )
        content = replace(content, columns=columns, rows=rows)
    return replace(
        produced,
        key=f"shown_{produced.key}",
        content=content,
        population=(plain(produced.population),),
        footnotes=tuple((plain(note),) for note in produced.footnotes),
        sentence=(),
    )


def _compiled(
    template: str, inputs: Mapping[str, str], kind: PictureKind, title: str, *, made: datetime, dpi: int
) -> bytes:
    wanted: Literal["pdf", "svg", "png"] = "png" if kind == "tiff" else kind
    try:
        content: bytes = typst.compile(
            templates_path() / template,
            root=templates_path(),
            font_paths=typst_fonts(),
            ignore_system_fonts=True,
            sys_inputs=dict(inputs),
            format=wanted,
            ppi=float(dpi),
            timestamp=made,
        )
    except typst.TypstError as error:
        raise DuonenError(f"{title!r} could not be set as a picture: {error.message}") from error
    if kind == "png":
        return with_resolution(content, dpi)
    return _tiff(content, dpi) if kind == "tiff" else content


def _require_dots(width: float, height: float, dpi: int) -> None:
    if width / 72 * dpi * height / 72 * dpi > _MOST_DOTS:
        raise OptionError(
            "dpi", f"{dpi} dots per inch at this width are more dots than a picture may have here."
        )


def _sized(svg: str, width: float, height: float) -> str:
    """State the size of a drawing on the page; what is drawn stays as it is."""
    sized = re.sub(r'(<svg\b[^>]*?\swidth=")[^"]*(")', rf"\g<1>{width:.4f}pt\g<2>", svg, count=1)
    return re.sub(r'(<svg\b[^>]*?\sheight=")[^"]*(")', rf"\g<1>{height:.4f}pt\g<2>", sized, count=1)


def smallest_letters(svg: str, width_mm: float | None) -> float:
    """Size in points of the smallest letters of a drawing at a width; 0 if it has none.

    Examples
    --------
    >>> round(smallest_letters('<svg viewBox="0 0 510.2 100"><text style="font: 7px X"/></svg>', 90), 1)
    3.5
    """
    sizes = [float(size) for size in _LETTER.findall(svg)]
    width, _ = figure_size(svg)
    scale = 1.0 if width_mm is None else width_mm * POINTS_PER_MM / width
    return min(sizes, default=0.0) * scale


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INCHES = 39.3701


def with_resolution(png: bytes, dpi: int) -> bytes:
    """State the resolution in a PNG, by which programs know how large it is."""
    chunk = b"pHYs" + struct.pack(">IIB", round(dpi * _INCHES), round(dpi * _INCHES), 1)
    about = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    end = len(_SIGNATURE) + 25  # the first chunk, which states the size in dots
    return png[:end] + about + png[end:]


def png_size(png: bytes) -> tuple[float, float]:
    """Width and height of a PNG in points, by the resolution that it states, else 72 dots per inch."""
    width, height = struct.unpack(">II", png[16:24])
    found = re.search(rb"pHYs(.{8})\x01", png[:200], re.DOTALL)
    per_inch = struct.unpack(">II", found[1])[0] / _INCHES if found else 72.0
    return width * 72 / per_inch, height * 72 / per_inch


def _tiff(png: bytes, dpi: int) -> bytes:
    """Turn a PNG into a TIFF without an alpha channel, packed without loss (LZW), as journals take it."""
    target = BytesIO()
    with Image.open(BytesIO(png)) as image:
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
        flat.save(target, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return target.getvalue()
