"""Maximum and profile of a likelihood with Firth's penalty, whichever model it is of.

Own: no library measured has profile limits of a penalised likelihood but firthmodels 0.8.2, which has Breslow's ties
only; on 117 fits with them it agrees to 4e-8 in the coefficient and 6e-11 in the limits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, as_p

# With two events and four covariates the climb gains a quarter of the way a step: 60 steps were not enough.
_MAX_STEPS = 300
# Where records are few the penalty bends the likelihood more than the information says: steps by the information then
# become smaller by less than a thousandth each, and thousands were needed. From this one on they are by differences.
_SLOW = 40
_WIDTH = 1e-5
_SETTLED = 1e-9
_LONGEST_STEP = 2.0
# Coefficients (of covariates of standard deviation 1) beyond which a limit counts as infinite.
_FARTHEST = 60.0
_NO_MAXIMUM = "The penalised likelihood was not maximised."


@dataclass(frozen=True, slots=True, kw_only=True)
class PenalisedLikelihood:
    """A log likelihood plus half the log determinant of its information.

    ``value`` of some coefficients; ``slopes``, the penalised score there and the curvature by which a step is found;
    ``n`` records.
    """

    value: Callable[[FloatArray], float]
    slopes: Callable[[FloatArray], tuple[FloatArray, FloatArray]]
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientProfile:
    """Profile limits of a coefficient, None where there is no finite one, and the penalised likelihood ratio test."""

    lower: float | None
    upper: float | None
    statistic: float
    p_value: float


def climb(model: PenalisedLikelihood, start: FloatArray, free: BoolArray) -> tuple[FloatArray, float]:
    """Maximise over the free coefficients by Newton's method with step halving.

    Parameters
    ----------
    model
        The likelihood.
    start
        Coefficients to begin with; those that are not free stay as they are.
    free
        Which are free.

    Returns
    -------
    tuple
        The coefficients, and the penalised log likelihood there.

    Raises
    ------
    NotEstimable
        ``not_converged``.
    """
    beta, now = start.astype(np.float64), model.value(start)
    if not free.any():
        return beta, now
    for taken in range(_MAX_STEPS):
        step = np.zeros(beta.size)
        try:
            score, curvature = model.slopes(beta)
            own = curvature[np.ix_(free, free)]
            if taken >= _SLOW:
                own = _bent(model, beta, free, own)
            step[free] = np.linalg.solve(own, score[free])
        except np.linalg.LinAlgError:  # chances of 0 and 1 only: a limit lies farther than can be followed
            break
        step *= min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        following = model.value(beta + step)
        while following < now - _SETTLED and np.abs(step).max() > _SETTLED:
            step = step / 2
            following = model.value(beta + step)
        beta, now = beta + step, max(following, now)
        if np.abs(step).max() < _SETTLED:
            return beta, model.value(beta)
    raise NotEstimable("not_converged", {"all": model.n}, _NO_MAXIMUM)


def _bent(
    model: PenalisedLikelihood, beta: FloatArray, free: BoolArray, information: FloatArray
) -> FloatArray:
    """Curvature of the penalised likelihood by differences of its score; the information where it bends upwards."""
    columns = []
    for j in np.flatnonzero(free):
        aside = np.zeros(beta.size)
        aside[j] = _WIDTH * max(1.0, abs(float(beta[j])))
        try:
            below, above = (model.slopes(beta + side * aside)[0] for side in (-1, 1))
        except np.linalg.LinAlgError:  # the information is still one here
            return information
        columns.append((below - above)[free] / (2 * aside[j]))
    bent = (np.array(columns) + np.array(columns).T) / 2
    return bent if np.linalg.eigvalsh(bent)[0] > 0 else information


def profile(
    model: PenalisedLikelihood, j: int, beta: FloatArray, top: float, std_err: float, confidence: float
) -> CoefficientProfile:
    """Follow the likelihood along one coefficient, the others maximised.

    Far from the estimate the likelihood may have two maxima over the others, and the profile is the higher. It is
    looked for from the estimate, from zero, and from where it was at the nearest value before.

    Parameters
    ----------
    model
        The likelihood.
    j
        Place of the coefficient.
    beta, top
        The maximum, as :func:`climb` gives it.
    std_err
        Standard error of the coefficient, by which limits are looked for.
    confidence
        Level of the limits.

    Returns
    -------
    CoefficientProfile
        Limits on the scale of the coefficient, and the test that it is 0.

    References
    ----------
    Heinze & Schemper (2001) Biometrics 57:114-119; (2002) Stat Med 21:2409-2419.
    """
    drop = float(special.chdtri(1, 1 - confidence) / 2)
    free = np.arange(beta.size) != j

    def lost(value: float) -> float:
        """How far the profile at this coefficient lies below the maximum, less the allowed drop."""
        near = before[min(before, key=lambda one: abs(one - value))]
        starts = [np.where(free, others, value) for others in (beta, near, np.zeros(beta.size))]
        before[value], highest = _highest(model, starts, free)
        return top - highest - drop

    before = {float(beta[j]): beta}

    lower, upper = (_limit(lost, float(beta[j]), std_err * side) for side in (-1, 1))
    statistic = max(0.0, 2 * (lost(0.0) + drop))
    return CoefficientProfile(
        lower=lower, upper=upper, statistic=statistic, p_value=as_p(special.chdtrc(1, statistic))
    )


def _highest(
    model: PenalisedLikelihood, starts: Sequence[FloatArray], free: BoolArray
) -> tuple[FloatArray, float]:
    """Climb from each start and keep the highest maximum, the first of equal ones; refused if none settles."""
    found: list[tuple[FloatArray, float]] = []
    apart = {start.tobytes(): start for start in starts}  # with one coefficient all starts are the same
    for start in apart.values():
        try:
            beta, value = climb(model, start, free)
        except NotEstimable:
            continue
        if not found or value > found[-1][1] + _SETTLED:
            found.append((beta, value))
    if not found:
        raise NotEstimable("not_converged", {"all": model.n}, _NO_MAXIMUM)
    return found[-1]


def _limit(lost: Callable[[float], float], centre: float, step: float) -> float | None:
    inside, outside = centre, centre + step
    while lost(outside) < 0:
        inside, outside = outside, outside + step
        if abs(outside) > _FARTHEST:
            return None
    return float(optimize.brentq(lost, inside, outside, xtol=1e-12, rtol=1e-12))
