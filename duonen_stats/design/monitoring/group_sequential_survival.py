"""Group-sequential plans in the terms of a trial with a time-to-event endpoint: events, patients, months."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy import optimize

from duonen_stats.design.fixed.fixed_methods import FixedMethod, approximation, planned_direction
from duonen_stats.design.fixed.lakatos import expected_log_rank
from duonen_stats.design.fixed.log_rank_scale import hazard_ratio_from_z, log_rank_drift, require_positive
from duonen_stats.design.fixed.significance import critical_value
from duonen_stats.design.monitoring.crossing import (
    CrossingProbabilities,
    begin,
    cross,
    increments,
)
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability, time_to_events
from duonen_stats.errors import PlanError

_MOST_EVENTS = 1e7


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequentialEvents:
    """What a plan needs and does, in events, under the assumed hazards; nothing is rounded.

    ``hazard_ratio`` is None if the hazard ratio is not the same throughout.

    Attributes
    ----------
    max_events, n_events
        Events at the last look, and at each look.
    drift, look_drift, method
        Expected Z at the last look and at every look, in the direction of the assumed effect, and the method that says
        so.
    power, reject_probability, futility_probability, stop_probability
        Probability of rejecting, and look by look of stopping to reject, for futility, and at all.
    hazard_ratio_boundary, futility_hazard_ratio
        Estimated hazard ratio at each boundary; 0 where there is no stopping for efficacy; the second is empty
        without futility, infinite where there is no stopping for it. (Turned round if ``hazard_ratio`` is above
        ``null_hazard_ratio``.)
    expected_events, expected_events_halfway, expected_events_null
        Expected events when the trial stops: at ``hazard_ratio``, halfway to the null on the log scale, at null.
    """

    hazard_ratio: float | None
    null_hazard_ratio: float
    allocation_ratio: float
    max_events: float
    n_events: tuple[float, ...]
    drift: float
    look_drift: tuple[float, ...]
    method: str
    power: float
    reject_probability: tuple[float, ...]
    futility_probability: tuple[float, ...]
    stop_probability: tuple[float, ...]
    hazard_ratio_boundary: tuple[float, ...]
    futility_hazard_ratio: tuple[float, ...]
    expected_events: float
    expected_events_halfway: float
    expected_events_null: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequentialCalendar:
    """When the looks of a plan come and whom they find in the trial; nothing is rounded.

    Attributes
    ----------
    max_patients
        Patients if the accrual is completed.
    n_events, look_months, n_patients
        At each look: events, expected calendar months since the trial opened, and patients entered by then.
    expected_months, expected_patients
        Expected calendar months and patients entered when the trial stops.
    """

    max_patients: float
    n_events: tuple[float, ...]
    look_months: tuple[float, ...]
    n_patients: tuple[float, ...]
    expected_months: float
    expected_patients: float


def group_sequential_events(
    design: GroupSequentialDesign,
    *,
    hazard_ratio: float,
    allocation_ratio: float = 1.0,
    null_hazard_ratio: float = 1.0,
    max_events: float | None = None,
) -> GroupSequentialEvents:
    """Find the events a plan needs, or its power with a given maximum of events.

    Parameters
    ----------
    design
        The plan, on the scale of Z.
    hazard_ratio
        Hazard ratio of the experimental to the control arm at which power and expectations are computed.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.
    null_hazard_ratio
        Hazard ratio of the hypothesis tested; 1, or the margin of non-inferiority.
    max_events
        Events at the last look; None: those that give ``design.power`` at ``hazard_ratio``.

    Raises
    ------
    PlanError
        A number is out of range, or ``max_events`` is to be found for no effect.

    References
    ----------
    Schoenfeld (1981) Biometrika 68:316-319, for the information in events; Jennison & Turnbull (2000),
    §3.4 and ch. 13.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, group_sequential_events
    >>> found = group_sequential_events(group_sequential_design(2), hazard_ratio=0.5, allocation_ratio=3)
    >>> [round(n, 1) for n in found.n_events]
    [58.5, 117.0]
    """
    effect = abs(log_rank_drift(
        hazard_ratio, 1.0, allocation_ratio=allocation_ratio, null_hazard_ratio=null_hazard_ratio
    ))  # fmt: skip
    if max_events is None:
        if not effect:
            raise PlanError(
                "The hazard ratio equals that of the null hypothesis; no number of events is enough."
            )
        max_events = (design.drift / effect) ** 2
    require_positive(max_events=max_events)
    drift = effect * max_events**0.5
    return _events(
        design,
        hazard_ratio=hazard_ratio,
        null_hazard_ratio=null_hazard_ratio,
        allocation_ratio=allocation_ratio,
        max_events=max_events,
        look_drift=tuple(drift * fraction**0.5 for fraction in design.information),
        method="schoenfeld",
        upwards=hazard_ratio <= null_hazard_ratio,
    )


def _events(
    design: GroupSequentialDesign,
    *,
    hazard_ratio: float | None,
    null_hazard_ratio: float,
    allocation_ratio: float,
    max_events: float,
    look_drift: tuple[float, ...],
    method: str,
    upwards: bool,
) -> GroupSequentialEvents:
    n_events = tuple(max_events * fraction for fraction in design.information)

    def crossing(share: float) -> CrossingProbabilities:
        return _crossing(design, [share * drift for drift in look_drift])

    def ratios(boundary: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(
            hazard_ratio_from_z(
                z if upwards else -z,
                events,
                allocation_ratio=allocation_ratio,
                null_hazard_ratio=null_hazard_ratio,
            )
            for z, events in zip(boundary, n_events, strict=True)
        )

    planned, halfway, null = crossing(1.0), crossing(0.5), crossing(0.0)
    rejected = _rejected(design, planned)
    expected = [float(np.dot(n_events, found.stopping)) for found in (planned, halfway, null)]
    return GroupSequentialEvents(
        hazard_ratio=hazard_ratio,
        null_hazard_ratio=null_hazard_ratio,
        allocation_ratio=allocation_ratio,
        max_events=max_events,
        n_events=n_events,
        drift=look_drift[-1],
        look_drift=look_drift,
        method=method,
        power=float(sum(rejected)),
        reject_probability=rejected,
        futility_probability=planned.lower if design.futility is not None else (0.0,) * design.looks,
        stop_probability=planned.stopping,
        hazard_ratio_boundary=ratios(design.efficacy_z),
        futility_hazard_ratio=ratios(design.futility_z) if design.futility_z else (),
        expected_events=expected[0],
        expected_events_halfway=expected[1],
        expected_events_null=expected[2],
    )


def _crossing(design: GroupSequentialDesign, look_drift: Sequence[float]) -> CrossingProbabilities:
    """Crossing probabilities if the expected statistic is stated look by look."""
    fractions = design.information
    scores = [drift * fraction**0.5 for drift, fraction in zip(look_drift, fractions, strict=True)]
    thetas = [gained / step for gained, step in zip(increments(scores), increments(fractions), strict=True)]
    return cross(begin(thetas[0]), design.efficacy_z, design.lower_z, fractions, thetas=thetas)


def _rejected(design: GroupSequentialDesign, crossing: CrossingProbabilities) -> tuple[float, ...]:
    if design.sides == 1:
        return crossing.upper
    return tuple(up + down for up, down in zip(crossing.upper, crossing.lower, strict=True))


def group_sequential_trial(
    design: GroupSequentialDesign,
    assumptions: SurvivalAssumptions,
    *,
    method: FixedMethod = "schoenfeld",
    n_patients: float | None = None,
    max_events: float | None = None,
    null_hazard_ratio: float = 1.0,
) -> tuple[GroupSequentialEvents, GroupSequentialCalendar]:
    """Find the events, patients and months of a plan by any method for a fixed design.

    Parameters
    ----------
    design
        The plan, on the scale of Z; it is taken in the direction of the assumed effect.
    assumptions
        Hazards, accrual, dropout, and the planned time of the last look.
    method
        As in ``sample_size``. By the method of Lakatos the expected statistic is found look by look, so that hazard
        ratios may differ between pieces. By the others it grows with the root of the events, from what the fixed
        design has at the last look, as in R's gsSurv.
    n_patients
        Patients in all. None: as many as bring the last look to the planned time.
    max_events
        Events at the last look. None: those with which the plan has its power.
    null_hazard_ratio
        Hazard ratio of the hypothesis tested.

    Raises
    ------
    PlanError
        No number of events gives the power, the events are never reached, or a number is out of range.

    References
    ----------
    Jennison & Turnbull (2000) ch. 13; Lakatos (1988) Biometrics 44:229-241; gsDesign's ``gsSurv``.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import group_sequential_design, group_sequential_trial, study_assumptions
    >>> events, calendar = group_sequential_trial(
    ...     group_sequential_design(2), study_assumptions(load_study()), n_patients=92, max_events=60
    ... )
    >>> round(events.power, 3)
    0.641
    """
    at = assumptions.analysis_months
    probability = event_probability(assumptions, at).overall
    if not probability > 0:
        raise PlanError("No patient has an event by the planned end, so no number of patients is enough.")

    def looks(events: float) -> tuple[tuple[float, ...], float]:
        """Expect the statistic of every look, and the patients, if the last look is at ``events``."""
        patients = events / probability if n_patients is None else n_patients
        if method == "lakatos":
            months = [time_to_events(assumptions, events * part, patients) for part in design.information]
            return tuple(
                abs(
                    expected_log_rank(assumptions, patients, month, null_hazard_ratio=null_hazard_ratio).drift
                )
                for month in months
            ), patients
        last = at if n_patients is None else time_to_events(assumptions, events, patients)
        fixed = approximation(method, assumptions, last, null_hazard_ratio)
        size = events if fixed.unit == "events" else patients
        z = critical_value(design.alpha, design.sides)
        drift = z + (fixed.effect * size**0.5 - z * fixed.sd_null) / fixed.sd_alternative
        return tuple(drift * part**0.5 for part in design.information), patients

    events = _events_for_power(design, looks, n_patients, assumptions) if max_events is None else max_events
    require_positive(max_events=events)
    look_drift, patients = looks(events)
    try:
        ratio = assumptions.constant_hazard_ratio
    except PlanError:
        ratio = None
    found = _events(
        design,
        hazard_ratio=ratio,
        null_hazard_ratio=null_hazard_ratio,
        allocation_ratio=assumptions.allocation_ratio,
        max_events=events,
        look_drift=look_drift,
        method=method,
        upwards=planned_direction(assumptions, null_hazard_ratio) != "higher",
    )
    return found, group_sequential_calendar(found, assumptions, n_patients=patients)


def _events_for_power(
    design: GroupSequentialDesign,
    looks: Callable[[float], tuple[tuple[float, ...], float]],
    n_patients: float | None,
    assumptions: SurvivalAssumptions,
) -> float:
    """Search for the events with which the plan has its power."""

    def excess(events: float) -> float:
        return sum(_rejected(design, _crossing(design, looks(events)[0]))) - design.power

    low, high = 1e-3, 16.0
    most = _MOST_EVENTS
    if n_patients is not None:
        most = n_patients * event_probability(assumptions, inf).overall * (1 - 1e-9)
        high = min(high, most)
    while excess(high) < 0:
        if high >= most:
            raise PlanError(
                "No number of events gives the power: the hazard ratio equals that of the null hypothesis, or lies too "
                "near to it."
                if n_patients is None
                else f"{n_patients:g} patients do not have the events that give a power of {design.power:g}."
            )
        low, high = high, min(2 * high, most)
    return float(optimize.brentq(excess, low, high, xtol=1e-10, rtol=1e-12))


def group_sequential_calendar(
    events: GroupSequentialEvents, assumptions: SurvivalAssumptions, *, n_patients: float | None = None
) -> GroupSequentialCalendar:
    """Find when the looks of a plan are expected, and the patients it needs.

    Parameters
    ----------
    events
        The plan in events, from :func:`group_sequential_events`.
    assumptions
        Hazards (they, not ``events.hazard_ratio``, say how fast events come), accrual, dropout, and if
        ``n_patients`` is None the time of the last look.
    n_patients
        Patients in all; None: as many as bring the last look to the time that the assumptions state.

    Raises
    ------
    PlanError
        The events are never reached, or the assumptions lack something needed.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import (
    ...     group_sequential_calendar,
    ...     group_sequential_design,
    ...     group_sequential_events,
    ...     study_assumptions,
    ... )
    >>> plan = group_sequential_design(2)
    >>> events = group_sequential_events(plan, hazard_ratio=0.5, allocation_ratio=3, max_events=60)
    >>> calendar = group_sequential_calendar(events, study_assumptions(load_study()), n_patients=92)
    >>> [round(month, 1) for month in calendar.look_months]
    [59.8, 108.4]
    """
    if n_patients is None:
        seen = event_probability(assumptions).overall
        if not seen > 0:
            raise PlanError("No patient has an event by the planned end, so no number of patients is enough.")
        n_patients = events.max_events / seen
    require_positive(n_patients=n_patients)
    months = tuple(time_to_events(assumptions, target, n_patients) for target in events.n_events)
    entered = tuple(n_patients * assumptions.entry.share_entered(month) for month in months)
    return GroupSequentialCalendar(
        max_patients=n_patients,
        n_events=events.n_events,
        look_months=months,
        n_patients=entered,
        expected_months=float(np.dot(events.stop_probability, months)),
        expected_patients=float(np.dot(events.stop_probability, entered)),
    )
