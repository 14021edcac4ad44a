"""Calendar dates beside the months of an answer: one opening, and every month counted from it."""

from datetime import date

from duonen_stats.design.reestimation.blinded_data import date_after
from duonen_stats.design.reestimation.trial_under_way import Interval
from duonen_stats.design_report.answer import Value


def dates_of(opened: date | None, **months: Interval | float | None) -> dict[str, object]:
    """Give the dates of months, or of an expected month and its limits, as data of an answer under ``dates``.

    Parameters
    ----------
    opened
        Opening of the trial; None: there are no dates, and nothing is given.
    **months
        Calendar months since the opening, by name. Where a month is None, the date is.

    Example
    -------
    >>> dates_of(date(2022, 1, 1), look=12.0)
    {'dates': {'look': datetime.date(2023, 1, 1)}}
    """
    if opened is None:
        return {}

    def at(month: float | None) -> date | None:
        return None if month is None else date_after(opened, month)

    dates: dict[str, object] = {
        name: {"estimate": at(one.estimate), "lower": at(one.lower), "upper": at(one.upper)}
        if isinstance(one, Interval)
        else at(one)
        for name, one in months.items()
    }
    return {"dates": dates}


def dates_at(path: str) -> tuple[Value | str, ...]:
    """Show the date of an expected month with its limits; ``path`` leads to them."""
    lower, upper = Value(f"{path}.lower", "date"), Value(f"{path}.upper", "date")
    return (Value(f"{path}.estimate", "date"), " (", lower, " to ", upper, ")")
