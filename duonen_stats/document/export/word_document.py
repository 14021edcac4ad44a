"""A flow as a Word document: tables, captions with fields, contents, repeated heads, landscape pages, marks."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt

from duonen_stats.document.export.flow import (
    HIGHEST,
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
    Picture,
    Title,
    Turn,
)
from duonen_stats.document.export.pictures import png_size
from duonen_stats.document.export.word_styles import (
    CELL,
    DECLARED,
    HAIR,
    HEAD,
    INK,
    MUTED,
    TABLE_STYLE,
    set_styles,
    style_id,
    twips,
)
from duonen_stats.document.language.catalogue import LOCALES

_EMU = 12700
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_ALIGNED = {"left": "left", "center": "center", "right": "right"}
_NEW_PAGE = '<w:p><w:pPr/><w:r><w:br w:type="page"/></w:r></w:p>'
_CAPTION = {"Table": "Table", "Figure": "Figure"}


def word_document(flow: Flow, pictures: Mapping[str, bytes], *, made: datetime) -> bytes:
    """Write a flow as a Word document (.docx).

    Parameters
    ----------
    flow
        What to write.
    pictures
        For the key of every figure a PNG, whose size on the page follows from its resolution.
    made
        Date of making that the file states: that of the data cut, so that the same input gives the same bytes.

    Returns
    -------
    bytes
        Each table has its head rows repeated on every page, each figure its alternative text. Captions, contents and
        page numbers are fields that Word renews; a caption keeps its number then.

    Raises
    ------
    KeyError
        A figure has no picture.

    References
    ----------
    ISO/IEC 29500-1:2016 (WordprocessingML); 17.16.5 for fields, 17.3.1.37 for decimal tab stops.
    """
    file = docx.Document()
    set_styles(file, LOCALES[flow.frame.language])
    _set_page(file, flow.frame)
    _set_properties(file, flow.frame, made)
    body = file.element.body
    for child in [child for child in body if child.tag != qn("w:sectPr")]:
        body.remove(child)
    _Writer(file, flow, pictures).write()
    return _same_bytes(file)


class _Writer:
    """Puts the items of a flow into the body of a file, before the properties of its last section."""

    def __init__(self, file: WordFile, flow: Flow, pictures: Mapping[str, bytes]) -> None:
        self._file, self._flow, self._pictures = file, flow, pictures
        self._last = file.element.body[-1]
        self._landscape = False
        self._marks = 0
        self._drawn = 0

    def write(self) -> None:
        """Write all items."""
        for item in self._flow.items:
            match item:
                case Turn(landscape):
                    self._turn(landscape)
                case Picture():
                    self._picture(item)
                case Title(frame):
                    self._put("".join(_title(frame)))
                case Contents():
                    self._put("".join(_contents(self._flow)))
                case _:
                    self._put(self._xml(item))
        if self._landscape:
            self._shape(self._last, landscape=True)

    def _xml(self, item: Item) -> str:
        match item:
            case Heading():
                return paragraph(
                    _bookmarked(run(item.text), item.key, self._mark()), f"Heading{item.level}", kept=True
                )
            case Caption():
                return paragraph(
                    _bookmarked(_caption(item), item.key, self._mark()),
                    "Caption" if item.label else "Listingtitle",
                    kept=True,
                )
            case FlowWords():
                return paragraph(run(item.text), style_id(item.style), kept=item.kept)
            case FlowTable():
                return table(item)
            case _:
                return _NEW_PAGE

    def _mark(self) -> int:
        self._marks += 1
        return self._marks

    def _put(self, xml: str) -> None:
        for element in parse_xml(f"<w:body {DECLARED}>{xml}</w:body>"):
            self._last.addprevious(element)

    def _picture(self, item: Picture) -> None:
        content = self._pictures[item.key]
        width, height = shown_size(content)
        added = self._file.add_picture(
            BytesIO(content), width=round(width * _EMU), height=round(height * _EMU)
        )
        self._drawn += 1
        about = added._inline.docPr  # noqa: SLF001 - python-docx has no other way to the alternative text
        about.set("id", str(self._drawn))
        about.set("name", item.title)
        about.set("descr", item.alt)
        drawn = self._last.getprevious()
        drawn.get_or_add_pPr().append(parse_xml(f"<w:keepNext {DECLARED}/>"))

    def _turn(self, landscape: bool) -> None:
        """End the section: its properties are those of the pages up to here."""
        before = self._last.getprevious()
        self._landscape = landscape
        if before is None:  # the file begins with it
            return
        ended = deepcopy(self._last)
        self._shape(ended, landscape=not landscape)
        if before.tag != qn("w:p"):
            self._put(paragraph("", "Tablesource"))
            before = self._last.getprevious()
        before.get_or_add_pPr().append(ended)

    def _shape(self, properties: "docx.oxml.section.CT_SectPr", *, landscape: bool) -> None:
        width, height = PAGE[::-1] if landscape else PAGE
        properties.page_width, properties.page_height = Pt(width), Pt(height)
        properties.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT


def shown_size(png: bytes) -> tuple[float, float]:
    """Width and height in points that a picture has on a page: as drawn, or as much as the page holds."""
    width, height = png_size(png)
    scale = min(1.0, PORTRAIT / width, HIGHEST / height)
    return width * scale, height * scale


def run(text: str, *, bold: bool = False, colour: str = "", size: float | None = None) -> str:
    """Write a text as a run; a line feed in it is a new line, a tab a tab. ``size`` is in points, else the style's."""
    about = ("<w:b/>" if bold else "") + (f'<w:color w:val="{colour}"/>' if colour else "")
    if size is not None:
        about += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
    pieces = "".join(_piece(piece) for piece in re.split(r"([\n\t])", text) if piece)
    return f"<w:r>{f'<w:rPr>{about}</w:rPr>' if about else ''}{pieces}</w:r>"


