"""Printed tables: what has to fit does fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from duonen_stats.displays.model.content import Column, TableRow
from duonen_stats.document.column_widths import (
    PADDING,
    SIZES,
    bound,
    breakable,
    fit,
    font_folder,
    head_rows,
    is_heading,
    stays_whole,
    text_width,
    typst_fonts,
)

WORDS = st.text(alphabet="abc 0123456789.(–)Δ", max_size=30)
TABLES = st.tuples(st.integers(1, 8), st.integers(0, 6)).flatmap(
    lambda shape: st.lists(
        st.lists(WORDS, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@pytest.mark.independent
@pytest.mark.parametrize("text", ["12.3 (10.1–14.5)", "Δ ρ ≥ × ⁹⁰Y ¹⁷⁷Lu − ↑ ↓", "ĄĆĘŁŃÓŚŹŻ żółć"])
@pytest.mark.parametrize(("bold", "name"), [(False, "DejaVuSans.ttf"), (True, "DejaVuSans-Bold.ttf")])
def test_text_is_as_wide_as_another_font_library_says(text, bold, name):
    face = ImageFont.truetype(str(font_folder() / name), 1000, layout_engine=ImageFont.Layout.BASIC)
    assert text_width(text, size=10, bold=bold) == pytest.approx(face.getlength(text) / 100, rel=0.01)


def test_a_character_without_a_glyph_counts_one_em():
    assert text_width("\U0010fffd", size=8) == 8


@pytest.mark.law
@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_widths_fill_the_page_and_hold_what_must_stay_whole(texts):
    setting = fit(texts, [1.0] * len(texts), 467.0)
    assert sum(setting.widths) == pytest.approx(467.0)
    assert setting.size in SIZES
    if setting.size > SIZES[-1]:
        for column, width in zip(texts, setting.widths, strict=True):
            for text in filter(stays_whole, column):
                assert text_width(text, size=setting.size) <= width - PADDING + 1e-6


@pytest.mark.law
@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="Wil_ .é", max_size=80), st.floats(20, 90))
def test_broken_words_fit_and_say_the_same(text, width):
    result = breakable(text, size=8, width=width)
    assert result.replace("\u200b", "") == text
    for piece in result.replace("\u200b", " ").split():
        assert len(piece) == 1 or text_width(piece, size=8) <= width - PADDING


def test_the_type_shrinks_only_when_it_must():
    cells, head = ["12.3 (10.1–14.5)"], ["Arm A"]
    assert fit([cells] * 3, [1] * 3, 467, bold=[head] * 3).size == SIZES[0]
    assert SIZES[-1] <= fit([cells] * 8, [1] * 8, 467, bold=[head] * 8).size < SIZES[0]


def test_the_type_shrinks_where_that_saves_many_lines_and_not_for_a_few():
    label = "Discontinuation criterion of the study protocol"
    numbers = [["12 (34.5%)"] * 40] * 4
    every = fit([[label] * 40, *numbers], [1] * 5, 400)
    once = fit([[label, *["Death"] * 39], *numbers], [1] * 5, 400)
    assert every.lines == 40 < once.lines
    assert every.size < once.size == SIZES[0]


def test_bold_texts_are_wider():
    regular = fit([["Thrombocytopenia"], ["1"]], [0, 1], 300)
    bold = fit([["x"], ["1"]], [0, 1], 300, bold=[["Thrombocytopenia"], []])
    assert bold.widths[0] > regular.widths[0]


def test_spare_width_goes_by_weight_and_one_long_text_does_not_take_all():
    wide = fit([["a"], ["b"]], [3, 1], 400)
    assert wide.widths[0] > 2.5 * wide.widths[1]
    reasons = ["Stopping rule: platelets low twice"] * 40
    details = ["–"] * 39 + ["word " * 60]
    reason, detail = fit([reasons, details], [1, 1], 300).widths
    assert reason > 100
    assert detail > 80


def test_what_is_left_goes_to_texts_on_several_lines_before_it_goes_by_weight():
    """A column of short labels and one long one: nine tenths of them are on one line, and there is room for more."""
    labels = ["G1"] * 40 + ["Worse category, and a fall by 25 % or more"]
    numbers = [["17 (18.5%) [11.1–27.9]"] * 41] * 3
    label, *others = fit([labels, *numbers], [1.7, 1, 1, 1], 540).widths
    assert label > text_width(labels[-1], size=8.5) / 2
    assert len(set(others)) == 1


def test_neighbours_with_one_heading_share_it():
    columns = (
        Column(header=""),
        Column(header="A", below=("n",)),
        Column(header="A", below=("%",)),
        Column(header=""),
    )
    first, second = head_rows(columns)
    assert [(cell.text, cell.columns, cell.rows) for cell in first] == [
        (("",), 1, 2),
        (("A",), 2, 1),
        (("",), 1, 2),
    ]
    assert [cell.text for cell in second] == [("n",), ("%",)]
    assert len(head_rows(columns[:2])) == 1


def test_a_heading_row_has_nothing_beside_its_first_cell():
    assert is_heading(TableRow(cells=(("Age",), (), ("",)), kind="group"))
    assert not is_heading(TableRow(cells=(("Age",), ("3",)), kind="group"))
    assert not is_heading(TableRow(cells=(("Age",), ())))


@pytest.mark.parametrize(
    "text", ["12.3 (10.1–14.5)", "2024-03-31", "DUONEN-0001", "V2 (p = 0.036), V3 (p = 0.013)", "fit"]
)
def test_numbers_dates_and_ids_stay_whole(text):
    assert stays_whole(text)


@pytest.mark.parametrize("text", ["a b", "Median BMI, kg/m² (range)", "Stopping rule 3", "1 " * 20])
def test_words_may_be_divided(text):
    assert not stays_whole(text)


def test_an_interval_behind_words_is_not_torn():
    texts = [["Median, months (95% CI)"] * 3, *[["16.4 (5.6–33.2)"] * 3] * 4, ["not reached (38.8 to –)"] * 3]
    setting = fit(texts, [1.8, *[1.1] * 5], 300.0)
    assert setting.widths[-1] - PADDING >= text_width("(38.8 to –)", size=setting.size)


@pytest.mark.parametrize(
    ("text", "width", "wanted"),
    [
        ("not reached (38.8 to –)", 60.0, "not reached (38.8\u00a0to\u00a0–)"),
        ("Hazard ratio (95% CI)", 60.0, "Hazard ratio (95%\u00a0CI)"),
        ("not reached (38.8 to –)", 20.0, "not reached (38.8 to –)"),
        ("46.6 (8.1 to –)", 200.0, "46.6 (8.1 to –)"),
        ("of the sum of diameters (new lesions apart)", 200.0, "of the sum of diameters (new lesions apart)"),
    ],
)
def test_brackets_behind_words_are_bound_where_a_line_holds_them(text, width, wanted):
    assert bound(text, size=7.0, width=width) == wanted


def test_the_fonts_come_with_an_installed_package():
    assert (font_folder() / "DejaVuSans.ttf").is_file()
    assert typst_fonts() is typst_fonts()


def test_width_grows_with_text_size_and_weight():
    assert text_width("mm", size=10) == pytest.approx(2 * text_width("m", size=10))
    assert text_width("m", size=20) == pytest.approx(2 * text_width("m", size=10))
    assert text_width("Analyte", size=10, bold=True) > text_width("Analyte", size=10)


@pytest.mark.parametrize("sign", "Δρ≥×⁹⁰¹⁷−↑↓→łąćęńóśźż")
def test_the_signs_of_the_field_are_in_the_font(sign):
    """A character the face lacks counts as one em wide, which none of these is."""
    assert 0 < text_width(sign, size=1) < 1


@pytest.mark.parametrize("text", ["Grade 0", "Grade ≥3", "Arm A", "Ramię A", "Stopień 1", "Cycle\u00a04"])
def test_a_word_and_its_number_or_letter_stay_together(text):
    assert stays_whole(text)
    labels, cells = ["", text, text], ["Grade 1", "24, 42.9% (6/9/6/3)", "."]
    for available in (250.0, 400.0):
        found = fit([labels, *[cells] * 2], [1.0] * 3, available)
        assert text_width(text, size=found.size) <= found.widths[0] - PADDING + 1e-9
