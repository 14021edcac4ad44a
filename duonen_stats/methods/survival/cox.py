"""Cox's proportional hazards model: hazard ratios with limits, and the tests of the whole model.

Own: scipy 1.17.1 has no Cox model. statsmodels' ``PHReg`` (0.15.0) agrees to 6e-13 and lifelines 0.30.3 to 2e-11 if
asked to iterate on, but both return a number for a likelihood without maximum; they confirm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, as_p, normal_deviate
from duonen_stats.methods.inputs.survival_data import SurvivalData, survival_data
from duonen_stats.methods.survival.partial_likelihood import (
    Maximum,
    Ties,
    inverse,
    maximise,
)

# Largest exponent whose exponential, and its inverse, are ordinary numbers.
_LARGEST_LOG = 700.0
# Records times failures that are held at once.
_CELLS = 1_000_000
# By how much a larger model may fit worse than one nested in it: rounding.
_NOISE = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxTerm:
    """One covariate: log hazard ratio per unit with its standard error, and Wald limits and p."""

    name: str
    coefficient: float
    std_err: float
    hazard_ratio: float
    lower: float
    upper: float
    z: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTest:
    """A chi-squared test that all coefficients are zero."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoxResult:
    """A fitted Cox model.

    ``concordance`` is the fraction of comparable pairs, within strata, in which the higher predicted hazard
    fails first, ties in the prediction counted half; None if no pair is comparable.
    """

    terms: tuple[CoxTerm, ...]
    loglik_null: float
    loglik: float
    likelihood_ratio: ModelTest
    score: ModelTest
    wald: ModelTest
    concordance: float | None
    n: int
    n_events: int
    n_missing: int
    n_strata: int
    ties: Ties
    confidence: float
    covariance: FloatArray
    note: str = ""


def cox_model(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
    confidence: float = 0.95,
    entry: ArrayLike | None = None,
) -> CoxResult:
    """Fit a proportional hazards model.

    Parameters
    ----------
    time, event
        1-D, one entry a subject: time since origin, 1 for an event and 0 for censored.
    covariates
        n values, or an n × p matrix, of numbers; indicators for groups.
    names
        What the p covariates are called, ``x1``, ``x2``, … by default.
    strata
        Labels; each stratum has its own baseline hazard.
    ties
        ``"efron"`` (R's default) or ``"breslow"`` (SPSS's and SAS's default).
    confidence
        Level of the hazard ratios' limits.
    entry
        Time after which each record is at risk: then ``time`` is the end of an interval (start, end], a subject
        may have several, one after the other, and covariates may change between them.

    Raises
    ------
    NotEstimable
        ``monotone_likelihood`` (for example no event in one arm: the hazard ratio would be 0 or infinite),
        ``no_events``, ``constant_input``, ``collinear_covariates``, ``zero_variance``, ``not_converged`` (flat
        around its maximum), ``out_of_range`` (a limit beyond the range of numbers), and those of the door:
        ``empty_group``, ``non_finite``, ``negative_time``, ``event_code``, ``empty_interval``.

    References
    ----------
    Cox (1972) JRSS B 34:187-220; R ``survival::coxph``.

    Examples
    --------
    >>> from duonen_stats.methods import cox_model
    >>> found = cox_model([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0], names=["arm"])
    >>> term = found.terms[0]
    >>> term.name, round(term.hazard_ratio, 3), round(term.p_value, 3)
    ('arm', 1.881, 0.493)
    """
    data = survival_data(time, event, covariates=covariates, strata=strata, entry=entry)
    terms = require_terms(data, names)
    top = fit(data, ties, terms)
    return CoxResult(
        terms=wald_terms(terms, top.beta, np.sqrt(np.diag(top.covariance)), confidence),
        loglik_null=top.at_zero.loglik,
        loglik=top.at_beta.loglik,
        likelihood_ratio=_test(2 * (top.at_beta.loglik - top.at_zero.loglik), len(terms)),
        score=_test(_quadratic(inverse(top.at_zero.information), top.at_zero.score), len(terms)),
        wald=_test(_quadratic(top.at_beta.information, top.beta), len(terms)),
        concordance=_concordance(data, top.beta),
        n=data.time.size,
        n_events=int(data.event.sum()),
        n_missing=data.n_missing,
        n_strata=len(data.strata),
        ties=ties,
        confidence=confidence,
        covariance=top.covariance,
        note=data.note,
    )


