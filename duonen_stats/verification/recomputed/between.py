"""Comparisons of a measurement between arms and between visits, by scipy, statsmodels and plain numpy."""

import warnings
from collections.abc import Mapping
from itertools import combinations
from types import SimpleNamespace
from typing import Literal

import numpy as np
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from duonen_stats.verification.recomputed.describe import NUMPY, SCIPY, STATSMODELS, Floats, present
from duonen_stats.verification.recomputed.studentized_range import range_quantile, range_tail
from duonen_stats.verification.second_numbers import SecondNumbers

_CENTRES: Mapping[str, Literal["mean", "median"]] = {"spss23": "mean", "r": "median", "default": "median"}
_PAIR_TOLERANCE = 1e-6
"""Tail areas of the studentized range are integrated, here and there by other rules."""
_NO_SPREAD = 1e-12
"""Distances from the centre that differ by less than this part of a value are equal, as of two values always."""
_EXACT_RANKS = 49
"""Most pairs of which R, and this package, count out the distribution of signed ranks."""

Groups = Mapping[str, Floats]


def compare_groups(out: SecondNumbers, block: str, groups: Groups, plan: SimpleNamespace) -> float | None:
    """Add every comparison between arms; return p of the plan's test, None if there is none."""
    large = {
        name: present(values) for name, values in groups.items() if present(values).size >= plan.min_group
    }
    base = f"{block}.between"
    if len(large) < 2:  # noqa: PLR2004 - one arm has nothing to be compared with
        return None
    samples = [*large.values()]
    ranked = kruskal_wallis(out, f"{base}.kruskal_wallis", large, plan)
    found: dict[str, float | None] = {"kruskal_wallis": ranked, "anova": None, "welch_anova": None}
    constant = [np.ptp(values) == 0 for values in samples]
    if not all(constant):
        found["anova"] = _oneway(out, f"{base}.anova", samples, "equal")
    if not any(constant):
        found["welch_anova"] = _oneway(out, f"{base}.welch_anova", samples, "unequal")
    found["routed"] = _routed(out, base, large, found, plan)
    _pairs_of_means(out, base, large, plan)
    _dunn(out, base, large, plan)
    return found[plan.between_arm_test]


def kruskal_wallis(out: SecondNumbers, block: str, groups: Groups, plan: SimpleNamespace) -> float | None:
    """Add the test of Kruskal and Wallis, values equal at the plan's precision being ties."""
    samples = [np.round(present(values), plan.difference_decimals) for values in groups.values()]
    if np.ptp(np.concatenate(samples)) == 0:
        return None
    found = stats.kruskal(*samples)
    out.add(f"{block}.statistic", found.statistic, SCIPY)
    out.add(f"{block}.p", found.pvalue, SCIPY)
    return float(found.pvalue)


def compare_categories(out: SecondNumbers, block: str, groups: Groups, plan: SimpleNamespace) -> None:
    """Add the test of Kruskal and Wallis of categories that are all large enough; empty ones are left out."""
    known = {name: present(values) for name, values in groups.items() if present(values).size}
    enough = len(known) > 1 and min(values.size for values in known.values()) >= plan.min_group
    if enough:
        kruskal_wallis(out, block, known, plan)


def _oneway(out: SecondNumbers, block: str, samples: list[Floats], variances: str) -> float:
    if min(map(len, samples)) == 1:  # statsmodels asks for the variance of each group, scipy for that of all
        pooled = stats.f_oneway(*samples)
        out.add(f"{block}.statistic", pooled.statistic, SCIPY)
        out.add(f"{block}.p", pooled.pvalue, SCIPY)
        return float(pooled.pvalue)
    found = anova_oneway(samples, use_var=variances)
    out.add(f"{block}.statistic", found.statistic, STATSMODELS)
    out.add(f"{block}.p", found.pvalue, STATSMODELS)
    return float(found.pvalue)


