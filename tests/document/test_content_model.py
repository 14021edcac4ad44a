"""The content model refuses what could not be set or traced."""

from dataclasses import replace

import pytest
from document.sample_document import sample_document

from duonen_stats.displays.model.content import Number
from duonen_stats.document.content_model import (
    Bullets,
    KeyFigures,
    Listing,
    Paragraph,
    Section,
    Slider,
    Sliders,
    block_numbers,
)
from duonen_stats.errors import UnknownResultError
from duonen_stats.results.rows.table import Results


def test_a_number_without_a_result_stops_the_document():
    document = sample_document()
    stray = Section(key="new", title="New", blocks=(Paragraph(("see ", Number("nobody/made/this", "4"))),))
    with pytest.raises(UnknownResultError, match="nobody/made/this"):
        replace(document, sections=(*document.sections, stray))


def test_a_number_in_a_figure_or_a_head_is_looked_up_too():
    document = sample_document()
    for gone in ("f2/low", "t1/n/A"):
        rest = Results(row for row in document.results if row.analysis_id != gone)
        with pytest.raises(UnknownResultError, match=gone):
            replace(document, results=rest)


def test_a_key_is_used_once():
    document = sample_document()
    again = Section(key="x", title="X", blocks=(Listing(key="t1", title="L", columns=("a",), rows=()),))
    with pytest.raises(ValueError, match="used as a key twice: t1"):
        replace(document, sections=(*document.sections, again))


def test_everything_that_can_be_jumped_to_has_a_title():
    document = sample_document()
    with pytest.raises(ValueError, match="without a title: empty"):
        replace(document, sections=(Section(key="empty", title=" "),))


def test_ragged_listings_are_refused():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Listing(key="l", title="L", columns=("a", "b"), rows=(("1", "2"), ("3",)))
    with pytest.raises(ValueError, match="1 weights for 2 columns"):
        Listing(key="l", title="L", columns=("a", "b"), rows=(), weights=(1.0,))


def test_displays_and_numbers_come_in_reading_order():
    document = sample_document()
    assert [shown.key for shown in document.displays()] == ["t1", "f1", "t4", "f2"]
    ids = [number.id for number in document.numbers()]
    assert ids[:2] == ["summary/treated", "summary/kidney"]
    assert (
        ids.index("t1/agep") < ids.index("t1/n/A") < ids.index("t1/age/Median/A/median") < ids.index("f1/A")
    )
    assert ids[-1] == "f2/low"


def test_numbers_are_found_in_every_kind_of_text():
    a, b = Number("a", "1"), Number("b", "2")
    assert list(block_numbers(Bullets(((a,), ("no",), ("x", b))))) == [a, b]
    assert list(block_numbers(KeyFigures((("label", (a, " of ", b)),)))) == [a, b]


def sliders_of(*, key="panel", start=2.0, shown="summary/gap"):
    slider = Slider(key="size", label="Size", unit="mm", values=(1.0, 2.0, 3.0), start=start)
    return Sliders(
        key=key, title="Sliders", words=(), notes=(), sliders=(slider,), formulas=(("one", "One", "1"),),
        results=(("size", "Size", (Number(shown, "2"),)),), constants={},
    )  # fmt: skip


def test_a_slider_starts_at_one_of_its_values():
    with pytest.raises(ValueError, match=r"size: the values of a slider increase, and 2\.5 has to be one"):
        sliders_of(start=2.5)
    with pytest.raises(ValueError, match="increase"):
        Slider(key="size", label="Size", unit="", values=(2.0, 1.0), start=2.0)


def test_sliders_have_a_key_of_their_own_and_numbers_that_are_looked_up():
    document = sample_document()
    last = document.sections[-1]
    for panel, fault, words in (
        (sliders_of(key="t1"), ValueError, "used as a key twice: t1"),
        (sliders_of(shown="nobody/made/this"), UnknownResultError, "nobody/made/this"),
    ):
        with pytest.raises(fault, match=words):
            replace(document, sections=(*document.sections[:-1], replace(last, sliders=panel)))
