# Types of the lazily imported names; a test holds them equal to the map in __init__.py.

from duonen_stats.design.fixed.fixed_methods import FIXED_METHODS as FIXED_METHODS
from duonen_stats.design.fixed.fixed_methods import METHOD_LABELS as METHOD_LABELS
from duonen_stats.design.fixed.fixed_methods import planned_direction as planned_direction
from duonen_stats.design.fixed.lakatos import ExpectedLogRank as ExpectedLogRank
from duonen_stats.design.fixed.lakatos import expected_log_rank as expected_log_rank
from duonen_stats.design.fixed.log_rank_scale import BlindedHazardRatio as BlindedHazardRatio
from duonen_stats.design.fixed.log_rank_scale import blinded_hazard_ratio as blinded_hazard_ratio
from duonen_stats.design.fixed.log_rank_scale import hazard_ratio_from_z as hazard_ratio_from_z
from duonen_stats.design.fixed.log_rank_scale import log_rank_drift as log_rank_drift
from duonen_stats.design.fixed.log_rank_scale import log_rank_information as log_rank_information
from duonen_stats.design.fixed.methods_table import MethodRow as MethodRow
from duonen_stats.design.fixed.methods_table import MethodsComparison as MethodsComparison
from duonen_stats.design.fixed.methods_table import SimulatedSize as SimulatedSize
from duonen_stats.design.fixed.methods_table import compare_methods as compare_methods
from duonen_stats.design.fixed.power import DetectableHazardRatio as DetectableHazardRatio
from duonen_stats.design.fixed.power import PowerResult as PowerResult
from duonen_stats.design.fixed.power import minimum_detectable_hazard_ratio as minimum_detectable_hazard_ratio
from duonen_stats.design.fixed.power import power as power
from duonen_stats.design.fixed.precision import HazardRatioPrecision as HazardRatioPrecision
from duonen_stats.design.fixed.precision import ProportionPrecision as ProportionPrecision
from duonen_stats.design.fixed.precision import hazard_ratio_precision as hazard_ratio_precision
from duonen_stats.design.fixed.precision import patients_for_any as patients_for_any
from duonen_stats.design.fixed.precision import patients_for_precision as patients_for_precision
from duonen_stats.design.fixed.precision import precision_curve as precision_curve
from duonen_stats.design.fixed.precision import probability_of_any as probability_of_any
from duonen_stats.design.fixed.precision import proportion_precision as proportion_precision
from duonen_stats.design.fixed.precision import rate_excluded as rate_excluded
from duonen_stats.design.fixed.published_plan import ClaimCheck as ClaimCheck
from duonen_stats.design.fixed.published_plan import check_published_power as check_published_power
from duonen_stats.design.fixed.published_plan import check_published_size as check_published_size
from duonen_stats.design.fixed.published_plan import study_assumptions as study_assumptions
from duonen_stats.design.fixed.sizing import RequiredEvents as RequiredEvents
from duonen_stats.design.fixed.sizing import SampleSize as SampleSize
from duonen_stats.design.fixed.sizing import required_events as required_events
from duonen_stats.design.fixed.sizing import sample_size as sample_size
from duonen_stats.design.monitoring.boundaries import efficacy_boundary as efficacy_boundary
from duonen_stats.design.monitoring.boundaries import spent_error as spent_error
from duonen_stats.design.monitoring.conditional import ConditionalPower as ConditionalPower
from duonen_stats.design.monitoring.conditional import PredictivePower as PredictivePower
from duonen_stats.design.monitoring.conditional import conditional_power as conditional_power
from duonen_stats.design.monitoring.conditional import predictive_power as predictive_power
from duonen_stats.design.monitoring.crossing import CrossingProbabilities as CrossingProbabilities
from duonen_stats.design.monitoring.crossing import crossing_probabilities as crossing_probabilities
from duonen_stats.design.monitoring.crossing import gauss_legendre_grid as gauss_legendre_grid
from duonen_stats.design.monitoring.crossing import simpson_grid as simpson_grid
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign as GroupSequentialDesign
from duonen_stats.design.monitoring.group_sequential import group_sequential_design as group_sequential_design
from duonen_stats.design.monitoring.group_sequential_survival import (
    GroupSequentialCalendar as GroupSequentialCalendar,
)
from duonen_stats.design.monitoring.group_sequential_survival import (
    GroupSequentialEvents as GroupSequentialEvents,
)
from duonen_stats.design.monitoring.group_sequential_survival import (
    group_sequential_calendar as group_sequential_calendar,
)
from duonen_stats.design.monitoring.group_sequential_survival import (
    group_sequential_events as group_sequential_events,
)
from duonen_stats.design.monitoring.group_sequential_survival import (
    group_sequential_trial as group_sequential_trial,
)
from duonen_stats.design.monitoring.inverse_normal import CombinationLook as CombinationLook
from duonen_stats.design.monitoring.inverse_normal import InverseNormalResult as InverseNormalResult
from duonen_stats.design.monitoring.inverse_normal import (
    adaptive_conditional_power as adaptive_conditional_power,
)
from duonen_stats.design.monitoring.inverse_normal import combine_stages as combine_stages
from duonen_stats.design.monitoring.inverse_normal import inverse_normal_test as inverse_normal_test
from duonen_stats.design.monitoring.inverse_normal import stagewise_log_rank as stagewise_log_rank
from duonen_stats.design.monitoring.repeated_inference import RepeatedInterval as RepeatedInterval
from duonen_stats.design.monitoring.repeated_inference import RespentBoundary as RespentBoundary
from duonen_stats.design.monitoring.repeated_inference import repeated_intervals as repeated_intervals
from duonen_stats.design.monitoring.repeated_inference import repeated_p_values as repeated_p_values
from duonen_stats.design.monitoring.repeated_inference import respend_boundaries as respend_boundaries
from duonen_stats.design.monitoring.repeated_inference import respent_design as respent_design
from duonen_stats.design.monitoring.repeated_inference import sequential_p_value as sequential_p_value
from duonen_stats.design.monitoring.stagewise_ordering import StagewiseInference as StagewiseInference
from duonen_stats.design.monitoring.stagewise_ordering import stagewise_inference as stagewise_inference
from duonen_stats.design.reestimation.blinded_data import BlindedCut as BlindedCut
from duonen_stats.design.reestimation.blinded_data import FollowUpEnd as FollowUpEnd
from duonen_stats.design.reestimation.blinded_data import ScanSchedule as ScanSchedule
from duonen_stats.design.reestimation.blinded_data import blinded_cut as blinded_cut
from duonen_stats.design.reestimation.blinded_reestimation import BlindedReestimation as BlindedReestimation
from duonen_stats.design.reestimation.blinded_reestimation import reestimate_blinded as reestimate_blinded
from duonen_stats.design.reestimation.decided_events import EventsInReach as EventsInReach
from duonen_stats.design.reestimation.decided_events import FinalCombination as FinalCombination
from duonen_stats.design.reestimation.decided_events import events_in_reach as events_in_reach
from duonen_stats.design.reestimation.decided_events import final_combination as final_combination
from duonen_stats.design.reestimation.pooled_rates import BlindedRates as BlindedRates
from duonen_stats.design.reestimation.pooled_rates import RateEstimate as RateEstimate
from duonen_stats.design.reestimation.pooled_rates import blinded_rates as blinded_rates
from duonen_stats.design.reestimation.projection import EventProjection as EventProjection
from duonen_stats.design.reestimation.projection import TargetProjection as TargetProjection
from duonen_stats.design.reestimation.projection import project_events as project_events
from duonen_stats.design.reestimation.reestimation_simulation import (
    ReestimationCharacteristics as ReestimationCharacteristics,
)
from duonen_stats.design.reestimation.reestimation_simulation import RuleCalibration as RuleCalibration
from duonen_stats.design.reestimation.reestimation_simulation import (
    RuleCharacteristics as RuleCharacteristics,
)
from duonen_stats.design.reestimation.reestimation_simulation import (
    calibrate_reestimation as calibrate_reestimation,
)
from duonen_stats.design.reestimation.reestimation_simulation import (
    reestimation_characteristics as reestimation_characteristics,
)
from duonen_stats.design.reestimation.reestimation_simulation import (
    simulate_reestimation as simulate_reestimation,
)
from duonen_stats.design.reestimation.trial_under_way import Interval as Interval
from duonen_stats.design.reestimation.trial_under_way import SizeOutcome as SizeOutcome
from duonen_stats.design.reestimation.unblinded_reestimation import ReestimationRule as ReestimationRule
from duonen_stats.design.reestimation.unblinded_reestimation import (
    UnblindedReestimation as UnblindedReestimation,
)
from duonen_stats.design.reestimation.unblinded_reestimation import reestimate_events as reestimate_events
from duonen_stats.design.simulation.cluster import cluster_executor as cluster_executor
from duonen_stats.design.simulation.critical_values import CalibratedTest as CalibratedTest
from duonen_stats.design.simulation.critical_values import CriticalValue as CriticalValue
from duonen_stats.design.simulation.critical_values import PowerAndSize as PowerAndSize
from duonen_stats.design.simulation.critical_values import (
    calibrate_critical_value as calibrate_critical_value,
)
from duonen_stats.design.simulation.critical_values import simulate_power_and_size as simulate_power_and_size
from duonen_stats.design.simulation.grid import Rate as Rate
from duonen_stats.design.simulation.grid import SimulatedTest as SimulatedTest
from duonen_stats.design.simulation.grid import simulate_grid as simulate_grid
from duonen_stats.design.simulation.grid import simulate_logrank as simulate_logrank
from duonen_stats.design.simulation.permutation import PermutationResult as PermutationResult
from duonen_stats.design.simulation.permutation import permutation_logrank as permutation_logrank
from duonen_stats.design.simulation.progress import Progress as Progress
from duonen_stats.design.simulation.scenario import SimulationScenario as SimulationScenario
from duonen_stats.design.simulation.scenario import Stratum as Stratum
from duonen_stats.design.simulation.simulated_sizing import PowerSimulator as PowerSimulator
from duonen_stats.design.simulation.simulated_sizing import SimulatedPower as SimulatedPower
from duonen_stats.design.simulation.toxicity_trials import ToxicityCharacteristics as ToxicityCharacteristics
from duonen_stats.design.simulation.toxicity_trials import ToxicityScenario as ToxicityScenario
from duonen_stats.design.simulation.toxicity_trials import simulate_toxicity_rule as simulate_toxicity_rule
from duonen_stats.design.simulation.trial_sampler import LogRankBatch as LogRankBatch
from duonen_stats.design.simulation.trial_sampler import logrank_batch as logrank_batch
from duonen_stats.design.trial.accrual import Accrual as Accrual
from duonen_stats.design.trial.assumptions import SurvivalAssumptions as SurvivalAssumptions
from duonen_stats.design.trial.expected_events import AccrualDuration as AccrualDuration
from duonen_stats.design.trial.expected_events import AverageHazardRatio as AverageHazardRatio
from duonen_stats.design.trial.expected_events import EventProbability as EventProbability
from duonen_stats.design.trial.expected_events import ExpectedEvents as ExpectedEvents
from duonen_stats.design.trial.expected_events import accrual_duration as accrual_duration
from duonen_stats.design.trial.expected_events import average_hazard_ratio as average_hazard_ratio
from duonen_stats.design.trial.expected_events import event_probability as event_probability
from duonen_stats.design.trial.expected_events import expected_events as expected_events
from duonen_stats.design.trial.expected_events import followup_time as followup_time
from duonen_stats.design.trial.expected_events import time_to_events as time_to_events
from duonen_stats.design.trial.exponential import PiecewiseHazard as PiecewiseHazard
from duonen_stats.design.trial.exponential import hazard_from_median as hazard_from_median
from duonen_stats.design.trial.exponential import hazard_from_survival as hazard_from_survival
from duonen_stats.design.trial.exponential import weibull_hazard as weibull_hazard
