"""Logistic regression with Firth's penalty: odds ratios that exist where an outcome is rare or separated.

Own: neither scipy 1.17.1 nor statsmodels 0.15.0 has Firth's penalty, and the maximum likelihood of statsmodels does
not exist where an outcome is separated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.association.penalised_likelihood import PenalisedLikelihood, climb, profile
from duonen_stats.methods.inputs.admit import FloatArray, require_confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticTerm:
    """One covariate: log odds ratio per unit with its standard error, profile limits and penalised likelihood ratio.

    A limit that the profile does not reach within any sensible odds ratio is None.
    """

    name: str
    coefficient: float
    std_err: float
    odds_ratio: float
    lower: float | None
    upper: float | None
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticResult:
    """A logistic model with an intercept, fitted by the penalised likelihood; ``loglik`` includes the penalty."""

    terms: tuple[LogisticTerm, ...]
    loglik: float
    n: int
    n_events: int
    confidence: float


def firth_logistic(
    outcome: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> LogisticResult:
    """Fit a logistic regression by Firth's penalised likelihood.

    Half the log determinant of the information is added to the log likelihood. This takes the first-order bias out of
    the coefficients and keeps them finite where a covariate separates who has the outcome from who has not.

    Parameters
    ----------
    outcome
        0 or 1, shape (n,).
    covariates
        Finite numbers, shape (n,) or (n, k). An intercept is added.
    names
        Names of the covariates, ``x1``, ``x2`` … if omitted.
    confidence
        Level of the profile limits.

    Raises
    ------
    DataError
        Outcomes other than 0 and 1, values that are not finite, or shapes that do not fit.
    NotEstimable
        ``no_events`` (all outcomes are alike), ``constant_input``, ``collinear_covariates``, ``n_too_small``,
        ``not_converged``.

    References
    ----------
    Firth (1993) Biometrika 80:27-38; Heinze & Schemper (2002) Stat Med 21:2409-2419.

    Examples
    --------
    >>> from duonen_stats.methods import firth_logistic
    >>> found = firth_logistic([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], names=["dose"])
    >>> round(found.terms[0].odds_ratio, 2)  # the outcome is separated, and yet there is an estimate
    3.09
    """
    y, x, terms = _admitted(outcome, covariates, names)
    require_confidence(confidence)
    spread = x.std(axis=0)
    design = np.column_stack([np.ones(y.size), (x - x.mean(axis=0)) / spread])
    model = _likelihood(y, design)
    beta, top = climb(model, np.zeros(design.shape[1]), np.ones(design.shape[1], dtype=np.bool_))
    variance = np.diag(np.linalg.inv(_information(design, beta)))
    shift = float(np.log(spread).sum())  # the determinant knows the units of the covariates
    return LogisticResult(
        terms=tuple(
            _term(name, j, model, beta, top, float(variance[j]) ** 0.5, float(spread[j - 1]), confidence)
            for j, name in enumerate(terms, 1)
        ),
        loglik=top + shift,
        n=y.size,
        n_events=int(y.sum()),
        confidence=confidence,
    )


def _admitted(
    outcome: ArrayLike, covariates: ArrayLike, names: Sequence[str] | None
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    y = np.asarray(outcome, dtype=np.float64)
    x = np.asarray(covariates, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    terms = tuple(names) if names is not None else tuple(f"x{place}" for place in range(1, x.shape[-1] + 1))
    if y.ndim != 1 or x.ndim != 2 or x.shape[0] != y.size or len(terms) != x.shape[1]:  # noqa: PLR2004 - a matrix
        raise DataError(
            "A logistic model needs one outcome and one row of covariates per record, each named."
        )
    if not (np.isin(y, (0.0, 1.0)).all() and np.isfinite(x).all()):
        raise DataError("Outcomes of a logistic model are 0 or 1, and its covariates are finite.")
    events = int(y.sum())
    n = {"events": events, "others": y.size - events}
    if not 0 < events < y.size:
        raise NotEstimable("no_events", n, "all outcomes are alike")
    constant = [name for name, column in zip(terms, x.T, strict=True) if np.ptp(column) == 0]
    if constant:
        raise NotEstimable("constant_input", n, f"{', '.join(constant)}: one value in all records")
    if y.size <= x.shape[1] + 1:
        raise NotEstimable("n_too_small", n, "no more records than coefficients")
    centred = (x - x.mean(axis=0)) / x.std(axis=0)
    if np.linalg.matrix_rank(centred, tol=1e-9 * y.size) < x.shape[1]:
        raise NotEstimable("collinear_covariates", n, "a covariate is a combination of the others")
    return y, x, terms


def _information(design: FloatArray, beta: FloatArray) -> FloatArray:
    chance = special.expit(design @ beta)
    return np.asarray((design * (chance * (1 - chance))[:, None]).T @ design, dtype=np.float64)


def _likelihood(y: FloatArray, design: FloatArray) -> PenalisedLikelihood:
    """Make the likelihood of a design, with the modified score of Heinze and Schemper."""

    def value(beta: FloatArray) -> float:
        eta = design @ beta
        sign, log_det = np.linalg.slogdet(_information(design, beta))
        return float(y @ eta - np.logaddexp(0.0, eta).sum() + log_det / 2) if sign > 0 else -np.inf

    def slopes(beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        chance = special.expit(design @ beta)
        weight = chance * (1 - chance)
        information = _information(design, beta)
        leverage = weight * np.einsum("ij,ij->i", design, np.linalg.solve(information, design.T).T)
        return design.T @ (y - chance + leverage * (0.5 - chance)), information

    return PenalisedLikelihood(value=value, slopes=slopes, n=y.size)


def _term(
    name: str,
    j: int,
    model: PenalisedLikelihood,
    beta: FloatArray,
    top: float,
    std_err: float,
    spread: float,
    confidence: float,
) -> LogisticTerm:
    found = profile(model, j, beta, top, std_err, confidence)
    return LogisticTerm(
        name=name,
        coefficient=float(beta[j]) / spread,
        std_err=std_err / spread,
        odds_ratio=float(np.exp(beta[j] / spread)),
        lower=None if found.lower is None else float(np.exp(found.lower / spread)),
        upper=None if found.upper is None else float(np.exp(found.upper / spread)),
        statistic=found.statistic,
        p_value=found.p_value,
    )
