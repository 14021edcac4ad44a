from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.raw.intake.readers.typed_dates import SAS_EPOCH, SPSS_EPOCH, date_format, date_of, dates_of

MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


@pytest.mark.law
@given(MOMENTS)
def test_a_moment_comes_back_from_its_seconds_in_either_program(moment):
    for program, epoch, name in (("SAS", SAS_EPOCH, "DATETIME20.3"), ("SPSS", SPSS_EPOCH, "YMDHMS19")):
        assert date_of((moment - epoch).total_seconds(), date_format(program, name)) == moment


@pytest.mark.law
@given(st.dates(datetime(1900, 1, 1).date(), datetime(2099, 12, 31).date()))
def test_months_and_years_are_the_beginning_of_the_date(day):
    days = (day - SAS_EPOCH.date()).days
    assert date_of(days, date_format("SAS", "DATE9")).date() == day
    assert date_of(days, date_format("SAS", "MONYY7")) == day.isoformat()[:7]
    assert date_of(days, date_format("SAS", "YEAR4")) == day.isoformat()[:4]


def test_a_part_of_a_day_does_not_count_where_days_are_counted():
    assert date_of(0.75, date_format("SAS", "DATE9")) == SAS_EPOCH
    assert date_of(-0.25, date_format("SAS", "DATE9")) == SAS_EPOCH - timedelta(days=1)


def test_times_numbers_and_what_is_no_number():
    form = date_format("SAS", "TIME8")
    assert dates_of([3600, -1, None, "x", float("nan")], form) == [time(1), -1, None, "x", None]
    assert date_of(1e300, date_format("SAS", "DATE9")) == "1e+300"
    assert date_of(float("inf"), form) is None


@pytest.mark.parametrize("name", [None, "", "BEST12", "$CHAR8", "F8.2", "DOLLAR10", "COMMA8.1"])
def test_other_formats_are_no_dates(name):
    assert date_format("SAS", name) is None
    assert date_format("SPSS", name) is None


@pytest.mark.parametrize(
    "name", ["YYQ6", "WEEKDAY1", "DOWNAME9", "MONNAME3", "QTR1", "NLDATEMN10", "POLDFMN9"]
)
def test_formats_that_hide_the_month(name):
    assert date_format("SAS", name).shown == "part"
