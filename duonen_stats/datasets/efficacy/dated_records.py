"""Dated raw records, each with the place it stands at: where the dates of a time to event come from."""

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.shape import require_columns

SOURCED = ("SUBJID", "ADT", "SRCDOM", "SRCVAR", "SRCSEQ")
"""Patient, date, raw table, its column, and the number of the record."""


def dated(
    rows: pd.DataFrame, table: str, column: str, *, until: pd.Timestamp, keep: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Take a date of each record of a raw table, with its place.

    Parameters
    ----------
    rows
        The raw table, with ``SUBJID``, ``column``, ``keep`` and ``_ROW`` (number of the record).
    table, column
        Its name, and the column of the date.
    until
        Data cut: what is dated later is not known. The day of the cut is.
    keep
        Further columns to hand on.

    Returns
    -------
    pandas.DataFrame
        ``SOURCED`` and ``keep``, by date and number, numbered from 0; records without a date or patient are
        left out.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(rows, "SUBJID", column, "_ROW", *keep)
    dates = pd.to_datetime(rows[column]).to_numpy(dtype="datetime64[ns]")
    lines = rows["_ROW"].to_numpy(dtype="int64")
    known = rows["SUBJID"].notna().to_numpy() & (dates <= until.to_datetime64())
    order = np.lexsort((lines, dates))
    chosen = order[known[order]]
    columns = {
        "SUBJID": rows["SUBJID"].to_numpy(dtype=object)[chosen],
        "ADT": dates[chosen],
        "SRCDOM": np.full(chosen.size, table, dtype=object),
        "SRCVAR": np.full(chosen.size, column, dtype=object),
        "SRCSEQ": lines[chosen],
    }
    return pd.DataFrame(columns | {name: rows[name].to_numpy()[chosen] for name in keep})


def earliest(records: pd.DataFrame) -> pd.DataFrame:
    """Keep each patient's first record, of several on one day the one given first; ``SUBJID`` is the index."""
    ordered = records.sort_values("ADT", kind="stable")
    return ordered.drop_duplicates("SUBJID", keep="first").set_index("SUBJID")


def latest(records: pd.DataFrame) -> pd.DataFrame:
    """Keep each patient's last record, of several on one day the one given last; ``SUBJID`` is the index."""
    ordered = records.sort_values("ADT", kind="stable")
    return ordered.drop_duplicates("SUBJID", keep="last").set_index("SUBJID")


def described(records: pd.DataFrame, column: str, text: str) -> pd.DataFrame:
    """Add a column that says the same of every record, of type object even without rows."""
    return records.assign(**{column: pd.Series(text, index=records.index, dtype=object)})
