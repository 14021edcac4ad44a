"""Hazard ratios where each event is known to lie between two times only: Weibull and piecewise exponential models.

Own: scipy 1.17.1 and statsmodels 0.15.0 have no such model. lifelines 0.30.3 finds the same maxima to 1e-6, but stops
where its optimiser does, pairs standard errors with parameters by the alphabetical order of their names, and takes
longer to load than the report's analyses of times take: it confirms.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.association.penalised_likelihood import PenalisedLikelihood, climb
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, as_p, normal_deviate

_LARGEST = 15.0
_LARGEST_ERROR = 50.0
# A curvature less than this share of the largest is none: there the climb goes by what is left.
_FLAT = 1e-10
_SETTLED = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFit:
    """Log hazard ratio of the experimental group with its standard error, Wald limits and p; the log likelihood."""

    coefficient: float
    std_err: float
    lower: float
    upper: float
    p_value: float
    loglik: float


@dataclass(frozen=True, slots=True)
class _Hazard:
    """A cumulative hazard at one time a patient: the sum over k of ``width[i, k] * exp(design[i, k] @ theta)``."""

    width: FloatArray
    design: FloatArray

    def at(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give the value of each patient, its slopes and its curvature by ``theta``."""
        parts = self.width * np.exp(self.design @ theta)
        slopes = np.einsum("ik,ikp->ip", parts, self.design)
        return parts.sum(axis=1), slopes, np.einsum("ik,ikp,ikq->ipq", parts, self.design, self.design)


_HazardOf = Callable[[FloatArray, BoolArray], _Hazard]


