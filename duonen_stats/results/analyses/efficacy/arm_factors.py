"""What the arms differ in: dosimetry guidance and further isotopes; and what each of them may do to PFS and OS."""

from dataclasses import replace

import numpy as np

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.survival import comparison_about
from duonen_stats.results.rows.compare_times import (
    HAZARD_RATIO,
    hazard_ratio_rows,
    log_rank_arms,
    log_rank_rows,
)
from duonen_stats.results.rows.groups import ARM
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    Times,
    TwoGroups,
    arms_in_words,
    experimental_arms,
    pooled_level,
    times_of,
)
from duonen_stats.study import Study

FACTOR_ENDPOINTS = ("pfs", "os")
_EXPLORATORY = "exploratory, not adjusted"


def analyse_arm_factors(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Take the pooled comparison apart, for PFS under the treatment policy and OS. All of it is exploratory.

    Blocks ``<endpoint>.heterogeneity``: log-rank test among the experimental arms; ``<endpoint>.factor.<factor>``:
    one Cox model of all arms with an indicator for each factor in which they differ; and
    ``<endpoint>.isolated.<one>_vs_<other>``: arms that differ in dosimetry guidance and in nothing else.

    Source: Piantadosi (2017) Clinical Trials, 3rd edn, ch. 22 (factorial designs); ICH E9, §5.7.
    """
    rows: list[ResultRow] = []
    for endpoint in FACTOR_ENDPOINTS:
        parameter, label = ENDPOINTS[endpoint]
        times = times_of(data.adtte, parameter)
        rows += heterogeneity_rows(times, endpoint, label, study, plan)
        rows += factor_rows(times, endpoint, label, study, plan)
        for guided, fixed in ids.isolating_pairs(study):
            rows += isolated_rows(times, (guided, fixed), endpoint, label, plan)
    return rows


def heterogeneity_rows(times: Times, endpoint: str, label: str, study: Study, plan: Plan) -> list[ResultRow]:
    """Test whether the experimental arms differ from each other: rows statistic, df, p."""
    arms = experimental_arms(study, plan)
    own = times.of(np.isin(times.arm, arms))
    about = About(
        id=ids.heterogeneity(endpoint),
        display="Efficacy",
        population=Population.RANDOMISED,
        group1=ARM,
        group1_level=pooled_level(arms),
        variable=label,
        context=f"{arms_in_words(arms)} among themselves; {_EXPLORATORY}",
    )
    if len(arms) < 2:  # noqa: PLR2004 - one arm differs from no other
        verdict = NotEstimable(
            "single_group", {}, f"{arms_in_words(arms)} is the only arm compared with the control"
        )
        return about.refused(verdict, "statistic", "df", "p", method="log-rank")
    return log_rank_arms(own, arms, about, plan)


def factor_rows(times: Times, endpoint: str, label: str, study: Study, plan: Plan) -> list[ResultRow]:
    """Fit one Cox model with an indicator per factor: rows hr, ci_low, ci_high, p, and with/without of each.

    The factors come from the dictionary: an arm is guided by dosimetry if it has a modified isotope; an isotope that
    some arms give and others do not is a factor. Effects are taken to multiply, since no arm shows ⁹⁰Y unguided.
    """
    factors = ids.arm_factors(study)
    about = About(
        id="",
        display="Efficacy",
        population=Population.RANDOMISED,
        group1=ARM,
        variable=label,
        context=f"model of {' and '.join(words for words, _ in factors.values())}, all arms; {_EXPLORATORY}",
    )
    method = "Cox model of all arms, one indicator per factor, no interaction, Efron ties, Wald limits"
    blocks = {
        name: replace(about, id=ids.arm_factor(endpoint, name), variable_level=words)
        for name, (words, _) in factors.items()
    }
    indicators = {name: np.isin(times.arm, members).astype(float) for name, (_, members) in factors.items()}
    rows = [
        block.row(stat, int((indicators[name] == value).sum()), n=times.time.size, label=label)
        for name, block in blocks.items()
        for stat, value, label in (("with", 1, "Patients with it"), ("without", 0, "Patients without it"))
    ]
    try:
        _require_levels(indicators, factors, plan)
        found = methods.cox_model(
            times.time,
            times.event,
            np.column_stack(list(indicators.values())),
            names=tuple(words for words, _ in factors.values()),
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        return rows + [
            row for block in blocks.values() for row in block.refused(verdict, *HAZARD_RATIO, method=method)
        ]
    labels = ("Hazard ratio", "Lower limit", "Upper limit", None)
    for block, term in zip(blocks.values(), found.terms, strict=True):
        values = (term.hazard_ratio, term.lower, term.upper, term.p_value)
        rows += [
            block.row(name, value, label=words, n=found.n, method=method)
            for name, words, value in zip(HAZARD_RATIO, labels, values, strict=True)
        ]
    return rows


def _require_levels(
    indicators: "dict[str, np.typing.NDArray[np.float64]]", factors: "ids.ArmFactors", plan: Plan
) -> None:
    """Refuse a factor that too few patients have, or are without."""
    for name, values in indicators.items():
        sizes = {"with": int(values.sum()), "without": int((values == 0).sum())}
        if min(sizes.values()) < plan.min_group:
            raise NotEstimable(
                "group_too_small",
                sizes,
                f"fewer than {plan.min_group} patients with or without {factors[name][0]}",
            )


def isolated_rows(
    times: Times, pair: tuple[str, str], endpoint: str, label: str, plan: Plan
) -> list[ResultRow]:
    """Compare two arms that differ in guidance alone: blocks hr and log_rank."""
    guided, fixed = pair
    own = times.of(np.isin(times.arm, pair))
    groups = TwoGroups(times=own, experimental=own.arm == guided, arms=(guided,), control=fixed)
    base = ids.isolated(endpoint, pair)
    about = replace(
        comparison_about(groups, base, label),
        context=f"arms that differ in dosimetry guidance alone; {_EXPLORATORY}",
    )
    sizes = [
        about.row(name, groups.sizes[arm], n=own.time.size, label=words)
        for name, arm, words in (
            ("with", guided, "Patients with guidance"),
            ("without", fixed, "Patients without"),
        )
    ]
    ratio = hazard_ratio_rows(groups, about.of(ids.isolated_ratio(base)), plan)
    return [*sizes, *ratio, *log_rank_rows(groups, about.of(ids.isolated_log_rank(base)), plan)]
