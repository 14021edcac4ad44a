"""Compare: a measurement between arms, between categories, between visits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from duonen_stats import methods
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import OmnibusResult, PairResult
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow

Groups = Mapping[str, np.ndarray]
Omnibus = Callable[[Groups], OmnibusResult]


def _omnibus_tests(plan: Plan) -> Mapping[str, Omnibus]:
    """Name the tests of all groups; values equal at the plan's precision are ties where they are ranked."""
    return {
        "kruskal_wallis": partial(methods.kruskal_wallis, decimals=plan.difference_decimals),
        "anova": methods.anova,
        "welch_anova": methods.welch_anova,
    }


MeanPairs = Callable[..., list[PairResult]]
_MEAN_PAIRS: Mapping[str, MeanPairs] = {"games_howell": methods.games_howell, "tukey_hsd": methods.tukey_hsd}
_TITLES = {"kruskal_wallis": "Kruskal–Wallis test", "anova": "ANOVA", "welch_anova": "Welch's ANOVA"}
_ADJUSTMENTS: Mapping[str, Literal["none", "holm", "bonferroni"]] = {
    "p": "none",
    "holm": "holm",
    "bonferroni": "bonferroni",
}


ONLY_SOME = "; of groups "
"""Begins what a method adds where a group is too small to be compared."""


def routed_to(path: str) -> str:
    """Read from the method of a routed comparison which test it led to.

    Examples
    --------
    >>> routed_to("every group normal by Shapiro–Wilk, variances unequal by Levene → Welch's ANOVA, then Games–Howell")
    'welch_anova'
    """
    test = path.partition(" → ")[2]
    return (
        "anova"
        if test.startswith("ANOVA")
        else "welch_anova"
        if test.startswith("Welch")
        else "kruskal_wallis"
    )


def compare_groups(groups: Groups, about: About, plan: Plan) -> list[ResultRow]:
    """Compare k groups: every omnibus test, the route §2.6 would take, and every pairwise table.

    Rows ``<test>.statistic`` and ``<test>.p`` for Kruskal-Wallis, ANOVA and Welch; ``routed.p`` whose method
    is the path taken; ``levene.p`` and ``shapiro_wilk.<group>.p``; ``games_howell.<b>_vs_<a>.p`` with the
    difference and its limits, ``tukey_hsd`` the same; ``dunn.<b>_vs_<a>.p`` (unadjusted), ``.holm`` and
    ``.bonferroni``. All are computed, so that a reader sees what another choice would have said; the plan names
    the one that counts.
    A group of fewer than ``plan.min_group`` values is left out of every test, and the method says which were compared.
    """
    about = replace(about, group1="TRT01P" if not about.group1 else about.group1)
    large = {name: values for name, values in groups.items() if np.isfinite(values).sum() >= plan.min_group}
    rows = [
        row
        for name, test in _omnibus_tests(plan).items()
        for row in _omnibus(name, test, large, about.of(ids.between(about.id, name)))
    ]
    rows += _route(groups, large, about, plan)
    for name, pairs in _MEAN_PAIRS.items():
        rows += _mean_pairs(name, pairs, groups, large, about, plan)
    rows += _dunn(groups, large, about, plan)
    if len(large) == len(groups):
        return rows
    compared = f"{ONLY_SOME}{', '.join(large)} only" if large else ""
    return [replace(row, method=f"{row.method}{compared}") for row in rows]


def compare_planned(groups: Groups, about: About, plan: Plan) -> list[ResultRow]:
    """Compare categories by Kruskal-Wallis, or say which group is too small (``plan.min_group``).

    The plan's test is that between arms; categories of one arm are too few patients for the others. ``about`` is the
    block of the test itself.
    """
    sizes = {name: int(np.isfinite(values).sum()) for name, values in groups.items()}
    present = {name: values for name, values in groups.items() if sizes[name]}
    if len(present) < 2:  # noqa: PLR2004 - one category has nothing to be compared with
        verdict = NotEstimable("single_group", sizes, "fewer than two categories have patients")
    elif min(sizes[name] for name in present) < plan.min_group:
        verdict = NotEstimable(
            "group_too_small", sizes, f"a category has fewer than {plan.min_group} patients"
        )
    else:
        return _omnibus("kruskal_wallis", _omnibus_tests(plan)["kruskal_wallis"], present, about)
    return about.refused(verdict, "statistic", "p", method="Kruskal-Wallis")


