"""Power and events by formulas in closed form."""

from dataclasses import replace
from math import inf, log, sqrt
from typing import Literal

from duonen_stats.design.fixed.significance import NormalApproximation
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.errors import PlanError

# Wald test of the log hazard ratio with exponential times.


def wald(
    assumptions: SurvivalAssumptions, at_months: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Variance 1 / d1 + 1 / d0 of the log hazard ratio, with the events expected in each arm, per patient.

    Source: Rubinstein, Gail & Santner (1981) Journal of Chronic Diseases 34:469-479.
    """
    ratio = assumptions.constant_hazard_ratio
    sd = log_ratio_sd(assumptions, at_months)
    effect = abs(log(ratio / null_hazard_ratio))
    return NormalApproximation(unit="patients", effect=effect, sd_null=sd, sd_alternative=sd)


def log_ratio_sd(assumptions: SurvivalAssumptions, at_months: float) -> float:
    """Find the standard deviation of the log hazard ratio, of one patient's worth of information."""
    probability, share = event_probability(assumptions, at_months), assumptions.experimental_share
    parts = (share * probability.experimental, (1 - share) * probability.control)
    if min(parts) <= 0:
        raise PlanError(f"An arm has no events expected by month {at_months:g}.")
    variance = sum(1 / part for part in parts)
    return sqrt(variance) if variance < inf else inf


# Wald tests with different variances under the null hypothesis and the alternative.


NullHazard = Literal["pooled", "control"]


def lachin_foulkes(
    assumptions: SurvivalAssumptions, at_months: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Log hazard ratio, the null variance with both arms at the patients' mean hazard under the alternative.

    Source: Lachin & Foulkes (1986) Biometrics 42:507-519, on the log scale as in R's ``gsDesign::nSurv``.
    """
    return _two_variances(assumptions, at_months, null_hazard_ratio, "pooled")


def lachin_foulkes_difference(
    assumptions: SurvivalAssumptions, at_months: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Difference of two constant hazards, as published; null hazard ratio 1 only.

    Source: Lachin & Foulkes (1986) Biometrics 42:507-519, formula for exponential times.
    """
    rates = assumptions.control.rates_per_month, assumptions.experimental.rates_per_month
    if null_hazard_ratio != 1 or any(len(set(rate)) > 1 for rate in rates):
        raise PlanError("The difference of hazards needs constant hazards and no margin; use lachin_foulkes.")
    null = null_assumptions(assumptions, 1.0, "pooled")
    return NormalApproximation(
        unit="patients",
        effect=abs(rates[1][0] - rates[0][0]),
        sd_null=_difference_sd(null, at_months),
        sd_alternative=_difference_sd(assumptions, at_months),
    )


def _difference_sd(assumptions: SurvivalAssumptions, at_months: float) -> float:
    """Find the standard deviation of the difference of two estimated hazards, per patient."""
    probability, share = event_probability(assumptions, at_months), assumptions.experimental_share
    arms = (
        (share * probability.experimental, assumptions.experimental.rates_per_month[0]),
        ((1 - share) * probability.control, assumptions.control.rates_per_month[0]),
    )
    if min(events for events, _ in arms) <= 0:
        raise PlanError(f"An arm has no events expected by month {at_months:g}.")
    return sqrt(sum(rate**2 / events for events, rate in arms))


def bernstein_lagakos(
    assumptions: SurvivalAssumptions, at_months: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Null variance with both arms at the control hazard.

    Source: Bernstein & Lagakos (1978) Journal of Statistical Computation and Simulation 8:65-73, as in gsDesign.
    """
    return _two_variances(assumptions, at_months, null_hazard_ratio, "control")


def _two_variances(
    assumptions: SurvivalAssumptions, at_months: float, null_hazard_ratio: float, null_hazard: NullHazard
) -> NormalApproximation:
    return NormalApproximation(
        unit="patients",
        effect=abs(log(assumptions.constant_hazard_ratio / null_hazard_ratio)),
        sd_null=log_ratio_sd(null_assumptions(assumptions, null_hazard_ratio, null_hazard), at_months),
        sd_alternative=log_ratio_sd(assumptions, at_months),
    )


def null_assumptions(
    assumptions: SurvivalAssumptions, null_hazard_ratio: float, null_hazard: NullHazard
) -> SurvivalAssumptions:
    """Hazards under the null hypothesis: the control arm's, or such that the patients' mean hazard is kept."""
    control, ratio = assumptions.control.rates_per_month, assumptions.allocation_ratio
    starts = assumptions.control.starts_months
    if null_hazard == "pooled":
        # Arms of different Weibull medians have different pieces: each rate is taken where the control's begins.
        rates = (assumptions.experimental.rate_at(start) for start in starts)
        pairs = zip(control, rates, strict=True)
        control = tuple((c + ratio * e) / (1 + ratio * null_hazard_ratio) for c, e in pairs)
    return replace(
        assumptions,
        control_hazard_per_month=control,
        control_median_months=None,
        control_survival=None,
        hazard_ratio=null_hazard_ratio,
        experimental_hazard_per_month=None,
        experimental_median_months=None,
        hazard_starts_months=starts,
        weibull_shape=1.0,
    )


# Approximations that need the number of events alone: Schoenfeld, Freedman, Hsieh and Freedman.


def schoenfeld(
    hazard_ratio: float, allocation_ratio: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Variance 1 / (events x share x share) of the log hazard ratio: events are shared as patients are.

    Source: Schoenfeld (1981) Biometrika 68:316-319.
    """
    sd = (1 + allocation_ratio) / sqrt(allocation_ratio)
    effect = abs(log(hazard_ratio / null_hazard_ratio))
    return NormalApproximation(unit="events", effect=effect, sd_null=sd, sd_alternative=sd)


def freedman(
    hazard_ratio: float, allocation_ratio: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Log-rank statistic with the at-risk ratio held at the allocation ratio; null hazard ratio 1 only.

    Source: Freedman (1982) Statistics in Medicine 1:121-129.
    """
    _require_no_margin(null_hazard_ratio, "Freedman's")
    sd = (1 + allocation_ratio * hazard_ratio) / sqrt(allocation_ratio)
    return NormalApproximation(unit="events", effect=abs(1 - hazard_ratio), sd_null=sd, sd_alternative=sd)


def hsieh_freedman(
    hazard_ratio: float, allocation_ratio: float, null_hazard_ratio: float = 1.0
) -> NormalApproximation:
    """Freedman's effect at equal allocation with the information of the real one; null hazard ratio 1 only.

    Source: Hsieh (1992) Statistics in Medicine 11:1517-1524; "HsiehFreedman" of R's rpact.
    """
    _require_no_margin(null_hazard_ratio, "Hsieh's")
    sd = (1 + hazard_ratio) * (1 + allocation_ratio) / (2 * sqrt(allocation_ratio))
    return NormalApproximation(unit="events", effect=abs(1 - hazard_ratio), sd_null=sd, sd_alternative=sd)


def _require_no_margin(null_hazard_ratio: float, whose: str) -> None:
    if null_hazard_ratio != 1:
        raise PlanError(f"{whose} method has no non-inferiority margin; use Schoenfeld's.")
