"""When a number of events is reached, and the accrual or follow-up that brings them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability, expected_events
from duonen_stats.errors import PlanError

_LONGEST = 1e7  # months; what takes longer is not a trial
_HALVINGS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AccrualDuration:
    """The accrual that brings a number of events; times in months, patients unrounded."""

    accrual_months: float
    followup_months: float
    analysis_months: float
    n_patients: float
    n_events: float


def first_time(reached: Callable[[float], bool], start: float = 1.0) -> float | None:
    """Find the earliest time at which a condition holds that stays true, to the last digits; None if never."""
    low, high = 0.0, start if start > 0 else 1.0
    while not reached(high):
        low, high = high, 2 * high
        if high > _LONGEST:
            return None
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def time_to_events(
    assumptions: SurvivalAssumptions, n_events: float, n_patients: float | None = None
) -> float:
    """Calendar months since the trial opened at which a number of events is expected.

    Parameters
    ----------
    assumptions
        The design; its own time of analysis plays no part.
    n_events
        Target, unrounded if need be; 0 is reached at month 0.
    n_patients
        Patients planned in all; None for the number the accrual itself gives.

    Raises
    ------
    PlanError
        The target is never reached: fewer events are expected even without end.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import study_assumptions, time_to_events
    >>> round(time_to_events(study_assumptions(load_study()), 50, 92), 1)
    88.0
    """
    if not 0 <= n_events < inf:
        raise PlanError(f"The target must be 0 or more events, not {n_events}.")
    if n_events == 0:
        return 0.0
    most = expected_events(assumptions, n_patients, inf).total
    if most <= n_events:
        raise PlanError(
            f"{n_events:g} events are never reached: {most:.4g} are expected at most, however long the wait."
        )

    def reached(months: float) -> bool:
        return expected_events(assumptions, n_patients, months).total >= n_events

    months = first_time(reached, assumptions.entry.duration_months)
    if months is None:
        raise PlanError(f"{n_events:g} events are not reached in {_LONGEST:g} months.")
    return months


def followup_time(
    assumptions: SurvivalAssumptions, n_events: float, n_patients: float | None = None
) -> float:
    """Months from the last entry to the calendar time at which a number of events is expected.

    Raises
    ------
    PlanError
        The target is never reached, or is reached while patients still enter.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import followup_time, study_assumptions
    >>> round(followup_time(study_assumptions(load_study()), 50, 92), 1)
    28.0
    """
    months = time_to_events(assumptions, n_events, n_patients)
    followup = months - assumptions.entry.duration_months
    if followup < 0:
        raise PlanError(
            f"{n_events:g} events are reached at month {months:.4g}, before accrual ends at month "
            f"{assumptions.entry.duration_months:g}: no follow-up gives them."
        )
    return followup


def accrual_duration(
    assumptions: SurvivalAssumptions, n_events: float, *, patients_per_month: float | None = None
) -> AccrualDuration:
    """Find how long patients must enter, at a known rate, for a number of events to be expected at the analysis.

    Parameters
    ----------
    assumptions
        The design. ``followup_months`` is kept, or ``total_months`` is, whichever is stated; the accrual's own
        duration plays no part.
    n_events
        Target, unrounded if need be.
    patients_per_month
        One rate; None for the rates of the accrual, of which the last goes on.

    Raises
    ------
    PlanError
        No accrual brings the events, the rate is not known, or no time of analysis is stated.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import accrual_duration, study_assumptions
    >>> found = accrual_duration(study_assumptions(load_study()), 64, patients_per_month=1.5)
    >>> round(found.accrual_months, 1), round(found.n_patients, 1)
    (61.0, 91.6)
    """
    if not 0 < n_events < inf:
        raise PlanError(f"The target must be more than 0 events, not {n_events}.")
    if patients_per_month is not None and not 0 < patients_per_month < inf:
        raise PlanError(f"The accrual rate must be positive, not {patients_per_month} patients a month.")
    limit = assumptions.total_months
    _ = assumptions.analysis_months  # one of the two times must be stated

    def after(months: float) -> SurvivalAssumptions:
        accrual = assumptions.entry.extended(months, patients_per_month=patients_per_month)
        return replace(assumptions, accrual=accrual)

    def reached(months: float) -> bool:
        return expected_events(after(months)).total >= n_events

    _require_reachable(after, reached, n_events, limit)
    months = first_time(reached, limit or max(assumptions.entry.duration_months, 1.0))
    if months is None:
        raise PlanError(f"{n_events:g} events are not reached with {_LONGEST:g} months of accrual.")
    found = after(months)
    expected = expected_events(found)
    return AccrualDuration(
        accrual_months=months,
        followup_months=found.analysis_months - months,
        analysis_months=found.analysis_months,
        n_patients=expected.n_patients,
        n_events=expected.total,
    )


def _require_reachable(
    after: Callable[[float], SurvivalAssumptions],
    reached: Callable[[float], bool],
    n_events: float,
    limit: float | None,
) -> None:
    """Raise unless some accrual brings the events."""
    if limit is not None and not reached(limit):
        raise PlanError(
            f"{n_events:g} events are not reached by month {limit:g}, even if patients enter till then."
        )
    if event_probability(after(limit or 1.0), inf).overall <= 0:
        raise PlanError(f"{n_events:g} events are never reached: no patient ever has one.")
