"""The baseline of each patient and analyte, beside every record."""

import pandas as pd

from duonen_stats.datasets.metadata.frames import require_columns, require_unique


def add_baseline(labs: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Copy columns of the baseline record to every record of the patient and analyte.

    Parameters
    ----------
    labs
        ``SUBJID``, ``PARAMCD``, ``ABLFL`` and the columns to copy.
    columns
        From which column to which, e.g. ``{"AVAL": "BASE", "ANRIND": "BNRIND"}``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order; without a baseline record the new columns are missing: nothing is imputed.

    Raises
    ------
    DataError
        A column is absent, or a patient has two baseline records of an analyte.
    """
    require_columns(labs, "SUBJID", "PARAMCD", "ABLFL", *columns)
    baseline = labs.loc[labs["ABLFL"] == "Y", ["SUBJID", "PARAMCD", *columns]]
    require_unique(baseline, "SUBJID", "PARAMCD")
    copied = baseline.set_index(["SUBJID", "PARAMCD"]).rename(columns=columns)
    return labs.join(copied, on=["SUBJID", "PARAMCD"])
