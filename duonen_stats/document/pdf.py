"""The report as PDF: one content model, handed to typst as JSON, so that no data is ever typst source."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any

import typst

from duonen_stats.displays.model.content import (
    Line,
    Number,
    ProducedDisplay,
    TableContent,
    TableRow,
    plain,
)
from duonen_stats.document.column_widths import (
    HeadCell,
    Setting,
    bound,
    breakable,
    fit,
    head_rows,
    is_heading,
    typst_fonts,
)
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
    Section,
)
from duonen_stats.document.markup import figure_size, printable
from duonen_stats.errors import DuonenError
from duonen_stats.study.shipped_files import templates_path

_TEMPLATE = "report.typ"
_PORTRAIT, _LANDSCAPE = 467.0, 714.0
"""Width of the text area in points: A4 less the margins of the template."""
_INDENT = 9.0
_HIGHEST_FIGURE = 560.0
_KEPT_TOGETHER = 0.4 * 710.0
"""Up to this height in points a table is not divided: more would leave too much of the page before it empty."""
_AIRY = 640.0
"""Up to this height a table has more space between its rows."""
_UPRIGHT = ((8.0, 1.9), (7.0, 1.7), (6.5, 1.3))
_UPRIGHT_LISTING = ((8.0, 1.9), (7.0, 2.4))
"""Letters, and lines for one on a turned page, with which a table made for that is as well read on an upright one."""
_TITLE, _NOTE, _SIGNS_OF_A_NOTE = 40.0, 10.3, 118
"""Points of a title with its column heads and of a line of a note, and characters in such a line."""
TEMPLATE_WORDS = {
    "page": "Page",
    "of": "of",
    "none": "None.",
    "continued": "continued",
    "contents": "Contents",
    "displays": "Tables and figures",
}
"""Words of the template, by the name it has for them."""
_TURNED_HEIGHT, _WELL_FILLED, _SURE = 463.0, 0.6, 0.95
"""Points of a turned page; the share from which it is well filled, and up to which an estimate is trusted."""
_HEADING, _LINE, _SIGNS_OF_A_LINE = 30.0, 15.0, 150
"""Points of a heading, of the space around a display, and of a line of text on a turned page, and its characters."""
_SET = 0.82
"""Points of a table as set, for one that ``_height`` estimates (measured on Table 1 and Table E4)."""


def render_pdf(document: Document, svgs: Mapping[str, bytes], timestamp: datetime) -> bytes:
    """Set a report as a tagged PDF (PDF/UA-1) with contents, bookmarks, running heads and page numbers.

    Parameters
    ----------
    document
        What to set.
    svgs
        For the key of every figure its drawing as matplotlib's SVG, text kept as text.
    timestamp
        Date of creation written into the file, with a time zone. Same document, drawings and timestamp give
        the same bytes.

    Raises
    ------
    DuonenError
        A figure has no drawing, or typst cannot set the document; the message names where.
    """
    inputs = typst_inputs(document, svgs)
    try:
        return typst.compile(
            templates_path() / _TEMPLATE,
            root=templates_path(),
            font_paths=typst_fonts(),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=["ua-1"],
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise DuonenError(f"The PDF could not be set: {error.message}") from error


def typst_inputs(document: Document, svgs: Mapping[str, bytes]) -> dict[str, str]:
    """Write what the templates read: the document as JSON, and each drawing."""
    inputs = {"document": json.dumps(_document(document, svgs), ensure_ascii=False)}
    return inputs | {f"svg:{key}": svg.decode() for key, svg in svgs.items()}


def _document(document: Document, svgs: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "title": _clean(document.title),
        "subtitle": _clean(document.subtitle),
        "marked": document.marked,
        "banner": _clean(document.banner),
        "meta": [[_clean(label), _clean(value)] for label, value in document.meta],
        "cut_line": _clean(document.cut_line),
        "running_title": _clean(document.running_title),
        "lang": document.language,
        "words": {name: document.fixed(words) for name, words in TEMPLATE_WORDS.items()},
        "sections": _on_shared_pages([_section(section, svgs) for section in document.sections]),
    }


def _section(section: Section, svgs: Mapping[str, bytes]) -> dict[str, Any]:
    blocks = [{**_block(block, svgs), "level": section.level + 1} for block in section.blocks]
    return {"title": _clean(section.title), "level": section.level, "blocks": blocks}


def _on_shared_pages(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what is left of a turned page to the displays that follow, while they fit and it is not well filled."""
    used: float | None = None
    above = 0.0
    for section in sections:
        above += _HEADING
        for block in section["blocks"]:
            height = block.pop("height", None)
            if block["kind"] == "paragraph":
                above += _HEADING + len(block["text"]) / _SIGNS_OF_A_LINE * _LINE
            elif block.get("landscape"):
                used = _filled(used or 0.0, above + height, whole=block["whole"])
                above = 0.0
            elif (
                used is not None
                and height is not None
                and used < _WELL_FILLED * _TURNED_HEIGHT
                and used + above + height < _SURE * _TURNED_HEIGHT
            ):
                block["landscape"] = True
                used += above + height
                above = 0.0
            else:
                used, above = None, 0.0
    return sections


