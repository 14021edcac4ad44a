"""Cox's partial likelihood: its value, score and information, with a row per failure.

Each risk set is summed from its own records, about its own mean: no sum is a difference of two larger ones, so that a
late entry, or a record that is never at risk at a failure, costs no digits. One pass serves the fit, the score test
and the test of proportional hazards. Where the climb leaves a doubt, linear programming decides whether there is a
maximum.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import optimize

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, IntArray
from duonen_stats.methods.inputs.survival_data import SurvivalData

Ties = Literal["efron", "breslow"]

_MAX_STEPS = 200
# Newton's decrement is the squared distance to the maximum in standard errors: 1e-11 of one is far enough.
_SETTLED = 1e-22
_HALVINGS = 60
# Share of the information at zero below which it is examined whether there is a maximum, and below which the score
# is nothing but rounding.
_FADED, _GONE = 1e-4, 1e-14
# Change of a log hazard that counts as an approach, not as a step on the way to infinity.
_CLOSE = 1e-3
# Smallest eigenvalue of the information, as a correlation matrix, with which it counts as invertible.
_SINGULAR = 1e-10
_COLLINEAR = 1e-9
# Spread of a covariate within risk sets, of its largest value, that is binary noise.
_NOISE = 1e-13
# A decrement below which no further fall is rounding, not a climb that goes on.
_NEARLY = 1e-12
# Covariates of unit spread: differences that count as a tie, and the slope of a direction that counts as level.
_TIED, _LEVEL = 1e-9, 1e-7
# Records times failures up to which each risk set is summed by itself, and that are held at once.
_FEW_CELLS = 30_000
_CELLS = 1_000_000


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
    failures = members[data.event[members] == 1]
    p = data.covariates.shape[1]
    if not failures.size:
        none = np.empty((0, p))
        return RiskSets(
            loglik=0.0,
            time=np.empty(0),
            residual=none,
            covariance=np.empty((0, p, p)),
            mean=none,
            stratum=data.stratum[failures],
        )
    # About a typical failure: far from zero the products of covariates would lose their digits.
    centre = np.median(data.covariates[failures], axis=0)
    x = data.covariates - centre
    eta = x @ beta
    moment, index, d = np.unique(data.time[failures], return_inverse=True, return_counts=True)
    # Tied failures are summed apart: Efron's method takes them out of the risk set step by step.
    first, last = _places(data, members, moment)
    staying = _covering(first, last - data.event[members], moment.size, eta[members], x[members])
    failing = _gather(index, moment.size, eta[failures], x[failures])
    place = np.zeros(failures.size)
    if ties == "efron":
        order = np.argsort(index, kind="stable")
        place[order] = np.arange(order.size) - np.repeat(np.cumsum(d) - d, d)
    sums = _merge(staying.take(index), failing.take(index).times(1 - place / d[index]))
    return RiskSets(
        loglik=float(np.sum(eta[failures] - sums.log_scale - np.log(sums.weight))),
        time=data.time[failures],
        residual=x[failures] - sums.mean,
        covariance=sums.about_mean / sums.weight[:, None, None],
        mean=sums.mean + centre,
        stratum=data.stratum[failures],
    )


def _places(data: SurvivalData, members: IntArray, moment: FloatArray) -> tuple[IntArray, IntArray]:
    """Give each member the first of the sorted moments at which it is at risk, and the first after its last.

    An interval is open at its start: who enters at a moment is not yet at risk.
    """
    last = np.searchsorted(moment, data.time[members], side="right")
    if data.entry is None:
        return np.zeros_like(last), last
    return np.searchsorted(moment, data.entry[members], side="right"), last


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Weighted sums of some sets of records, a row per set.

    ``weight`` is the sum of the hazards over exp(``log_scale``), ``mean`` the weighted mean of the covariates and
    ``about_mean`` the weighted sum of their products about it. A set without records has scale minus infinity.
    """

    log_scale: FloatArray
    weight: FloatArray
    mean: FloatArray
    about_mean: FloatArray

    def take(self, rows: IntArray | slice) -> "_Sums":
        return _Sums(self.log_scale[rows], self.weight[rows], self.mean[rows], self.about_mean[rows])

    def times(self, factor: FloatArray) -> "_Sums":
        return _Sums(self.log_scale, self.weight * factor, self.mean, self.about_mean * factor[:, None, None])