def compare_visits(later: np.ndarray, earlier: np.ndarray, about: About, plan: Plan) -> list[ResultRow]:
    """Compare two visits of the same patients: Wilcoxon signed-rank by convention, paired t beside it.

    Of fewer patients than ``plan.min_group`` nothing is compared.
    """
    wilcoxon, paired_t = (about.of(ids.paired(about.id, name)) for name in ("wilcoxon", "paired_t"))
    both = int((np.isfinite(later) & np.isfinite(earlier)).sum())
    if 0 < both < plan.min_group:
        few = NotEstimable(
            "n_too_small", {"all": both}, f"fewer than {plan.min_group} patients have both values"
        )
        return [
            *wilcoxon.refused(few, "z", "p", method="Wilcoxon signed-rank"),
            *paired_t.refused(few, "difference", "p", method="paired t"),
        ]
    try:
        ranked = methods.wilcoxon_signed_rank(
            later, earlier, convention=plan.convention, decimals=plan.difference_decimals
        )
    except NotEstimable as verdict:
        rows = wilcoxon.refused(verdict, "z", "p", method="Wilcoxon signed-rank")
    else:
        block = wilcoxon
        pairs = ranked.n_pairs
        rows = [
            block.row("z", ranked.z, unit="", n=pairs, method=ranked.method),
            block.row("p", ranked.p_value, unit="", n=pairs, method=ranked.method),
        ]
    try:
        student = methods.paired_t(later, earlier, confidence=plan.confidence)
    except NotEstimable as verdict:
        return rows + paired_t.refused(verdict, "difference", "p", method="paired t")
    block = paired_t
    return [
        *rows,
        block.row(
            "difference", student.difference, n=student.n_x, method=student.method, label="Mean difference"
        ),
        block.row("p", student.p_value, unit="", n=student.n_x, method=student.method),
    ]


def _few_groups(groups: Groups) -> NotEstimable:
    sizes = {name: len(values) for name, values in groups.items()}
    return NotEstimable("single_group", sizes, "fewer than two arms have enough values to be compared")


def _omnibus(name: str, test: Omnibus, groups: Groups, block: About) -> list[ResultRow]:
    try:
        if len(groups) < 2:  # noqa: PLR2004 - one group has nothing to be compared with
            return block.refused(_few_groups(groups), "statistic", "p", method=_TITLES[name])
        found = test(groups)
    except NotEstimable as verdict:
        return block.refused(verdict, "statistic", "p", method=_TITLES[name])
    n = sum(found.n.values())
    return [
        block.row("statistic", found.statistic, unit="", n=n, method=found.method),
        block.row("p", found.p_value, unit="", n=n, method=found.method),
    ]


