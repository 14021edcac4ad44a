"""A report or a display as a flow of headings, paragraphs, tables and pictures: what word processors are given."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from duonen_stats.datasets.metadata.stamp import UNMARKED, Stamp
from duonen_stats.displays.model.content import (
    Column,
    Line,
    ProducedDisplay,
    TableContent,
    TableRow,
    plain,
)
from duonen_stats.document.column_widths import fit, head_rows, is_heading
from duonen_stats.document.content_model import (
    Block,
    Bullets,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Paragraph,
)
from duonen_stats.document.export.decimal_point import begins_with_number, decimal_place
from duonen_stats.document.language.catalogue import Language, fixed_words, load_catalogue
from duonen_stats.document.markup import printable

PORTRAIT, LANDSCAPE = 467.0, 714.0
"""Width of the text in points: A4 with margins of 64 points."""
PAGE = (595.3, 841.9)
MARGIN = 64.0
HIGHEST = 560.0
"""Points that a picture may be high, so that its caption and its notes stay on the page."""
_FEW_LINES = 900  # characters
_KEPT_WHOLE = 26
_WITH_NOTES = 2
"""Rows of a table that are not parted from its notes."""
_LABEL = re.compile(r"(Table|Figure|Tabela|Rycina) ([A-Z]*)(\d+)(.*)")
_KINDS = {"Tabela": "Table", "Rycina": "Figure"}
"""What a caption is of, where its label is in another language; fields of word processors count by the English name."""

Style = Literal["body", "bullet", "sentence", "population", "note", "source", "mark", "meta"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is around the content: the title, what is at the head of every page, and what the file is about."""

    title: str
    running_title: str
    cut_line: str
    subtitle: str = ""
    stamp: Stamp = UNMARKED
    meta: tuple[tuple[str, str], ...] = ()
    language: Language = "en"

    @property
    def banner(self) -> str:
        """The mark of every page; empty if there is none."""
        banner = self.stamp.banner
        return banner if self.language == "en" else load_catalogue(self.language).phrase(banner) or banner

    def fixed(self, words: str) -> str:
        """Return fixed words of the page, such as ``Contents``, in the language of the report."""
        return fixed_words(self.language, words)


@dataclass(frozen=True, slots=True)
class Title:
    """The title page."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Contents:
    """Where the lists of sections, of tables and of figures are to stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a section, with its number."""

    key: str
    text: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowWords:
    """A paragraph; ``kept`` with what follows it."""

    text: str
    style: Style = "body"
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """The title of a display or, without ``kind``, of a listing.

    A label ``Table S10a`` has ``kind`` Table, ``before`` S, ``number`` 10 and ``after`` a.
    """

    key: str
    title: str
    label: str = ""
    kind: str = ""
    before: str = ""
    number: int | None = None
    after: str = ""

    @property
    def text(self) -> str:
        """Label and title, as a line."""
        return f"{self.label}. {self.title}" if self.label else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCell:
    """A cell: its lines, how many columns and rows it covers, how it is set.

    ``point`` is how far from the left edge of the column a decimal point is, in points; None if the column does not
    align numbers.
    """

    lines: tuple[str, ...]
    align: str = "left"
    bold: bool = False
    columns: int = 1
    rows: int = 1
    indent: int = 0
    point: float | None = None
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """A row of a table; ``rule`` is drawn above it."""

    cells: tuple[FlowCell, ...]
    head: bool = False
    rule: Literal["none", "hair", "thin"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTable:
    """A table as set: widths of columns in points, size of type, rows; ``whole`` if it stays on one page."""

    title: str
    description: str
    widths: tuple[float, ...]
    size: float
    rows: tuple[FlowRow, ...]
    landscape: bool = False
    whole: bool = False
    lined: bool = False

    def keeps_to_next(self, place: int) -> bool:
        """Return whether a row is on the page of what follows: heads, headings, the last two with the notes."""
        row = self.rows[place]
        heading = len(row.cells) == 1 < len(self.widths)
        return self.whole or row.head or heading or place >= len(self.rows) - _WITH_NOTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure, by the key of its drawing, with the text that stands for it."""

    key: str
    title: str
    alt: str


@dataclass(frozen=True, slots=True)
class Turn:
    """From here on pages are landscape, or portrait again."""

    landscape: bool


@dataclass(frozen=True, slots=True)
class NewPage:
    """A new page begins."""


