"""Records that are used and records that are set aside: every raw row is one or the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from duonen_stats.datasets.metadata.shape import first_label, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A raw table, split: ``used`` has its columns, ``set_aside`` has table, row, subject, reason."""

    used: pd.DataFrame
    set_aside: pd.DataFrame


def set_aside(rows: pd.DataFrame, table: str, reasons: pd.Series) -> pd.DataFrame:
    """List records that are not used.

    Parameters
    ----------
    rows
        Records with ``_ROW`` (line of the file) and, except in ``data_cut``, ``SUBJID``.
    table
        Name of the raw table.
    reasons
        Why, one text a record, indexed like ``rows``; a record without a reason is left out.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``row`` (Int64), ``subject``, ``reason``; in the order of ``rows``.
    """
    chosen = rows.loc[reasons.notna()]
    columns = {
        "table": pd.Series(table, index=chosen.index, dtype="object"),
        "row": typed(chosen["_ROW"], "integer"),
        "subject": typed(chosen["SUBJID"], "text"),
        "reason": typed(reasons.loc[chosen.index], "text"),
    }
    return pd.DataFrame(columns, index=chosen.index).reset_index(drop=True)


def screen(rows: pd.DataFrame, table: str, checks: Sequence[tuple[pd.Series, str]]) -> Screened:
    """Split a raw table by the first check that a record fails.

    Parameters
    ----------
    rows
        The raw table, with ``_ROW`` and ``SUBJID``.
    table
        Its name.
    checks
        Pairs of a condition (true = not used; indexed like ``rows``) and the reason.

    Returns
    -------
    Screened
        Both parts in the order of ``rows``.
    """
    rows = rows.reset_index(drop=True)
    failed = [(condition.to_numpy(dtype=bool, na_value=False), reason) for condition, reason in checks]
    why = first_label(failed, rows.index)
    return Screened(used=rows.loc[why.isna()], set_aside=set_aside(rows, table, why))


def join_set_aside(pieces: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put lists below each other, ordered by table (in the order they first appear) and row."""
    joined = pd.concat(list(pieces), ignore_index=True)
    place = {name: number for number, name in enumerate(joined["table"].unique())}
    ordered = joined.assign(PLACE=joined["table"].map(place)).sort_values(["PLACE", "row"], kind="stable")
    return ordered.drop(columns="PLACE").reset_index(drop=True)
