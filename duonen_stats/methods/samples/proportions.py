"""One proportion and the difference of two, with intervals that hold for small samples.

Limits of one proportion are scipy's. The difference is three lines of them: scipy 1.17.1 has none, and statsmodels'
``confint_proportions_2indep`` (0.15.0), equal to 3e-14, takes a third of a second to load: it confirms.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scipy import stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import require_confidence

ProportionMethod = Literal["wilson", "wilson_cc", "clopper_pearson"]
DifferenceMethod = Literal["newcombe", "newcombe_cc"]

_SCIPY_NAME: dict[str, Literal["wilson", "wilsoncc", "exact"]] = {
    "wilson": "wilson",
    "wilson_cc": "wilsoncc",
    "clopper_pearson": "exact",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionResult:
    """``count`` of ``n`` as a fraction, with its limits."""

    count: int
    n: int
    estimate: float
    lower: float
    upper: float
    confidence: float
    method: ProportionMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionDifference:
    """The first proportion minus the second, with its limits."""

    first: ProportionResult
    second: ProportionResult
    difference: float
    lower: float
    upper: float
    confidence: float
    method: DifferenceMethod


def proportion_ci(
    count: int, n: int, *, method: ProportionMethod = "wilson", confidence: float = 0.95
) -> ProportionResult:
    """Estimate a proportion with limits.

    Parameters
    ----------
    count, n
        Subjects with the feature, and all subjects; whole numbers, 0 <= ``count`` <= ``n``.
    method
        ``"wilson"`` (score), ``"wilson_cc"`` (with continuity correction, R's ``prop.test``) or
        ``"clopper_pearson"`` (exact, R's ``binom.test``).
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``empty_group``: ``n`` is 0.
    DataError
        ``count`` or ``n`` is not a count.

    References
    ----------
    Wilson (1927) JASA 22:209-212; Clopper & Pearson (1934) Biometrika 26:404-413; Newcombe (1998)
    Stat Med 17:857-872.

    Examples
    --------
    >>> from duonen_stats.methods import proportion_ci
    >>> found = proportion_ci(3, 12)
    >>> found.estimate, round(found.lower, 4), round(found.upper, 4)
    (0.25, 0.0889, 0.5323)
    """
    if method not in _SCIPY_NAME:
        raise DataError(f"{method!r} is not an interval for a proportion.")
    if not 0 <= count <= n or count != int(count) or n != int(n):
        raise DataError(f"{count} of {n} is not a proportion.")
    if n == 0:
        raise NotEstimable("empty_group", {"all": 0}, "nobody is in this group")
    lower, upper = _limits(int(count), int(n), _SCIPY_NAME[method], require_confidence(confidence))
    return ProportionResult(
        count=int(count),
        n=int(n),
        estimate=count / n,
        lower=lower if count else 0.0,
        upper=upper if count < n else 1.0,
        confidence=confidence,
        method=method,
    )


@lru_cache(maxsize=4096)
def _limits(
    count: int, n: int, name: Literal["wilson", "wilsoncc", "exact"], confidence: float
) -> tuple[float, float]:
    """Limits by scipy, kept: it finds exact ones by iteration, and tables of rare events ask for few pairs often."""
    interval = stats.binomtest(count, n).proportion_ci(confidence, name)
    return float(interval.low), float(interval.high)


def proportion_upper_limit(count: int, n: int, *, confidence: float = 0.95) -> float:
    """Give the upper limit of a one-sided exact interval from 0: a proportion is below it with this confidence.

    It is below the upper limit of the two-sided interval of the same level: 0 of 23 gives 12.2 % instead of 14.8 %.

    Raises
    ------
    NotEstimable
        ``empty_group``: ``n`` is 0.
    DataError
        ``count`` or ``n`` is not a count.

    References
    ----------
    Clopper & Pearson (1934) Biometrika 26:404-413. R: ``binom.test(count, n, alternative = "less")``.

    Examples
    --------
    >>> from duonen_stats.methods import proportion_upper_limit
    >>> round(proportion_upper_limit(0, 23), 4)
    0.1221
    """
    require_confidence(confidence)
    found = proportion_ci(count, n, method="clopper_pearson")  # refuses what is no proportion
    if found.count == found.n:
        return 1.0
    one_sided = stats.binomtest(found.count, found.n, alternative="less")
    return float(one_sided.proportion_ci(confidence, "exact").high)


def proportion_difference(
    count1: int,
    n1: int,
    count2: int,
    n2: int,
    *,
    method: DifferenceMethod = "newcombe",
    confidence: float = 0.95,
) -> ProportionDifference:
    """Estimate the difference of two independent proportions, first minus second.

    The limits are put together from the Wilson limits of the two proportions, with ``"newcombe_cc"`` from the
    continuity-corrected ones.

    Raises
    ------
    NotEstimable
        ``empty_group``: ``n1`` or ``n2`` is 0.
    DataError
        A count is not a count, or the method is not known.

    References
    ----------
    Newcombe (1998) Stat Med 17:873-890, methods 10 and 11.

    Examples
    --------
    >>> from duonen_stats.methods import proportion_difference
    >>> found = proportion_difference(9, 12, 3, 12)
    >>> found.difference, round(found.lower, 3), round(found.upper, 3)
    (0.5, 0.101, 0.728)
    """
    if method not in ("newcombe", "newcombe_cc"):
        raise DataError(f"{method!r} is not an interval for a difference of proportions.")
    single: ProportionMethod = "wilson" if method == "newcombe" else "wilson_cc"
    first = proportion_ci(count1, n1, method=single, confidence=confidence)
    second = proportion_ci(count2, n2, method=single, confidence=confidence)
    difference = first.estimate - second.estimate
    below = ((first.estimate - first.lower) ** 2 + (second.upper - second.estimate) ** 2) ** 0.5
    above = ((first.upper - first.estimate) ** 2 + (second.estimate - second.lower) ** 2) ** 0.5
    return ProportionDifference(
        first=first,
        second=second,
        difference=difference,
        lower=difference - below,
        upper=difference + above,
        confidence=confidence,
        method=method,
    )
