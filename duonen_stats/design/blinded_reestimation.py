"""Blinded re-estimation: events and patients needed, and when they come, from pooled data without arms."""

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from duonen_stats.design.blinded_data import BlindedCut
from duonen_stats.design.event_methods import schoenfeld
from duonen_stats.design.events_needed import required_events
from duonen_stats.design.future_events import Forecast, forecast
from duonen_stats.design.log_rank_scale import require_positive
from duonen_stats.design.pooled_rates import BlindedRates, blinded_rates, draw_rates, point_rates
from duonen_stats.design.rounding import round_up
from duonen_stats.errors import PlanError
from duonen_stats.methods.door import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An expectation and its limits; None where the thing is not reached."""

    estimate: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedReestimation:
    """What a trial needs, judged by its pooled data.

    Months are calendar months since the trial opened. Limits are quantiles over the posterior of the rates: they
    say how well the expectation is known, not how far the number itself will scatter about it (for that see
    :func:`project_events`).

    Attributes
    ----------
    n_patients, n_events, n_dropouts, exposure_months, cut_months
        What the cut holds.
    rates
        Rates re-estimated without arms.
    required_events
        Events needed for the power at the planned hazard ratio; the pooled data do not change it.
    planned_patients, end_months
        The plan: patients, and the time of the analysis with them.
    events_at_end, power_at_end
        Expected events by then if the plan is kept, and the power with them.
    probability_enough
        Posterior probability that the required events are expected by then.
    months_to_required
        When the required events are expected if the plan is kept; None: never.
    patients_needed
        Patients in all with whom they are expected at the analysis; never fewer than are in. None: even
        unbroken accrual does not bring them.
    patients_decided, capped
        The number to go on with: what is needed, rounded up, but no fewer than planned and no more than the cap.
        If no number is enough, the cap, or without one the plan.
    """

    n_patients: int
    n_events: int
    n_dropouts: int
    exposure_months: float
    cut_months: float
    rates: BlindedRates
    required_events: int
    planned_patients: int
    end_months: float
    events_at_end: Interval
    power_at_end: float
    probability_enough: float
    months_to_required: Interval
    patients_needed: Interval
    patients_decided: int
    capped: bool
    hazard_ratio: float
    allocation_ratio: float
    confidence: float


def reestimate_blinded(
    cut: BlindedCut,
    *,
    hazard_ratio: float,
    planned_patients: int,
    allocation_ratio: float = 1.0,
    end_months: float | None = None,
    followup_months: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    power: float = 0.9,
    target_events: float | None = None,
    max_patients: int | None = None,
    accrual_window_months: float | None = None,
    confidence: float = 0.95,
    n_draws: int = 1_000,
    seed: int = 1,
) -> BlindedReestimation:
    """Re-estimate a trial from its pooled data: hazard, dropout and accrual, and what follows from them.

    Parameters
    ----------
    cut
        Data without arms, from :func:`blinded_cut`.
    hazard_ratio, allocation_ratio
        As planned; they are not re-estimated.
    planned_patients
        Patients planned in all.
    end_months, followup_months
        When the analysis is, one of the two: calendar months since the trial opened, or months after the last
        patient's entry.
    alpha, sides, power
        Level, sides and power that the required events are for (Schoenfeld).
    target_events
        Required events, if they are not to be computed.
    max_patients
        Cap for ``patients_decided``; None: none.
    accrual_window_months, confidence
        As in :func:`blinded_rates`.
    n_draws, seed
        Draws from the posterior of the rates, behind the limits.

    Raises
    ------
    PlanError
        No events, accrual that has ended short of the plan, an end before the cut, or a number out of range.

    Source: Gould & Shih (1992) Commun Stat Theory Methods 21:2833-2853; Friede & Schmidli (2010) Methods Inf Med
    49:618-624; required events by Schoenfeld (1981) Biometrika 68:316-319.
    """
    _check(cut, planned_patients, max_patients, end_months, followup_months, n_draws)
    rates = blinded_rates(
        cut, hazard_ratio=hazard_ratio, allocation_ratio=allocation_ratio,
        accrual_window_months=accrual_window_months, confidence=confidence,
    )  # fmt: skip
    further = planned_patients - cut.n_patients
    if further and not rates.patients_per_month.count:
        raise PlanError("No patient entered in the window of accrual, so there is no rate for those to come.")
    if target_events is None:
        needed = required_events(
            hazard_ratio, allocation_ratio=allocation_ratio, alpha=alpha, sides=sides, power=power
        ).n_events_rounded
    else:
        require_positive(target_events=target_events)
        needed = round_up(target_events)
    end = None if end_months is None else end_months - cut.cut_months
    share = rates.experimental_share
    point = forecast(cut, point_rates(rates), experimental_share=share)
    drawn = forecast(cut, draw_rates(rates, n_draws, np.random.default_rng(seed)), experimental_share=share)
    closing = _closing(point, further, end, followup_months)
    both = (point, drawn)
    events, drawn_events = (
        f.events(_closing(f, further, end, followup_months), _full(f, further)) for f in both
    )
    months, drawn_months = (cut.cut_months + f.months_to(needed, _full(f, further)) for f in both)
    patients, drawn_patients = (
        cut.n_patients + f.patients_to(needed, end=end, followup=followup_months or 0.0) for f in both
    )
    decided, capped = _decide(float(patients[0, 0]), planned_patients, max_patients)
    test = schoenfeld(hazard_ratio, allocation_ratio)
    return BlindedReestimation(
        n_patients=cut.n_patients,
        n_events=cut.n_events,
        n_dropouts=cut.n_dropouts,
        exposure_months=cut.exposure_months,
        cut_months=cut.cut_months,
        rates=rates,
        required_events=needed,
        planned_patients=planned_patients,
        end_months=cut.cut_months + float(closing[0, 0]),
        events_at_end=_interval(events, drawn_events, confidence),
        power_at_end=test.power(float(events[0, 0]), alpha=alpha, sides=sides, far_tail=False),
        probability_enough=float((drawn_events >= needed).mean()),
        months_to_required=_interval(months, drawn_months, confidence),
        patients_needed=_interval(patients, drawn_patients, confidence),
        patients_decided=decided,
        capped=capped,
        hazard_ratio=hazard_ratio,
        allocation_ratio=allocation_ratio,
        confidence=confidence,
    )


def _check(
    cut: BlindedCut,
    planned_patients: int,
    max_patients: int | None,
    end_months: float | None,
    followup_months: float | None,
    n_draws: int,
) -> None:
    if planned_patients < cut.n_patients:
        raise PlanError(f"{planned_patients} patients are planned, but {cut.n_patients} are in already.")
    if max_patients is not None and max_patients < planned_patients:
        raise PlanError(f"The cap of {max_patients} patients lies below the {planned_patients} planned.")
    if (end_months is None) == (followup_months is None):
        raise PlanError("State the time of the analysis by end_months or followup_months, one of the two.")
    if end_months is not None and not cut.cut_months <= end_months < inf:
        raise PlanError(
            f"The analysis at month {end_months} must not come before the cut at {cut.cut_months:g}."
        )
    if followup_months is not None and not 0 <= followup_months < inf:
        raise PlanError(f"Follow-up after the last entry must be 0 or more months, not {followup_months}.")
    if n_draws < 1:
        raise PlanError(f"The limits need at least one draw, not {n_draws}.")


def _full(of: Forecast, value: float) -> FloatArray:
    return np.full_like(of.rates.control, value)


def _closing(of: Forecast, further: float, end: float | None, followup: float | None) -> FloatArray:
    """Months from the cut to the analysis, if the plan is kept."""
    if end is not None:
        return _full(of, end)
    rate = of.rates.patients_per_month
    return np.divide(further, rate, out=np.zeros_like(rate), where=rate > 0) + (followup or 0.0)


def _interval(point: FloatArray, drawn: FloatArray, confidence: float) -> Interval:
    tail = (1 - confidence) / 2
    # Order statistics, not interpolation: some draws may be infinite.
    lower, upper = np.quantile(drawn, [tail, 1 - tail], method="inverted_cdf")
    estimate, low, high = (
        float(value) if isfinite(value) else None
        for value in (float(point[0, 0]), float(lower), float(upper))
    )
    return Interval(estimate=estimate, lower=low, upper=high)


def _decide(wanted: float, planned: int, cap: int | None) -> tuple[int, bool]:
    if not isfinite(wanted):
        if cap is None:
            return planned, False
        return cap, True
    decided = max(planned, round_up(wanted))
    return (cap, True) if cap is not None and decided > cap else (decided, False)
