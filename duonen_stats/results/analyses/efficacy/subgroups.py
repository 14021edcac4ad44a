"""Subgroups: is the effect the same in all kinds of patients?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.errors import NotEstimable
from duonen_stats.methods.survival.cox import ModelTest
from duonen_stats.plan import Plan
from duonen_stats.plan.subgroups import subgroup_factors
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.survival import comparison_about
from duonen_stats.results.rows.compare_times import hazard_ratio_rows
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    TwoGroups,
    experimental_arms,
    times_of,
    two_groups,
)
from duonen_stats.study import Study

SUBGROUP_ENDPOINTS = ("pfs", "os")
_INTERACTION = "likelihood ratio test of treatment by subgroup, Cox model, Efron ties"
_COMPARABLE = 2


def analyse_subgroups(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Estimate the hazard ratio in every subgroup of the plan, and test whether it differs between them.

    Exploratory. A subgroup says little alone: the interaction test asks whether it differs from the others.
    Liver burden is what is recorded: liver metastases, yes or no.

    Source: ICH E9, section 5.7.
    """
    rows: list[ResultRow] = []
    for endpoint in SUBGROUP_ENDPOINTS:
        parameter, label = ENDPOINTS[endpoint]
        groups = two_groups(times_of(data.adtte, parameter), experimental_arms(study, plan), plan)
        known = data.adsl.set_index("USUBJID").reindex(groups.times.subject)
        about = comparison_about(groups, ids.subgroups(endpoint), label)
        factors = subgroup_factors(plan)
        rows.append(about.row("factors", len(factors), label="Number of subgroup factors"))
        for described in factors:
            factor, levels = described.key, described.levels(study)
            member = _member(known[described.variable], described.cuts, tuple(levels))
            block = replace(about, variable=described.heading, context="subgroups")
            for level, words in levels.items():
                own = block.of(ids.subgroup(endpoint, factor, level), variable_level=words)
                rows += _subgroup(_restricted(groups, member == level), own, plan)
            unknown = _restricted(groups, ~np.isin(member, list(levels)))
            rows += _counts(
                unknown, block.of(ids.subgroup_unknown(endpoint, factor), variable_level="Unknown")
            )
            rows += interaction_rows(
                groups, member, tuple(levels), block.of(ids.interaction(endpoint, factor)), plan
            )
    return rows


def _member(
    values: pd.Series, cuts: tuple[float, ...], levels: tuple[str, ...]
) -> "np.typing.NDArray[np.object_]":
    """Return the level of each patient; None if the variable is not recorded."""
    if not cuts:
        return values.to_numpy(dtype=object)
    measured = values.to_numpy(dtype=float, na_value=np.nan)
    # A value at a cut point is of the subgroup above it.
    member: np.typing.NDArray[np.object_] = np.array(levels, dtype=object)[np.digitize(measured, cuts)]
    member[np.isnan(measured)] = None
    return member


def _restricted(groups: TwoGroups, chosen: "np.typing.NDArray[np.bool_]") -> TwoGroups:
    chosen = np.asarray(chosen, dtype=np.bool_)
    return TwoGroups(
        times=groups.times.of(chosen),
        experimental=groups.experimental[chosen],
        arms=groups.arms,
        control=groups.control,
    )


def _counts(groups: TwoGroups, about: About) -> list[ResultRow]:
    sizes, events = groups.sizes, groups.events
    n = groups.times.time.size
    counts = [
        ("n_experimental", sizes[groups.name], f"Patients, {groups.words(groups.name)}"),
        ("n_control", sizes[groups.control], f"Patients, {groups.words(groups.control)}"),
        ("events_experimental", events[groups.name], f"Events, {groups.words(groups.name)}"),
        ("events_control", events[groups.control], f"Events, {groups.words(groups.control)}"),
    ]
    return [about.row(name, value, n=n, label=label) for name, value, label in counts]


def _subgroup(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    rows = _counts(groups, about)
    return rows + hazard_ratio_rows(groups, about.of(ids.subgroup_ratio(about.id)), plan)


def interaction_rows(
    groups: TwoGroups,
    member: "np.typing.NDArray[np.object_]",
    levels: tuple[str, ...],
    about: About,
    plan: Plan,
) -> list[ResultRow]:
    """Test whether the hazard ratio differs between subgroups: rows statistic, df, p.

    Subgroups in which a compared group has fewer than ``plan.min_group`` patients are left out, and named.
    """
    sizes = {level: _restricted(groups, member == level).sizes for level in levels}
    large = [level for level in levels if min(sizes[level].values()) >= plan.min_group]
    left_out = [level for level in levels if level not in large and max(sizes[level].values()) > 0]
    method = "; without ".join((_INTERACTION, *([", ".join(left_out)] if left_out else [])))
    try:
        found = _interaction(groups, member, large)
    except NotEstimable as verdict:
        return about.refused(verdict, "statistic", "df", "p", method=method)
    n = int(np.isin(member, large).sum())
    values = {"statistic": found.statistic, "df": found.df, "p": found.p_value}
    return [about.row(name, value, n=n, method=method) for name, value in values.items()]


def _interaction(groups: TwoGroups, member: "np.typing.NDArray[np.object_]", levels: list[str]) -> ModelTest:
    if len(levels) < _COMPARABLE:
        raise NotEstimable(
            "single_group", {"levels": len(levels)}, "fewer than two subgroups are large enough to compare"
        )
    own = _restricted(groups, np.isin(member, levels))
    placed = member[np.isin(member, levels)]
    treated = own.experimental.astype(float)
    others = np.column_stack([(placed == level).astype(float) for level in levels[1:]])
    main = np.column_stack((treated, others))
    full = np.column_stack((main, treated[:, None] * others))
    names = (own.term, *levels[1:])
    further = (f"{own.term} in {level}" for level in levels[1:])
    smaller = methods.cox_model(own.times.time, own.times.event, main, names=names)
    larger = methods.cox_model(own.times.time, own.times.event, full, names=(*names, *further))
    return methods.likelihood_ratio(larger, smaller)
