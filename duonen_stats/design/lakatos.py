"""Drift of the log-rank statistic, plain or weighted, for hazards of any piecewise constant form."""

from itertools import pairwise
from math import inf, sqrt

import numpy as np

from duonen_stats.design.assumptions import SurvivalAssumptions
from duonen_stats.design.exponential import PiecewiseHazard
from duonen_stats.design.significance import NormalApproximation
from duonen_stats.errors import PlanError
from duonen_stats.methods.door import FloatArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_GONE = 80.0  # cumulative hazard after which an arm has nobody left
_LONGEST_PIECE = 2.0  # in cumulative hazard, so that 40 nodes integrate it to the last digits


def lakatos(
    assumptions: SurvivalAssumptions,
    at_months: float,
    null_hazard_ratio: float = 1.0,
    *,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> NormalApproximation:
    """Mean of the log-rank score over the root of its expected null variance, per patient.

    The at-risk numbers change as the arms lose patients to the event, to dropout and to the analysis, so that
    the hazards need not be proportional. ``rho`` and ``gamma`` weight by S(t)^rho (1 - S(t))^gamma, S being the
    curve of both arms together.

    Source: Lakatos (1988) Biometrics 44:229-241, in the limit of short intervals, which is the direct
    approximation of R's lrstat.
    """
    t, width = _grid(assumptions, at_months)
    share = assumptions.experimental_share
    entered = np.array([assumptions.entry.share_entered(at_months - float(x)) for x in t])
    arms = (
        (1 - share, assumptions.control, assumptions.dropout_control),
        (share, assumptions.experimental, assumptions.dropout_experimental),
    )
    (n0, h0), (n1, h1) = ((_at_risk(part, h, loss, t) * entered, _rates(h, t)) for part, h, loss in arms)
    together = n1 * null_hazard_ratio + n0
    weight = _weight(assumptions, t, rho, gamma)
    expected = np.divide(n1 * null_hazard_ratio, together, out=np.zeros_like(t), where=together > 0)
    score = weight * ((1 - expected) * n1 * h1 - expected * n0 * h0)
    spread = weight**2 * expected * (1 - expected) * (n1 * h1 + n0 * h0)
    mean, variance = float(width @ score), float(width @ spread)
    if variance <= 0:
        raise PlanError(f"No events are expected by month {at_months:g} while both arms are at risk.")
    return NormalApproximation(
        unit="patients", effect=abs(mean) / sqrt(variance), sd_null=1.0, sd_alternative=1.0
    )


def _grid(assumptions: SurvivalAssumptions, at_months: float) -> tuple[FloatArray, FloatArray]:
    """Lay out times since entry and their weights: Gauss-Legendre on pieces with no break inside."""
    arms = assumptions.control, assumptions.experimental
    nobody_left = min(float(hazard.time_at(_GONE)) for hazard in arms)
    longest = min(at_months, assumptions.max_followup_months or inf)
    if not 0 < longest < inf:
        raise PlanError(f"The analysis at month {at_months} sees no follow-up.")
    longest = min(longest, nobody_left)
    entry = (*assumptions.entry.starts_months, *assumptions.entry.ends_months)
    breaks = {*assumptions.hazard_starts_months, *(at_months - edge for edge in entry), longest}
    edges = np.array(sorted({0.0} | {b for b in breaks if 0 < b <= longest}))
    fastest = max(rate for hazard in arms for rate in hazard.rates_per_month)
    nodes, weights = [], []
    for low, high in pairwise(edges):
        parts = int((high - low) * fastest / _LONGEST_PIECE) + 1
        cuts = np.linspace(low, high, parts + 1)
        for a, b in pairwise(cuts):
            nodes.append(0.5 * (b - a) * _NODES + 0.5 * (a + b))
            weights.append(0.5 * (b - a) * _WEIGHTS)
    return np.concatenate(nodes), np.concatenate(weights)


def _rates(hazard: PiecewiseHazard, t: FloatArray) -> FloatArray:
    pieces = np.searchsorted(hazard.starts_months, t, side="right") - 1
    return np.asarray(hazard.rates_per_month)[pieces]


def _at_risk(share: float, event: PiecewiseHazard, dropout: PiecewiseHazard, t: FloatArray) -> FloatArray:
    at_risk: FloatArray = share * event.survival(t) * dropout.survival(t)
    return at_risk


def _weight(assumptions: SurvivalAssumptions, t: FloatArray, rho: float, gamma: float) -> FloatArray | float:
    if rho == 0 and gamma == 0:
        return 1.0
    share = assumptions.experimental_share
    curve = share * assumptions.experimental.survival(t) + (1 - share) * assumptions.control.survival(t)
    weight: FloatArray = curve**rho * (1 - curve) ** gamma
    return weight
