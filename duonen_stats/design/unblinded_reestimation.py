"""Unblinded re-estimation of the number of events at the last interim look: promising zone, target and cap.

The weights of the stages stay those of the plan (inverse-normal combination), so the level is held whatever the
rule does to the number of events.
"""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from duonen_stats.design.conditional import require_interim
from duonen_stats.design.group_sequential import GroupSequentialDesign
from duonen_stats.design.log_rank_scale import log_rank_drift, log_rank_information, require_positive
from duonen_stats.errors import PlanError
from duonen_stats.methods.door import FloatArray

_NEVER = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class ReestimationRule:
    """A rule, fixed beforehand, that turns the statistic of the last interim look into a number of events.

    Parameters
    ----------
    design
        One-sided plan with two looks or more; the interim look is the last but one.
    planned_events
        Events at the planned last look, both arms together.
    max_events
        Cap: most events in all that the trial may be extended to, ``planned_events`` or more.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.
    hazard_ratio
        Hazard ratio with which conditional power is computed, below 1; None: the one estimated at the look.
    target_power
        Conditional power that the new number of events is to reach.
    zone
        Promising zone: the conditional power with the planned events must be at least the first and below the
        second number for the events to be changed. None: they are changed wherever the trial goes on.
    min_events
        Fewest events in all, when they are changed; None: ``planned_events``, so that they are only ever raised.

    Raises
    ------
    PlanError
        A number is out of range or the plan is not one-sided with an interim look.
    """

    design: GroupSequentialDesign
    planned_events: float
    max_events: float
    allocation_ratio: float = 1.0
    hazard_ratio: float | None = None
    target_power: float = 0.9
    zone: tuple[float, float] | None = (0.3, 0.9)
    min_events: float | None = None

    def __post_init__(self) -> None:
        if self.design.sides != 1 or self.design.looks < 2:  # noqa: PLR2004
            raise PlanError("Events are re-estimated in a one-sided plan that has an interim look.")
        require_positive(planned_events=self.planned_events, allocation_ratio=self.allocation_ratio)
        if not (isfinite(self.max_events) and self.max_events >= self.planned_events):
            raise PlanError(
                f"The cap of {self.max_events:g} events must not be below the {self.planned_events:g} planned."
            )
        if not self.interim_events < self.fewest_events <= self.max_events:
            raise PlanError(
                f"The fewest events, {self.fewest_events:g}, must lie above the {self.interim_events:g} of the "
                f"interim look and not above the cap of {self.max_events:g}."
            )
        if self.hazard_ratio is not None and not 0 < self.hazard_ratio < 1:
            raise PlanError(f"The hazard ratio assumed lies between 0 and 1; {self.hazard_ratio} does not.")
        if not 0 < self.target_power < 1:
            raise PlanError(
                f"The conditional power to reach lies between 0 and 1, not at {self.target_power}."
            )
        if self.zone is not None and not 0 <= self.zone[0] < self.zone[1] <= 1:
            raise PlanError(f"The limits of the promising zone increase from 0 to 1; {self.zone} do not.")

    @property
    def look(self) -> int:
        """The look at which events are re-estimated, from 1."""
        return self.design.looks - 1

    @property
    def interim_events(self) -> float:
        """Events planned for that look."""
        return self.planned_events * self.design.information[-2]

    @property
    def fewest_events(self) -> float:
        """Fewest events in all, when they are changed."""
        return self.planned_events if self.min_events is None else self.min_events

    def stage_critical_z(self, z: ArrayLike) -> FloatArray:
        """Value that the statistic of the last stage alone has to exceed for the combination to reject."""
        fraction = self.design.information[-2]
        seen = np.asarray(z, dtype=float) * fraction**0.5
        return np.asarray((self.design.efficacy_z[-1] - seen) / (1 - fraction) ** 0.5)

    def conditional_power(self, z: ArrayLike, total_events: ArrayLike) -> FloatArray:
        """Conditional power at ``z`` if the trial goes on to ``total_events``, at the effect the rule assumes."""
        added = np.asarray(total_events, dtype=float) - self.interim_events
        drift = self._drift_per_root_event(z) * np.sqrt(added)
        return np.asarray(special.ndtr(drift - self.stage_critical_z(z)))

    def events_for_target(self, z: ArrayLike) -> FloatArray:
        """Events in all that reach the target at ``z``, no cap applied; ``inf`` if the effect is not positive."""
        effect = self._drift_per_root_event(z)
        short = np.maximum(self.stage_critical_z(z) + special.ndtri(self.target_power), 0.0)
        with np.errstate(divide="ignore", over="ignore"):
            added = np.square(short / np.where(effect > 0, effect, 1.0))
        return np.asarray(self.interim_events + np.where(effect > 0, added, _NEVER))

    def promising(self, z: ArrayLike) -> NDArray[np.bool_]:
        """Whether the events are changed at ``z``, the trial going on."""
        if self.zone is None:
            return np.ones(np.shape(z), dtype=bool)
        power = self.conditional_power(z, self.planned_events)
        return np.asarray((power >= self.zone[0]) & (power < self.zone[1]))

    def total_events(self, z: ArrayLike) -> FloatArray:
        """Events in all that the rule decides on at ``z``, unrounded, if the trial goes on."""
        wanted = np.clip(self.events_for_target(z), self.fewest_events, self.max_events)
        return np.asarray(np.where(self.promising(z), wanted, self.planned_events))

    def _drift_per_root_event(self, z: ArrayLike) -> FloatArray:
        if self.hazard_ratio is None:
            return np.asarray(np.asarray(z, dtype=float) / np.sqrt(self.interim_events))
        effect = log_rank_drift(self.hazard_ratio, 1.0, allocation_ratio=self.allocation_ratio)
        return np.full(np.shape(z), effect)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblindedReestimation:
    """What a rule decides at an interim result; events in both arms together, unrounded.

    Attributes
    ----------
    zone
        ``"efficacy"`` or ``"futility"``: the trial stops. ``"unfavourable"``, ``"promising"``, ``"favourable"``: by
        conditional power with the planned events; ``"promising"`` if the rule has no zone.
    total_events, added_events
        Events decided on, in all and after the interim look; at a stop those of the look, and 0.
    events_for_target
        Events that reach the target, no cap applied; None if the effect assumed is not positive.
    capped
        Whether the cap kept the events below ``events_for_target``.
    planned_conditional_power, conditional_power
        With the planned events and with those decided on; None if the trial stops.
    conditional_error
        Probability of rejecting at the end if there is no effect; it is not changed by the decision.
    stage_critical_z
        Value that the log-rank statistic of the last stage alone has to exceed.
    added_information
        Information on the log hazard ratio that ``added_events`` give.
    """

    look: int
    z: float
    zone: str
    planned_events: float
    interim_events: float
    total_events: float
    added_events: float
    events_for_target: float | None
    capped: bool
    planned_conditional_power: float | None
    conditional_power: float | None
    conditional_error: float
    stage_critical_z: float
    added_information: float