def _filled(used: float, height: float, *, whole: bool) -> float:
    """Estimate how far the last turned page is filled once a display of a height has followed."""
    if whole and used + height > _TURNED_HEIGHT:
        return min(height, _TURNED_HEIGHT)
    used += height
    while used > _TURNED_HEIGHT:
        used -= _TURNED_HEIGHT - _HEADING  # its heads stand on each page again
    return used


def _block(block: Block, svgs: Mapping[str, bytes]) -> dict[str, Any]:
    match block:
        case Paragraph(line):
            return {"kind": "paragraph", "text": _text(line)}
        case Bullets(items):
            return {"kind": "bullets", "items": [_text(item) for item in items]}
        case KeyFigures(items):
            return {"kind": "key_figures", "items": [[_clean(label), _parts(line)] for label, line in items]}
        case Listing():
            return _listing(block)
        case DisplayBlock(produced):
            return _display(produced, svgs)


def _display(produced: ProducedDisplay, svgs: Mapping[str, bytes]) -> dict[str, Any]:
    content = produced.content
    about = {
        "label": _clean(produced.label),
        "title": _clean(produced.title),
        "ich": "" if produced.ich_number in produced.source else _clean(produced.ich_number),
        "sentence": _text(produced.sentence),
        "population": _text(produced.population),
        "footnotes": [_text(note) for note in produced.footnotes],
        "source": _clean(produced.source),
        "cut": _clean(produced.cut),
    }
    if isinstance(content, TableContent):
        notes = (produced.sentence, produced.population, *produced.footnotes, (produced.source,))
        return {"kind": "table", **about, **_table(content, _around(notes))}
    if produced.key not in svgs:
        raise DuonenError(f"{produced.label} has no drawing under the key {produced.key!r}.")
    width, height = figure_size(svgs[produced.key].decode())
    scale = min(1.0, _PORTRAIT / width, _HIGHEST_FIGURE / height)
    notes = (produced.sentence, produced.population, *produced.footnotes, (produced.source,))
    return {
        "kind": "figure",
        **about,
        "svg": f"svg:{produced.key}",
        "alt": _clean(content.alt),
        "width": width * scale,
        "drawn": height * scale,
        "height": height * scale + _around(notes),
    }


def _table(content: TableContent, around: float) -> dict[str, Any]:
    """Set a table; ``around`` is the height in points of what is above and below it."""
    shown = [row for row in content.rows if not is_heading(row)]
    heavy = [row for row in shown if row.kind != "body"]
    texts = [[_padded(row, i) for row in shown] for i in range(len(content.columns))]
    bold = [
        [column.header, plain(column.below), *(_padded(row, i) for row in heavy)]
        for i, column in enumerate(content.columns)
    ]
    weights = [column.weight for column in content.columns]
    landscape, setting = _turned(content.landscape, partial(fit, texts, weights, bold=bold))
    height = _height(len(content.rows), len(content.rows) - len(shown), setting)
    return {
        "landscape": landscape,
        "whole": _SET * height + around <= _KEPT_TOGETHER,
        "height": _SET * height + around + _HEADING,
        "airy": height <= _AIRY,
        "size": setting.size,
        "widths": setting.widths,
        "align": [column.align for column in content.columns],
        "head": [[_head_cell(cell) for cell in row] for row in head_rows(content.columns)],
        "rows": [
            {**_row(row, setting), "repeats": _holds_to_the_next(content.rows, i)}
            for i, row in enumerate(content.rows)
        ],
    }


