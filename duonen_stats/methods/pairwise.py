"""Pairwise comparisons of means: Tukey and Games-Howell."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.door import (
    Groups,
    admit_groups,
    as_p,
    is_constant,
    require_confidence,
    require_group_size,
)
from duonen_stats.methods.means import require_spread
from duonen_stats.methods.studentized_range import range_quantile, range_sf


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """Mean of group ``a`` minus mean of group ``b``, in the unit of the data.

    ``statistic`` is the size of the difference in standard errors, never negative; the limits are
    simultaneous over all pairs at the level ``confidence``.
    """

    a: str
    b: str
    difference: float
    ci_low: float
    ci_high: float
    statistic: float
    df: float
    p_value: float
    method: str
    confidence: float


def tukey_hsd(groups: Mapping[str, ArrayLike], *, confidence: float = 0.95) -> list[PairResult]:
    """Compare the means of every pair of groups, variances taken as equal, family-wise error held.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped.
    confidence
        Simultaneous level of the limits.

    Returns
    -------
    list of PairResult
        In the order of the names; a group without values has no pairs.

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``group_too_small``: a group of one value; ``zero_variance``: no
        group has any spread; ``non_finite``.

    Source: Tukey (1953); Kramer (1956) Biometrics 12:307-310 for unequal sizes.
    """
    admitted = admit_groups(groups)
    require_group_size(admitted, 2)
    samples = admitted.samples
    if all(is_constant(values) for values in samples.values()):
        raise NotEstimable("zero_variance", admitted.n, "No group has any spread.")
    df = float(admitted.total - len(samples))
    pooled = sum(float(values.var()) * values.size for values in samples.values()) / df
    variance = {name: pooled / values.size for name, values in samples.items()}
    pairs = dict.fromkeys(combinations(samples, 2), df)
    return _compare(admitted, variance, pairs, confidence, "Tukey's HSD")


def games_howell(groups: Mapping[str, ArrayLike], *, confidence: float = 0.95) -> list[PairResult]:
    """Compare the means of every pair of groups, variances not taken as equal.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped.
    confidence
        Simultaneous level of the limits.

    Returns
    -------
    list of PairResult
        In the order of the names; a group without values has no pairs.

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``group_too_small``: a group of one value; ``zero_variance``: no
        group has any spread; ``zero_variance_group``: one has none; ``non_finite``.

    Source: Games & Howell (1976) J. Educ. Stat. 1(2):113-125.
    """
    admitted = admit_groups(groups)
    require_group_size(admitted, 2)
    require_spread(admitted)
    samples = admitted.samples
    variance = {name: float(values.var(ddof=1)) / values.size for name, values in samples.items()}
    pairs = {
        (a, b): (variance[a] + variance[b]) ** 2
        / (variance[a] ** 2 / (samples[a].size - 1) + variance[b] ** 2 / (samples[b].size - 1))
        for a, b in combinations(samples, 2)
    }
    return _compare(admitted, variance, pairs, confidence, "Games–Howell")


def _compare(
    groups: Groups,
    variance: Mapping[str, float],
    pairs: Mapping[tuple[str, str], float],
    confidence: float,
    method: str,
) -> list[PairResult]:
    """Pairs from the variance of each mean and the degrees of freedom of each pair."""
    require_confidence(confidence)
    k = len(groups.samples)
    mean = {name: float(values.mean()) for name, values in groups.samples.items()}
    results = []
    for (a, b), df in pairs.items():
        difference = mean[a] - mean[b]
        error = float(np.sqrt(variance[a] + variance[b]))
        # The studentized range counts in standard deviations of one mean, hence the root of two.
        margin = range_quantile(confidence, k, df) * error / np.sqrt(2)
        statistic = abs(difference) / error
        results.append(
            PairResult(
                a=a,
                b=b,
                difference=difference,
                ci_low=difference - float(margin),
                ci_high=difference + float(margin),
                statistic=statistic,
                df=df,
                p_value=as_p(range_sf(statistic * float(np.sqrt(2)), k, df)),
                method=method,
                confidence=confidence,
            )
        )
    return results
