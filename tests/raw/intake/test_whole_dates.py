"""Tests of duonen_stats.raw.intake.whole_dates: which dates are certain, and which are left."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.raw.intake.whole_dates import dates_in_order, without_words


def _iso(*texts: str, stated: str | None = None) -> list[str]:
    found = dates_in_order(texts, stated=stated)
    changes = {old: new for some in found.changes.values() for old, new in some.items()}
    return [changes.get(text, text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "dates"),
    [
        (["31.12.2023", "1.2.2024"], ["2023-12-31", "2024-02-01"]),
        (["13/02/2024", "03/02/2024"], ["2024-02-13", "2024-02-03"]),
        (["02/13/2024", "03/02/2024"], ["2024-02-13", "2024-03-02"]),
        (["13-02-2024"], ["2024-02-13"]),
        (["2024/2/3", "2024.12.31"], ["2024-02-03", "2024-12-31"]),
        (["5 mar 2024", "05MAY2024", "1-lut-2024"], ["2024-03-05", "2024-05-05", "2024-02-01"]),
        (["2024-02-03T10:30:00", "2024-02-03 23:59"], ["2024-02-03", "2024-02-03"]),
        (["31.12.2023", "31.02.2024", "unknown"], ["2023-12-31", "31.02.2024", "unknown"]),
        (["2024-02-03", "31.12.2023"], ["2024-02-03", "2023-12-31"]),
        (["20240203", "20241303", "1234567"], ["2024-02-03", "20241303", "1234567"]),
        (["14 lutego 2024", "3 maja 2024", "14. lut. 2024"], ["2024-02-14", "2024-05-03", "2024-02-14"]),
        (["14 February 2024", "Feb 3, 2024", "May 1st 2024"], ["2024-02-14", "2024-02-03", "2024-05-01"]),
        (["14/Feb/2024", "2024-Feb-3", "3rd March 2024"], ["2024-02-14", "2024-02-03", "2024-03-03"]),
        (["14 II 2024", "3.XII.2024", "1-X-2024"], ["2024-02-14", "2024-12-03", "2024-10-01"]),
        (["5.X.2024"], ["5.X.2024"]),  # October, or a month that nobody knows
        (["31 II 2024", "3 nix 2024"], ["31 II 2024", "3 nix 2024"]),
    ],
)
def test_dates_of_a_column(texts, dates):
    assert _iso(*texts) == dates
    assert dates_in_order(texts).why == ""


@pytest.mark.parametrize("texts", [["01.02.2024", "3.4.2024"], ["13.02.2024", "02.13.2024"]])
def test_an_order_that_cannot_be_told_is_not_guessed_but_may_be_stated(texts):
    assert "cannot be determined" in dates_in_order(texts).why
    assert _iso(texts[0], stated="DMY")[0] in {"2024-02-01", "2024-02-13"}


@pytest.mark.parametrize(
    ("text", "stated", "date"),
    [
        ("03.04.24", "DMY_20", "2024-04-03"),
        ("03/04/24", "MDY_20", "2024-03-04"),
        ("24-04-03", "YMD_20", "2024-04-03"),
        ("3-kwi-24", "DMY_20", "2024-04-03"),
        ("03.04.2024", "DMY_20", "2024-04-03"),
    ],
)
def test_years_of_two_digits_need_a_century(text, stated, date):
    assert _iso(text, stated=stated) == [date]
    assert ("two digits" in dates_in_order([text]).why) == (text != "03.04.2024")
    whole = dates_in_order(["13.02.2024", text])
    assert whole.unread == (frozenset() if text == "03.04.2024" else {text})


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("14.02.2024 r.", "14.02.2024"),
        ("14.02.2024r.", "14.02.2024"),
        ("14 lutego 2024 roku", "14 lutego 2024"),
        ("śr., 14.02.2024", "14.02.2024"),
        ("Wednesday 14 Feb 2024", "14 Feb 2024"),
        ("14.02.2024, godz. 7:15", "14.02.2024 7:15"),
        ("20240214071500", "20240214 07:15"),
        ("Monday, February 14th, 2022", "February 14th, 2022"),
        ("Monday", "Monday"),
        ("nie wykonano", "nie wykonano"),
        ("nie wcześniej niż 2022", "nie wcześniej niż 2022"),
        ("2024-02-14", "2024-02-14"),
    ],
)
def test_words_around_a_date_are_left_out(text, bare):
    assert without_words(text) == bare


def test_a_stated_order():
    assert _iso("01.02.2024", stated="MDY") == ["2024-01-02"]


def test_where_the_year_is_stated_to_come_first_a_date_with_it_last_is_left():
    texts = ("2024.2.3", "03.04.2024", "25.04.2024")
    assert _iso(*texts, stated="YMD") == ["2024-02-03", "03.04.2024", "25.04.2024"]
    assert dates_in_order(texts, stated="YMD").why == ""


@pytest.mark.law
@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2050, 1, 1)), min_size=1),
    st.sampled_from(["DMY", "MDY"]),
)
def test_dates_come_back_or_are_in_doubt(days, order):
    pattern = "%d.%m.%Y" if order == "DMY" else "%m.%d.%Y"
    texts = [day.strftime(pattern) for day in days]
    found = dates_in_order(texts)
    assert found.why or _iso(*texts) == [day.isoformat() for day in days]
