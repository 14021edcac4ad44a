"""From a reference case on counts or times to an event to our function, and back to the case's names."""

import re
from collections.abc import Mapping
from typing import Any

from duonen_stats import methods
from duonen_stats.errors import UnsupportedCaseError
from duonen_stats.qualification.reference_cases import (
    YES_NO,
    Adapter,
    Case,
    Options,
    numbers,
)

_TIES = {"efron": "efron", "breslow": "breslow"}
_CONF_TYPES = {name: name for name in ("log-log", "log", "plain", "logit", "arcsin")}
_DIFFERENCES = {"newcombe": "newcombe", "newcombe_cc": "newcombe_cc"}
_ALTERNATIVES = {"two-sided": "two-sided", "two.sided": "two-sided", "less": "less", "greater": "greater"}
_FISHER_METHODS = {"auto": "auto", "exact": "exact", "monte_carlo": "monte_carlo"}
_COMPARED = 2


def _chi_square(case: Case, options: Options) -> Mapping[str, Any]:
    correction = options.choose("correction", YES_NO, default=False)
    r = methods.chi_square(case.data["table"], correction=correction)
    return {
        "chi2": r.statistic,
        "df": r.df,
        "p": r.p_value,
        "min_expected": r.min_expected,
        "cramers_v": r.cramers_v,
    }


def _fisher(case: Case, options: Options) -> Mapping[str, Any]:
    r = methods.fisher_exact(
        case.data["table"],
        confidence=options.confidence,
        alternative=options.choose("alternative", _ALTERNATIVES, "two-sided"),
        method=options.choose("method", _FISHER_METHODS, "auto"),
        resamples=int(options.get("n_resamples", 100_000)),
        seed=int(options.get("seed", 1)),
    )
    obtained: dict[str, Any] = {"p": r.p_value}
    if r.odds_ratio is not None:
        obtained |= {
            "odds_ratio_conditional": r.odds_ratio.estimate,
            "lower": r.odds_ratio.lower,
            "upper": r.odds_ratio.upper,
            "odds_ratio_sample": r.odds_ratio.sample,
        }
    return obtained


def _proportion(case: Case, options: Options) -> Mapping[str, Any]:
    x, n = case.data["x"], case.data["n"]
    obtained: dict[str, Any] = {}
    for method in ("wilson", "wilson_cc", "clopper_pearson"):
        r = methods.proportion_ci(x, n, method=method, confidence=options.confidence)
        obtained |= {"estimate": r.estimate, f"{method}_lower": r.lower, f"{method}_upper": r.upper}
    return obtained


def _difference(case: Case, options: Options) -> Mapping[str, Any]:
    counts = [case.data[name] for name in ("x1", "n1", "x2", "n2")]
    method = options.choose("method", _DIFFERENCES, "newcombe")
    r = methods.proportion_difference(*counts, method=method, confidence=options.confidence)
    return {"estimate": r.difference, "lower": r.lower, "upper": r.upper}


def _times(case: Case) -> tuple[list[float], list[float]]:
    return numbers(case.data["time"]), numbers(case.data["event"])


def _kaplan_meier(case: Case, options: Options) -> Mapping[str, Any]:
    conf_type = options.choose("conf_type", _CONF_TYPES, "log-log")
    curve = methods.kaplan_meier(*_times(case), confidence=options.confidence, conf_type=conf_type)
    at = methods.survival_at(curve, numbers(case.data.get("at", [])))
    options.get("probs")  # the names of the expected values say which quantiles are wanted
    obtained: dict[str, Any] = {
        "n": curve.n,
        "events": curve.n_events,
        "surv": [point.survival for point in at],
        "std_err": [point.std_err for point in at],
        "lower": [point.lower for point in at],
        "upper": [point.upper for point in at],
        "n_risk": [point.n_risk for point in at],
    }
    for name, probability in _quantiles(case):
        q = methods.survival_quantile(curve, probability)
        obtained |= {name: q.estimate, f"{name}_lower": q.lower, f"{name}_upper": q.upper}
    return obtained


def _quantiles(case: Case) -> list[tuple[str, float]]:
    """Quantiles by name: ``median``, ``q25``, ``q2.5`` are the times by which that percentage has failed."""
    named = [re.fullmatch(r"(median|q\d+(?:\.\d+)?)(?:_lower|_upper)?", key) for key in case.expected]
    names = dict.fromkeys(found[1] for found in named if found)
    return [(name, 0.5 if name == "median" else float(name[1:]) / 100) for name in names]


def _reverse_km(case: Case, options: Options) -> Mapping[str, Any]:
    conf_type = options.choose("conf_type", _CONF_TYPES, "log-log")
    r = methods.reverse_km_followup(*_times(case), confidence=options.confidence, conf_type=conf_type)
    return {"median": r.median, "lower": r.lower, "upper": r.upper, "n": r.n, "censored": r.n_censored}


def _strata(case: Case, options: Options) -> list[Any] | None:
    given = case.data.get("strata")
    wanted = options.choose("stratified", YES_NO, default=given is not None)
    if wanted and given is None:
        raise UnsupportedCaseError("The case is stratified but holds no strata.")
    return list(given) if wanted and given is not None else None


