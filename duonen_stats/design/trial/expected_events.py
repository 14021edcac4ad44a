"""Expected events and patients at a calendar time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, inf, isnan, log

from duonen_stats.design.trial.accrual import Accrual
from duonen_stats.design.trial.assumptions import Incidence, SurvivalAssumptions
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProbability:
    """Probability that a patient of the plan has had the event, and been seen to have it, by a calendar month.

    Patients who have not entered by then count as without event.
    """

    at_months: float
    control: float
    experimental: float
    overall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEvents:
    """Expected numbers of events and of patients entered by a calendar month."""

    at_months: float
    n_patients: float
    control: float
    experimental: float
    total: float
    entered_control: float
    entered_experimental: float
    entered: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageHazardRatio:
    """The hazard ratio averaged over the events expected by a calendar month.

    ``information`` is that of the log hazard ratio under the assumptions, ``information_null`` that with events
    shared as patients are.
    """

    at_months: float
    hazard_ratio: float
    n_events: float
    information: float
    information_null: float


def probability_over_entry(incidence: Incidence, accrual: Accrual, at_months: float) -> float:
    """Mean of the incidence at ``at_months`` over the entry times of an accrual."""
    total = 0.0
    for start, end, patients in accrual.periods():
        longest, width = at_months - start, end - start
        if longest <= 0:
            continue
        if width <= 0 or longest == inf:
            total += patients * incidence.at(longest)
        elif at_months >= end:
            total += patients * incidence.integral(at_months - end, width) / width
        else:
            total += patients * incidence.integral(0.0, longest) / width
    return total / sum(accrual.patients)


def event_probability(assumptions: SurvivalAssumptions, at_months: float | None = None) -> EventProbability:
    """Probability of a seen event per planned patient.

    Parameters
    ----------
    assumptions
        The design; its own time of analysis is used if ``at_months`` is None.
    at_months
        Calendar months since the trial opened; infinity is allowed.

    References
    ----------
    Integral of the piecewise exponential incidence over the entry times, in closed form.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import event_probability, study_assumptions
    >>> found = event_probability(study_assumptions(load_study()))
    >>> round(found.control, 3), round(found.experimental, 3)
    (0.869, 0.645)
    """
    at = assumptions.analysis_months if at_months is None else at_months
    if isnan(at):
        raise PlanError("The calendar month of the analysis is missing.")
    control, experimental = (
        probability_over_entry(assumptions.incidence(arm), assumptions.entry, at)
        for arm in ("control", "experimental")
    )
    share = assumptions.experimental_share
    overall = share * experimental + (1 - share) * control
    return EventProbability(at_months=at, control=control, experimental=experimental, overall=overall)


def expected_events(
    assumptions: SurvivalAssumptions, n_patients: float | None = None, at_months: float | None = None
) -> ExpectedEvents:
    """Expect events and patients entered by a calendar month.

    Parameters
    ----------
    assumptions
        The design.
    n_patients
        Patients planned in all; None for the number the accrual itself gives.
    at_months
        Calendar months since the trial opened; None for the planned time of analysis.

    Raises
    ------
    PlanError
        ``n_patients`` is None and the accrual has no number of its own, or a value is out of range.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import expected_events, study_assumptions
    >>> round(expected_events(study_assumptions(load_study()), 92).total, 1)
    64.5
    """
    total = assumptions.entry.n_patients if n_patients is None else n_patients
    if total is None or not 0 <= total < inf:
        raise PlanError("How many patients enter? Give n_patients, or an accrual with rates.")
    probability = event_probability(assumptions, at_months)
    share = assumptions.experimental_share
    entered = total * assumptions.entry.share_entered(probability.at_months)
    control = total * (1 - share) * probability.control
    experimental = total * share * probability.experimental
    return ExpectedEvents(
        at_months=probability.at_months,
        n_patients=total,
        control=control,
        experimental=experimental,
        total=control + experimental,
        entered_control=entered * (1 - share),
        entered_experimental=entered * share,
        entered=entered,
    )


def average_hazard_ratio(
    assumptions: SurvivalAssumptions, n_patients: float | None = None, at_months: float | None = None
) -> AverageHazardRatio:
    """Average the log hazard ratio over the pieces, weighted by the events expected in each.

    Raises
    ------
    PlanError
        No events are expected in both arms.

    References
    ----------
    Mukhopadhyay et al. (2020) Statistics in Biopharmaceutical Research 12:490; R ``gsDesign2::ahr``.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import average_hazard_ratio, study_assumptions
    >>> average_hazard_ratio(study_assumptions(load_study()), 92).hazard_ratio
    0.5
    """
    expected = expected_events(assumptions, n_patients, at_months)
    share, accrual = assumptions.experimental_share, assumptions.entry
    edges = (*assumptions.hazard_starts_months[1:], inf)
    hazards = assumptions.control.rates_per_month, assumptions.experimental.rates_per_month
    if assumptions.weibull_shape != 1:  # proportional: one piece, in which only the ratio counts
        hazards = (1.0,), (assumptions.constant_hazard_ratio,)
    information = weight = weighted = 0.0
    before = (0.0, 0.0)
    rates = zip(edges, *hazards, strict=True)
    for edge, control_rate, experimental_rate in rates:
        now = tuple(
            expected.n_patients
            * part
            * probability_over_entry(
                assumptions.incidence(arm, max_followup_months=edge), accrual, expected.at_months
            )
            for arm, part in (("control", 1 - share), ("experimental", share))
        )
        control, experimental = now[0] - before[0], now[1] - before[1]
        before = (now[0], now[1])
        if control > 0 and experimental > 0:
            information += control * experimental / (control + experimental)
            weight += control + experimental
            weighted += (control + experimental) * log(experimental_rate / control_rate)
    if weight <= 0:
        raise PlanError("No events are expected in both arms, so there is no average hazard ratio.")
    return AverageHazardRatio(
        at_months=expected.at_months,
        hazard_ratio=exp(weighted / weight),
        n_events=expected.total,
        information=information,
        information_null=expected.total * share * (1 - share),
    )


# When a number of events is reached, and the accrual or follow-up that brings them.


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
            f"{n_events:.6g} events are never reached: {most:.6g} are expected at most, however long the wait."
            if n_events > most * (1 + 1e-5)
            else f"{n_events:.6g} events are never reached: {most:.6g} are expected at most, and only in the limit."
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
