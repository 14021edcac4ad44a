"""Columns that follow with certainty from typed tables: visits from the dates of cycles, numbers of records."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.raw.derived.visits import add_target_distance, place_visits
from duonen_stats.study import Study

Rows = NDArray[np.bool_]


def with_visits(labs: pd.DataFrame, rows: Rows, administrations: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Give laboratory records without a visit the one that their date says.

    Parameters
    ----------
    labs
        The raw table.
    rows
        Which records have no visit and are to get one.
    administrations
        The raw table, with the dates of the cycles.
    study
        Visits with their windows.

    Returns
    -------
    pandas.DataFrame
        Same rows and order. All records of a patient and day are one sample. It belongs to the visit whose window
        holds its day, of two windows the one whose target day is closer; of several samples in a window the visit is
        that of the one closest to the target day, then of the later one. The others, and those in no window, are
        unscheduled. A record without a patient or a date stays without visit.
    """
    known = rows & labs["SUBJID"].notna().to_numpy() & labs["LBDT"].notna().to_numpy()
    if not known.any():
        return labs
    visits = {visit.code for visit in study.visits}
    codes = (code.code for code in study.table("labs").column("VISIT").codes)
    unscheduled = next(code for code in codes if code not in visits)
    samples = labs.loc[known, ["SUBJID", "LBDT"]].drop_duplicates(ignore_index=True)
    samples = samples.assign(VISIT=unscheduled, _ROW=samples.index)
    cycles = administrations[["SUBJID", "CYCLE", "EXDT"]].dropna().drop_duplicates(["SUBJID", "CYCLE"])
    placed = place_visits(samples, cycles, study)[["SUBJID", "LBDT", "AVISIT"]]
    dated = add_target_distance(placed, cycles, study)
    ranked = dated.sort_values(["AWTDIFF", "LBDT"], ascending=[True, False], kind="stable")
    first = ranked.dropna(subset=["AVISIT"]).drop_duplicates(["SUBJID", "AVISIT"])
    chosen = first.set_index(["SUBJID", "LBDT"])["AVISIT"]
    wanted = pd.MultiIndex.from_frame(labs.loc[known, ["SUBJID", "LBDT"]])
    found = chosen.reindex(wanted).fillna(unscheduled).to_numpy(dtype=object)
    visit = labs["VISIT"].to_numpy(dtype=object).copy()
    visit[known] = found
    return labs.assign(VISIT=pd.Series(visit, index=labs.index, dtype=object))


def with_numbers(frame: pd.DataFrame, rows: Rows, column: str, by: Sequence[str]) -> pd.DataFrame:
    """Give the records of each patient numbers that do not depend on the order of the file.

    Parameters
    ----------
    frame
        A raw table with ``SUBJID``.
    rows
        Which records get a number.
    column
        Takes the numbers, from 1.
    by
        Columns in whose order records are numbered; where they do not decide, all other columns do.

    Returns
    -------
    pandas.DataFrame
        Same rows and order.
    """
    others = [name for name in frame.columns if name not in {"SUBJID", column, "_ROW", *by}]
    part = frame.loc[rows].sort_values(["SUBJID", *by, *others], kind="stable")
    numbers = part.groupby("SUBJID", sort=False).cumcount() + 1
    return frame.assign(**{column: frame[column].where(~rows, numbers.reindex(frame.index)).astype("Int64")})
