"""Scaled Schoenfeld residuals: how a log hazard ratio moves with time, failure by failure and smoothed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, normal_deviate
from duonen_stats.methods.inputs.survival_data import survival_data
from duonen_stats.methods.survival.cox import fit, require_terms
from duonen_stats.methods.survival.partial_likelihood import RiskSets, Ties
from duonen_stats.methods.survival.proportional_hazards import Transform, transformed_time


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
        Where to read the smooth: so many places, even on the scale of ``transform``.
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
            smooth = _smooth(moment, g, values[:, j], m * float(top.covariance[j, j]), df, points, confidence)
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
) -> SchoenfeldSmooth:
    if np.unique(g).size <= df:
        raise NotEstimable(
            "too_few_events", {"events": g.size}, "The failures lie at too few distinct times."
        )
    grid = np.linspace(g.min(), g.max(), points)
    both = np.concatenate((grid, g))
    knots = np.quantile(both, np.linspace(0, 1, df))
    basis = _natural_spline(both, knots)
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
    return SchoenfeldSmooth(
        time=np.interp(grid, distinct, time[first]), value=fitted, lower=fitted - half, upper=fitted + half
    )


def _natural_spline(x: FloatArray, knots: FloatArray) -> FloatArray:
    """Basis of the natural cubic splines with these knots: linear beyond the first and the last.

    Source: Hastie, Tibshirani & Friedman (2009) Elements of Statistical Learning, equation 5.4.
    """

    def cubes(k: int) -> FloatArray:
        beyond = np.maximum(x - knots[k], 0) ** 3 - np.maximum(x - knots[-1], 0) ** 3
        return np.asarray(beyond / (knots[-1] - knots[k]))

    last = knots.size - 2
    return np.column_stack((np.ones(x.size), x, *(cubes(k) - cubes(last) for k in range(last))))
