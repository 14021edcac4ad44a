"""Wald test of the log hazard ratio with exponential times."""

from math import inf, log, sqrt

from duonen_stats.design.fixed.significance import NormalApproximation
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.errors import PlanError


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
