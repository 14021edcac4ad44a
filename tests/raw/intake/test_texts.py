from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.raw.intake.readers.cells import cell_text
from duonen_stats.raw.intake.texts import TextsBuilder, constant, first_filled, joined


def _texts(values, *, typed=False):
    return TextsBuilder(cell_text, typed=typed).added(values).texts()


def test_each_text_is_kept_once_and_rows_know_theirs():
    column = _texts(["T1", " T1", "", "V1"])
    assert [*column] == ["T1", "T1", "", "V1"]
    assert column.distinct == ("T1", "", "V1")
    assert (len(column), column[3]) == (4, "V1")
    assert column.filled().tolist() == [True, True, False, True]
    assert column.among({"V1"}).tolist() == [False, False, False, True]


def test_a_number_and_the_same_number_as_text_are_told_apart_and_so_are_one_and_true():
    column = _texts([1, "1", True, 1.0, date(2024, 2, 29), None, float("nan"), ["a"]], typed=True)
    assert [*column] == ["1", "1", "TRUE", "1", "2024-02-29", "", "", "['a']"]
    assert column.held_as_text().tolist() == [False, True, False, False, False, False, False, True]
    assert column.used(as_text=True) == ("1", "", "['a']")


def test_texts_of_no_row_are_not_used():
    column = _texts(["a", "b", "a"]).take(np.array([0, 2]))
    assert (column.used(), column.distinct) == (("a",), ("a", "b"))
    assert [*column.replaced({"a": "b"})] == ["b", "b"]


def test_no_rows():
    empty = TextsBuilder().texts()
    assert (len(empty), [*empty], empty.used(), empty.filled().tolist()) == (0, [], (), [])
    assert [*constant("x", 2)] == ["x", "x"]
    assert [*joined([])] == []


@pytest.mark.law
@given(st.lists(st.lists(st.text(alphabet="ab ", max_size=2)), max_size=4))
def test_columns_below_each_other_and_parts_added_one_by_one_are_the_same(parts):
    builder = TextsBuilder()
    for part in parts:
        builder.added(part)
    wanted = [text.strip() for part in parts for text in part]
    assert [*builder.texts()] == wanted
    assert joined([_texts(part) for part in parts]) == builder.texts()


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b"])] * 3), max_size=6))
def test_of_several_columns_the_first_filled_one_counts_in_each_row(rows):
    columns = [TextsBuilder().added([row[place] for row in rows]).texts() for place in range(3)]
    assert [*first_filled(columns)] == [next(filter(None, row), "") for row in rows]
