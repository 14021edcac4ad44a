"""What has no Polish term stays English and says so; a report in English is as it was."""

from dataclasses import replace

import pytest
from document.language.reader_texts import texts, with_figures
from document.sample_document import sample_document, sample_svgs

from duonen_stats.displays.model.content import Number, TableContent, plain
from duonen_stats.document.content_model import Paragraph
from duonen_stats.document.export.flow import flow_of, frame_of
from duonen_stats.document.export.html_fragment import html_fragment
from duonen_stats.document.export.rtf_document import rtf_document
from duonen_stats.document.export.word_document import word_document
from duonen_stats.document.html import render_html
from duonen_stats.document.language.catalogue import load_catalogue
from duonen_stats.document.language.translation import (
    ENGLISH_MARK,
    English,
    Translation,
    is_english,
    translation_into,
)
from duonen_stats.document.pdf import typst_inputs
from duonen_stats.document.shown import MADE
from duonen_stats.document.stored import document_json, read_document


@pytest.fixture
def riddle():
    """The sample, with a paragraph of which a sentence has a term and one has none."""
    document = replace(sample_document(), title="A riddle of a report")
    first = document.sections[0]
    line = (
        "Serious events: ",
        Number(next(document.numbers()).id, "3"),
        ". Nobody solved the riddle in 1.5 hours.",
    )
    sections = (replace(first, blocks=(Paragraph(line),)), *document.sections[1:])
    return replace(document, sections=sections)


@pytest.fixture
def half_polish(riddle):
    translation = Translation(load_catalogue("pl"))
    return translation, translation.document(with_figures(riddle, set()))


def test_what_stays_english_is_marked_where_it_begins_and_ends(half_polish):
    translation, document = half_polish
    paragraph = document.sections[0].blocks[0].line
    assert plain(paragraph) == f"Zdarzenia poważne: 3. Nobody solved the riddle in 1,5 hours.{ENGLISH_MARK}"
    assert [isinstance(part, English) for part in paragraph] == [False, False, False, True]
    assert document.title == f"A riddle of a report{ENGLISH_MARK}"
    assert is_english(document.title)
    assert "Nobody solved the riddle in 1,5 hours." in translation.english


def test_the_first_page_says_how_much_stayed_english(half_polish):
    translation, document = half_polish
    label, said = document.meta[-1]
    assert label == "Język"
    assert f"; {len(translation.english)} fraz" in said


def test_html_marks_what_is_english_for_programs_and_for_eyes(half_polish):
    _, document = half_polish
    page = render_html(document, {})
    assert '<html lang="pl">' in page
    assert f'<span lang="en"> Nobody solved the riddle in 1,5 hours.{ENGLISH_MARK}</span>' in page
    assert f'<h1><span lang="en">A riddle of a report{ENGLISH_MARK}</span></h1>' in page
    assert "[lang=en]{" in page
    assert "Szukaj w raporcie" in page
    assert ">Find in the report<" not in page


def test_print_and_word_processors_name_the_language(half_polish):
    _, document = half_polish
    assert '"lang": "pl"' in typst_inputs(document, {})["document"]
    flow = flow_of(document)
    assert "\\deflang1045" in rtf_document(flow, {}, made=MADE).decode()
    assert b"PK" in word_document(flow, {}, made=MADE)[:2]
    table = next(one for one in document.displays() if isinstance(one.content, TableContent))
    assert '<section lang="pl-PL"' in html_fragment(table, frame_of(document))


def test_a_polish_report_is_read_back_as_polish(half_polish):
    _, document = half_polish
    back = read_document(document_json(document), "the report")
    assert back.language == "pl"
    assert [text for _, text in texts(back)] == [text for _, text in texts(document)]


def test_free_text_of_the_data_in_polish_is_not_called_english():
    translation = Translation(load_catalogue("pl"))
    assert (
        translation.words("Pacjent zmarł w domu, przyczyna nieznana")
        == "Pacjent zmarł w domu, przyczyna nieznana"
    )
    assert translation.english == {}


def test_english_needs_no_translation_and_says_nothing_of_language():
    document = sample_document()
    assert translation_into("en") is None
    page = render_html(document, sample_svgs(document))
    assert '<html lang="en">' in page
    assert "lang=en]" not in page
    assert ENGLISH_MARK not in page
    assert b'"language"' not in document_json(document)
