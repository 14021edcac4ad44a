"""Cox's partial likelihood: its value, score and information, with a row per failure.

One pass serves the fit, the score test and the test of proportional hazards, and shows where a likelihood has
no maximum; the library fit agrees with it and is its second programming in the tests.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.door import FloatArray, IntArray
from duonen_stats.methods.survival_data import SurvivalData

Ties = Literal["efron", "breslow"]

_MAX_STEPS = 40
_LOGLIK_SETTLED = 1e-11
_STEP_SETTLED = 1e-9
_STEP_STILL_LARGE = 1e-3
# Log hazards further apart than the second underflow in a risk set. A step from the origin may overshoot so
# far; one from beyond the first is on its way to infinity.
_WIDE, _WIDEST = 50.0, 500.0
_COLLINEAR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSets:
    """The likelihood at one coefficient vector.

    ``time``, ``residual`` (m × p), ``covariance`` (m × p × p), ``mean`` (m × p) and ``stratum`` have a row per
    failure: its time, its covariates minus their mean in the risk set, their covariance in it, that mean, and the
    index of its stratum.
    """

    loglik: float
    time: FloatArray
    residual: FloatArray
    covariance: FloatArray
    mean: FloatArray
    stratum: IntArray

    @property
    def score(self) -> FloatArray:
        """First derivative of the log likelihood."""
        return np.asarray(self.residual.sum(axis=0))

    @property
    def information(self) -> FloatArray:
        """Minus its second derivative."""
        return np.asarray(self.covariance.sum(axis=0))


def risk_sets(data: SurvivalData, beta: FloatArray, ties: Ties) -> RiskSets:
    """Evaluate the partial likelihood, strata added up.

    Efron's likelihood takes each of d tied failures out of the risk set by 1/d, one after another; Breslow's
    leaves all of them in.

    Source: Therneau & Grambsch (2000) §3.3; Efron (1977) JASA 72:557-565.
    """
    parts = [_within(data, np.flatnonzero(data.stratum == s), beta, ties) for s in range(len(data.strata))]
    return RiskSets(
        loglik=sum(part.loglik for part in parts),
        time=np.concatenate([part.time for part in parts]),
        residual=np.concatenate([part.residual for part in parts]),
        covariance=np.concatenate([part.covariance for part in parts]),
        mean=np.concatenate([part.mean for part in parts]),
        stratum=np.concatenate([part.stratum for part in parts]),
    )


def _within(data: SurvivalData, members: IntArray, beta: FloatArray, ties: Ties) -> RiskSets:
    order = members[np.argsort(-data.time[members], kind="stable")]
    time, x = data.time[order], data.covariates[order]
    failed = data.event[order] == 1
    eta = x @ beta
    shift = float(eta.max()) if eta.size else 0.0
    risk = np.exp(eta - shift)
    moments = risk[:, None] * _moments(x)
    failure_time = time[failed]
    at_risk = np.cumsum(moments, axis=0)[np.searchsorted(-time, -failure_time, side="right") - 1]
    if data.entry is not None:
        at_risk = at_risk - _not_yet_in(data.entry[order], failure_time, moments)
    if ties == "efron" and failure_time.size:
        at_risk = at_risk - _already_out(failure_time, moments[failed])
    p = x.shape[1]
    whole, mean = at_risk[:, :1], at_risk[:, 1 : p + 1] / at_risk[:, :1]
    second = (at_risk[:, p + 1 :] / whole).reshape(-1, p, p)
    return RiskSets(
        loglik=float(np.sum(eta[failed] - shift) - np.sum(np.log(whole))),
        time=failure_time,
        residual=x[failed] - mean,
        covariance=second - mean[:, :, None] * mean[:, None, :],
        mean=mean,
        stratum=data.stratum[order][failed],
    )


def _not_yet_in(entry: FloatArray, failure_time: FloatArray, moments: FloatArray) -> FloatArray:
    """Sum the records that enter at or after each failure: an interval is open at its start."""
    by_entry = np.argsort(-entry, kind="stable")
    running = np.vstack((np.zeros(moments.shape[1]), np.cumsum(moments[by_entry], axis=0)))
    return np.asarray(running[np.searchsorted(-entry[by_entry], -failure_time, side="right")])


def _moments(x: FloatArray) -> FloatArray:
    """One, the covariates and their products, a row a subject."""
    products = (x[:, :, None] * x[:, None, :]).reshape(x.shape[0], -1)
    return np.column_stack((np.ones(x.shape[0]), x, products))


def _already_out(failure_time: FloatArray, moments: FloatArray) -> FloatArray:
    """Take l/d of the sum of d tied failures for the l-th of them (from 0)."""
    _, first, index, d = np.unique(failure_time, return_index=True, return_inverse=True, return_counts=True)
    tied = np.zeros((d.size, moments.shape[1]))
    np.add.at(tied, index, moments)
    place = np.arange(failure_time.size) - first[index]
    return np.asarray((place / d[index])[:, None] * tied[index])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maximum:
    """Where the likelihood is largest, and the likelihood there and at zero, covariates centred."""

    beta: FloatArray
    at_zero: RiskSets
    at_beta: RiskSets


def maximise(data: SurvivalData, ties: Ties, terms: tuple[str, ...]) -> Maximum:
    """Find the maximum of the likelihood by Newton's method with step halving.

    Raises
    ------
    NotEstimable
        ``constant_input`` (a covariate has one value), ``collinear_covariates``, ``zero_variance`` (no
        failure happens while different values are at risk), ``monotone_likelihood`` (it rises towards an
        infinite coefficient).
    """
    scaled, spread = standardise(data, ties, terms)
    centred = replace(data, covariates=data.covariates - data.covariates.mean(axis=0))
    beta = _climb(scaled, ties, terms) / spread
    return Maximum(
        beta=beta,
        at_zero=risk_sets(centred, np.zeros(spread.size), ties),
        at_beta=risk_sets(centred, beta, ties),
    )


def standardise(data: SurvivalData, ties: Ties, terms: tuple[str, ...]) -> tuple[SurvivalData, FloatArray]:
    """Give the covariates mean 0 and standard deviation 1; return the data and the old deviations.

    Raises
    ------
    NotEstimable
        ``constant_input``, ``collinear_covariates``, ``zero_variance``: there is nothing to estimate.
    """
    spread = _spread(data, terms)
    scaled = replace(data, covariates=(data.covariates - data.covariates.mean(axis=0)) / spread)
    _refuse_flat(scaled, risk_sets(scaled, np.zeros(spread.size), ties))
    return scaled, spread


def _climb(scaled: SurvivalData, ties: Ties, terms: tuple[str, ...]) -> FloatArray:
    """Newton's method on covariates of standard deviation 1.

    Where the maximum lies at infinity the likelihood settles while the steps stay large, or the predicted
    hazards drift out of all bounds; elsewhere the steps shrink quadratically.
    """
    beta = np.zeros(scaled.covariates.shape[1])
    now = risk_sets(scaled, beta, ties)
    for _ in range(_MAX_STEPS):
        settled = _LOGLIK_SETTLED * max(1.0, abs(now.loglik))
        step = np.linalg.solve(now.information, now.score)
        if _width(scaled, beta) > _WIDE and _width(scaled, beta + step) > _WIDEST:
            break
        while _width(scaled, beta + step) > _WIDEST:
            step = step / 2
        following = risk_sets(scaled, beta + step, ties)
        while following.loglik < now.loglik - settled:
            step = step / 2
            following = risk_sets(scaled, beta + step, ties)
        gain = following.loglik - now.loglik
        beta, now = beta + step, following
        if np.abs(step).max() < _STEP_SETTLED:
            return beta
        if gain < settled and np.abs(step).max() > _STEP_STILL_LARGE:
            break
    worst = terms[int(np.argmax(np.abs(beta)))]
    raise NotEstimable(
        "monotone_likelihood",
        {"all": scaled.time.size, "events": int(scaled.event.sum())},
        f"The likelihood keeps rising as the coefficient of {worst} grows: there is no finite hazard ratio.",
    )


def _width(scaled: SurvivalData, beta: FloatArray) -> float:
    """Range of the log hazards that these coefficients predict."""
    return float(np.ptp(scaled.covariates @ beta))


def _spread(data: SurvivalData, terms: tuple[str, ...]) -> FloatArray:
    spread = np.asarray(data.covariates.std(axis=0))
    width = np.ptp(data.covariates, axis=0)
    constant = [term for term, w in zip(terms, width, strict=True) if w == 0]
    if constant:
        raise NotEstimable("constant_input", {"all": data.time.size}, f"{constant[0]} has one value only.")
    return spread


def _refuse_flat(scaled: SurvivalData, start: RiskSets) -> None:
    n = {"all": scaled.time.size}
    p = scaled.covariates.shape[1]
    if np.linalg.matrix_rank(scaled.covariates, tol=_COLLINEAR * scaled.time.size) < p:
        raise NotEstimable("collinear_covariates", n, "A covariate is a sum of the others.")
    if np.linalg.matrix_rank(start.information, tol=_COLLINEAR, hermitian=True) < p:
        raise NotEstimable("zero_variance", n, "No failure happens while different covariates are at risk.")
