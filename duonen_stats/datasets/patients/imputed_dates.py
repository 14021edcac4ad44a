"""Which dates were imputed, and what of them: the flags of ADaM."""

import pandas as pd

from duonen_stats.datasets.metadata.shape import require_columns
from duonen_stats.raw.derived.date_bounds import is_partial

_LENGTHS = {len("YYYY-MM"): "D", len("YYYY"): "M"}


def imputation_flags(rows: pd.DataFrame, column: str) -> "pd.Series[str]":
    """Say of each date what of it was imputed.

    Parameters
    ----------
    rows
        Usable records, with the date and what is known of it: ``STARTDT`` and ``STARTDTC``.
    column
        Name of the date.

    Returns
    -------
    pandas.Series
        Indexed like ``rows``: ``"D"`` (the day), ``"M"`` (month and day), ``"Y"`` (all of it); ``None`` where the date
        was recorded, or is missing.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    CDISC ADaM Implementation Guide 1.3, §3.1.3 (date imputation flags).

    Examples
    --------
    >>> days = pd.to_datetime(["2024-02-01", "2024-02-07", "2024-01-01"])
    >>> rows = pd.DataFrame({"STARTDT": days, "STARTDTC": ["2024-02", None, "2024"]})
    >>> imputation_flags(rows, "STARTDT").tolist()
    ['D', None, 'M']
    """
    require_columns(rows, column, f"{column}C")
    known = rows[f"{column}C"].astype(object).str.len().map(_LENGTHS).astype(object)
    flags = known.where(known.notna(), "Y")
    imputed = is_partial(rows, column) & rows[column].notna()
    return flags.where(imputed, None)
