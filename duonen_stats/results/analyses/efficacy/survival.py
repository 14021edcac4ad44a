"""The question of the trial: does dosimetry-guided activity prolong progression-free survival?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.survival_records import REASONS, SURVIVAL_REASONS
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.design.simulation.permutation import permutation_logrank
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import SchoenfeldResult
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.compare_times import (
    HAZARD_RATIO,
    compare_times,
    cox_rows,
    log_rank_arms,
    log_rank_rows,
)
from duonen_stats.results.rows.groups import ARM, arm_codes
from duonen_stats.results.rows.survival_curve import MONTHS, follow_up, survive
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    TwoGroups,
    each_time_group,
    experimental_arms,
    group_level,
    pooled_level,
    times_of,
    two_groups,
)
from duonen_stats.study import Study

# Are hazards proportional: the test, and the residuals to look at.


_COEFFICIENT = "Log hazard ratio"


def check_hazards(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Test whether the hazard ratio changes with time, and give the scaled Schoenfeld residuals.

    Rows ``statistic``, ``df``, ``p``; ``residuals`` (how many) and ``residual.<day>.time`` and ``.value``;
    ``smooths`` and, for each point of a grid from the first event to the last, ``smooth.<i>.time``, ``.value``,
    ``.ci_low``, ``.ci_high``: a spline through the residuals.
    Both estimate the log hazard ratio at a time.

    Source: Grambsch & Therneau (1994) Biometrika 81:515-526.
    """
    method = f"Grambsch–Therneau score test, time as {plan.words('hazards_transform')}"
    times, x = groups.times, groups.experimental.astype(float)
    try:
        groups.require(plan)
        tested = methods.proportional_hazards_test(
            times.time, times.event, x, names=(groups.term,), transform=plan.hazards_transform
        )
        residuals = methods.scaled_schoenfeld(
            times.time,
            times.event,
            x,
            names=(groups.term,),
            transform=plan.hazards_transform,
            confidence=plan.confidence,
        )[0]
    except NotEstimable as verdict:
        return [
            *about.refused(verdict, "statistic", "df", "p", method=method),
            *about.refused(verdict, "residuals", "smooths"),
        ]
    term = tested.terms[0]
    values = {"statistic": term.statistic, "df": term.df, "p": term.p_value}
    rows = [about.row(name, value, n=tested.n, method=method) for name, value in values.items()]
    return rows + _residuals(residuals, about, plan) + _smooth(residuals, about)


def _residuals(found: SchoenfeldResult, about: About, plan: Plan) -> list[ResultRow]:
    rows = [about.row("residuals", found.time.size, label="Number of residuals")]
    points = sorted(zip(found.time.tolist(), found.value.tolist(), strict=True))
    days = ids.days((time for time, _ in points), plan.days_per_month)
    for day, (time, value) in zip(days, points, strict=True):
        block = about.of(ids.residual(about.id, day))
        rows += [
            block.row("time", time, label="Time of the event", unit=MONTHS),
            block.row("value", value, label=_COEFFICIENT),
        ]
    return rows


def _smooth(found: SchoenfeldResult, about: About) -> list[ResultRow]:
    smooth = found.smooth
    if smooth is None:
        return [about.row("smooths", None, note=found.note)]
    method = "natural cubic spline, 4 degrees of freedom"
    rows = [about.row("smooths", smooth.time.size, label="Number of points of the smooth", method=method)]
    for number, values in enumerate(zip(smooth.time, smooth.value, smooth.lower, smooth.upper, strict=True)):
        block = about.of(ids.smooth(about.id, str(number)))
        time, value, low, high = map(float, values)
        rows += [
            block.row("time", time, label="Time", unit=MONTHS),
            block.row("value", value, label=_COEFFICIENT),
            block.row("ci_low", low, label="Lower limit"),
            block.row("ci_high", high, label="Upper limit"),
        ]
    return rows


