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
from duonen_stats.methods.survival.risk_set_sums import covering, gather, merge

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
# Records times failures that are held at once.
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
    return ArrangedRecords(data, ties).at(beta)


class ArrangedRecords:
    """Records put in their risk sets once, for the likelihood at many coefficient vectors (:func:`risk_sets`)."""

    def __init__(self, data: SurvivalData, ties: Ties) -> None:
        self._strata = [
            _Stratum(data, np.flatnonzero(data.stratum == stratum), ties)
            for stratum in range(len(data.strata))
        ]
        self._latest: tuple[bytes, RiskSets] | None = None

    def at(self, beta: FloatArray) -> RiskSets:
        """Evaluate the partial likelihood, strata added up; asked again for the same point, it remembers."""
        point = beta.tobytes()
        if self._latest is None or self._latest[0] != point:
            self._latest = point, self._added_up([stratum.at(beta) for stratum in self._strata])
        return self._latest[1]

    def _added_up(self, parts: list[RiskSets]) -> RiskSets:
        if len(parts) == 1:
            return parts[0]
        return RiskSets(
            loglik=sum(part.loglik for part in parts),
            time=np.concatenate([part.time for part in parts]),
            residual=np.concatenate([part.residual for part in parts]),
            covariance=np.concatenate([part.covariance for part in parts]),
            mean=np.concatenate([part.mean for part in parts]),
            stratum=np.concatenate([part.stratum for part in parts]),
        )


class _Stratum:
    """Who fails in a stratum, when, and who else is at risk then."""

    def __init__(self, data: SurvivalData, members: IntArray, ties: Ties) -> None:
        failures = members[data.event[members] == 1]
        self.time, self.stratum = data.time[failures], data.stratum[failures]
        self.p = data.covariates.shape[1]
        if not failures.size:
            return
        # About a typical failure: far from zero the products of covariates would lose their digits.
        self.centre = np.median(data.covariates[failures], axis=0)
        self.members, self.failures = (data.covariates[one] - self.centre for one in (members, failures))
        moment, self.index, tied = np.unique(self.time, return_inverse=True, return_counts=True)
        self.moments = moment.size
        # Tied failures are summed apart: Efron's method takes them out of the risk set step by step.
        first, last = _places(data, members, moment)
        self.staying = covering(first, last - data.event[members], moment.size)
        place = np.zeros(failures.size)
        if ties == "efron":
            order = np.argsort(self.index, kind="stable")
            place[order] = np.arange(order.size) - np.repeat(np.cumsum(tied) - tied, tied)
        self.remaining = 1 - place / tied[self.index]

    def at(self, beta: FloatArray) -> RiskSets:
        if not self.time.size:
            none = np.empty((0, self.p))
            return RiskSets(
                loglik=0.0,
                time=self.time,
                residual=none,
                covariance=np.empty((0, self.p, self.p)),
                mean=none,
                stratum=self.stratum,
            )
        eta = self.failures @ beta
        staying = self.staying(self.members @ beta, self.members)
        failing = gather(self.index, self.moments, eta, self.failures)
        sums = merge(staying.take(self.index), failing.take(self.index).times(self.remaining))
        return RiskSets(
            loglik=float(np.sum(eta - sums.log_scale - np.log(sums.weight))),
            time=self.time,
            residual=self.failures - sums.mean,
            covariance=sums.about_mean / sums.weight[:, None, None],
            mean=sums.mean + self.centre,
            stratum=self.stratum,
        )


def _places(data: SurvivalData, members: IntArray, moment: FloatArray) -> tuple[IntArray, IntArray]:
    """Give each member the first of the sorted moments at which it is at risk, and the first after its last.

    An interval is open at its start: who enters at a moment is not yet at risk.
    """
    last = np.searchsorted(moment, data.time[members], side="right")
    if data.entry is None:
        return np.zeros_like(last), last
    return np.searchsorted(moment, data.entry[members], side="right"), last


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
    top, there = _climb(scaled, ties, terms, _numbers(data))
    beta = top / spread
    arranged = ArrangedRecords(data, ties)
    return Maximum(
        beta=beta,
        at_zero=arranged.at(np.zeros(spread.size)),
        at_beta=arranged.at(beta),
        covariance=inverse(there.information) / np.outer(spread, spread),
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

    A record that is at risk at no failure, and a difference between strata, say nothing about the coefficients and
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


def _climb(
    scaled: SurvivalData, ties: Ties, terms: tuple[str, ...], n: dict[str, int]
) -> tuple[FloatArray, RiskSets]:
    """Newton's method on covariates of standard deviation 1 within risk sets.

    Near a maximum Newton's decrement falls quadratically. Where the information has almost vanished, or the climb
    does not settle, the maximum may lie at infinity: then linear programming decides.
    """
    beta = np.zeros(scaled.covariates.shape[1])
    arranged = ArrangedRecords(scaled, ties)
    now = arranged.at(beta)
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
            return beta, now
        beta, now = _step(arranged, beta, now, step)
        before = decrement
    if not examined:
        _refuse_monotone(scaled, score_at_zero, terms, n)
    raise NotEstimable(
        "not_converged",
        n,
        "The likelihood is so flat around its maximum that the hazard ratio may be infinite.",
    )


def _step(
    arranged: ArrangedRecords, beta: FloatArray, now: RiskSets, step: FloatArray
) -> tuple[FloatArray, RiskSets]:
    """Go along a step, or half of it, or a quarter …, so far that the likelihood does not fall."""
    for _ in range(_HALVINGS):
        following = arranged.at(beta + step)
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