@dataclass(frozen=True, slots=True)
class _Model:
    """Cumulative hazards, of all at the lower bound and of those with an event between at both bounds.

    ``event @ theta`` is the log hazard of those with an exact time;
    ``shape`` is the place of a parameter above 0 whose logarithm is part of that log hazard, ``constant`` what no
    parameter changes.
    """

    until: _Hazard
    begin: _Hazard
    end: _Hazard
    event: FloatArray
    shape: int | None = None
    constant: float = 0.0

    def value(self, theta: FloatArray) -> float:
        """Give the log likelihood; minus infinity where it has none."""
        with np.errstate(over="ignore", invalid="ignore"):
            within = self.end.at(theta)[0] - self.begin.at(theta)[0]
            total = -self.until.at(theta)[0].sum() + (self.event @ theta).sum()
        power = 1.0 if self.shape is None else float(theta[self.shape])
        if not (within > 0).all() or not np.isfinite(total) or power <= 0:
            return -math.inf
        return float(
            self.constant + total + np.log(-np.expm1(-within)).sum() + len(self.event) * math.log(power)
        )

    def slopes(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the score and the information."""
        _, score, curvature = self.until.at(theta)
        up, down = self.end.at(theta), self.begin.at(theta)
        within, slope, bend = (above - below for above, below in zip(up, down, strict=True))
        odds = np.exp(-within) / -np.expm1(-within)  # of a hazard too large for its own exponential too
        steep = np.einsum("ip,iq->ipq", slope, slope)
        gradient = self.event.sum(axis=0) - score.sum(axis=0) + odds @ slope
        information = curvature.sum(axis=0) + np.einsum("i,ipq->pq", odds * (1 + odds), steep)
        information -= np.einsum("i,ipq->pq", odds, bend)
        if self.shape is not None:
            gradient[self.shape] += len(self.event) / theta[self.shape]
            information[self.shape, self.shape] += len(self.event) / theta[self.shape] ** 2
        return gradient, information


def weibull_hazard_ratio(
    lower: FloatArray, upper: FloatArray, experimental: BoolArray, *, confidence: float
) -> IntervalFit:
    """Compare two groups by a Weibull model with proportional hazards.

    Parameters
    ----------
    lower, upper
        Bounds of each time, above 0 if they are equal (an exact time); an infinite upper bound is a censored time.
    experimental
        Whether each patient is of the group whose hazard is divided by that of the others.
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``not_converged``: no maximum was found, or not at a finite hazard ratio.

    References
    ----------
    Lindsey & Ryan (1998) Stat Med 17:219-238. R: ``survreg(Surv(lower, upper, type = "interval2") ~ x)``, whose
    coefficient is of accelerated time: its negative divided by the scale is the log hazard ratio.

    Examples
    --------
    >>> import numpy as np
    >>> from duonen_stats.methods import weibull_hazard_ratio
    >>> low = np.array([0.0, 3.0, 3.0, 6.0, 9.0, 9.0, 12.0, 3.0, 9.0, 15.0])
    >>> high = np.array([3.0, 6.0, 6.0, 9.0, 12.0, 12.0, 15.0, np.inf, np.inf, np.inf])
    >>> found = weibull_hazard_ratio(low, high, np.array([0, 1] * 5, dtype=bool), confidence=0.95)
    >>> round(found.coefficient, 4)
    -0.3456
    """

    def hazard(time: FloatArray, member: BoolArray) -> _Hazard:
        begun = time > 0
        log_time = np.log(np.where(begun, time, 1.0))
        design = np.column_stack((np.ones(time.size), log_time, member.astype(np.float64)))
        return _Hazard(begun.astype(np.float64)[:, None], design[:, None, :])

    exact = lower == upper
    at_event = hazard(lower[exact], experimental[exact]).design[:, 0]
    model = _model(hazard, lower, upper, experimental, at_event)
    model = replace(model, shape=1, constant=-float(np.log(lower[exact]).sum()))
    return _fit(model, np.array([_log_rate(lower, upper), 1.0, 0.0]), lower.size, confidence)


def piecewise_hazard_ratio(
    lower: FloatArray,
    upper: FloatArray,
    experimental: BoolArray,
    *,
    cutpoints: Sequence[float],
    confidence: float,
) -> IntervalFit:
    """Compare two groups by an exponential model whose baseline hazard changes at given times.

    Parameters
    ----------
    lower, upper, experimental, confidence
        As in :func:`weibull_hazard_ratio`.
    cutpoints
        Times at which the hazard may change, rising and above 0. The hazard ratio is one for all pieces.

    Raises
    ------
    NotEstimable
        ``no_events`` (a piece in which no event may lie) or ``not_converged``.

    References
    ----------
    Friedman (1982) Ann Stat 10:101-113.

    Examples
    --------
    >>> import numpy as np
    >>> from duonen_stats.methods import piecewise_hazard_ratio
    >>> low = np.array([0.0, 3.0, 3.0, 6.0, 9.0, 9.0, 12.0, 3.0, 9.0, 15.0])
    >>> high = np.array([3.0, 6.0, 6.0, 9.0, 12.0, 12.0, 15.0, np.inf, np.inf, np.inf])
    >>> groups = np.array([0, 1] * 5, dtype=bool)
    >>> found = piecewise_hazard_ratio(low, high, groups, cutpoints=(6.0,), confidence=0.95)
    >>> round(found.coefficient, 3)
    -0.317
    """
    edges = np.array([0.0, *cutpoints])
    events, exact = np.isfinite(upper), lower == upper
    for begin, end in itertools.pairwise([*edges, math.inf]):
        after = (upper > begin) | (exact & (lower == begin))  # the hazard at a cutpoint is the one after it
        if not np.any(events & after & (lower < end)):
            words = f"after {begin:g} months" if math.isinf(end) else f"from month {begin:g} to {end:g}"
            raise NotEstimable("no_events", {"all": lower.size}, f"no event may lie in the piece {words}")

    def design(pieces: FloatArray, member: BoolArray) -> FloatArray:
        shared = np.broadcast_to(member.astype(np.float64)[:, None, None], (*pieces.shape[:2], 1))
        return np.concatenate((pieces, shared), axis=2)

    def hazard(time: FloatArray, member: BoolArray) -> _Hazard:
        spent = np.clip(time[:, None] - edges, 0.0, np.diff([*edges, math.inf]))
        each = np.broadcast_to(np.eye(edges.size), (time.size, edges.size, edges.size))
        return _Hazard(spent, design(each, member))

    piece = np.searchsorted(edges, lower[exact], side="right") - 1
    at_event = design(np.eye(edges.size)[piece][:, None, :], experimental[exact])[:, 0]
    model = _model(hazard, lower, upper, experimental, at_event)
    start = np.append(np.full(edges.size, _log_rate(lower, upper)), 0.0)
    return _fit(model, start, lower.size, confidence)


def _model(
    hazard: _HazardOf, lower: FloatArray, upper: FloatArray, experimental: BoolArray, event: FloatArray
) -> _Model:
    between = (lower < upper) & np.isfinite(upper)
    begin, end = (hazard(time[between], experimental[between]) for time in (lower, upper))
    return _Model(until=hazard(lower, experimental), begin=begin, end=end, event=event)


def _log_rate(lower: FloatArray, upper: FloatArray) -> float:
    """Start from one hazard for all, each time in the middle of its interval."""
    ended = np.isfinite(upper)
    months = float(np.where(ended, (lower + np.where(ended, upper, 0.0)) / 2, lower).sum())
    return math.log(ended.sum() / months) if ended.any() and months > 0 else 0.0


def _fit(model: _Model, start: FloatArray, n: int, confidence: float) -> IntervalFit:
    """Maximise by Newton's method; the hazard ratio is the last parameter."""

    def ascent(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        gradient, information = model.slopes(theta)
        sizes, axes = np.linalg.eigh(information)
        sizes = np.maximum(
            np.abs(sizes), _FLAT * np.abs(sizes).max()
        )  # uphill where the likelihood bends up too
        return gradient, (axes * sizes) @ axes.T

    likelihood = PenalisedLikelihood(value=model.value, slopes=ascent, n=n)  # without a penalty
    try:
        theta, loglik = climb(likelihood, start, np.ones(start.size, dtype=bool))
        gradient, information = model.slopes(theta)
        np.linalg.cholesky(information)
        covariance = np.linalg.inv(information)
    except (NotEstimable, np.linalg.LinAlgError) as fault:
        raise NotEstimable(
            "not_converged", {"all": n}, "the likelihood has no maximum that was found"
        ) from fault
    coefficient, error = float(theta[-1]), math.sqrt(covariance[-1, -1])
    settled = float(gradient @ covariance @ gradient) < _SETTLED
    if not settled or error >= _LARGEST_ERROR or abs(coefficient) >= _LARGEST:
        raise NotEstimable(
            "not_converged", {"all": n}, "the likelihood has no maximum at a finite hazard ratio"
        )
    half = normal_deviate(confidence) * error
    return IntervalFit(
        coefficient=coefficient,
        std_err=error,
        lower=coefficient - half,
        upper=coefficient + half,
        p_value=as_p(2 * special.ndtr(-abs(coefficient) / error)),
        loglik=loglik,
    )
