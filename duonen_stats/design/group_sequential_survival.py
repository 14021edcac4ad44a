"""Group-sequential plans in the terms of a trial with a time-to-event endpoint: events, patients, months."""

from dataclasses import dataclass

import numpy as np

from duonen_stats.design.assumptions import SurvivalAssumptions
from duonen_stats.design.event_counts import event_probability
from duonen_stats.design.event_times import time_to_events
from duonen_stats.design.group_sequential import GroupSequentialDesign
from duonen_stats.design.log_rank_scale import (
    hazard_ratio_from_z,
    log_rank_drift,
    require_positive,
)
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequentialEvents:
    """What a plan needs and does, in events, if the hazard ratio is ``hazard_ratio``; nothing is rounded.

    Attributes
    ----------
    max_events, n_events
        Events at the last look, and at each look.
    power, reject_probability, futility_probability, stop_probability
        Probability of rejecting, and look by look of stopping to reject, for futility, and at all.
    hazard_ratio_boundary, futility_hazard_ratio
        Estimated hazard ratio at each boundary; 0 where there is no stopping for efficacy; the second is empty
        without futility, infinite where there is no stopping for it. (Turned round if ``hazard_ratio`` is above
        ``null_hazard_ratio``.)
    expected_events, expected_events_halfway, expected_events_null
        Expected events when the trial stops: at ``hazard_ratio``, halfway to the null on the log scale, at null.
    """

    hazard_ratio: float
    null_hazard_ratio: float
    allocation_ratio: float
    max_events: float
    n_events: tuple[float, ...]
    drift: float
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

    Source: Schoenfeld (1981) Biometrika 68:316-319, for the information in events; Jennison & Turnbull (2000),
    §3.4 and ch. 13.
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
    n_events = tuple(max_events * fraction for fraction in design.information)
    crossing, rejected = design.crossing(drift), design.rejecting(drift)
    upwards = 1.0 if hazard_ratio <= null_hazard_ratio else -1.0

    def ratios(boundary: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(
            hazard_ratio_from_z(
                upwards * z, events, allocation_ratio=allocation_ratio, null_hazard_ratio=null_hazard_ratio
            )
            for z, events in zip(boundary, n_events, strict=True)
        )

    def expected(at: float) -> float:
        return float(np.dot(n_events, design.crossing(at).stopping))

    return GroupSequentialEvents(
        hazard_ratio=hazard_ratio,
        null_hazard_ratio=null_hazard_ratio,
        allocation_ratio=allocation_ratio,
        max_events=max_events,
        n_events=n_events,
        drift=drift,
        power=float(sum(rejected)),
        reject_probability=rejected,
        futility_probability=crossing.lower if design.futility is not None else (0.0,) * design.looks,
        stop_probability=crossing.stopping,
        hazard_ratio_boundary=ratios(design.efficacy_z),
        futility_hazard_ratio=ratios(design.futility_z) if design.futility_z else (),
        expected_events=expected(drift),
        expected_events_halfway=expected(drift / 2),
        expected_events_null=expected(0.0),
    )


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
