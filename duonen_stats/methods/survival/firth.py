"""Cox's model with Firth's penalty: a finite hazard ratio where an arm has no event.

Own: firthmodels 0.8.2 has Breslow's ties only (equal then, see ``penalised_likelihood``); no other library has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.association.penalised_likelihood import PenalisedLikelihood, climb, profile
from duonen_stats.methods.inputs.admit import FloatArray, require_confidence
from duonen_stats.methods.inputs.survival_data import SurvivalData, survival_data
from duonen_stats.methods.survival.cox import require_terms
from duonen_stats.methods.survival.partial_likelihood import ArrangedRecords, Ties, standardise

# Distance of the points from which a slope is taken: with five of them the error is of the order of its
# fourth power, and rounding adds 1e-16 over it.
_NEAR = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class FirthTerm:
    """One covariate: log hazard ratio with its standard error, profile limits and penalised likelihood ratio test.

    A limit that the profile does not reach within any sensible hazard ratio is None.
    """

    name: str
    coefficient: float
    std_err: float
    hazard_ratio: float
    lower: float | None
    upper: float | None
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FirthResult:
    """A Cox model fitted by the penalised partial likelihood."""

    terms: tuple[FirthTerm, ...]
    loglik_null: float
    loglik: float
    n: int
    n_events: int
    n_missing: int
    n_strata: int
    ties: Ties
    confidence: float
    note: str = ""


def firth_model(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
    confidence: float = 0.95,
) -> FirthResult:
    """Fit a proportional hazards model by Firth's penalised partial likelihood.

    Half the log determinant of the information is added to the log likelihood. This takes the first-order bias
    out of the coefficients and keeps them finite where the likelihood itself has no maximum. Tests and limits are
    those of the penalised likelihood ratio, the other coefficients maximised.

    Parameters
    ----------
    time, event, covariates, names, strata, ties, confidence
        As in :func:`duonen_stats.methods.survival.cox.cox_model`.

    Raises
    ------
    NotEstimable
        ``no_events``, ``constant_input``, ``collinear_covariates``, ``zero_variance``, ``not_converged``, and
        those of the door: ``empty_group``, ``non_finite``, ``negative_time``, ``event_code``.

    References
    ----------
    Firth (1993) Biometrika 80:27-38; Heinze & Schemper (2001) Biometrics 57:114-119.

    Examples
    --------
    >>> from duonen_stats.methods import firth_model
    >>> found = firth_model([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0], names=["arm"])
    >>> round(found.terms[0].hazard_ratio, 2)  # every event is in one arm, and yet there is an estimate
    13.0
    """
    data, terms, scaled, spread = _unit_spread(time, event, covariates, names, strata, ties)
    require_confidence(confidence)
    arranged = ArrangedRecords(scaled, ties)
    model = _likelihood(arranged, scaled.time.size)
    beta, top = climb(model, np.zeros(len(terms)), np.ones(len(terms), dtype=np.bool_))
    shift = float(np.log(spread).sum())  # the determinant knows the units of the covariates
    variance = np.diag(np.linalg.inv(arranged.at(beta).information))
    return FirthResult(
        terms=tuple(
            _term(name, j, model, beta, top, float(variance[j]) ** 0.5, float(spread[j]), confidence)
            for j, name in enumerate(terms)
        ),
        loglik_null=penalised(arranged, np.zeros(len(terms))) + shift,
        loglik=top + shift,
        n=data.time.size,
        n_events=int(data.event.sum()),
        n_missing=data.n_missing,
        n_strata=len(data.strata),
        ties=ties,
        confidence=confidence,
        note=data.note,
    )


def firth_coefficients(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
) -> FloatArray:
    """Fit as :func:`firth_model` does, and return the log hazard ratios alone, one per covariate.

    Most of the time of :func:`firth_model` goes into the limits of each coefficient; a model that only predicts needs
    none.

    Raises
    ------
    NotEstimable
        As :func:`firth_model`.
    """
    _, terms, scaled, spread = _unit_spread(time, event, covariates, names, strata, ties)
    model = _likelihood(ArrangedRecords(scaled, ties), scaled.time.size)
    beta, _ = climb(model, np.zeros(len(terms)), np.ones(len(terms), dtype=np.bool_))
    return beta / spread


def _unit_spread(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    names: Sequence[str] | None,
    strata: ArrayLike | None,
    ties: Ties,
) -> tuple[SurvivalData, tuple[str, ...], SurvivalData, FloatArray]:
    """Check the input: the data, the names of the terms, the data at unit spread, and the spreads."""
    if ties not in {"efron", "breslow"}:
        raise DataError(f"{ties!r} is not a way to handle ties; use efron or breslow.")
    data = survival_data(time, event, covariates=covariates, strata=strata)
    terms = require_terms(data, names)
    if not data.event.any():
        raise NotEstimable("no_events", {"all": data.time.size}, "All subjects are censored.")
    return data, terms, *standardise(data, ties, terms)


def penalised(arranged: ArrangedRecords, beta: FloatArray) -> float:
    """Evaluate the log likelihood plus half the log determinant of the information."""
    sets = arranged.at(beta)
    sign, log_det = np.linalg.slogdet(sets.information)
    return float(sets.loglik + log_det / 2) if sign > 0 else -np.inf


def _likelihood(arranged: ArrangedRecords, n: int) -> PenalisedLikelihood:
    def slopes(beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        sets = arranged.at(beta)
        slope, bend = _penalty(arranged, beta)
        return sets.score + slope, _curvature(sets.information, bend)

    return PenalisedLikelihood(value=lambda beta: penalised(arranged, beta), slopes=slopes, n=n)


def _curvature(information: FloatArray, bend: FloatArray) -> FloatArray:
    """Minus the second derivative, as far as it is one that leads uphill: the penalty often doubles it."""
    whole = information - np.diag(bend)
    return whole if np.linalg.eigvalsh(whole)[0] > 0 else information


def _penalty(arranged: ArrangedRecords, beta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the first and second derivatives of half the log determinant, by five-point rules."""

    def half_log_det(at: FloatArray) -> float:
        return float(np.linalg.slogdet(arranged.at(at).information)[1]) / 2

    slope, bend = np.zeros(beta.size), np.zeros(beta.size)
    here = half_log_det(beta)
    for j in range(beta.size):
        unit = np.zeros(beta.size)
        unit[j] = _NEAR
        up, down = half_log_det(beta + unit), half_log_det(beta - unit)
        further_up, further_down = half_log_det(beta + 2 * unit), half_log_det(beta - 2 * unit)
        slope[j] = (8 * (up - down) - (further_up - further_down)) / (12 * _NEAR)
        bend[j] = (16 * (up + down) - (further_up + further_down) - 30 * here) / (12 * _NEAR**2)
    return slope, bend


def _term(
    name: str,
    j: int,
    model: PenalisedLikelihood,
    beta: FloatArray,
    top: float,
    std_err: float,
    spread: float,
    confidence: float,
) -> FirthTerm:
    found = profile(model, j, beta, top, std_err, confidence)
    return FirthTerm(
        name=name,
        coefficient=float(beta[j]) / spread,
        std_err=std_err / spread,
        hazard_ratio=float(np.exp(beta[j] / spread)),
        lower=None if found.lower is None else float(np.exp(found.lower / spread)),
        upper=None if found.upper is None else float(np.exp(found.upper / spread)),
        statistic=found.statistic,
        p_value=found.p_value,
    )
