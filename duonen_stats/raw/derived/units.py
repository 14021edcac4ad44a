"""Units of laboratory values: the factor from the unit of a record to that of its analyte."""

import numpy as np
import pandas as pd

from duonen_stats.study import Study


def unit_factors(rows: pd.DataFrame, study: Study) -> pd.Series:
    """Find the factor that takes each record from its own unit to the unit of its analyte.

    Values, limits of normal and reference ranges are all converted by it, for the checks and for the datasets.

    Parameters
    ----------
    rows
        ``ANALYTE`` and ``UNIT``, as in the raw tables ``labs`` and ``reference_ranges``.
    study
        Analytes with their units.

    Returns
    -------
    pandas.Series
        float64, indexed like ``rows``; missing where the analyte or its unit is not known.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> rows = pd.DataFrame({"ANALYTE": ["HGB", "HGB", "HGB"], "UNIT": ["g/dL", "g/L", "stone"]})
    >>> unit_factors(rows, load_study()).tolist()
    [1.0, 0.1, nan]
    """
    known = {(one.code, unit): factor for one in study.analytes for unit, factor in one.factors.items()}
    pairs = zip(rows["ANALYTE"], rows["UNIT"], strict=True)
    return pd.Series([known.get(pair, np.nan) for pair in pairs], index=rows.index, dtype="float64")