def _listing(listing: Listing) -> dict[str, Any]:
    texts = [[row[i] for row in listing.rows] for i in range(len(listing.columns))]
    weights = listing.weights or [1.0] * len(listing.columns)
    heads = [[name] for name in listing.columns]
    landscape, setting = _turned(
        listing.landscape, partial(fit, texts, weights, bold=heads), _UPRIGHT_LISTING
    )
    height = _height(len(listing.rows), 0, setting)
    head = [_head_cell(HeadCell(text=(name,), align="left")) for name in listing.columns]
    return {
        "kind": "listing",
        "title": _clean(listing.title),
        "note": _clean(listing.note),
        "landscape": landscape,
        "whole": height <= _KEPT_TOGETHER,
        "height": height + 2 * _HEADING,
        "airy": height <= _AIRY / 2,
        "size": setting.size,
        "widths": setting.widths,
        "align": ["left"] * len(listing.columns),
        "head": [head],
        "rows": [
            {"kind": "body", "indent": 0, "spans": False, "cells": _broken(row, setting)}
            for row in listing.rows
        ],
    }


def _height(rows: int, headings: int, setting: Setting) -> float:
    """Estimate how high a table is in points, its heads left out."""
    return (setting.lines + headings) * setting.size * 1.25 + rows * 6.0


def _around(notes: Sequence[Line]) -> float:
    """Estimate the height of what stands around a table: its title, the sentence above it, the notes below."""
    lines = sum(-(-len(plain(note)) // _SIGNS_OF_A_NOTE) for note in notes)
    return _TITLE + lines * _NOTE


def _row(row: TableRow, setting: Setting) -> dict[str, Any]:
    cells = [plain(cell) for cell in row.cells]
    spans = is_heading(row)
    return {
        "kind": row.kind,
        # An indent is measured as an em of the table's type: it must not be drawn wider than that.
        "indent": row.indent * min(_INDENT, setting.size),
        "spans": spans,
        "cells": [_clean(cells[0])] if spans else _broken(cells, setting),
    }


def _broken(cells: tuple[str, ...] | list[str], setting: Setting) -> list[str]:
    return [
        breakable(bound(_clean(text), size=setting.size, width=width), size=setting.size, width=width)
        for text, width in zip(cells, setting.widths, strict=True)
    ]


def _holds_to_the_next(rows: Sequence[TableRow], place: int) -> bool:
    """Return whether every row between a group's heading and the next heading is indented under it."""
    below = takewhile(lambda row: row.kind != "group", rows[place + 1 :])
    return all(row.indent > rows[place].indent for row in below)


def _padded(row: TableRow, column: int) -> str:
    text = plain(row.cells[column])
    return "\u2003" * row.indent + text if column == 0 else text


def _head_cell(cell: HeadCell) -> dict[str, Any]:
    return {
        "text": _text(cell.text),
        "below": _text(cell.below),
        "align": cell.align,
        "columns": cell.columns,
        "rows": cell.rows,
    }


def _turned(
    landscape: bool,
    fitted: Callable[[float], Setting],
    as_well: Sequence[tuple[float, float]] = _UPRIGHT,
) -> tuple[bool, Setting]:
    """Set a table made for a turned page on an upright one where it is read as well there, and needs no page apart."""
    upright = fitted(_PORTRAIT)
    if not landscape:
        return False, upright
    wide = fitted(_LANDSCAPE)
    if any(upright.size >= size and upright.lines <= lines * wide.lines for size, lines in as_well):
        return False, upright
    return True, wide


def _text(line: Line) -> str:
    return _clean(plain(line))


def _parts(line: Line) -> list[tuple[bool, str]]:
    return [(isinstance(part, Number), _text((part,))) for part in line]


def _clean(text: str) -> str:
    """Replace characters that no font has a glyph for; PDF/UA forbids a text without glyphs."""
    return printable(text)
