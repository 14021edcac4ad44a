"""Run every analysis of a plan into one results table."""

from collections.abc import Callable
from dataclasses import replace

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.as_treated import as_treated
from duonen_stats.plan import Plan, require_same_datasets
from duonen_stats.plan.check_plan import check_plan
from duonen_stats.results.analyses.efficacy.arm_factors import analyse_arm_factors
from duonen_stats.results.analyses.efficacy.response import analyse_response
from duonen_stats.results.analyses.efficacy.sensitivity import (
    analyse_censoring,
    analyse_dose_response,
    analyse_informative_censoring,
)
from duonen_stats.results.analyses.efficacy.subgroups import analyse_subgroups
from duonen_stats.results.analyses.efficacy.survival import analyse_primary, analyse_reasons, analyse_survival
from duonen_stats.results.analyses.exposure.dose_effect import analyse_dose_effect
from duonen_stats.results.analyses.exposure.modifications import analyse_modifications
from duonen_stats.results.analyses.exposure.organ_doses import analyse_organ_doses
from duonen_stats.results.analyses.patients.baseline import analyse_baseline
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.event_rates import analyse_event_rates
from duonen_stats.results.analyses.safety.laboratory import analyse_laboratory
from duonen_stats.results.analyses.safety.repeated_values import analyse_repeated_values
from duonen_stats.results.analyses.safety.severe_events import analyse_severe_events
from duonen_stats.results.analyses.safety.toxicity import analyse_toxicity
from duonen_stats.results.analyses.safety.toxicity_monitoring import analyse_toxicity_monitoring
from duonen_stats.results.rows.table import ResultRow, Results
from duonen_stats.study import Study

Analysis = Callable[[Datasets, Study, Plan], list[ResultRow]]
"""Datasets, study and plan in; rows of the results table out."""

_EXPOSURE_AND_HARM: tuple[Analysis, ...] = (
    analyse_modifications,
    analyse_organ_doses,
    analyse_laboratory,
    analyse_repeated_values,
    analyse_dose_effect,
    analyse_toxicity,
    analyse_adverse_events,
    analyse_event_rates,
    analyse_toxicity_monitoring,
)

INTERIM_ANALYSES: tuple[Analysis, ...] = (analyse_disposition, analyse_baseline, *_EXPOSURE_AND_HARM)

FINAL_ANALYSES: tuple[Analysis, ...] = (
    analyse_primary,
    analyse_survival,
    analyse_arm_factors,
    analyse_informative_censoring,
    analyse_reasons,
    analyse_subgroups,
    analyse_dose_response,
    analyse_censoring,
    analyse_response,
    analyse_severe_events,
    *INTERIM_ANALYSES,
)
"""The final analysis: the primary comparison first, then all else of efficacy, then what the interim report has."""

BY_TREATMENT: frozenset[Analysis] = frozenset({analyse_severe_events, *_EXPOSURE_AND_HARM})
"""Analyses of harm and exposure: their arms are those that the plan says (``safety_arm``)."""


def run_analysis(
    data: Datasets, study: Study, plan: Plan, *, analyses: tuple[Analysis, ...] = INTERIM_ANALYSES
) -> Results:
    """Run ``analyses`` in order and return the results table.

    A statistic that cannot be estimated is a row with the reason; nothing else is swallowed. Raises ``PlanError``
    if the plan names what the study does not have, or the datasets were built with decisions that it changes.

    Examples
    --------
    >>> from duonen_stats import INTERIM, build_datasets, load_study, read_cut, run_analysis
    >>> study = load_study()
    >>> results = run_analysis(build_datasets(read_cut(study), study, INTERIM), study, INTERIM)
    >>> found = results.row("table1.age.all.median")
    >>> found.n, found.stat
    (56, 68.5)
    """
    check_plan(plan, study)
    if data.plan is not None:
        require_same_datasets(data.plan, plan)
    treated = as_treated(data, plan)
    rows = []
    for analysis in analyses:
        own = treated if analysis in BY_TREATMENT else data
        found = analysis(own, study, plan)
        rows += found if own is data else [_by_actual_arm(row) for row in found]
    return Results(rows)


def _by_actual_arm(row: ResultRow) -> ResultRow:
    """Name the variable that the groups of a row are of: the arm treated as."""
    first, second = ("TRT01A" if name == "TRT01P" else name for name in (row.group1, row.group2))
    return row if (first, second) == (row.group1, row.group2) else replace(row, group1=first, group2=second)
