"""Unblinded re-estimation of the number of events at the last interim look: promising zone, target and cap.

With the weighted test the stages keep the weights of the plan (inverse-normal combination): whatever the rule does to
the number of events, the level is that of normal statistics with independent increments. The log-rank statistic of
unequal arms is skewed, so that its real level differs: see :func:`reestimation_characteristics`. With the unweighted
test events are raised only where the conditional error of the usual test does not exceed that of the plan, and its
critical values must be those of the looks that were taken: see :func:`respent_design`.
"""

from dataclasses import dataclass
from math import floor, isfinite
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from duonen_stats.design.fixed.log_rank_scale import (
    hazard_ratio_from_z,
    log_rank_drift,
    log_rank_information,
    require_positive,
)
from duonen_stats.design.monitoring.conditional import require_interim
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.design.trial.rounding import round_up
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

FinalTest = Literal["weighted", "unweighted"]

_NEVER = np.inf
_SLACK = 1e-9


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
    seen_events
        Events really seen at the look; None: those planned for it. The weights stay those of the plan.
    test
        ``"weighted"``: the inverse-normal combination with the weights of the plan. ``"unweighted"``: the usual test of
        all events against the critical value of the plan; events are then changed only where it stays valid, and the
        look of the plan must lie at the events seen.

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
    seen_events: float | None = None
    test: FinalTest = "weighted"

    def __post_init__(self) -> None:
        if self.design.sides != 1 or self.design.looks < 2:  # noqa: PLR2004
            raise PlanError("Events are re-estimated in a one-sided plan that has an interim look.")
        require_positive(planned_events=self.planned_events, allocation_ratio=self.allocation_ratio)
        if not (isfinite(self.max_events) and self.max_events >= self.planned_events):
            raise PlanError(
                f"The cap of {self.max_events:g} events must not be below the {self.planned_events:g} planned."
            )
        if self.test not in ("weighted", "unweighted"):
            raise PlanError(f"The final test is weighted or unweighted, not {self.test!r}.")
        if self.seen_events is not None and not 0 < self.seen_events < self.planned_events:
            raise PlanError(
                f"The {self.seen_events:g} events seen at the look must lie above 0 and below the "
                f"{self.planned_events:g} planned."
            )
        if self.test == "unweighted":
            self._check_usual_test()
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

    def _check_usual_test(self) -> None:
        # Less than one event off is the rounding of a planned look to a whole number of events.
        planned_look = self.planned_events * self.design.information[-2]
        if not abs(self.interim_events - planned_look) < 1:
            raise PlanError(
                f"The critical values of the usual test belong to a look at {planned_look:g} events, and it was taken "
                f"at {self.interim_events:g}: spend the error again at the looks taken."
            )
        if self.fewest_events < self.planned_events:
            raise PlanError("With the unweighted test events are only ever raised.")

    @property
    def look(self) -> int:
        """The look at which events are re-estimated, from 1."""
        return self.design.looks - 1

    @property
    def interim_events(self) -> float:
        """Events at that look: seen, or planned."""
        if self.seen_events is not None:
            return self.seen_events
        return self.planned_events * self.design.information[-2]

    @property
    def fewest_events(self) -> float:
        """Fewest events in all, when they are changed."""
        return self.planned_events if self.min_events is None else self.min_events

    def stage_critical_z(self, z: ArrayLike, total_events: ArrayLike | None = None) -> FloatArray:
        """Value that the statistic of the last stage alone has to exceed for the final test to reject.

        With the unweighted test it depends on the events in all: those planned if ``total_events`` is None.
        """
        statistic = np.asarray(z, dtype=float)
        if self.test == "weighted":
            fraction = self.design.information[-2]
            return np.asarray(
                (self.design.efficacy_z[-1] - statistic * fraction**0.5) / (1 - fraction) ** 0.5
            )
        total = np.asarray(self.planned_events if total_events is None else total_events, dtype=float)
        seen = self.interim_events
        with np.errstate(divide="ignore", invalid="ignore"):
            short = self.design.efficacy_z[-1] * np.sqrt(total) - statistic * seen**0.5
            return np.asarray(short / np.sqrt(total - seen))

    def conditional_power(self, z: ArrayLike, total_events: ArrayLike) -> FloatArray:
        """Conditional power at ``z`` if the trial goes on to ``total_events``, at the effect the rule assumes."""
        added = np.asarray(total_events, dtype=float) - self.interim_events
        drift = self._drift_per_root_event(z) * np.sqrt(added)
        return np.asarray(special.ndtr(drift - self.stage_critical_z(z, total_events)))

    def valid(self, z: ArrayLike, total_events: ArrayLike) -> NDArray[np.bool_]:
        """Whether the usual test of all events keeps the level if events are changed to ``total_events`` at ``z``.

        It does where its conditional error is no more than that of the plan; the weighted test always does.

        Source: Chen, DeMets & Lan (2004) Stat Med 23:1023-1038; Gao, Ware & Mehta (2008) J Biopharm Stat 18:1184-1196.
        """
        if self.test == "weighted":
            return np.ones(np.broadcast_shapes(np.shape(z), np.shape(total_events)), dtype=bool)
        changed, planned = self.stage_critical_z(z, total_events), self.stage_critical_z(z)
        return np.asarray(changed >= planned - _SLACK)

    def least_valid_power(self) -> float | None:
        """Conditional power with the planned events from which on events may be raised with the unweighted test.

        It is that at which a rise to the cap is just valid; a smaller rise is valid a little further down. None with
        the weighted test, which has no such limit, and if the cap is the plan.

        Source: Mehta & Pocock (2011) Stat Med 30:3267-3284, Table I.
        """
        if self.test == "weighted" or self.max_events <= self.planned_events:
            return None
        # The two conditional errors are equal where the critical values of the stage are: linear in z.
        c, seen, planned, most = (
            self.design.efficacy_z[-1], self.interim_events, self.planned_events, self.max_events,
        )  # fmt: skip
        a, b = (planned - seen) ** -0.5, (most - seen) ** -0.5
        z = c * (most**0.5 * b - planned**0.5 * a) / (seen**0.5 * (b - a))
        return float(self.conditional_power(z, planned))

    def events_for_target(self, z: ArrayLike) -> FloatArray:
        """Events in all that reach the target at ``z``, no cap applied; ``inf`` if the effect is not positive."""
        effect = self._drift_per_root_event(z)
        if self.test == "unweighted":
            return self._events_for_unweighted_target(np.asarray(z, dtype=float), effect)
        short = np.maximum(self.stage_critical_z(z) + special.ndtri(self.target_power), 0.0)
        with np.errstate(divide="ignore", over="ignore"):
            added = np.square(short / np.where(effect > 0, effect, 1.0))
        return np.asarray(self.interim_events + np.where(effect > 0, added, _NEVER))

    def _events_for_unweighted_target(self, z: FloatArray, effect: FloatArray) -> FloatArray:
        """Halve the interval of added events: conditional power rises with them where the effect is positive."""
        low = np.zeros(np.broadcast_shapes(z.shape, effect.shape))
        high = np.full_like(low, 1e7)
        for _ in range(80):
            middle = (low + high) / 2
            reached = self.conditional_power(z, self.interim_events + middle) >= self.target_power
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        return np.asarray(self.interim_events + np.where((effect > 0) & (high < 1e7), high, _NEVER))  # noqa: PLR2004

    def promising(self, z: ArrayLike) -> NDArray[np.bool_]:
        """Whether the conditional power lies in the zone in which events may be changed at ``z``."""
        if self.zone is None:
            return np.ones(np.shape(z), dtype=bool)
        power = self.conditional_power(z, self.planned_events)
        return np.asarray((power >= self.zone[0]) & (power < self.zone[1]))

    def total_events(self, z: ArrayLike) -> FloatArray:
        """Events in all that the rule decides on at ``z``, unrounded, if the trial goes on."""
        wanted = np.clip(self.events_for_target(z), self.fewest_events, self.max_events)
        changed = self.promising(z) & self.valid(z, wanted)
        return np.asarray(np.where(changed, wanted, self.planned_events))

    def whole_events(self, z: ArrayLike) -> NDArray[np.int64]:
        """Events in all that the rule decides on, as whole numbers: rounded up, but not above the cap."""
        most = max(floor(self.max_events + _SLACK), round_up(self.planned_events))
        whole = np.minimum(np.ceil(self.total_events(z) - _SLACK), most)
        # The usual test may be valid at the number asked for and not at the next whole one.
        kept = np.ceil(self.planned_events - _SLACK)
        return np.asarray(np.where(self.valid(z, np.maximum(whole, kept)), whole, kept), dtype=np.int64)

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
        conditional power with the planned events; ``"promising"`` if the rule has no zone. ``"not valid"``: promising,
        but the unweighted test would not keep its level if events were raised, so they are not.
    total_events, added_events
        Events the rule asks for, unrounded, in all and after the interim look; at a stop those of the look, and 0.
    events_decided
        The whole number of events to go on with; None if the trial stops.
    estimated_hazard_ratio
        Hazard ratio that belongs to ``z`` at the events of the look.
    test, raise_valid, least_valid_power
        The final test, whether raising the events to what the target or the cap asks for keeps its level here, and the
        conditional power from which on it does.
    events_for_target
        Events that reach the target, no cap applied; None if the effect assumed is not positive.
    capped
        Whether the cap kept the events below ``events_for_target``.
    planned_conditional_power, conditional_power
        With the planned events and with those decided on; None if the trial stops.
    conditional_error, decided_conditional_error
        Probability of rejecting at the end if there is no effect: with the planned events, and with those decided on
        (None if the trial stops). The decision does not change that of the weighted test. That of the unweighted test
        depends on the events, and a decision may only lower it.
    stage_critical_z
        Value that the log-rank statistic of the last stage alone has to exceed, with the events decided on.
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
    decided_conditional_error: float | None
    stage_critical_z: float
    added_information: float
    events_decided: int | None
    estimated_hazard_ratio: float
    test: FinalTest
    raise_valid: bool
    least_valid_power: float | None


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

    References
    ----------
    Mehta & Pocock (2011) Stat Med 30:3267-3284 (promising zone); Cui, Hung & Wang (1999) Biometrics
    55:853-857 (weights).

    Examples
    --------
    >>> from duonen_stats.design import ReestimationRule, group_sequential_design, reestimate_events
    >>> plan = group_sequential_design(2)
    >>> rule = ReestimationRule(design=plan, planned_events=64, max_events=96, allocation_ratio=3)
    >>> found = reestimate_events(rule, 1.5)
    >>> found.zone, found.total_events
    ('promising', 96.0)
    """
    design = rule.design
    require_interim(design, rule.look, z)
    zone = _zone(rule, z)
    stops = zone in ("efficacy", "futility")
    total = rule.interim_events if stops else float(rule.total_events(z))
    target, critical = float(rule.events_for_target(z)), float(rule.stage_critical_z(z, rule.planned_events))
    after = critical if stops else float(rule.stage_critical_z(z, total))
    wanted = min(max(target, rule.fewest_events), rule.max_events)
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
        capped=zone == "promising" and total < target and total >= rule.max_events,
        planned_conditional_power=None if stops else float(rule.conditional_power(z, rule.planned_events)),
        conditional_power=None if stops else float(rule.conditional_power(z, total)),
        conditional_error=float(special.ndtr(-critical)),
        decided_conditional_error=None if stops else float(special.ndtr(-after)),
        stage_critical_z=after,
        added_information=log_rank_information(added, allocation_ratio=rule.allocation_ratio)
        if added
        else 0.0,
        events_decided=None if stops else int(rule.whole_events(z)),
        estimated_hazard_ratio=hazard_ratio_from_z(
            z, rule.interim_events, allocation_ratio=rule.allocation_ratio
        ),
        test=rule.test,
        raise_valid=bool(rule.valid(z, wanted)),
        least_valid_power=rule.least_valid_power(),
    )


def _zone(rule: ReestimationRule, z: float) -> str:
    if z >= rule.design.efficacy_z[-2]:
        return "efficacy"
    if rule.design.futility_z and z < rule.design.futility_z[-2]:
        return "futility"
    if rule.promising(z):
        return (
            "promising"
            if rule.valid(z, min(max(float(rule.events_for_target(z)), rule.fewest_events), rule.max_events))
            else "not valid"
        )
    power = rule.conditional_power(z, rule.planned_events)
    return "unfavourable" if rule.zone is not None and power < rule.zone[0] else "favourable"
