# Types of the lazily imported names; a test holds them equal to the map in __init__.py.

from duonen_stats.methods.association.bootstrap import BootstrapInterval as BootstrapInterval
from duonen_stats.methods.association.bootstrap import spearman_bootstrap as spearman_bootstrap
from duonen_stats.methods.association.contingency import ChiSquareResult as ChiSquareResult
from duonen_stats.methods.association.contingency import FisherResult as FisherResult
from duonen_stats.methods.association.contingency import OddsRatio as OddsRatio
from duonen_stats.methods.association.contingency import chi_square as chi_square
from duonen_stats.methods.association.contingency import fisher_exact as fisher_exact
from duonen_stats.methods.association.correlation import CorrelationResult as CorrelationResult
from duonen_stats.methods.association.correlation import correlation_interval as correlation_interval
from duonen_stats.methods.association.correlation import partial_spearman as partial_spearman
from duonen_stats.methods.association.correlation import pearson as pearson
from duonen_stats.methods.association.correlation import spearman as spearman
from duonen_stats.methods.association.logistic import LogisticResult as LogisticResult
from duonen_stats.methods.association.logistic import LogisticTerm as LogisticTerm
from duonen_stats.methods.association.logistic import firth_logistic as firth_logistic
from duonen_stats.methods.association.stratified import StratifiedResult as StratifiedResult
from duonen_stats.methods.association.stratified import stratified_two_by_two as stratified_two_by_two
from duonen_stats.methods.dose.effective_dose import CycleDose as CycleDose
from duonen_stats.methods.dose.effective_dose import EffectiveDose as EffectiveDose
from duonen_stats.methods.dose.effective_dose import (
    biologically_effective_dose as biologically_effective_dose,
)
from duonen_stats.methods.groups.kruskal_wallis import FriedmanResult as FriedmanResult
from duonen_stats.methods.groups.kruskal_wallis import friedman as friedman
from duonen_stats.methods.groups.kruskal_wallis import kruskal_wallis as kruskal_wallis
from duonen_stats.methods.groups.means import anova as anova
from duonen_stats.methods.groups.means import levene as levene
from duonen_stats.methods.groups.means import welch_anova as welch_anova
from duonen_stats.methods.groups.omnibus import OmnibusResult as OmnibusResult
from duonen_stats.methods.groups.pairwise import PairResult as PairResult
from duonen_stats.methods.groups.pairwise import games_howell as games_howell
from duonen_stats.methods.groups.pairwise import tukey_hsd as tukey_hsd
from duonen_stats.methods.groups.pairwise_ranks import DunnResult as DunnResult
from duonen_stats.methods.groups.pairwise_ranks import adjust_p as adjust_p
from duonen_stats.methods.groups.pairwise_ranks import dunn as dunn
from duonen_stats.methods.groups.routing import Decision as Decision
from duonen_stats.methods.groups.routing import ShapiroResult as ShapiroResult
from duonen_stats.methods.groups.routing import route as route
from duonen_stats.methods.groups.routing import shapiro_wilk as shapiro_wilk
from duonen_stats.methods.inputs.convention import Convention as Convention
from duonen_stats.methods.inputs.convention import as_convention as as_convention
from duonen_stats.methods.repeated.reml import IntervalEstimate as IntervalEstimate
from duonen_stats.methods.repeated.slopes import ArmSlope as ArmSlope
from duonen_stats.methods.repeated.slopes import SlopeDifference as SlopeDifference
from duonen_stats.methods.repeated.slopes import SlopeResult as SlopeResult
from duonen_stats.methods.repeated.slopes import slope_per_year as slope_per_year
from duonen_stats.methods.repeated.visit_means import MissingCell as MissingCell
from duonen_stats.methods.repeated.visit_means import MmrmDifference as MmrmDifference
from duonen_stats.methods.repeated.visit_means import MmrmMean as MmrmMean
from duonen_stats.methods.repeated.visit_means import MmrmResult as MmrmResult
from duonen_stats.methods.repeated.visit_means import mmrm as mmrm
from duonen_stats.methods.samples.description import Description as Description
from duonen_stats.methods.samples.description import describe as describe
from duonen_stats.methods.samples.description import geometric_mean as geometric_mean
from duonen_stats.methods.samples.description import hinges as hinges
from duonen_stats.methods.samples.description import quantile as quantile
from duonen_stats.methods.samples.exceedance import BetaPrior as BetaPrior
from duonen_stats.methods.samples.exceedance import RateBelief as RateBelief
from duonen_stats.methods.samples.exceedance import WatchCharacteristics as WatchCharacteristics
from duonen_stats.methods.samples.exceedance import exceedance_boundary as exceedance_boundary
from duonen_stats.methods.samples.exceedance import rate_exceedance as rate_exceedance
from duonen_stats.methods.samples.exceedance import rule_characteristics as rule_characteristics
from duonen_stats.methods.samples.hodges_lehmann import HodgesLehmannResult as HodgesLehmannResult
from duonen_stats.methods.samples.hodges_lehmann import hodges_lehmann_paired as hodges_lehmann_paired
from duonen_stats.methods.samples.hodges_lehmann import hodges_lehmann_two_sample as hodges_lehmann_two_sample
from duonen_stats.methods.samples.proportions import ProportionDifference as ProportionDifference
from duonen_stats.methods.samples.proportions import ProportionResult as ProportionResult
from duonen_stats.methods.samples.proportions import proportion_ci as proportion_ci
from duonen_stats.methods.samples.proportions import proportion_difference as proportion_difference
from duonen_stats.methods.samples.proportions import proportion_upper_limit as proportion_upper_limit
from duonen_stats.methods.samples.rates import RateRatio as RateRatio
from duonen_stats.methods.samples.rates import RateResult as RateResult
from duonen_stats.methods.samples.rates import poisson_rate as poisson_rate
from duonen_stats.methods.samples.rates import poisson_rate_ratio as poisson_rate_ratio
from duonen_stats.methods.samples.ttests import EffectSize as EffectSize
from duonen_stats.methods.samples.ttests import TTestResult as TTestResult
from duonen_stats.methods.samples.ttests import cohens_d as cohens_d
from duonen_stats.methods.samples.ttests import hedges_g as hedges_g
from duonen_stats.methods.samples.ttests import independent_t as independent_t
from duonen_stats.methods.samples.ttests import paired_t as paired_t
from duonen_stats.methods.samples.wilcoxon import MannWhitneyResult as MannWhitneyResult
from duonen_stats.methods.samples.wilcoxon import SignedRankResult as SignedRankResult
from duonen_stats.methods.samples.wilcoxon import mann_whitney as mann_whitney
from duonen_stats.methods.samples.wilcoxon import wilcoxon_signed_rank as wilcoxon_signed_rank
from duonen_stats.methods.survival.competing_risks import CumulativeIncidence as CumulativeIncidence
from duonen_stats.methods.survival.competing_risks import GrayResult as GrayResult
from duonen_stats.methods.survival.competing_risks import IncidenceAt as IncidenceAt
from duonen_stats.methods.survival.competing_risks import cumulative_incidence as cumulative_incidence
from duonen_stats.methods.survival.competing_risks import gray_test as gray_test
from duonen_stats.methods.survival.cox import CoxResult as CoxResult
from duonen_stats.methods.survival.cox import CoxTerm as CoxTerm
from duonen_stats.methods.survival.cox import ModelTest as ModelTest
from duonen_stats.methods.survival.cox import cox_model as cox_model
from duonen_stats.methods.survival.cox import likelihood_ratio as likelihood_ratio
from duonen_stats.methods.survival.firth import FirthResult as FirthResult
from duonen_stats.methods.survival.firth import FirthTerm as FirthTerm
from duonen_stats.methods.survival.firth import firth_model as firth_model
from duonen_stats.methods.survival.imputation import PooledEstimate as PooledEstimate
from duonen_stats.methods.survival.imputation import pool_imputations as pool_imputations
from duonen_stats.methods.survival.interval_censored import IntervalSurvival as IntervalSurvival
from duonen_stats.methods.survival.interval_censored import IntervalSurvivalAt as IntervalSurvivalAt
from duonen_stats.methods.survival.interval_censored import interval_survival as interval_survival
from duonen_stats.methods.survival.interval_censored import interval_survival_at as interval_survival_at
from duonen_stats.methods.survival.interval_models import IntervalFit as IntervalFit
from duonen_stats.methods.survival.interval_models import piecewise_hazard_ratio as piecewise_hazard_ratio
from duonen_stats.methods.survival.interval_models import weibull_hazard_ratio as weibull_hazard_ratio
from duonen_stats.methods.survival.kaplan_meier import FollowUp as FollowUp
from duonen_stats.methods.survival.kaplan_meier import KaplanMeier as KaplanMeier
from duonen_stats.methods.survival.kaplan_meier import SurvivalAt as SurvivalAt
from duonen_stats.methods.survival.kaplan_meier import SurvivalQuantile as SurvivalQuantile
from duonen_stats.methods.survival.kaplan_meier import kaplan_meier as kaplan_meier
from duonen_stats.methods.survival.kaplan_meier import reverse_km_followup as reverse_km_followup
from duonen_stats.methods.survival.kaplan_meier import survival_at as survival_at
from duonen_stats.methods.survival.kaplan_meier import survival_quantile as survival_quantile
from duonen_stats.methods.survival.log_rank import LogRankResult as LogRankResult
from duonen_stats.methods.survival.log_rank import log_rank as log_rank
from duonen_stats.methods.survival.proportional_hazards import (
    ProportionalHazardsResult as ProportionalHazardsResult,
)
from duonen_stats.methods.survival.proportional_hazards import SchoenfeldResult as SchoenfeldResult
from duonen_stats.methods.survival.proportional_hazards import SchoenfeldSmooth as SchoenfeldSmooth
from duonen_stats.methods.survival.proportional_hazards import (
    proportional_hazards_test as proportional_hazards_test,
)
from duonen_stats.methods.survival.proportional_hazards import scaled_schoenfeld as scaled_schoenfeld
from duonen_stats.methods.survival.restricted_mean import RestrictedMean as RestrictedMean
from duonen_stats.methods.survival.restricted_mean import RestrictedMeanDifference as RestrictedMeanDifference
from duonen_stats.methods.survival.restricted_mean import restricted_mean as restricted_mean
from duonen_stats.methods.survival.restricted_mean import (
    restricted_mean_difference as restricted_mean_difference,
)
from duonen_stats.methods.survival.weighted_cox import CensoringWeights as CensoringWeights
from duonen_stats.methods.survival.weighted_cox import WeightedCoxResult as WeightedCoxResult
from duonen_stats.methods.survival.weighted_cox import censoring_weights as censoring_weights
from duonen_stats.methods.survival.weighted_cox import weighted_cox_model as weighted_cox_model
