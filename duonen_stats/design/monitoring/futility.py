"""Stopping early without success, and the drift at which a plan has its power."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal, get_args

from scipy import optimize, special

from duonen_stats.design.monitoring.boundaries import (
    SHAPED_RULES,
    Looks,
    Parameter,
    SpendingFunction,
    cumulative_error,
    lower_limit,
    solve_boundary,
    upper_limit,
)
from duonen_stats.design.monitoring.crossing import (
    begin,
    carry,
    cross,
    probability_above,
)
from duonen_stats.errors import PlanError

FutilityRule = Literal["stated_values", "stated_spending", SpendingFunction]
FUTILITY_RULES: tuple[str, ...] = get_args(FutilityRule)

_SETTLED = 1e-10
_ROUNDS = 60
_LARGEST_DRIFT = 60.0


@dataclass(frozen=True, slots=True)
class Region:
    """Boundaries of Z at each look, and the expected value of Z at the last look that gives the power."""

    upper: tuple[float, ...]
    lower: tuple[float, ...]
    drift: float


def region_without_futility(looks: Looks, rule: str, parameter: Parameter, power: float) -> Region:
    """Solve a plan that stops early only to reject."""
    upper = solve_boundary(looks, rule, parameter)
    lower = tuple(looks.below(k, z) for k, z in enumerate(upper))
    return Region(upper, lower, drift_for_power(looks, upper, lower, power))


def region_with_values(
    looks: Looks, rule: str, parameter: Parameter, power: float, *, values: Sequence[float], binding: bool
) -> Region:
    """Solve a plan that stops for futility below stated values of Z at the interim looks.

    Raises
    ------
    PlanError
        There is not one value an interim look, or they reach the critical values.
    """
    interim = tuple(float(value) for value in values)
    if len(interim) != len(looks.information) - 1 or not all(value < inf for value in interim):
        raise PlanError(
            f"{len(looks.information)} looks need {len(looks.information) - 1} futility values, one an interim "
            f"look; {list(interim)} were given."
        )
    bound = replace(looks, futility=(*interim, -inf)) if binding else looks
    upper = solve_boundary(bound, rule, parameter)
    lower = (*interim, upper[-1])
    return Region(upper, lower, drift_for_power(looks, upper, lower, power))


def region_with_spending(
    looks: Looks,
    rule: str,
    parameter: Parameter,
    power: float,
    *,
    spending: str,
    spending_parameter: Parameter,
    binding: bool,
) -> Region:
    """Solve a plan that spends the error of the second kind look by look, and all of it at the last.

    If the futility rule is binding, the critical values count on it.

    Raises
    ------
    PlanError
        A rule is out of range, or the boundaries do not agree.
    """
    beta = cumulative_error(replace(looks, tail=1 - power), spending, spending_parameter)
    # Whatever futility is added, the rule must be a plan by itself.
    upper = solve_boundary(looks, rule, parameter)
    if not binding:
        return _meeting(looks, upper, beta)
    if rule in SHAPED_RULES:
        return _in_turn(looks, rule, parameter, beta)
    if rule == "haybittle_peto":
        return _both_meeting(looks, upper[:-1], (looks.tail,) * len(upper), beta)
    return _both_meeting(looks, (), cumulative_error(looks, rule, parameter), beta)


def _both_meeting(
    looks: Looks, fixed: tuple[float, ...], alpha: Sequence[float], beta: Sequence[float]
) -> Region:
    """Boundaries that count on each other and meet at the last look, and the drift at which they do."""

    def gap(drift: float) -> float:
        region = spend_both(looks, fixed, alpha, beta, drift)
        return 1.0 if region is None else region.lower[-1] - region.upper[-1]

    drift = _increasing_root(gap, 0.0)
    region = spend_both(looks, fixed, alpha, beta, drift)
    if region is None:
        raise PlanError("The boundaries for success and for binding futility meet before the last look.")
    return replace(region, lower=(*region.lower[:-1], region.upper[-1]))


def spend_both(
    looks: Looks, fixed: Sequence[float], alpha: Sequence[float], beta: Sequence[float], drift: float
) -> Region | None:
    """Spend both errors look by look, each boundary counting on the other; None if they meet before the end.

    ``fixed`` are critical values set beforehand at the first looks, ``alpha`` and ``beta`` the cumulative errors.
    """
    null, alternative = begin(), begin(drift / looks.information[-1] ** 0.5)
    upper, lower, spent = list[float](), list[float](), 0.0
    for k, level in enumerate(looks.information):
        if k < len(fixed):
            upper.append(fixed[k])
        elif alpha[k] - spent >= probability_above(null, level, -inf):
            return None
        else:
            upper.append(upper_limit(null, level, alpha[k] - spent))
        lower.append(lower_limit(alternative, level, beta[k] - (beta[k - 1] if k else 0.0)))
        if k == len(looks.information) - 1:
            break
        if lower[k] >= upper[k]:
            return None
        spent += probability_above(null, level, upper[k])
        following = looks.information[k + 1]
        null = carry(null, level, lower[k], upper[k], next_information=following)
        alternative = carry(alternative, level, lower[k], upper[k], next_information=following)
    return Region(tuple(upper), tuple(lower), drift)


def _in_turn(looks: Looks, rule: str, parameter: Parameter, beta: Sequence[float]) -> Region:
    """Solve the boundaries in turn until they agree: the values of these rules depend on all looks at once."""
    region = _meeting(looks, solve_boundary(looks, rule, parameter), beta)
    lower = region.lower
    for _ in range(_ROUNDS):
        upper = solve_boundary(replace(looks, futility=lower), rule, parameter)
        region, before = _meeting(looks, upper, beta), lower
        if max(abs(a - b) for a, b in zip(region.lower, before, strict=True) if a > -inf) < _SETTLED:
            return region
        # Half a step at a time: a whole one can overshoot.
        lower = tuple((a + b) / 2 for a, b in zip(region.lower, before, strict=True))
    raise PlanError("The boundaries for success and for binding futility find no agreement.")


def _meeting(looks: Looks, upper: tuple[float, ...], beta: Sequence[float]) -> Region:
    """Futility boundary that meets the critical value at the last look, and the drift at which it does."""

    def gap(drift: float) -> float:
        lower = spend_downwards(looks, upper, beta, drift)
        crossed = any(low >= high for low, high in zip(lower[:-1], upper[:-1], strict=True))
        return 1.0 if crossed else lower[-1] - upper[-1]

    fixed = -float(special.ndtri(looks.tail) + special.ndtri(beta[-1]))
    drift = _increasing_root(gap, fixed * (1 - 1e-6) - 1e-6)
    lower = spend_downwards(looks, upper, beta, drift)
    return Region(upper, (*lower[:-1], upper[-1]), drift)


def spend_downwards(
    looks: Looks, upper: Sequence[float], cumulative: Sequence[float], drift: float
) -> tuple[float, ...]:
    """Boundary crossed downwards, under ``drift``, with the cumulative probability stated.

    The boundary ends at the first look at which it reaches the upper one: no trial goes on from there.
    """
    going, lower = begin(drift / looks.information[-1] ** 0.5), list[float]()
    for k, level in enumerate(looks.information):
        lower.append(lower_limit(going, level, cumulative[k] - (cumulative[k - 1] if k else 0.0)))
        last = k == len(looks.information) - 1
        if not last and lower[k] >= upper[k]:
            return (*lower, *upper[k + 1 :])
        if not last:
            going = carry(going, level, lower[k], upper[k], next_information=looks.information[k + 1])
    return tuple(lower)


def drift_for_power(looks: Looks, upper: Sequence[float], lower: Sequence[float], power: float) -> float:
    """Find the expected value of Z at the last look with which the boundaries have the power stated.

    Of a two-sided test only rejection in the right direction counts, as in the usual formula for one look.

    Raises
    ------
    PlanError
        No drift gives that power.
    """

    def shortfall(drift: float) -> float:
        crossing = cross(begin(drift / looks.information[-1] ** 0.5), upper, lower, looks.information)
        return crossing.total_upper - power

    return _increasing_root(shortfall, 0.0)


def _increasing_root(function: Callable[[float], float], lowest: float) -> float:
    if function(lowest) > 0:
        raise PlanError("The power asked for is reached without any effect; it must exceed the level.")
    highest = lowest + 1.0
    while function(highest) < 0:
        highest += 1.0
        if highest > _LARGEST_DRIFT:
            raise PlanError("No effect is large enough for the power asked for with these boundaries.")
    return float(optimize.brentq(function, lowest, highest, xtol=1e-12, rtol=1e-12))