def _route(groups: Groups, large: Groups, about: About, plan: Plan) -> list[ResultRow]:
    """Say what the routing of §2.6 gives, and the assumptions it looks at; one that was not looked at says why."""
    block, levene = (about.of(ids.between(about.id, name)) for name in ("routed", "levene"))
    normality = {name: about.of(ids.normality(about.id, name), group1_level=name) for name in groups}
    try:
        if len(large) < 2:  # noqa: PLR2004 - one group has nothing to be compared with
            raise _few_groups(large)
        decision = methods.route(
            large,
            convention=plan.convention,
            alpha=plan.assumption_alpha,
            decimals=plan.difference_decimals,
        )
    except NotEstimable as verdict:
        return [
            *block.refused(verdict, "p", method="routing of §2.6"),
            *levene.refused(verdict, "p", method="Levene"),
            *(row for one in normality.values() for row in one.refused(verdict, "p", method="Shapiro-Wilk")),
        ]
    n = sum(decision.result.n.values())
    rows = [block.row("p", decision.result.p_value, unit="", n=n, method=decision.path)]
    if decision.levene_p is None:
        rows.append(levene.row("p", None, method="Levene", note=decision.levene_why))
    else:
        rows.append(levene.row("p", decision.levene_p, unit="", n=n, method="Levene"))
    for name, one in normality.items():
        p_value = decision.shapiro.get(name)
        note = "fewer than 3 values or no spread: taken as not normal"
        if name not in large:
            note = f"an arm has fewer than {plan.min_group} values"
        note = "" if p_value is not None else note
        rows.append(one.row("p", p_value, unit="", method="Shapiro-Wilk", note=note))
    return rows


def _pair_block(about: About, kind: str, a: str, b: str) -> About:
    return about.of(ids.pair(about.id, kind, b, a), group1_level=b, group2=about.group1, group2_level=a)


def _all_pairs(groups: Groups) -> list[tuple[str, str]]:
    names = list(groups)
    return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]


def _mean_pairs(
    name: str, test: MeanPairs, groups: Groups, large: Groups, about: About, plan: Plan
) -> list[ResultRow]:
    """Compare every pair of groups that are large enough; say of the others why not."""
    stats, title = ("difference", "ci_low", "ci_high", "p"), name.replace("_", " ")
    verdict, found = None, {}
    try:
        found = {(pair.a, pair.b): pair for pair in test(large, confidence=plan.confidence)}
    except NotEstimable as refusal:
        verdict = refusal
    rows = []
    for a, b in _all_pairs(groups):
        block = _pair_block(about, name, a, b)
        pair = found.get((a, b))
        if pair is None:
            rows += block.refused(_why_not(a, b, large, verdict, plan), *stats, method=title)
            continue
        if pair.reason:
            rows += block.refused(NotEstimable(pair.reason, None, pair.detail), *stats, method=title)
            continue
        # The later arm minus the earlier one, so the limits change places.
        values = (-pair.difference, _minus(pair.ci_high), _minus(pair.ci_low), pair.p_value)
        method = f"{pair.method}, {len(found)} pairs"
        rows += [
            block.row(stat, value, unit="" if stat == "p" else None, method=method)
            for stat, value in zip(stats, values, strict=True)
        ]
    return rows


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _why_not(a: str, b: str, large: Groups, verdict: NotEstimable | None, plan: Plan) -> NotEstimable:
    """Say of a pair without a result that one of its arms is too small, or give the verdict on all pairs."""
    small = [name for name in (a, b) if name not in large]
    if small or verdict is None:
        of = " and ".join(f"arm {name}" for name in small)
        return NotEstimable("group_too_small", None, f"fewer than {plan.min_group} values in {of}")
    return verdict


def _dunn(groups: Groups, large: Groups, about: About, plan: Plan) -> list[ResultRow]:
    rows: list[ResultRow] = []
    for name, adjust in _ADJUSTMENTS.items():
        verdict, found = None, {}
        try:
            pairs = methods.dunn(large, adjust=adjust, decimals=plan.difference_decimals)
            found = {(pair.a, pair.b): pair for pair in pairs}
        except NotEstimable as refusal:
            verdict = refusal
        for a, b in _all_pairs(groups):
            block, pair = _pair_block(about, "dunn", a, b), found.get((a, b))
            if pair is None:
                why = _why_not(a, b, large, verdict, plan)
                rows += block.refused(why, name, method=f"Dunn, {adjust}")
            else:
                method = f"{pair.method}, {len(found)} pairs"
                rows.append(
                    block.row(name, pair.p_adjusted, unit="", method=method, label=f"p-value, {adjust}")
                )
    return rows
