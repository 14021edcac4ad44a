"""Restricted maximum likelihood for repeated values, written from the papers, for covariance matrices linear in theirs.

The parameters are the entries of the matrix themselves, so that its second derivatives are zero and Kenward and Roger's
adjustment has the short form. Every patient has a row per visit; visits without a value have weight zero.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats: TypeAlias = NDArray[Any]
_STEPS, _HALVINGS = 200, 30
_CLOSE, _POLISHING = 1e-14, 60
"""A fit has converged where a step promises less than this of the log-likelihood, relative to its size. The likelihood
says no more; at most so many steps that no likelihood judges then take the rest of the way."""

_BEGINNINGS, _LOWER = (0.3, 0.0, 0.5, 0.8), 1e-6
"""Correlations to begin with, as the likelihood may have several maxima; two that differ by less are one."""

_OF_SYMMETRY = 2
"""Parameters of compound symmetry."""

_NEAR = 1e-2
"""Below this promised gain steps use the observed curvature."""

_SINGULAR, _FLAT = 1e-6, 1e-10
"""A matrix whose smallest eigenvalue is a smaller part of the largest runs towards a singular one; information of unit
diagonal with a smaller eigenvalue does not determine it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedModel:
    """A fitted model.

    ``effects`` (p), their covariance ``plain`` and Kenward and Roger's ``adjusted`` (p, p); ``slopes`` (q, p, p), the
    derivative of ``plain`` with respect to each parameter, and ``spread`` (q, q), the covariance of the parameters.
    """

    effects: Floats
    plain: Floats
    adjusted: Floats
    slopes: Floats
    spread: Floats

    def contrast(self, weights: Floats, confidence: float) -> dict[str, float]:
        """Estimate a contrast: ``estimate``, ``se``, ``df``, ``ci_low``, ``ci_high``, ``p``.

        References
        ----------
        Kenward and Roger (1997) Biometrics 53:983-997, with one row in L: the degrees of freedom are then twice the
        squared variance over the variance of the variance.
        """
        estimate = float(weights @ self.effects)
        se = float(np.sqrt(weights @ self.adjusted @ weights))
        gradient = np.einsum("a,qab,b->q", weights, self.slopes, weights)
        df = 2 * float(weights @ self.plain @ weights) ** 2 / float(gradient @ self.spread @ gradient)
        half = float(stats.t.ppf(0.5 + confidence / 2, df)) * se
        p = 2 * float(stats.t.sf(abs(estimate) / se, df))
        return {
            "estimate": estimate,
            "se": se,
            "df": df,
            "ci_low": estimate - half,
            "ci_high": estimate + half,
            "p": p,
        }


def unstructured(visits: int) -> Floats:
    """Return the derivatives (q, visits, visits) of an unstructured matrix with respect to its entries."""
    bases = []
    for row in range(visits):
        for column in range(row + 1):
            base = np.zeros((visits, visits))
            base[row, column] = base[column, row] = 1.0
            bases.append(base)
    return np.array(bases)


def compound_symmetry(visits: int) -> Floats:
    """Return the derivatives of compound symmetry with respect to the variance of error and the covariance."""
    return np.array([np.eye(visits), np.ones((visits, visits))])


def fit_mixed_model(y: Floats, x: Floats, seen: NDArray[np.bool_], bases: Floats) -> MixedModel | None:
    """Fit the model by Fisher scoring; None if it does not converge to a regular matrix.

    It is begun at several correlations, and the highest likelihood that is reached counts: the fit is None if that is
    no maximum. With one variance and one covariance a maximum counts before a higher likelihood at the edge of what is
    a matrix, where values of a patient differ more than those of two patients.

    Parameters
    ----------
    y, x
        Values (n, t) and columns (n, t, p); anything where ``seen`` is false.
    seen
        Which patient has a value at which visit (n, t).
    bases
        Derivatives (q, t, t) of the covariance matrix with respect to its parameters.
    """
    y, x = np.where(seen, y, 0.0), np.where(seen[..., None], x, 0.0)
    start = np.linalg.lstsq(x.reshape(-1, x.shape[2]), y.ravel(), rcond=None)[0]
    rest = np.where(seen, y - x @ start, 0.0)
    variance = float((rest**2).sum() / max(seen.sum() - x.shape[2], 1))
    reached = [
        found
        for correlation in _BEGINNINGS
        if (found := _climb(_start(bases, variance, correlation), y, x, seen, bases)) is not None
    ]
    if not reached:
        return None
    if len(bases) == _OF_SYMMETRY:
        reached = [one for one in reached if one[2]] or reached
    top = max(at.loglik for _, at, _ in reached)
    alike = [one for one in reached if one[1].loglik > top - _LOWER]
    theta, at, settled = max(alike, key=lambda one: one[2])
    return _polished(theta, at, y, x, seen, bases) if settled else None


