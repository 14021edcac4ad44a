"""Comparison of what was expected with what was obtained, value by value, each within its tolerance."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from duonen_stats.displays.model.format import significant
from duonen_stats.qualification.reference_cases import Case

Value = float | str | bool | None

_RELATIVE = 1e-8
_NORMALITY = 1e-6
_RANGE_P = 1e-7
_RANGE_LIMITS = 1e-5
_NONCENTRAL_LIMITS = 1e-4
_TINY_P = 1e-10
_NEAR_ZERO = 1e-10
_UNDEFINED = ("NaN", "NA")
_INFINITE = {"Inf": math.inf, "-Inf": -math.inf}
_ABSENT = "(absent)"

INEXACT: Mapping[str, tuple[str, ...]] = {
    "hedges_g": ("g_lower", "g_upper", "d_lower", "d_upper"),
    "kruskal_montecarlo": ("p",),
    "spearman_bootstrap": ("percentile_lower", "percentile_upper", "bca_lower", "bca_upper"),
    "fisher_exact": ("p",),
}
"""Quantities whose expected value may itself be drawn or searched for: only these may a ``tol`` of a whole case widen.

Fisher's p is one of them where the table is sampled. Every other quantity of the case keeps its own tolerance.
"""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "bed_eqd2": ("bed_by_cycle", "bed", "eqd2"),
    "binomial_upper_limit": ("proportion", "lower_two_sided", "upper_two_sided", "upper_one_sided"),
    "anova": ("F", "df1", "df2", "p", "eta_squared", "epsilon_squared", "omega_squared", "n"),
    "chi_square": ("chi2", "df", "p"),
    "cox_ph": (
        *("terms", "coef", "se", "hr", "hr_lower", "hr_upper", "p", "loglik_null", "loglik"),
        *("lr_chi2", "lr_df", "lr_p", "score_chi2", "wald_chi2", "concordance", "zph"),
    ),
    "cumulative_incidence": ("cif", "se_aalen_johansen_ij", "se_cmprsk"),
    "describe": ("n", "n_missing", "mean", "sd", "median", "min", "max", "geometric_mean"),
    "dunn": ("pairs",),
    "fisher_exact": ("p",),
    "friedman": ("Q", "df", "p", "kendalls_w", "n_blocks"),
    "games_howell": ("pairs",),
    "gray_test": ("df",),
    "hedges_g": ("g", "g_lower", "g_upper", "d", "d_lower", "d_upper"),
    "hodges_lehmann_paired": ("estimate", "lower", "upper"),
    "hodges_lehmann_two_sample": ("estimate",),
    "kaplan_meier": ("n", "events"),
    "kruskal": ("H", "df", "p", "epsilon_squared", "eta_squared_H", "n"),
    "kruskal_exact": ("H", "p", "n_arrangements"),
    "kruskal_montecarlo": ("p",),
    "levene": ("F", "df1", "df2", "p", "n"),
    "logrank": ("chi2", "df", "p", "observed", "expected_events"),
    "mann_whitney": ("U", "p"),
    "mmrm": ("n_subjects", "n_obs", "reml_loglik", "covariance", "means", "differences"),
    "paired_t": ("t", "df", "p", "mean_diff", "lower", "upper", "n_pairs"),
    "pearson": ("r", "t", "df", "p", "lower", "upper", "n"),
    "poisson_rate": ("rate", "lower", "upper", "upper_one_sided"),
    "poisson_rate_ratio": ("ratio", "lower", "upper", "p"),
    "proportion_ci": ("estimate",),
    "proportion_difference": ("estimate", "lower", "upper"),
    "reverse_km_followup": ("median", "lower", "upper", "n", "censored"),
    "rmst_difference": ("rmst1", "se1", "rmst0", "se0", "difference", "se", "lower", "upper", "p"),
    "route": ("normal", "shapiro_p", "levene_p", "omnibus", "posthoc", "p"),
    "shapiro": ("W", "p", "n"),
    "slope_per_year": (
        *("n_subjects", "n_obs", "reml_loglik", "random_covariance", "residual_variance"),
        *("slopes", "differences"),
    ),
    "spearman": ("rho", "p", "n"),
    "spearman_bootstrap": ("rho", "percentile_lower", "percentile_upper", "bca_lower", "bca_upper"),
    "stratified_two_by_two": (
        *(
            "cmh_chi2",
            "cmh_p",
            "common_or",
            "or_lower",
            "or_upper",
            "mh_risk_difference",
            "rd_se",
            "rd_lower",
        ),
        *("rd_upper", "breslow_day", "breslow_day_p", "tarone", "tarone_p", "heterogeneity_df"),
    ),
    "t_test_independent": ("t", "df", "p", "mean_diff", "lower", "upper"),
    "tukey_hsd": ("pairs",),
    "welch_anova": ("F", "df1", "df2", "p", "n"),
    "wilcoxon_signed_rank": ("V", "p"),
}
"""Values that every reference case of a procedure states, whichever program they come from."""

_PAIRS: Mapping[str, tuple[str, ...]] = {
    "dunn": ("z", "p", "p_adj"),
    "games_howell": ("diff", "t", "df", "p", "lower", "upper"),
    "tukey_hsd": ("diff", "p", "lower", "upper"),
}
"""What each pair of groups states."""

_TOGETHER: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "chi_square": (("min_expected", "cramers_v"),),
    "fisher_exact": (("odds_ratio_conditional", "lower", "upper", "odds_ratio_sample"),),
    "hodges_lehmann_two_sample": (("lower", "upper"),),
    "kaplan_meier": (("surv", "std_err", "lower", "upper", "n_risk"),),
    "mann_whitney": (("rank_biserial", "n"),),
    "wilcoxon_signed_rank": (("n_pairs", "n_nonzero", "rank_biserial"),),
}
"""Values that some programs give and others do not: all of a group, or none."""

_NAMES = ("group1", "group2", "arm", "reference", "visit")
"""What distinguishes the items of a list; everything else of an item is a value."""

_KINDS: Mapping[str, tuple[str, ...]] = {
    "lower": ("estimate", "se"),
    "upper": ("estimate", "se"),
    "random_covariance": ("covariance",),
    "residual_variance": ("covariance",),
}
"""Whose tolerance a quantity without its own has: the largest of these."""

_LIMITS = re.compile(r"(.+_)?(lower|upper)")
_OF_A_CAUSE = re.compile(r"(cause\d+_)(chi2|p)")
_OF_A_QUANTILE = re.compile(r"(median|q\d+(?:\.\d+)?)(?:_lower|_upper)?")


@dataclass(frozen=True, slots=True)
class CaseTolerance:
    """How far a value may lie from the expected one, relatively or absolutely."""

    limit: float
    absolute: bool = False

    def __str__(self) -> str:
        return f"{significant(self.limit, 3)} {'abs.' if self.absolute else 'rel.'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueComparison:
    """One value of a case. ``error`` is in the measure of ``tolerance``; None if the value is no number."""

    quantity: str
    expected: Value
    obtained: Value
    error: float | None
    tolerance: CaseTolerance
    passed: bool


def compare(case: Case, obtained: Mapping[str, Any]) -> tuple[ValueComparison, ...]:
    """Compare every expected value of a case with the obtained one of the same name.

    Pairs of groups are found by their names, whatever their order in the list.
    """
    return tuple(
        _judge(case, quantity, expected, found)
        for quantity, expected, found in _walk("", case.expected, obtained)
    )


def unstated(case: Case, obtained: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the values that a case of this procedure must expect and does not, so that a removed one is seen.

    Parameters
    ----------
    case
        A case. What its ``without`` names need not be expected; a refusal is asked for its status and its reason.
    obtained
        What our function gave: every group, cause and pair of it must be expected.

    Returns
    -------
    tuple of str
        Names as in a comparison; empty if the case is complete.

    Example
    -------
    A case of ``hedges_g`` that expects ``g``, ``d`` and the limits of ``g`` lacks ``d_lower`` and ``d_upper``.
    """
    stated = case.expected
    if "status" in stated or "reason" in stated:
        wanted = [name for name in ("status", "reason", "cells") if name != "cells" or name in obtained]
    else:
        wanted = [*REQUIRED.get(case.procedure, ()), *_completing(case)]
    lacking = [name for name in wanted if name not in stated]
    lacking += [
        path
        for name in stated
        if name in obtained
        for path in _parts_unstated(name, stated[name], obtained[name], _PAIRS.get(case.procedure, ()))
    ]
    count = sum(1 for _ in _walk("", stated, {}))
    if case.n_values is not None and count != case.n_values:
        lacking.append(f"(the case is of {case.n_values} values and states {count})")
    return tuple(name for name in dict.fromkeys(lacking) if name not in case.without)


