"""Commas and points in numbers: decimals or thousands, as the file shows or the mapping file states."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.raw.intake.number_signs import decimal_points


def test_no_comma_nothing_to_do():
    assert decimal_points({"A": ["1.5", "2"], "B": ["x"]}).changes == {}


def test_commas_of_a_file_become_points_in_all_its_columns():
    found = decimal_points({"A": ["1,234", "2"], "B": ["0,5", "-,5", "1,5e3"]})
    assert found.changes == {"A": {"1,234": "1.234"}, "B": {"0,5": "0.5", "-,5": "-.5", "1,5e3": "1.5e3"}}
    assert found.doubtful == ()


@pytest.mark.parametrize(
    "columns", [{"A": ["1,5"], "B": ["1.5"]}, {"A": ["1,234", "12,345"]}, {"A": ["1,5", "1.5"]}]
)
def test_what_cannot_be_told_is_not_guessed(columns):
    found = decimal_points(columns)
    assert (found.changes, found.doubtful) == ({}, ("A",))
    assert found.why


def test_a_stated_sign_settles_it():
    assert decimal_points({"A": ["1,234"]}, stated="comma").changes == {"A": {"1,234": "1.234"}}
    assert decimal_points({"A": ["1,234", "7,4"]}, stated="point").changes == {"A": {"1,234": "1234"}}
    assert decimal_points({"A": ["7.400"]}, stated="point") == decimal_points({})
    assert decimal_points({"A": ["7.400", "1.234,5"]}, stated="comma").changes == {
        "A": {"7.400": "7400", "1.234,5": "1234.5"}
    }
    assert decimal_points({"A": ["1,5", "1.5"]}, stated="comma").doubtful == ("A",)


def test_texts_that_are_no_numbers_do_not_matter():
    assert decimal_points({"A": ["a,b", "1,2,3", "1 23,5", "12 34"]}).changes == {}


@pytest.mark.parametrize(
    ("columns", "changes"),
    [
        ({"A": ["7.400", "1.950,5"]}, {"A": {"7.400": "7400", "1.950,5": "1950.5"}}),
        ({"A": ["1,234,567", "1,234"]}, {"A": {"1,234,567": "1234567", "1,234": "1234"}}),
        ({"A": ["7 400", "3'700", "1\u202f850", "12\u00a0000,5"]}, {"A": {
            "7 400": "7400", "3'700": "3700", "1\u202f850": "1850", "12\u00a0000,5": "12000.5"}}),
        ({"A": ["7.400", "0.5"]}, {}),  # decimals are shown
        ({"A": ["1 234.5", "7.400"]}, {"A": {"1 234.5": "1234.5"}}),
    ],
)  # fmt: skip
def test_what_shows_how_thousands_are_written(columns, changes):
    found = decimal_points(columns)
    assert (found.changes, found.doubtful) == (changes, ())


@pytest.mark.parametrize("columns", [{"A": ["7.400", "3.700", "850"]}, {"A": ["7.400", "950,5"]}])
def test_points_before_three_digits_are_in_doubt(columns):
    found = decimal_points(columns)
    assert (found.changes, found.doubtful) == ({}, ("A",))


def test_a_column_in_doubt_leaves_the_others_alone():
    found = decimal_points({"A": ["7.400"], "B": ["12,5"]})
    assert (found.changes, found.doubtful) == ({"B": {"12,5": "12.5"}}, ("A",))


def test_a_reading_outside_the_bounds_of_the_column_is_none():
    assert decimal_points({"A": ["1.657", "99.999"]}, bounds={"A": (0, 100)}).doubtful == ()
    assert decimal_points({"A": ["1.657", "0.100"]}, bounds={"A": (0, 1657)}).doubtful == ()
    assert decimal_points({"A": ["1.657"]}, bounds={"A": (0, 1657)}).doubtful == ("A",)
    # What is stated is obeyed even so: the range of the column then finds the number.
    assert decimal_points({"A": ["1.657"]}, stated="comma", bounds={"A": (0, 100)}).changes == {
        "A": {"1.657": "1657"}
    }


_STYLES = {"comma": (",", [".", " ", "'", "\u202f", ""]), "point": (".", [",", " ", "'", "\u202f", ""])}


@pytest.mark.law
@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9_999_999), st.integers(0, 3)), min_size=1),
    st.sampled_from(["comma", "point"]),
    st.integers(0, 4),
    st.booleans(),
)
def test_numbers_come_back_as_written_or_are_in_doubt(drawn, decimal, grouping, stated):
    """Whatever the style of a file: stated, every number comes back; unstated, it does or its column is in doubt."""
    sign, groups = _STYLES[decimal]
    written = {}
    for number, decimals in drawn:
        whole, part = divmod(number, 10**decimals)
        text = f"{whole:,}".replace(",", groups[grouping]) + (
            f"{sign}{part:0{decimals}d}" if decimals else ""
        )
        written[text] = float(f"{whole}.{part:0{decimals}d}") if decimals else float(whole)
    found = decimal_points({"A": written}, stated=decimal if stated else None)
    if stated:
        assert not found.doubtful
    if not found.doubtful:
        changes = found.changes.get("A", {})
        assert [float(changes.get(text, text)) for text in written] == [*written.values()]
