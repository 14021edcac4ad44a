"""From a reference case on groups to our function, and back to the case's names."""

from collections.abc import Mapping, Sequence
from typing import Any

from duonen_stats import methods
from duonen_stats.qualification.reference_cases import (
    ADJUSTMENTS,
    Adapter,
    Case,
    Options,
    numbers,
)

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
