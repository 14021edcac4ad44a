"""Inference after stopping: p-value, median-unbiased estimate and interval, in the stage-wise ordering."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite

from scipy import optimize

from duonen_stats.design.monitoring.crossing import (
    begin,
    check_information,
    cross,
    increments,
)
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.design.monitoring.repeated_inference import RespentBoundary
from duonen_stats.errors import PlanError

_WIDEST = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StagewiseInference:
    """What a trial that ended at ``look`` with statistic ``z`` says, the looks before being allowed for.

    Attributes
    ----------
    look, z
        Where it ended, and the statistic there, positive for benefit.
    p_value
        One-sided p-value of the stage-wise ordering; at most the level if and only if the plan rejects. In a
        two-sided plan twice the smaller tail.
    estimate
        Median-unbiased estimate of the effect per square root of information; after a log-rank test, minus the
        log hazard ratio.
    lower, upper
        Limits of the effect at ``confidence``, equal in both tails.
    """

    look: int
    z: float
    p_value: float
    estimate: float
    lower: float
    upper: float
    confidence: float

    @property
    def hazard_ratio(self) -> float:
        """Median-unbiased hazard ratio, if the statistic is that of a log-rank test."""
        return exp(-self.estimate)

    @property
    def hazard_ratio_lower(self) -> float:
        """Lower limit of the hazard ratio, if the statistic is that of a log-rank test."""
        return exp(-self.upper)

    @property
    def hazard_ratio_upper(self) -> float:
        """Upper limit of the hazard ratio, if the statistic is that of a log-rank test."""
        return exp(-self.lower)


def stagewise_inference(
    design: GroupSequentialDesign,
    *,
    z: float,
    information: Sequence[float],
    boundary: RespentBoundary | None = None,
    confidence: float | None = None,
) -> StagewiseInference:
    """Analyse a group-sequential trial that has ended.

    A result is the more extreme the earlier it stopped upwards, and at one look the larger its Z. (In a plan with
    binding futility or two sides, a stop downwards is the less extreme the earlier it was.)

    Parameters
    ----------
    design
        The plan. Non-binding futility is not counted on.
    z
        Statistic of all data at the look at which the trial ended.
    information
        Information on the effect at each look up to that one, increasing; for a log-rank test from
        :func:`log_rank_information`. The estimate and its limits have the unit 1/√information.
    boundary
        The boundaries used, if they were spent again at these looks; else those of the plan.
    confidence
        Level of the interval; left out, the one that agrees with the test.

    Raises
    ------
    PlanError
        There are more looks than boundaries, or a number is out of range.

    References
    ----------
    Tsiatis, Rosner & Mehta (1984) Biometrics 40:797-803; Jennison & Turnbull (2000), §8.4-8.5.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, stagewise_inference
    >>> found = stagewise_inference(group_sequential_design(2), z=2.5, information=[6.0, 12.0])
    >>> round(found.p_value, 4), round(found.estimate, 3)
    (0.0071, 0.717)
    """
    levels = check_information(information)
    upper, below = _boundaries(design, len(levels), boundary)
    return order_stagewise(
        z=z,
        upper=upper,
        lower=below,
        fraction=levels,
        information=levels,
        sides=design.sides,
        confidence=default_confidence(design) if confidence is None else confidence,
    )


def default_confidence(design: GroupSequentialDesign) -> float:
    """Level of the two-sided interval that agrees with the test of a plan."""
    return 1 - 2 * design.alpha / design.sides


def _boundaries(
    design: GroupSequentialDesign, look: int, boundary: RespentBoundary | None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    upper = design.efficacy_z if boundary is None else boundary.efficacy_z
    if look > len(upper):
        raise PlanError(
            f"The trial ended at look {look}, but there are boundaries for {len(upper)} looks only."
        )
    if design.sides == 2:  # noqa: PLR2004
        return upper[: look - 1], tuple(-value for value in upper[: look - 1])
    futility = design.futility_z if boundary is None else boundary.futility_z
    lower = futility if design.binding else (-inf,) * len(upper)
    return upper[: look - 1], lower[: look - 1]


def order_stagewise(
    *,
    z: float,
    upper: Sequence[float],
    lower: Sequence[float],
    fraction: Sequence[float],
    information: Sequence[float],
    sides: int,
    confidence: float,
) -> StagewiseInference:
    """Do :func:`stagewise_inference` with the boundaries of the earlier looks as they are.

    ``fraction`` weights the stages in the statistic and ``information`` is what each really gained; in a
    group-sequential test the two are the same, in a combination test the weights are fixed beforehand.

    Raises
    ------
    PlanError
        A number is out of range.
    """
    if not isfinite(z):
        raise PlanError(f"The statistic of a look must be a finite number, not {z}.")
    if not 0 < confidence < 1:
        raise PlanError(f"A confidence level lies between 0 and 1; {confidence} does not.")
    gained, weight = increments(information), increments(fraction)
    per_effect = [(i / w) ** 0.5 for i, w in zip(gained, weight, strict=True)]

    def p_value(effect: float) -> float:
        thetas = [effect * step for step in per_effect]
        crossing = cross(begin(thetas[0]), (*upper, z), (*lower, -inf), fraction, thetas=thetas)
        return crossing.total_upper

    tail, one_sided = (1 - confidence) / 2, p_value(0.0)
    estimate, low, high = (_effect(p_value, at, information[-1]) for at in (0.5, tail, 1 - tail))
    return StagewiseInference(
        look=len(fraction),
        z=z,
        p_value=one_sided if sides == 1 else 2 * min(one_sided, 1 - one_sided),
        estimate=estimate,
        lower=low,
        upper=high,
        confidence=confidence,
    )


def _effect(p_value: Callable[[float], float], probability: float, information: float) -> float:
    """Find the effect with which results at least as extreme have that probability."""
    unit = information**-0.5
    low, high = -unit, unit
    while p_value(low) > probability:
        low -= (high - low) * 0.5 + unit
        _require_near(low / unit)
    while p_value(high) < probability:
        high += (high - low) * 0.5 + unit
        _require_near(high / unit)
    return float(optimize.brentq(lambda effect: p_value(effect) - probability, low, high, xtol=1e-13 * unit))


def _require_near(drift: float) -> None:
    if abs(drift) > _WIDEST:
        raise PlanError(
            "The boundary already stops so many trials that a limit of the effect cannot be found; "
            "was the trial stopped at the look stated?"
        )
