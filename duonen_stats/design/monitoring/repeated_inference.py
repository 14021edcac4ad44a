"""Repeated confidence intervals and p-values: valid at every look, whether or not the trial stops there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, inf, isfinite, log

import numpy as np
from scipy import optimize, special

from duonen_stats.design.monitoring.boundaries import (
    SHAPED_RULES,
    SPENDING_FUNCTIONS,
    Looks,
    Parameter,
    as_looks,
    conclude,
    cumulative_error,
    haybittle_peto_value,
    interpolated_spending,
    solve_boundary,
    spend_upwards,
)
from duonen_stats.design.monitoring.crossing import begin, check_information, cross
from duonen_stats.design.monitoring.futility import spend_both, spend_downwards
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.errors import PlanError

# Boundaries spent again: at the information that a trial really had when it was looked at.


@dataclass(frozen=True, slots=True, kw_only=True)
class RespentBoundary:
    """The boundaries of a plan at the looks that took place.

    Attributes
    ----------
    information
        Information at each look, as it was given.
    fraction
        The same as a fraction of the planned maximum; at a look that concludes the trial it may differ from 1.
    efficacy_z, futility_z
        As in :class:`GroupSequentialDesign`; ``futility_z`` is empty without futility spending.
    nominal_p
        One-sided p-value that belongs to ``efficacy_z``.
    alpha_spent
        Cumulative error of the first kind, both tails together.
    final
        Whether the last of the looks concludes the trial, so that all of the error is spent.
    """

    information: tuple[float, ...]
    fraction: tuple[float, ...]
    efficacy_z: tuple[float, ...]
    futility_z: tuple[float, ...]
    nominal_p: tuple[float, ...]
    alpha_spent: tuple[float, ...]
    final: bool


def respend_boundaries(
    design: GroupSequentialDesign, information: Sequence[float], *, planned: float, final: bool = False
) -> RespentBoundary:
    """Spend the error of a plan at the information observed at the looks so far.

    Parameters
    ----------
    design
        The plan. Its looks may have been more, fewer or at other times. It must spend its error: O'Brien-Fleming,
        Pocock and Wang-Tsiatis boundaries have no values at other looks than those planned.
    information
        Information observed at each look so far (for a log-rank test, events), increasing.
    planned
        Planned maximum in the same unit.
    final
        True if the trial ends with the last of these looks, whether or not ``planned`` was reached: what is left
        of the error is then spent. It always is once ``planned`` is reached.

    Raises
    ------
    PlanError
        The plan cannot be spent again, a look follows after all was spent, or a number is out of range.

    References
    ----------
    Lan & DeMets (1983) Biometrika 70:659-663; Jennison & Turnbull (2000), §7.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, respend_boundaries
    >>> found = respend_boundaries(group_sequential_design(2), [30], planned=64)
    >>> [round(z, 3) for z in found.efficacy_z]
    [3.073]
    """
    if not 0 < planned < inf:
        raise PlanError(f"The planned maximum of the information must be above 0, not {planned}.")
    fraction = [float(level) / planned for level in information]
    looks = as_looks(fraction, design.alpha, design.sides)
    if any(level >= 1 for level in fraction[:-1]):
        raise PlanError("A look was taken after the planned information was reached and all error was spent.")
    final = final or fraction[-1] >= 1
    upper, lower = _both(design, looks, final=final)
    below = tuple(-z for z in upper) if looks.two_sided else _binding(design, lower, len(upper))
    crossing = cross(begin(), upper, below, looks.information)
    spent = np.add(crossing.upper, crossing.lower) if looks.two_sided else np.array(crossing.upper)
    return RespentBoundary(
        information=tuple(float(level) for level in information),
        fraction=looks.information,
        efficacy_z=upper,
        futility_z=lower,
        nominal_p=tuple(float(special.ndtr(-z)) for z in upper),
        alpha_spent=tuple(float(value) for value in spent.cumsum()),
        final=final,
    )


def respent_design(
    design: GroupSequentialDesign, information: Sequence[float], *, planned: float
) -> GroupSequentialDesign:
    """Take a plan to the looks that take place: its errors spent at them, its drift as it was.

    For the usual group-sequential test, whose critical values belong to the information there really is. A combination
    test keeps the weights and the critical values of the plan and needs nothing of this.

    Parameters
    ----------
    design, planned
        As in :func:`respend_boundaries`.
    information
        Information at the looks that were taken and at those still planned, the last concluding the trial. Values of Z
        stated for futility that need not be obeyed are kept, if there are as many looks as planned.

    Returns
    -------
    GroupSequentialDesign
        The plan with these looks and boundaries; ``power`` is what it then has at ``drift``.

    Raises
    ------
    PlanError
        As there; an O'Brien-Fleming, Pocock or Wang-Tsiatis boundary has no values at other looks.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, respent_design
    >>> found = respent_design(group_sequential_design(2), [30, 64], planned=64)
    >>> [round(z, 3) for z in found.efficacy_z]
    [3.073, 1.966]
    """
    found = respend_boundaries(design, information, planned=planned, final=True)
    futility = found.futility_z
    if design.futility == "stated_values" and len(found.efficacy_z) == design.looks:
        futility = (*design.futility_z[:-1], found.efficacy_z[-1])
    moved = replace(
        design, information=found.fraction, efficacy_z=found.efficacy_z, futility_z=futility,
        futility=design.futility if futility else None, nominal_p=found.nominal_p, alpha_spent=found.alpha_spent,
    )  # fmt: skip
    at = [moved.crossing(share * design.drift) for share in (0.0, 0.5, 1.0)]
    null, halfway, alternative = (
        design.inflation_factor * float(np.dot(found.fraction, one.stopping)) for one in at
    )
    return replace(
        moved, power=at[-1].total_upper, under_null=at[0], under_alternative=at[-1], expected_information_null=null,
        expected_information_halfway=halfway, expected_information_alternative=alternative,
    )  # fmt: skip


def _binding(design: GroupSequentialDesign, lower: tuple[float, ...], looks: int) -> tuple[float, ...]:
    return lower if design.binding else (-inf,) * looks


def _both(
    design: GroupSequentialDesign, looks: Looks, *, final: bool
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    fixed, alpha = _efficacy(design, looks, final=final)
    if design.futility is None or (design.futility == "stated_values" and not design.binding):
        return _upper(looks, fixed, alpha), ()
    if design.futility == "stated_values":
        raise PlanError("Binding futility values stated for planned looks say nothing about other looks.")
    beta = _spent(design, looks, design.futility, design.futility_parameter, 1 - design.power)
    drift = design.drift * looks.information[-1] ** 0.5
    if not design.binding:
        upper = _upper(looks, fixed, alpha)
        lower = spend_downwards(looks, upper, beta, drift)
    else:
        region = spend_both(looks, fixed, alpha, beta, drift)
        if region is None:
            raise PlanError(
                "The boundaries for success and for binding futility met before the last of these looks."
            )
        upper, lower = region.upper, region.lower
    # Where the futility boundary would pass the other one, the two meet and the trial ends.
    met = tuple(min(low, high) for low, high in zip(lower, upper, strict=True))
    return upper, (*met[:-1], upper[-1]) if final else met


def _efficacy(
    design: GroupSequentialDesign, looks: Looks, *, final: bool
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Critical values fixed beforehand, and the cumulative error in one tail at each look."""
    if design.efficacy == "haybittle_peto":
        interim = haybittle_peto_value(design.efficacy_parameter)
        return (interim,) * (len(looks.information) - final), (looks.tail,) * len(looks.information)
    spent = _spent(design, looks, design.efficacy, design.efficacy_parameter, looks.tail)
    return (), (*spent[:-1], looks.tail) if final else spent


