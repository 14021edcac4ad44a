"""Tumour response: objective response, disease control, best response, change of size."""

import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.best_response import RESPONSES
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import describe, rate
from duonen_stats.results.rows.groups import (
    ALL,
    ARM,
    arm_codes,
    numbers,
)
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import (
    experimental_arms,
    group_level,
    pooled_level,
    pooled_name,
)
from duonen_stats.study import Study

_RATES = {"orr": ("OBJRESP", "Objective response"), "dcr": ("DISCTRL", "Disease control")}
_PERCENT = 100.0


def analyse_response(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count responses in all randomised patients, who was never assessed among those without one.

    Source: RECIST 1.1, Eisenhauer et al. (2009); Clopper & Pearson (1934).
    """
    experimental = experimental_arms(study, plan)
    members = {
        **{code: (code,) for code in arm_codes(study)},
        pooled_name(experimental): experimental,
        ALL: arm_codes(study),
    }
    confirmation = plan.words("response_confirmation")
    rows: list[ResultRow] = []
    for group, arms in members.items():
        own = data.adrs[data.adrs[ARM].isin(list(arms))]
        about = About(
            display="Response",
            population=Population.RANDOMISED,
            group1=ARM,
            group1_level=group_level(group, study, plan),
            context=confirmation,
        )
        for name, (code, label) in _RATES.items():
            block = about.of(ids.response_rate(name, group), variable=label)
            rows += rate(*_answers(own, code), block, plan, of="randomised patients")
        best = own[own["PARAMCD"].eq("BOR")]["AVALC"]
        for response in RESPONSES:
            block = about.of(
                ids.best_response(in_id(response), group), variable="Best response", variable_level=response
            )
            rows += rate(int(best.eq(response).sum()), len(best), block, plan)
        change = numbers(best_changes(own)["AVAL"])
        block = about.of(ids.best_change(group), variable="Best change of the sum of diameters", unit="%")
        rows += describe(change, block, plan, population=len(best))
    for name, (code, label) in _RATES.items():
        rows += _difference(data.adrs, name, code, label, experimental, plan)
    return rows


def in_id(response: str) -> str:
    """Write the code of a response as a part of an id: letters and underscores.

    Examples
    --------
    >>> in_id("NON-CR/NON-PD")
    'NON_CR_NON_PD'
    """
    return response.replace("-", "_").replace("/", "_")


def best_changes(adrs: pd.DataFrame) -> pd.DataFrame:
    """Select the best changes of the sum of diameters, in percent, that are described and drawn as a waterfall.

    A patient without one is kept, with a missing ``AVAL``.
    """
    return adrs[adrs["PARAMCD"].eq("BESTCHG")]


def _answers(rows: pd.DataFrame, code: str) -> tuple[int, int]:
    """How many have it, and of how many."""
    answers = rows.loc[rows["PARAMCD"].eq(code), "AVALC"]
    return int(answers.eq("Y").sum()), len(answers)


def _difference(
    adrs: pd.DataFrame, name: str, code: str, label: str, experimental: tuple[str, ...], plan: Plan
) -> list[ResultRow]:
    about = About(
        id=ids.response_difference(name),
        display="Response",
        population=Population.RANDOMISED,
        group1=ARM,
        group1_level=pooled_level(experimental),
        group2=ARM,
        group2_level=plan.control_arm,
        variable=label,
        unit="percentage points",
    )
    method = "difference of proportions, Newcombe limits"
    treated = _answers(adrs[adrs[ARM].isin(list(experimental))], code)
    control = _answers(adrs[adrs[ARM].eq(plan.control_arm)], code)
    try:
        found = methods.proportion_difference(*treated, *control, confidence=plan.confidence)
    except NotEstimable as verdict:
        return about.refused(verdict, "estimate", "ci_low", "ci_high", method=method)
    values = {
        "estimate": ("Difference", found.difference),
        "ci_low": ("Lower limit", found.lower),
        "ci_high": ("Upper limit", found.upper),
    }
    n = treated[1] + control[1]
    return [
        about.row(key, _PERCENT * value, label=words, n=n, method=method)
        for key, (words, value) in values.items()
    ]