def _completing(case: Case) -> Iterator[str]:
    """Name what belongs to the values stated: the rest of its group, the other limit, the limits of a quantile."""
    stated = case.expected
    for group in _TOGETHER.get(case.procedure, ()):
        if any(name in stated for name in group):
            yield from group
    for name in stated:
        if found := _LIMITS.fullmatch(name):
            yield from (f"{found[1] or ''}{side}" for side in ("lower", "upper"))
        if case.procedure == "gray_test" and (found := _OF_A_CAUSE.fullmatch(name)):
            yield from (f"{found[1]}{end}" for end in ("chi2", "p"))
        if case.procedure == "kaplan_meier" and (found := _OF_A_QUANTILE.fullmatch(name)):
            yield from (f"{found[1]}{end}" for end in ("", "_lower", "_upper"))
    if case.procedure == "proportion_ci" and not any(_LIMITS.fullmatch(name) for name in stated):
        yield from ("wilson_lower", "wilson_upper")


def _parts_unstated(path: str, stated: Any, obtained: Any, of_a_pair: Sequence[str]) -> Iterator[str]:
    """Members of what was obtained that a stated value of several parts leaves out."""
    if items := _items(obtained):
        given = {_item_label(_item_names(item)): item for item in _items(stated)}
        for item in items:
            label = _item_label(_item_names(item))
            if label not in given:
                yield f"{path} {label}"
            elif path == "pairs":
                yield from (f"{path} {label}.{name}" for name in of_a_pair if name not in given[label])
            else:
                yield from (f"{path} {label}.{name}" for name in item if name not in given[label])
    elif isinstance(stated, Mapping) and isinstance(obtained, Mapping):
        yield from (f"{path}.{key}" for key in obtained if key not in stated)
        for key in stated:
            if key in obtained:
                yield from _parts_unstated(f"{path}.{key}", stated[key], obtained[key], ())
        if not stated:
            yield path
    elif isinstance(stated, list) and not stated and obtained:
        yield path


