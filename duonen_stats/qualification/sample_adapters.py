"""From a reference case on one sample or two to our function, and back to the case's names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from duonen_stats import methods
from duonen_stats.errors import NotEstimable, UnsupportedCaseError
from duonen_stats.methods.inputs.convention import QuantileType
from duonen_stats.qualification.reference_cases import (
    ADJUSTMENTS,
    YES_NO,
    Adapter,
    Case,
    Options,
    number,
    numbers,
)

_RANK_METHODS = {"asymptotic": "asymptotic", "exact": "exact", "exact_ties": "exact"}
_QUANTILE_TYPES: Mapping[int, QuantileType] = {2: 2, 6: 6, 7: 7}
_ZEROS = {"wilcox": "wilcox", "pratt": "pratt", "Pratt": "pratt"}
_LIMITS = {
    "exact": "exact",
    "asymptotic": "asymptotic",
    "moses_normal": "asymptotic",
    "median_of_differences": "asymptotic",
    "median_of_walsh_averages": "asymptotic",
}


def _xy(case: Case) -> tuple[list[float], list[float]]:
    return numbers(case.data["x"]), numbers(case.data["y"])


def _shapiro(case: Case, _: Options) -> Mapping[str, Any]:
    r = methods.shapiro_wilk(numbers(case.data["x"]))
    return {"W": r.w, "p": r.p_value, "n": r.n}


def _describe(case: Case, options: Options) -> Mapping[str, Any]:
    x = numbers(case.data["x"])
    r = methods.describe(x, quantile_type=options.choose("quantile_type", _QUANTILE_TYPES, 6))
    try:
        geometric = methods.geometric_mean(x)
    except NotEstimable:
        geometric = None
    return {
        "n": r.n,
        "n_missing": r.n_missing,
        "mean": r.mean,
        "sd": r.sd,
        "median": r.median,
        "q1": r.q1,
        "q3": r.q3,
        "min": r.minimum,
        "max": r.maximum,
        "geometric_mean": geometric,
    }


def _quantile(case: Case, options: Options) -> Mapping[str, Any]:
    x, probs = numbers(case.data["x"]), numbers(options.get("probs", [0.25, 0.5, 0.75]))
    named = (re.fullmatch(r"type(\d+)", key) for key in case.expected)
    types: list[Any] = [int(found[1]) for found in named if found]  # a type we do not have is refused there
    obtained: dict[str, Any] = {f"type{t}": methods.quantile(x, probs, quantile_type=t) for t in types}
    return {**obtained, "tukey_hinges": methods.hinges(x)}


def _paired_t(case: Case, options: Options) -> Mapping[str, Any]:
    r = methods.paired_t(*_xy(case), confidence=options.confidence)
    return {**_t_test(r), "n_pairs": r.n_x}


def _t_test(r: Any) -> dict[str, Any]:
    return {
        "t": r.statistic,
        "df": r.df,
        "p": r.p_value,
        "mean_diff": r.difference,
        "lower": r.ci_low,
        "upper": r.ci_high,
    }


def _independent_t(case: Case, options: Options) -> Mapping[str, Any]:
    equal = options.choose("equal_var", YES_NO, default=True)
    return _t_test(methods.independent_t(*_xy(case), equal_var=equal, confidence=options.confidence))


def _mann_whitney(case: Case, options: Options) -> Mapping[str, Any]:
    method = options.choose("method", _RANK_METHODS, "asymptotic")
    continuity = options.choose("continuity", YES_NO, default=False)
    r = methods.mann_whitney(*_xy(case), method=method, continuity=continuity)
    return {
        "U": r.statistic,
        "z": r.z,
        "p": r.p_value,
        "rank_biserial": r.rank_biserial,
        "n": {"x": r.n_x, "y": r.n_y},
    }


def _signed_rank(case: Case, options: Options) -> Mapping[str, Any]:
    r = methods.wilcoxon_signed_rank(
        *_xy(case),
        method=options.choose("method", _RANK_METHODS, "asymptotic"),
        continuity=options.choose("continuity", YES_NO, default=False),
        zero_method=options.choose("zero_method", _ZEROS, "wilcox"),
    )
    return {
        "V": r.statistic,
        "z": r.z,
        "p": r.p_value,
        "n_pairs": r.n_pairs,
        "n_nonzero": r.n_nonzero,
        "rank_biserial": r.rank_biserial,
    }


def _hodges_lehmann(case: Case, options: Options) -> Mapping[str, Any]:
    paired = case.procedure == "hodges_lehmann_paired"
    estimator = methods.hodges_lehmann_paired if paired else methods.hodges_lehmann_two_sample
    method = options.choose("method", _LIMITS, "exact")
    r = estimator(*_xy(case), method=method, confidence=options.confidence)
    return {
        "estimate": r.estimate,
        "lower": r.ci_low,
        "upper": r.ci_high,
        "achieved_level": r.achieved_confidence,
        "C": r.order,
    }


def _hedges_g(case: Case, options: Options) -> Mapping[str, Any]:
    g = methods.hedges_g(*_xy(case), confidence=options.confidence)
    d = methods.cohens_d(*_xy(case), confidence=options.confidence)
    return {
        "g": g.estimate,
        "g_lower": g.ci_low,
        "g_upper": g.ci_high,
        "d": d.estimate,
        "d_lower": d.ci_low,
        "d_upper": d.ci_high,
    }


def _pearson(case: Case, options: Options) -> Mapping[str, Any]:
    r = methods.pearson(*_xy(case), confidence=options.confidence)
    return {
        "r": r.coefficient,
        "t": r.statistic,
        "df": r.df,
        "p": r.p_value,
        "lower": r.ci_low,
        "upper": r.ci_high,
        "n": r.n,
    }


def _spearman(case: Case, options: Options) -> Mapping[str, Any]:
    known = {"t": "t", "exact": "exact", "edgeworth": "edgeworth"}
    r = methods.spearman(*_xy(case), method=options.choose("method", known, "t"))
    obtained: dict[str, Any] = {"rho": r.coefficient, "p": r.p_value, "n": r.n}
    for interval in ("fisher_z", "bonett_wright"):
        limits = methods.correlation_interval(
            r.coefficient, r.n, method=interval, confidence=options.confidence
        )
        obtained |= dict(zip((f"{interval}_lower", f"{interval}_upper"), limits, strict=True))
    return obtained


def _spearman_bootstrap(case: Case, options: Options) -> Mapping[str, Any]:
    resamples, seed = int(options.get("R", 10_000)), int(options.get("seed", 1))
    r = methods.spearman_bootstrap(*_xy(case), confidence=options.confidence, resamples=resamples, seed=seed)
    return {
        "rho": r.coefficient,
        "percentile_lower": r.percentile_low,
        "percentile_upper": r.percentile_high,
        "bca_lower": r.bca_low,
        "bca_upper": r.bca_high,
    }


def _p_adjust(case: Case, options: Options) -> Mapping[str, Any]:
    p = [number(value) for value in case.data["p"]]
    asked = options.get("method")
    for name in [*case.expected, *([asked] if asked else [])]:
        if name not in ADJUSTMENTS and name != "p_adj":
            raise UnsupportedCaseError(f"The adjustment {name!r} is not known.")
    obtained = {
        name: list(methods.adjust_p(p, ADJUSTMENTS[name])) for name in case.expected if name in ADJUSTMENTS
    }
    return {**obtained, **({"p_adj": list(methods.adjust_p(p, ADJUSTMENTS[asked]))} if asked else {})}


SAMPLE_ADAPTERS: Mapping[str, Adapter] = {
    "describe": _describe,
    "hedges_g": _hedges_g,
    "hodges_lehmann_paired": _hodges_lehmann,
    "hodges_lehmann_two_sample": _hodges_lehmann,
    "mann_whitney": _mann_whitney,
    "p_adjust": _p_adjust,
    "paired_t": _paired_t,
    "pearson": _pearson,
    "quantile": _quantile,
    "shapiro": _shapiro,
    "spearman": _spearman,
    "spearman_bootstrap": _spearman_bootstrap,
    "t_test_independent": _independent_t,
    "wilcoxon_signed_rank": _signed_rank,
}


# From a reference case on groups to our function, and back to the case's names.


_CENTERS = {"mean": "mean", "median": "median"}
_OMNIBUS = {"anova": "anova", "welch_anova": "welch_anova", "kruskal_wallis": "kruskal"}


def _groups(case: Case) -> dict[str, list[float]]:
    return {str(name): numbers(values) for name, values in case.data["groups"].items()}


def _anova(case: Case, _: Options) -> Mapping[str, Any]:
    r = methods.anova(_groups(case))
    return {
        **_f_test(r),
        "eta_squared": r.eta_squared,
        "epsilon_squared": r.epsilon_squared,
        "omega_squared": r.omega_squared,
    }


def _f_test(r: Any) -> dict[str, Any]:
    return {"F": r.statistic, "df1": r.df1, "df2": r.df2, "p": r.p_value, "n": r.n}


def _welch(case: Case, _: Options) -> Mapping[str, Any]:
    return _f_test(methods.welch_anova(_groups(case)))


def _levene(case: Case, options: Options) -> Mapping[str, Any]:
    return _f_test(methods.levene(_groups(case), center=options.choose("center", _CENTERS, "mean")))


def _kruskal(case: Case, _: Options) -> Mapping[str, Any]:
    r = methods.kruskal_wallis(_groups(case))
    return {
        "H": r.statistic,
        "df": r.df1,
        "p": r.p_value,
        "epsilon_squared": r.epsilon_squared,
        "eta_squared_H": r.eta_squared,
        "n": r.n,
    }


def _kruskal_exact(case: Case, _: Options) -> Mapping[str, Any]:
    r = methods.kruskal_wallis(_groups(case), method="exact")
    return {"H": r.statistic, "p": r.p_value, "n_arrangements": r.resamples}


def _kruskal_montecarlo(case: Case, options: Options) -> Mapping[str, Any]:
    resamples, seed = int(options.get("n_resamples", 100_000)), int(options.get("seed", 1))
    r = methods.kruskal_wallis(_groups(case), method="monte_carlo", resamples=resamples, seed=seed)
    return {"H": r.statistic, "p": r.p_value}


def _pairs(results: Sequence[Any]) -> dict[str, Any]:
    return {
        "pairs": [
            {
                "group1": r.a,
                "group2": r.b,
                "diff": r.difference,
                "t": r.statistic,
                "df": r.df,
                "p": r.p_value,
                "lower": r.ci_low,
                "upper": r.ci_high,
            }
            for r in results
        ]
    }


def _tukey(case: Case, options: Options) -> Mapping[str, Any]:
    return _pairs(methods.tukey_hsd(_groups(case), confidence=options.confidence))


def _games_howell(case: Case, options: Options) -> Mapping[str, Any]:
    return _pairs(methods.games_howell(_groups(case), confidence=options.confidence))


def _dunn(case: Case, options: Options) -> Mapping[str, Any]:
    results = methods.dunn(_groups(case), adjust=options.choose("p_adjust", ADJUSTMENTS, "none"))
    return {
        "pairs": [
            {"group1": r.a, "group2": r.b, "z": r.z, "p": r.p_value, "p_adj": r.p_adjusted} for r in results
        ]
    }


def _route(case: Case, options: Options) -> Mapping[str, Any]:
    options.get("normality")  # both say in words what the function does
    options.get("variance")
    d = methods.route(_groups(case), convention="spss23", alpha=float(options.get("alpha", 0.05)))
    return {
        "normal": d.normal,
        "shapiro_p": d.shapiro,
        "levene_p": d.levene_p,
        "omnibus": _OMNIBUS[d.omnibus],
        "posthoc": d.posthoc,
        "p": d.result.p_value,
    }


def _friedman(case: Case, _: Options) -> Mapping[str, Any]:
    r = methods.friedman([numbers(block) for block in case.data["blocks"]])
    return {
        "Q": r.statistic,
        "df": r.df,
        "p": r.p_value,
        "kendalls_w": r.kendalls_w,
        "n_blocks": r.n_blocks,
    }


GROUP_ADAPTERS: Mapping[str, Adapter] = {
    "anova": _anova,
    "dunn": _dunn,
    "friedman": _friedman,
    "games_howell": _games_howell,
    "kruskal": _kruskal,
    "kruskal_exact": _kruskal_exact,
    "kruskal_montecarlo": _kruskal_montecarlo,
    "levene": _levene,
    "route": _route,
    "tukey_hsd": _tukey,
    "welch_anova": _welch,
}