def analyse_primary(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Compare the experimental arms together with the control arm: PFS under the treatment policy.

    Source: interim publication, §2.6 and §4.4; ICH E9(R1).
    """
    return primary_comparison(data.adtte, data.adsl, study, plan)


def primary_comparison(
    adtte: pd.DataFrame, adsl: pd.DataFrame, study: Study, plan: Plan, *, endpoint: str = "pfs"
) -> list[ResultRow]:
    """Make the rows ``<endpoint>.primary.*``: all that the report says of the main comparison.

    Log-rank, Cox with its fallback and restricted means; the stratified analyses, the permutation test and the check of
    proportional hazards beside them.
    """
    parameter, label = ENDPOINTS[endpoint]
    groups = two_groups(times_of(adtte, parameter), experimental_arms(study, plan), plan)
    about = comparison_about(groups, ids.primary(endpoint), label)
    strata = strata_of(adsl, groups, plan)
    return [
        *compare_times(groups, about, plan),
        *_stratified(groups, strata, about, plan),
        *permutation_rows(groups, about.of(ids.permutation(about.id)), plan),
        *check_hazards(groups, about.of(ids.hazards(about.id)), plan),
    ]


def comparison_about(groups: TwoGroups, block: ids.Block, label: str) -> About:
    """Name a comparison of two groups."""
    return About(
        id=block,
        display="Efficacy",
        population=Population.RANDOMISED,
        group1=ARM,
        group1_level=pooled_level(groups.arms),
        group2=ARM,
        group2_level=groups.control,
        variable=label,
    )


def strata_of(adsl: pd.DataFrame, groups: TwoGroups, plan: Plan) -> np.ndarray:
    """Return the stratum of each patient: the factors' values joined; a missing one is a value of its own."""
    known = adsl.set_index("USUBJID").reindex(groups.times.subject)
    factors = [known[name].astype("string").fillna("missing") for name in plan.stratification_factors]
    if not factors:
        return np.full(groups.times.time.size, "all", dtype=object)
    return np.array([" / ".join(values) for values in zip(*factors, strict=True)], dtype=object)


def _stratified(groups: TwoGroups, strata: np.ndarray, about: About, plan: Plan) -> list[ResultRow]:
    factors = plan.words("stratification_factors")
    context = f"stratified by {factors}" if factors else "stratified"
    if not plan.stratification_factors:
        none = NotEstimable("no_strata", groups.sizes, "the plan names no factor to stratify by")
        return [
            *about.of(ids.stratified_log_rank(about.id), context=context).refused(
                none, "statistic", "df", "p"
            ),
            *about.of(ids.stratified_cox(about.id), context=context).refused(none, *HAZARD_RATIO),
        ]
    test = log_rank_rows(
        groups, about.of(ids.stratified_log_rank(about.id), context=context), plan, strata=strata
    )
    ratio = cox_rows(groups, about.of(ids.stratified_cox(about.id), context=context), plan, strata=strata)
    return [
        *(row for row in test if row.stat_name != "z"),
        *(row for row in ratio if row.stat_name in HAZARD_RATIO),
    ]


def permutation_rows(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Test by random permutations of the arms: rows p, mc_error, permutations, p_lower."""
    method = (
        f"permutation of the log-rank score, twice the smaller tail, {plan.permutations} permutations, "
        f"seed {plan.seed}"
    )
    try:
        groups.require(plan)
        # Where no two patients can be compared there is no test, though permutations would give 1.
        methods.log_rank(groups.times.time, groups.times.event, groups.labels)
        found = permutation_logrank(
            groups.times.time,
            groups.times.event,
            groups.experimental,
            n_permutations=plan.permutations,
            seed=plan.seed,
        )
    except NotEstimable as verdict:
        return about.refused(verdict, "p", "mc_error", "permutations", "p_lower", method=method)
    rows = {
        "p": (found.p_two_sided, None),
        "mc_error": (found.mc_error, "Monte-Carlo standard error of p"),
        "permutations": (found.n_permutations, "Number of permutations"),
        "p_lower": (found.p_lower, f"One-sided p, {groups.words(groups.name)} better"),
    }
    return [
        about.row(name, value, label=label, n=found.n, method=method) for name, (value, label) in rows.items()
    ]


def analyse_survival(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Show PFS under both estimands and OS: curves, follow-up, comparisons of single arms and of all arms.

    Comparisons of single arms with the control arm are exploratory and not adjusted for their number.
    """
    rows: list[ResultRow] = []
    for endpoint, (parameter, label) in ENDPOINTS.items():
        times = times_of(data.adtte, parameter)
        about = About(display="Efficacy", population=Population.RANDOMISED, variable=label)
        for group, own in each_time_group(times, study, plan):
            level = group_level(group, study, plan)
            rows += survive(own, about.of(ids.km(endpoint, group), group1=ARM, group1_level=level), plan)
            rows += follow_up(
                own, about.of(ids.follow_up(endpoint, group), group1=ARM, group1_level=level), plan
            )
        if endpoint != "pfs":
            rows += primary_comparison(data.adtte, data.adsl, study, plan, endpoint=endpoint)
        for arm in experimental_arms(study, plan):
            groups = two_groups(times, (arm,), plan)
            name = ids.single_arm(endpoint, groups.name, groups.control)
            block = replace(comparison_about(groups, name, label), context="exploratory, not adjusted")
            rows += compare_times(groups, block, plan)
        four = About(
            id=ids.four_arm_log_rank(endpoint),
            display="Efficacy",
            population=Population.RANDOMISED,
            group1=ARM,
            variable=label,
            context="exploratory",
        )
        rows += log_rank_arms(times, arm_codes(study), four, plan)
    return rows + _duration(data, study, plan)


def _duration(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Duration of response, of responders: described by curves, not compared, because response is an outcome."""
    rows = []
    for group, own in each_time_group(times_of(data.adtte, "DOR"), study, plan):
        about = About(
            id=ids.km("dor", group),
            display="Response",
            population=Population.RANDOMISED,
            group1=ARM,
            group1_level=group_level(group, study, plan),
            variable="Duration of response",
            context="patients with an objective response",
        )
        rows += survive(own, about, plan)
    return rows


# Why times are censored: reasons counted by group, for PFS under both estimands and OS.


def analyse_reasons(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count the reasons of censoring, one row per reason, also where no patient has it.

    Informative censoring shows here first: reasons that differ between arms ask for the sensitivity analyses.

    Source: CONSORT 2025, item 22 (losses and exclusions after randomisation, with reasons).
    """
    rows = []
    for endpoint, (parameter, label) in ENDPOINTS.items():
        for group, own in each_time_group(times_of(data.adtte, parameter), study, plan):
            for code in SURVIVAL_REASONS:
                about = About(
                    id=ids.censored(endpoint, code, group), display="Efficacy", population=Population.RANDOMISED,
                    group1=ARM, group1_level=group_level(group, study, plan), variable=label,
                    variable_level=REASONS[code],
                )  # fmt: skip
                number = int((own.reason == code).sum())
                rows.append(about.row("n", number, label="Number of patients", n=len(own.reason)))
    return rows