def reestimate_events(rule: ReestimationRule, z: float) -> UnblindedReestimation:
    """Apply a re-estimation rule to the statistic of the last interim look.

    Parameters
    ----------
    rule
        The rule, fixed beforehand.
    z
        Log-rank statistic of all data at that look, positive for benefit (in a plan with more than two looks,
        the combination of the stages).

    Raises
    ------
    PlanError
        ``z`` is not a finite number.

    Source: Mehta & Pocock (2011) Stat Med 30:3267-3284 (promising zone); Cui, Hung & Wang (1999) Biometrics
    55:853-857 (weights).
    """
    design = rule.design
    require_interim(design, rule.look, z)
    zone = _zone(rule, z)
    stops = zone in ("efficacy", "futility")
    total = rule.interim_events if stops else float(rule.total_events(z))
    target, critical = float(rule.events_for_target(z)), float(rule.stage_critical_z(z))
    added = total - rule.interim_events
    return UnblindedReestimation(
        look=rule.look,
        z=z,
        zone=zone,
        planned_events=rule.planned_events,
        interim_events=rule.interim_events,
        total_events=total,
        added_events=added,
        events_for_target=target if isfinite(target) else None,
        capped=zone == "promising" and total < target,
        planned_conditional_power=None if stops else float(rule.conditional_power(z, rule.planned_events)),
        conditional_power=None if stops else float(rule.conditional_power(z, total)),
        conditional_error=float(special.ndtr(-critical)),
        stage_critical_z=critical,
        added_information=log_rank_information(added, allocation_ratio=rule.allocation_ratio)
        if added
        else 0.0,
    )


def _zone(rule: ReestimationRule, z: float) -> str:
    if z >= rule.design.efficacy_z[-2]:
        return "efficacy"
    if rule.design.futility_z and z < rule.design.futility_z[-2]:
        return "futility"
    if rule.promising(z):
        return "promising"
    power = rule.conditional_power(z, rule.planned_events)
    return "unfavourable" if rule.zone is not None and power < rule.zone[0] else "favourable"
