"""Rates of a trial estimated from all patients together: events, dropout, accrual."""

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from duonen_stats.design.fixed.log_rank_scale import require_positive
from duonen_stats.design.reestimation.blinded_data import BlindedCut
from duonen_stats.design.reestimation.hazard_posterior import (
    HazardPosterior,
    PooledLikelihood,
    control_hazard,
    hazard_posterior,
    ratio_grid,
)
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

# Jeffreys' prior of a rate adds half an event.
_PRIOR_EVENTS = 0.5


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
        Entries divided by months of accrual.
    hazard_ratio, hazard_ratio_limits, allocation_ratio
        As assumed, not estimated; the limits are those of the prior (95 %), None if the ratio is taken as known.
    confidence
        Level of the limits, which are quantiles of posteriors: with Jeffreys' prior for rates that are counts over
        months, with a flat one for the hazards of the arms.
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
        Months from which the accrual rate is taken, counted back from the time up to which entries are known; None:
        since the trial opened.
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
    """Count entries back from the time up to which they are known.

    An entry that fixes the start or the end of the months counted in is not counted: n entries have n - 1 gaps.
    """
    until = cut.entries_known_months
    length = until if window is None else min(window, until)
    if not length > 0:
        raise PlanError("There are no months of accrual to count entries in.")
    since = until - length
    entries = np.concatenate((cut.entry_months, cut.unseen_entry_months))
    whole = length >= until
    entered = int(((entries >= since) if whole else (entries > since)).sum())
    entered -= whole and not cut.opening_known
    entered -= cut.unknown_entry_months > 0
    return _estimate(max(entered, 0), length, confidence)


def _gamma(rate: RateEstimate, n_draws: int, rng: np.random.Generator) -> FloatArray:
    return rng.gamma(rate.count + _PRIOR_EVENTS, 1 / rate.exposure_months, size=(n_draws, 1))


def _estimate(count: int, exposure_months: float, confidence: float) -> RateEstimate:
    posterior = stats.gamma(count + _PRIOR_EVENTS, scale=1 / exposure_months)
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
