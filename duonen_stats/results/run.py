"""Run every analysis of a plan into one results table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from threadpoolctl import threadpool_limits

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.as_treated import as_treated
from duonen_stats.plan import Plan, require_same_datasets
from duonen_stats.plan.check_plan import check_plan
from duonen_stats.results.analyses.efficacy.arm_factors import analyse_arm_factors
from duonen_stats.results.analyses.efficacy.beside_primary import (
    analyse_adjusted,
    analyse_interval_censored,
    analyse_interval_curves,
    analyse_schedule,
)
from duonen_stats.results.analyses.efficacy.dose_response import analyse_dose_response
from duonen_stats.results.analyses.efficacy.intercurrent import (
    analyse_further_therapies,
    analyse_intercurrent,
    analyse_per_protocol,
)
from duonen_stats.results.analyses.efficacy.response import analyse_response
from duonen_stats.results.analyses.efficacy.sensitivity import (
    analyse_censoring,
    analyse_informative_censoring,
)
from duonen_stats.results.analyses.efficacy.subgroups import analyse_subgroups
from duonen_stats.results.analyses.efficacy.survival import analyse_primary, analyse_reasons, analyse_survival
from duonen_stats.results.analyses.events.event_overview import analyse_event_overview
from duonen_stats.results.analyses.events.event_terms import analyse_event_terms
from duonen_stats.results.analyses.events.late_harm import analyse_late_harm
from duonen_stats.results.analyses.events.term_rates import analyse_term_rates
from duonen_stats.results.analyses.exposure.dose_effect import analyse_dose_effect
from duonen_stats.results.analyses.exposure.dose_intensity import (
    analyse_delays,
    analyse_dose_intensity,
    analyse_specific_doses,
)
from duonen_stats.results.analyses.exposure.dose_toxicity import analyse_dose_toxicity
from duonen_stats.results.analyses.exposure.kidney_effective_dose import analyse_kidney_effective_dose
from duonen_stats.results.analyses.exposure.modifications import analyse_modifications
from duonen_stats.results.analyses.exposure.organ_doses import analyse_organ_doses
from duonen_stats.results.analyses.laboratory.cycles import analyse_cycles
from duonen_stats.results.analyses.laboratory.grade_times import analyse_grade_times, analyse_kidney_declines
from duonen_stats.results.analyses.laboratory.kidney import analyse_kidney
from duonen_stats.results.analyses.patients.baseline import analyse_baseline
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.analyses.patients.protocol import analyse_analysis_sets, analyse_deviations
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.event_rates import analyse_event_rates
from duonen_stats.results.analyses.safety.grade_shifts import analyse_grade_shifts
from duonen_stats.results.analyses.safety.laboratory import analyse_laboratory
from duonen_stats.results.analyses.safety.repeated_values import analyse_late_values, analyse_repeated_values
from duonen_stats.results.analyses.safety.severe_events import analyse_severe_events
from duonen_stats.results.analyses.safety.toxicity import analyse_toxicity
from duonen_stats.results.analyses.safety.toxicity_monitoring import analyse_toxicity_monitoring
from duonen_stats.results.analyses.safety.vital_signs import analyse_vital_signs
from duonen_stats.results.rows.table import ResultRow, Results
from duonen_stats.study import Study

Analysis = Callable[[Datasets, Study, Plan], list[ResultRow]]
"""Datasets, study and plan in; rows of the results table out."""

_EXPOSURE_AND_HARM: tuple[Analysis, ...] = (
    analyse_modifications,
    analyse_organ_doses,
    analyse_delays,
    analyse_dose_intensity,
    analyse_specific_doses,
    analyse_kidney_effective_dose,
    analyse_laboratory,
    analyse_repeated_values,
    analyse_late_values,
    analyse_kidney,
    analyse_cycles,
    analyse_dose_effect,
    analyse_dose_toxicity,
    analyse_toxicity,
    analyse_grade_shifts,
    analyse_vital_signs,
    analyse_adverse_events,
    analyse_event_rates,
    analyse_event_overview,
    analyse_event_terms,
    analyse_term_rates,
    analyse_toxicity_monitoring,
)

INTERIM_ANALYSES: tuple[Analysis, ...] = (
    analyse_disposition,
    analyse_analysis_sets,
    analyse_deviations,
    analyse_baseline,
    *_EXPOSURE_AND_HARM,
)

FINAL_ANALYSES: tuple[Analysis, ...] = (
    analyse_primary,
    analyse_survival,
    analyse_arm_factors,
    analyse_informative_censoring,
    analyse_reasons,
    analyse_subgroups,
    analyse_dose_response,
    analyse_censoring,
    analyse_interval_censored,
    analyse_interval_curves,
    analyse_adjusted,
    analyse_schedule,
    analyse_per_protocol,
    analyse_intercurrent,
    analyse_further_therapies,
    analyse_response,
    analyse_severe_events,
    analyse_grade_times,
    analyse_kidney_declines,
    analyse_late_harm,
    *INTERIM_ANALYSES,
)
"""The final analysis: the primary comparison first, then all else of efficacy, then what the interim report has."""

BY_TREATMENT: frozenset[Analysis] = frozenset(
    {
        analyse_severe_events,
        analyse_late_harm,
        analyse_grade_times,
        analyse_kidney_declines,
        *_EXPOSURE_AND_HARM,
    }
)
"""Analyses of harm and exposure: their arms are those that the plan says (``safety_arm``)."""


def run_analysis(
    data: Datasets, study: Study, plan: Plan, *, analyses: tuple[Analysis, ...] = INTERIM_ANALYSES
) -> Results:
    """Run ``analyses`` in order and return the results table.

    A statistic that cannot be estimated is a row with the reason; nothing else is swallowed. Linear algebra runs in one
    thread: the order of its sums, and so the last digit of a number, is then the same on any number of cores. Raises
    ``PlanError`` if the plan names what the study does not have, or the datasets were built with decisions that it
    changes.

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
    treated = as_treated(data, plan) if BY_TREATMENT & {*analyses} else data
    asked = [(analysis, treated if analysis in BY_TREATMENT else data) for analysis in analyses]
    rows: list[ResultRow] = []
    with threadpool_limits(limits=1, user_api="blas"):
        for (_, own), found in zip(asked, _answers(asked, study, plan), strict=True):
            rows += found if own is data else [_by_actual_arm(row) for row in found]
    return Results(rows)


def _answers(
    asked: Sequence[tuple[Analysis, Datasets]], study: Study, plan: Plan
) -> Iterator[Sequence[ResultRow]]:
    """Run analyses, each on its datasets."""
    return (analysis(own, study, plan) for analysis, own in asked)


def _by_actual_arm(row: ResultRow) -> ResultRow:
    """Name the variable that the groups of a row are of: the arm treated as."""
    first, second = ("TRT01A" if name == "TRT01P" else name for name in (row.group1, row.group2))
    return row if (first, second) == (row.group1, row.group2) else replace(row, group1=first, group2=second)
