"""The styles of a Word document: of paragraphs, of entries of contents, and of tables."""

from collections.abc import Mapping

from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

from duonen_stats.document.column_widths import PADDING
from duonen_stats.document.export.flow import PORTRAIT, Style

FONT = "Arial"
INK, MUTED, ACCENT, WARNING, HAIR = "1B2430", "515D69", "17496B", "8F2D0B", "C5CED6"
TABLE_STYLE = "DuonenTable"
DECLARED = nsdecls("w")
_TWIPS = 20

# Name and id of each style of a paragraph, its size, colour, space before and after in points.
_STYLES: Mapping[Style, tuple[str, float, str, float, float]] = {
    "sentence": ("Display sentence", 10, INK, 0, 4),
    "population": ("Display population", 8.5, MUTED, 0, 4),
    "note": ("Table note", 8, MUTED, 2, 0),
    "source": ("Table source", 7.5, MUTED, 2, 14),
    "mark": ("Mark", 9, WARNING, 0, 0),
    "meta": ("Title page line", 9, INK, 0, 3),
}
_IDS = {"toc 1": "TOC1", "toc 2": "TOC2", "table of figures": "TableofFigures"}
"""Styles of entries of contents, by the name that Word knows them by."""
_CELL, _HEAD = "Table cell", "Table head"
CELL, HEAD = "Tablecell", "Tablehead"
"""Ids of the styles of cells."""


def style_id(style: Style) -> str:
    """Return the id of the style of a paragraph."""
    if style == "body":
        return "BodyText"
    return "ListBullet" if style == "bullet" else _STYLES[style][0].replace(" ", "")


def twips(points: float) -> int:
    """Write a length in points in twentieths of a point, as Word does."""
    return round(points * _TWIPS)


def set_styles(file: WordFile, locale: str = "en-GB") -> None:
    """Give a file the styles that a flow is set in; its words are of the language ``locale``, such as en-GB."""
    styles = file.styles
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for name in ("w:rFonts", "w:lang", "w:sz", "w:szCs"):
        for found in defaults.findall(qn(name)):
            defaults.remove(found)
    for xml in (
        f'<w:rFonts {DECLARED} w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>',
        f'<w:sz {DECLARED} w:val="20"/>',
        f'<w:szCs {DECLARED} w:val="20"/>',
        f'<w:lang {DECLARED} w:val="{locale}" w:eastAsia="{locale}" w:bidi="ar-SA"/>',
    ):
        defaults.append(parse_xml(xml))
    shapes: tuple[tuple[str, float, str, float, float], ...] = (
        ("Normal", 10, INK, 0, 0),
        ("Body Text", 10, INK, 0, 6),
        ("List Bullet", 10, INK, 0, 3),
        ("Title", 24, ACCENT, 0, 6),
        ("Subtitle", 13, MUTED, 0, 18),
        ("Heading 1", 15, ACCENT, 18, 8),
        ("Heading 2", 12, ACCENT, 14, 6),
        ("Caption", 10, INK, 12, 4),
        ("Header", 7.5, MUTED, 0, 0),
        ("Footer", 7.5, MUTED, 0, 0),
    )
    for name, size, colour, before, after in shapes:
        _shape_style(styles[name], size, colour, before, after)
    for name, size, colour, before, after in (
        *_STYLES.values(),
        (_CELL, 8.5, INK, 1.5, 1.5),
        (_HEAD, 8.5, INK, 2, 2),
        ("Listing title", 10, INK, 12, 4),
        ("Contents heading", 13, ACCENT, 12, 6),
        ("toc 1", 9.5, INK, 3, 0),
        ("toc 2", 9, INK, 0, 0),
        ("table of figures", 9, INK, 0, 0),
    ):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.element.set(qn("w:styleId"), _IDS.get(name, name.replace(" ", "")))
        made.base_style = styles["Normal"]
        _shape_style(made, size, colour, before, after)
        if name in _IDS:
            stops = (
                f'<w:tabs {DECLARED}><w:tab w:val="right" w:leader="dot" w:pos="{twips(PORTRAIT)}"/></w:tabs>'
            )
            made.element.get_or_add_pPr().insert_element_before(
                parse_xml(stops), "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
            )
            left, hanging = {"toc 1": (0, 0), "toc 2": (14, 0)}.get(name, (54, 54))
            made.paragraph_format.left_indent = Pt(left)
            made.paragraph_format.first_line_indent = Pt(-hanging)
            made.paragraph_format.right_indent = Pt(24)
    for name in ("Mark", "Listing title", "Contents heading", "Caption"):
        styles[name].font.bold = True
    styles["Mark"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_table_style(file)


def _shape_style(style: ParagraphStyle, size: float, colour: str, before: float, after: float) -> None:
    style.font.size, style.font.name = Pt(size), FONT
    style.font.color.rgb = RGBColor.from_string(colour)
    style.font.italic = False
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.08 if size > 9 else 1.0  # noqa: PLR2004 - running text
    fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    for kind in ("w:eastAsia", "w:cs"):
        fonts.set(qn(kind), FONT)
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)


def _add_table_style(file: WordFile) -> None:
    side = PADDING / 2
    file.styles.element.append(
        parse_xml(
            f'<w:style {DECLARED} w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE}">'
            '<w:name w:val="Duonen Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>'
            "<w:tblPr><w:tblBorders>"
            f'<w:top w:val="single" w:sz="8" w:space="0" w:color="{INK}"/>'
            f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{INK}"/></w:tblBorders><w:tblCellMar>'
            f'<w:left w:w="{twips(side)}" w:type="dxa"/><w:right w:w="{twips(side)}" w:type="dxa"/></w:tblCellMar>'
            '</w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>'
        )
    )
