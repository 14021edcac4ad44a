"""Tests of duonen_stats.raw.intake.missing_words: what is certain to say that there is no value."""

import pytest

from duonen_stats.raw.intake.missing_words import (
    folded,
    is_code_like,
    is_missing,
    is_no_result,
    is_ongoing,
    is_unknown,
)


@pytest.mark.parametrize("word", ["NA", "n/a", "#N/A", "NaN", "NULL", "<NA>", "##USER_MISSING_95##"])
def test_what_programs_write_is_missing_in_every_column(word: str) -> None:
    """Also in a column of codes, of which it is none."""
    assert all(is_missing(word, kind) for kind in ("number", "date", "code"))


@pytest.mark.parametrize(
    "word", ["brak", "Brak danych", "---", "not done", "nie dotyczy", "Niedostępne", "NASK"]
)
def test_a_word_is_missing_among_numbers_and_dates_only(word: str) -> None:
    """Among codes it may stand for one: no metastases, no action."""
    assert is_missing(word, "number")
    assert is_missing(word, "date")
    assert not is_missing(word, "code")


@pytest.mark.parametrize("text", ["12", "-99", "999", "0", "n.d.", "negative", "x", "12 h", "1900-01-01"])
def test_a_number_is_never_certain_to_be_missing(text: str) -> None:
    """Neither is a word that may be a result."""
    assert not any(is_missing(text, kind) for kind in ("number", "date", "code"))


@pytest.mark.parametrize("text", ["2995-01-01", "01-01-2999", "1.1.2996", "2997-01-01 00:00:00"])
def test_the_dates_of_castor_are_missing_among_dates(text: str) -> None:
    """They are in a far future; a day beside them is a date to be corrected."""
    assert is_missing(text, "date")
    assert not is_missing(text.replace("299", "209"), "date")


def test_an_unknown_date_is_not_a_missing_one() -> None:
    """There is a date, which nobody knows; a number that is unknown is not there."""
    assert is_unknown("UNK")
    assert is_unknown("nieznana")
    assert not is_missing("UNK", "date")
    assert is_missing("UNK", "number")
    assert not is_unknown("NA")


def test_what_goes_on_has_no_end() -> None:
    """In English and Polish, in any case."""
    assert all(is_ongoing(word) for word in ("ongoing", "Continuing", "trwa", "w trakcie", "NADAL TRWA"))
    assert not any(is_ongoing(word) for word in ("", "NA", "2024-01-01", "recovered"))


def test_no_result_and_a_result_in_words() -> None:
    """A sample that could not be measured has no result; "negative" is one."""
    assert all(
        is_no_result(word) for word in ("Hemoliza", "skrzep", "pending", "brak", "próbka zhemolizowana")
    )
    assert not any(is_no_result(word) for word in ("negative", "trace", "n.d.", "none", "hemoliza 12"))


def test_numbers_that_are_used_as_codes() -> None:
    """They are pointed out where they are out of range, and never changed."""
    assert all(is_code_like(number) for number in (-99.0, 999.0, -1.0, 9999.0, 888.0, -95.0))
    assert not any(is_code_like(number) for number in (0.0, 1.0, 12.5, 100.0, 140.0))


def test_words_are_compared_without_case_accents_and_outer_signs() -> None:
    """Dashes are words of their own."""
    assert folded(" Nie  Dotyczy. ") == "nie dotyczy"
    assert folded("(PRÓBKA)") == "probka"
    assert folded("Źle — łatwo") == "zle — latwo"
    assert folded("---") == "---"
    assert (folded("?"), folded("..."), folded("()")) == ("?", "...", "()")
