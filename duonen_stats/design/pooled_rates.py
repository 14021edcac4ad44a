"""Rates of a trial estimated from all patients together: events, dropout, accrual."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from duonen_stats.design.blinded_data import BlindedCut
from duonen_stats.design.log_rank_scale import require_positive
from duonen_stats.errors import PlanError
from duonen_stats.methods.door import FloatArray

# Jeffreys' prior of a rate adds half an event.
_PRIOR_EVENTS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RateEstimate:
    """A rate per month with limits; ``count`` events of its kind in ``exposure_months``."""

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
    pooled_hazard, dropout_hazard
        Events, and losses, divided by patient-months of follow-up.
    control_hazard, experimental_hazard
        Hazards of the arms that fit the pooled data best if the hazard ratio is ``hazard_ratio``.
    patients_per_month
        Entries divided by months of accrual.
    hazard_ratio, allocation_ratio
        As assumed, not estimated.
    confidence
        Level of the limits, which are quantiles of gamma posteriors with Jeffreys' prior.
    """

    pooled_hazard: RateEstimate
    control_hazard: RateEstimate
    experimental_hazard: RateEstimate
    dropout_hazard: RateEstimate
    patients_per_month: RateEstimate
    hazard_ratio: float
    allocation_ratio: float
    confidence: float

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
    allocation_ratio: float = 1.0,
    accrual_window_months: float | None = None,
    confidence: float = 0.95,
) -> BlindedRates:
    """Estimate the rates of a trial from its pooled data.

    Parameters
    ----------
    cut
        Data without arms.
    hazard_ratio
        Experimental over control, as planned: it splits the pooled hazard. 1: both arms have the pooled one.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.
    accrual_window_months
        Months before the cut from which the accrual rate is taken; None: since the trial opened.
    confidence
        Level of the limits.

    Raises
    ------
    PlanError
        No event was seen, there is no follow-up or no accrual to count, or a number is out of range.

    Source: exponential event times as a mixture over the arms; Gould & Shih (1992) Commun Stat Theory Methods
    21:2833-2853.
    """
    require_positive(hazard_ratio=hazard_ratio, allocation_ratio=allocation_ratio)
    if not 0 < confidence < 1:
        raise PlanError(f"A confidence level lies between 0 and 1; {confidence} does not.")
    if not cut.n_events or not cut.exposure_months > 0:
        raise PlanError("No event has been seen, so there is no hazard to re-estimate from.")
    window = cut.cut_months if accrual_window_months is None else min(accrual_window_months, cut.cut_months)
    if not window > 0:
        raise PlanError("There are no months of accrual to count entries in.")
    entered = (
        int((cut.entry_months > cut.cut_months - window).sum()) if window < cut.cut_months else cut.n_patients
    )
    pooled = _estimate(cut.n_events, cut.exposure_months, confidence)
    control = _control_hazard(cut, hazard_ratio, allocation_ratio) / pooled.estimate
    return BlindedRates(
        pooled_hazard=pooled,
        control_hazard=_scaled(pooled, control),
        experimental_hazard=_scaled(pooled, control * hazard_ratio),
        dropout_hazard=_estimate(cut.n_dropouts, cut.exposure_months, confidence),
        patients_per_month=_estimate(entered, window, confidence),
        hazard_ratio=hazard_ratio,
        allocation_ratio=allocation_ratio,
        confidence=confidence,
    )


def draw_rates(rates: BlindedRates, n_draws: int, rng: np.random.Generator) -> RateDraws:
    """Draw rates from their gamma posteriors; the hazards of the arms keep their ratio to the pooled one."""
    pooled = rates.pooled_hazard
    hazard = _gamma(pooled, n_draws, rng)
    return RateDraws(
        control=hazard * (rates.control_hazard.estimate / pooled.estimate),
        experimental=hazard * (rates.experimental_hazard.estimate / pooled.estimate),
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


def _gamma(rate: RateEstimate, n_draws: int, rng: np.random.Generator) -> FloatArray:
    # No loss seen says that losses are rare, not how rare: they are then taken not to happen.
    if not rate.count:
        return np.zeros((n_draws, 1))
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


def _scaled(rate: RateEstimate, factor: float) -> RateEstimate:
    return RateEstimate(
        estimate=rate.estimate * factor,
        lower=rate.lower * factor,
        upper=rate.upper * factor,
        count=rate.count,
        exposure_months=rate.exposure_months,
    )


def _control_hazard(cut: BlindedCut, hazard_ratio: float, allocation_ratio: float) -> float:
    """Maximum-likelihood control hazard if each patient's arm is unknown but its share and effect are not."""
    pooled = cut.n_events / cut.exposure_months
    if hazard_ratio == 1:
        return pooled
    log_odds = np.log(allocation_ratio)

    def minus_log_likelihood(log_control: float) -> float:
        control = float(np.exp(log_control))
        # Log of the control arm's contribution, and the experimental one's excess over it.
        alone = cut.event * log_control - control * cut.followup_months
        excess = cut.event * np.log(hazard_ratio) + control * (1 - hazard_ratio) * cut.followup_months
        return -float(np.sum(alone + np.logaddexp(0.0, log_odds + excess)))

    # The pooled hazard lies between those of the arms.
    reach = abs(float(np.log(hazard_ratio))) + 1.0
    bounds = (float(np.log(pooled)) - reach, float(np.log(pooled)) + reach)
    found = optimize.minimize_scalar(
        minus_log_likelihood, bounds=bounds, method="bounded", options={"xatol": 1e-10}
    )
    return float(np.exp(found.x))