def _upper(looks: Looks, fixed: tuple[float, ...], alpha: tuple[float, ...]) -> tuple[float, ...]:
    if not fixed:
        return spend_upwards(looks, alpha)
    return fixed if len(fixed) == len(alpha) else conclude(looks, fixed)


def _spent(
    design: GroupSequentialDesign, looks: Looks, rule: str, parameter: Parameter, tail: float
) -> tuple[float, ...]:
    """Cumulative error of one tail at the looks that took place."""
    frame = Looks((*design.information,), tail, looks.two_sided)
    if rule == "stated_spending":
        planned = cumulative_error(frame, rule, parameter)
        return tuple(interpolated_spending(design.information, planned, looks.information).tolist())
    if rule not in SPENDING_FUNCTIONS:
        raise PlanError(
            f"A plan with the boundary {rule} has no spending function, so its values at other looks than the "
            "planned ones are not defined. Plan with a Lan-DeMets spending function instead."
        )
    at = Looks((*(min(level, 1.0) for level in looks.information), 1.0), tail, looks.two_sided)
    return cumulative_error(at, rule, parameter)[:-1]


_SMALLEST = 1e-10
_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedInterval:
    """Limits of the effect at one look that hold together with those of all other looks.

    ``estimate`` is Z/√information, ``lower`` and ``upper`` lie ``critical_z``/√information away. After a log-rank
    test the effect is minus the log hazard ratio.
    """

    look: int
    z: float
    critical_z: float
    estimate: float
    lower: float
    upper: float
    confidence: float

    @property
    def hazard_ratio(self) -> float:
        """Estimated hazard ratio, if the statistic is that of a log-rank test."""
        return exp(-self.estimate)

    @property
    def hazard_ratio_lower(self) -> float:
        """Lower limit of the hazard ratio, if the statistic is that of a log-rank test."""
        return exp(-self.upper)

    @property
    def hazard_ratio_upper(self) -> float:
        """Upper limit of the hazard ratio, if the statistic is that of a log-rank test."""
        return exp(-self.lower)


