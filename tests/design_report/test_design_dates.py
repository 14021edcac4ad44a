"""Calendar dates beside months."""

from datetime import date

from duonen_stats.design.reestimation.trial_under_way import Interval
from duonen_stats.design_report.answer import Answer
from duonen_stats.design_report.design_dates import dates_at, dates_of


def test_months_become_dates_and_what_is_not_reached_has_none():
    found = dates_of(
        date(2022, 1, 1), end=120.0, never=None, target=Interval(estimate=12.0, lower=1.0, upper=None)
    )["dates"]
    # Months of 365.25 / 12 days: ten years are 3652.5 days, rounded to even.
    assert found["end"] == date(2032, 1, 1)
    assert found["never"] is None
    assert found["target"] == {"estimate": date(2023, 1, 1), "lower": date(2022, 1, 31), "upper": None}
    assert dates_of(None, end=120.0) == {}


def test_dates_are_written_with_their_limits():
    told = dates_of(date(2022, 1, 1), target=Interval(estimate=12.0, lower=1.0, upper=None))
    answer = Answer(question="q", title="t", facts=(("Date", dates_at("dates.target")),), data=told)
    assert answer.said["Date"] == "2023-01-01 (2022-01-31 to –)"


def test_a_month_beyond_the_calendar_has_no_date():
    assert dates_of(date(2022, 1, 1), far=1e5)["dates"]["far"] is None
