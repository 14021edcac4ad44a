"""Inverse-normal combination of stages: later stages may be changed, the weights may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite

from scipy import special

from duonen_stats.design.monitoring.conditional import continued, require_interim
from duonen_stats.design.monitoring.crossing import check_information, increments
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.design.monitoring.repeated_inference import repeated_p_values
from duonen_stats.design.monitoring.stagewise_ordering import (
    StagewiseInference,
    default_confidence,
    order_stagewise,
)
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinationLook:
    """One look of a combination test.

    Attributes
    ----------
    stage_z, stage_p_value
        Statistic of the new data of this stage alone, and its one-sided p-value.
    combined_z, critical_z, rejects
        Inverse-normal combination of the stages so far, its critical value, and whether it is exceeded.
    conditional_error
        Probability of rejecting later if there is no effect; None at the last look.
    repeated_p_value
        As in :func:`repeated_p_values`; None where the rule has none.
    estimate, lower, upper
        Effect whose combination is 0, and repeated confidence limits, per square root of information; after
        log-rank tests minus the log hazard ratio. None if no information was given.
    """

    look: int
    stage_z: float
    stage_p_value: float
    combined_z: float
    critical_z: float
    rejects: bool
    conditional_error: float | None
    repeated_p_value: float | None
    estimate: float | None
    lower: float | None
    upper: float | None

    @property
    def hazard_ratio_limits(self) -> tuple[float, float] | None:
        """Repeated confidence limits of the hazard ratio, if the statistics are those of log-rank tests."""
        return None if self.lower is None or self.upper is None else (exp(-self.upper), exp(-self.lower))


@dataclass(frozen=True, slots=True, kw_only=True)
class InverseNormalResult:
    """Combination test look by look; ``final`` is the inference after stopping, None while the trial goes on.

    ``weights`` are the pre-fixed ones of the stages, whose squares add to 1.
    """

    weights: tuple[float, ...]
    looks: tuple[CombinationLook, ...]
    rejects: bool
    final: StagewiseInference | None


def inverse_normal_test(
    design: GroupSequentialDesign,
    stage_z: Sequence[float],
    *,
    stage_information: Sequence[float] | None = None,
) -> InverseNormalResult:
    """Combine the stages of an adaptive trial with the weights fixed by its plan.

    Parameters
    ----------
    design
        The plan. The weight of a stage is the square root of its planned share of the information, whatever
        information it then had. Non-binding futility is not counted on.
    stage_z
        Statistic of the data of each stage so far, positive for benefit, each from its own data only: for
        log-rank tests see :func:`stagewise_log_rank`.
    stage_information
        Information on the effect that each stage had; for log-rank tests :func:`log_rank_information` of its
        own events. Without it there are no estimates.

    Raises
    ------
    PlanError
        There are more stages than looks, or a number is out of range.

    References
    ----------
    Lehmacher & Wassmer (1999) Biometrics 55:1286-1290; Wassmer & Brannath (2016) Group Sequential and
    Confirmatory Adaptive Designs, ch. 6-8.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, inverse_normal_test
    >>> found = inverse_normal_test(group_sequential_design(2), [1.0, 2.0])
    >>> found.rejects, [round(look.combined_z, 3) for look in found.looks]
    (True, [1.0, 2.121])
    """
    statistics = tuple(float(z) for z in stage_z)
    if not 0 < len(statistics) <= design.looks or not all(isfinite(z) for z in statistics):
        raise PlanError(f"A plan of {design.looks} looks combines 1 to {design.looks} finite statistics.")
    known_information = None if stage_information is None else _positive(stage_information, len(statistics))
    steps = increments(design.information)
    combined = combine_stages(statistics, [step**0.5 for step in steps[: len(statistics)]])
    p_values = repeated_p_values(design, combined)
    looks = tuple(
        _look(design, k, statistics[k], combined[k], p_values[k], steps, known_information)
        for k in range(len(statistics))
    )
    ended = looks[-1].rejects or len(looks) == design.looks
    return InverseNormalResult(
        weights=tuple(step**0.5 for step in steps),
        looks=looks,
        rejects=any(look.rejects for look in looks),
        final=_final(design, combined[-1], known_information)
        if known_information is not None and ended
        else None,
    )


def combine_stages(stage_z: Sequence[float], weights: Sequence[float]) -> tuple[float, ...]:
    """Combine independent standard normal statistics: Σ w·z / √Σ w², after each stage.

    Raises
    ------
    PlanError
        There is not one positive finite weight a stage.

    References
    ----------
    Mosteller & Bush (1954); Lehmacher & Wassmer (1999) Biometrics 55:1286-1290.

    Examples
    --------
    >>> from duonen_stats.design import combine_stages
    >>> [round(z, 3) for z in combine_stages([1.0, 2.0], [0.5, 0.5])]
    [1.0, 2.121]
    """
    fixed = _positive(weights, len(stage_z))
    total = squares = 0.0
    combined = []
    for z, weight in zip(stage_z, fixed, strict=True):
        total, squares = total + weight * z, squares + weight**2
        combined.append(total / squares**0.5)
    return tuple(combined)


def stagewise_log_rank(z: Sequence[float], n_events: Sequence[float]) -> tuple[float, ...]:
    """Statistics of the single stages from log-rank statistics of all data so far.

    Parameters
    ----------
    z
        Log-rank statistic of all data at each look.
    n_events
        Events at each look in both arms together, increasing.

    Raises
    ------
    PlanError
        The two are not equally many, or events do not increase.

    References
    ----------
    Independent increments of the log-rank score; Wassmer (2006) Biom J 48:714-729.

    Examples
    --------
    >>> from duonen_stats.design import stagewise_log_rank
    >>> [round(z, 3) for z in stagewise_log_rank([1.0, 2.0], [32, 64])]
    [1.0, 1.828]
    """
    events = check_information(n_events)
    if len(events) != len(z):
        raise PlanError(f"{len(z)} statistics do not match {len(events)} numbers of events.")
    scores = [value * d**0.5 for value, d in zip(z, events, strict=True)]
    return tuple(
        new / gained**0.5 for new, gained in zip(increments(scores), increments(events), strict=True)
    )


def adaptive_conditional_power(
    design: GroupSequentialDesign, *, look: int, combined_z: float, stage_drift: Sequence[float]
) -> float:
    """Compute the probability that a combination test rejects later, the later stages having been changed.

    Parameters
    ----------
    design
        The plan with its pre-fixed weights and boundaries. Binding futility is followed.
    look, combined_z
        Interim look, from 1, and the combination there.
    stage_drift
        Expected statistic of each later stage by itself: for log-rank tests :func:`log_rank_drift` with the
        events *added* in that stage.

    Raises
    ------
    PlanError
        There is not one finite drift a later stage, or ``look`` is not an interim look.

    References
    ----------
    Lehmacher & Wassmer (1999) Biometrics 55:1286-1290.

    Examples
    --------
    >>> from duonen_stats.design import adaptive_conditional_power, group_sequential_design
    >>> plan = group_sequential_design(2)
    >>> round(adaptive_conditional_power(plan, look=1, combined_z=1.0, stage_drift=[2.0]), 3)
    0.586
    """
    require_interim(design, look, combined_z)
    drifts = tuple(float(drift) for drift in stage_drift)
    if len(drifts) != design.looks - look or not all(isfinite(drift) for drift in drifts):
        raise PlanError(f"{design.looks - look} stages are to come; each needs one finite drift.")
    steps = increments(design.information)[look:]
    thetas = [drift / step**0.5 for drift, step in zip(drifts, steps, strict=True)]
    return continued(design, look, combined_z, thetas).total_upper


def _look(
    design: GroupSequentialDesign,
    k: int,
    stage_z: float,
    combined_z: float,
    p_value: float | None,
    steps: list[float],
    known_information: tuple[float, ...] | None,
) -> CombinationLook:
    critical = design.efficacy_z[k]
    interval: tuple[float, float, float] | tuple[None, None, None] = (None, None, None)
    if known_information is not None:
        # The combination falls by this much for each unit of effect taken away.
        slope = (
            sum((i * w) ** 0.5 for i, w in zip(known_information[: k + 1], steps, strict=False))
            / sum(steps[: k + 1]) ** 0.5
        )
        interval = (combined_z / slope, (combined_z - critical) / slope, (combined_z + critical) / slope)
    last = k == design.looks - 1
    null = [0.0] * (design.looks - k - 1)
    return CombinationLook(
        look=k + 1,
        stage_z=stage_z,
        stage_p_value=float(special.ndtr(-stage_z)),
        combined_z=combined_z,
        critical_z=critical,
        rejects=(abs(combined_z) if design.sides == 2 else combined_z) >= critical,  # noqa: PLR2004
        conditional_error=None if last else continued(design, k + 1, combined_z, null).total_upper,
        repeated_p_value=p_value,
        estimate=interval[0],
        lower=interval[1],
        upper=interval[2],
    )


def _final(
    design: GroupSequentialDesign, combined_z: float, known_information: tuple[float, ...]
) -> StagewiseInference:
    look = len(known_information)
    lower = design.lower_z if design.binding or design.sides == 2 else (-inf,) * design.looks  # noqa: PLR2004
    return order_stagewise(
        z=combined_z,
        upper=design.efficacy_z[: look - 1],
        lower=lower[: look - 1],
        fraction=design.information[:look],
        information=_sums(known_information),
        sides=design.sides,
        confidence=default_confidence(design),
    )


def _positive(values: Sequence[float], stages: int) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != stages or not all(isfinite(value) and value > 0 for value in numbers):
        raise PlanError(f"{stages} stages need {stages} positive finite numbers, not {list(numbers)}.")
    return numbers


def _sums(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(sum(values[: k + 1]) for k in range(len(values)))
