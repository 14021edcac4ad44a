"""A report's pages as a file that programs read, and read back: every word, table and number as shown.

``document.json`` holds what ``report.html`` shows, nothing more. ``duonen export`` makes Word, RTF, LaTeX and pictures
of a finished report from it and from the drawings in ``figures/``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from matplotlib.figure import Figure

from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    Number,
    ProducedDisplay,
    TableContent,
    TableRow,
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
from duonen_stats.document.language.catalogue import require_language
from duonen_stats.errors import DataError, OptionError
from duonen_stats.results.rows.table import Results

DOCUMENT = "document.json"
"""Name of the file in a report's folder."""
_FORMAT = 1
_AGAIN = "Make the report again, or name another folder."


def document_json(document: Document) -> bytes:
    """Write the pages of a report; the same document gives the same bytes."""
    content = {
        "made_by": "duonen_stats",
        "format": _FORMAT,
        "title": document.title,
        "subtitle": document.subtitle,
        "simulated": document.simulated,
        "blinded": document.blinded,
        "closed": document.closed,
        "other_stage": document.other_stage,
        "banner": document.banner,
        "cut_line": document.cut_line,
        "running_title": document.running_title,
        "meta": document.meta,
        "sections": [_section(section) for section in document.sections],
        **({} if document.language == "en" else {"language": document.language}),
    }
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8", "replace")


