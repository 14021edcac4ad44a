"""Rates of a trial estimated from all patients together: events, dropout, accrual."""

from dataclasses import dataclass, field
from math import exp, log, sqrt

import numpy as np
from scipy import stats
from scipy.special import ndtri

from duonen_stats.design.fixed.log_rank_scale import require_positive
from duonen_stats.design.reestimation.blinded_data import BlindedCut
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, normal_deviate

# What pooled data say of the arms' hazards: a likelihood on a grid, over the hazard and the hazard ratio.


_RATIOS = 25
_HAZARDS = 121
_REACH = 5.0
# A prior flat in the hazard of all patients together. Jeffreys' (half an event) predicts events late: of simulated
# trials more came before the lower limit than after the upper one; with this prior as many on either side.
_PRIOR_EVENTS = 1.0


def prior_limits(hazard_ratio: float) -> tuple[float, float]:
    """Give the prior range of a planned hazard ratio: from no effect to twice the effect planned, 95 %.

    Twice on the logarithmic scale: 0.25 to 1 for a planned 0.5.

    Example
    -------
    >>> prior_limits(0.5)
    (0.25, 1.0)
    """
    require_positive(hazard_ratio=hazard_ratio)
    low, high = sorted((1.0, hazard_ratio**2))
    return low, high


def ratio_grid(hazard_ratio: float, limits: tuple[float, float] | None) -> FloatArray:
    """Hazard ratios that stand for the prior, each with the same weight.

    Parameters
    ----------
    hazard_ratio
        The planned one.
    limits
        Between them lies 95 % of the prior, which is log-normal about the middle of their logarithms. None, or twice
        the planned one: it is known.

    Raises
    ------
    PlanError
        The limits are not above 0, or in the wrong order, or do not hold the planned hazard ratio.
    """
    if limits is None:
        return np.array([hazard_ratio])
    low, high = limits
    require_positive(hazard_ratio_low=low, hazard_ratio_high=high)
    if not low <= hazard_ratio <= high:
        raise PlanError(
            f"The planned hazard ratio {hazard_ratio:g} does not lie in its prior range, {low:g} to {high:g}."
        )
    if low == high:
        return np.array([hazard_ratio])
    middle, spread = (log(low) + log(high)) / 2, (log(high) - log(low)) / (2 * normal_deviate(0.95))
    quantiles = ndtri((np.arange(_RATIOS) + 0.5) / _RATIOS)
    return np.exp(middle + spread * quantiles)


@dataclass(frozen=True, slots=True, eq=False)
class PooledLikelihood:
    """The data of a cut as the likelihood of a hazard sees them; times to the power ``shape``.

    ``gap`` is the time between the assessments that progression lies between, 0 where the event is known to the day;
    ``exposure`` counts the time in which an event of any kind would be known, and ``gap`` by the share of deaths.
    """

    event: BoolArray
    exposure: FloatArray
    gap: FloatArray

    @classmethod
    def of(cls, cut: BlindedCut, shape: float = 1.0) -> "PooledLikelihood":
        """Take a cut; with a Weibull shape other than 1, on the scale of time on which events are exponential."""
        free, seen = cut.free_months**shape, cut.followup_months**shape
        share = cut.death_share
        if cut.schedule is None:
            return cls(cut.event, seen, np.zeros_like(seen))
        last = np.where(cut.event, seen, cut.observed_months**shape)
        gap = np.where(cut.event & ~cut.death, (1 - share) * (seen - free), 0.0)
        return cls(cut.event, free + share * (last - free), gap)

    def log_likelihood(self, hazard: FloatArray) -> FloatArray:
        """Log-likelihood of each patient (columns) under each hazard (rows)."""
        rate = np.asarray(hazard, dtype=np.float64).reshape(-1, 1)
        interval = self.gap > 0
        shown = np.where(self.event & ~interval, np.log(rate), 0.0) - rate * self.exposure
        # Progression by the assessment that showed it: 1 - exp(-hazard × gap).
        shown[:, interval] += np.log(-np.expm1(-rate * self.gap[interval]))
        return shown

    def hazard(self) -> float:
        """Maximum-likelihood hazard if both arms have the same."""
        events, gap = int(self.event.sum()), self.gap[self.gap > 0]
        exact = events - gap.size
        total = float(self.exposure.sum())
        hazard = float(events / (total + float(gap.sum()) / 2))
        # The score falls in the hazard, so that Newton steps from the approximation by half intervals settle fast.
        for _ in range(50):
            tail = gap / np.expm1(hazard * gap)
            score = exact / hazard + tail.sum() - total
            slope = -exact / hazard**2 - (tail * (tail + gap)).sum()
            step = -score / slope
            hazard = float(max(hazard + step, hazard / 10))
            if abs(step) < 1e-14 * hazard:
                break
        return hazard


