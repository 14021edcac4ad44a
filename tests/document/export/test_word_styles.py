import docx
import pytest
from docx.oxml.ns import qn

from duonen_stats.document.export.word_styles import (
    CELL,
    FONT,
    HEAD,
    TABLE_STYLE,
    set_styles,
    style_id,
    twips,
)


@pytest.fixture(scope="module")
def styled():
    file = docx.Document()
    set_styles(file)
    return file


@pytest.mark.parametrize(
    "style", ["body", "bullet", "sentence", "population", "note", "source", "mark", "meta"]
)
def test_every_kind_of_paragraph_has_its_style(style, styled):
    ids = {one.style_id for one in styled.styles}
    assert style_id(style) in ids
    assert {
        CELL,
        HEAD,
        TABLE_STYLE,
        "TOC1",
        "TOC2",
        "TableofFigures",
        "Caption",
        "Heading1",
        "Heading2",
    } <= ids


def test_one_typeface_and_no_theme_that_replaces_it(styled):
    for name in ("Normal", "Heading 1", "Caption", "Table note"):
        fonts = styled.styles[name].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:ascii")) == FONT
        assert not [attribute for attribute in fonts.attrib if attribute.endswith("Theme")]


def test_twips_are_twentieths_of_a_point():
    assert twips(12.5) == 250
