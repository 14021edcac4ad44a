"""The hypothetical estimand without taking those who left to be like the rest: weights for who was censored."""

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.survival_rules import MISSED, NEW_THERAPY
from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy import comparison_about
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.compare_times import HAZARD_RATIO
from duonen_stats.results.rows.groups import numbers
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    TwoGroups,
    experimental_arms,
    times_of,
    two_groups,
)
from duonen_stats.study import Study

_WEIGHTS = ("smallest_weight", "mean_weight", "largest_weight")


def analyse_informative_censoring(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Weight patients still observed under the hypothetical estimand for those censored like them.

    The unweighted analysis takes a patient censored at another treatment, or before missed assessments, to be like
    those of the same arm still observed. Here only patients alike in arm and the plan's baseline variables are taken
    to be so. Rows ``pfshyp.weighted.*``: hr, ci_low, ci_high, p; ``left``, how many were censored so; the weights.

    Source: Robins & Finkelstein (2000) Biometrics 56:779-788; ICH E9(R1), A.5.1.
    """
    parameter, label = ENDPOINTS["pfshyp"]
    groups = two_groups(times_of(data.adtte, parameter), experimental_arms(study, plan), plan)
    about = comparison_about(groups, ids.weighted("pfshyp"), label)
    gone = np.isin(groups.times.reason, (NEW_THERAPY, MISSED))
    rows = [
        about.row(
            "left", int(gone.sum()), n=gone.size, label="Censored by other treatment or missed assessments"
        )
    ]
    method = (
        "Cox model weighted by the inverse probability of not having left (Cox model of leaving by arm and "
        f"{plan.words('censoring_covariates')}; stabilised, not truncated), Efron ties, robust variance"
    )
    try:
        groups.require(plan)
        covariates = baseline_matrix(data.adsl, groups, plan.censoring_covariates)
        return rows + _weighted(groups, gone, covariates, about, plan, method)
    except NotEstimable as verdict:
        return rows + about.refused(verdict, *HAZARD_RATIO, *_WEIGHTS, method=method)


def _weighted(
    groups: TwoGroups,
    gone: BoolArray,
    covariates: FloatArray,
    about: About,
    plan: Plan,
    method: str,
) -> list[ResultRow]:
    times = groups.times
    found = methods.censoring_weights(
        times.time, times.event, gone.astype(int), covariates, strata=times.arm, firth=plan.firth
    )
    if found.penalised:
        method = method.replace("(Cox model of", "(Firth's penalised Cox model of")
    fitted = methods.weighted_cox_model(
        found.entry,
        found.time,
        found.event,
        groups.experimental.astype(float)[found.subject],
        weights=found.weight,
        cluster=found.subject,
        names=(groups.name,),
        confidence=plan.confidence,
    )
    term = fitted.terms[0]
    values = {
        "hr": ("Hazard ratio", term.hazard_ratio),
        "ci_low": ("Lower limit", term.lower),
        "ci_high": ("Upper limit", term.upper),
        "p": (None, term.p_value),
        "smallest_weight": ("Smallest weight", found.smallest),
        "mean_weight": ("Mean weight", found.mean),
        "largest_weight": ("Largest weight", found.largest),
    }
    return [
        about.row(name, value, label=label, n=times.time.size, method=method)
        for name, (label, value) in values.items()
    ]


def baseline_matrix(adsl: pd.DataFrame, groups: TwoGroups, names: tuple[str, ...]) -> FloatArray:
    """Baseline variables of the patients as a matrix: numbers as they are, others as indicators of their levels.

    A missing level is a level of its own; for a missing number the median stands in, with an indicator that it is
    missing. The first level is the reference, and a variable with one value is left out.

    Raises
    ------
    NotEstimable
        ``no_covariate``: nothing varies.
    """
    known = adsl.set_index("USUBJID").reindex(groups.times.subject)
    columns: list[FloatArray] = []
    for name in names:
        values = known[name]
        if pd.api.types.is_numeric_dtype(values):
            own = numbers(values)
            unknown = np.isnan(own)
            middle = float(np.median(own[~unknown])) if not unknown.all() else 0.0
            columns += [np.where(unknown, middle, own), unknown.astype(float)]
        else:
            levels = values.astype("string").fillna("missing")
            columns += [(levels == level).to_numpy(dtype=float) for level in sorted(levels.unique())[1:]]
    varying = [column for column in columns if np.ptp(column) > 0] if groups.times.time.size else []
    if not varying:
        raise NotEstimable(
            "no_covariate", groups.sizes, "no baseline variable that varies: nothing to weight by but the arm"
        )
    return np.column_stack(varying)
