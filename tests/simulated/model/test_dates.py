"""Days, months and working days."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.simulated.model.dates import (
    NEVER,
    as_dates,
    day,
    end_of_month,
    months_later,
    working_day,
)

DATES = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def of(days: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(days))


@pytest.mark.law
@given(DATES)
def test_working_days_are_monday_to_friday_and_at_most_a_day_away(when):
    moved = working_day(np.array([day(when.year, when.month, when.day)]))[0]
    assert of(moved).weekday() < 5
    assert abs((of(moved) - when).days) <= 1
    assert (of(moved) == when) == (when.weekday() < 5)


@pytest.mark.law
@given(DATES)
def test_the_end_of_a_month_is_followed_by_the_first(when):
    end = of(end_of_month(day(when.year, when.month, when.day)))
    assert (end.year, end.month) == (when.year, when.month)
    assert (end + timedelta(days=1)).day == 1


def test_months_later_and_dates():
    assert of(months_later(day(2022), 120)) == date(2032, 1, 1)
    dates = as_dates(np.array([day(2024, 2, 29), NEVER]))
    assert str(dates[0])[:10] == "2024-02-29"
    assert np.isnat(dates[1])
