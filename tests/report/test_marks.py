"""Numbers that differ from an earlier report bear a mark, and only those."""

from dataclasses import replace

import pytest
from document.sample_document import sample_document, sample_svgs

from duonen_stats.displays.model.content import CHANGED, plain
from duonen_stats.document.html import render_html
from duonen_stats.formats.shown import places
from duonen_stats.report.marks import mark_document, marked_numbers


@pytest.fixture(scope="module")
def document():
    return sample_document()


def earlier(document, **other):
    """How the sample itself writes its numbers, but for those named."""
    texts = {}
    for place, numbers in places(document):
        texts[place.key] = {}
        for number in numbers:
            written = other.get(place.key, {}).get(number.id, number.text)
            known = texts[place.key].setdefault(number.id, ())
            if written is not None and written not in known:
                texts[place.key][number.id] = (*known, written)
    return texts


def test_the_same_report_bears_no_mark(document):
    assert mark_document(document, earlier(document), "the earlier report") == document


def test_a_number_that_differs_is_marked_where_it_stands_and_nowhere_else(document):
    marked = mark_document(document, earlier(document, t1={"t1/agep": "0.58"}), "the earlier report")
    assert marked_numbers(marked) == ["0.61† (0.58)"]
    table = next(one for one in marked.displays() if one.key == "t1")
    assert plain(table.footnotes[-1]) == f"{CHANGED} Differs from the earlier report."
    assert [one for one in marked.displays() if one.key != "t1"] == [
        one for one in document.displays() if one.key != "t1"
    ]


def test_a_number_that_was_not_there_is_marked_and_a_new_display_is_not(document):
    texts = earlier(document, t1={"t1/agep": None})
    del texts["t4"]
    assert marked_numbers(mark_document(document, texts, "x")) == ["0.61† ()"]


def test_a_number_written_in_two_ways_is_compared_way_by_way(document):
    section = document.sections[0]
    line = next(block.line for block in section.blocks if hasattr(block, "line"))
    number = next(part for part in line if not isinstance(part, str))
    both = (*line, " or ", replace(number, text=f"{number.text}.0"))
    blocks = tuple(replace(b, line=both) if getattr(b, "line", None) == line else b for b in section.blocks)
    twice = replace(document, sections=(replace(section, blocks=blocks), *document.sections[1:]))
    texts = earlier(twice)
    texts[f"section:{section.key}"] = texts[f"section:{section.key}"] | {number.id: (number.text, "9.0")}
    assert set(marked_numbers(mark_document(twice, texts, "x"))) == {f"{number.text}.0† (9.0)"}


def test_a_figure_names_its_changed_numbers(document):
    marked = mark_document(document, earlier(document, f1={"f1/A": "7.3"}), "the earlier report")
    figure = next(one for one in marked.displays() if one.key == "f1")
    assert plain(figure.footnotes[-1]).endswith("differ from the earlier report: 7.4 (before: 7.3).")


def test_a_mark_can_be_read_without_colour_and_without_a_mouse(document):
    marked = mark_document(document, earlier(document, t1={"t1/agep": "<0.05"}), "the earlier report")
    page = render_html(marked, sample_svgs(document))
    assert page.count('class="num changed"') == 1
    assert (
        'data-before="&lt;0.05" title="Earlier report: &lt;0.05" aria-description="Earlier report: &lt;0.05">0.61<'
        in page
    )
    assert 'content: "†"' in page
    assert 'class="num changed"' not in render_html(document, sample_svgs(document))
