"""The mathematics: arrays in, frozen documented results out. Knows no trial and no pandas.

Each name is imported from its module on first use, so that a description waits for no survival library.
"""

from importlib import import_module
from typing import Any

# Public name: its module. No module may bear a public name: importing the module would hide the function.
_MODULES = {
    "BootstrapInterval": "bootstrap",
    "CensoringWeights": "weighted_cox",
    "ChiSquareResult": "contingency",
    "Convention": "convention",
    "CorrelationResult": "correlation",
    "CoxResult": "cox",
    "CoxTerm": "cox",
    "CumulativeIncidence": "competing",
    "Decision": "routing",
    "Description": "description",
    "DunnResult": "pairwise_ranks",
    "EffectSize": "effect_size",
    "FirthResult": "firth",
    "FirthTerm": "firth",
    "FisherResult": "contingency",
    "FollowUp": "survival",
    "FriedmanResult": "concordance",
    "GrayResult": "gray",
    "HodgesLehmannResult": "hodges_lehmann",
    "IncidenceAt": "competing",
    "KaplanMeier": "survival",
    "LogRankResult": "logrank",
    "MannWhitneyResult": "rank_sum",
    "ModelTest": "cox",
    "OddsRatio": "contingency",
    "OmnibusResult": "omnibus",
    "PairResult": "pairwise",
    "PooledEstimate": "imputation",
    "ProportionDifference": "proportions",
    "ProportionResult": "proportions",
    "ProportionalHazardsResult": "proportional_hazards",
    "RestrictedMean": "rmst",
    "RestrictedMeanDifference": "rmst",
    "SchoenfeldResult": "schoenfeld",
    "SchoenfeldSmooth": "schoenfeld",
    "ShapiroResult": "normality",
    "SignedRankResult": "signed_rank",
    "SurvivalAt": "survival",
    "SurvivalQuantile": "survival",
    "TTestResult": "ttests",
    "WeightedCoxResult": "weighted_cox",
    "adjust_p": "multiplicity",
    "anova": "means",
    "as_convention": "convention",
    "censoring_weights": "weighted_cox",
    "chi_square": "contingency",
    "cohens_d": "effect_size",
    "correlation_interval": "correlation",
    "cox_model": "cox",
    "cumulative_incidence": "competing",
    "describe": "description",
    "dunn": "pairwise_ranks",
    "firth_model": "firth",
    "fisher_exact": "contingency",
    "friedman": "concordance",
    "games_howell": "pairwise",
    "geometric_mean": "description",
    "gray_test": "gray",
    "hedges_g": "effect_size",
    "hinges": "description",
    "hodges_lehmann_paired": "hodges_lehmann",
    "hodges_lehmann_two_sample": "hodges_lehmann",
    "independent_t": "ttests",
    "kaplan_meier": "survival",
    "kruskal_wallis": "ranks",
    "levene": "variance",
    "likelihood_ratio": "cox",
    "log_rank": "logrank",
    "mann_whitney": "rank_sum",
    "paired_t": "ttests",
    "partial_spearman": "partial",
    "pearson": "correlation",
    "pool_imputations": "imputation",
    "proportion_ci": "proportions",
    "proportion_difference": "proportions",
    "proportional_hazards_test": "proportional_hazards",
    "quantile": "description",
    "restricted_mean": "rmst",
    "restricted_mean_difference": "rmst",
    "reverse_km_followup": "survival",
    "route": "routing",
    "scaled_schoenfeld": "schoenfeld",
    "shapiro_wilk": "normality",
    "spearman": "correlation",
    "spearman_bootstrap": "bootstrap",
    "survival_at": "survival",
    "survival_quantile": "survival",
    "tukey_hsd": "pairwise",
    "weighted_cox_model": "weighted_cox",
    "welch_anova": "means",
    "wilcoxon_signed_rank": "signed_rank",
}

__all__ = sorted(_MODULES)  # noqa: PLE0605 - the map is the one list of names


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
