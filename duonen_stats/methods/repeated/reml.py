"""Restricted maximum likelihood for values correlated within patients, with degrees of freedom for small samples.

``y = X b + e``, where the errors of different patients are independent and those of one have the covariance matrix
``V`` of a structure. With ``W`` the inverse of ``V``, ``F`` that of ``X'WX`` and ``P = W - W X F X'W``, the score, the
expected and the observed information on the parameters of ``V`` have closed forms, and so have the degrees of freedom.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, IntArray
from duonen_stats.methods.repeated.covariance import Structure

_STEPS = 200
_HALVINGS = 40
_GAIN = 1e-11
"""The iteration ends where a step promises less than this of the log-likelihood, relative to its size: less than the
rounding of the likelihood lets be seen. Newton steps judged by the score alone then take the rest of the way."""
_HIGHER = 1e-6
"""By how much another maximum has to be higher: less is the same one, or as good."""
_POLISHING = 4
_ROUNDING = 1e-10
"""An information matrix of unit diagonal with a smaller eigenvalue leaves a direction of the parameters open."""
_NEWTON_FROM = 1e-2
"""Below this promised gain steps use the observed information, which converges where the expected one crawls."""


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient: values (n), columns of the fixed effects (n, p), what the structure needs of each row (n, ·)."""

    y: FloatArray
    x: FloatArray
    rows: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalEstimate:
    """An estimate with its standard error, degrees of freedom, limits, and p of the t test against 0."""

    estimate: float
    se: float
    df: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RemlFit:
    """A fitted model.

    ``theta`` are the parameters of the covariance structure, ``loglik`` the restricted log-likelihood (as nlme and lme4
    count it: without the constant of ``X'X``), ``effects`` the fixed effects, ``covariance`` their covariance matrix.
    ``adjusted`` is Kenward and Roger's, ``None`` for a structure that is not linear in its parameters.
    """

    theta: FloatArray
    loglik: float
    effects: FloatArray
    covariance: FloatArray
    adjusted: FloatArray | None
    iterations: int
    _slopes: FloatArray = field(repr=False)
    """How the covariance of the effects changes with each parameter: (q, p, p)."""
    _observed: FloatArray = field(repr=False)
    _expected: FloatArray = field(repr=False)

    def satterthwaite(self, weights: FloatArray, confidence: float) -> IntervalEstimate:
        """Estimate a linear combination of the effects, with Satterthwaite's degrees of freedom."""
        return self._interval(weights, self.covariance, self._observed, confidence)

    def kenward_roger(self, weights: FloatArray, confidence: float) -> IntervalEstimate | None:
        """Estimate it with Kenward and Roger's standard error and degrees of freedom, where these exist."""
        # The adjustment is no square: in a small sample it may leave no variance.
        if self.adjusted is None or weights @ self.adjusted @ weights <= 0:
            return None
        return self._interval(weights, self.adjusted, self._expected, confidence)

    def _interval(
        self, weights: FloatArray, covariance: FloatArray, information: FloatArray, confidence: float
    ) -> IntervalEstimate:
        estimate = float(weights @ self.effects)
        se = math.sqrt(float(weights @ covariance @ weights))
        gradient = np.einsum("i,aij,j->a", weights, self._slopes, weights)
        spread = float(gradient @ np.linalg.solve(information, gradient))
        df = 2 * float(weights @ self.covariance @ weights) ** 2 / spread if spread > 0 else math.inf
        half = float(stats.t.isf((1 - confidence) / 2, df)) * se
        return IntervalEstimate(
            estimate=estimate,
            se=se,
            df=df,
            lower=estimate - half,
            upper=estimate + half,
            p_value=2 * float(stats.t.sf(abs(estimate) / se, df)),
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Patients with equally many values, stacked: y (s, n), x (s, n, p).

    Most patients have their values at the same visits: what depends on the rows alone is computed once for ``kinds``
    of rows, and ``kind`` (s,) says which a patient has.
    """

    y: FloatArray
    x: FloatArray
    kinds: tuple[FloatArray, ...]
    kind: IntArray


@dataclass(frozen=True, slots=True)
class _Whitened:
    """A batch with the inverse ``w`` of its matrices, their derivatives ``d``, ``w x``, ``d w x`` and ``w d w x``."""

    y: FloatArray
    x: FloatArray
    kinds: tuple[FloatArray, ...]
    kind: IntArray
    log_det: float
    w: FloatArray
    d: FloatArray
    wx: FloatArray
    dwx: FloatArray
    wdwx: FloatArray


@dataclass(frozen=True, slots=True)
class _State:
    """The likelihood at one value of the parameters, and what is needed for a step."""

    loglik: float
    effects: FloatArray
    covariance: FloatArray
    score: FloatArray
    expected: FloatArray
    observed: FloatArray
    slopes: FloatArray
    inner: FloatArray
    """``X'W V_a W X``: (q, p, p)."""
    whitened: tuple[_Whitened, ...]


def fit_reml(patients: Sequence[Patient], structure: Structure) -> RemlFit:
    """Fit the model by Fisher scoring with step halving, and Newton steps near the optimum.

    The likelihood may have several maxima. Each start of the structure is followed, and the highest maximum is the fit.
    Where a start leads to more than that without a maximum there is no fit, unless the structure leaves that aside.

    Parameters
    ----------
    patients
        Each with at least one value; the columns of all together must be linearly independent.
    structure
        The covariance structure.

    Raises
    ------
    NotEstimable
        ``collinear``: the fixed effects cannot be distinguished. ``no_convergence``: the likelihood has no maximum
        among the covariance matrices, or none was found.

    References
    ----------
    Patterson & Thompson (1971) Biometrika 58:545-554; Kenward & Roger (1997) Biometrics 53:983-997;
    Fai & Cornelius (1996) J Stat Comput Simul 54:363-378; Mallinckrodt et al. (2008) Drug Inf J 42:303-319.
    """
    batches = _batches(patients)
    n, p = sum(one.y.size for one in batches), batches[0].x.shape[2]
    x = np.concatenate([one.x.reshape(-1, p) for one in batches])
    y = np.concatenate([one.y.ravel() for one in batches])
    if n <= p or np.linalg.matrix_rank(x) < p:
        raise NotEstimable(
            "collinear", {"all": n}, "The effects of the model cannot be distinguished with these values."
        )
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    variance = float(residual @ residual) / (n - p)
    if variance <= 0:
        raise NotEstimable("zero_variance", {"all": n}, "The model leaves no residual variation.")
    refused = _not_converged(n)
    for end in _highest_first(batches, structure, variance):
        try:
            return _accepted(structure, *_polished(batches, structure, end.theta, end.state), end.steps)
        except NotEstimable as reason:
            refused = reason
    raise refused


@dataclass(frozen=True, slots=True)
class _Climbed:
    """Where a start led to, in how many steps, and whether that is a maximum."""

    theta: FloatArray
    state: _State
    steps: int
    settled: bool


def _highest_first(batches: Sequence[_Batch], structure: Structure, variance: float) -> list[_Climbed]:
    """Follow every start; give the highest maximum, and those below it only where the edge is left aside."""
    ends = [_climbed(batches, structure, start) for start in structure.starts(variance)]
    highest: list[_Climbed] = []
    for end in ends:
        if end is None or (structure.edge_aside and not end.settled):
            continue
        above = [one for one in highest if one.state.loglik + _HIGHER >= end.state.loglik]
        highest.insert(len(above), end)
    if not structure.edge_aside:
        highest = [one for one in highest[:1] if one.settled]
    return highest


def _climbed(batches: Sequence[_Batch], structure: Structure, theta: FloatArray) -> _Climbed | None:
    """Follow the likelihood upwards; ``None`` where it does not exist at the start."""
    state = _state(batches, structure, theta)
    if state is None:
        return None
    for step in range(1, _STEPS + 1):
        direction, promised = _direction(state)
        if promised <= _GAIN * (1 + abs(state.loglik)):
            return _Climbed(theta, state, step, settled=True)
        moved = _moved(batches, structure, theta, state, direction)
        if moved is None:
            return _Climbed(theta, state, step, settled=False)
        theta, state = moved
    return _Climbed(theta, state, _STEPS, settled=False)


def _not_converged(n: int) -> NotEstimable:
    return NotEstimable(
        "no_convergence",
        {"all": n},
        "The restricted likelihood has no maximum among the covariance matrices.",
    )


def _batches(patients: Sequence[Patient]) -> tuple[_Batch, ...]:
    by_number: dict[int, list[Patient]] = defaultdict(list)
    for one in patients:
        by_number[one.y.size].append(one)
    return tuple(_batch(same) for _, same in sorted(by_number.items()))


def _batch(same: Sequence[Patient]) -> _Batch:
    kinds: dict[bytes, int] = {}
    kind = [kinds.setdefault(one.rows.tobytes(), len(kinds)) for one in same]
    return _Batch(
        np.array([one.y for one in same]),
        np.array([one.x for one in same]),
        tuple(same[kind.index(k)].rows for k in range(len(kinds))),
        np.array(kind),
    )


def _direction(state: _State) -> tuple[FloatArray, float]:
    """Give the next step, and the gain of the log-likelihood that it promises."""
    step = np.asarray(np.linalg.lstsq(state.expected, state.score, rcond=None)[0], dtype=np.float64)
    promised = float(state.score @ step) / 2
    if promised < _NEWTON_FROM and _determines(state.observed):
        step = np.asarray(np.linalg.solve(state.observed, state.score), dtype=np.float64)
        promised = float(state.score @ step) / 2
    return step, promised


def _determines(information: FloatArray) -> bool:
    """Whether the information is positive definite beyond its rounding, whatever the units of the parameters."""
    diagonal = np.diag(information)
    if (diagonal <= 0).any():
        return False
    unit = np.sqrt(diagonal)
    return bool(np.linalg.eigvalsh(information / np.outer(unit, unit))[0] > _ROUNDING)


def _is_more_than_rounding(state: _State) -> bool:
    """Whether anything is left of the information about each parameter once the effects are estimated.

    Where effects take up a whole level of the data, as arms and a slope take up all differences between three patients,
    what is left of the information about the variance of that level is rounding of either sign.
    """
    whole = np.zeros(state.observed.shape[0])
    for one in state.whitened:
        wd = one.w[:, None] @ one.d
        whole += np.einsum("saij,saji->a", wd, wd) / 2
    return bool((np.diag(state.observed) > _ROUNDING * whole).all())


def _moved(
    batches: Sequence[_Batch], structure: Structure, theta: FloatArray, state: _State, direction: FloatArray
) -> tuple[FloatArray, _State] | None:
    """Go along the direction until the likelihood is higher and the matrix is one."""
    length = 1.0
    for _ in range(_HALVINGS):
        further = theta + length * direction
        if structure.admissible(further):
            found = _state(batches, structure, further)
            if found is not None and found.loglik > state.loglik:
                return further, found
        length /= 2
    return None


def _polished(
    batches: Sequence[_Batch], structure: Structure, theta: FloatArray, state: _State
) -> tuple[_State, FloatArray]:
    """Take Newton steps while they bring the score nearer to zero, measured by the gain that it promises."""
    direction, promised = _direction(state)
    for _ in range(_POLISHING):
        further = theta + direction
        found = _state(batches, structure, further) if structure.admissible(further) else None
        if found is None:
            break
        direction, less = _direction(found)
        if not abs(less) < abs(promised):
            break
        theta, state, promised = further, found, less
    return state, theta


def _state(batches: Sequence[_Batch], structure: Structure, theta: FloatArray) -> _State | None:
    """Compute the likelihood and its derivatives; ``None`` where a patient's matrix is no covariance matrix."""
    whitened = _whitened(batches, structure, theta)
    if whitened is None:
        return None
    p = batches[0].x.shape[2]
    n = sum(one.y.size for one in batches)
    xwx = sum((np.tensordot(one.x, one.wx, axes=((0, 1), (0, 1))) for one in whitened), np.zeros((p, p)))
    sign, log_x = np.linalg.slogdet(xwx)
    if sign <= 0:
        return None
    f = np.linalg.inv(xwx)
    f = (f + f.T) / 2
    effects = f @ sum((np.tensordot(one.wx, one.y, axes=((0, 1), (0, 1))) for one in whitened), np.zeros(p))
    sums = _sums(whitened, structure, theta, f, effects)
    fa = f @ sums.a
    expected = (sums.twice + np.einsum("apr,brp->ab", fa, fa)) / 2
    observed = sums.data - sums.projected @ f @ sums.projected.T - expected + sums.curved / 2
    log_v = sum(one.log_det for one in whitened)
    return _State(
        loglik=-((n - p) * math.log(2 * math.pi) + log_v + float(log_x) + sums.quadratic) / 2,
        effects=effects,
        covariance=f,
        score=(sums.score + np.einsum("app->a", fa)) / 2,
        expected=(expected + expected.T) / 2,
        observed=(observed + observed.T) / 2,
        slopes=fa @ f,
        inner=sums.a,
        whitened=whitened,
    )


def _whitened(
    batches: Sequence[_Batch], structure: Structure, theta: FloatArray
) -> tuple[_Whitened, ...] | None:
    found = []
    for batch in batches:
        matrices = [structure.first(theta, rows) for rows in batch.kinds]
        v = np.array([one for one, _ in matrices])
        d = np.array([one for _, one in matrices])[batch.kind]
        try:
            root, w = np.linalg.cholesky(v)[batch.kind], np.linalg.inv(v)
        except np.linalg.LinAlgError:  # a matrix at the edge may have a root and, by rounding, no inverse
            return None
        w = ((w + w.transpose(0, 2, 1)) / 2)[batch.kind]
        wx = w @ batch.x
        dwx = d @ wx[:, None]
        log_det = 2 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
        found.append(
            _Whitened(batch.y, batch.x, batch.kinds, batch.kind, log_det, w, d, wx, dwx, w[:, None] @ dwx)
        )
    return tuple(found)


@dataclass(slots=True)
class _PatientSums:
    """What the derivatives need, summed over patients."""

    a: FloatArray
    """``X'W V_a W X``: (q, p, p)."""
    twice: FloatArray
    """Traces of ``W V_a W V_b``, less twice those with one projection."""
    data: FloatArray
    projected: FloatArray
    curved: FloatArray
    """Terms of the second derivatives of the matrix; zero for a linear structure."""
    score: FloatArray
    quadratic: float = 0.0


def _sums(
    whitened: Sequence[_Whitened], structure: Structure, theta: FloatArray, f: FloatArray, effects: FloatArray
) -> _PatientSums:
    q, p = theta.size, effects.size
    square = (q, q)
    sums = _PatientSums(
        np.zeros((q, p, p)),
        np.zeros(square),
        np.zeros(square),
        np.zeros((q, p)),
        np.zeros(square),
        np.zeros(q),
    )
    for one in whitened:
        residual = one.y - one.x @ effects
        u = (one.w @ residual[:, :, None])[:, :, 0]
        sums.quadratic += float(np.vdot(u, residual))
        wd = one.w[:, None] @ one.d
        du = (one.d @ u[:, None, :, None])[:, :, :, 0]
        sums.score += np.tensordot(du, u, axes=((0, 2), (0, 1))) - np.einsum("sann->a", wd)
        sums.a += np.tensordot(one.dwx, one.wx, axes=((0, 2), (0, 1))).transpose(0, 2, 1)
        sums.twice += np.einsum("sanm,sbmn->ab", wd, wd, optimize=True)
        sums.twice -= 2 * np.einsum("sanp,sbnp->ab", one.dwx @ f, one.wdwx, optimize=True)
        sums.data += np.tensordot(du, du @ one.w, axes=((0, 2), (0, 2)))
        sums.projected += np.tensordot(du, one.wx, axes=((0, 2), (0, 1)))
        if not structure.linear:
            dd = np.array([structure.second(theta, rows) for rows in one.kinds])[one.kind]
            p_own = one.w - (one.wx @ f) @ one.wx.transpose(0, 2, 1)
            sums.curved += np.einsum("snm,sabmn->ab", p_own, dd, optimize=True)
            sums.curved -= np.einsum("sn,sabnm,sm->ab", u, dd, u, optimize=True)
    return sums


def _adjustment(state: _State) -> FloatArray | None:
    """Give what Kenward and Roger add to the covariance of the effects, as the variance matrix is estimated itself."""
    f, a = state.covariance, state.inner
    try:
        spread = np.linalg.inv(state.expected)
    except np.linalg.LinAlgError:
        return None
    inner = -np.einsum("ab,apr,rt,btu->pu", spread, a, f, a, optimize=True)
    for one in state.whitened:
        inner += np.einsum("ab,sanp,sbnr->pr", spread, one.dwx, one.wdwx, optimize=True)
    found: FloatArray = 2 * f @ inner @ f
    return found


def _accepted(structure: Structure, state: _State, theta: FloatArray, iterations: int) -> RemlFit:
    adjustment = _adjustment(state) if structure.linear else None
    adjusted = None if adjustment is None else state.covariance + adjustment
    if not _determines(state.observed) or not _is_more_than_rounding(state):
        raise NotEstimable(
            "no_convergence",
            {},
            "The restricted likelihood is flat: it does not determine the covariance matrix.",
        )
    return RemlFit(
        theta=theta,
        loglik=state.loglik,
        effects=state.effects,
        covariance=state.covariance,
        adjusted=adjusted,
        iterations=iterations,
        _slopes=state.slopes,
        _observed=state.observed,
        _expected=state.expected,
    )