def _gather(index: IntArray, n_sets: int, eta: FloatArray, x: FloatArray) -> _Sums:
    """Sum the records of each set; ``index`` is the set of each record."""
    p = x.shape[1]
    log_scale = np.full(n_sets, -np.inf)
    np.maximum.at(log_scale, index, eta)
    hazard = np.exp(eta - log_scale[index])
    weight = np.bincount(index, hazard, n_sets).astype(np.float64)
    some = np.maximum(weight, 1.0)  # the largest hazard of a set is 1: only an empty set changes
    mean = np.column_stack([np.bincount(index, hazard * x[:, j], n_sets) / some for j in range(p)])
    apart = x - mean[index]
    about_mean = np.empty((n_sets, p, p))
    for i in range(p):
        for j in range(i + 1):
            products = np.bincount(index, hazard * apart[:, i] * apart[:, j], n_sets)
            about_mean[:, i, j] = about_mean[:, j, i] = products
    return _Sums(log_scale, weight, mean, about_mean)


def _merge(a: _Sums, b: _Sums) -> _Sums:
    """Give the sums of the unions of disjoint sets; every term that is added is positive.

    Source: Chan, Golub & LeVeque (1983) Am. Stat. 37:242-247.
    """
    log_scale = np.maximum(a.log_scale, b.log_scale)
    base = np.where(np.isfinite(log_scale), log_scale, 0.0)
    scale_a, scale_b = np.exp(a.log_scale - base), np.exp(b.log_scale - base)
    weight_a, weight_b = a.weight * scale_a, b.weight * scale_b
    weight = weight_a + weight_b
    share = np.divide(weight_b, weight, out=np.zeros_like(weight), where=weight > 0)
    between = b.mean - a.mean
    return _Sums(
        log_scale,
        weight,
        a.mean + between * share[:, None],
        a.about_mean * scale_a[:, None, None]
        + b.about_mean * scale_b[:, None, None]
        + between[:, :, None] * between[:, None, :] * (weight_a * share)[:, None, None],
    )


def _covering(first: IntArray, last: IntArray, n_places: int, eta: FloatArray, x: FloatArray) -> _Sums:
    """For each place, sum the records with first <= place < last."""
    one_by_one = first.size * n_places <= _FEW_CELLS
    return (_one_by_one if one_by_one else _by_tree)(first, last, n_places, eta, x)


def _one_by_one(first: IntArray, last: IntArray, n_places: int, eta: FloatArray, x: FloatArray) -> _Sums:
    """Sum with a row per place and a column per record: the quicker way for some hundred records."""
    place = np.arange(n_places)[:, None]
    masked = np.where((first <= place) & (place < last), eta, -np.inf)
    log_scale = masked.max(axis=1)
    hazard = np.exp(masked - np.where(np.isfinite(log_scale), log_scale, 0.0)[:, None])
    weight = hazard.sum(axis=1)
    mean = hazard @ x / np.maximum(weight, 1.0)[:, None]
    apart = x - mean[:, None, :]
    return _Sums(log_scale, weight, mean, (apart * hazard[:, :, None]).transpose(0, 2, 1) @ apart)