def likelihood_ratio(larger: CoxResult, smaller: CoxResult) -> ModelTest:
    """Test a model against one nested in it, fitted to the same records.

    Raises
    ------
    DataError
        The models were fitted to other numbers of records or events, the larger one has no further term, or it
        fits worse, so that the smaller one is not nested in it.

    Examples
    --------
    >>> from duonen_stats.methods import cox_model, likelihood_ratio
    >>> time, event = [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]
    >>> larger = cox_model(time, event, [[1, 0], [0, 0], [1, 1], [0, 1], [1, 0], [0, 1]])
    >>> smaller = cox_model(time, event, [[1], [0], [1], [0], [1], [0]])
    >>> found = likelihood_ratio(larger, smaller)
    >>> found.df, round(found.p_value, 3)
    (1, 0.52)
    """
    df = len(larger.terms) - len(smaller.terms)
    if df < 1 or (larger.n, larger.n_events) != (smaller.n, smaller.n_events):
        raise DataError("Only a model with further terms, fitted to the same records, can be tested.")
    statistic = 2 * (larger.loglik - smaller.loglik)
    if statistic < -_NOISE:
        raise DataError("The smaller model fits better than the larger one, so it is not nested in it.")
    return _test(max(0.0, statistic), df)


def require_terms(data: SurvivalData, names: Sequence[str] | None) -> tuple[str, ...]:
    """Name the covariates; raise ``DataError`` if there is none or the names do not fit."""
    p = data.covariates.shape[1]
    terms = tuple(names) if names is not None else tuple(f"x{i + 1}" for i in range(p))
    if not p or len(terms) != p:
        raise DataError(f"A Cox model needs one name a covariate: {len(terms)} names for {p} covariates.")
    return terms


def fit(data: SurvivalData, ties: Ties, terms: tuple[str, ...]) -> Maximum:
    """Fit a model to checked data; the errors are those of :func:`cox_model`."""
    if ties not in ("efron", "breslow"):
        raise DataError(f"{ties!r} is not a way to handle ties; use efron or breslow.")
    if not data.event.any():
        raise NotEstimable("no_events", {"all": data.time.size}, "All subjects are censored.")
    return maximise(data, ties, terms)


def wald_terms(
    names: tuple[str, ...], beta: FloatArray, std_err: FloatArray, confidence: float
) -> tuple[CoxTerm, ...]:
    """Make the terms of a model from its coefficients and standard errors, with Wald's limits and tests.

    Raises ``NotEstimable`` if a limit of a hazard ratio is beyond the range of numbers.
    """
    half = normal_deviate(confidence) * std_err
    beyond = [name for name, reach in zip(names, np.abs(beta) + half, strict=True) if reach > _LARGEST_LOG]
    if beyond:
        raise NotEstimable(
            "out_of_range",
            None,
            f"The hazard ratio per unit of {beyond[0]} is beyond the range of numbers; state it in a smaller unit.",
        )
    p_values = special.chdtrc(1, (beta / std_err) ** 2)
    return tuple(
        CoxTerm(
            name=name,
            coefficient=float(b),
            std_err=float(se),
            hazard_ratio=float(np.exp(b)),
            lower=float(np.exp(b - h)),
            upper=float(np.exp(b + h)),
            z=float(b / se),
            p_value=as_p(p),
        )
        for name, b, se, h, p in zip(names, beta, std_err, half, p_values, strict=True)
    )


def _quadratic(matrix: FloatArray, vector: FloatArray) -> float:
    return float(vector @ matrix @ vector)


def _test(statistic: float, df: int) -> ModelTest:
    return ModelTest(statistic=float(statistic), df=df, p_value=as_p(special.chdtrc(df, statistic)))


def _concordance(data: SurvivalData, beta: FloatArray) -> float | None:
    """Count, for every failure, who outlived it in its stratum; equal covariates are an exact tie."""
    profiles, index = np.unique(data.covariates, axis=0, return_inverse=True)
    eta = (profiles @ beta)[index]
    failures = np.flatnonzero(data.event == 1)
    agreeing = comparable = 0.0
    for some in np.array_split(failures, 1 + failures.size * eta.size // _CELLS):
        time, own = data.time[some][:, None], eta[some][:, None]
        later = (data.time > time) | ((data.time == time) & (data.event == 0))
        later &= data.stratum == data.stratum[some][:, None]
        if data.entry is not None:
            later &= data.entry < time
        agreeing += np.count_nonzero(later & (eta < own)) + np.count_nonzero(later & (eta == own)) / 2
        comparable += np.count_nonzero(later)
    return float(agreeing / comparable) if comparable else None