def read_document(content: bytes, where: str) -> Document:
    """Read what ``document_json`` wrote.

    Parameters
    ----------
    content
        The file.
    where
        The report it is of, for messages.

    Returns
    -------
    Document
        As it was written, but without the results table: numbers keep their ids. A figure cannot be drawn again; its
        drawing is a file of the report.

    Raises
    ------
    DataError
        The file is not one of this package, is of a later version, or is damaged.
    """
    try:
        read: dict[str, Any] = json.loads(content)
        if read["made_by"] != "duonen_stats":
            raise DataError(f"{DOCUMENT} of {where} is not one of this package. {_AGAIN}")
        if read["format"] != _FORMAT:
            raise DataError(
                f"{DOCUMENT} of {where} was written by a later version of this package. Install that version, or make "
                "the report again."
            )
        return Document(
            title=_string(read["title"]),
            subtitle=_string(read["subtitle"]),
            simulated=_flag(read["simulated"]),
            blinded=_flag(read["blinded"]),
            closed=_flag(read["closed"]),
            other_stage=_string(read["other_stage"]),
            banner=_string(read["banner"]),
            cut_line=_string(read["cut_line"]),
            running_title=_string(read["running_title"]),
            meta=tuple((_string(label), _string(value)) for label, value in read["meta"]),
            sections=tuple(_read_section(section) for section in read["sections"]),
            results=Results(()),
            looked_up=False,
            language=require_language(_string(read.get("language", "en"))),
        )
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OptionError,
    ) as fault:
        raise DataError(f"{DOCUMENT} of {where} is damaged. {_AGAIN}") from fault


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "level": section.level,
        "blocks": [_block(block) for block in section.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(line):
            return {"kind": "paragraph", "line": _line(line)}
        case Bullets(items):
            return {"kind": "bullets", "items": [_line(item) for item in items]}
        case KeyFigures(items):
            return {"kind": "key_figures", "items": [[label, _line(line)] for label, line in items]}
        case Listing():
            weights = None if block.weights is None else [float(weight) for weight in block.weights]
            return {"kind": "listing", **asdict(block), "weights": weights}
        case DisplayBlock(produced):
            return {"kind": "display", **_display(produced)}


def _display(produced: ProducedDisplay) -> dict[str, Any]:
    return {
        "key": produced.key,
        "label": produced.label,
        "ich_number": produced.ich_number,
        "title": produced.title,
        "sentence": _line(produced.sentence),
        "population": _line(produced.population),
        "content": _table(produced.content)
        if isinstance(produced.content, TableContent)
        else _figure(produced.content),
        "footnotes": [_line(note) for note in produced.footnotes],
        "source": produced.source,
        "cut": produced.cut,
    }


def _table(content: TableContent) -> dict[str, Any]:
    columns = [
        {"header": one.header, "below": _line(one.below), "align": one.align, "weight": float(one.weight)}
        for one in content.columns
    ]
    rows = [
        {"kind": row.kind, "indent": row.indent, "cells": [_line(cell) for cell in row.cells]}
        for row in content.rows
    ]
    return {"kind": "table", "landscape": content.landscape, "columns": columns, "rows": rows}


def _figure(content: FigureContent) -> dict[str, Any]:
    return {"kind": "figure", "alt": content.alt, "numbers": _line(content.numbers)}


def _line(line: Line) -> list[str | dict[str, str]]:
    return [part if isinstance(part, str) else _number(part) for part in line]


def _number(number: Number) -> dict[str, str]:
    earlier = {} if number.before is None else {"before": number.before}
    return {"id": number.id, "text": number.text, **earlier}


def _read_section(read: Mapping[str, Any]) -> Section:
    level = read["level"]
    if level not in (1, 2):
        raise ValueError(level)
    return Section(
        key=_string(read["key"]),
        title=_string(read["title"]),
        level=level,
        blocks=tuple(_BLOCKS[block["kind"]](block) for block in read["blocks"]),
    )


def _read_listing(read: Mapping[str, Any]) -> Listing:
    weights = read["weights"]
    return Listing(
        key=_string(read["key"]),
        title=_string(read["title"]),
        columns=tuple(_string(name) for name in read["columns"]),
        rows=tuple(tuple(_string(text) for text in row) for row in read["rows"]),
        note=_string(read["note"]),
        landscape=_flag(read["landscape"]),
        weights=None if weights is None else tuple(float(weight) for weight in weights),
    )


def _read_display(read: Mapping[str, Any]) -> DisplayBlock:
    content = read["content"]
    return DisplayBlock(
        ProducedDisplay(
            key=_string(read["key"]),
            label=_string(read["label"]),
            ich_number=_string(read["ich_number"]),
            title=_string(read["title"]),
            sentence=_read_line(read["sentence"]),
            population=_read_line(read["population"]),
            content=_read_table(content) if content["kind"] == "table" else _read_figure(content),
            footnotes=tuple(_read_line(note) for note in read["footnotes"]),
            source=_string(read["source"]),
            cut=_string(read["cut"]),
        )
    )


def _read_table(read: Mapping[str, Any]) -> TableContent:
    for one in read["columns"]:
        if one["align"] not in {"left", "center", "right"}:
            raise ValueError(one["align"])
    for row in read["rows"]:
        if row["kind"] not in {"body", "group", "total"}:
            raise ValueError(row["kind"])
    columns = tuple(
        Column(
            header=_string(one["header"]),
            below=_read_line(one["below"]),
            align=one["align"],
            weight=float(one["weight"]),
        )
        for one in read["columns"]
    )
    rows = tuple(
        TableRow(
            cells=tuple(_read_line(cell) for cell in row["cells"]),
            kind=row["kind"],
            indent=int(row["indent"]),
        )
        for row in read["rows"]
    )
    return TableContent(columns=columns, rows=rows, landscape=_flag(read["landscape"]))


def _read_figure(read: Mapping[str, Any]) -> FigureContent:
    if read["kind"] != "figure":
        raise ValueError(read["kind"])
    numbers = tuple(part for part in _read_line(read["numbers"]) if isinstance(part, Number))
    return FigureContent(draw=_not_here, alt=_string(read["alt"]), numbers=numbers)


def _not_here() -> Figure:
    raise DataError(
        "A figure that was read back cannot be drawn again; its drawing is in the folder of the report."
    )


def _read_line(read: list[Any]) -> Line:
    return tuple(part if isinstance(part, str) else _read_number(part) for part in read)


def _read_number(read: Mapping[str, Any]) -> Number:
    before = read.get("before")
    return Number(
        _string(read["id"]), _string(read["text"]), before=None if before is None else _string(before)
    )


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


_BLOCKS: Mapping[str, Callable[[Mapping[str, Any]], Block]] = {
    "paragraph": lambda read: Paragraph(_read_line(read["line"])),
    "bullets": lambda read: Bullets(tuple(_read_line(item) for item in read["items"])),
    "key_figures": lambda read: KeyFigures(
        tuple((_string(label), _read_line(line)) for label, line in read["items"])
    ),
    "listing": _read_listing,
    "display": _read_display,
}
