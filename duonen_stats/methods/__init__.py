"""The mathematics: arrays in, frozen documented results out. Knows no trial and no pandas.

Each name is imported from its module on first use, so that a description waits for no survival library.
"""

from importlib import import_module
from typing import Any

# Public name: its module. No module may bear a public name: importing the module would hide the function.
_MODULES = {
    "BootstrapInterval": "association.bootstrap",
    "CensoringWeights": "survival.weighted_cox",
    "ChiSquareResult": "association.contingency",
    "Convention": "inputs.convention",
    "CorrelationResult": "association.correlation",
    "CoxResult": "survival.cox",
    "CoxTerm": "survival.cox",
    "CumulativeIncidence": "survival.competing_risks",
    "Decision": "groups.routing",
    "Description": "samples.description",
    "DunnResult": "groups.pairwise_ranks",
    "EffectSize": "samples.ttests",
    "FirthResult": "survival.firth",
    "FirthTerm": "survival.firth",
    "FisherResult": "association.contingency",
    "FollowUp": "survival.kaplan_meier",
    "FriedmanResult": "groups.kruskal_wallis",
    "GrayResult": "survival.competing_risks",
    "HodgesLehmannResult": "samples.hodges_lehmann",
    "IncidenceAt": "survival.competing_risks",
    "KaplanMeier": "survival.kaplan_meier",
    "LogRankResult": "survival.log_rank",
    "MannWhitneyResult": "samples.wilcoxon",
    "ModelTest": "survival.cox",
    "OddsRatio": "association.contingency",
    "OmnibusResult": "groups.omnibus",
    "PairResult": "groups.pairwise",
    "PooledEstimate": "survival.imputation",
    "ProportionDifference": "samples.proportions",
    "ProportionResult": "samples.proportions",
    "ProportionalHazardsResult": "survival.proportional_hazards",
    "RestrictedMean": "survival.restricted_mean",
    "RestrictedMeanDifference": "survival.restricted_mean",
    "SchoenfeldResult": "survival.proportional_hazards",
    "SchoenfeldSmooth": "survival.proportional_hazards",
    "ShapiroResult": "groups.routing",
    "SignedRankResult": "samples.wilcoxon",
    "SurvivalAt": "survival.kaplan_meier",
    "SurvivalQuantile": "survival.kaplan_meier",
    "TTestResult": "samples.ttests",
    "WeightedCoxResult": "survival.weighted_cox",
    "adjust_p": "groups.pairwise_ranks",
    "anova": "groups.means",
    "as_convention": "inputs.convention",
    "censoring_weights": "survival.weighted_cox",
    "chi_square": "association.contingency",
    "cohens_d": "samples.ttests",
    "correlation_interval": "association.correlation",
    "cox_model": "survival.cox",
    "cumulative_incidence": "survival.competing_risks",
    "describe": "samples.description",
    "dunn": "groups.pairwise_ranks",
    "firth_model": "survival.firth",
    "fisher_exact": "association.contingency",
    "friedman": "groups.kruskal_wallis",
    "games_howell": "groups.pairwise",
    "geometric_mean": "samples.description",
    "gray_test": "survival.competing_risks",
    "hedges_g": "samples.ttests",
    "hinges": "samples.description",
    "hodges_lehmann_paired": "samples.hodges_lehmann",
    "hodges_lehmann_two_sample": "samples.hodges_lehmann",
    "independent_t": "samples.ttests",
    "kaplan_meier": "survival.kaplan_meier",
    "kruskal_wallis": "groups.kruskal_wallis",
    "levene": "groups.means",
    "likelihood_ratio": "survival.cox",
    "log_rank": "survival.log_rank",
    "mann_whitney": "samples.wilcoxon",
    "paired_t": "samples.ttests",
    "partial_spearman": "association.correlation",
    "pearson": "association.correlation",
    "pool_imputations": "survival.imputation",
    "proportion_ci": "samples.proportions",
    "proportion_difference": "samples.proportions",
    "proportional_hazards_test": "survival.proportional_hazards",
    "quantile": "samples.description",
    "restricted_mean": "survival.restricted_mean",
    "restricted_mean_difference": "survival.restricted_mean",
    "reverse_km_followup": "survival.kaplan_meier",
    "route": "groups.routing",
    "scaled_schoenfeld": "survival.proportional_hazards",
    "shapiro_wilk": "groups.routing",
    "spearman": "association.correlation",
    "spearman_bootstrap": "association.bootstrap",
    "survival_at": "survival.kaplan_meier",
    "survival_quantile": "survival.kaplan_meier",
    "tukey_hsd": "groups.pairwise",
    "weighted_cox_model": "survival.weighted_cox",
    "welch_anova": "groups.means",
    "wilcoxon_signed_rank": "samples.wilcoxon",
}

__all__ = sorted(_MODULES)  # noqa: PLE0605 - the map is the one list of names


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
