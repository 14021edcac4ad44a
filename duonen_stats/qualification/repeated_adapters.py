"""From a reference case on repeated values, rates, strata or doses to our function, and back to the case's names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from duonen_stats import methods
from duonen_stats.errors import NotEstimable, UnsupportedCaseError
from duonen_stats.methods import CycleDose, IntervalEstimate
from duonen_stats.methods.repeated.covariance import CovarianceName
from duonen_stats.methods.repeated.visit_means import BaselineEffect, MissingCell, MmrmResult
from duonen_stats.qualification.reference_cases import YES_NO, Adapter, Case, Options, number, numbers

_COVARIANCES: Mapping[str, CovarianceName] = MappingProxyType(
    {"un": "un", "csh": "csh", "cs": "cs", "ar1": "ar1"}
)
_FIXED: Mapping[str, BaselineEffect] = MappingProxyType(
    {"arm*visit": "none", "base + arm*visit": "common", "base*visit + arm*visit": "by_visit"}
)
_ONLY_REML = MappingProxyType({"REML": "REML"})
_AT_MEAN = MappingProxyType({"mean over the rows used": None})
_RANDOM = MappingProxyType({"intercept + years by subject, unstructured": None})
_LINES = MappingProxyType({"arm*years": None})
_SECOND = MappingProxyType({"second": None})


def _mmrm(case: Case, options: Options) -> Mapping[str, Any]:
    options.choose("method", _ONLY_REML, "REML")
    options.choose("base_at", _AT_MEAN, "mean over the rows used")
    baseline = options.choose("fixed", _FIXED, "base + arm*visit")
    try:
        found = methods.mmrm(
            [str(one) for one in case.data["subject"]],
            [str(one) for one in case.data["arm"]],
            [str(one) for one in case.data["visit"]],
            numbers(case.data["change"]),
            reference=options.require("reference"),
            base=None if baseline == "none" else numbers(case.data["base"]),
            baseline=baseline,
            arms=options.get("arms"),
            visits=options.get("visits"),
            covariance=options.choose("covariance", _COVARIANCES, "un"),
            fallback=[_COVARIANCES[one] for one in options.get("fallback", ())],
            confidence=float(options.get("level", 0.95)),
        )
    except NotEstimable as error:
        if "cells" not in case.expected:
            raise
        return {"status": "not_estimable", "reason": error.reason, "cells": []}
    return {**_status(case, found), **_mmrm_numbers(found)}


def _mmrm_numbers(found: MmrmResult) -> dict[str, Any]:
    return {
        "n_subjects": found.n_subjects,
        "n_obs": found.n_obs,
        "reml_loglik": found.loglik,
        "covariance": found.matrix.tolist(),
        "covariance_used": found.covariance,
        "base_at": found.base_at,
        "means": [
            {
                "arm": one.arm,
                "visit": one.visit,
                "n": one.n,
                **_estimate(one.satterthwaite, one.kenward_roger, p=False),
            }
            for one in found.means
        ],
        "differences": [
            {
                "arm": one.arm,
                "reference": one.reference,
                "visit": one.visit,
                **_estimate(one.satterthwaite, one.kenward_roger),
            }
            for one in found.differences
        ],
    }


def _status(case: Case, found: MmrmResult) -> dict[str, Any]:
    """Say what has no estimate, where the case asks."""
    if "status" not in case.expected:
        return {}
    if not found.missing:
        return {"status": "estimable", "reason": None, "cells": []}
    return {
        "status": "partly_estimable",
        "reason": found.missing[0].reason,
        "cells": [_cell(one) for one in found.missing],
    }


def _cell(missing: MissingCell) -> dict[str, str]:
    named = {"arm": missing.arm, "visit": missing.visit}
    return {name: value for name, value in named.items() if value is not None}


def _estimate(
    satterthwaite: IntervalEstimate, kenward_roger: IntervalEstimate | None, *, p: bool = True
) -> dict[str, float]:
    found = {"estimate": satterthwaite.estimate, **_interval(satterthwaite, "", p=p)}
    return found if kenward_roger is None else {**found, **_interval(kenward_roger, "_kr", p=p)}


def _interval(one: IntervalEstimate, suffix: str, *, p: bool) -> dict[str, float]:
    named = {"se": one.se, "df": one.df, "lower": one.lower, "upper": one.upper}
    if p:
        named["p"] = one.p_value
    return {f"{name}{suffix}": value for name, value in named.items()}


def _slope(case: Case, options: Options) -> Mapping[str, Any]:
    options.choose("method", _ONLY_REML, "REML")
    options.choose("fixed", _LINES, "arm*years")
    options.choose("random", _RANDOM, "intercept + years by subject, unstructured")
    found = methods.slope_per_year(
        [str(one) for one in case.data["subject"]],
        [str(one) for one in case.data["arm"]],
        numbers(case.data["years"]),
        numbers(case.data["value"]),
        reference=options.require("reference"),
        arms=options.get("arms"),
        confidence=float(options.get("level", 0.95)),
    )
    return {
        "n_subjects": found.n_subjects,
        "n_obs": found.n_obs,
        "reml_loglik": found.loglik,
        "random_covariance": found.random_covariance.tolist(),
        "random_slope": found.random_slope,
        "residual_variance": found.residual_variance,
        "slopes": [
            {"arm": one.arm, **_estimate(one.satterthwaite, one.kenward_roger)} for one in found.slopes
        ],
        "differences": [
            {"arm": one.arm, "reference": one.reference, **_estimate(one.satterthwaite, one.kenward_roger)}
            for one in found.differences
        ],
    }


def _rate(case: Case, options: Options) -> Mapping[str, Any]:
    per = float(options.get("per", 1))
    found = methods.poisson_rate(
        case.data["events"], number(case.data["years"]), confidence=float(options.get("level", 0.95))
    )
    return {
        "rate": found.rate * per,
        "lower": found.lower * per,
        "upper": found.upper * per,
        "upper_one_sided": found.upper_one_sided * per,
    }


def _rate_ratio(case: Case, options: Options) -> Mapping[str, Any]:
    options.choose("reference", _SECOND, "second")
    (first, second), (time, other) = case.data["events"], numbers(case.data["years"])
    found = methods.poisson_rate_ratio(
        first, time, second, other, confidence=float(options.get("level", 0.95))
    )
    return {"ratio": found.ratio, "lower": found.lower, "upper": found.upper, "p": found.p_value}


def _upper_limit(case: Case, options: Options) -> Mapping[str, Any]:
    count, n, level = case.data["events"], case.data["n"], float(options.get("level", 0.95))
    found = methods.proportion_ci(count, n, method="clopper_pearson", confidence=level)
    return {
        "proportion": found.estimate,
        "lower_two_sided": found.lower,
        "upper_two_sided": found.upper,
        "upper_one_sided": methods.proportion_upper_limit(count, n, confidence=level),
    }


def _stratified(case: Case, options: Options) -> Mapping[str, Any]:
    found = methods.stratified_two_by_two(
        [((one["events"][0], one["n"][0]), (one["events"][1], one["n"][1])) for one in case.data["strata"]],
        correction=options.choose("correction", YES_NO, default=False),
        confidence=float(options.get("level", 0.95)),
    )
    return {
        "cmh_chi2": found.statistic,
        "cmh_p": found.p_value,
        "common_or": found.odds_ratio,
        "or_lower": found.odds_ratio_lower,
        "or_upper": found.odds_ratio_upper,
        "mh_risk_difference": found.risk_difference,
        "rd_se": found.risk_difference_se,
        "rd_lower": found.risk_difference_lower,
        "rd_upper": found.risk_difference_upper,
        "breslow_day": found.breslow_day,
        "breslow_day_p": found.breslow_day_p,
        "tarone": found.tarone,
        "tarone_p": found.tarone_p,
        "heterogeneity_df": found.heterogeneity_df,
    }


def _effective_dose(case: Case, options: Options) -> Mapping[str, Any]:
    model = str(options.get("model", ""))
    if model and not model.startswith("linear-quadratic"):
        raise UnsupportedCaseError(f"The model {model!r} is not known; known is the linear-quadratic one.")
    alpha_beta, repair = float(options.require("alpha_beta")), float(options.require("repair_half_time_h"))
    entries = case.data.get("cycles") or [
        {"dose_gy": [dose], "effective_half_life_h": [half]}
        for dose, half in zip(case.data["dose_gy"], case.data["effective_half_life_h"], strict=True)
    ]
    cycles = [
        CycleDose(
            dose_gy=tuple(numbers(one["dose_gy"])),
            effective_half_life_h=tuple(numbers(one["effective_half_life_h"])),
        )
        for one in entries
    ]
    apart = [
        CycleDose(dose_gy=(dose,), effective_half_life_h=(half,))
        for one in cycles
        for dose, half in zip(one.dose_gy, one.effective_half_life_h, strict=True)
    ]
    found = methods.biologically_effective_dose(cycles, alpha_beta=alpha_beta, repair_half_time_h=repair)
    separate = methods.biologically_effective_dose(apart, alpha_beta=alpha_beta, repair_half_time_h=repair)
    return {
        "bed_by_cycle": list(found.by_cycle),
        "bed": found.bed,
        "eqd2": found.eqd2,
        "bed_if_nuclides_separate": separate.bed,
    }


REPEATED_ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "mmrm": _mmrm,
        "slope_per_year": _slope,
        "poisson_rate": _rate,
        "poisson_rate_ratio": _rate_ratio,
        "binomial_upper_limit": _upper_limit,
        "stratified_two_by_two": _stratified,
        "bed_eqd2": _effective_dose,
    }
)
