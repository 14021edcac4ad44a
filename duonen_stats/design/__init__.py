"""Planning: power, events, accrual, monitoring, re-estimation, and simulation of trials.

Each name is imported from its module on first use. Most functions stand behind a command of ``duonen design``. These
have no command and are for programs and notebooks:

* monitoring: ``crossing_probabilities``, ``efficacy_boundary``, ``group_sequential_events``
* analysis of a monitored trial: ``repeated_intervals``, ``sequential_p_value``, ``stagewise_inference``
* adaptive trials with any number of looks: ``adaptive_conditional_power``, ``inverse_normal_test``
* re-estimation: ``blinded_hazard_ratio``, ``simulate_reestimation``
* planning: ``average_hazard_ratio``, ``followup_time``, ``precision_curve``
* log-rank tests of many trials at a time: ``logrank_batch``
"""

from importlib import import_module
from typing import Any

# Public name: its module. No module may bear a public name: importing the module would hide the function.
_MODULES = {
    "Accrual": "trial.accrual",
    "AccrualDuration": "trial.expected_events",
    "AverageHazardRatio": "trial.expected_events",
    "BlindedCut": "reestimation.blinded_data",
    "BlindedHazardRatio": "fixed.log_rank_scale",
    "BlindedRates": "reestimation.pooled_rates",
    "BlindedReestimation": "reestimation.blinded_reestimation",
    "CalibratedTest": "simulation.critical_values",
    "ClaimCheck": "fixed.published_plan",
    "CombinationLook": "monitoring.inverse_normal",
    "ConditionalPower": "monitoring.conditional",
    "CriticalValue": "simulation.critical_values",
    "CrossingProbabilities": "monitoring.crossing",
    "DetectableHazardRatio": "fixed.power",
    "EventProbability": "trial.expected_events",
    "EventProjection": "reestimation.projection",
    "EventsInReach": "reestimation.decided_events",
    "ExpectedEvents": "trial.expected_events",
    "ExpectedLogRank": "fixed.lakatos",
    "FinalCombination": "reestimation.decided_events",
    "FIXED_METHODS": "fixed.fixed_methods",
    "FollowUpEnd": "reestimation.blinded_data",
    "GroupSequentialCalendar": "monitoring.group_sequential_survival",
    "GroupSequentialDesign": "monitoring.group_sequential",
    "GroupSequentialEvents": "monitoring.group_sequential_survival",
    "Interval": "reestimation.trial_under_way",
    "InverseNormalResult": "monitoring.inverse_normal",
    "LogRankBatch": "simulation.trial_sampler",
    "METHOD_LABELS": "fixed.fixed_methods",
    "MethodRow": "fixed.methods_table",
    "MethodsComparison": "fixed.methods_table",
    "PermutationResult": "simulation.permutation",
    "PiecewiseHazard": "trial.exponential",
    "PowerSimulator": "simulation.simulated_sizing",
    "PowerAndSize": "simulation.critical_values",
    "PowerResult": "fixed.power",
    "PredictivePower": "monitoring.conditional",
    "Progress": "simulation.progress",
    "ProportionPrecision": "fixed.precision",
    "Rate": "simulation.grid",
    "RateEstimate": "reestimation.pooled_rates",
    "ReestimationCharacteristics": "reestimation.reestimation_simulation",
    "ReestimationRule": "reestimation.unblinded_reestimation",
    "RepeatedInterval": "monitoring.repeated_inference",
    "RequiredEvents": "fixed.sizing",
    "RespentBoundary": "monitoring.repeated_inference",
    "RuleCalibration": "reestimation.reestimation_simulation",
    "RuleCharacteristics": "reestimation.reestimation_simulation",
    "SampleSize": "fixed.sizing",
    "ScanSchedule": "reestimation.blinded_data",
    "SimulatedPower": "simulation.simulated_sizing",
    "SimulatedSize": "fixed.methods_table",
    "SimulatedTest": "simulation.grid",
    "SizeOutcome": "reestimation.trial_under_way",
    "SimulationScenario": "simulation.scenario",
    "StagewiseInference": "monitoring.stagewise_ordering",
    "Stratum": "simulation.scenario",
    "SurvivalAssumptions": "trial.assumptions",
    "TargetProjection": "reestimation.projection",
    "UnblindedReestimation": "reestimation.unblinded_reestimation",
    "accrual_duration": "trial.expected_events",
    "adaptive_conditional_power": "monitoring.inverse_normal",
    "average_hazard_ratio": "trial.expected_events",
    "blinded_cut": "reestimation.blinded_data",
    "blinded_hazard_ratio": "fixed.log_rank_scale",
    "blinded_rates": "reestimation.pooled_rates",
    "calibrate_reestimation": "reestimation.reestimation_simulation",
    "calibrate_critical_value": "simulation.critical_values",
    "check_published_power": "fixed.published_plan",
    "check_published_size": "fixed.published_plan",
    "cluster_executor": "simulation.cluster",
    "combine_stages": "monitoring.inverse_normal",
    "compare_methods": "fixed.methods_table",
    "conditional_power": "monitoring.conditional",
    "crossing_probabilities": "monitoring.crossing",
    "efficacy_boundary": "monitoring.boundaries",
    "event_probability": "trial.expected_events",
    "events_in_reach": "reestimation.decided_events",
    "expected_events": "trial.expected_events",
    "expected_log_rank": "fixed.lakatos",
    "final_combination": "reestimation.decided_events",
    "followup_time": "trial.expected_events",
    "gauss_legendre_grid": "monitoring.crossing",
    "group_sequential_calendar": "monitoring.group_sequential_survival",
    "group_sequential_design": "monitoring.group_sequential",
    "group_sequential_events": "monitoring.group_sequential_survival",
    "group_sequential_trial": "monitoring.group_sequential_survival",
    "hazard_from_median": "trial.exponential",
    "hazard_from_survival": "trial.exponential",
    "hazard_ratio_from_z": "fixed.log_rank_scale",
    "inverse_normal_test": "monitoring.inverse_normal",
    "log_rank_drift": "fixed.log_rank_scale",
    "log_rank_information": "fixed.log_rank_scale",
    "logrank_batch": "simulation.trial_sampler",
    "minimum_detectable_hazard_ratio": "fixed.power",
    "patients_for_any": "fixed.precision",
    "patients_for_precision": "fixed.precision",
    "permutation_logrank": "simulation.permutation",
    "power": "fixed.power",
    "precision_curve": "fixed.precision",
    "predictive_power": "monitoring.conditional",
    "probability_of_any": "fixed.precision",
    "project_events": "reestimation.projection",
    "proportion_precision": "fixed.precision",
    "rate_excluded": "fixed.precision",
    "reestimate_blinded": "reestimation.blinded_reestimation",
    "reestimate_events": "reestimation.unblinded_reestimation",
    "planned_direction": "fixed.fixed_methods",
    "reestimation_characteristics": "reestimation.reestimation_simulation",
    "repeated_intervals": "monitoring.repeated_inference",
    "repeated_p_values": "monitoring.repeated_inference",
    "required_events": "fixed.sizing",
    "respend_boundaries": "monitoring.repeated_inference",
    "respent_design": "monitoring.repeated_inference",
    "sample_size": "fixed.sizing",
    "sequential_p_value": "monitoring.repeated_inference",
    "simpson_grid": "monitoring.crossing",
    "simulate_grid": "simulation.grid",
    "simulate_logrank": "simulation.grid",
    "simulate_power_and_size": "simulation.critical_values",
    "simulate_reestimation": "reestimation.reestimation_simulation",
    "spent_error": "monitoring.boundaries",
    "stagewise_inference": "monitoring.stagewise_ordering",
    "stagewise_log_rank": "monitoring.inverse_normal",
    "study_assumptions": "fixed.published_plan",
    "time_to_events": "trial.expected_events",
    "weibull_hazard": "trial.exponential",
}

__all__ = sorted(_MODULES)  # noqa: PLE0605 - the map is the one list of names


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