def repeated_intervals(
    design: GroupSequentialDesign,
    z: Sequence[float],
    *,
    information: Sequence[float],
    boundary: RespentBoundary | None = None,
) -> tuple[RepeatedInterval, ...]:
    """Compute the repeated confidence interval at each look so far.

    Parameters
    ----------
    design
        The plan; its critical values make the intervals, at level 1 − ``alpha`` if it is two-sided and
        1 − 2 ``alpha`` if it is one-sided.
    z
        Statistic of all data at each look so far, positive for benefit.
    information
        Information on the effect at those looks; for a log-rank test from :func:`log_rank_information`.
    boundary
        The boundaries used, if they were spent again at these looks.

    Raises
    ------
    PlanError
        Statistics, information and boundaries do not match, or a number is not finite.

    References
    ----------
    Jennison & Turnbull (1989) JRSS B 51:305-361.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, repeated_intervals
    >>> (found,) = repeated_intervals(group_sequential_design(2), [2.0], information=[6.0])
    >>> round(found.estimate, 3), round(found.lower, 3), round(found.upper, 3)
    (0.816, -0.393, 2.026)
    """
    values, levels = _statistics(z), check_information(information)
    critical = design.efficacy_z if boundary is None else boundary.efficacy_z
    if len(values) != len(levels) or len(values) > len(critical):
        raise PlanError(
            f"{len(values)} statistics, {len(levels)} levels of information and {len(critical)} critical values "
            "do not make one row of looks."
        )
    return tuple(
        RepeatedInterval(
            look=k + 1,
            z=value,
            critical_z=critical[k],
            estimate=value / level**0.5,
            lower=(value - critical[k]) / level**0.5,
            upper=(value + critical[k]) / level**0.5,
            confidence=1 - 2 * design.alpha / design.sides,
        )
        for k, (value, level) in enumerate(zip(values, levels, strict=True))
    )


def repeated_p_values(
    design: GroupSequentialDesign,
    z: Sequence[float],
    *,
    information: Sequence[float] | None = None,
    planned: float = 1.0,
    final: bool = False,
) -> tuple[float | None, ...]:
    """Compute the repeated p-value at each look so far: the smallest level at which that look would reject.

    Parameters
    ----------
    design
        The plan. Its rule for stopping is applied at other levels; a stated spending keeps its shares. Futility
        is not counted on.
    z
        Statistic of all data at each look so far, positive for benefit.
    information, planned, final
        Information at those looks, the planned maximum in the same unit, and whether the last of them concludes
        the trial, as in :func:`respend_boundaries`. Left out: as planned.

    Returns
    -------
    tuple of float or None
        One-sided p-values, at most 0.5 (which stands for 0.5 or more); of a two-sided plan two-sided ones. No
        value is below 1e-10. None at an interim look of a Haybittle-Peto plan: its critical value is the same at
        every level.

    Raises
    ------
    PlanError
        There are more statistics than looks, or the plan cannot be spent again.

    References
    ----------
    Jennison & Turnbull (2000), §9.6.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, repeated_p_values
    >>> [round(p, 4) for p in repeated_p_values(group_sequential_design(2), [2.0, 2.5])]
    [0.1073, 0.0062]
    """
    values = _statistics(z)
    levels = design.information if information is None else tuple(information)
    if len(values) > len(levels) or (information is not None and len(values) != len(levels)):
        raise PlanError(f"{len(values)} statistics do not match {len(levels)} looks.")
    if design.efficacy in SHAPED_RULES and information is not None:
        raise PlanError(f"The boundary {design.efficacy} is defined at the planned looks only.")
    bare = replace(design, futility=None, futility_parameter=None, binding=False)
    return tuple(
        _smallest_level(
            bare, abs(value) if design.sides == 2 else value, levels[: k + 1], planned,  # noqa: PLR2004
            final=final and k == len(values) - 1,
        )
        for k, value in enumerate(values)
    )  # fmt: skip


