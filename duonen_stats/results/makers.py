"""Which analysis makes a result, so that of a whole report only what is wanted need be computed."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from duonen_stats.results.ids import Block
from duonen_stats.results.run import FINAL_ANALYSES, Analysis

_MADE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "analyse_primary": ("primary",),
        "analyse_survival": ("primary", "single_arm", "km", "follow_up", "four_arm_log_rank"),
        "analyse_arm_factors": ("arm_factor", "heterogeneity", "isolated"),
        "analyse_informative_censoring": ("weighted",),
        "analyse_reasons": ("censored",),
        "analyse_subgroups": ("interaction", "subgroup", "subgroup_unknown", "subgroups"),
        "analyse_dose_response": ("dose_given", "dose_landmark", "dose_response"),
        "analyse_censoring": ("extreme_case", "imputed", "tipping_factor", "tipping_point"),
        "analyse_interval_censored": ("interval_model",),
        "analyse_interval_curves": ("interval_curve",),
        "analyse_adjusted": ("adjusted", "adjusted_term"),
        "analyse_schedule": ("assessment_interval", "off_schedule", "on_schedule"),
        "analyse_per_protocol": ("per_protocol",),
        "analyse_intercurrent": ("intercurrent",),
        "analyse_further_therapies": ("further_therapy", "therapy_class", "therapy_line"),
        "analyse_response": ("best_change", "best_response", "response_difference", "response_rate"),
        "analyse_severe_events": ("gray", "severe_death", "severe_incidence", "severe_undated"),
        "analyse_grade_times": ("grade_recovery", "grade_time"),
        "analyse_kidney_declines": ("egfr_decline",),
        "analyse_late_harm": ("late_incidence", "late_undated"),
        "analyse_disposition": (
            "cycles", "disposition", "labs_at", "planned", "stopping_reason", "stopping_unrecorded",
        ),
        "analyse_analysis_sets": ("analysis_set", "excluded"),
        "analyse_deviations": ("deviation", "important_deviation"),
        "analyse_baseline": (
            "baseline_flag", "baseline_lab", "baseline_level", "baseline_measure", "baseline_share", "baseline_size",
            "baseline_unknown",
        ),
        "analyse_modifications": ("activity", "fixed_course", "modification", "modified_size"),
        "analyse_organ_doses": ("dose_size", "limit", "organ_comparison", "organ_dose"),
        "analyse_delays": (
            "cycle_delay", "cycle_delayed", "cycle_interval", "cycle_not_given", "delay_reason", "delayed_patients",
        ),
        "analyse_dose_intensity": (
            "activity_set", "course_share", "courses", "cycle_activity", "dose_intensity", "given_of_set",
        ),
        "analyse_specific_doses": ("adapted_cycles", "governing_limit", "specific_dose"),
        "analyse_kidney_effective_dose": ("kidney_effective", "kidney_grid", "kidney_half_life"),
        "analyse_laboratory": (
            "lab_censored", "lab_change", "lab_extreme", "lab_modification", "lab_nadir", "lab_nadir_change",
            "lab_nadir_looks", "lab_pair", "lab_percent_change", "lab_visit", "modification_test",
        ),
        "analyse_repeated_values": ("lab_model", "lab_model_difference", "lab_model_mean"),
        "analyse_late_values": ("late_difference", "late_mean", "late_model"),
        "analyse_kidney": (
            "egfr_slope", "egfr_slope_difference", "egfr_slopes", "kdigo", "kidney_progressed", "kidney_rapid",
        ),
        "analyse_cycles": ("changed_cycles", "lowest_value", "next_cycle", "persistent"),
        "analyse_dose_effect": ("activity_effect", "dose_effect", "dose_effect_arm"),
        "analyse_dose_toxicity": ("dose_harm",),
        "analyse_toxicity": (
            "toxicity_any_severe", "toxicity_between", "toxicity_grade", "toxicity_seen", "toxicity_severe",
            "toxicity_undecided",
        ),
        "analyse_grade_shifts": ("toxicity_shift", "toxicity_worsened"),
        "analyse_vital_signs": (
            "karnofsky_shift", "karnofsky_worsened", "sign_change", "sign_value", "weight_change", "weight_lost",
        ),
        "analyse_adverse_events": (
            "consequence", "event_consequence", "event_of_interest", "event_patients", "events", "events_outside",
            "events_ungraded", "events_without", "safety_patients", "worst_event",
        ),
        "analyse_event_rates": ("event_difference", "event_rate", "event_rate_ratio", "event_time"),
        "analyse_event_overview": ("deaths_from_treatment", "event_overview"),
        "analyse_event_terms": (
            "event_class", "event_coding", "event_outcome", "events_worsened", "kind_patients",
        ),
        "analyse_term_rates": ("compared_term", "event_class", "kind_rate"),
        "analyse_toxicity_monitoring": ("toxicity_boundary", "toxicity_rule", "toxicity_watch"),
    }
)  # fmt: skip
"""The families that each analysis, by its name, makes rows of: the first families of their blocks."""

_ENOUGH = frozenset(
    {
        "analyse_primary", "analyse_survival", "analyse_arm_factors", "analyse_reasons", "analyse_subgroups",
        "analyse_adjusted",
    }
)  # fmt: skip
FROM_SURVIVAL: frozenset[Analysis] = frozenset(one for one in FINAL_ANALYSES if one.__name__ in _ENOUGH)
"""Analyses for which PFS, OS and the baseline of the patients are enough (``build_survival``)."""


def analyses_of(blocks: Iterable[Block]) -> tuple[Analysis, ...]:
    """Return the analyses that make some blocks of results, in the order of the final report.

    Parameters
    ----------
    blocks
        Blocks as ``KnownIds.block`` gives them.

    Examples
    --------
    >>> from duonen_stats.results import ids
    >>> [one.__name__ for one in analyses_of([ids.cox(ids.primary("pfs"))])]
    ['analyse_primary']
    """
    wanted = {_key(block) for block in blocks}
    return tuple(
        analysis
        for analysis in FINAL_ANALYSES
        if any((family, _of_pfs(analysis, family)) in wanted for family in _MADE[analysis.__name__])
    )


def families_of(analysis: Analysis) -> tuple[str, ...]:
    """Return the families that an analysis makes rows of.

    Examples
    --------
    >>> from duonen_stats.results.analyses.events.late_harm import analyse_late_harm
    >>> families_of(analyse_late_harm)
    ('late_incidence', 'late_undated')
    """
    return _MADE[analysis.__name__]


def needs_only_survival(analyses: Iterable[Analysis], blocks: Iterable[Block]) -> bool:
    """Return whether PFS, OS and the baseline are enough; the duration of response asks for the assessments."""
    return set(analyses) <= FROM_SURVIVAL and not any(block.startswith("dor.") for block in blocks)


def _key(block: Block) -> tuple[str, bool]:
    family = block.families[0]
    return family, family == "primary" and block.startswith("pfs.")


def _of_pfs(analysis: Analysis, family: str) -> bool:
    """Whether a family is split between analyses and this one makes that of PFS: the comparison of the trial."""
    return family == "primary" and analysis.__name__ == "analyse_primary"
