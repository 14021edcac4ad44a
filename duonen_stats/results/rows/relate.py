"""Relate: how one measurement goes with another."""

from functools import partial

import numpy as np

from duonen_stats import methods
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import CorrelationResult
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.table import ResultRow


def relate(x: np.ndarray, y: np.ndarray, about: About, plan: Plan) -> list[ResultRow]:
    """Correlate two measurements of the same patients, complete pairs only.

    Rows ``spearman.rho``, ``.p``, ``.n`` (t approximation) with limits, and Pearson's beside them. Fewer pairs
    than ``plan.min_group``: the reason.
    """
    complete = int((np.isfinite(x) & np.isfinite(y)).sum())
    rows = [about.row("n", complete, unit="", n=complete, label="Number of complete pairs")]
    spearman = partial(methods.spearman, decimals=plan.difference_decimals)
    for name, letter, test in (("spearman", "rho", spearman), ("pearson", "r", methods.pearson)):
        block = about.of(ids.correlation(about.id, name))
        try:
            _require_pairs(complete, plan)
            rows += _correlation(test(x, y, confidence=plan.confidence), letter, block)
        except NotEstimable as verdict:
            rows += block.refused(verdict, letter, "p", "ci_low", "ci_high", method=name.capitalize())
    return rows


def relate_within(x: np.ndarray, y: np.ndarray, arm: np.ndarray, about: About, plan: Plan) -> list[ResultRow]:
    """Correlate ranks after taking out the differences between arms (partial Spearman): ``partial.rho``, ``.p``."""
    block = about.of(ids.partial_correlation(about.id), context="adjusted for arm")
    usable = np.isfinite(x) & np.isfinite(y)
    try:
        _require_arms(arm[usable])
        found = methods.partial_spearman(x, y, arm, decimals=plan.difference_decimals)
    except NotEstimable as verdict:
        return block.refused(verdict, "rho", "p", method="partial Spearman, adjusted for arm")
    return [
        block.row("rho", found.coefficient, unit="", n=found.n, method=found.method, label="Partial rho"),
        block.row("p", found.p_value, unit="", n=found.n, method=found.method),
    ]


def _require_pairs(complete: int, plan: Plan) -> None:
    if complete < plan.min_group:
        detail = f"fewer than {plan.min_group} patients have both values"
        raise NotEstimable("n_too_small", {"all": complete}, detail)


def _require_arms(arm: np.ndarray) -> None:
    if len(np.unique(arm)) < 2:  # noqa: PLR2004 - one arm alone has nothing to be adjusted for
        raise NotEstimable("single_group", {"all": len(arm)}, "patients of fewer than two arms")


def _correlation(found: CorrelationResult, letter: str, block: About) -> list[ResultRow]:
    n, method = found.n, found.method
    rows = [
        block.row(
            letter, found.coefficient, unit="", n=n, method=method, label=f"Correlation coefficient {letter}"
        ),
        block.row("p", found.p_value, unit="", n=n, method=method),
    ]
    for name, limit in (("ci_low", found.ci_low), ("ci_high", found.ci_high)):
        note = "" if limit is not None else "too few pairs for an interval"
        rows.append(block.row(name, limit, unit="", n=n, method=method, note=note))
    return rows
