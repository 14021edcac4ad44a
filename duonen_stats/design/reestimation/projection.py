"""Projection of events from a data cut: when each target comes, with a prediction interval and a fan."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from duonen_stats.design.reestimation.blinded_data import BlindedCut
from duonen_stats.design.reestimation.pooled_rates import (
    BlindedRates,
    RateEstimate,
    blinded_rates,
    draw_rates,
)
from duonen_stats.design.reestimation.rest_of_trial import AccrualPlan, RestOfTrial, sizes_of_parts
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_CELLS = 200_000
_POINTS = 61
_SHORTEST_FAN = 12.0
_LONGEST_FAN = 1_200.0
_MOST_PATIENTS = 10_000
_MOST_SIMULATIONS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProjection:
    """When a number of events is known: calendar months since the trial opened, and dates if the cut has them.

    ``months`` is the median of the prediction, ``lower`` and ``upper`` are its limits; each is None if, with that
    probability, the number is never reached. ``probability_reached`` is the share of simulations that reach it.
    ``seen``: the cut holds that many events already; all three are then the month in which they came, or None if the
    events seen have no months of their own.
    """

    n_events: int
    months: float | None
    lower: float | None
    upper: float | None
    date: dt.date | None
    date_lower: dt.date | None
    date_upper: dt.date | None
    probability_reached: float
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityRow:
    """The targets under another assumption: what was changed, to what, and when the targets come then."""

    changed: str
    value: str
    targets: tuple[TargetProjection, ...]


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
        Calendar months from the cut on, and the number of events known by then: median and limits of the prediction.
    confidence
        Level of all limits.
    sensitivity
        The targets under other assumptions; empty if not asked for.
    """

    targets: tuple[TargetProjection, ...]
    rates: BlindedRates
    observed_months: tuple[float, ...]
    fan_months: tuple[float, ...]
    fan_median: tuple[float, ...]
    fan_lower: tuple[float, ...]
    fan_upper: tuple[float, ...]
    confidence: float
    sensitivity: tuple[SensitivityRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked of one cut."""

    cut: BlindedCut
    targets: tuple[int, ...]
    rest: RestOfTrial
    confidence: float
    n_simulations: int
    seed: int

    def courses(self, rates: BlindedRates) -> FloatArray:
        """Calendar months of all events, one simulated course a row."""
        sizes = sizes_of_parts(self.n_simulations, self.rest.planned_patients, _CELLS)
        children = np.random.SeedSequence(self.seed).spawn(len(sizes))
        events = []
        for size, child in zip(sizes, children, strict=True):
            rng = np.random.default_rng(child)
            coming, _ = self.rest.simulate(self.cut, draw_rates(rates, size, rng), rng)
            seen = np.broadcast_to(self.cut.event_months, (size, self.cut.n_events))
            events.append(np.sort(np.hstack((seen, coming)), axis=1))
        return np.concatenate(events)

    def answers(self, events: FloatArray) -> tuple[TargetProjection, ...]:
        """When each target comes in these courses."""
        return tuple(_target(self.cut, target, events, self.confidence) for target in self.targets)


def project_events(
    cut: BlindedCut,
    targets: int | Sequence[int],
    *,
    planned_patients: int | None = None,
    hazard_ratio: float = 1.0,
    hazard_ratio_limits: tuple[float, float] | None = None,
    allocation_ratio: float = 1.0,
    accrual_window_months: float | None = None,
    accrual: AccrualPlan | None = None,
    max_followup_months: float | None = None,
    shape: float = 1.0,
    horizon_months: float | None = None,
    confidence: float = 0.9,
    n_simulations: int = 2_000,
    seed: int = 1,
    sensitivity: bool = False,
) -> EventProjection:
    """Simulate the rest of a trial from its pooled data.

    In each simulation the rates are drawn from their posterior, so that the interval holds both what is not known
    of them and the chance of the events themselves. Progression becomes known at scans, where the cut has a schedule
    of them: the dates are those on which events are known.

    Parameters
    ----------
    cut
        Data without arms, from :func:`blinded_cut`.
    targets
        Number of events, all arms together, or several.
    planned_patients
        Patients in all; None: no more enter than have.
    hazard_ratio, allocation_ratio
        As planned. With a hazard ratio other than 1 the pooled data are taken as a mixture of two arms, so that
        those who wait longest are more likely in the better one.
    hazard_ratio_limits
        95 % of the prior of the hazard ratio lies between them; None: the planned one is taken as known.
    accrual_window_months
        Months from which the accrual rate is taken, counted back from the time up to which entries are known; None:
        since the trial opened.
    accrual
        Planned rates after the cut, taken as known; None: the rate of the cut goes on.
    max_followup_months
        No patient is followed longer after entry; None: no limit.
    shape
        Weibull shape of the times to the event; 1: exponential.
    horizon_months
        Months after the cut that the fan covers; None: until the upper limit of each target, the median of one that may
        never be reached, or, if none is, to the last event.
    confidence
        Level of the prediction limits, with half of the rest outside on either side. Where the number is never reached
        with more than that half, the upper limit is None.
    n_simulations, seed
        Number of simulations; the result depends on nothing else.
    sensitivity
        Ask the same under other hazard ratios, Weibull shapes and rates of accrual, too.

    Raises
    ------
    PlanError
        No event was seen, a target is not a whole number above 0, fewer patients are planned than are in, or more
        patients or simulations are asked for than can be simulated.

    References
    ----------
    Bagiella & Heitjan (2001) Stat Med 20:2055-2063; Ying, Heitjan & Chen (2004) Clin Trials 1:352-361.

    Example
    -------
    >>> from duonen_stats.design import blinded_cut
    >>> cut = blinded_cut([0, 2, 4, 6], [3, 9, 8, 6], [1, 0, 0, 0], cut=12)
    >>> first = project_events(cut, 1).targets[0]
    >>> (first.lower, first.months, first.upper)
    (3.0, 3.0, 3.0)
    """
    wanted = _targets(targets)
    planned = cut.n_entered if planned_patients is None else planned_patients
    _require_sense(cut, planned, horizon_months, max_followup_months, n_simulations)
    estimate = partial(
        blinded_rates, cut, allocation_ratio=allocation_ratio, accrual_window_months=accrual_window_months,
        confidence=confidence,
    )  # fmt: skip
    rates = estimate(hazard_ratio=hazard_ratio, hazard_ratio_limits=hazard_ratio_limits, shape=shape)
    if planned > cut.n_entered and accrual is None and not rates.patients_per_month.count:
        raise PlanError("No patient entered in the window of accrual, so there is no rate for those to come.")
    rest = RestOfTrial(
        planned_patients=planned, experimental_share=rates.experimental_share, shape=shape, accrual=accrual,
        longest_months=np.inf if max_followup_months is None else max_followup_months,
    )  # fmt: skip
    asked = _Question(
        cut=cut, targets=wanted, rest=rest, confidence=confidence, n_simulations=n_simulations, seed=seed
    )
    events = asked.courses(rates)
    found = asked.answers(events)
    grid = cut.cut_months + np.linspace(0.0, _horizon(cut, found, events, horizon_months), _POINTS)
    low, middle, high = _quantiles(_counts(events, grid), confidence)
    return EventProjection(
        targets=found,
        rates=rates,
        observed_months=tuple(cut.event_months.tolist()),
        fan_months=tuple(grid.tolist()),
        fan_median=tuple(middle.tolist()),
        fan_lower=tuple(low.tolist()),
        fan_upper=tuple(high.tolist()),
        confidence=confidence,
        sensitivity=_sensitivity(asked, rates, estimate) if sensitivity else (),
    )


def _targets(targets: int | Sequence[int]) -> tuple[int, ...]:
    given = np.atleast_1d(np.asarray(targets)).tolist()  # a whole number of numpy is one, too
    if not given or any(not float(target).is_integer() or target < 1 for target in given):
        raise PlanError(f"A target is a whole number of events above 0, not {targets}.")
    return tuple(int(target) for target in given)


def _require_sense(
    cut: BlindedCut, planned: int, horizon: float | None, longest: float | None, n_simulations: int
) -> None:
    if planned < cut.n_entered:
        raise PlanError(f"{planned} patients are planned, but {cut.n_entered} are in already.")
    if planned > _MOST_PATIENTS or not 1 <= n_simulations <= _MOST_SIMULATIONS:
        raise PlanError(
            f"A projection simulates up to {_MOST_PATIENTS:,} patients, and 1 to {_MOST_SIMULATIONS:,} courses, not "
            f"{planned:,} and {n_simulations:,}. The number of simulations must be above 0."
        )
    if not (horizon is None or 0 < horizon < np.inf) or not (longest is None or longest > 0):
        raise PlanError("Horizon and longest follow-up must be above 0, the horizon finite.")


def _horizon(
    cut: BlindedCut, targets: Sequence[TargetProjection], events: FloatArray, stated: float | None
) -> float:
    """Months from the cut that the fan covers: to the upper limit of each target, or to the median if it has none."""
    if stated is not None:
        return stated
    ends = [
        next((end for end in (one.upper, one.months, one.lower) if end is not None), None) for one in targets
    ]
    reached = [end for end in ends if end is not None]
    last = max(reached) if reached else float(np.quantile(events[np.isfinite(events)], 0.995))
    return float(np.clip(np.ceil(1.05 * (last - cut.cut_months)), _SHORTEST_FAN, _LONGEST_FAN))


def _target(cut: BlindedCut, target: int, events: FloatArray, confidence: float) -> TargetProjection:
    months = events[:, target - 1] if target <= events.shape[1] else np.full(1, np.inf)
    seen = target <= cut.n_events
    low, middle, high = (
        float(value) if np.isfinite(value) else None for value in prediction_limits(months, confidence)
    )
    if seen and not cut.event_months_known:
        low = middle = high = None
    return TargetProjection(
        n_events=target,
        months=middle,
        lower=low,
        upper=high,
        date=None if middle is None else cut.date_at(middle),
        date_lower=None if low is None else cut.date_at(low),
        date_upper=None if high is None else cut.date_at(high),
        probability_reached=float(np.isfinite(months).mean()),
        seen=seen,
    )


def prediction_limits(months: FloatArray, confidence: float) -> tuple[float, float, float]:
    """Lower limit, median and upper limit of a time that may never come (``inf``), as order statistics.

    Half of ``1 - confidence`` lies outside on either side; a limit is ``inf`` where the time never comes with more than
    that probability.

    Example
    -------
    >>> import numpy as np
    >>> prediction_limits(np.arange(1.0, 101.0), 0.9)
    (5.0, 50.0, 95.0)
    >>> prediction_limits(np.append(np.arange(1.0, 81.0), [np.inf] * 20), 0.9)
    (5.0, 50.0, inf)
    """
    low, middle, high = _quantiles(months[:, np.newaxis], confidence)[:, 0].tolist()
    return low, middle, high


def _counts(months: FloatArray, grid: FloatArray) -> FloatArray:
    return np.stack([np.searchsorted(row, grid, side="right") for row in months]).astype(np.float64)


def _quantiles(values: FloatArray, confidence: float) -> FloatArray:
    """Lower limit, median and upper limit over simulations, as order statistics."""
    tail = (1 - confidence) / 2
    return np.quantile(values, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf")


_SHAPES = (0.8, 1.25)
_PACES = (0.75, 1.25)


def _sensitivity(
    asked: _Question, rates: BlindedRates, estimate: Callable[..., BlindedRates]
) -> tuple[SensitivityRow, ...]:
    """Answer the same question with one assumption changed at a time; the simulations share their random numbers."""
    cut = asked.cut
    rows = []
    limits = rates.hazard_ratio_limits or (rates.hazard_ratio, rates.hazard_ratio)
    for ratio in sorted({limits[0], rates.hazard_ratio, limits[1], 1.0}):
        other = estimate(hazard_ratio=ratio, shape=asked.rest.shape)
        rows.append(_row("Hazard ratio, taken as known", f"{ratio:.4g}", asked, other))
    for shape in _SHAPES:
        changed = replace(asked, rest=replace(asked.rest, shape=shape * asked.rest.shape))
        other = estimate(
            hazard_ratio=rates.hazard_ratio,
            hazard_ratio_limits=rates.hazard_ratio_limits,
            shape=changed.rest.shape,
        )
        rows.append(_row("Weibull shape", f"{changed.rest.shape:.4g}", changed, other))
    for pace in _PACES if asked.rest.planned_patients > cut.n_entered else ():
        changed, other = _at_pace(asked, rates, pace)
        rows.append(_row("Accrual where entries are not known", f"{pace:.4g} times", changed, other))
    return tuple(rows)


def _row(changed: str, value: str, asked: _Question, rates: BlindedRates) -> SensitivityRow:
    return SensitivityRow(changed=changed, value=value, targets=asked.answers(asked.courses(rates)))


def _at_pace(asked: _Question, rates: BlindedRates, pace: float) -> tuple[_Question, BlindedRates]:
    plan, rate = asked.rest.accrual, rates.patients_per_month
    if plan is not None:
        faster = replace(plan, patients_per_month=tuple(pace * one for one in plan.patients_per_month))
        asked = replace(asked, rest=replace(asked.rest, accrual=faster))
    # Also with a plan: in months before the cut of which entries are not known, patients enter at the rate of the cut.
    scaled = RateEstimate(
        estimate=pace * rate.estimate, lower=pace * rate.lower, upper=pace * rate.upper, count=rate.count,
        exposure_months=rate.exposure_months / pace,
    )  # fmt: skip
    return asked, replace(rates, patients_per_month=scaled)
