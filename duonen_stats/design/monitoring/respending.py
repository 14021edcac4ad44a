"""Boundaries spent anew: at the information that a trial really had when it was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy import special

from duonen_stats.design.monitoring.boundaries import (
    Looks,
    Parameter,
    as_looks,
    conclude,
    cumulative_error,
    haybittle_peto_value,
    spend_upwards,
)
from duonen_stats.design.monitoring.crossing import begin, cross
from duonen_stats.design.monitoring.futility import spend_both, spend_downwards
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.design.monitoring.spending import SPENDING_FUNCTIONS, interpolated_spending
from duonen_stats.errors import PlanError


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
        The plan cannot be spent anew, a look follows after all was spent, or a number is out of range.

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
