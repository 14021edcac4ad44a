"""Projection of events from a data cut: when each target comes, with a prediction interval and a fan."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from duonen_stats.design.blinded_data import BlindedCut
from duonen_stats.design.pooled_rates import BlindedRates, blinded_rates, draw_rates
from duonen_stats.errors import PlanError
from duonen_stats.methods.door import FloatArray

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProjection:
    """When a number of events comes: calendar months since the trial opened, and dates if the cut has them.

    ``months`` is the median of the prediction, ``lower`` and ``upper`` are its limits; each is None if, with that
    probability, the number is never reached. ``probability_reached`` is the share of simulations that reach it.
    A target that was reached before the cut has its own date and no uncertainty.
    """

    n_events: int
    months: float | None
    lower: float | None
    upper: float | None
    date: dt.date | None
    date_lower: dt.date | None
    date_upper: dt.date | None
    probability_reached: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProjection:
    """Events expected after a cut.

    Attributes
    ----------
    targets
        One result for each target.
    rates
        Rates re-estimated from the cut.
    observed_months
        Calendar month of every event seen, increasing: the first is event 1.
    fan_months, fan_median, fan_lower, fan_upper
        Calendar months from the cut on, and the number of events by then: median and limits of the prediction.
    fan_patients
        Median number of patients entered by then.
    confidence
        Level of all limits.
    """

    targets: tuple[TargetProjection, ...]
    rates: BlindedRates
    observed_months: tuple[float, ...]
    fan_months: tuple[float, ...]
    fan_median: tuple[float, ...]
    fan_lower: tuple[float, ...]
    fan_upper: tuple[float, ...]
    fan_patients: tuple[float, ...]
    confidence: float


def project_events(
    cut: BlindedCut,
    targets: int | Sequence[int],
    *,
    planned_patients: int | None = None,
    hazard_ratio: float = 1.0,
    allocation_ratio: float = 1.0,
    accrual_window_months: float | None = None,
    max_followup_months: float | None = None,
    horizon_months: float = 60.0,
    confidence: float = 0.9,
    n_simulations: int = 2_000,
    seed: int = 1,
) -> EventProjection:
    """Simulate the rest of a trial from its pooled data.

    In each simulation the rates are drawn from their posterior, so that the interval holds both what is not known
    of them and the chance of the events themselves: a parametric bootstrap over accrual, events and dropout.

    Parameters
    ----------
    cut
        Data without arms, from :func:`blinded_cut`.
    targets
        Number of events, both arms together, or several.
    planned_patients
        Patients in all; None: no more enter.
    hazard_ratio, allocation_ratio
        As planned. With a hazard ratio other than 1 the pooled data are taken as a mixture of two arms, so that
        those who wait longest are more likely in the better one.
    accrual_window_months
        Months before the cut from which the accrual rate is taken; None: since the trial opened.
    max_followup_months
        No patient is followed longer after entry; None: no limit.
    horizon_months
        Months after the cut that the fan covers.
    confidence
        Level of the prediction limits.
    n_simulations, seed
        Number of simulations; the result depends on nothing else.

    Raises
    ------
    PlanError
        No event was seen, a target is not a whole number above 0, or fewer patients are planned than are in.

    Source: Bagiella & Heitjan (2001) Stat Med 20:2055-2063; Ying, Heitjan & Chen (2004) Clin Trials 1:352-361.
    """
    wanted = _targets(targets)
    further = 0 if planned_patients is None else planned_patients - cut.n_patients
    if further < 0:
        raise PlanError(f"{planned_patients} patients are planned, but {cut.n_patients} are in already.")
    if (
        not 0 < horizon_months < np.inf
        or not n_simulations >= 1
        or not (max_followup_months is None or max_followup_months > 0)
    ):
        raise PlanError(
            "Horizon, longest follow-up and number of simulations must be above 0, the horizon finite."
        )
    rates = blinded_rates(
        cut, hazard_ratio=hazard_ratio, allocation_ratio=allocation_ratio,
        accrual_window_months=accrual_window_months, confidence=confidence,
    )  # fmt: skip
    if further and not rates.patients_per_month.count:
        raise PlanError("No patient entered in the window of accrual, so there is no rate for those to come.")
    longest = np.inf if max_followup_months is None else max_followup_months
    sizes = [min(_CHUNK, n_simulations - start) for start in range(0, n_simulations, _CHUNK)]
    children = np.random.SeedSequence(seed).spawn(len(sizes))
    parts = [
        _simulate(cut, rates, further, longest, size, np.random.default_rng(child))
        for size, child in zip(sizes, children, strict=True)
    ]
    events = np.concatenate([part[0] for part in parts])
    entries = np.concatenate([part[1] for part in parts])
    grid = np.linspace(0.0, horizon_months, 61)
    low, middle, high = _quantiles(cut.n_events + _counts(events, grid), confidence)
    return EventProjection(
        targets=tuple(_target(cut, target, events, confidence) for target in wanted),
        rates=rates,
        observed_months=tuple(cut.event_months.tolist()),
        fan_months=tuple((cut.cut_months + grid).tolist()),
        fan_median=tuple(middle.tolist()),
        fan_lower=tuple(low.tolist()),
        fan_upper=tuple(high.tolist()),
        fan_patients=tuple(_quantiles(cut.n_patients + _counts(entries, grid), confidence)[1].tolist()),
        confidence=confidence,
    )


def _targets(targets: int | Sequence[int]) -> tuple[int, ...]:
    given = (targets,) if isinstance(targets, int) else tuple(targets)
    if not given or any(not float(target).is_integer() or target < 1 for target in given):
        raise PlanError(f"A target is a whole number of events above 0, not {targets}.")
    return tuple(int(target) for target in given)


def _simulate(
    cut: BlindedCut, rates: BlindedRates, further: int, longest: float, n: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Months after the cut of the events (sorted, ``inf`` for none) and of the entries to come."""
    drawn = draw_rates(rates, n, rng)
    share = rates.experimental_share
    risk = cut.at_risk
    waited = cut.followup_months[risk]
    odds = share / (1 - share) * np.exp((drawn.control - drawn.experimental) * waited)
    last_seen = cut.entry_months[risk] + waited - cut.cut_months
    gaps = rng.standard_exponential((n, further)) / np.maximum(drawn.patients_per_month, np.finfo(float).tiny)
    entries = gaps.cumsum(axis=1)
    better = np.hstack((
        rng.random((n, waited.size)) < odds / (1 + odds), rng.random((n, further)) < share
    ))  # fmt: skip
    hazard = np.where(better, drawn.experimental, drawn.control)
    to_event = rng.standard_exponential(hazard.shape) / hazard
    with np.errstate(divide="ignore"):
        to_loss = rng.standard_exponential(hazard.shape) / np.broadcast_to(drawn.dropout, hazard.shape)
    left = np.concatenate((np.maximum(longest - waited, 0.0), np.full(further, longest)))
    seen = (to_event <= to_loss) & (to_event <= left)
    start = np.hstack((np.broadcast_to(last_seen, (n, waited.size)), entries))
    # What happened between the last visit and the cut is only learnt after the cut.
    month = np.where(seen, np.maximum(start + to_event, 0.0), np.inf)
    return np.sort(month, axis=1), entries


def _target(cut: BlindedCut, target: int, events: FloatArray, confidence: float) -> TargetProjection:
    missing = target - cut.n_events
    if missing <= 0:
        months = np.full(1, cut.event_months[target - 1])
    elif missing > events.shape[1]:
        months = np.full(1, np.inf)
    else:
        months = cut.cut_months + events[:, missing - 1]
    low, middle, high = (
        float(value[0]) if np.isfinite(value[0]) else None
        for value in _quantiles(months[:, np.newaxis], confidence)
    )
    return TargetProjection(
        n_events=target,
        months=middle,
        lower=low,
        upper=high,
        date=None if middle is None else cut.date_at(middle),
        date_lower=None if low is None else cut.date_at(low),
        date_upper=None if high is None else cut.date_at(high),
        probability_reached=float(np.isfinite(months).mean()),
    )


def _counts(months: FloatArray, grid: FloatArray) -> FloatArray:
    return np.stack([np.searchsorted(row, grid, side="right") for row in months]).astype(np.float64)


def _quantiles(values: FloatArray, confidence: float) -> FloatArray:
    """Lower limit, median and upper limit over simulations, as order statistics: some values may be infinite."""
    tail = (1 - confidence) / 2
    return np.quantile(values, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf")