def _walk(path: str, expected: Any, obtained: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(expected, Mapping):
        for key, value in expected.items():
            known = isinstance(obtained, Mapping) and key in obtained
            yield from _walk(
                f"{path}.{key}" if path else str(key), value, obtained[key] if known else _ABSENT
            )
    elif isinstance(expected, list) and expected and isinstance(expected[0], Mapping):
        for item in expected:
            yield from _walk_item(path, item, obtained)
    elif isinstance(expected, list):
        same = (
            isinstance(obtained, Sequence)
            and not isinstance(obtained, str)
            and len(obtained) == len(expected)
        )
        for place, item in enumerate(expected):
            yield from _walk(f"{path}[{place + 1}]", item, obtained[place] if same else _ABSENT)
    else:
        yield path, expected, obtained


def _walk_item(path: str, expected: Mapping[str, Any], obtained: Any) -> Iterator[tuple[str, Any, Any]]:
    """Compare an item of a list, such as a pair of groups, with the one of the same names."""
    names = _item_names(expected)
    found = [item for item in _items(obtained) if _item_names(item) == names]
    values = {key: value for key, value in expected.items() if key not in names}
    where = f"{path} {_item_label(names)}"
    if not values:
        yield where, "present", "present" if found else _ABSENT
    yield from _walk(where, values, found[0] if found else _ABSENT)


def _items(obtained: Any) -> list[Mapping[str, Any]]:
    if not isinstance(obtained, Sequence) or isinstance(obtained, str):
        return []
    return [item for item in obtained if isinstance(item, Mapping)]


def _item_names(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in _NAMES if name in item}


def _item_label(names: Mapping[str, Any]) -> str:
    """Name an item: ``A − B`` for a pair, ``B − A V1`` for an arm, its reference and a visit."""
    pair = [names[name] for name in ("group1", "group2", "arm", "reference") if name in names]
    return " ".join(str(part) for part in (" − ".join(map(str, pair)), names.get("visit")) if part)


def _judge(case: Case, quantity: str, expected: Any, obtained: Any) -> ValueComparison:
    tolerance = _tolerance(case, quantity, expected)
    if isinstance(expected, bool) or expected is None or expected in _UNDEFINED or _is_word(expected):
        error, passed = None, _agrees(expected, obtained)
    elif isinstance(obtained, bool) or not isinstance(obtained, Real) or math.isnan(obtained):
        error, passed = None, False
    else:
        error = _distance(_INFINITE.get(expected, expected), float(obtained), absolute=tolerance.absolute)
        passed = error <= tolerance.limit
    return ValueComparison(
        quantity=quantity,
        expected=expected,
        obtained=obtained if isinstance(obtained, int | float | str | None) else _plain(obtained),
        error=error,
        tolerance=tolerance,
        passed=passed,
    )


def _plain(obtained: Any) -> Value:
    return float(obtained) if isinstance(obtained, Real) else str(obtained)


def _is_word(expected: Any) -> bool:
    return isinstance(expected, str) and expected not in _INFINITE


def _agrees(expected: Any, obtained: Any) -> bool:
    undefined = obtained is None or (isinstance(obtained, float) and math.isnan(obtained))
    if expected is None or expected in _UNDEFINED:
        return undefined
    return type(expected) is type(obtained) and bool(expected == obtained)


def _distance(expected: float, obtained: float, *, absolute: bool) -> float:
    if expected == obtained:
        return 0.0
    distance = abs(obtained - expected)
    return distance if absolute else distance / abs(expected)


def _tolerance(case: Case, quantity: str, expected: Any) -> CaseTolerance:
    """Tolerance of one value: the one the case names for it, else the procedure's; near 0 it is judged absolutely."""
    name = quantity.rsplit(".", 1)[-1]
    own = _own_tolerance(case, name)
    if own is None and name in INEXACT.get(case.procedure, ()):
        own = case.tolerance
    for measure, absolute in (("abs", True), ("rel", False)):
        if isinstance(own, Mapping) and measure in own:
            return CaseTolerance(float(own[measure]), absolute)
    is_p = name == "p" or name.endswith("_p") or name.startswith(("p_", "p["))
    rule = _rule(case.procedure, name, quantity)
    if not isinstance(expected, int | float):
        return rule
    if is_p and abs(expected) < _TINY_P and not rule.absolute:
        return CaseTolerance(_TINY_P, absolute=True)
    if abs(expected) < _NEAR_ZERO and not rule.absolute:
        return CaseTolerance(_NEAR_ZERO, absolute=True)
    return rule


def _own_tolerance(case: Case, name: str) -> Any:
    """Find the tolerance that the case names for a quantity, or for the kind of number it is."""
    kind = name.split("[", 1)[0].removesuffix("_kr")
    for one in (name, name.split("[", 1)[0], kind):
        if one in case.tolerance:
            return case.tolerance[one]
    of_kind = [case.tolerance[one] for one in _KINDS.get(kind, ()) if one in case.tolerance]
    return max(of_kind, key=lambda one: one.get("rel", 0.0), default=None)


def _rule(procedure: str, name: str, quantity: str) -> CaseTolerance:
    limits = name.endswith(("lower", "upper"))
    if procedure == "shapiro" or quantity.startswith("shapiro_p"):
        return CaseTolerance(_NORMALITY)
    if procedure in ("tukey_hsd", "games_howell") and name == "p":
        return CaseTolerance(_RANGE_P, absolute=True)
    if procedure in ("tukey_hsd", "games_howell") and limits:
        return CaseTolerance(_RANGE_LIMITS)
    if procedure in ("hedges_g", "cohens_d") and limits:
        return CaseTolerance(_NONCENTRAL_LIMITS)
    return CaseTolerance(_RELATIVE)
