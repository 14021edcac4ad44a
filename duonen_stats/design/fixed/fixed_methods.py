"""The methods for a design without interim analysis, by name."""

from collections.abc import Callable
from math import isclose
from typing import Literal, get_args

from duonen_stats.design.fixed.closed_formulas import (
    bernstein_lagakos,
    freedman,
    hsieh_freedman,
    lachin_foulkes,
    lachin_foulkes_difference,
    schoenfeld,
    wald,
)
from duonen_stats.design.fixed.lakatos import expected_log_rank, lakatos
from duonen_stats.design.fixed.significance import NormalApproximation
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.errors import PlanError

FixedMethod = Literal[
    "schoenfeld",
    "freedman",
    "hsieh_freedman",
    "wald",
    "lachin_foulkes",
    "lachin_foulkes_difference",
    "bernstein_lagakos",
    "lakatos",
]
Direction = Literal["lower", "higher"]
EventMethod = Literal["schoenfeld", "freedman", "hsieh_freedman"]

FIXED_METHODS: tuple[FixedMethod, ...] = get_args(FixedMethod)

METHOD_LABELS: dict[FixedMethod, str] = {
    "schoenfeld": "Schoenfeld",
    "freedman": "Freedman",
    "hsieh_freedman": "Hsieh–Freedman",
    "wald": "Wald, log hazard ratio (Rubinstein–Gail–Santner)",
    "lachin_foulkes": "Lachin–Foulkes, log hazard ratio",
    "lachin_foulkes_difference": "Lachin–Foulkes, hazard difference",
    "bernstein_lagakos": "Bernstein–Lagakos",
    "lakatos": "Lakatos",
}

_BY_EVENTS: dict[str, Callable[[float, float, float], NormalApproximation]] = {
    "schoenfeld": schoenfeld,
    "freedman": freedman,
    "hsieh_freedman": hsieh_freedman,
}
_BY_PATIENTS: dict[str, Callable[[SurvivalAssumptions, float, float], NormalApproximation]] = {
    "wald": wald,
    "lachin_foulkes": lachin_foulkes,
    "lachin_foulkes_difference": lachin_foulkes_difference,
    "bernstein_lagakos": bernstein_lagakos,
    "lakatos": lakatos,
}


def by_events(
    method: str, *, hazard_ratio: float, allocation_ratio: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Approximation of a method that needs events alone; PlanError if the method needs accrual times as well."""
    if method not in _BY_EVENTS:
        raise PlanError(f"{_known(method)} needs accrual and follow-up: use sample_size or power.")
    for name, ratio in (("hazard", hazard_ratio), ("null hazard", null_hazard_ratio)):
        if not 0 < ratio < float("inf"):
            raise PlanError(f"The {name} ratio must be positive and finite, not {ratio}.")
    if not 0 < allocation_ratio < float("inf"):
        raise PlanError(f"The allocation ratio must be positive and finite, not {allocation_ratio}.")
    return _BY_EVENTS[method](hazard_ratio, allocation_ratio, null_hazard_ratio)


def approximation(
    method: str,
    assumptions: SurvivalAssumptions,
    at_months: float,
    null_hazard_ratio: float = 1.0,
    *,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> NormalApproximation:
    """Approximation of any method for a design analysed at a calendar month.

    ``rho`` and ``gamma`` weight the log-rank test as in :func:`expected_log_rank`; only Lakatos's method has them.
    """
    if rho or gamma:
        if method != "lakatos":
            raise PlanError("Only the method of Lakatos is for a weighted log-rank test (rho, gamma).")
        return lakatos(assumptions, at_months, null_hazard_ratio, rho=rho, gamma=gamma)
    if _known(method) in _BY_EVENTS:
        return by_events(
            method,
            hazard_ratio=assumptions.constant_hazard_ratio,
            allocation_ratio=assumptions.allocation_ratio,
            null_hazard_ratio=null_hazard_ratio,
        )
    return _BY_PATIENTS[method](assumptions, at_months, null_hazard_ratio)


def planned_direction(
    assumptions: SurvivalAssumptions, null_hazard_ratio: float = 1.0, *, rho: float = 0.0, gamma: float = 0.0
) -> Direction | None:
    """Which way the assumed effect goes: the tail that power is about.

    One convention holds for all of planning: power is the probability of rejecting in the direction of the assumed
    effect. ``"lower"``: the experimental arm has the lower hazard. ``"higher"``: the higher one. None: the hazard ratio
    is that of the null hypothesis, so that there is no direction, and power is the level.

    With hazard ratios that differ between pieces it is the direction of the expected score of the test.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import planned_direction, study_assumptions
    >>> planned_direction(study_assumptions(load_study()))
    'lower'
    """
    try:
        ratio = assumptions.constant_hazard_ratio
    except PlanError:
        at = assumptions.total_months or assumptions.entry.duration_months + (
            assumptions.followup_months or 0.0
        )
        score = expected_log_rank(
            assumptions, 1.0, at or 1.0, null_hazard_ratio=null_hazard_ratio, rho=rho, gamma=gamma
        ).score
        return None if score == 0 else "lower" if score > 0 else "higher"
    if isclose(ratio, null_hazard_ratio, rel_tol=1e-12):
        return None
    return "lower" if ratio < null_hazard_ratio else "higher"


def _known(method: str) -> str:
    if method not in FIXED_METHODS:
        raise PlanError(f"Unknown method {method!r}; choose from {', '.join(FIXED_METHODS)}.")
    return method
