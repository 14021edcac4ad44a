"""What a decided number of events needs: the month, the patients, or that it is out of reach; and the final test."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import exp, inf
from typing import Any

from duonen_stats.design.fixed.log_rank_scale import log_rank_information
from duonen_stats.design.monitoring.crossing import begin, check_information, cross, increments
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.design.monitoring.inverse_normal import combine_stages, stagewise_log_rank
from duonen_stats.design.monitoring.stagewise_ordering import default_confidence, order_stagewise
from duonen_stats.design.reestimation.unblinded_reestimation import FinalTest, ReestimationRule
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import (
    accrual_duration,
    event_probability,
    expected_events,
    time_to_events,
)
from duonen_stats.design.trial.rounding import balanced, round_up
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsInReach:
    """Whether and when a number of events comes, as expected under planning assumptions.

    Attributes
    ----------
    n_events, n_patients
        Events wanted, and patients of the plan.
    most_events
        Events expected of these patients however long the wait.
    months
        Calendar month at which the events are expected with the patients of the plan; None: out of reach.
    planned_months, events_by_plan
        The planned analysis, and the events expected by then with the patients of the plan.
    patients_needed
        Patients in all, in whole blocks of the allocation, with whom the events are expected by the planned analysis,
        accrual going on at the planned rate; None: not even then.
    open_months, open_patients
        Earliest month at which the events are expected if accrual goes on at the planned rate until then, and the
        patients entered by it, in whole blocks; None if all enter at the opening.
    """

    n_events: int
    n_patients: int
    most_events: float
    months: float | None
    planned_months: float
    events_by_plan: float
    patients_needed: int | None
    open_months: float | None
    open_patients: int | None


def events_in_reach(assumptions: SurvivalAssumptions, n_patients: int, n_events: int) -> EventsInReach:
    """Find the month and the patients that a number of events needs.

    Parameters
    ----------
    assumptions
        The plan, with its time of analysis.
    n_patients, n_events
        Patients of the plan, and events wanted.

    Raises
    ------
    PlanError
        A number is out of range.

    Examples
    --------
    >>> plan = SurvivalAssumptions(control_hazard_per_month=0.02, hazard_ratio=0.5, accrual=60.0, total_months=120.0)
    >>> found = events_in_reach(plan, 90, 100)
    >>> found.months is None, found.most_events
    (True, 90.0)
    """
    at = assumptions.analysis_months
    most = expected_events(assumptions, n_patients, inf).total
    months = time_to_events(assumptions, n_events, n_patients) if n_events < most else None
    return EventsInReach(
        n_events=n_events,
        n_patients=n_patients,
        most_events=most,
        months=months,
        planned_months=at,
        events_by_plan=expected_events(assumptions, n_patients, at).total,
        patients_needed=_patients_by_plan(assumptions, n_patients, n_events),
        **_with_open_accrual(assumptions, n_patients, n_events),
    )


def _with_open_accrual(assumptions: SurvivalAssumptions, n_patients: int, n_events: int) -> dict[str, Any]:
    accrual = assumptions.entry.duration_months
    if not accrual > 0:
        return {"open_months": None, "open_patients": None}
    # Analysed as soon as the last patient has entered: accrual goes on until the events are there.
    at_once = replace(assumptions, total_months=None, followup_months=0.0)
    try:
        found = accrual_duration(at_once, n_events, patients_per_month=n_patients / accrual)
    except PlanError:
        return {"open_months": None, "open_patients": None}
    patients = sum(balanced(round_up(found.n_patients), assumptions.allocation_ratio))
    return {"open_months": found.analysis_months, "open_patients": patients}


def _patients_by_plan(assumptions: SurvivalAssumptions, n_patients: int, n_events: int) -> int | None:
    probability = event_probability(assumptions).overall
    if n_patients * probability >= n_events:
        return n_patients
    accrual = assumptions.entry.duration_months
    if accrual > 0:
        try:
            found = accrual_duration(assumptions, n_events, patients_per_month=n_patients / accrual)
        except PlanError:
            return None
        wanted = found.n_patients
    elif probability > 0:
        wanted = n_events / probability
    else:
        return None
    return sum(balanced(round_up(wanted), assumptions.allocation_ratio))


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalCombination:
    """The final test of a trial whose events may have been changed at the look.

    Attributes
    ----------
    look, z, n_events
        Where the trial ended, the log-rank statistic of all data there, positive for benefit, and the events.
    stage_z
        Statistics of the single stages.
    statistic, critical_z, rejects
        Of the test that the rule plans: the combination with the weights of the plan, or the usual statistic.
    fraction
        Share of the information at the look that these p-values are computed with: of the combination the planned one,
        which its weights have, of the usual test the events of the look divided by those at the end. 1 at the look.
    p_value, p_critical
        One-sided p-value of that test in the stage-wise ordering, the look having the critical value that was used; and
        the p-value of a statistic that lies on the critical value. The test rejects if and only if the first is no more
        than the second: the level of the plan at its own values (of the usual test, if it ends as planned), and less at
        calibrated values above them, since both are from the normal distribution.
    hazard_ratio, lower, upper
        Median-unbiased hazard ratio and limits, of the combination with the weights of the plan, whatever the test.
    confidence
        Level of the limits by the normal distribution, which agrees with the combination test at the critical values
        used: 1 - 2 × level of the plan at its own values, more at calibrated values above them.
    """

    look: int
    z: float
    n_events: float
    test: FinalTest
    stage_z: tuple[float, ...]
    statistic: float
    critical_z: float
    rejects: bool
    fraction: float
    p_value: float
    p_critical: float
    hazard_ratio: float
    lower: float
    upper: float
    confidence: float


def final_combination(
    rule: ReestimationRule,
    z: Sequence[float],
    n_events: Sequence[float],
    *,
    critical_z: tuple[float, float] | None = None,
) -> FinalCombination:
    """Test a trial that has ended: at the look, or after the last stage.

    Parameters
    ----------
    rule
        The rule, of a plan with two looks.
    z, n_events
        Log-rank statistics of all data, positive for benefit, and events, at the look and, if the trial went on, at its
        end.
    critical_z
        Critical values of the look and of the end, such as calibrated ones; None: those of the plan.

    Raises
    ------
    PlanError
        The plan has not two looks, events do not increase, the trial did not stop at the look it is said to end at
        by the critical values used, or the usual test would not hold its level with these events: its critical values
        belong to a look at other events, or the change of the events was not valid at the statistic of the look.

    References
    ----------
    Lehmacher & Wassmer (1999) Biometrics 55:1286-1290; Wassmer & Brannath (2016), ch. 8; for the unweighted
    test Chen, DeMets & Lan (2004) Stat Med 23:1023-1038.

    Examples
    --------
    >>> from duonen_stats.design import ReestimationRule, final_combination, group_sequential_design
    >>> plan = group_sequential_design(2)
    >>> rule = ReestimationRule(design=plan, planned_events=64, max_events=96, allocation_ratio=3)
    >>> found = final_combination(rule, [1.5, 2.4], [32, 80])
    >>> found.rejects, round(found.statistic, 3)
    (True, 2.386)
    """
    design = rule.design
    if design.looks != 2:  # noqa: PLR2004
        raise PlanError(f"The final test is that of a plan with two looks, not {design.looks}.")
    limits = critical_z or (design.efficacy_z[0], design.efficacy_z[-1])
    if len(z) > 1 and z[0] >= limits[0]:
        raise PlanError("The look already crosses its boundary: the trial ends there, without a last stage.")
    if len(z) == 1 and z[0] < limits[0]:
        raise PlanError("The look does not cross its boundary: the trial has not ended there.")
    require_valid_end(rule, z, n_events)
    stages = stagewise_log_rank(z, n_events)
    gained = [after - before for before, after in zip((0.0, *n_events), n_events, strict=False)]
    gained_information = [
        log_rank_information(events, allocation_ratio=rule.allocation_ratio) for events in gained
    ]
    weights = increments(design.information)
    combined = combine_stages(stages, [weight**0.5 for weight in weights[: len(stages)]])[-1]
    last = len(z) - 1
    statistic = float(z[last]) if rule.test == "unweighted" else combined
    upper, lower = limits[:last], (design.lower_z if design.binding else (-inf,) * design.looks)[:last]
    planned = design.information[: last + 1]
    inference = order_stagewise(
        z=combined, upper=upper, lower=lower, fraction=planned,
        information=tuple(accumulate(gained_information)), sides=1, confidence=_confidence(design, limits),
    )  # fmt: skip
    # The two statistics of the usual test correlate by the events that were really there.
    fraction = (
        planned if rule.test == "weighted" else tuple(float(events) / n_events[-1] for events in n_events)
    )

    def p_value(value: float) -> float:
        return cross(begin(0.0), (*upper, value), (*lower, -inf), fraction, thetas=[0.0] * len(z)).total_upper

    return FinalCombination(
        look=last + 1,
        z=float(z[last]),
        n_events=float(n_events[last]),
        test=rule.test,
        stage_z=stages,
        statistic=statistic,
        critical_z=limits[last],
        rejects=bool(statistic >= limits[last]),
        fraction=fraction[0] if last else 1.0,
        p_value=p_value(statistic),
        p_critical=p_value(limits[last]),
        hazard_ratio=exp(-inference.estimate),
        lower=exp(-inference.upper),
        upper=exp(-inference.lower),
        confidence=inference.confidence,
    )


def require_valid_end(rule: ReestimationRule, z: Sequence[float], n_events: Sequence[float]) -> None:
    """Refuse events that do not increase, and the usual test where it does not hold its level with them.

    Parameters
    ----------
    rule, z, n_events
        As in :func:`final_combination`, which does the same.

    Raises
    ------
    PlanError
        With the reason.
    """
    check_information(n_events)
    if rule.test == "weighted" or len(z) == 1:
        return
    taken = replace(rule, seen_events=float(n_events[0]))  # refuses a look at other events than the plan's
    if not taken.valid(z[0], n_events[-1]):
        raise PlanError(
            f"The usual test of {n_events[-1]:g} events does not hold its level after Z = {z[0]:g} at the look: its "
            f"conditional error is above that of the plan with {rule.planned_events:g} events. The weighted test holds "
            "its level."
        )


def _confidence(design: GroupSequentialDesign, critical_z: tuple[float, float]) -> float:
    """Level of the limits that agree with the combination test at these critical values."""
    if critical_z == (design.efficacy_z[0], design.efficacy_z[-1]):
        return default_confidence(design)
    lower = design.lower_z[:1] if design.binding else (-inf,)
    level = cross(begin(0.0), critical_z, (*lower, -inf), design.information, thetas=[0.0, 0.0]).total_upper
    return 1 - 2 * level