@dataclass(frozen=True, slots=True, eq=False)
class HazardPosterior:
    """Posterior of the hazards of the arms: a grid over the control hazard (rows) and the hazard ratio (columns)."""

    log_hazard: FloatArray
    ratio: FloatArray
    cumulative: FloatArray = field(repr=False)

    def draw(self, n: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Draw control and experimental hazards, a column vector each."""
        cell = np.searchsorted(self.cumulative, rng.random(n) * self.cumulative[-1], side="right")
        row, column = np.divmod(np.minimum(cell, self.cumulative.size - 1), self.ratio.size)
        step = (self.log_hazard[-1] - self.log_hazard[0]) / (self.log_hazard.shape[0] - 1)
        control = np.exp(self.log_hazard[row, column] + (rng.random(n) - 0.5) * step[column])
        return control[:, np.newaxis], (control * self.ratio[column])[:, np.newaxis]

    def limits(self, confidence: float, *, experimental: bool) -> tuple[float, float]:
        """Limits of the hazard of an arm."""
        weight = np.diff(self.cumulative, prepend=0.0)
        values = self.log_hazard + (np.log(self.ratio) if experimental else 0.0)
        order = np.argsort(values, axis=None)
        total = np.cumsum(weight[order])
        # Half of a cell lies below its middle.
        total -= weight[order] / 2
        tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2]) * self.cumulative[-1]
        low, high = np.exp(np.interp(tails, total, values.ravel()[order]))
        return float(low), float(high)


def hazard_posterior(
    data: PooledLikelihood, *, ratios: FloatArray, allocation_ratio: float
) -> HazardPosterior:
    """Weigh control hazards and hazard ratios by the pooled data, under the prior.

    Ratios have equal weights. The prior is flat in the hazard of all patients together, that of both arms weighted by
    their shares: pooled data determine it, and hardly the ratio. A prior flat in the hazard of one arm would move the
    ratio towards small values, or large ones.

    Parameters
    ----------
    data
        The pooled data, with an event.
    ratios
        Hazard ratios that stand for the prior.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.
    """
    centre = np.log([control_hazard(data, ratio, allocation_ratio) for ratio in ratios])
    width = _REACH / sqrt(data.event.sum() + _PRIOR_EVENTS)
    log_hazard = centre + np.linspace(-width, width, _HAZARDS)[:, np.newaxis]
    share = allocation_ratio / (1 + allocation_ratio)
    # d(hazard of all) = (1 - share + share × ratio) d(control hazard); without it the prior of the ratio moves.
    weight = _PRIOR_EVENTS * (log_hazard + np.log(1 - share + share * ratios))
    for column, ratio in enumerate(ratios):
        weight[:, column] += _mixture(data, np.exp(log_hazard[:, column]), ratio, allocation_ratio)
    return HazardPosterior(log_hazard, ratios, np.exp(weight - weight.max()).ravel().cumsum())


def control_hazard(data: PooledLikelihood, hazard_ratio: float, allocation_ratio: float) -> float:
    """Maximum-likelihood control hazard if each patient's arm is unknown but its share and effect are not.

    The pooled hazard lies between those of the arms.
    """
    pooled = data.hazard()
    if hazard_ratio == 1:
        return pooled
    reach = abs(log(hazard_ratio)) + 1.0
    low, high = log(pooled) - reach, log(pooled) + reach
    # Ever finer grids: one evaluation is one array, and the likelihood has one top.
    for _ in range(9):
        grid = np.linspace(low, high, 17)
        top = int(np.argmax(_mixture(data, np.exp(grid), hazard_ratio, allocation_ratio)))
        low, high = grid[max(top - 1, 0)], grid[min(top + 1, 16)]
    return exp((low + high) / 2)


def _mixture(
    data: PooledLikelihood, control: FloatArray, ratio: float, allocation_ratio: float
) -> FloatArray:
    """Log-likelihood of control hazards, each patient of either arm."""
    alone = data.log_likelihood(control)
    if ratio == 1:
        one: FloatArray = alone.sum(axis=1)
        return one
    better = data.log_likelihood(control * ratio)
    share = allocation_ratio / (1 + allocation_ratio)
    both: FloatArray = np.logaddexp(log(1 - share) + alone, log(share) + better).sum(axis=1)
    return both


# Jeffreys' prior of a rate adds half an event.
_POOLED_PRIOR_EVENTS = 0.5
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class RateEstimate:
    """A rate per month with limits; ``count`` events of its kind in ``exposure_months``.

    Where events are known at assessments only, ``exposure_months`` is what makes ``count`` divided by it the
    maximum-likelihood rate: about half of the interval before each event counts.
    """

    estimate: float
    lower: float
    upper: float
    count: int
    exposure_months: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedRates:
    """Rates of a trial without looking at the arms, per month.

    Attributes
    ----------
    pooled_hazard
        Hazard of the event if all patients had the same.
    dropout_hazard
        Losses divided by the patient-months in which they would have been known.
    control_hazard, experimental_hazard
        Hazards of the arms that fit the pooled data best if the hazard ratio is ``hazard_ratio``; their limits hold
        what is not known of the ratio, too.
    patients_per_month
        Entries divided by months of accrual, both up to the month up to which all entries are known.
    hazard_ratio, hazard_ratio_limits, allocation_ratio
        As assumed, not estimated; the limits are those of the prior (95 %), None if the ratio is taken as known.
    confidence
        Level of the limits, which are quantiles of posteriors: with Jeffreys' prior for rates that are counts over
        months, with one for the hazards of the arms that is flat in the hazard of all patients together.
    """

    pooled_hazard: RateEstimate
    control_hazard: RateEstimate
    experimental_hazard: RateEstimate
    dropout_hazard: RateEstimate
    patients_per_month: RateEstimate
    hazard_ratio: float
    hazard_ratio_limits: tuple[float, float] | None
    allocation_ratio: float
    confidence: float
    posterior: HazardPosterior = field(repr=False, compare=False)

    @property
    def experimental_share(self) -> float:
        """Share of all patients in the experimental arm."""
        return self.allocation_ratio / (1 + self.allocation_ratio)


@dataclass(frozen=True, slots=True, eq=False)
class RateDraws:
    """Draws from the posterior of the rates, one a row: a column vector each, per month."""

    control: FloatArray
    experimental: FloatArray
    dropout: FloatArray
    patients_per_month: FloatArray


def blinded_rates(
    cut: BlindedCut,
    *,
    hazard_ratio: float = 1.0,
    hazard_ratio_limits: tuple[float, float] | None = None,
    allocation_ratio: float = 1.0,
    accrual_window_months: float | None = None,
    confidence: float = 0.95,
    shape: float = 1.0,
) -> BlindedRates:
    """Estimate the rates of a trial from its pooled data.

    Parameters
    ----------
    cut
        Data without arms.
    hazard_ratio
        Experimental over control, as planned: it splits the pooled hazard. 1: both arms have the pooled one.
    hazard_ratio_limits
        95 % of the prior of the hazard ratio lies between them (log-normal); None: the planned one is taken as known.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.
    accrual_window_months
        Months from which the accrual rate is taken, counted back from the time up to which all entries are known;
        None: since the trial opened.
    confidence
        Level of the limits.
    shape
        Weibull shape of the times to the event; 1: exponential. With another shape hazards are per month to its power.

    Raises
    ------
    PlanError
        No event was seen, there is no follow-up or no accrual to count, or a number is out of range.

    References
    ----------
    Exponential event times as a mixture over the arms; Gould & Shih (1992) Commun Stat Theory Methods
    21:2833-2853. Progression between assessments: interval-censored exponential times.

    Example
    -------
    >>> from duonen_stats.design import blinded_cut
    >>> cut = blinded_cut([0, 3, 6, 9], [12, 6, 2, 3], [0, 1, 0, 0], cut=12, dropout=[0, 0, 1, 0])
    >>> round(blinded_rates(cut).pooled_hazard.estimate, 4)  # 1 event in 23 months
    0.0435
    """
    require_positive(hazard_ratio=hazard_ratio, allocation_ratio=allocation_ratio, shape=shape)
    if not 0 < confidence < 1:
        raise PlanError(f"A confidence level lies between 0 and 1; {confidence} does not.")
    ratios = ratio_grid(hazard_ratio, hazard_ratio_limits)
    if not cut.n_events or not cut.exposure_months > 0:
        raise PlanError("No event has been seen, so there is no hazard to re-estimate from.")
    data = PooledLikelihood.of(cut, shape)
    hazard = data.hazard()
    control = control_hazard(data, hazard_ratio, allocation_ratio)
    posterior = hazard_posterior(data, ratios=ratios, allocation_ratio=allocation_ratio)
    pooled = _estimate(cut.n_events, cut.n_events / hazard, confidence)
    watched = float(cut.observed_months.sum())
    return BlindedRates(
        pooled_hazard=pooled,
        control_hazard=_arm(pooled, control, posterior.limits(confidence, experimental=False)),
        experimental_hazard=_arm(
            pooled, control * hazard_ratio, posterior.limits(confidence, experimental=True)
        ),
        dropout_hazard=_estimate(cut.n_dropouts, watched, confidence),
        patients_per_month=_accrual(cut, accrual_window_months, confidence),
        hazard_ratio=hazard_ratio,
        hazard_ratio_limits=hazard_ratio_limits,
        allocation_ratio=allocation_ratio,
        confidence=confidence,
        posterior=posterior,
    )


def draw_rates(rates: BlindedRates, n_draws: int, rng: np.random.Generator) -> RateDraws:
    """Draw rates from their posteriors: hazards and hazard ratio together, dropout and accrual each alone."""
    control, experimental = rates.posterior.draw(n_draws, rng)
    return RateDraws(
        control=control,
        experimental=experimental,
        dropout=_gamma(rates.dropout_hazard, n_draws, rng),
        patients_per_month=_gamma(rates.patients_per_month, n_draws, rng),
    )


def point_rates(rates: BlindedRates) -> RateDraws:
    """Return the estimates themselves, in the form of one draw."""
    return RateDraws(
        *(
            np.array([[rate.estimate]])
            for rate in (
                rates.control_hazard,
                rates.experimental_hazard,
                rates.dropout_hazard,
                rates.patients_per_month,
            )
        )
    )


def _accrual(cut: BlindedCut, window: float | None, confidence: float) -> RateEstimate:
    """Count entries back from the time up to which all are known.

    An entry that fixes the start or the end of the months counted in is not counted: n entries have n - 1 gaps. Later
    entries in a cut of completers are not counted either: which of them are in it depends on who left treatment early.
    """
    until = cut.entries_known_months
    length = until if window is None else min(window, until)
    if not length > 0:
        raise PlanError("There are no months of accrual to count entries in.")
    since = until - length
    entries = np.concatenate((cut.entry_months, cut.unseen_entry_months))
    entries = entries[entries <= until + _ROUNDING]
    whole = length >= until
    entered = int(((entries >= since) if whole else (entries > since)).sum())
    entered -= whole and not cut.opening_known
    entered -= cut.end_is_an_entry
    return _estimate(max(entered, 0), length, confidence)


def _gamma(rate: RateEstimate, n_draws: int, rng: np.random.Generator) -> FloatArray:
    return rng.gamma(rate.count + _POOLED_PRIOR_EVENTS, 1 / rate.exposure_months, size=(n_draws, 1))


def _estimate(count: int, exposure_months: float, confidence: float) -> RateEstimate:
    posterior = stats.gamma(count + _POOLED_PRIOR_EVENTS, scale=1 / exposure_months)
    tail = (1 - confidence) / 2
    return RateEstimate(
        estimate=count / exposure_months,
        lower=float(posterior.ppf(tail)) if count else 0.0,
        upper=float(posterior.ppf(1 - tail)),
        count=count,
        exposure_months=exposure_months,
    )


def _arm(pooled: RateEstimate, hazard: float, limits: tuple[float, float]) -> RateEstimate:
    """Hazard of an arm; it has no events of its own, since the arms are not known."""
    return RateEstimate(
        estimate=hazard,
        lower=limits[0],
        upper=limits[1],
        count=pooled.count,
        exposure_months=pooled.exposure_months,
    )