def _climb(
    theta: Floats, y: Floats, x: Floats, seen: NDArray[np.bool_], bases: Floats
) -> "tuple[Floats, _Evaluated, bool] | None":
    """Follow the score; say where it ends, and whether that is a maximum. None if there is no likelihood."""
    at = _evaluate(theta, y, x, seen, bases)
    if at is None:
        return None
    for _ in range(_STEPS):
        if not _positive(at.information):
            return theta, at, False
        step = np.linalg.solve(at.information, at.score)
        if float(step @ at.score) < _NEAR:
            step = _newton(at, bases)
        if abs(float(step @ at.score)) < _CLOSE * max(1.0, abs(at.loglik)):
            return theta, at, True
        for halving in range(_HALVINGS):
            tried = _evaluate(theta + step / 2**halving, y, x, seen, bases)
            if tried is not None and tried.loglik >= at.loglik - 1e-9 * max(1.0, abs(at.loglik)):
                theta, at = theta + step / 2**halving, tried
                break
        else:
            return theta, at, False
    return theta, at, False


def _newton(at: "_Evaluated", bases: Floats) -> Floats:
    """Give the step by the observed curvature where it points downwards, else by its expectation.

    Near a flat maximum scoring crawls or swings from side to side, and 200 steps do not end it.

    References
    ----------
    Gilmour, Thompson and Cullis (1995) Biometrics 51:1440-1450: the observed information of a covariance matrix that is
    linear in its parameters is y'PVqPVrPy less half the trace of PVqPVr, which is the expected one.
    """
    moved = np.einsum("qab,nb->qna", bases, at.residual)  # VqPy
    weighed = np.einsum("nab,qnb->qna", at.inverses[at.pattern], moved, optimize=True)
    fixed = np.einsum("nap,qna->qp", at.weighted, moved, optimize=True)
    quadratic = np.einsum("qna,rna->qr", moved, weighed, optimize=True) - fixed @ at.phi @ fixed.T
    observed = quadratic - at.information
    curved = observed if _positive(observed) else at.information
    return np.asarray(np.linalg.solve(curved, at.score))


def _polished(
    theta: Floats, at: "_Evaluated", y: Floats, x: Floats, seen: NDArray[np.bool_], bases: Floats
) -> MixedModel | None:
    """Take the last steps; None if they lead to a matrix that is as good as singular, or not determined."""
    last = np.inf
    for _ in range(_POLISHING):
        step = _newton(at, bases)
        size = np.abs(step).max()
        if size < 1e-13 * np.abs(theta).max() or size >= last:  # there, or as near as rounding lets it come
            break
        last = size
        tried = _evaluate(theta + step, y, x, seen, bases)
        if tried is None:
            break
        theta, at = theta + step, tried
    eigenvalues = np.linalg.eigvalsh(np.einsum("q,qab->ab", theta, bases))
    if eigenvalues[0] <= _SINGULAR * eigenvalues[-1] or not _positive(at.information):
        return None
    return _finish(at, bases)


def _positive(information: Floats) -> bool:
    """Say whether information is positive definite beyond rounding, whatever the units of the parameters."""
    diagonal = np.diag(information)
    if (diagonal <= 0).any():
        return False
    return bool(np.linalg.eigvalsh(information / np.sqrt(np.outer(diagonal, diagonal)))[0] > _FLAT)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Evaluated:
    """The restricted likelihood at one matrix, with what its derivatives need."""

    loglik: float
    score: Floats
    information: Floats
    effects: Floats
    phi: Floats
    residual: Floats  # (n, t): W(y - Xb), which is Py
    inverses: Floats  # (patterns, t, t): W
    first: Floats  # (q, p, p): X'WVqWX
    weighted: Floats  # (n, t, p): WX
    between: Floats  # (patterns, q, t, t): VqW
    pattern: NDArray[np.intp]  # (n,): which visits a patient has


