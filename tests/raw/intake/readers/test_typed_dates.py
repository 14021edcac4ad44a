from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_sheet import made_sheet

from duonen_stats.raw.intake.convert import typed_table
from duonen_stats.raw.intake.forms import in_standard_form
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.readers.typed_dates import (
    ORIGINS,
    SAS_EPOCH,
    SPSS_EPOCH,
    counted_dates,
    date_format,
    date_of,
    dates_of,
)

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


@pytest.mark.law
@given(st.dates(datetime(1900, 3, 1).date(), datetime(2099, 12, 31).date()), st.sampled_from(sorted(ORIGINS)))
def test_a_date_comes_back_from_what_a_program_counts(day, origin):
    epoch, unit = ORIGINS[origin].epoch, ORIGINS[origin].unit
    number = (datetime(day.year, day.month, day.day) - epoch).total_seconds() / (max(1, unit))
    assert counted_dates([f"{number:.0f}"], origin) == {f"{number:.0f}": day.isoformat()}


@pytest.mark.parametrize("typed", [False, True])
def test_what_numbers_count_can_be_stated_for_a_column(study, typed):
    table = study.table("labs")
    sheet = made_sheet({"SUBJID": ["a", "b"], "LBDT": [44599 if typed else "44599", "soon"]}, typed=typed)
    (asked, _) = (one for one in typed_table(sheet, table)[1] if one.rule == "DD-TYPE")
    assert "state in the mapping file whose days or seconds it counts" in asked.message
    stated = SourceMapping(source="x", table="labs", dates={"LBDT": "EXCEL"})
    dated = in_standard_form(sheet, table, stated)
    assert [*dated.cells["LBDT"]] == ["2022-02-07", "soon"]
    assert next((one.what, one.column, one.cells) for one in dated.converted) == (
        "dates written as numbers of days",
        "LBDT",
        1,
    )
