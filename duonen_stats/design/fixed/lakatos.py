"""Expected log-rank score and variance, plain or weighted, for hazards of any piecewise constant form."""

from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt

import numpy as np

from duonen_stats.design.fixed.significance import NormalApproximation
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.exponential import PiecewiseHazard
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_FEW_NODES, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(8)
_MANY_PIECES = 60  # as of a Weibull hazard: they are short, so that few nodes are enough
_GONE = 80.0  # cumulative hazard after which an arm has nobody left
_LONGEST_PIECE = 2.0  # in cumulative hazard, so that 40 nodes integrate it to the last digits


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLogRank:
    """What a log-rank test is expected to show at a calendar month.

    Attributes
    ----------
    score
        Expected sum of weights times (expected minus observed events of the experimental arm): positive if the
        experimental arm does better.
    variance
        Expected null variance of the score: the hypergeometric one, at the risk sets of the alternative.
    drift
        Expected standardised statistic, ``score`` / √``variance``.
    effect
        ``score`` / ``variance``: near the null hypothesis, and unweighted, minus the log hazard ratio.
    """

    at_months: float
    n_patients: float
    rho: float
    gamma: float
    null_hazard_ratio: float
    score: float
    variance: float

    @property
    def drift(self) -> float:
        """Expected standardised statistic, positive for benefit."""
        return self.score / sqrt(self.variance)

    @property
    def effect(self) -> float:
        """Score over variance."""
        return self.score / self.variance


def expected_log_rank(
    assumptions: SurvivalAssumptions,
    n_patients: float,
    at_months: float | None = None,
    *,
    null_hazard_ratio: float = 1.0,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> ExpectedLogRank:
    """Expect the score of a log-rank test, plain or weighted, and its variance.

    Parameters
    ----------
    assumptions
        The design.
    n_patients
        Patients planned in all, above 0.
    at_months
        Calendar month of the analysis; None for the planned one.
    null_hazard_ratio
        Hazard ratio of the null hypothesis.
    rho, gamma
        Fleming–Harrington weights S(t)^rho (1 - S(t))^gamma, 0 or more, S being the curve of both arms together.

    Raises
    ------
    PlanError
        No event is expected by then while both arms are at risk, or a number is out of range.

    References
    ----------
    Lakatos (1988) Biometrics 44:229-241, in the limit of short intervals, which is the direct
    approximation of R's lrstat (``uscore`` and ``vscore`` of ``lrstat``).

    Examples
    --------
    >>> plan = SurvivalAssumptions(control_hazard_per_month=0.02, hazard_ratio=1.0, accrual=10.0, total_months=50.0)
    >>> expected_log_rank(plan, 100).score
    0.0
    """
    at = assumptions.analysis_months if at_months is None else at_months
    if not 0 < n_patients < inf:
        raise PlanError(f"The number of patients must be above 0 and finite, not {n_patients}.")
    if not (0 <= rho < inf and 0 <= gamma < inf):
        raise PlanError(f"The weights rho and gamma must be 0 or more, not {rho} and {gamma}.")
    mean, variance = _moments(assumptions, at, null_hazard_ratio, rho, gamma)
    return ExpectedLogRank(
        at_months=at,
        n_patients=n_patients,
        rho=rho,
        gamma=gamma,
        null_hazard_ratio=null_hazard_ratio,
        score=-mean * n_patients + 0.0,
        variance=variance * n_patients,
    )


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
    the hazards need not be proportional. Weights as in :func:`expected_log_rank`.

    Source: Lakatos (1988) Biometrics 44:229-241.
    """
    found = expected_log_rank(
        assumptions, 1.0, at_months, null_hazard_ratio=null_hazard_ratio, rho=rho, gamma=gamma
    )
    return NormalApproximation(unit="patients", effect=abs(found.drift), sd_null=1.0, sd_alternative=1.0)


def _moments(
    assumptions: SurvivalAssumptions, at_months: float, null_hazard_ratio: float, rho: float, gamma: float
) -> tuple[float, float]:
    """Mean of observed minus expected events of the experimental arm, and its variance, per patient."""
    t, width = _grid(assumptions, at_months)
    share = assumptions.experimental_share
    entered = assumptions.entry.shares_entered(at_months - t)
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
    if not variance > 0:
        raise PlanError(f"No events are expected by month {at_months:g} while both arms are at risk.")
    # What is left of equal hazards by cancellation is no effect.
    return (0.0 if abs(mean) <= 1e-13 * float(width @ np.abs(n1 * h1)) else mean), variance


def _grid(assumptions: SurvivalAssumptions, at_months: float) -> tuple[FloatArray, FloatArray]:
    """Lay out times since entry and their weights: Gauss-Legendre on pieces with no break inside."""
    arms = assumptions.control, assumptions.experimental
    nobody_left = min(float(hazard.time_at(_GONE)) for hazard in arms)
    longest = min(at_months, assumptions.max_followup_months or inf)
    if not 0 < longest < inf:
        raise PlanError(f"The analysis at month {at_months:g} sees no follow-up.")
    longest = min(longest, nobody_left)
    entry = (*assumptions.entry.starts_months, *assumptions.entry.ends_months)
    losses = (*assumptions.dropout_control.starts_months, *assumptions.dropout_experimental.starts_months)
    pieces = {start for hazard in arms for start in hazard.starts_months}
    breaks = {*pieces, *losses, *(at_months - edge for edge in entry), longest}
    edges = np.array(sorted({0.0} | {b for b in breaks if 0 < b <= longest}))
    fastest = max(rate for hazard in arms for rate in hazard.rates_per_month)
    few = len(pieces) > _MANY_PIECES
    base, shares = (_FEW_NODES, _FEW_WEIGHTS) if few else (_NODES, _WEIGHTS)
    nodes, weights = [], []
    for low, high in pairwise(edges):
        # Short pieces of a fine hazard hold little of it each.
        parts = 1 if few else int((high - low) * fastest / _LONGEST_PIECE) + 1
        cuts = np.linspace(low, high, parts + 1)
        for a, b in pairwise(cuts):
            nodes.append(0.5 * (b - a) * base + 0.5 * (a + b))
            weights.append(0.5 * (b - a) * shares)
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
