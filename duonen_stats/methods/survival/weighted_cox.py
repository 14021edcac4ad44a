"""Cox's model with weighted records and a sandwich variance, and weights for those who may leave unlike the rest.

Own: statsmodels' ``PHReg`` (0.15.0) takes no weights; lifelines' ``CoxTimeVaryingFitter`` (0.30.3) takes them, but has
no sandwich variance ("Not available yet").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import (
    BoolArray,
    FloatArray,
    IntArray,
    as_vector,
)
from duonen_stats.methods.inputs.survival_data import survival_data
from duonen_stats.methods.survival.cox import CoxTerm, cox_model, wald_terms
from duonen_stats.methods.survival.firth import firth_coefficients

_MAX_STEPS = 50
_SETTLED = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedCoxResult:
    """A weighted Cox model.

    ``terms`` have the robust standard errors and what follows from them; ``naive_std_err`` those of the information,
    as if the weights were known numbers of patients.
    """

    terms: tuple[CoxTerm, ...]
    naive_std_err: FloatArray
    covariance: FloatArray
    n_records: int
    n_clusters: int
    n_events: int
    confidence: float


def weighted_cox_model(
    entry: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    weights: ArrayLike,
    cluster: ArrayLike,
    names: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> WeightedCoxResult:
    """Fit a proportional hazards model to weighted records, ties by Efron, with a robust variance.

    Parameters
    ----------
    entry, time, event
        1-D, one entry per record (an interval (start, end] of a subject): its start, its end, and 1 if it ends in the
        event.
    covariates
        One value per record, or an n × p matrix.
    weights
        Above 0, one per record.
    cluster
        The subject of each record; records of one subject are not independent.
    names
        What the covariates are called.
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        What :func:`cox_model` raises without weights (a likelihood without maximum stays one whatever the weights),
        and ``weight_not_positive``.
    DataError
        The arrays differ in length.

    References
    ----------
    Binder (1992) Biometrika 79:139-147; Lin & Wei (1989) JASA 84:1074-1078; R
    ``survival::coxph(Surv(start, stop, event) ~ x, weights, cluster)``.

    Examples
    --------
    >>> from duonen_stats.methods import weighted_cox_model
    >>> found = weighted_cox_model(
    ...     [0, 0, 0, 0], [4, 3, 2, 1], [1, 1, 0, 1], [1, 0, 0, 1], weights=[1, 2, 1, 1], cluster=[1, 2, 3, 4]
    ... )
    >>> found.n_clusters, found.n_events
    (4, 3)
    """
    weight = as_vector(weights, "weights")
    data = survival_data(time, event, covariates=covariates, entry=entry)
    _, subject = np.unique(np.asarray(cluster).astype(str), return_inverse=True)
    if data.n_missing or not data.time.size == weight.size == subject.size:
        raise DataError("Every record needs a start, an end, an event, covariates, a weight and a cluster.")
    if not (weight > 0).all():
        raise NotEstimable("weight_not_positive", {"all": weight.size}, "A weight is not above 0.")
    # The fit without weights refuses what has no maximum, and is a good start.
    first = cox_model(time, event, covariates, names=names, entry=entry)
    end, failed, x = data.time, data.event == 1, data.covariates
    sets = _risk_sets(data.entry if data.entry is not None else np.zeros_like(end), end, failed)
    centred = x - np.average(x, axis=0, weights=weight)
    beta = _maximum(centred, weight, sets, np.array([term.coefficient for term in first.terms]))
    inverse = np.linalg.inv(_score(centred, weight, sets, beta)[2])
    residual = weight[:, None] * _score_residuals(centred, weight, sets, beta)
    change = np.zeros((int(subject.max()) + 1, x.shape[1]))
    np.add.at(change, subject, residual @ inverse)
    covariance = change.T @ change
    return WeightedCoxResult(
        terms=wald_terms(
            tuple(term.name for term in first.terms), beta, np.sqrt(np.diag(covariance)), confidence
        ),
        naive_std_err=np.sqrt(np.diag(inverse)),
        covariance=covariance,
        n_records=end.size,
        n_clusters=len(change),
        n_events=int(failed.sum()),
        confidence=confidence,
    )


_RiskSet = tuple[IntArray, IntArray]
"""Records at risk at a time of failure, and those that fail then."""


def _risk_sets(start: FloatArray, end: FloatArray, failed: BoolArray) -> tuple[_RiskSet, ...]:
    return tuple(
        (np.flatnonzero((start < t) & (end >= t)), np.flatnonzero(failed & (end == t)))
        for t in np.unique(end[failed])
    )


def _stages(
    x: FloatArray, weight: FloatArray, one: _RiskSet, beta: FloatArray
) -> Iterator[tuple[float, float, FloatArray, FloatArray]]:
    """Take d tied failures out of the risk set by 1/d, one after another (Efron).

    Yields for each the fraction taken out, the weighted risk left, and mean and covariance of the covariates in it.
    """
    at_risk, failing = one
    risk = weight[at_risk] * np.exp(x[at_risk] @ beta)
    tied = weight[failing] * np.exp(x[failing] @ beta)
    first, first_tied = risk @ x[at_risk], tied @ x[failing]
    second = (risk[:, None] * x[at_risk]).T @ x[at_risk]
    second_tied = (tied[:, None] * x[failing]).T @ x[failing]
    for place in range(failing.size):
        out = place / failing.size
        whole = float(risk.sum() - out * tied.sum())
        mean = (first - out * first_tied) / whole
        yield out, whole, mean, (second - out * second_tied) / whole - np.outer(mean, mean)


def _score(
    x: FloatArray, weight: FloatArray, sets: tuple[_RiskSet, ...], beta: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Return log likelihood, score and information. Tied failures share their mean weight, as in R."""
    loglik, score = 0.0, np.zeros(beta.size)
    information = np.zeros((beta.size, beta.size))
    for one in sets:
        failing = one[1]
        loglik += float(weight[failing] @ (x[failing] @ beta))
        score += weight[failing] @ x[failing]
        share = float(weight[failing].mean())
        for _, whole, mean, covariance in _stages(x, weight, one, beta):
            loglik -= share * float(np.log(whole))
            score -= share * mean
            information += share * covariance
    return loglik, score, information


