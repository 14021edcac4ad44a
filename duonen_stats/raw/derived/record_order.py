"""The order of records in a raw table: by what they hold, never by where their file had them.

The line of a file reveals more than it seems to: a table that was sorted by arm has all arms in its line numbers. It
also differs between formats. So records are numbered by patient, date and key, and of two records of which a rule
wants the later one, the later is the one with the greater number.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats.methods.inputs.admit import IntArray
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.study import RawTable, Study


def record_numbers(frame: pd.DataFrame, table: RawTable) -> "pd.Series[int]":
    """Return the number of each record of a raw table, by patient, date, key and the rest of what they hold.

    Parameters
    ----------
    frame
        The raw table, or some of its records, with the columns of the dictionary.
    table
        Its description: of its dates the first is the one that counts.

    Returns
    -------
    pandas.Series
        int64 from 1, indexed like ``frame``. Empty cells come last. Records alike in every cell are numbered as they
        stand: which is which makes no difference.

    Examples
    --------
    >>> from duonen_stats import load_study, read_cut
    >>> study = load_study()
    >>> rows = read_cut(study).tables["subjects"].iloc[::-1]
    >>> record_numbers(rows, study.table("subjects")).tolist()[:3]
    [56, 55, 54]
    """
    names = [column.name for column in table.columns if column.name in frame.columns]
    patient = [name for name in ("SUBJID",) if name in names]
    dates = [column.name for column in table.columns if column.type == "date" and column.name in names]
    key = [name for name in table.key if name in names]
    first = [*dict.fromkeys([*patient, *dates[:1], *key])]
    numbers = np.empty(len(frame), dtype="int64")
    numbers[_sequence(frame, first, [*dict.fromkeys([*first, *names])])] = np.arange(1, len(frame) + 1)
    return pd.Series(numbers, index=frame.index, dtype="int64")


def _sequence(frame: pd.DataFrame, first: list[str], names: list[str]) -> IntArray:
    """Return the places of the records in their order: by some columns, and if need be by all."""
    everything = np.arange(len(frame), dtype="int64")
    if not names or len(frame) < 2:  # noqa: PLR2004 - one record is in order
        return everything
    ranks = [_ranks(frame[name]) for name in first]
    found = np.lexsort(ranks[::-1]) if ranks else everything
    same = np.ones(len(frame) - 1, dtype=np.bool_)
    for rank in ranks:
        same &= rank[found][1:] == rank[found][:-1]
    # The rest of a record decides only between records of one patient, date and key, which are rare.
    return np.lexsort([_ranks(frame[name]) for name in names][::-1]) if same.any() else found


def _ranks(values: pd.Series) -> IntArray:
    """Return a number for each value of a column, by their order; a missing one comes last."""
    codes, _ = pd.factorize(values, sort=True)
    return np.where(codes < 0, len(values), codes)


def in_record_order(cut: Cut, study: Study) -> Cut:
    """Return a cut whose tables are sorted by their record numbers, which ``_ROW`` holds instead of the lines.

    Parameters
    ----------
    cut
        A data cut, of which a table or a column may be absent. It is not changed.
    study
        The study it belongs to.

    Returns
    -------
    Cut
        The same records: two cuts that differ only in the order of their files give the same.
    """
    known = {table.name: table for table in study.tables}
    return replace(
        cut, tables={name: _sorted(frame, known[name]) for name, frame in cut.tables.items() if name in known}
    )


def _sorted(frame: pd.DataFrame, table: RawTable) -> pd.DataFrame:
    numbers = record_numbers(frame, table).to_numpy()
    place = np.empty_like(numbers)
    place[numbers - 1] = np.arange(numbers.size)
    # In the order of the columns that it has: the number takes the place of the line.
    return (
        frame.take(place)
        .reset_index(drop=True)
        .assign(**{ROW: np.arange(1, numbers.size + 1, dtype="int64")})
    )
