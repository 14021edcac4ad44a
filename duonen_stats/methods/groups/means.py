"""Analysis of variance, classical and Welch's, and a test of equal variances.

Levene's test is scipy's. The analyses of variance are written out: ``scipy.stats.f_oneway`` (1.17.1) agrees on the
reference cases, but subtracts sums of squares, so that F has 9 digits where means are 10,000 standard deviations apart
and 4 where they are a million; and it gives no degrees of freedom, which Welch's test has to report. statsmodels'
``anova_oneway`` is right, but takes half a second to load: it confirms.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.groups.omnibus import OmnibusResult
from duonen_stats.methods.inputs.admit import (
    FloatArray,
    Groups,
    admit_groups,
    as_p,
    is_constant,
    require_group_size,
)
from duonen_stats.methods.inputs.convention import LeveneCenter

# Analysis of variance: classical and Welch's.


def anova(groups: Mapping[str, ArrayLike]) -> OmnibusResult:
    """Compare the means of two or more groups, their variances taken as equal.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped and counted.

    Returns
    -------
    OmnibusResult
        F, its degrees of freedom and p; eta squared, epsilon squared and omega squared (the last two may
        be negative).

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``: fewer than two groups to compare; ``group_too_small``: one value
        in every group; ``zero_variance``: no spread within any group; ``non_finite``.

    References
    ----------
    Fisher's one-way analysis of variance; Olejnik & Algina (2003) Psychol. Methods 8:434-447 for the
    effect sizes.

    Examples
    --------
    >>> from duonen_stats.methods import anova
    >>> found = anova({"A": [1, 2, 3], "B": [2, 3, 4], "C": [6, 7, 8]})
    >>> found.statistic, found.df1, found.df2, round(found.p_value, 4)
    (21.0, 2, 6, 0.002)
    """
    admitted = admit_groups(groups)
    f, df1, df2 = _f_ratio(admitted)
    explained = f * df1 / (f * df1 + df2)
    return OmnibusResult(
        test="anova",
        statistic=f,
        df1=df1,
        df2=df2,
        p_value=as_p(special.fdtrc(df1, df2, f)),
        n=admitted.n,
        n_missing=admitted.n_missing,
        method="one-way analysis of variance",
        eta_squared=explained,
        epsilon_squared=(f - 1) * df1 / (f * df1 + df2),
        omega_squared=(f - 1) * df1 / (f * df1 + df2 + 1),
        note=admitted.note,
    )


def _f_ratio(groups: Groups) -> tuple[float, int, int]:
    """F, df1 and df2 of the one-way layout; ``NotEstimable`` if there is no spread within the groups."""
    samples = list(groups.samples.values())
    df1, df2 = len(samples) - 1, groups.total - len(samples)
    if df2 == 0:
        raise NotEstimable("group_too_small", groups.n, "Every group has one value only.")
    if all(is_constant(values) for values in samples):
        raise NotEstimable("zero_variance", groups.n, "No group has any spread.")
    # Distances from the grand mean, so that a large common level costs no digits.
    grand = float(np.concatenate(samples).mean())
    between = sum(values.size * (float(values.mean()) - grand) ** 2 for values in samples)
    within = sum(float(((values - values.mean()) ** 2).sum()) for values in samples)
    return (between / df1) / (within / df2), df1, df2


def welch_anova(groups: Mapping[str, ArrayLike]) -> OmnibusResult:
    """Compare the means of two or more groups without taking their variances as equal.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped and counted.

    Returns
    -------
    OmnibusResult
        F, its degrees of freedom (``df2`` is not whole) and p. No effect size belongs to this test.

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``group_too_small``: a group has one value; ``zero_variance``: no
        group has any spread; ``zero_variance_group``: a group has none; ``non_finite``.

    References
    ----------
    Welch (1951) Biometrika 38:330-336.

    Examples
    --------
    >>> from duonen_stats.methods import welch_anova
    >>> found = welch_anova({"A": [1, 2, 3], "B": [2, 3, 4], "C": [6, 7, 11]})
    >>> round(found.statistic, 3), round(found.p_value, 4)
    (5.763, 0.0729)
    """
    admitted = admit_groups(groups)
    require_group_size(admitted, 2)
    require_spread(admitted)
    samples = list(admitted.samples.values())
    k = len(samples)
    n = np.array([values.size for values in samples], dtype=np.float64)
    means = np.array([values.mean() for values in samples])
    weights = n / np.array([values.var(ddof=1) for values in samples])
    share = weights / weights.sum()
    centred = means - float(share @ means)
    excess = float(((1 - share) ** 2 / (n - 1)).sum()) / (k**2 - 1)
    f = float(weights @ centred**2) / (k - 1) / (1 + 2 * (k - 2) * excess)
    df2 = 1 / (3 * excess)
    return OmnibusResult(
        test="welch_anova",
        statistic=f,
        df1=k - 1,
        df2=df2,
        p_value=as_p(special.fdtrc(k - 1, df2, f)),
        n=admitted.n,
        n_missing=admitted.n_missing,
        method="Welch's analysis of variance",
        note=admitted.note,
    )


def require_spread(groups: Groups) -> None:
    """Raise ``NotEstimable`` if all groups (``zero_variance``) or one of them has no spread."""
    constant = [name for name, values in groups.samples.items() if is_constant(values)]
    if len(constant) == len(groups.samples):
        raise NotEstimable("zero_variance", groups.n, "No group has any spread.")
    if constant:
        raise NotEstimable("zero_variance_group", groups.n, f"All values are equal in {', '.join(constant)}.")


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
    if all(is_constant(values) for values in deviations.values()):
        reason = "zero_variance" if admitted.total > len(deviations) else "group_too_small"
        raise NotEstimable(reason, admitted.n, "The deviations have no spread within the groups.")
    found = stats.levene(*admitted.samples.values(), center=center)
    return OmnibusResult(
        test="levene",
        statistic=float(found.statistic),
        df1=len(deviations) - 1,
        df2=admitted.total - len(deviations),
        p_value=as_p(float(found.pvalue)),
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
