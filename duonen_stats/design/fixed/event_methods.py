"""Approximations that need the number of events alone: Schoenfeld, Freedman, Hsieh and Freedman."""

from math import log, sqrt

from duonen_stats.design.fixed.significance import NormalApproximation
from duonen_stats.errors import PlanError


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