def _maximum(x: FloatArray, weight: FloatArray, sets: tuple[_RiskSet, ...], beta: FloatArray) -> FloatArray:
    """Newton's method with step halving, from the maximum without weights."""
    loglik, score, information = _score(x, weight, sets, beta)
    for _ in range(_MAX_STEPS):
        step = np.linalg.solve(information, score)
        following = _score(x, weight, sets, beta + step)
        while following[0] < loglik - _SETTLED * max(1.0, abs(loglik)):
            step = step / 2
            following = _score(x, weight, sets, beta + step)
        beta = beta + step
        loglik, score, information = following
        if np.abs(step).max() < _SETTLED:
            return beta
    raise NotEstimable(
        "no_convergence", {"all": weight.size}, "The weighted likelihood has no maximum that can be found."
    )


def _score_residuals(
    x: FloatArray, weight: FloatArray, sets: tuple[_RiskSet, ...], beta: FloatArray
) -> FloatArray:
    """Share of each record in the score, before its own weight: what it adds by failing less what it risked."""
    residual = np.zeros_like(x)
    relative = np.exp(x @ beta)
    for one in sets:
        at_risk, failing = one
        share = float(weight[failing].mean())
        fails = np.isin(at_risk, failing)
        for out, whole, mean, _ in _stages(x, weight, one, beta):
            hazard = share / whole * np.where(fails, 1 - out, 1.0)
            residual[at_risk] -= (x[at_risk] - mean) * (relative[at_risk] * hazard)[:, None]
            residual[failing] += (x[failing] - mean) / failing.size
    return residual


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CensoringWeights:
    """Records of subjects at risk, cut at every time of an event, each with its weight.

    ``subject`` is the place of the subject in what was given; ``n_left`` is how many left, ``penalised`` whether the
    model of leaving is Firth's. ``smallest``, ``mean`` and ``largest`` describe the weights.
    """

    subject: IntArray
    entry: FloatArray
    time: FloatArray
    event: IntArray
    weight: FloatArray
    n_left: int
    penalised: bool = False

    @property
    def largest(self) -> float:
        """Largest weight."""
        return float(self.weight.max())

    @property
    def smallest(self) -> float:
        """Smallest weight."""
        return float(self.weight.min())

    @property
    def mean(self) -> float:
        """Mean weight of all records: near 1 if the model of leaving fits."""
        return float(self.weight.mean())


