"""Dates as whole days since 1970-01-01: months, working days, ends of months."""

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]

NEVER: Final = 2**31
"""A day later than any other: what does not happen."""

DAYS_PER_MONTH: Final = 365.25 / 12

_SATURDAY, _SUNDAY = 5, 6


def day(year: int, month: int = 1, of_month: int = 1) -> int:
    """Days from 1970-01-01 to a date."""
    return (date(year, month, of_month) - date(1970, 1, 1)).days


def working_day(days: Days) -> Days:
    """Move Saturdays to the Friday before, Sundays to the Monday after."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    return np.asarray(days - (weekday == _SATURDAY) + (weekday == _SUNDAY), dtype=np.int64)


def end_of_month(days: int) -> int:
    """Last day of the month in which a day lies."""
    month = np.datetime64(days, "D").astype("datetime64[M]")
    return int((month + 1).astype("datetime64[D]").astype(np.int64)) - 1


def months_later(days: int, months: int) -> int:
    """Find the first day of the month that is ``months`` months after that of a day."""
    month = np.datetime64(days, "D").astype("datetime64[M]")
    return int((month + months).astype("datetime64[D]").astype(np.int64))


def as_dates(days: Days) -> NDArray[np.datetime64]:
    """Turn days into dates; ``NEVER`` becomes a missing date."""
    days = np.asarray(days, dtype=np.int64)
    found = np.where(days >= NEVER, 0, days).astype("datetime64[D]").astype("datetime64[ns]")
    found[days >= NEVER] = np.datetime64("NaT", "ns")
    return found