def _log_rank(case: Case, options: Options) -> Mapping[str, Any]:
    r = methods.log_rank(
        *_times(case),
        case.data["group"],
        strata=_strata(case, options),
        rho=float(options.get("rho", 0)),
        gamma=float(options.get("gamma", 0)),
    )
    return {
        "chi2": r.statistic,
        "df": r.df,
        "p": r.p_value,
        "z": r.z,
        "observed": {group.name: group.observed for group in r.groups},
        "expected_events": {group.name: group.expected for group in r.groups},
    }


def _cox(case: Case, options: Options) -> Mapping[str, Any]:
    formula = str(options.get("formula", "x"))
    terms = [term.strip() for term in formula.split("+") if not term.strip().startswith("strata(")]
    unknown = [term for term in terms if term not in case.data]
    if unknown:
        raise UnsupportedCaseError(f"The term {unknown[0]!r} of the formula is no column of the data.")
    columns = list(zip(*(numbers(case.data[term]) for term in terms), strict=True))
    model: dict[str, Any] = {
        "names": terms,
        "strata": _strata(case, options),
        "ties": options.choose("ties", _TIES, "efron"),
    }
    r = methods.cox_model(*_times(case), columns, confidence=options.confidence, **model)
    return {
        "terms": [term.name for term in r.terms],
        "coef": [term.coefficient for term in r.terms],
        "se": [term.std_err for term in r.terms],
        "hr": [term.hazard_ratio for term in r.terms],
        "hr_lower": [term.lower for term in r.terms],
        "hr_upper": [term.upper for term in r.terms],
        "z": [term.z for term in r.terms],
        "p": [term.p_value for term in r.terms],
        "loglik_null": r.loglik_null,
        "loglik": r.loglik,
        "lr_chi2": r.likelihood_ratio.statistic,
        "lr_df": r.likelihood_ratio.df,
        "lr_p": r.likelihood_ratio.p_value,
        "score_chi2": r.score.statistic,
        "score_p": r.score.p_value,
        "wald_chi2": r.wald.statistic,
        "wald_p": r.wald.p_value,
        "concordance": r.concordance,
        "zph": {name: _zph(case, columns, name, model) for name in case.expected.get("zph", {})},
    }


def _zph(case: Case, columns: list[Any], transform: Any, model: Mapping[str, Any]) -> dict[str, list[float]]:
    r = methods.proportional_hazards_test(*_times(case), columns, transform=transform, **model)
    rows = (*r.terms, r.overall)
    return {"chi2": [row.statistic for row in rows], "p": [row.p_value for row in rows]}


def _rmst_difference(case: Case, options: Options) -> Mapping[str, Any]:
    groups = [str(label) for label in case.data["group"]]
    names = sorted(set(groups))
    if len(names) != _COMPARED:
        raise UnsupportedCaseError(f"A difference needs two groups, not {len(names)}.")
    r = methods.restricted_mean_difference(
        *_times(case),
        groups,
        compare=(names[1], names[0]),
        tau=float(options.require("tau")),
        confidence=options.confidence,
    )
    return {
        "rmst1": r.mean_a.estimate,
        "se1": r.mean_a.std_err,
        "rmst0": r.mean_b.estimate,
        "se0": r.mean_b.std_err,
        "difference": r.difference,
        "se": r.std_err,
        "lower": r.lower,
        "upper": r.upper,
        "p": r.p_value,
    }


def _incidence(case: Case, options: Options) -> Mapping[str, Any]:
    cause = int(options.get("cause", 1))
    r = methods.cumulative_incidence(
        *_times(case), at=numbers(case.data["at"]), cause=cause, confidence=options.confidence
    )
    return {
        "cif": [point.incidence for point in r.at],
        "se_aalen_johansen_ij": [point.std_err_jackknife for point in r.at],
        "se_cmprsk": [point.std_err for point in r.at],
        "lower": [point.lower for point in r.at],
        "upper": [point.upper for point in r.at],
        "n_risk": [point.n_risk for point in r.at],
    }


def _gray(case: Case, options: Options) -> Mapping[str, Any]:
    strata, rho = _strata(case, options), float(options.get("rho", 0))
    named = [re.match(r"cause(\d+)_", key) for key in case.expected]
    causes = sorted({int(found[1]) for found in named if found} or {int(options.get("cause", 1))})
    obtained: dict[str, Any] = {}
    for cause in causes:
        r = methods.gray_test(*_times(case), case.data["group"], cause=cause, rho=rho, strata=strata)
        obtained |= {f"cause{cause}_chi2": r.statistic, f"cause{cause}_p": r.p_value, "df": r.df}
    return obtained


EVENT_ADAPTERS: Mapping[str, Adapter] = {
    "chi_square": _chi_square,
    "cox_ph": _cox,
    "cumulative_incidence": _incidence,
    "fisher_exact": _fisher,
    "gray_test": _gray,
    "kaplan_meier": _kaplan_meier,
    "logrank": _log_rank,
    "proportion_ci": _proportion,
    "proportion_difference": _difference,
    "reverse_km_followup": _reverse_km,
    "rmst_difference": _rmst_difference,
}