def _routed(
    out: SecondNumbers, base: str, groups: Groups, found: Mapping[str, float | None], plan: SimpleNamespace
) -> float | None:
    """Add the tests of assumptions, and p of the test that they lead to, which is returned."""
    normal = True
    for name, values in groups.items():
        if values.size < 3 or np.ptp(values) == 0:  # noqa: PLR2004 - Shapiro and Wilk need three
            normal = False
            continue
        p = stats.shapiro(values).pvalue
        out.add(f"{base}.shapiro_wilk.{name}.p", p, SCIPY)
        normal &= bool(p >= plan.assumption_alpha)
    equal = None
    centre = np.mean if _CENTRES[plan.convention] == "mean" else np.median
    if any(
        np.ptp(np.abs(values - centre(values))) > _NO_SPREAD * np.abs(values).max()
        for values in groups.values()
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            equal = float(stats.levene(*[*groups.values()], center=_CENTRES[plan.convention]).pvalue)
    if equal is not None:
        out.add(f"{base}.levene.p", equal, SCIPY)
    test = "kruskal_wallis"
    if normal:
        test = "anova" if equal is not None and equal >= plan.assumption_alpha else "welch_anova"
    out.add(f"{base}.routed.p", found[test], SCIPY if test == "kruskal_wallis" else STATSMODELS)
    return found[test]


def _pairs_of_means(out: SecondNumbers, base: str, groups: Groups, plan: SimpleNamespace) -> None:
    """Add Tukey's and Games and Howell's comparisons, the later arm less the earlier."""
    k, names = len(groups), [*combinations(groups, 2)]
    size, mean, variance = (
        {name: f(values) for name, values in groups.items()}
        for f in (len, np.mean, lambda v: np.var(v, ddof=1) if len(v) > 1 else 0.0)
    )
    if all(np.ptp(values) == 0 for values in groups.values()):
        return
    difference = np.array([mean[b] - mean[a] for a, b in names])
    left = float(sum(size.values()) - k)
    pooled = sum((size[name] - 1) * variance[name] for name in groups) / left
    tukey = np.array([np.sqrt(pooled * (1 / size[a] + 1 / size[b])) for a, b in names])
    _compared(out, f"{base}.tukey_hsd", names, difference, tukey, np.full(len(names), left), k, plan)
    parts = np.array(
        [
            [variance[name] / size[name] if np.ptp(groups[name]) > 0 else 0.0 for name in pair]
            for pair in names
        ]
    )
    freedom = np.array([[size[name] - 1.0 for name in pair] for pair in names])
    usable = (parts.sum(axis=1) > 0) & (freedom > 0).all(axis=1)
    names = [pair for pair, good in zip(names, usable, strict=True) if good]
    parts, freedom, difference = parts[usable], freedom[usable], difference[usable]
    welch = parts.sum(axis=1) ** 2 / (parts**2 / freedom).sum(axis=1)
    _compared(out, f"{base}.games_howell", names, difference, np.sqrt(parts.sum(axis=1)), welch, k, plan)


def _compared(
    out: SecondNumbers,
    block: str,
    names: list[tuple[str, str]],
    difference: Floats,
    error: Floats,
    df: Floats,
    k: int,
    plan: SimpleNamespace,
) -> None:
    tail, _ = range_tail(np.abs(difference) / error * np.sqrt(2), k, df)
    half = range_quantile(plan.confidence, k, df) * error / np.sqrt(2)
    for number, (a, b) in enumerate(names):
        pair = f"{block}.{b}_vs_{a}"
        out.add(f"{pair}.difference", difference[number], NUMPY)
        out.add(
            f"{pair}.ci_low",
            difference[number] - half[number],
            NUMPY,
            tolerance=_PAIR_TOLERANCE,
            scale=half[number],
        )
        out.add(
            f"{pair}.ci_high",
            difference[number] + half[number],
            NUMPY,
            tolerance=_PAIR_TOLERANCE,
            scale=half[number],
        )
        out.add(f"{pair}.p", min(float(tail[number]), 1.0), NUMPY, tolerance=_PAIR_TOLERANCE)


def _dunn(out: SecondNumbers, base: str, groups: Groups, plan: SimpleNamespace) -> None:
    """Add Dunn's comparisons of mean ranks, corrected for ties, with statsmodels' adjustments.

    References
    ----------
    Dunn (1964) Technometrics 6:241-252.
    """
    together = np.round(np.concatenate([*groups.values()]), plan.difference_decimals)
    if np.ptp(together) == 0:
        return
    ranks = stats.rankdata(together)
    n = ranks.size
    _, ties = np.unique(together, return_counts=True)
    variance = (n * (n + 1) - float((ties**3 - ties).sum()) / (n - 1)) / 12
    sizes = [len(values) for values in groups.values()]
    means = {
        name: part.mean() for name, part in zip(groups, np.split(ranks, np.cumsum(sizes)[:-1]), strict=True)
    }
    size = dict(zip(groups, sizes, strict=True))
    names = [*combinations(groups, 2)]
    z = np.array([(means[a] - means[b]) / np.sqrt(variance * (1 / size[a] + 1 / size[b])) for a, b in names])
    p = 2 * stats.norm.sf(np.abs(z))
    for name, values in {"p": p, "holm": holm(p), "bonferroni": np.minimum(1.0, p.size * p)}.items():
        for (a, b), value in zip(names, values, strict=True):
            out.add(f"{base}.dunn.{b}_vs_{a}.{name}", value, SCIPY if name == "p" else NUMPY)


def holm(values: Floats) -> Floats:
    """Adjust p-values by Holm's method.

    statsmodels' ``multipletests`` gives the same, but collects garbage in the whole program at each call.

    References
    ----------
    Holm (1979) Scand J Stat 6:65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1))
    adjusted = np.empty(values.size)
    adjusted[order] = np.minimum(1.0, stepped)
    return adjusted


def signs_tail(ranks: Floats, positive: float) -> float:
    """Return the two-sided p of a sum of positive ranks, all signs being equally likely; ranks may be tied.

    scipy has it for untied ranks only.

    References
    ----------
    Streitberg and Roehmel (1986) Statistical Software Newsletter 12:10-17.

    Examples
    --------
    >>> signs_tail(np.array([1.0, 2.0, 3.0]), 6.0)
    0.25
    """
    ways = np.ones(1)  # patterns of signs by twice their sum of positive ranks
    for step in np.round(2 * ranks).astype(int):
        grown = np.zeros(ways.size + step)
        grown[: ways.size] += ways
        grown[step:] += ways
        ways = grown
    at = round(2 * positive)
    return float(min(1.0, 2 * min(ways[: at + 1].sum(), ways[at:].sum()) / ways.sum()))


def compare_visits(
    out: SecondNumbers, block: str, later: Floats, earlier: Floats, plan: SimpleNamespace
) -> None:
    """Add Wilcoxon's signed-rank test, as the plan's program has it, and the paired t test, by scipy."""
    both = np.isfinite(later) & np.isfinite(earlier)
    later, earlier = later[both], earlier[both]
    if later.size < plan.min_group:
        return
    change = later - earlier
    sized = np.round(change, plan.difference_decimals)
    base = f"{block}.paired"
    if np.any(sized != 0):
        moved = sized[sized != 0]
        ranks = stats.rankdata(np.abs(moved))
        regular = moved.size == sized.size and np.unique(ranks).size == ranks.size
        exact = moved.size <= _EXACT_RANKS and (
            plan.convention == "default" or (plan.convention == "r" and regular)
        )
        # R's correction for continuity is of the approximation: beside an exact p z has none.
        corrected = plan.convention == "r" and not exact
        found = stats.wilcoxon(sized, zero_method="wilcox", correction=corrected, method="asymptotic")  # type: ignore[call-overload]
        expected = moved.size * (moved.size + 1) / 4
        positive = ranks[moved > 0].sum()
        out.add(f"{base}.wilcoxon.z", np.sign(positive - expected) * abs(found.zstatistic), SCIPY)
        p = signs_tail(ranks, positive) if exact else float(found.pvalue)
        out.add(f"{base}.wilcoxon.p", p, NUMPY if exact else SCIPY)
    if change.size > 1 and np.ptp(sized) > 0:
        out.add(f"{base}.paired_t.difference", change.mean(), NUMPY)
        out.add(f"{base}.paired_t.p", stats.ttest_rel(later, earlier).pvalue, SCIPY)
