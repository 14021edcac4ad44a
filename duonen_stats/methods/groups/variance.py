"""Test of equal variances."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.groups.means import f_ratio
from duonen_stats.methods.groups.omnibus import OmnibusResult
from duonen_stats.methods.inputs.admit import (
    FloatArray,
    Groups,
    admit_groups,
    as_p,
)
from duonen_stats.methods.inputs.convention import LeveneCenter

# Deviations that differ by less than this times the values themselves are the same number on paper.
_NOISE = 8 * float(np.finfo(np.float64).eps)


def levene(groups: Mapping[str, ArrayLike], *, center: LeveneCenter = "mean") -> OmnibusResult:
    """Compare the spread of two or more groups by the absolute deviations from their centres.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped and counted.
    center
        ``"mean"`` is Levene's test as SPSS has it; ``"median"`` is Brown and Forsythe's, the default of R's
        ``car`` and of scipy. The two can differ by a factor of 70 in p.

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``group_too_small``: one value in every group; ``zero_variance``:
        the deviations have no spread within any group, as with all groups constant or of two values;
        ``non_finite``.

    References
    ----------
    Levene (1960) in Olkin, Contributions to Probability and Statistics, 278-292; Brown & Forsythe
    (1974) JASA 69:364-367.

    Examples
    --------
    >>> from duonen_stats.methods import levene
    >>> found = levene({"A": [1, 2, 3], "B": [1, 5, 9]}, center="median")
    >>> round(found.statistic, 3), round(found.p_value, 3)
    (2.118, 0.219)
    """
    if center not in ("mean", "median"):
        raise DataError(f"Levene's test is centred at the mean or the median, not {center!r}.")
    admitted = admit_groups(groups)
    deviations = {name: _deviations(values, center) for name, values in admitted.samples.items()}
    try:
        f, df1, df2 = f_ratio(Groups(deviations, admitted.n, admitted.n_missing))
    except NotEstimable as error:
        raise NotEstimable(
            error.reason, admitted.n, "The deviations have no spread within the groups."
        ) from error
    return OmnibusResult(
        test="levene",
        statistic=f,
        df1=df1,
        df2=df2,
        p_value=as_p(special.fdtrc(df1, df2, f)),
        n=admitted.n,
        n_missing=admitted.n_missing,
        method=f"Levene's test, centred at the {center}",
        note=admitted.note,
    )


def _deviations(values: FloatArray, center: LeveneCenter) -> FloatArray:
    """Absolute deviations from the centre; made equal if they differ by rounding error only."""
    middle = values.mean() if center == "mean" else np.median(values)
    deviations = np.abs(values - middle)
    if np.ptp(deviations) <= _NOISE * np.abs(values).max():
        return np.full_like(deviations, deviations.mean())
    return deviations