def _start(bases: Floats, variance: float, correlation: float) -> Floats:
    visits = bases.shape[1]
    wanted = variance * ((1 - correlation) * np.eye(visits) + correlation * np.ones((visits, visits)))
    flat = bases.reshape(len(bases), -1)
    return np.asarray(np.linalg.lstsq(flat.T, wanted.ravel(), rcond=None)[0])


def _evaluate(
    theta: Floats, y: Floats, x: Floats, seen: NDArray[np.bool_], bases: Floats
) -> _Evaluated | None:
    matrix = np.einsum("q,qab->ab", theta, bases)
    if np.linalg.eigvalsh(matrix)[0] <= 1e-10 * np.trace(matrix):
        return None
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    inverses, logdets = np.zeros((len(patterns), *matrix.shape)), np.zeros(len(patterns))
    for number, pattern in enumerate(patterns):
        block = np.ix_(pattern, pattern)
        inverses[number][block] = np.linalg.inv(matrix[block])
        logdets[number] = np.linalg.slogdet(matrix[block])[1]
    w = inverses[which.ravel()]
    wx = w @ x
    cross = np.einsum("nap,nar->pr", x, wx)
    if np.linalg.matrix_rank(cross) < len(cross):
        return None
    phi = np.linalg.inv(cross)
    effects = phi @ np.einsum("nap,na->p", wx, y)
    rest = np.einsum("nab,nb->na", w, y - x @ effects)
    middle = np.einsum("nap,nbr->abpr", wx, wx, optimize=True)
    first = np.einsum("qab,abpr->qpr", bases, middle, optimize=True)
    vw = np.einsum("qab,pbc->pqac", bases, inverses, optimize=True)  # of each pattern: VqW
    traces = np.einsum("pqab,prba->pqr", vw, vw, optimize=True)
    counts = np.bincount(which.ravel(), minlength=len(patterns))
    hats = np.zeros((len(patterns), *matrix.shape))
    np.add.at(hats, which.ravel(), np.einsum("nap,pr,nbr->nab", wx, phi, wx, optimize=True))
    vh = np.einsum("rcd,gda->grca", bases, hats, optimize=True)
    second = np.einsum("gqac,grca->qr", vw, vh, optimize=True)  # trace of (X'WX)^-1 X'WVqWVrWX
    trace = np.einsum("p,pqaa->q", counts, vw)
    score = 0.5 * (np.einsum("na,qab,nb->q", rest, bases, rest, optimize=True) - trace)
    score += 0.5 * np.einsum("pr,qrp->q", phi, first)
    both = np.einsum("p,pqr->qr", counts, traces)
    phi_first = np.einsum("ab,qbc->qac", phi, first)
    information = 0.5 * (both - 2 * second + np.einsum("qab,rba->qr", phi_first, phi_first))
    loglik = -0.5 * (
        counts @ logdets + np.linalg.slogdet(cross)[1] + float(np.einsum("na,na->", y - x @ effects, rest))
    )
    return _Evaluated(
        loglik=float(loglik),
        score=score,
        information=information,
        effects=effects,
        phi=phi,
        residual=rest,
        inverses=inverses,
        first=first,
        weighted=wx,
        between=vw,
        pattern=which.ravel(),
    )


def _second(at: _Evaluated, bases: Floats) -> Floats:
    """Sum X'WVqWVrWX (q, q, p, p) over the patients: costly, and needed of the fitted model only."""
    found = np.zeros((len(bases), len(bases), *at.phi.shape))
    for number, vw in enumerate(at.between):
        own = at.weighted[at.pattern == number]
        middle = np.einsum("qac,rcd->qrad", vw, bases, optimize=True)
        inner = np.einsum("nap,ndr->adpr", own, own, optimize=True)
        found += np.einsum("qrad,adps->qrps", middle, inner, optimize=True)
    return found


def _finish(at: _Evaluated, bases: Floats) -> MixedModel:
    """Adjust the covariance of the effects for that of the parameters."""
    spread = np.linalg.inv(at.information)
    explained = np.einsum("qab,bc,rcd->qrad", at.first, at.phi, at.first, optimize=True)
    extra = np.einsum("qr,qrab->ab", spread, _second(at, bases) - explained)
    return MixedModel(
        effects=at.effects,
        plain=at.phi,
        adjusted=at.phi + 2 * at.phi @ extra @ at.phi,
        slopes=np.einsum("ab,qbc,cd->qad", at.phi, at.first, at.phi, optimize=True),
        spread=spread,
    )
