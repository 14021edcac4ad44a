"""Which decisions of the plan a number depends on: a list for each family of results, and for kinds of statistics.

The tests change each decision and compare: a number that changes names it. A number may name a decision that changes
nothing in these data, such as how a censored laboratory value counts where none is censored.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from duonen_stats.plan import Plan, decisions, idle
from duonen_stats.results.ids import Block
from duonen_stats.results.makers import families_of
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.results.run import BY_TREATMENT

_VALUES = ("baseline_visit", "baseline_rule", "visit_record_rule", "censored_results")
_WORST = (*_VALUES, "follow_up_visits", "nadir_scope")
_MODIFIED = ("modification_tolerance",)
_MODEL = (*_VALUES, "repeated_covariance", "repeated_df", "repeated_baseline")
_REPORTED = ("ae_reporting", "ae_reporting_days")
_SUPPORT = ("recovery_support", "recovery_support_days")
_GRADES = ("ctcae_version", "censored_results")
_MONITORED = (
    *_REPORTED, "toxicity_bound", "toxicity_threshold", "toxicity_prior_events", "toxicity_prior_others", "min_group",
)  # fmt: skip
_SCANS = (
    "evaluable_responses", "new_lesion_is_progression", "baseline_scan", "baseline_scan_days", "baseline_scan_outside",
)  # fmt: skip
_PROGRESSION = (
    *_SCANS, "assessment_interval_days", "assessment_tolerance_days", "missed_assessments", "new_therapy_censoring",
)  # fmt: skip
_RESPONSE = (
    *_SCANS, "new_therapy_censoring", "response_confirmation", "confirmation_days", "confirmation_not_evaluable",
    "disease_after_complete_response", "stable_disease_days",
)  # fmt: skip
_IMPUTED = ("imputations", "imputation_end", "imputation_months", "seed", "tipping_deltas")

_FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # laboratory values
        **dict.fromkeys(("lab_change", "lab_percent_change", "lab_visit", "lab_censored", "baseline_lab"), _VALUES),
        **dict.fromkeys(("lab_extreme", "lab_pair"), (*_VALUES, "follow_up_visits")),
        **dict.fromkeys(("lab_nadir", "lab_nadir_change", "lab_nadir_looks"), _WORST),
        **dict.fromkeys(("dose_effect", "dose_effect_arm"), _WORST),
        **dict.fromkeys(("lab_modification", "modification_test"), (*_WORST, *_MODIFIED)),
        **dict.fromkeys(("lab_model", "lab_model_mean", "lab_model_difference"), (*_MODEL, "follow_up_visits")),
        **dict.fromkeys(("late_model", "late_mean", "late_difference"), _MODEL),
        **dict.fromkeys(("egfr_slopes", "egfr_slope", "egfr_slope_difference"), (*_VALUES, "repeated_df")),
        **dict.fromkeys(("kdigo", "kidney_progressed", "kidney_rapid"), _VALUES),
        "egfr_decline": (
            *_VALUES, "decline_fractions", "decline_confirmation_days", "late_landmark_months", "days_per_month",
        ),
        "labs_at": ("baseline_visit", "follow_up_visits", "visit_record_rule"),
        "lowest_value": ("lowest_value_days", "censored_results"),
        "next_cycle": (*_GRADES, "lowest_value_days", *_SUPPORT, "cycle_delay"),
        "changed_cycles": (*_GRADES, "lowest_value_days", "cycle_delay", *_SUPPORT),
        "persistent": (*_GRADES, "persistent_days", "persistent_grade"),
        # grades
        **dict.fromkeys(
            ("toxicity_seen", "toxicity_grade", "toxicity_undecided", "toxicity_between", "toxicity_severe",
             "toxicity_any_severe", "toxicity_shift", "toxicity_worsened"),
            (*_GRADES, "baseline_visit", "baseline_rule", "visit_record_rule"),
        ),
        "grade_time": (*_GRADES, "grade_landmark_months", "days_per_month"),
        "grade_recovery": (*_GRADES, "grade_landmark_months", *_SUPPORT, "days_per_month"),
        "dose_harm": (
            *_GRADES, *_VALUES[:3], "dose_effect_grade", "dose_effect_decline", "days_per_month",
        ),
        # vital signs
        "weight_lost": ("difference_decimals",),
        # exposure
        **dict.fromkeys(("cycle_delay", "cycle_delayed", "delayed_patients", "delay_reason"), ("cycle_delay",)),
        "modification": (*_MODIFIED, "modification_counting"),
        "kidney_effective": ("bed_alpha_beta", "bed_repair_hours", "bed_biological_hours"),
        "kidney_grid": ("bed_alpha_beta_grid", "bed_repair_grid", "bed_biological_hours"),
        "kidney_half_life": ("bed_biological_hours",),
        # adverse events
        **dict.fromkeys(
            ("events", "event_patients", "events_ungraded", "events_without", "worst_event", "event_consequence",
             "consequence", "events_outside", "event_time", "event_rate", "event_rate_ratio", "event_difference",
             "event_overview", "event_outcome", "kind_rate", "event_coding", "events_worsened"),
            _REPORTED,
        ),
        **dict.fromkeys(("event_class", "compared_term", "kind_patients"), (*_REPORTED, "ae_term_percent")),
        "severe_incidence": (*_REPORTED, "ae_landmark_months", "ae_grid_months", "days_per_month"),
        **dict.fromkeys(("severe_death", "gray", "severe_undated"), (*_REPORTED, "days_per_month")),
        **dict.fromkeys(
            ("late_incidence", "late_undated"),
            (*_GRADES, "late_months", "persistent_days", "persistent_grade", "days_per_month"),
        ),
        **dict.fromkeys(("toxicity_watch", "toxicity_boundary"), _MONITORED),
        "toxicity_rule": (*_MONITORED, "toxicity_rates"),
        # efficacy
        **dict.fromkeys(
            ("analysis_set", "excluded", "per_protocol"), ("per_protocol",)
        ),
        "km": ("curve_limits", "landmark_months", "grid_months"),
        "follow_up": ("curve_limits",),
        "subgroup": ("subgroups", "subgroup_age", "min_group"),
        "subgroup_unknown": ("subgroups", "subgroup_age"),
        "interaction": ("subgroups", "subgroup_age"),
        "subgroups": ("subgroups", "subgroup_age"),
        "weighted": ("censoring_covariates",),
        **dict.fromkeys(("extreme_case", "imputed", "tipping_factor", "tipping_point"), _IMPUTED),
        "interval_model": (*_PROGRESSION, "interval_cutpoints"),
        "interval_curve": (*_PROGRESSION, "landmark_months"),
        **dict.fromkeys(("adjusted", "adjusted_term"), ("adjustment_covariates",)),
        **dict.fromkeys(("assessment_interval", "off_schedule", "on_schedule"), _PROGRESSION),
        **dict.fromkeys(("response_rate", "best_response", "response_difference"), _RESPONSE),
        "best_change": _RESPONSE,
        **dict.fromkeys(("dose_response", "dose_landmark"), ("dose_landmark_months",)),
    }
)  # fmt: skip
"""Decisions that every number of a family depends on, by the first family of its block."""

_STEPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "stratified_log_rank": ("stratification_factors",),
        "stratified_cox": ("stratification_factors",),
        "hazard_ratio": ("firth",),
        "rmst": ("rmst_tau", "rmst_months", "rmst_min_at_risk", "days_per_month"),
        "permutation": ("permutations", "seed"),
        "hazards": ("hazards_transform",),
        "between_adjusted": ("between_arm_test", "follow_up_visits"),
    }
)
"""Decisions of the families that build on another: how the number was computed."""

_TIMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pfs": (*_PROGRESSION, "days_per_month"),
        "pfshyp": (*_PROGRESSION, "days_per_month"),
        "dor": (*_PROGRESSION, *_RESPONSE, "days_per_month"),
        "os": ("days_per_month",),
    }
)
"""Decisions on how a time to an event was read, by how an id begins."""

_CONTRASTS = frozenset(
    {
        "primary", "single_arm", "weighted", "extreme_case", "imputed", "tipping_factor", "tipping_point",
        "interval_model", "adjusted", "adjusted_term", "on_schedule", "per_protocol", "subgroup", "interaction",
        "response_difference", "lab_model_difference", "late_difference", "egfr_slope_difference", "event_rate_ratio",
        "event_difference", "compared_term", "subgroup_unknown", "gray", "arm_factor", "isolated", "heterogeneity",
    }
)  # fmt: skip
_GROUPS = frozenset(
    {
        "interval_curve", "intercurrent", "further_therapy", "therapy_class", "therapy_line", "response_rate",
        "best_response", "best_change", "km", "follow_up", "censored", "modification", "fixed_course",
        "late_incidence", "late_undated", "severe_incidence", "severe_death", "severe_undated", "event_rate",
        "event_time", "kind_rate", "off_schedule", "assessment_interval", "lab_model_mean", "late_mean", "event_class",
    }
)  # fmt: skip
_RATIOS = frozenset({"subgroup", "extreme_case", "on_schedule", "per_protocol", "isolated"})
"""Families whose hazard ratio is fitted as the plan says where the likelihood has no maximum."""
_LIMITS = frozenset({"ci_low", "ci_high", "median_ci_low", "median_ci_high", "low", "high"})

Says = Callable[[ResultRow], bool]


def _method(*words: str) -> Says:
    return lambda row: any(word in row.method for word in words)


_STATISTICS: tuple[tuple[str, Says], ...] = (
    ("confidence", lambda row: row.stat_name in _LIMITS),
    ("proportion_limits", _method("Clopper", "Wilson")),
    (
        "quantile_type",
        lambda row: row.stat_name.startswith("whisker") or row.stat_name in {"q1", "median", "q3"},
    ),
    ("assumption_alpha", _method(" → ")),
    ("convention", _method("Kruskal", "Wilcoxon", "Mann", "Levene", " → ")),
    ("difference_decimals", _method("Kruskal", "Wilcoxon", "Mann", "Dunn", "Spearman", "box lengths", " → ")),
    ("min_group", lambda row: row.stat_name in {"p", "statistic", "holm", "hr", "df"}),
)
"""Decisions that depend on the kind of a statistic, whatever it is of."""

_OF_TREATMENT = frozenset(family for analysis in BY_TREATMENT for family in families_of(analysis))
_ORDER = tuple(item.name for item in decisions())


def decisions_of(row: ResultRow, block: Block, plan: Plan) -> tuple[str, ...]:
    """Return the decisions that a number depends on, in the order of the plan.

    Parameters
    ----------
    row
        A row of the results table.
    block
        The block it is of, from ``ids.known_ids``.
    plan
        A decision that changes nothing in this plan is left out.

    Returns
    -------
    tuple of str
        Fields of the plan.

    Examples
    --------
    >>> from duonen_stats import INTERIM, load_study
    >>> from duonen_stats.results.ids import known_ids
    >>> row = ResultRow(
    ...     analysis_id="exposure.delay.T2.A.q1", display="", population="", stat_name="q1", stat_label="", stat=2.0,
    ... )
    >>> from duonen_stats.results import ids
    >>> decisions_of(row, ids.cycle_delay("T2", "A"), INTERIM)
    ('quantile_type', 'cycle_delay', 'safety_arm')
    """
    first, *further = block.families
    ratio = first in _RATIOS and row.stat_name in {"hr", "p", "ci_low", "ci_high"}
    asked = {name for name, applies in _STATISTICS if applies(row)}
    asked |= {*_FAMILIES.get(first, ()), *_TIMES.get(block.partition(".")[0], ())}
    asked |= {name for family in further for name in _STEPS.get(family, ())}
    if first in _CONTRASTS or first in _GROUPS:
        asked.add("control_arm")
    if ratio:
        asked.add("firth")
    if first in _OF_TREATMENT:
        asked.add("safety_arm")
    return tuple(name for name in _ORDER if name in asked and not idle(plan, name))
