"""A display as a piece of HTML, for a notebook, an e-mail or another page, with its look within it."""

from collections.abc import Iterator
from html import escape

from duonen_stats.displays.model.content import Line, Number, ProducedDisplay, TableContent, plain
from duonen_stats.document.column_widths import head_rows, is_heading
from duonen_stats.document.export.flow import Frame
from duonen_stats.document.language.catalogue import LOCALES
from duonen_stats.document.language.translation import is_english
from duonen_stats.document.markup import inline_svg, printable

_INK, _MUTED, _HAIR, _WARNING = "#1b2430", "#515d69", "#c5ced6", "#8f2d0b"
_CELL = "padding:3px 8px;vertical-align:top;"
_TABLE = (
    f"border-collapse:collapse;border-top:1.5px solid {_INK};border-bottom:1.5px solid {_INK};"
    "font-variant-numeric:tabular-nums;"
)
_SMALL = f"margin:2px 0;font-size:85%;color:{_MUTED};"


def html_fragment(produced: ProducedDisplay, frame: Frame, *, svg: str = "") -> str:
    """Write a display as one element of HTML.

    Parameters
    ----------
    produced
        The display.
    frame
        The report it is of: the mark of its data stands above the display.
    svg
        Of a figure, its drawing as matplotlib writes it.

    Returns
    -------
    str
        A ``section`` without script, links or style sheet. Each number has the id of its row of the results table in
        ``data-ard``.
    """
    return "\n".join(_parts(produced, frame, svg)) + "\n"


def _parts(produced: ProducedDisplay, frame: Frame, svg: str) -> Iterator[str]:
    label = f"{produced.label}. {produced.title}" if produced.label else produced.title
    yield (
        f'<section lang="{LOCALES[frame.language]}" data-key="{_text(produced.key)}" '
        f'style="max-width:100%;overflow-x:auto;background:#fff;color:{_INK};font:13px/1.4 Arial,sans-serif;">'
    )
    if frame.banner:
        yield f'<p style="margin:0 0 4px;font-weight:bold;color:{_WARNING};">{_text(frame.banner)}</p>'
    content = produced.content
    population = (
        f'<br><span style="{_SMALL}">{_line(produced.population)}</span>' if produced.population else ""
    )
    title = f"<strong>{_words(label)}</strong>{population}"
    if isinstance(content, TableContent):
        yield from _table(content, title)
    else:
        yield f'<figure style="margin:0;"><figcaption style="margin-bottom:6px;">{title}</figcaption>'
        if svg:
            yield inline_svg(svg, prefix=f"shown-{_anchor(produced.key)}", alt=printable(content.alt))
        else:
            yield f"<p>{_text(content.alt)}</p>"
        yield "</figure>"
    for note in produced.footnotes:
        yield f'<p style="{_SMALL}">{_line(note)}</p>'
    origin = "  ·  ".join(part for part in (produced.source, produced.cut) if part)
    if origin:
        yield f'<p style="{_SMALL}">{_words(origin)}</p>'
    yield "</section>"


def _anchor(key: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else "-" for one in key)


def _table(content: TableContent, title: str) -> Iterator[str]:
    yield f'<table style="{_TABLE}">'
    yield f'<caption style="text-align:left;margin-bottom:6px;">{title}</caption>'
    yield "<thead>"
    for head in head_rows(content.columns):
        cells = []
        for cell in head:
            over = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            over += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            below = (
                f'<br><small style="font-weight:normal;">{_line(cell.below)}</small>' if cell.below else ""
            )
            scope = "colgroup" if cell.columns > 1 else "col"
            look = f"{_CELL}text-align:{cell.align};vertical-align:bottom;border-bottom:1px solid {_MUTED};"
            named = f'<th scope="{scope}"{over} style="{look}">{_line(cell.text)}{below}</th>'
            # A header without words would be announced as one: the corner above the names of rows is a plain cell.
            cells.append(named if _line(cell.text) or below else f'<td{over} style="{look}"></td>')
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</thead>"
    yield "<tbody>"
    for i, row in enumerate(content.rows):
        rule = ""
        if i and row.kind != "body":
            rule = f"border-top:1px solid {_MUTED if row.kind == 'total' else _HAIR};"
        weight = f"font-weight:{'normal' if row.kind == 'body' else 'bold'};"
        left = f"{_CELL}{rule}{weight}text-align:left;padding-left:{8 + 14 * row.indent}px;"
        if is_heading(row):
            first = f'<th scope="rowgroup" colspan="{len(content.columns)}" style="{left}">{_line(row.cells[0])}</th>'
            yield f"<tr>{first}</tr>"
            continue
        cells = [f'<th scope="row" style="{left}">{_line(row.cells[0])}</th>']
        for shown, column in zip(row.cells[1:], content.columns[1:], strict=True):
            look = f"{_CELL}{rule}{weight}text-align:{column.align};"
            cells.append(f'<td style="{look}">{_line(shown)}</td>')
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>"
    yield "</table>"


def _line(line: Line) -> str:
    return "".join(
        f'<span data-ard="{_text(part.id)}">{_text(plain((part,)))}</span>'
        if isinstance(part, Number)
        else _words(part)
        for part in line
    )


def _words(text: str) -> str:
    return f'<span lang="en">{_text(text)}</span>' if is_english(text) else _text(text)


def _text(text: str) -> str:
    return escape(printable(text), quote=True)
