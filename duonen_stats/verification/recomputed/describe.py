"""Counts, percentages with limits and descriptions, by pandas, numpy, scipy and statsmodels."""

import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from duonen_stats.study import Study
from duonen_stats.verification.second_numbers import SecondNumbers

Floats: TypeAlias = NDArray[Any]
ALL = "all"
PANDAS, NUMPY, SCIPY, STATSMODELS, LIFELINES = "pandas", "numpy", "scipy", "statsmodels", "lifelines"
_QUANTILES: dict[int, Any] = {
    1: "inverted_cdf", 2: "averaged_inverted_cdf", 3: "closest_observation", 4: "interpolated_inverted_cdf",
    5: "hazen", 6: "weibull", 7: "linear", 8: "median_unbiased", 9: "normal_unbiased",
}  # fmt: skip
"""numpy's names of the definitions of Hyndman and Fan."""
_FEWEST_PAIRS = 3
"""Two points always lie on a line."""
_PERFECT = 1e-12
"""How near 1 a rank correlation is that is 1 but for arithmetic."""
_LIMITS = {"clopper_pearson": "beta", "wilson": "wilson"}
"""statsmodels' names of limits of proportions."""


def each_group(
    frame: pd.DataFrame, arm: str, study: Study, *, total: bool = True
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield all rows (``"all"``, if ``total``) and those of each arm of the trial, empty or not."""
    if total:
        yield ALL, frame
    for one in study.arms:
        yield one.code, frame.loc[frame[arm].eq(one.code)]


def present(values: "pd.Series[float] | Floats") -> Floats:
    """Return the values that are numbers."""
    numbers = np.asarray(values, dtype=float)
    kept: Floats = numbers[np.isfinite(numbers)]
    return kept


def describe(
    out: SecondNumbers,
    block: str,
    values: "pd.Series[float] | Floats",
    population: int,
    plan: SimpleNamespace,
) -> None:
    """Add n, n_missing, mean, SD, median, quartiles by the plan's definition, minimum and maximum."""
    known = pd.Series(present(values), dtype=float)
    out.add(f"{block}.n", len(known), PANDAS)
    out.add(f"{block}.n_missing", population - len(known), PANDAS)
    if known.empty:
        return
    out.add(f"{block}.mean", known.mean(), PANDAS)
    out.add(f"{block}.sd", known.std(ddof=1), PANDAS)
    for name, share in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
        out.add(f"{block}.{name}", quantile(known.to_numpy(), share, plan), NUMPY)
    out.add(f"{block}.min", known.min(), PANDAS)
    out.add(f"{block}.max", known.max(), PANDAS)


def quantile(values: Floats, share: float, plan: SimpleNamespace) -> float:
    """Return a quantile by the plan's definition."""
    return float(np.quantile(values, share, method=_QUANTILES[plan.quantile_type]))


def whiskers(
    out: SecondNumbers, block: str, values: "pd.Series[float] | Floats", plan: SimpleNamespace
) -> None:
    """Add the furthest values within 1.5 box lengths of the box; a value on the fence is within."""
    known = present(values)
    if not known.size:
        return
    low, high = quantile(known, 0.25, plan), quantile(known, 0.75, plan)
    reach = round(1.5 * (high - low), plan.difference_decimals)
    below, above = (np.round(gap, plan.difference_decimals) for gap in (low - known, known - high))
    for name, gap, furthest in (("whisker_low", below, min), ("whisker_high", above, max)):
        inside = known[(gap >= 0) & (gap <= reach)]
        if inside.size:
            out.add(f"{block}.{name}", furthest(inside), NUMPY)


def count(out: SecondNumbers, block: str, part: int, whole: int) -> None:
    """Add a number and its percentage."""
    out.add(f"{block}.n", part, PANDAS)
    if whole:
        out.add(f"{block}.pct", 100 * part / whole, PANDAS)


def rate(out: SecondNumbers, block: str, part: int, whole: int, plan: SimpleNamespace) -> None:
    """Add a number, its percentage, and the limits of it by statsmodels."""
    count(out, block, part, whole)
    if whole:
        low, high = proportion_limits(part, whole, plan)
        out.add(f"{block}.ci_low", 100 * low, STATSMODELS)
        out.add(f"{block}.ci_high", 100 * high, STATSMODELS)


def proportion_limits(part: int, whole: int, plan: SimpleNamespace) -> tuple[float, float]:
    """Return two-sided limits of a proportion by the plan's method."""
    method = _LIMITS[plan.proportion_limits]
    low, high = proportion_confint(part, whole, alpha=1 - plan.confidence, method=method)
    return float(low), float(high)


def none_at_most(n: int, plan: SimpleNamespace) -> float:
    """Return the upper exact limit of a probability if none of ``n`` had the event."""
    return float(proportion_confint(0, n, alpha=1 - plan.confidence, method="beta")[1])


def bounds(out: SecondNumbers, block: str, cases: int, unknown: int, whole: int) -> None:
    """Add between which percentages the truth lies, whatever is true of those not known."""
    if whole:
        out.add(f"{block}.bound_low", 100 * cases / whole, PANDAS)
        out.add(f"{block}.bound_high", 100 * (cases + unknown) / whole, PANDAS)


def difference_of_proportions(
    out: SecondNumbers,
    block: str,
    name: str,
    treated: tuple[int, int],
    control: tuple[int, int],
    plan: SimpleNamespace,
) -> None:
    """Add the difference of two proportions in percentage points with Newcombe's limits, by statsmodels."""
    if not (treated[1] and control[1]):
        return
    low, high = confint_proportions_2indep(
        *treated, *control, method="newcomb", compare="diff", alpha=1 - plan.confidence
    )
    out.add(f"{block}.{name}", 100 * (treated[0] / treated[1] - control[0] / control[1]), PANDAS)
    out.add(f"{block}.ci_low", 100 * float(low), STATSMODELS)
    out.add(f"{block}.ci_high", 100 * float(high), STATSMODELS)


def perfect_p(values: Floats) -> float:
    """Return the share of pairings of values with as many others that are as far from 0 as a perfect rank correlation.

    They exchange tied values; where the ties of the reverse order are the same, the opposite correlation counts too.

    Examples
    --------
    >>> perfect_p(np.array([1.0, 5.0, 9.0])), perfect_p(np.array([1.0, 1.0, 9.0]))
    (0.3333333333333333, 0.3333333333333333)
    """
    ties = np.unique(values, return_counts=True)[1].tolist()
    sides = 2 if ties == ties[::-1] else 1
    return min(1.0, sides * math.prod(map(math.factorial, ties)) / math.factorial(values.size))


def correlate(out: SecondNumbers, block: str, x: Floats, y: Floats, plan: SimpleNamespace) -> None:
    """Add Spearman's and Pearson's correlation of complete pairs, by scipy."""
    complete = np.isfinite(x) & np.isfinite(y)
    x, y = x[complete], y[complete]
    out.add(f"{block}.n", x.size, PANDAS)
    if x.size < max(plan.min_group, _FEWEST_PAIRS):
        return
    sized_x, sized_y = (np.round(values, plan.difference_decimals) for values in (x, y))
    z = stats.norm.ppf(0.5 + plan.confidence / 2)
    if np.ptp(sized_x) > 0 and np.ptp(sized_y) > 0:
        ranked = stats.spearmanr(sized_x, sized_y)
        rho = float(ranked.statistic)
        out.add(f"{block}.spearman.rho", rho, SCIPY)
        if abs(rho) >= 1 - _PERFECT:
            out.add(f"{block}.spearman.p", perfect_p(sized_x), NUMPY)
        else:
            out.add(f"{block}.spearman.p", float(ranked.pvalue), SCIPY)
            if x.size > 3:  # noqa: PLR2004 - the variance is over n - 3
                # Bonett and Wright (2000): the variance of the transformed coefficient is (1 + rho²/2) / (n - 3).
                half = z * np.sqrt((1 + rho**2 / 2) / (x.size - 3))
                out.add(f"{block}.spearman.ci_low", np.tanh(np.arctanh(rho) - half), SCIPY)
                out.add(f"{block}.spearman.ci_high", np.tanh(np.arctanh(rho) + half), SCIPY)
    if np.ptp(x) > 0 and np.ptp(y) > 0:
        linear = stats.pearsonr(x, y)
        out.add(f"{block}.pearson.r", linear.statistic, SCIPY)
        if abs(linear.statistic) < 1:
            out.add(f"{block}.pearson.p", linear.pvalue, SCIPY)
            if x.size > 3:  # noqa: PLR2004 - the variance is over n - 3
                limits = linear.confidence_interval(plan.confidence)
                out.add(f"{block}.pearson.ci_low", limits.low, SCIPY)
                out.add(f"{block}.pearson.ci_high", limits.high, SCIPY)
