"""Units of laboratory values: the factor from the unit of a record to that of its analyte."""

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
        Analytes with their units; a unit is known in every spelling (:mod:`duonen_stats.study.unit_spelling`).

    Returns
    -------
    pandas.Series
        float64, indexed like ``rows``; missing where the analyte or its unit is not known.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> rows = pd.DataFrame({"ANALYTE": ["HGB", "HGB", "HGB"], "UNIT": ["g/dL", "g/l", "stone"]})
    >>> unit_factors(rows, load_study()).tolist()
    [1.0, 0.1, nan]
    """
    analytes = {one.code: one for one in study.all_analytes}
    pairs = [*zip(rows["ANALYTE"], rows["UNIT"], strict=True)]
    factors = {
        (code, unit): analytes[code].known_factor(unit)
        for code, unit in {*pairs}
        if code in analytes and isinstance(unit, str)
    }
    return pd.Series([factors.get(pair) for pair in pairs], index=rows.index, dtype="float64")
