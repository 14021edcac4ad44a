import re
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from document.export.handed_over import small_picture, tables_of_html, tables_of_word
from document.sample_document import HOSTILE, sample_document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.document.export.flow import flow_of
from duonen_stats.document.export.word_document import bookmark, escaped, paragraph, run, word_document
from duonen_stats.document.markup import printable
from duonen_stats.document.stored import read_document

MADE = datetime(2024, 1, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample() -> bytes:
    document = sample_document()
    pictures = {shown.key: small_picture() for shown in document.displays()}
    return word_document(flow_of(document), pictures, made=MADE)


def opened(content: bytes):
    return docx.Document(BytesIO(content))


def part(content: bytes, name: str) -> str:
    with ZipFile(BytesIO(content)) as parts:
        return parts.read(name).decode()


def test_the_same_document_gives_the_same_bytes(sample):
    document = sample_document()
    pictures = {shown.key: small_picture() for shown in document.displays()}
    assert word_document(flow_of(document), pictures, made=MADE) == sample
    with ZipFile(BytesIO(sample)) as parts:
        assert {item.date_time for item in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_page_has_the_mark_and_its_number(sample):
    file = opened(sample)
    for section in file.sections:
        assert section.header.paragraphs[0].text == sample_document().stamp.banner
        assert "NUMPAGES" in section.footer._element.xml


def test_a_document_of_patients_has_no_mark():
    document = sample_document(simulated=False)
    pictures = {shown.key: small_picture() for shown in document.displays()}
    content = word_document(flow_of(document), pictures, made=MADE)
    assert "not results of the trial" not in part(content, "word/header1.xml")


def test_heads_are_repeated_and_rows_are_not_torn(sample):
    tables = opened(sample).tables
    headed = [table for table in tables if table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None]
    assert len(headed) >= len(tables) - 1  # the key figures have no head
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for table in tables for row in table._tbl.tr_lst)
    assert all(table.style.name == "Duonen Table" for table in tables)


def test_numbers_are_aligned_by_decimal_tab_stops(sample):
    xml = part(sample, "word/document.xml")
    assert re.search(r'<w:tab w:val="decimal" w:pos="\d+"/>', xml)


def test_captions_are_fields_that_keep_their_number(sample):
    xml = part(sample, "word/document.xml")
    document = sample_document()
    for shown in document.displays():
        found = re.fullmatch(r"(Table|Figure) ([A-Z]*)(\d+)(.*)", shown.label)
        if found:
            assert rf"SEQ {found[1]} \* ARABIC \r {found[3]}" in xml
    texts = [paragraph.text for paragraph in opened(sample).paragraphs if paragraph.style.name == "Caption"]
    assert texts == [f"{shown.label}. {printable(shown.title)}" for shown in document.displays()]


def test_contents_are_fields_with_their_entries(sample):
    xml = part(sample, "word/document.xml")
    for code in (
        r"TOC \o &quot;1-2&quot; \h \z \u",
        r"TOC \h \z \c &quot;Table&quot;",
        r"TOC \h \z \c &quot;Figure&quot;",
    ):
        assert code in xml or code.replace("&quot;", '"') in xml
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert anchors <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', xml))
    assert all(bookmark(shown.key) in anchors for shown in sample_document().displays())


def test_figures_have_alternative_text(sample):
    xml = part(sample, "word/document.xml")
    told = re.findall(r'<wp:docPr [^>]*descr="([^"]*)"', xml)
    drawn = [shown for shown in sample_document().displays() if hasattr(shown.content, "alt")]
    assert len(told) == len(drawn)
    assert all(told)


def test_wide_tables_are_on_landscape_pages():
    document = sample_document()
    wide = any(getattr(shown.content, "landscape", False) for shown in document.displays())
    pictures = {shown.key: small_picture() for shown in document.displays()}
    file = opened(word_document(flow_of(document), pictures, made=MADE))
    turned = {section.page_width > section.page_height for section in file.sections}
    assert turned == ({True, False} if wide else {False})


def test_the_language_and_the_date_are_stated(sample):
    about = opened(sample).core_properties
    assert (about.language, about.created.date().isoformat()) == ("en-GB", "2024-01-31")
    assert 'w:lang w:val="en-GB"' in part(sample, "word/styles.xml")


def test_no_text_is_taken_for_markup(sample):
    xml = part(sample, "word/document.xml")
    assert all(text not in xml for text in HOSTILE if "<" in text)
    text = "".join(node.text or "" for node in opened(sample).element.body.iter(qn("w:t")))
    assert HOSTILE[0] in text


@given(st.text(max_size=60))
def test_any_text_is_read_back_as_it_was(text):
    shown = printable(text)
    element = parse_xml(f"<w:body {nsdecls('w')}>{paragraph(run(shown), 'BodyText')}</w:body>")[0]
    assert element.text == shown


@given(st.text(max_size=80))
def test_bookmarks_are_names_that_word_takes(key):
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}", bookmark(key))


def test_escaped_also_within_an_attribute():
    assert escaped('<a b="c">&') == "&lt;a b=&quot;c&quot;&gt;&amp;"


def test_every_table_of_the_report_has_the_cells_of_the_page(written_report):
    document = read_document((written_report / "document.json").read_bytes(), "report")
    pictures = {shown.key: small_picture() for shown in document.displays()}
    flow = flow_of(document)
    tables = tables_of_word(word_document(flow, pictures, made=MADE))
    page = tables_of_html((written_report / "report.html").read_text(encoding="utf-8"))
    shown = [display.key for display in document.displays() if not hasattr(display.content, "draw")]
    assert len(shown) > 20
    remaining = [*tables]
    for key in shown:  # in the order of reading, listings between them
        assert page[key] in remaining, key
        remaining = remaining[remaining.index(page[key]) + 1 :]