def _by_tree(first: IntArray, last: IntArray, n_places: int, eta: FloatArray, x: FloatArray) -> _Sums:
    """Sum in n log n steps by a segment tree.

    Each record is entered at the few nodes that make up its range, and each node hands its sums down to its halves.
    """
    size = 1 << (n_places - 1).bit_length()
    left, right = first + size, np.maximum(first, last) + size
    nodes, records = [], []
    everyone = np.arange(first.size)
    while (left < right).any():
        odd = (left < right) & (left & 1 == 1)
        nodes.append(left[odd])
        records.append(everyone[odd])
        left = left + odd
        odd = (left < right) & (right & 1 == 1)
        right = right - odd
        nodes.append(right[odd])
        records.append(everyone[odd])
        left, right = left >> 1, right >> 1
    chosen = np.concatenate(records) if records else everyone[:0]
    node = np.concatenate(nodes) if nodes else everyone[:0]
    tree = _gather(node, 2 * size, eta[chosen], x[chosen])
    level = tree.take(slice(1, 2))
    start = 2
    while start <= size:
        halves = np.repeat(np.arange(start // 2), 2)
        level = _merge(level.take(halves), tree.take(slice(start, 2 * start)))
        start *= 2
    return level.take(slice(0, n_places))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maximum:
    """Where the likelihood is largest, the likelihood there and at zero, and the coefficients' covariance."""

    beta: FloatArray
    at_zero: RiskSets
    at_beta: RiskSets
    covariance: FloatArray


def maximise(data: SurvivalData, ties: Ties, terms: tuple[str, ...]) -> Maximum:
    """Find the maximum of the likelihood by Newton's method with step halving.

    Raises
    ------
    NotEstimable
        ``constant_input`` (a covariate has one value), ``collinear_covariates``, ``zero_variance`` (no
        failure happens while different values are at risk), ``monotone_likelihood`` (it rises towards an
        infinite coefficient), ``not_converged``.
    """
    scaled, spread = standardise(data, ties, terms)
    top = _climb(scaled, ties, terms, _numbers(data))
    beta = top / spread
    return Maximum(
        beta=beta,
        at_zero=risk_sets(data, np.zeros(spread.size), ties),
        at_beta=risk_sets(data, beta, ties),
        covariance=inverse(risk_sets(scaled, top, ties).information) / np.outer(spread, spread),
    )


def inverse(matrix: FloatArray) -> FloatArray:
    """Invert a positive definite matrix whose rows may be in very different units."""
    unit = 1 / np.sqrt(np.diag(matrix))
    return np.asarray(np.linalg.inv(matrix * np.outer(unit, unit)) * np.outer(unit, unit))


def invertible(matrix: FloatArray) -> bool:
    """Whether a matrix of variances is positive definite, whatever the units of its rows."""
    variance = np.diag(matrix)
    if not (np.isfinite(matrix).all() and (variance > 0).all()):
        return False
    unit = 1 / np.sqrt(variance)
    return bool(np.linalg.eigvalsh(matrix * np.outer(unit, unit))[0] > _SINGULAR)


def standardise(data: SurvivalData, ties: Ties, terms: tuple[str, ...]) -> tuple[SurvivalData, FloatArray]:
    """Scale the covariates to standard deviation 1 within risk sets; return the data and the old deviations.

    A record that is at risk at no failure, and a difference between strata, tell nothing about the coefficients and
    do not count here.

    Raises
    ------
    NotEstimable
        ``constant_input``, ``collinear_covariates``, ``zero_variance``: there is nothing to estimate.
    """
    n = _numbers(data)
    constant = [t for t, w in zip(terms, np.ptp(data.covariates, axis=0), strict=True) if w == 0]
    if constant:
        raise NotEstimable("constant_input", n, f"{constant[0]} has one value only.")
    data = _at_risk_at_a_failure(data)
    start = risk_sets(data, np.zeros(len(terms)), ties)
    spread = np.sqrt(np.diag(start.information) / start.time.size)
    still = spread <= _NOISE * np.abs(data.covariates).max(axis=0)
    if still.any():
        name = terms[int(np.argmax(still))]
        raise NotEstimable(
            "zero_variance", n, f"No failure happens while different values of {name} are at risk."
        )
    scaled = replace(data, covariates=(data.covariates - data.covariates.mean(axis=0)) / spread)
    if not invertible(start.information):
        if np.linalg.matrix_rank(scaled.covariates, tol=_COLLINEAR * np.sqrt(data.time.size)) < len(terms):
            raise NotEstimable("collinear_covariates", n, "A covariate is a sum of the others.")
        raise NotEstimable(
            "zero_variance", n, "A sum of the covariates has one value in the risk set of each failure."
        )
    return scaled, spread


def _at_risk_at_a_failure(data: SurvivalData) -> SurvivalData:
    """Keep the records that are at risk when somebody fails: no other enters the likelihood."""
    kept = np.zeros(data.time.size, dtype=np.bool_)
    for stratum in range(len(data.strata)):
        members = np.flatnonzero(data.stratum == stratum)
        first, last = _places(data, members, np.unique(data.time[members[data.event[members] == 1]]))
        kept[members] = first < last
    return replace(
        data,
        time=data.time[kept],
        event=data.event[kept],
        group=data.group[kept],
        stratum=data.stratum[kept],
        covariates=data.covariates[kept],
        entry=None if data.entry is None else data.entry[kept],
    )


def _climb(scaled: SurvivalData, ties: Ties, terms: tuple[str, ...], n: dict[str, int]) -> FloatArray:
    """Newton's method on covariates of standard deviation 1 within risk sets.

    Near a maximum Newton's decrement falls quadratically. Where the information has almost vanished, or the climb
    does not settle, the maximum may lie at infinity: then linear programming decides.
    """
    beta = np.zeros(scaled.covariates.shape[1])
    now = risk_sets(scaled, beta, ties)
    start, score_at_zero, examined, before = now.information, now.score, False, np.inf
    for _ in range(_MAX_STEPS):
        left = _left_of(now.information, start)
        if left < _FADED and not examined:
            _refuse_monotone(scaled, score_at_zero, terms, n)
            examined = True
        if left < _GONE:
            break
        step = inverse(now.information) @ now.score
        decrement = float(now.score @ step)
        # On its way to infinity a climb has a small decrement too, but its steps stay large.
        arriving = np.ptp(scaled.covariates @ step) < _CLOSE
        if arriving and (decrement < _SETTLED or (decrement < _NEARLY and decrement >= before)):
            return beta
        beta, now = _step(scaled, ties, beta, now, step)
        before = decrement
    if not examined:
        _refuse_monotone(scaled, score_at_zero, terms, n)
    raise NotEstimable(
        "not_converged",
        n,
        "The likelihood is so flat around its maximum that the hazard ratio cannot be told from an infinite one.",
    )


def _step(
    scaled: SurvivalData, ties: Ties, beta: FloatArray, now: RiskSets, step: FloatArray
) -> tuple[FloatArray, RiskSets]:
    """Go along a step, or half of it, or a quarter …, so far that the likelihood does not fall."""
    for _ in range(_HALVINGS):
        following = risk_sets(scaled, beta + step, ties)
        if following.loglik >= now.loglik - 1e-13 * max(1.0, abs(now.loglik)):
            return beta + step, following
        step = step / 2
    return beta, now


def _left_of(information: FloatArray, start: FloatArray) -> float:
    """Give the share of the information at the start that is left, for the combination with the least."""
    if not np.isfinite(information).all():
        return 0.0
    root = np.linalg.cholesky(start)
    half = np.linalg.solve(root, information)
    return float(np.linalg.eigvalsh(np.linalg.solve(root, half.T))[0])


def _numbers(data: SurvivalData) -> dict[str, int]:
    return {"all": data.time.size, "events": int(data.event.sum())}


def _refuse_monotone(
    scaled: SurvivalData, score: FloatArray, terms: tuple[str, ...], n: dict[str, int]
) -> None:
    """Raise ``monotone_likelihood`` if there is a direction in which the likelihood rises for ever."""
    direction = rising_direction(scaled, score)
    if direction is None:
        return
    moving = [(term, d) for term, d in zip(terms, direction, strict=True) if abs(d) > _LEVEL]
    if len(moving) == 1:
        (term, d) = moving[0]
        way = f"the coefficient of {term} {'grows' if d > 0 else 'falls'}"
    else:
        way = f"the coefficients of {', '.join(term for term, _ in moving[:-1])} and {moving[-1][0]} move away from 0"
    raise NotEstimable(
        "monotone_likelihood",
        n,
        f"The likelihood keeps rising as {way}: there is no finite hazard ratio.",
    )


def rising_direction(scaled: SurvivalData, score: FloatArray) -> FloatArray | None:
    """Find a direction in which each failure has the largest value of its risk set, None if there is none.

    ``scaled`` has covariates of about unit spread within risk sets, ``score`` is the score at zero. The likelihood
    has no maximum exactly if there is such a direction d and not all values along it are equal. The score at zero is
    the sum over the failures of their distance to a mean of the risk set, so that the largest score @ d over the
    cone is above 0 exactly then. Of the cone's many sides only those are entered that an attempt violates.

    Source: Jacobsen (1989) Scand. J. Stat. 16:335-349 (existence); Konis (2007), thesis, Oxford (linear program).
    """
    p = scaled.covariates.shape[1]
    level = _LEVEL * max(1.0, float(np.abs(score).max()))
    for alone in np.sign(score)[:, None] * np.eye(p):  # a single coefficient is the plainer answer
        if score @ alone > level and not len(_violated(scaled, alone)):
            return np.asarray(alone)
    sides = np.empty((0, p))
    while True:
        found = optimize.linprog(
            -score,
            A_ub=-sides if sides.size else None,
            b_ub=np.zeros(len(sides)) if sides.size else None,
            bounds=[(-1, 1)] * p,
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        direction = np.asarray(found.x)
        if float(score @ direction) <= level:
            return None
        violated = _violated(scaled, direction)
        if not len(violated):
            return direction
        sides = np.unique(np.vstack((sides, violated)), axis=0)


def _violated(scaled: SurvivalData, direction: FloatArray) -> FloatArray:
    """For each failure, its covariates minus those of the member of its risk set that lies furthest above it."""
    x, along = scaled.covariates, scaled.covariates @ direction
    out = [np.empty((0, direction.size))]
    failures = np.flatnonzero(scaled.event == 1)
    block = max(1, _CELLS // scaled.time.size)
    for part in (failures[i : i + block] for i in range(0, failures.size, block)):
        moment = scaled.time[part][:, None]
        at_risk = (scaled.time >= moment) & (scaled.stratum == scaled.stratum[part][:, None])
        if scaled.entry is not None:
            at_risk &= scaled.entry < moment
        top = np.where(at_risk, along, -np.inf).argmax(axis=1)
        out.append((x[part] - x[top])[along[top] - along[part] > _TIED])
    return np.unique(np.vstack(out), axis=0)
