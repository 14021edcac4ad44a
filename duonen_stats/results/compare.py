"""Compare: a measurement between arms, between categories, between visits."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from duonen_stats import methods
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import OmnibusResult
from duonen_stats.results.about import About
from duonen_stats.results.table import ResultRow
from duonen_stats.sap import Plan

Groups = Mapping[str, np.ndarray]
Omnibus = Callable[[Groups], OmnibusResult]

_OMNIBUS: Mapping[str, Omnibus] = {
    "kruskal_wallis": methods.kruskal_wallis,
    "anova": methods.anova,
    "welch_anova": methods.welch_anova,
}

_ADJUSTMENTS: Mapping[str, Literal["none", "holm", "bonferroni"]] = {
    "p": "none",
    "holm": "holm",
    "bonferroni": "bonferroni",
}


def compare_groups(groups: Groups, about: About, plan: Plan) -> list[ResultRow]:
    """Compare k groups: every omnibus test, the route §2.6 would take, and every pairwise table.

    Rows ``<test>.statistic`` and ``<test>.p`` for Kruskal-Wallis, ANOVA and Welch; ``routed.p`` whose method
    is the path taken; ``levene.p`` and ``shapiro_wilk.<group>.p``; ``games_howell.<b>_vs_<a>.p`` with the
    difference and its limits; ``dunn.<b>_vs_<a>.p`` (unadjusted), ``.holm`` and ``.bonferroni``. All are
    computed, so that a reader sees what another choice would have said; the plan names the one that counts.
    """
    about = about.at("between", group1="TRT01P" if not about.group1 else about.group1)
    rows = [row for name, test in _OMNIBUS.items() for row in _omnibus(name, test, groups, about)]
    rows += _route(groups, about, plan)
    rows += _games_howell(groups, about, plan)
    rows += _dunn(groups, about)
    return rows


def compare_planned(groups: Groups, about: About, plan: Plan) -> list[ResultRow]:
    """Compare categories by Kruskal-Wallis, or say which group is too small (``plan.min_group``)."""
    sizes = {name: int(np.isfinite(values).sum()) for name, values in groups.items()}
    present = {name: values for name, values in groups.items() if sizes[name]}
    counts = ", ".join(f"{name.lower()} {size}" for name, size in sizes.items())
    if len(present) < 2:  # noqa: PLR2004 - one category has nothing to be compared with
        verdict = NotEstimable("single_group", sizes, f"fewer than two categories have patients ({counts})")
    elif min(sizes[name] for name in present) < plan.min_group:
        verdict = NotEstimable(
            "group_too_small", sizes, f"a category has fewer than {plan.min_group} patients ({counts})"
        )
    else:
        return _omnibus("kruskal_wallis", methods.kruskal_wallis, present, about)
    return about.at("kruskal_wallis").refused(verdict, "statistic", "p", method="Kruskal-Wallis")


def compare_visits(later: np.ndarray, earlier: np.ndarray, about: About, plan: Plan) -> list[ResultRow]:
    """Compare two visits of the same patients: Wilcoxon signed-rank by convention, paired t beside it."""
    about = about.at("paired")
    try:
        ranked = methods.wilcoxon_signed_rank(
            later, earlier, convention=plan.convention, decimals=plan.difference_decimals
        )
    except NotEstimable as verdict:
        rows = about.at("wilcoxon").refused(verdict, "z", "p", method="Wilcoxon signed-rank")
    else:
        block = about.at("wilcoxon")
        pairs = ranked.n_pairs
        rows = [
            block.row("z", ranked.z, unit="", n=pairs, method=ranked.method),
            block.row("p", ranked.p_value, unit="", n=pairs, method=ranked.method),
        ]
    try:
        student = methods.paired_t(later, earlier, confidence=plan.confidence)
    except NotEstimable as verdict:
        return rows + about.at("paired_t").refused(verdict, "difference", "p", method="paired t")
    block = about.at("paired_t")
    return [
        *rows,
        block.row(
            "difference", student.difference, n=student.n_x, method=student.method, label="Mean difference"
        ),
        block.row("p", student.p_value, unit="", n=student.n_x, method=student.method),
    ]


def _omnibus(name: str, test: Omnibus, groups: Groups, about: About) -> list[ResultRow]:
    block = about.at(name)
    try:
        found = test(groups)
    except NotEstimable as verdict:
        return block.refused(verdict, "statistic", "p", method=name.replace("_", " "))
    n = sum(found.n.values())
    return [
        block.row("statistic", found.statistic, unit="", n=n, method=found.method),
        block.row("p", found.p_value, unit="", n=n, method=found.method),
    ]


def _route(groups: Groups, about: About, plan: Plan) -> list[ResultRow]:
    block = about.at("routed")
    try:
        decision = methods.route(groups, convention=plan.convention, alpha=plan.alpha)
    except NotEstimable as verdict:
        return block.refused(verdict, "p", method="routing of §2.6")
    n = sum(decision.result.n.values())
    rows = [block.row("p", decision.result.p_value, unit="", n=n, method=decision.path)]
    levene = about.at("levene")
    if decision.levene_p is None:
        rows.append(levene.row("p", None, method="Levene", note="not needed: a group is not normal"))
    else:
        rows.append(levene.row("p", decision.levene_p, unit="", n=n, method="Levene"))
    for name, p_value in decision.shapiro.items():
        note = "" if p_value is not None else "fewer than 3 values or no spread: taken as not normal"
        rows.append(
            about.at(f"shapiro_wilk.{name}", group1_level=name).row(
                "p", p_value, unit="", method="Shapiro-Wilk", note=note
            )
        )
    return rows


def _pair_block(about: About, kind: str, a: str, b: str) -> About:
    return about.at(f"{kind}.{b}_vs_{a}", group1_level=b, group2=about.group1, group2_level=a)


def _all_pairs(groups: Groups) -> list[tuple[str, str]]:
    names = list(groups)
    return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]


def _games_howell(groups: Groups, about: About, plan: Plan) -> list[ResultRow]:
    """Compare every pair whose two groups have two values or more; say of the others why not."""
    stats = ("difference", "ci_low", "ci_high", "p")
    large = {name: values for name, values in groups.items() if np.isfinite(values).sum() > 1}
    verdict = NotEstimable("group_too_small", None, "an arm has fewer than two values")
    found = {}
    try:
        found = {(pair.a, pair.b): pair for pair in methods.games_howell(large, confidence=plan.confidence)}
    except NotEstimable as refusal:
        verdict = refusal
    rows = []
    for a, b in _all_pairs(groups):
        block = _pair_block(about, "games_howell", a, b)
        pair = found.get((a, b))
        if pair is None:
            rows += block.refused(verdict, *stats, method="Games-Howell")
            continue
        values = (-pair.difference, -pair.ci_high, -pair.ci_low, pair.p_value)
        rows += [
            block.row(name, value, unit="" if name == "p" else None, method=pair.method)
            for name, value in zip(stats, values, strict=True)
        ]
    return rows


def _dunn(groups: Groups, about: About) -> list[ResultRow]:
    rows: list[ResultRow] = []
    for name, adjust in _ADJUSTMENTS.items():
        verdict = NotEstimable("empty_group", None, "an arm has no values")
        found = {}
        try:
            found = {(pair.a, pair.b): pair for pair in methods.dunn(groups, adjust=adjust)}
        except NotEstimable as refusal:
            verdict = refusal
        for a, b in _all_pairs(groups):
            block, pair = _pair_block(about, "dunn", a, b), found.get((a, b))
            if pair is None:
                rows += block.refused(verdict, name, method=f"Dunn, {adjust}")
            else:
                label = f"p-value, {adjust}"
                rows.append(block.row(name, pair.p_adjusted, unit="", method=pair.method, label=label))
    return rows
