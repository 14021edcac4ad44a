import pytest

from duonen_stats.raw.intake.decimals import decimal_points


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
    assert decimal_points({"A": ["1,234"]}, stated="point") == decimal_points({})
    assert decimal_points({"A": ["1,5", "1.5"]}, stated="comma").doubtful == ("A",)


def test_texts_that_are_no_numbers_do_not_matter():
    assert decimal_points({"A": ["a,b", "1,2,3", "1 234,5"]}).changes == {}
