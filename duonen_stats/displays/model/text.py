"""A table for the terminal: columns aligned, nothing cut."""

from duonen_stats.displays.model.content import (
    Column,
    TableContent,
    TableRow,
    plain,
)

_GAP = "  "


def table_as_text(table: TableContent) -> str:
    """Set a table in plain characters, one line a row, each column as wide as its widest cell."""
    heads = [[column.header, plain(column.below)] for column in table.columns]
    body = [_texts(row) for row in table.rows]
    widths = [max(len(text) for text in (*head, *(row[i] for row in body))) for i, head in enumerate(heads)]
    rule = _GAP.join("─" * width for width in widths)
    lines = [_line([head[0] for head in heads], table.columns, widths)]
    if any(head[1] for head in heads):
        lines.append(_line([head[1] for head in heads], table.columns, widths))
    lines += [rule, *(_line(row, table.columns, widths) for row in body), rule]
    return "\n".join(lines)


def _texts(row: TableRow) -> list[str]:
    texts = [plain(cell) for cell in row.cells]
    return ["  " * row.indent + texts[0], *texts[1:]]


def _line(texts: list[str], columns: tuple[Column, ...], widths: list[int]) -> str:
    place = {"left": str.ljust, "center": str.center, "right": str.rjust}
    cells = (place[c.align](text, width) for text, c, width in zip(texts, columns, widths, strict=True))
    return _GAP.join(cells).rstrip()