Item = Title | Contents | Heading | FlowWords | Caption | FlowTable | Picture | Turn | NewPage


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole file: what is around it, and its items in the order of reading."""

    frame: Frame
    items: tuple[Item, ...] = field(default=())

    def listed(self) -> tuple[Heading | Caption, ...]:
        """Return what the contents list: headings, and the captions of tables and figures."""
        return tuple(
            item
            for item in self.items
            if isinstance(item, Heading) or (isinstance(item, Caption) and item.kind)
        )


def frame_of(document: Document) -> Frame:
    """Return what is around a report."""
    return Frame(
        title=printable(document.title),
        subtitle=printable(document.subtitle),
        stamp=document.stamp,
        running_title=printable(document.running_title),
        cut_line=printable(document.cut_line),
        meta=tuple((printable(label), printable(value)) for label, value in document.meta),
        language=document.language,
    )


def flow_of(document: Document) -> Flow:
    """Return a whole report as a flow: title page, contents, sections with words, displays and listings."""
    frame = frame_of(document)
    items: list[Item] = [Title(frame), NewPage(), Contents(), NewPage()]
    first, second = 0, 0
    for section in document.sections:
        first, second = (first + 1, 0) if section.level == 1 else (first, second + 1)
        number = f"{first}" if section.level == 1 else f"{first}.{second}"
        items.append(
            Heading(key=section.key, text=f"{number} {printable(section.title)}", level=section.level)
        )
        for block in section.blocks:
            items += _block(block, frame)
    return Flow(frame, tuple(_turned(items)))


def flow_of_display(produced: ProducedDisplay, frame: Frame) -> Flow:
    """Return one display as a flow of its own, without its reading sentence."""
    alone = replace(produced, sentence=())
    return Flow(frame, tuple(_turned(_display(alone))))


def _turned(items: Sequence[Item]) -> Iterator[Item]:
    """Turn the page for wide tables: what leads into one, from its heading on, is on the landscape page, too."""
    ends = [i for i, item in enumerate(items) if isinstance(item, FlowTable) and item.landscape]
    wide: set[int] = set()
    for end in ends:
        start = end
        while start and _leads_in(items[start - 1]):
            start -= 1
        start = _with_its_lines(items, start, wide)
        stop = end
        while stop + 1 < len(items) and _closes(items[stop + 1]):
            stop += 1
        wide |= set(range(start, stop + 1))
    turned = False
    for i, item in enumerate(items):
        if (i in wide) != turned:
            turned = not turned
            yield Turn(turned)
        yield item


def _with_its_lines(items: Sequence[Item], start: int, wide: set[int]) -> int:
    """Take few lines before a wide table with it: else they were alone between turned pages, or parted a heading."""
    first = start
    while first and isinstance(before := items[first - 1], FlowWords) and before.style == "body":
        first -= 1
    said = sum(len(one.text) for one in items[first:start] if isinstance(one, FlowWords))
    if not 0 < said <= _FEW_LINES or not (first - 1 in wide or isinstance(items[first - 1], Heading)):
        return start
    while isinstance(items[first - 1], Heading):
        first -= 1
    return first


def _leads_in(item: Item) -> bool:
    lead = isinstance(item, FlowWords) and item.style in {"sentence", "population"}
    return lead or isinstance(item, Heading | Caption)


def _closes(item: Item) -> bool:
    return isinstance(item, FlowWords) and item.style in {"note", "source"}


def _block(block: Block, frame: Frame) -> list[Item]:
    match block:
        case Paragraph(line):
            return [FlowWords(text=_text(line))]
        case Bullets(points):
            return [FlowWords(text=_text(point), style="bullet") for point in points]
        case KeyFigures(figures):
            return [_key_figures(figures, frame)]
        case Listing():
            return _listing(block, frame)
        case DisplayBlock(produced):
            return _display(produced)


def _display(produced: ProducedDisplay) -> list[Item]:
    content = produced.content
    head: list[Item] = [caption_of(produced)]
    if produced.sentence:
        head.append(FlowWords(text=_text(produced.sentence), style="sentence", kept=True))
    if produced.population:
        head.append(FlowWords(text=_text(produced.population), style="population", kept=True))
    origin = "  ·  ".join(printable(part) for part in (produced.source, produced.cut) if part)
    notes = [_text(note) for note in produced.footnotes]
    foot: list[Item] = [
        FlowWords(text=note, style="note", kept=bool(origin) or i < len(notes) - 1)
        for i, note in enumerate(notes)
    ]
    foot += [FlowWords(text=origin, style="source")] if origin else []
    title, population = printable(produced.title), _text(produced.population)
    if isinstance(content, TableContent):
        return [*head, flow_table(content, title=title, description=population), *foot]
    return [*head, Picture(key=produced.key, title=title, alt=printable(content.alt)), *foot]


def caption_of(produced: ProducedDisplay) -> Caption:
    """Divide the label of a display into the words and the number of a caption."""
    label, title = printable(produced.label), printable(produced.title)
    found = _LABEL.fullmatch(label)
    if found is None:
        kind = "Table" if isinstance(produced.content, TableContent) else "Figure"
        return Caption(key=produced.key, title=title, label=label, kind=kind if label else "")
    return Caption(
        key=produced.key,
        title=title,
        label=label,
        kind=_KINDS.get(found[1], found[1]),
        before=found[2],
        number=int(found[3]),
        after=found[4],
    )


def _key_figures(figures: Sequence[tuple[str, Line]], frame: Frame) -> FlowTable:
    rows = tuple(
        FlowRow(
            cells=(FlowCell(lines=(printable(label),)), FlowCell(lines=(_text(line),), bold=True)),
            rule="hair",
        )
        for label, line in figures
    )
    return FlowTable(
        title=frame.fixed("Key figures"),
        description=frame.fixed("Each a label and what is to be read first."),
        widths=(PORTRAIT * 0.6, PORTRAIT * 0.4),
        size=9.0,
        rows=rows,
        whole=True,
    )


def _listing(listing: Listing, frame: Frame) -> list[Item]:
    note = [FlowWords(text=printable(listing.note), style="note")] if listing.note else []
    caption = Caption(key=listing.key, title=printable(listing.title))
    if not listing.rows:
        return [caption, FlowWords(text=frame.fixed("None."), style="note"), *note]
    texts = [[printable(row[i]) for row in listing.rows] for i in range(len(listing.columns))]
    weights = listing.weights or [1.0] * len(listing.columns)
    room = LANDSCAPE if listing.landscape else PORTRAIT
    setting = fit(texts, weights, room, bold=[[name] for name in listing.columns])
    head = FlowRow(
        cells=tuple(FlowCell(lines=(printable(name),), bold=True) for name in listing.columns), head=True
    )
    rows = (
        FlowRow(cells=tuple(FlowCell(lines=(printable(text),)) for text in row), rule="hair")
        for row in listing.rows
    )
    table = FlowTable(
        title=printable(listing.title),
        description=printable(listing.note),
        widths=setting.widths,
        size=setting.size,
        rows=(head, *rows),
        landscape=listing.landscape,
        lined=True,
    )
    return [caption, table, *note]


def flow_table(
    content: TableContent, *, title: str, description: str, room: float | None = None
) -> FlowTable:
    """Set a table: its widths, its head in one row or two, its rows with numbers aligned on the point.

    Parameters
    ----------
    content
        The table.
    title, description
        What it is, for readers who hear it.
    room
        Width in points; that of the text of a page, if omitted.
    """
    available = room or (LANDSCAPE if content.landscape else PORTRAIT)
    shown = [row for row in content.rows if not is_heading(row)]
    texts = [[_padded(row, i) for row in shown] for i in range(len(content.columns))]
    heavy = [row for row in shown if row.kind != "body"]
    bold = [
        [printable(column.header), _text(column.below), *(_padded(row, i) for row in heavy)]
        for i, column in enumerate(content.columns)
    ]
    setting = fit(texts, [column.weight for column in content.columns], available, bold=bold)
    points = tuple(
        decimal_place(column, texts[i], setting.size, setting.widths[i])
        for i, column in enumerate(content.columns)
    )
    rows = [_row(row, content, points, i) for i, row in enumerate(content.rows)]
    return FlowTable(
        title=title,
        description=description,
        widths=setting.widths,
        size=setting.size,
        rows=(*_head(content.columns), *rows),
        landscape=content.landscape,
        whole=len(rows) <= _KEPT_WHOLE,
    )


def _head(columns: Sequence[Column]) -> tuple[FlowRow, ...]:
    """Lay the head on a grid: below a cell over two rows is one that is covered."""
    rows = head_rows(columns)
    grid: list[list[FlowCell]] = [[] for _ in rows]
    for i, row in enumerate(rows):
        given = iter(row)
        place = 0
        while place < len(columns):
            above = _covering(grid[0], place) if i else None
            if above is not None and above.rows > 1:
                grid[i].append(FlowCell(lines=("",), align=above.align, bold=True, covered=True))
                place += 1
                continue
            cell = next(given)
            lines = tuple(text for text in (_text(cell.text), _text(cell.below)) if text)
            grid[i].append(
                FlowCell(
                    lines=lines or ("",), align=cell.align, bold=True, columns=cell.columns, rows=cell.rows
                )
            )
            place += cell.columns
    return tuple(FlowRow(cells=tuple(cells), head=True) for cells in grid)


def _covering(cells: Sequence[FlowCell], place: int) -> FlowCell | None:
    start = 0
    for cell in cells:
        if start <= place < start + cell.columns:
            return cell
        start += cell.columns
    return None


def _row(row: TableRow, content: TableContent, points: Sequence[float | None], place: int) -> FlowRow:
    rule: Literal["none", "hair", "thin"] = "none"
    if row.kind == "total":
        rule = "thin"
    elif row.kind == "group" and place:
        rule = "hair"
    bold = row.kind != "body"
    texts = [_text(cell) for cell in row.cells]
    first = FlowCell(lines=(texts[0],), align=content.columns[0].align, bold=bold, indent=row.indent)
    if is_heading(row):
        return FlowRow(cells=(replace(first, align="left", columns=len(content.columns)),), rule=rule)
    others = (
        FlowCell(
            lines=(text,), align=column.align, bold=bold, point=point if begins_with_number(text) else None
        )
        for text, column, point in zip(texts[1:], content.columns[1:], points[1:], strict=True)
    )
    return FlowRow(cells=(first, *others), rule=rule)


def _padded(row: TableRow, column: int) -> str:
    text = _text(row.cells[column])
    return "\u2003" * row.indent + text if column == 0 else text


def _text(line: Line) -> str:
    return printable(plain(line))
