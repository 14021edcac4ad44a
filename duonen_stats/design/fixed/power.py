"""Power of a design without interim analysis, at a given size."""

from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
from scipy import optimize

from duonen_stats.design.fixed.fixed_methods import (
    Direction,
    FixedMethod,
    approximation,
    planned_direction,
)
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import expected_events, time_to_events
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerResult:
    """Power at a number of patients, the analysis being at ``analysis_months`` (calendar) with ``n_events``.

    ``power`` is the probability of rejecting in the ``direction`` of the assumed effect (``"lower"`` or ``"higher"``
    experimental hazard); without an effect ``direction`` is None and ``power`` the level. ``n_entered`` is the number
    of the patients expected to have entered by then.
    """

    method: str
    alpha: float
    sides: int
    far_tail: bool
    null_hazard_ratio: float
    power: float
    n_patients: float
    n_events: float
    analysis_months: float
    direction: Direction | None
    n_entered: float
    rho: float
    gamma: float


def power(
    assumptions: SurvivalAssumptions,
    n_patients: float | None = None,
    *,
    n_events: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    method: FixedMethod = "schoenfeld",
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> PowerResult:
    """Find the power of a log-rank test with a given number of patients.

    Parameters
    ----------
    assumptions
        The design.
    n_patients
        Patients in all; None for the number the accrual itself gives.
    n_events
        The analysis is when this many events have been seen; None if it is at the planned time.
    alpha, sides, far_tail, null_hazard_ratio
        As in ``required_events``.
    method, rho, gamma
        As in ``sample_size``.

    Raises
    ------
    PlanError
        The events are never reached, no size or time is stated, or a value is out of range.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import power, study_assumptions
    >>> round(power(study_assumptions(load_study()), 92).power, 3)
    0.674
    """
    patients = assumptions.entry.n_patients if n_patients is None else n_patients
    if patients is None or not 0 < patients < inf:
        raise PlanError("How many patients enter? Give n_patients, or an accrual with rates.")
    if n_events is None:
        at = assumptions.analysis_months
        events = expected_events(assumptions, patients, at).total
    else:
        at, events = time_to_events(assumptions, n_events, patients), n_events
    found = approximation(method, assumptions, at, null_hazard_ratio, rho=rho, gamma=gamma)
    size = patients if found.unit == "patients" else events
    return PowerResult(
        method=method,
        alpha=alpha,
        sides=sides,
        far_tail=far_tail,
        null_hazard_ratio=null_hazard_ratio,
        power=found.power(size, alpha=alpha, sides=sides, far_tail=far_tail),
        n_patients=patients,
        n_events=events,
        analysis_months=at,
        direction=planned_direction(assumptions, null_hazard_ratio, rho=rho, gamma=gamma),
        n_entered=patients * assumptions.entry.share_entered(at),
        rho=rho,
        gamma=gamma,
    )


# The smallest effect a design can detect.


_FARTHEST = 8.0  # in log hazard ratio; beyond 1 : 3000 there is nothing to plan
_STEPS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectableHazardRatio:
    """The hazard ratio nearest to the null hypothesis that is found with the power asked for."""

    method: str
    alpha: float
    sides: int
    far_tail: bool
    null_hazard_ratio: float
    power: float
    hazard_ratio: float
    n_patients: float
    n_events: float
    analysis_months: float


def minimum_detectable_hazard_ratio(
    assumptions: SurvivalAssumptions,
    n_patients: float | None = None,
    *,
    n_events: float | None = None,
    target_power: float = 0.9,
    alpha: float = 0.05,
    sides: int = 2,
    method: FixedMethod = "schoenfeld",
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
    direction: Direction = "lower",
    rho: float = 0.0,
    gamma: float = 0.0,
) -> DetectableHazardRatio:
    """Find the hazard ratio that a design of given size detects with a power.

    Parameters
    ----------
    assumptions
        The design; its hazard ratio plays no part.
    n_patients, n_events, alpha, sides, method, far_tail, null_hazard_ratio, rho, gamma
        As in ``power``.
    target_power
        Between ``alpha`` and 1.
    direction
        ``"lower"`` for an experimental arm with the lower hazard, ``"higher"`` for one with the higher.

    Raises
    ------
    PlanError
        No hazard ratio in that direction has the power.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import minimum_detectable_hazard_ratio, study_assumptions
    >>> round(minimum_detectable_hazard_ratio(study_assumptions(load_study()), 92).hazard_ratio, 3)
    0.372
    """
    if not alpha < target_power < 1:
        raise PlanError(
            f"The power must lie between the significance level {alpha:g} and 1, not {target_power}."
        )

    def at(log_ratio: float) -> PowerResult:
        return power(
            assumptions.with_hazard_ratio(null_hazard_ratio * float(np.exp(log_ratio))),
            n_patients,
            n_events=n_events,
            alpha=alpha,
            sides=sides,
            method=method,
            far_tail=far_tail,
            null_hazard_ratio=null_hazard_ratio,
            rho=rho,
            gamma=gamma,
        )

    def excess(log_ratio: float) -> float:
        try:
            return at(log_ratio).power - target_power
        except PlanError:  # so strong an effect that the events do not come
            return -target_power

    sign = -1.0 if direction == "lower" else 1.0
    # With very strong effects the power falls again, for want of events: take the crossing nearest to the null.
    for near, far in pairwise(sign * np.linspace(1e-6, _FARTHEST, _STEPS)):
        if excess(float(far)) >= 0:
            found = float(optimize.brentq(excess, float(near), float(far), xtol=1e-13, rtol=1e-13))
            result = at(found)
            return DetectableHazardRatio(
                method=method,
                alpha=alpha,
                sides=sides,
                far_tail=far_tail,
                null_hazard_ratio=null_hazard_ratio,
                power=result.power,
                hazard_ratio=null_hazard_ratio * float(np.exp(found)),
                n_patients=result.n_patients,
                n_events=result.n_events,
                analysis_months=result.analysis_months,
            )
    raise PlanError(
        f"No hazard ratio in the {direction} direction is detected with a power of {target_power:g}."
    )
