"""Tests of duonen_stats.raw.intake.companions.partial_text: which texts are dates in part, and of what."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.raw.intake.companions.partial_text import Period, order_of_dates, partial_date, period_of


@pytest.mark.parametrize(
    "text",
    [
        "VIII 2022", "VIII.2022", "UNK VIII 2022",
        "2022-08", "2022-8", "2022/08", "2022.08", "2022-08-UN", "2022-08-00", "2022-08--", "08/2022", "8.2022",
        "UN/08/2022", "UNK-08-2022", "un.08.2022", "XX.08.2022", "??.08.2022", "__/08/2022", "--/08/2022", "00/08/2022",
        "-/8/2022", "UNK-AUG-2022", "UN AUG 2022", "UNAUG2022", "Aug 2022", "August 2022", "sierpień 2022", "sie-2022",
        "SIERPNIA 2022",
    ],
)  # fmt: skip
def test_a_month_is_known(text):
    assert partial_date(text) == "2022-08"


@pytest.mark.parametrize("form", ["{} 2022", "{}.2022", "XX.{}.2022", "UNK {} 2022", "x/{}/2022"])
def test_every_roman_month_but_ten_is_read_as_itself(form):
    """The signs of 9, 11 and 12 hold an x, which elsewhere is an unknown day."""
    names = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "XI", "XII"]
    numbers = [*range(1, 10), 11, 12]
    assert [partial_date(form.format(name)) for name in names] == [f"2022-{one:02}" for one in numbers]
    assert [partial_date(form.format(name)) for name in ("XIII", "XVII", "IIX")] == [None, None, None]


@pytest.mark.parametrize(
    "text",
    [
        "2022", "UNK-UNK-2022", "UN/UN/2022", "UNUNK2022", "XX.XX.2022", "--.--.2022", "00.00.2022", "2022-UN-UN",
        "2022-00-00", "2022---", "2022---15", "UNK 2022", "2022-UNK",
    ],
)  # fmt: skip
def test_a_year_is_known(text):
    assert partial_date(text) == "2022"


@pytest.mark.parametrize("text", ["UNK", "un", "NK", "unknown", "?", "nieznana", "Nie wiadomo"])
def test_nothing_is_known(text):
    assert partial_date(text) == "UNK"


@pytest.mark.parametrize(
    "text",
    [
        "", "2022-08-13", "13.08.2022", "8/13/2022", "13AUG2022", "13 sie 2022", "NA", "08-22", "202208", "2022-13",
        "X 2022", "05.X.2022", "14 II 2022",
        "13/2022", "32/08/2022", "foo 2022", "00002022", "1899", "2122", "UN/08/22", "44599",
    ],
)  # fmt: skip
def test_whole_dates_and_other_texts_are_left(text):
    assert partial_date(text) is None


@pytest.mark.parametrize(
    ("text", "order", "part"),
    [
        ("12/UN/2022", None, "2022-12"),  # a number beside an unknown part is the month
        ("12/UN/2022", "DMY", "2022"),  # the day; its month is not known
        ("12/UN/2022", "MDY", "2022-12"),
        ("UN/12/2022", "DMY", "2022-12"),
        ("UN/12/2022", "MDY", "2022"),
        ("UN/15/2022", None, "2022"),
    ],
)
def test_the_order_of_day_and_month_decides_what_a_number_is(text, order, part):
    assert partial_date(text, order) == part


def test_the_order_is_told_by_days_above_12():
    assert order_of_dates(["01/02/2022", "13/02/2022", "UN/02/2022", "2022-02-13"]) == "DMY"
    assert order_of_dates(["01.02.2022", "02.13.2022"]) == "MDY"
    assert order_of_dates(["01/02/2022"]) is None
    assert order_of_dates(["13/02/2022", "02/13/2022"]) is None


def test_the_days_that_a_partial_date_may_be():
    assert period_of("2024-02") == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert period_of("2023") == Period(date(2023, 1, 1), date(2023, 12, 31))
    assert [period_of(text) for text in ("UNK", "2023-13", "2023-2", "23", "", "2023-02-01")] == [None] * 6


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m", "UN/%m/%Y", "%m.%Y", "UNK-%b-%Y"]),
)
def test_a_date_lies_in_the_days_of_its_part(day, form):
    period = period_of(partial_date(day.strftime(form)))
    assert period.first <= day <= period.last
    assert (period.first.day, (period.last - period.first).days < 31) == (1, True)


@given(st.text(max_size=15))
def test_any_text_is_a_part_of_the_raw_format_or_none(text):
    part = partial_date(text)
    assert part is None or part == "UNK" or period_of(part) is not None