def _piece(piece: str) -> str:
    if piece == "\n":
        return "<w:br/>"
    return "<w:tab/>" if piece == "\t" else f'<w:t xml:space="preserve">{escaped(piece)}</w:t>'


def escaped(text: str) -> str:
    """Write a text so that XML takes nothing in it for markup, also within an attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def paragraph(runs: str, style: str, *, kept: bool = False, further: str = "") -> str:
    """Write a paragraph; ``further`` are properties that stand behind those named here."""
    keep = "<w:keepNext/>" if kept else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{further}</w:pPr>{runs}</w:p>'


def _field(code: str, result: str, *, dirty: bool = False) -> str:
    old = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{old}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _bookmarked(runs: str, key: str, number: int) -> str:
    return (
        f'<w:bookmarkStart w:id="{number}" w:name="{bookmark(key)}"/>{runs}<w:bookmarkEnd w:id="{number}"/>'
    )


def bookmark(key: str) -> str:
    """Name a bookmark after a key: letters, digits and underscores, at most 40, as Word demands; different for each."""
    name = "_d_" + re.sub(r"[^A-Za-z0-9_]", "_", key)
    return name if len(name) <= 40 and name == f"_d_{key}" else name[:30] + "_" + _short_hash(key)  # noqa: PLR2004


def _short_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def _caption(item: Caption) -> str:
    """Write a caption; its number is a field that gives the same number when it is renewed."""
    if not item.label:
        return run(item.title)
    if item.number is None:
        return run(f"{item.label}. {item.title}")
    kind = item.label.partition(" ")[0]
    number = _field(rf"SEQ {_CAPTION[item.kind]} \* ARABIC \r {item.number}", run(str(item.number)))
    return (
        run(f"{kind} {item.before}")
        + number
        + (run(item.after) if item.after else "")
        + run(f". {item.title}")
    )


def _title(frame: Frame) -> Iterator[str]:
    if frame.banner:
        yield paragraph(
            run(frame.banner, bold=True), "Mark", further='<w:spacing w:before="1200" w:after="480"/>'
        )
    yield paragraph(run(frame.title), "Title")
    if frame.subtitle:
        yield paragraph(run(frame.subtitle), "Subtitle")
    for label, value in frame.meta:
        yield paragraph(run(f"{label}:  ", colour=MUTED) + run(value), "Titlepageline")


def _contents(flow: Flow) -> Iterator[str]:
    """Write the contents, and the list of tables and figures; the page numbers are renewed when the file is opened."""
    listed = flow.listed()
    headings = [item for item in listed if isinstance(item, Heading)]
    yield paragraph(run(flow.frame.fixed("Contents")), "Contentsheading", kept=True)
    yield from _toc(
        r'TOC \o "1-2" \h \z \u', [(item.key, item.text, f"TOC{item.level}") for item in headings]
    )
    for kind, words in (("Table", "Tables"), ("Figure", "Figures")):
        shown = [item for item in listed if isinstance(item, Caption) and item.kind == kind]
        if shown:
            yield paragraph(run(flow.frame.fixed(words)), "Contentsheading", kept=True)
            entries = [(item.key, item.text, "TableofFigures") for item in shown]
            yield from _toc(rf'TOC \h \z \c "{kind}"', entries)


def _toc(code: str, entries: list[tuple[str, str, str]]) -> Iterator[str]:
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escaped(code)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    for i, (key, text, style) in enumerate(entries):
        page = run("\t") + _field(rf"PAGEREF {bookmark(key)} \h", run(" "), dirty=True)
        link = f'<w:hyperlink w:anchor="{bookmark(key)}" w:history="1">{run(text)}{page}</w:hyperlink>'
        yield paragraph((begin if i == 0 else "") + link + (end if i == len(entries) - 1 else ""), style)


def table(item: FlowTable) -> str:
    """Write a table."""
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in item.widths)
    following = (*item.rows[1:], None)
    rows = "".join(
        _table_row(row, below, item, place=i)
        for i, (row, below) in enumerate(zip(item.rows, following, strict=True))
    )
    headed = any(row.head for row in item.rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE_STYLE}"/><w:tblW w:w="{twips(sum(item.widths))}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="{"0020" if headed else "0000"}" w:firstRow="{int(headed)}" w:lastRow="0" '
        'w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{escaped(_flat(item.title))}"/>'
        f'<w:tblDescription w:val="{escaped(_flat(item.description))}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


def _table_row(row: FlowRow, below: FlowRow | None, item: FlowTable, *, place: int) -> str:
    """Write a row; ``below`` is the next one, if there is one."""
    about = "<w:cantSplit/>" + ("<w:tblHeader/>" if row.head else "")
    closes = below is None or (row.head and not below.head)
    kept = item.keeps_to_next(place)
    edges = _edges(row, first=place == 0, below=closes)
    cells, at = [], 0
    for cell in row.cells:
        width = sum(item.widths[at : at + cell.columns])
        cells.append(_table_cell(cell, width, item.size, kept=kept, head=row.head, edges=edges))
        at += cell.columns
    return f"<w:tr><w:trPr>{about}</w:trPr>{''.join(cells)}</w:tr>"


def _edges(row: FlowRow, *, first: bool, below: bool) -> str:
    rules = {"hair": ("4", HAIR), "thin": ("6", MUTED)}
    above = ""
    if row.rule in rules and not first:
        size, colour = rules[row.rule]
        above = f'<w:top w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
    under = (
        f'<w:bottom w:val="single" w:sz="{6 if row.head else 8}" w:space="0" w:color="{INK}"/>'
        if below
        else ""
    )
    return f"<w:tcBorders>{above}{under}</w:tcBorders>" if above or under else ""


def _table_cell(cell: FlowCell, width: float, size: float, *, kept: bool, head: bool, edges: str) -> str:
    merged = ""
    if cell.rows > 1 or cell.covered:
        merged = "<w:vMerge/>" if cell.covered else '<w:vMerge w:val="restart"/>'
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    place = f'<w:vAlign w:val="{"bottom" if head else "top"}"/>'
    about = f'<w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>{span}{merged}{edges}{place}</w:tcPr>'
    # A decimal tab stop aligns the text of a cell without a tab in it.
    tabs = (
        "" if cell.point is None else f'<w:tabs><w:tab w:val="decimal" w:pos="{twips(cell.point)}"/></w:tabs>'
    )
    indent = f'<w:ind w:left="{cell.indent * 180}"/>' if cell.indent else ""
    aligned = "left" if cell.point is not None else _ALIGNED[cell.align]
    further = f'{tabs}{indent}<w:jc w:val="{aligned}"/>'
    style = HEAD if head else CELL
    lines = []
    for i, line in enumerate(cell.lines):
        bold = cell.bold and not (head and i)
        lines.append(run(line, bold=bold, colour=MUTED if head and i else "", size=size))
    return f"<w:tc>{about}{paragraph('<w:r><w:br/></w:r>'.join(lines), style, kept=kept, further=further)}</w:tc>"


def _set_page(file: WordFile, frame: Frame) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Pt(PAGE[0]), Pt(PAGE[1])
    section.left_margin = section.right_margin = Pt(MARGIN)
    section.top_margin, section.bottom_margin = Pt(78), Pt(62)
    section.header_distance, section.footer_distance = Pt(28), Pt(28)
    head = section.header._element  # noqa: SLF001 - python-docx has no way to insert XML
    for child in list(head):
        head.remove(child)
    lines = [paragraph(run(frame.banner, bold=True), "Mark")] if frame.banner else []
    lines.append(
        paragraph(run("  ·  ".join(part for part in (frame.running_title, frame.cut_line) if part)), "Header")
    )
    for element in parse_xml(f"<w:hdr {DECLARED}>{''.join(lines)}</w:hdr>"):
        head.append(element)
    foot = section.footer._element  # noqa: SLF001
    for child in list(foot):
        foot.remove(child)
    word, of = frame.fixed("Page"), frame.fixed("of")
    page = run(f"{word} ") + _field("PAGE", run("1")) + run(f" {of} ") + _field("NUMPAGES", run("1"))
    right = paragraph(page, "Footer", further='<w:jc w:val="right"/>')
    for element in parse_xml(f"<w:ftr {DECLARED}>{right}</w:ftr>"):
        foot.append(element)


def _set_properties(file: WordFile, frame: Frame, made: datetime) -> None:
    about = file.core_properties
    day = made.astimezone(UTC).replace(tzinfo=None)
    about.title, about.subject = frame.title[:255], frame.cut_line[:255]
    about.author = about.last_modified_by = "duonen_stats"
    about.created = about.modified = day
    about.language, about.comments, about.revision = LOCALES[frame.language], frame.banner[:255], 1
    about.keywords = ""


def _same_bytes(file: WordFile) -> bytes:
    """Save the file; every part gets the first day that an archive can state, so that a rerun gives the same bytes."""
    saved, out = BytesIO(), BytesIO()
    file.save(saved)
    with ZipFile(saved) as parts, ZipFile(out, "w") as target:
        for name in parts.namelist():
            about = ZipInfo(name, _FIRST_DAY)
            about.compress_type = ZIP_DEFLATED
            about.external_attr = 0o600 << 16
            target.writestr(about, parts.read(name))
    return out.getvalue()
