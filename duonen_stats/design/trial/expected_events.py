"""Expected events and patients at a calendar time."""

from dataclasses import dataclass
from math import exp, inf, isnan, log

from duonen_stats.design.trial.accrual import Accrual
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.incidence import Incidence
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