def sequential_p_value(
    design: GroupSequentialDesign,
    z: Sequence[float],
    *,
    information: Sequence[float] | None = None,
    planned: float = 1.0,
    final: bool = False,
) -> float:
    """Compute the smallest level at which the plan would have rejected at one of the looks so far.

    All is as in :func:`repeated_p_values`, of which this is the smallest.

    Raises
    ------
    PlanError
        As there; also for Haybittle-Peto plans, which have no p-value at interim looks.

    References
    ----------
    Liu & Anderson (2008) J Am Stat Assoc 103:1621-1630.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, sequential_p_value
    >>> round(sequential_p_value(group_sequential_design(2), [2.0, 2.5]), 4)
    0.0062
    """
    p_values = repeated_p_values(design, z, information=information, planned=planned, final=final)
    defined = [p for p in p_values if p is not None]
    if len(defined) < len(p_values):
        raise PlanError(
            "The interim critical value of Haybittle and Peto is the same at every level, so the plan has no "
            "sequential p-value."
        )
    return min(defined)


def _statistics(z: Sequence[float]) -> tuple[float, ...]:
    values = tuple(float(value) for value in z)
    if not values or not all(isfinite(value) for value in values):
        raise PlanError("The statistics of the looks must be finite numbers, one a look and at least one.")
    return values


def _smallest_level(
    design: GroupSequentialDesign, z: float, levels: tuple[float, ...], planned: float, *, final: bool
) -> float | None:
    def excess(log_level: float) -> float:
        return _critical(design, exp(log_level), levels, planned, final=final) - z

    if design.efficacy == "haybittle_peto" and not (final or levels[-1] >= planned):
        return None
    lowest = log(_lowest(design, levels, planned))
    highest = log(design.sides / 2) - _SMALLEST
    if excess(highest) > 0:
        return design.sides / 2
    if excess(lowest) < 0:
        return exp(lowest)
    return exp(float(optimize.brentq(excess, lowest, highest, xtol=1e-12)))


def _lowest(design: GroupSequentialDesign, levels: tuple[float, ...], planned: float) -> float:
    """Smallest level the plan can have: a Haybittle-Peto plan has to leave something for its last look."""
    if design.efficacy != "haybittle_peto" or len(levels) == 1:
        return _SMALLEST
    before = respend_boundaries(design, levels[:-1], planned=planned)
    return before.alpha_spent[-1] * (1 + _SLACK)


def _critical(
    design: GroupSequentialDesign, alpha: float, levels: tuple[float, ...], planned: float, *, final: bool
) -> float:
    """Critical value at the last of these looks if the plan had level ``alpha``."""
    if design.efficacy in SHAPED_RULES:
        looks = as_looks(design.information, alpha, design.sides)
        return solve_boundary(looks, design.efficacy, design.efficacy_parameter)[len(levels) - 1]
    at = replace(design, alpha=alpha, efficacy_parameter=_parameter(design, alpha))
    return respend_boundaries(at, levels, planned=planned, final=final).efficacy_z[-1]


def _parameter(design: GroupSequentialDesign, alpha: float) -> Parameter:
    parameter = design.efficacy_parameter
    if design.efficacy != "stated_spending" or parameter is None or isinstance(parameter, int | float):
        return parameter
    return tuple(value * alpha / design.alpha for value in parameter)
