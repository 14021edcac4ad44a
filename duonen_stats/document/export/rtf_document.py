"""A flow as RTF, which every word processor opens: tables, contents, repeated heads, landscape pages, marks."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from duonen_stats.document.column_widths import PADDING
from duonen_stats.document.export.flow import (
    MARGIN,
    PAGE,
    PORTRAIT,
    Caption,
    Contents,
    Flow,
    FlowCell,
    FlowRow,
    FlowTable,
    FlowWords,
    Frame,
    Heading,
    Item,
    NewPage,
    Picture,
    Style,
    Title,
    Turn,
)
from duonen_stats.document.export.pictures import png_size
from duonen_stats.document.export.word_document import bookmark, shown_size
from duonen_stats.document.language.catalogue import Language

_TWIPS = 20
_CODES: Mapping[Language, int] = {"en": 2057, "pl": 1045}
"""Codes of the languages: British English, Polish."""
_ASCII = 128
_BEYOND = 0x10000
_COLOURS = ("1B2430", "515D69", "17496B", "8F2D0B", "C5CED6")
_INK, _MUTED, _ACCENT, _WARNING, _HAIR = range(1, 6)
_LINE = 120
_KEPT = {True: "\\keepn", False: ""}
_BOLD = {True: "\\b", False: ""}

# Number of the style sheet, its name, what it sets.
_STYLES: Mapping[str, tuple[int, str, str]] = {
    "body": (0, "Normal", rf"\sa120\fs20\cf{_INK}"),
    "heading1": (1, "heading 1", rf"\sb360\sa160\keepn\b\fs30\cf{_ACCENT}"),
    "heading2": (2, "heading 2", rf"\sb280\sa120\keepn\b\fs24\cf{_ACCENT}"),
    "caption": (3, "caption", rf"\sb240\sa80\keepn\b\fs20\cf{_INK}"),
    "listing": (4, "Listing title", rf"\sb240\sa80\keepn\b\fs20\cf{_INK}"),
    "sentence": (5, "Display sentence", rf"\sa80\fs20\cf{_INK}"),
    "population": (6, "Display population", rf"\sa80\fs17\cf{_MUTED}"),
    "note": (7, "Table note", rf"\sb40\fs16\cf{_MUTED}"),
    "source": (8, "Table source", rf"\sb40\sa280\fs15\cf{_MUTED}"),
    "bullet": (9, "List Bullet", rf"\li360\fi-200\sa60\fs20\cf{_INK}"),
    "title": (10, "Title", rf"\sa120\b\fs48\cf{_ACCENT}"),
    "subtitle": (11, "Subtitle", rf"\sa360\fs26\cf{_MUTED}"),
    "meta": (12, "Title page line", rf"\sa60\fs18\cf{_INK}"),
    "contents": (13, "Contents heading", rf"\sb240\sa120\keepn\b\fs26\cf{_ACCENT}"),
    "toc1": (14, "toc 1", rf"\tqr\tldot\tx{round(PORTRAIT * _TWIPS)}\sb60\fs19\cf{_INK}"),
    "toc2": (15, "toc 2", rf"\tqr\tldot\tx{round(PORTRAIT * _TWIPS)}\li280\fs18\cf{_INK}"),
    "mark": (16, "Mark", rf"\qc\b\fs18\cf{_WARNING}"),
    "cell": (17, "Table cell", rf"\sb30\sa30\cf{_INK}"),
    "head": (18, "Table head", rf"\sb40\sa40\cf{_INK}"),
}


def rtf_document(flow: Flow, pictures: Mapping[str, bytes], *, made: datetime) -> bytes:
    """Write a flow as RTF.

    Parameters
    ----------
    flow
        What to write.
    pictures
        For the key of every figure a PNG, whose size on the page follows from its resolution.
    made
        Date of making that the file states.

    Returns
    -------
    bytes
        ASCII; other characters are written by their number. The same input gives the same bytes.

    Raises
    ------
    KeyError
        A figure has no picture.

    References
    ----------
    Microsoft (2008) Rich Text Format (RTF) Specification, version 1.9.1.
    """
    lines = [*_head(flow.frame, made, landscape=_begins_landscape(flow))]
    landscape = _begins_landscape(flow)
    items = flow.items[1:] if landscape else flow.items
    for item in items:
        if isinstance(item, Turn):
            landscape = item.landscape
            lines.append(rf"\sect\sectd{_page(landscape=landscape)}")
        elif isinstance(item, Picture):
            lines += _picture(item, pictures[item.key])
        else:
            lines += _item(item, flow)
    return ("\n".join([*lines, "}"]) + "\n").encode("ascii")


def _begins_landscape(flow: Flow) -> bool:
    return bool(flow.items) and flow.items[0] == Turn(landscape=True)


def escaped(text: str) -> str:
    r"""Write a text so that RTF takes nothing in it for a command; what is not ASCII by its number.

    Examples
    --------
    >>> print(escaped("{50 %} \\ −1 to 2"))
    \{50 %\} \\ \u8722?1 to 2
    """
    return "".join(_character(character) for character in text)


def _character(character: str) -> str:
    code = ord(character)
    if character in "\\{}":
        return "\\" + character
    if character == "\n":
        return "\\line "
    if character == "\t":
        return "\\tab "
    if code < _ASCII:
        return character
    if code < _BEYOND:
        return _unit(code)
    offset = code - _BEYOND
    return _unit(0xD800 + (offset >> 10)) + _unit(0xDC00 + (offset & 0x3FF))


def _unit(code: int) -> str:
    """Write a unit of UTF-16 as the signed number of 16 bits that RTF takes."""
    return f"\\u{code - _BEYOND if code > 0x7FFF else code}?"  # noqa: PLR2004


def _head(frame: Frame, made: datetime, *, landscape: bool) -> Iterator[str]:
    colours = "".join(
        f"\\red{int(one[:2], 16)}\\green{int(one[2:4], 16)}\\blue{int(one[4:], 16)};" for one in _COLOURS
    )
    language = _CODES[frame.language]
    yield rf"{{\rtf1\ansi\ansicpg1252\uc1\deff0\deflang{language}{{\fonttbl{{\f0\fswiss\fcharset0 Arial;}}}}"
    yield rf"{{\colortbl;{colours}}}"
    sheet = "".join(f"{{\\s{number}{about} {name};}}" for number, name, about in _STYLES.values())
    yield rf"{{\stylesheet{sheet}}}"
    day = made.astimezone(UTC)
    yield (
        rf"{{\info{{\title {escaped(frame.title)}}}{{\subject {escaped(frame.cut_line)}}}{{\author duonen_stats}}"
        rf"{{\doccomm {escaped(frame.banner)}}}{{\creatim\yr{day.year}\mo{day.month}\dy{day.day}\hr0\min0}}}}"
    )
    yield rf"\sectd{_page(landscape=landscape)}"
    mark = _paragraph(frame.banner, "mark") if frame.banner else ""
    about = "  ·  ".join(part for part in (frame.running_title, frame.cut_line) if part)
    yield rf"{{\header {mark}\pard\plain\f0\fs15\cf{_MUTED} {escaped(about)}\par}}"
    page, pages = _field("PAGE", "1"), _field("NUMPAGES", "1")
    word, of = escaped(frame.fixed("Page")), escaped(frame.fixed("of"))
    yield rf"{{\footer \pard\plain\qr\f0\fs15\cf{_MUTED} {word} {page} {of} {pages}\par}}"


def _page(*, landscape: bool) -> str:
    width, height = PAGE[::-1] if landscape else PAGE
    turned = r"\lndscpsxn" if landscape else ""
    side = round(MARGIN * _TWIPS)
    return (
        rf"{turned}\pgwsxn{round(width * _TWIPS)}\pghsxn{round(height * _TWIPS)}"
        rf"\marglsxn{side}\margrsxn{side}\margtsxn1560\margbsxn1240\headery560\footery560"
    )


def _field(code: str, result: str) -> str:
    return rf"{{\field{{\*\fldinst {escaped(code)}}}{{\fldrslt {result}}}}}"


def _style(name: str) -> str:
    number, _, about = _STYLES[name]
    return rf"\pard\plain\s{number}\f0{about}"


def _paragraph(text: str, style: str, *, kept: bool = False) -> str:
    return rf"{_style(style)}{_KEPT[kept]} {escaped(text)}\par"


def _item(item: Item, flow: Flow) -> Iterator[str]:
    match item:
        case Title(frame):
            if frame.banner:
                yield _paragraph(frame.banner, "mark")
            yield _paragraph(frame.title, "title")
            yield _paragraph(frame.subtitle, "subtitle")
            for label, value in frame.meta:
                yield _paragraph(f"{label}:  {value}", "meta")
        case Contents():
            yield from _contents(flow)
        case NewPage():
            yield r"\pard\plain\page\par"
        case Heading():
            yield _marked(item.key, item.text, f"heading{item.level}")
        case Caption():
            yield _marked(item.key, item.text, "caption" if item.label else "listing")
        case FlowWords():
            yield from _words(item.text, item.style, kept=item.kept)
        case FlowTable():
            yield from _table(item)
        case _:
            raise TypeError(f"{type(item).__name__} is not an item of a flow")


def _words(text: str, style: Style, *, kept: bool) -> Iterator[str]:
    yield _paragraph(f"\u2022\t{text}" if style == "bullet" else text, style, kept=kept)


def _marked(key: str, text: str, style: str) -> str:
    name = bookmark(key)
    return rf"{_style(style)} {{\*\bkmkstart {name}}}{escaped(text)}{{\*\bkmkend {name}}}\par"


def _contents(flow: Flow) -> Iterator[str]:
    listed = flow.listed()
    yield _paragraph(flow.frame.fixed("Contents"), "contents")
    yield from _entries(
        (item.key, item.text, f"toc{item.level}") for item in listed if isinstance(item, Heading)
    )
    for kind, words in (("Table", "Tables"), ("Figure", "Figures")):
        shown = [item for item in listed if isinstance(item, Caption) and item.kind == kind]
        if shown:
            yield _paragraph(flow.frame.fixed(words), "contents")
            yield from _entries((item.key, item.text, "toc2") for item in shown)


def _entries(entries: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    for key, text, style in entries:
        page = _field(f"PAGEREF {bookmark(key)} \\h", "")
        link = rf'{{\field{{\*\fldinst HYPERLINK \\l "{bookmark(key)}"}}{{\fldrslt {escaped(text)}}}}}'
        yield rf"{_style(style)} {link}\tab {page}\par"


def _picture(item: Picture, png: bytes) -> Iterator[str]:
    width, height = shown_size(png)
    drawn_width, drawn_height = png_size(png)
    about = rf"{{\*\picprop{{\sp{{\sn wzDescription}}{{\sv {escaped(item.alt)}}}}}}}"
    yield (
        rf"\pard\plain\keepn {{\*\shppict{{\pict{about}\pngblip"
        rf"\picw{round(drawn_width * _TWIPS)}\pich{round(drawn_height * _TWIPS)}"
        rf"\picwgoal{round(width * _TWIPS)}\pichgoal{round(height * _TWIPS)}"
    )
    digits = png.hex()
    for start in range(0, len(digits), _LINE):
        yield digits[start : start + _LINE]
    yield r"}}\par"


# Tables: a row states its cells first, then their content.


def _table(item: FlowTable) -> Iterator[str]:
    for i, row in enumerate(item.rows):
        below = item.rows[i + 1] if i + 1 < len(item.rows) else None
        closes = below is None or (row.head and not below.head)
        yield from _row(row, item, first=i == 0, closes=closes, kept=item.keeps_to_next(i))


def _row(row: FlowRow, item: FlowTable, *, first: bool, closes: bool, kept: bool) -> Iterator[str]:
    above = rf"\clbrdrt\brdrs\brdrw15\brdrcf{_INK}" if first else ""
    if row.rule != "none" and not first:
        width, colour = (10, _MUTED) if row.rule == "thin" else (5, _HAIR)
        above = rf"\clbrdrt\brdrs\brdrw{width}\brdrcf{colour}"
    under = rf"\clbrdrb\brdrs\brdrw{10 if row.head else 15}\brdrcf{_INK}" if closes else ""
    side = round(PADDING / 2 * _TWIPS)
    head = r"\trhdr" if row.head else ""
    stated, content, place = [], [], 0
    for cell in row.cells:
        place += cell.columns
        edge = round(sum(item.widths[:place]) * _TWIPS)
        merged = ""
        if cell.rows > 1 or cell.covered:
            merged = r"\clvmrg" if cell.covered else r"\clvmgf"
        stated.append(rf"{merged}{above}{under}\clvertal{'b' if row.head else 't'}\cellx{edge}")
        content.append(_cell(cell, item.size, head=row.head, kept=kept))
    yield rf"\trowd{head}\trkeep\trgaph{side}\trleft0\trpaddl{side}\trpaddr{side}\trpaddfl3\trpaddfr3{''.join(stated)}"
    yield from content
    yield r"\row"


def _cell(cell: FlowCell, size: float, *, head: bool, kept: bool) -> str:
    aligned = {"left": r"\ql", "center": r"\qc", "right": r"\qr"}[cell.align]
    if cell.point is not None:
        aligned = rf"\ql\tqdec\tx{round(cell.point * _TWIPS)}"
    indent = rf"\li{cell.indent * 180}" if cell.indent else ""
    about = rf"{_style('head' if head else 'cell')}\intbl{aligned}{indent}{_KEPT[kept]}"
    lines = [
        rf"{{{_BOLD[cell.bold and not (head and i)]}\fs{round(size * 2)} {escaped(line)}}}"
        for i, line in enumerate(cell.lines)
    ]
    joined = "\\line ".join(lines)
    return rf"{about} {joined}\cell"
