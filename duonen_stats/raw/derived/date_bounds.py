"""The first and the last day that a date may be: itself, or of one known in part all that it may be."""

import pandas as pd

from duonen_stats.raw.intake.companions.partial_text import period_of

_EVER, _NEVER = pd.Timestamp("1900-01-01"), pd.Timestamp("2099-12-31")


def earliest(rows: pd.DataFrame, column: str) -> "pd.Series[pd.Timestamp]":
    """Give the first day that the dates of a column may be.

    Parameters
    ----------
    rows
        Rows of a raw table with the column and, if it has one, that of partial dates beside it.
    column
        Its name.

    Returns
    -------
    pandas.Series
        datetime64, indexed like ``rows``: the date; of a partial one the first day of its month or year, and 1900 if
        nothing is known; missing where there is no date at all.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-03-06", "2024-05-07"])
    >>> rows = pd.DataFrame({"STARTDT": days, "STARTDTC": ["2024", None]})
    >>> earliest(rows, "STARTDT").dt.date.astype(str).tolist(), latest(rows, "STARTDT").dt.date.astype(str).tolist()
    (['2024-01-01', '2024-05-07'], ['2024-12-31', '2024-05-07'])
    """
    return _bounded(rows, column, last=False)


def latest(rows: pd.DataFrame, column: str) -> "pd.Series[pd.Timestamp]":
    """Give the last day that the dates of a column may be; as :func:`earliest`, 2099 if nothing is known."""
    return _bounded(rows, column, last=True)


def is_partial(rows: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Say which dates of a column are known in part only, and so imputed.

    Returns bool, indexed like ``rows``.
    """
    if f"{column}C" not in rows:
        return pd.Series(data=False, index=rows.index)
    return rows[f"{column}C"].notna()


def _bounded(rows: pd.DataFrame, column: str, *, last: bool) -> "pd.Series[pd.Timestamp]":
    days = pd.to_datetime(rows[column])
    parts = (
        rows.loc[is_partial(rows, column), f"{column}C"] if f"{column}C" in rows else pd.Series(dtype=object)
    )
    if parts.empty:
        return days
    bounds = {part: _bound(str(part), last=last) for part in parts.unique()}
    return days.where(~is_partial(rows, column), rows[f"{column}C"].map(bounds).astype("datetime64[ns]"))


def _bound(part: str, *, last: bool) -> pd.Timestamp:
    period = period_of(part)
    if period is None:
        return _NEVER if last else _EVER
    return pd.Timestamp(period.last if last else period.first)