def censoring_weights(
    time: ArrayLike,
    event: ArrayLike,
    left: ArrayLike,
    covariates: ArrayLike,
    *,
    strata: ArrayLike,
    firth: Literal["fallback", "always"] = "fallback",
    names: Sequence[str] | None = None,
) -> CensoringWeights:
    """Weight those still observed for those like them who left: stabilised inverse probability of censoring.

    The hazard of leaving is modelled by Cox's model with the covariates, a baseline hazard for each stratum (Breslow).
    The weight of a subject at t is the chance of its stratum to be still observed just before t, by the hazard of
    leaving without covariates (Nelson–Aalen), over its own chance by the model.

    Parameters
    ----------
    time, event
        1-D, one entry per subject: time to the event or the end of observation, and 1 for the event.
    left
        1 if observation ended because of something that may be related to the outcome, 0 for the event and for other
        ends, which count as independent.
    covariates
        n × p matrix of baseline values.
    strata
        Label of each subject, such as its arm.
    firth
        Whether Firth's penalty serves always, or where the likelihood of the model of leaving has no maximum.
    names
        Names of the covariates, for the reason where the model of leaving has no estimate.

    Returns
    -------
    CensoringWeights
        Of a subject at risk for some time; one who was observed for no time adds nothing.

    Raises
    ------
    NotEstimable
        ``no_events`` (nobody left: nothing to weight; or nobody had the event), and those of :func:`cox_model` for the
        model of leaving.

    References
    ----------
    Robins & Finkelstein (2000) Biometrics 56:779-788.

    Examples
    --------
    >>> from duonen_stats.methods import censoring_weights
    >>> weights = censoring_weights(
    ...     [2, 4, 6, 8], [1, 0, 1, 0], [0, 1, 0, 1], [[0], [1], [1], [0]], strata=[0, 0, 0, 0]
    ... )
    >>> weights.n_left, weights.subject.tolist()
    (2, [0, 1, 2, 2, 3, 3])
    """
    gone = as_vector(left, "left") == 1
    data = survival_data(time, event, covariates=covariates, strata=strata)
    if data.n_missing or gone.size != data.time.size:
        raise DataError("Every subject needs a time, an event, covariates, a stratum, and whether it left.")
    times, failed, x, labels = data.time, data.event == 1, data.covariates, data.stratum
    if (failed & gone).any():
        raise DataError("A subject with the event has not left.")
    if not gone.any():
        raise NotEstimable(
            "no_events", {"all": times.size}, "nobody left early, so there is nothing to weight"
        )
    if not failed.any():
        raise NotEstimable("no_events", {"all": times.size}, "All subjects are censored.")
    coefficients, penalised = _leaving(times, gone, x, labels, firth, names)
    linear = x @ coefficients
    cuts = np.unique(times[failed])
    own, plain = np.zeros((2, times.size, cuts.size))
    for label in np.unique(labels):
        members = labels == label
        own[members] = _left_hazard(times[members], gone[members], linear[members], cuts)
        plain[members] = _left_hazard(times[members], gone[members], np.zeros(members.sum()), cuts)
    weight = np.exp(own * np.exp(linear)[:, None] - plain)
    return replace(_records(times, failed, weight, cuts, int(gone.sum())), penalised=penalised)


def _leaving(
    time: FloatArray,
    gone: BoolArray,
    x: FloatArray,
    stratum: IntArray,
    firth: str,
    names: Sequence[str] | None,
) -> tuple[FloatArray, bool]:
    """Coefficients of the model of leaving, and whether they are penalised."""
    left = gone.astype(int)
    if firth == "fallback":
        try:
            found = cox_model(time, left, x, names=names, strata=stratum, ties="breslow")
            return np.array([term.coefficient for term in found.terms]), False
        except NotEstimable as verdict:
            if verdict.reason != "monotone_likelihood":
                raise
    return firth_coefficients(time, left, x, names=names, strata=stratum, ties="breslow"), True


def _left_hazard(time: FloatArray, gone: BoolArray, linear: FloatArray, cuts: FloatArray) -> FloatArray:
    """Cumulative baseline hazard of leaving just before each cut (Breslow): an event on the day comes first."""
    when = np.unique(time[gone])
    relative = np.exp(linear)
    steps = np.array([(gone & (time == t)).sum() / relative[time >= t].sum() for t in when])
    return np.concatenate(([0.0], np.cumsum(steps)))[np.searchsorted(when, cuts, side="left")]


def _records(
    time: FloatArray, failed: BoolArray, weight: FloatArray, cuts: FloatArray, n_left: int
) -> CensoringWeights:
    """Cut each subject's time at the times of events; the weight of a piece is that at its end."""
    pieces: list[tuple[int, float, float, int, float]] = []
    # An event on day 0 needs an interval that ends there; where the clock starts is nothing to Cox's model.
    shift = 1.0 if cuts[0] == 0 else 0.0
    time, cuts = time + shift, cuts + shift
    for subject, end in enumerate(time):
        before = 0.0
        for place, cut in enumerate(cuts):
            if cut > end:
                break
            fails = bool(failed[subject]) and cut == end
            if cut > before:
                pieces.append((subject, before, float(cut), int(fails), float(weight[subject, place])))
            before = float(cut)
        # After the last event up to its end a subject is in no risk set.
    columns = [np.array(column) for column in zip(*pieces, strict=True)]
    return CensoringWeights(
        subject=columns[0].astype(np.int64),
        entry=columns[1].astype(np.float64),
        time=columns[2].astype(np.float64),
        event=columns[3].astype(np.int64),
        weight=columns[4].astype(np.float64),
        n_left=n_left,
    )
