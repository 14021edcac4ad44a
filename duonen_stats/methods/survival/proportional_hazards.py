"""Proportional hazards: a test, and scaled Schoenfeld residuals.

The spline through the residuals is scipy's. Own are the test and the residuals: lifelines 0.30.3 has another test (the
approximation of before survival 3.0), statsmodels 0.15.0 no test and no scaled residuals, scipy nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import interpolate, special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, as_p, normal_deviate
from duonen_stats.methods.inputs.survival_data import SurvivalData, risk_table, survival_data
from duonen_stats.methods.survival.cox import fit, require_terms
from duonen_stats.methods.survival.partial_likelihood import (
    RiskSets,
    Ties,
    inverse,
    invertible,
)

# Test of proportional hazards: whether a coefficient changes with time.


Transform = Literal["km", "rank", "identity", "log"]

GLOBAL = "GLOBAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardsTest:
    """Score test that the coefficient of ``name`` (or of all covariates, ``GLOBAL``) is constant in time."""

    name: str
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionalHazardsResult:
    """Tests of proportional hazards: one a covariate, in their order, and the global one."""

    terms: tuple[HazardsTest, ...]
    overall: HazardsTest
    transform: Transform
    ties: Ties
    n: int
    n_events: int
    n_missing: int


def proportional_hazards_test(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
    transform: Transform = "km",
) -> ProportionalHazardsResult:
    """Test whether the hazard ratios are constant in time (Grambsch and Therneau's score test).

    Parameters
    ----------
    time, event, covariates, names, strata, ties
        As in :func:`duonen_stats.methods.survival.cox.cox_model`.
    transform
        The function of time with which a coefficient might change: ``"km"`` (one minus the overall survival
        just before), ``"rank"`` of all observed times, ``"identity"``, ``"log"``.

    Raises
    ------
    NotEstimable
        ``zero_variance`` (too few transformed times of failures), ``log_of_zero`` (a failure at time 0), and
        those of :func:`duonen_stats.methods.survival.cox.cox_model`.

    References
    ----------
    Grambsch & Therneau (1994) Biometrika 81:515-526, as the exact score test of R
    ``survival::cox.zph`` ≥ 3.0; the library call is the older approximation.

    Examples
    --------
    >>> from duonen_stats.methods import proportional_hazards_test
    >>> found = proportional_hazards_test([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0])
    >>> found.overall.df, round(found.overall.p_value, 3)
    (1, 0.962)
    """
    data = survival_data(time, event, covariates=covariates, strata=strata)
    terms = require_terms(data, names)
    sets = fit(data, ties, terms).at_beta
    g = transformed_time(data, sets.time, transform)
    score, variance = _added_terms(sets, g - g.mean())
    if not invertible(variance):
        raise NotEstimable(
            "zero_variance",
            {"events": g.size},
            "The failures at which different covariates are at risk lie at too few distinct times.",
        )
    overall = float(score @ inverse(variance) @ score)
    return ProportionalHazardsResult(
        terms=tuple(
            _verdict(name, float(u**2 / v), 1)
            for name, u, v in zip(terms, score, np.diag(variance), strict=True)
        ),
        overall=_verdict(GLOBAL, overall, len(terms)),
        transform=transform,
        ties=ties,
        n=data.time.size,
        n_events=int(data.event.sum()),
        n_missing=data.n_missing,
    )


def _verdict(name: str, statistic: float, df: int) -> HazardsTest:
    return HazardsTest(name=name, statistic=statistic, df=df, p_value=as_p(special.chdtrc(df, statistic)))


def _added_terms(sets: RiskSets, g: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Score of the covariates times g(t), and its variance given that the coefficients were estimated."""
    score = g @ sets.residual
    crossed = np.tensordot(g, sets.covariance, axes=1)
    own = np.tensordot(g**2, sets.covariance, axes=1)
    return score, own - crossed @ inverse(sets.information) @ crossed


def transformed_time(data: SurvivalData, failure_time: FloatArray, transform: Transform) -> FloatArray:
    """Give the failures' times on another scale; raise ``NotEstimable`` (``log_of_zero``) or ``DataError``."""
    match transform:
        case "identity":
            return failure_time
        case "rank":
            times, index = np.unique(data.time, return_inverse=True)
            mid_rank = np.bincount(index).cumsum() - (np.bincount(index) - 1) / 2
            return np.asarray(mid_rank[np.searchsorted(times, failure_time)])
        case "log":
            if (failure_time == 0).any():
                raise NotEstimable("log_of_zero", {"events": failure_time.size}, "A failure is at time 0.")
            return np.log(failure_time)
        case "km":
            table = risk_table(data.time, data.event == 1, np.zeros_like(data.group), 1)
            survival = np.cumprod(1 - table.events[:, 0] / table.at_risk[:, 0])
            before = np.concatenate(([1.0], survival))
            return 1 - before[np.searchsorted(table.time, failure_time)]
    raise DataError(f"{transform!r} is not a transform of time; use km, rank, identity or log.")


# Scaled Schoenfeld residuals: how a log hazard ratio moves with time, failure by failure and smoothed.


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchoenfeldSmooth:
    """A natural cubic spline through the residuals, with pointwise limits; ``time`` rises."""

    time: FloatArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchoenfeldResult:
    """Residuals of one covariate: ``time`` and ``value`` have one entry a failure.

    A value estimates the log hazard ratio at its time; their mean is the fitted coefficient. ``smooth`` is None, and
    ``note`` says why, if the failures lie at too few distinct times.
    """

    name: str
    coefficient: float
    time: FloatArray
    value: FloatArray
    smooth: SchoenfeldSmooth | None
    transform: Transform
    note: str = ""


def scaled_schoenfeld(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
    transform: Transform = "km",
    df: int = 4,
    points: int = 40,
    confidence: float = 0.95,
) -> tuple[SchoenfeldResult, ...]:
    """Compute scaled Schoenfeld residuals and a smooth of them, one result a covariate.

    Parameters
    ----------
    time, event, covariates, names, strata, ties
        As in :func:`duonen_stats.methods.survival.cox.cox_model`.
    transform
        Scale of time for the smooth, as in :func:`proportional_hazards_test`.
    df
        Degrees of freedom of the natural spline, 2 or more; its inner knots are at quantiles.
    points
        Where to read the smooth: that many places, even on the scale of ``transform``.
    confidence
        Level of its limits.

    Raises
    ------
    NotEstimable
        Those of :func:`duonen_stats.methods.survival.cox.cox_model`, and ``log_of_zero``.

    References
    ----------
    Grambsch & Therneau (1994) Biometrika 81:515-526; smooth as R ``survival::plot.cox.zph``.

    Examples
    --------
    >>> from duonen_stats.methods import scaled_schoenfeld
    >>> (found,) = scaled_schoenfeld([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0], names=["arm"])
    >>> found.name, found.time.size
    ('arm', 6)
    """
    data = survival_data(time, event, covariates=covariates, strata=strata)
    terms = require_terms(data, names)
    top = fit(data, ties, terms)
    sets = top.at_beta
    order = np.argsort(sets.time, kind="stable")
    moment, m = sets.time[order], sets.time.size
    values = top.beta + m * _residuals(sets)[order] @ top.covariance
    g = transformed_time(data, moment, transform)
    out = []
    for j, name in enumerate(terms):
        smooth, note = None, ""
        try:
            smooth = _smooth(
                moment, g, values[:, j], m * float(top.covariance[j, j]), df, points, confidence, transform
            )
        except NotEstimable as verdict:
            note = verdict.detail
        out.append(
            SchoenfeldResult(
                name=name,
                coefficient=float(top.beta[j]),
                time=moment,
                value=values[:, j],
                smooth=smooth,
                transform=transform,
                note=note,
            )
        )
    return tuple(out)


def _residuals(sets: RiskSets) -> FloatArray:
    """Take from the covariates of each failure the mean of its risk set; tied failures share the mean of theirs."""
    tied = np.unique(np.column_stack((sets.stratum, sets.time)), axis=0, return_inverse=True)[1].reshape(-1)
    sums = np.zeros((tied.max() + 1, sets.mean.shape[1]))
    np.add.at(sums, tied, sets.mean)
    shared = sums / np.bincount(tied)[:, None]
    return np.asarray(sets.residual + sets.mean - shared[tied])


def _smooth(
    time: FloatArray,
    g: FloatArray,
    value: FloatArray,
    variance: float,
    df: int,
    points: int,
    confidence: float,
    transform: Transform,
) -> SchoenfeldSmooth:
    grid = np.linspace(g.min(), g.max(), points)
    both = np.concatenate((grid, g))
    knots = np.quantile(both, np.linspace(0, 1, df))
    if np.unique(g).size <= df or (np.diff(knots) <= 0).any():
        raise NotEstimable(
            "too_few_events", {"events": g.size}, "The failures lie at too few distinct times."
        )
    basis = interpolate.CubicSpline(knots, np.eye(df), bc_type="natural")(both)
    at_grid, at_failures = basis[:points], basis[points:]
    if np.linalg.matrix_rank(at_failures) < df:
        raise NotEstimable(
            "too_few_events", {"events": g.size}, "The failures lie at too few distinct times."
        )
    q, r = np.linalg.qr(at_failures)
    spread = np.linalg.solve(r.T, at_grid.T)
    fitted = at_grid @ np.linalg.solve(r, q.T @ value)
    half = normal_deviate(confidence) * np.sqrt(variance * (spread**2).sum(axis=0))
    distinct, first = np.unique(g, return_index=True)
    # The Kaplan–Meier estimate and the rank say no time between two failures; the logarithm does.
    places = np.exp(grid) if transform == "log" else np.interp(grid, distinct, time[first])
    return SchoenfeldSmooth(time=places, value=fitted, lower=fitted - half, upper=fitted + half)
