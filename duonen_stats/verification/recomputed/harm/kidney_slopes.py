"""The yearly change of kidney function once more: a line for each patient by restricted maximum likelihood.

A patient's values are turned so that two of them hold all that they say of the line, and the rest is error alone: every
matrix has then two rows, whenever the values were taken. The covariance matrix is linear in its parameters, the
variances and covariance of intercept and slope and the variance of error.
"""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.describe import NUMPY, PANDAS, Floats
from duonen_stats.verification.recomputed.mixed_model import MixedModel
from duonen_stats.verification.second_numbers import SecondNumbers

_CHRONIC_DAYS, _DAYS_PER_YEAR = 91.3125, 365.25
"""The chronic slope begins three months after the first administration."""
_TOLERANCE = 1e-6
"""Both fits are iterated."""
_SMALLEST_ARM = 2
_SHARES = (0.5, 0.9, 0.1)
"""Parts of the variance that are between patients, to begin with."""
_STEPS, _HALVINGS = 200, 40
_CLOSE, _POLISHING, _NEAR = 1e-14, 20, 1e-2
_EXACT, _SINGULAR, _FLAT = 1e-20, 1e-8, 1e-10


def recompute_slopes(
    out: SecondNumbers, values: pd.DataFrame, treated: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add the yearly change by arm, and its difference to the control arm: of all values, and after three months.

    Parameters
    ----------
    out, plan, study
        As elsewhere.
    values
        ``SUBJID``, ``YEARS`` from the first administration, ``AVAL``.
    treated
        Treated patients by ``SUBJID``, with ``TREATED``, their arm.

    References
    ----------
    Laird and Ware (1982) Biometrics 38:963-974; Levey et al. (2020) Am J Kidney Dis 75:84-104 (the chronic slope).
    """
    rows = values.assign(ARM=values["SUBJID"].map(treated["TREATED"]))
    late = rows.loc[rows["YEARS"] > _CHRONIC_DAYS / _DAYS_PER_YEAR]
    for kind, own in (("total", rows), ("chronic", late)):
        _of_kind(out, f"kidney.slope.{kind}", own, plan, study)


def _of_kind(out: SecondNumbers, block: str, rows: pd.DataFrame, plan: SimpleNamespace, study: Study) -> None:
    out.add(f"{block}.n", rows["SUBJID"].nunique(), PANDAS)
    out.add(f"{block}.values", len(rows), PANDAS)
    sizes = {}
    for arm in study.arms:
        own = rows.loc[rows["ARM"].eq(arm.code)]
        years = own.groupby("SUBJID")["YEARS"]
        sizes[arm.code] = years.ngroups
        out.add(f"{block}.{arm.code}.n", years.ngroups, PANDAS)
        out.add(f"{block}.{arm.code}.values", len(own), PANDAS)
        out.add(f"{block}.{arm.code}.span", (years.max() - years.min()).median(), PANDAS)
    if max(sizes.values()) < _SMALLEST_ARM:
        return
    present = [arm for arm, size in sizes.items() if size]
    model = fit_lines(
        rows["SUBJID"].tolist(),
        [present.index(arm) for arm in rows["ARM"]],
        rows["YEARS"].to_numpy(dtype=float),
        rows["AVAL"].to_numpy(dtype=float),
    )
    if model is None:
        return
    weights = dict(zip(present, np.eye(2 * len(present))[len(present) :], strict=True))
    control = weights[plan.control_arm] if sizes[plan.control_arm] >= _SMALLEST_ARM else None
    for code in (code for code in present if sizes[code] >= _SMALLEST_ARM):
        _add(out, f"{block}.{code}", "slope", model, weights[code], plan, p=False)
        if code != plan.control_arm and control is not None:
            enough = min(sizes[code], sizes[plan.control_arm]) >= plan.min_group
            weight = weights[code] - control
            _add(out, f"{block}.{code}.difference", "difference", model, weight, plan, p=enough)


def _add(
    out: SecondNumbers,
    block: str,
    name: str,
    model: "Lines",
    weights: Floats,
    plan: SimpleNamespace,
    *,
    p: bool,
) -> None:
    found = model.contrast(weights, plan.confidence, kenward_roger=plan.repeated_df == "kenward_roger")
    stats = {name: found["estimate"]} | {one: found[one] for one in ("se", "df", "ci_low", "ci_high")}
    if p:
        stats["p"] = found["p"]
    for stat, value in stats.items():
        size = 0.0 if stat in {"df", "p"} else found["se"]
        out.add(f"{block}.{stat}", value, NUMPY, tolerance=_TOLERANCE, scale=size)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """A fitted model: the effects are the intercepts of all arms, then their slopes.

    ``parameters`` are the variance of intercepts and, if ``sloped``, their covariance with slopes and the variance of
    slopes; at last the variance of error. ``small_sample`` has Kenward and Roger's covariance matrix and the expected
    information, ``observed`` the plain one and the observed information.
    """

    parameters: Floats
    sloped: bool
    loglik: float
    small_sample: MixedModel
    observed: MixedModel

    def contrast(self, weights: Floats, confidence: float, *, kenward_roger: bool) -> dict[str, float]:
        """Estimate a contrast with degrees of freedom of Kenward and Roger, or of Satterthwaite.

        Of Satterthwaite, too, where Kenward and Roger's adjustment leaves no variance, since it is no square.

        References
        ----------
        Kenward and Roger (1997) Biometrics 53:983-997; Fai and Cornelius (1996) J Stat Comput Simul 54:363-378.
        """
        adjusted = kenward_roger and weights @ self.small_sample.adjusted @ weights > 0
        return (self.small_sample if adjusted else self.observed).contrast(weights, confidence)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Turned:
    """Values of all patients, turned: of each its two rows that the line determines, and the rest together.

    ``y`` (n, 2), ``x`` (n, 2, p), ``z`` (n, 2, 2), the columns of intercept and slope, and ``there`` (n, 2), false for
    the second row of who has values at one time alone; ``rest``, the squares around the patients' own lines, has
    ``free`` degrees of freedom.
    """

    y: Floats
    x: Floats
    z: Floats
    there: Floats
    rest: float
    free: int

    def bases(self, *, sloped: bool) -> Floats:
        """Return the derivatives (q, n, 2, 2) of the patients' matrices with respect to the parameters."""
        one, time = self.z[..., 0], self.z[..., 1]
        products = [np.einsum("na,nb->nab", one, one)]
        if sloped:
            cross = np.einsum("na,nb->nab", one, time)
            products += [cross + cross.transpose(0, 2, 1), np.einsum("na,nb->nab", time, time)]
        return np.array([*products, self.there[:, :, None] * np.eye(2)])


def fit_lines(subject: list[str], arm: list[int], years: Floats, value: Floats) -> Lines | None:
    """Fit a line per patient around that of the arm; without random slopes where they vary no more than by error.

    Parameters
    ----------
    subject, arm
        Of each value; arms are counted from 0, and each has a patient.
    years, value
        When the value was taken, and the value.

    Returns
    -------
    Lines
        None where arms cannot have a line, nothing is left to tell error by, or the likelihood has no maximum.
    """
    turned = _turned(subject, arm, years, value)
    columns = turned.x.reshape(-1, turned.x.shape[2])
    if np.linalg.matrix_rank(columns) < columns.shape[1] or not turned.free:
        return None
    if turned.rest <= _EXACT * float(((value - value.mean()) ** 2).sum()):
        return None
    squares = float((years**2).mean()) or 1.0
    found = [one for sloped in (True, False) if (one := _fitted(turned, squares, sloped=sloped)) is not None]
    # Without slopes the lines are at the edge of those with: the higher likelihood counts, of equal ones that with.
    return max(found, key=lambda one: one.loglik + _TOLERANCE * one.sloped, default=None)


def _turned(subject: list[str], arm: list[int], years: Floats, value: Floats) -> _Turned:
    """Turn each patient's values: Q'y with Q of the line's columns, and what is left of y."""
    codes, names = pd.factorize(np.array(subject, dtype=object))
    arms = max(arm) + 1
    y, x = np.zeros((len(names), 2)), np.zeros((len(names), 2, 2 * arms))
    z, there = np.zeros((len(names), 2, 2)), np.zeros((len(names), 2))
    rest, free = 0.0, 0
    for one in range(len(names)):
        own = np.flatnonzero(codes == one)
        line = np.column_stack([np.ones(own.size), years[own]])
        rank = int(np.linalg.matrix_rank(line))
        turn = np.linalg.qr(line)[0][:, :rank]
        y[one, :rank], z[one, :rank], there[one, :rank] = turn.T @ value[own], turn.T @ line, 1.0
        x[one, :, [arm[own[0]], arms + arm[own[0]]]] = z[one].T
        left = value[own] - turn @ y[one, :rank]
        rest, free = rest + float(left @ left), free + own.size - rank
    return _Turned(y=y, x=x, z=z, there=there, rest=rest, free=free)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _At:
    """The restricted likelihood at some parameters, with its derivatives."""

    loglik: float
    score: Floats
    expected: Floats
    observed: Floats
    effects: Floats
    phi: Floats
    first: Floats  # (q, p, p): X'WVqWX
    second: Floats  # (q, q, p, p): X'WVqWVrWX
    whole: Floats  # (q,): what the information would be with known effects


def _fitted(turned: _Turned, squares: float, *, sloped: bool) -> Lines | None:
    """Climb from several parameters, and take the highest maximum at which slopes have a variance; None without one."""
    bases = turned.bases(sloped=sloped)
    columns = turned.x.reshape(-1, turned.x.shape[2])
    left = turned.y.ravel() - columns @ np.linalg.lstsq(columns, turned.y.ravel(), rcond=None)[0]
    variance = (float(left @ left) + turned.rest) / max(
        int(turned.there.sum()) + turned.free - columns.shape[1], 1
    )
    reached = []
    for share in _SHARES:
        own = [share, 0.0, share / squares] if sloped else [share]
        end = _climb(np.array([*own, 1 - share]) * variance, turned, bases)
        if end is not None:
            reached.append(end)
    # A way to the edge of what are matrices counts for nothing, however high: a maximum does.
    for reached_at, found, settled in sorted(reached, key=lambda one: -one[1].loglik):
        if settled:
            theta, at = _polished(reached_at, found, turned, bases)
            if _positive(at.observed) and (np.diag(at.observed) > _FLAT * at.whole).all():
                return _finished(theta, at, sloped=sloped) if not sloped or _vary(theta) else None
    return None


def _vary(theta: Floats) -> bool:
    """Whether the lines of patients differ in intercept and slope."""
    spread = np.linalg.eigvalsh(theta[[0, 1, 1, 2]].reshape(2, 2))
    return bool(spread[0] > _SINGULAR * spread[1])


def _climb(theta: Floats, turned: _Turned, bases: Floats) -> "tuple[Floats, _At, bool] | None":
    """Follow the score; say where it ends, and whether that is a maximum."""
    at = _evaluate(theta, turned, bases)
    if at is None:
        return None
    for _ in range(_STEPS):
        step = _step(at)
        if step is None:
            return theta, at, False
        if abs(float(step @ at.score)) < _CLOSE * max(1.0, abs(at.loglik)):
            return theta, at, True
        for halving in range(_HALVINGS):
            tried = _evaluate(theta + step / 2**halving, turned, bases)
            if tried is not None and tried.loglik >= at.loglik - 1e-12 * abs(at.loglik):
                theta, at = theta + step / 2**halving, tried
                break
        else:
            return theta, at, False
    return theta, at, False


def _step(at: _At) -> Floats | None:
    """Give the step by expected information, near the maximum by the observed one."""
    if not _positive(at.expected):
        return None
    step = np.linalg.solve(at.expected, at.score)
    if float(step @ at.score) < _NEAR and _positive(at.observed):
        step = np.linalg.solve(at.observed, at.score)
    return np.asarray(step)


def _polished(theta: Floats, at: _At, turned: _Turned, bases: Floats) -> "tuple[Floats, _At]":
    """Take the last steps, which the likelihood is too coarse to judge."""
    for _ in range(_POLISHING):
        step = _step(at)
        tried = None if step is None else _evaluate(theta + step, turned, bases)
        if step is None or tried is None or np.abs(step).max() < 1e-13 * np.abs(theta).max():
            break
        theta, at = theta + step, tried
    return theta, at


def _positive(information: Floats) -> bool:
    diagonal = np.diag(information)
    if (diagonal <= 0).any():
        return False
    return bool(np.linalg.eigvalsh(information / np.sqrt(np.outer(diagonal, diagonal)))[0] > _FLAT)


def _evaluate(theta: Floats, turned: _Turned, bases: Floats) -> _At | None:
    """Compute the likelihood and its derivatives; None where some matrix is no covariance matrix.

    References
    ----------
    Patterson and Thompson (1971) Biometrika 58:545-554; Gilmour, Thompson and Cullis (1995) Biometrics 51:1440-1450
    (the observed information of a matrix linear in its parameters is y'PVqPVrPy less half the trace of PVqPVr).
    """
    error, free, x = theta[-1], turned.free, turned.x
    matrices = np.einsum("q,qnab->nab", theta, bases) + (1 - turned.there)[:, :, None] * np.eye(2)
    if error <= 0 or np.linalg.eigvalsh(matrices)[:, 0].min() <= 0:
        return None
    w = np.linalg.inv(matrices)
    wx = w @ x
    cross = np.einsum("nap,nar->pr", x, wx)
    sign, log_cross = np.linalg.slogdet(cross)
    if sign <= 0:
        return None
    phi = np.linalg.inv(cross)
    effects = phi @ np.einsum("nap,na->p", wx, turned.y)
    left = turned.y - x @ effects
    pulled = np.einsum("nab,nb->na", w, left)  # Py
    vw = np.einsum("qnab,nbc->qnac", bases, w)
    vwx = np.einsum("qnab,nbp->qnap", bases, wx)
    first = np.einsum("nap,qnar->qpr", wx, vwx)
    second = np.einsum("qnap,nab,rnbs->qrps", vwx, w, vwx, optimize=True)
    traces = np.einsum("qnab,rnba->qr", vw, vw)
    phi_first = np.einsum("ab,qbc->qac", phi, first)
    expected = traces - 2 * np.einsum("ps,qrsp->qr", phi, second)
    expected = (expected + np.einsum("qab,rba->qr", phi_first, phi_first)) / 2
    moved = np.einsum("qnab,nb->qna", bases, pulled)  # VqPy
    fixed = np.einsum("nap,qna->qp", wx, moved)
    quadratic = np.einsum("qna,nab,rnb->qr", moved, w, moved, optimize=True) - fixed @ phi @ fixed.T
    score = np.einsum("na,qna->q", pulled, moved) - np.einsum("qnaa->q", vw)
    score = (score + np.einsum("pr,qrp->q", phi, first)) / 2
    # What is left around the patients' own lines has the error alone, and no effect in it.
    score[-1] += (turned.rest / error - free) / (2 * error)
    expected[-1, -1] += free / (2 * error**2)
    quadratic[-1, -1] += turned.rest / error**3
    whole = np.diag(traces).copy() / 2
    whole[-1] += free / (2 * error**2)
    loglik = np.linalg.slogdet(matrices)[1].sum() + log_cross + np.einsum("na,na->", left, pulled)
    return _At(
        loglik=-float(loglik + free * np.log(error) + turned.rest / error) / 2,
        score=score,
        expected=expected,
        observed=quadratic - expected,
        effects=effects,
        phi=phi,
        first=first,
        second=second,
        whole=whole,
    )


def _finished(theta: Floats, at: _At, *, sloped: bool) -> Lines:
    spread = np.linalg.inv(at.expected)
    explained = np.einsum("qab,bc,rcd->qrad", at.first, at.phi, at.first)
    extra = np.einsum("qr,qrab->ab", spread, at.second - explained)
    small = MixedModel(
        effects=at.effects,
        plain=at.phi,
        adjusted=at.phi + 2 * at.phi @ extra @ at.phi,
        slopes=np.einsum("ab,qbc,cd->qad", at.phi, at.first, at.phi),
        spread=spread,
    )
    observed = replace(small, adjusted=at.phi, spread=np.linalg.inv(at.observed))
    return Lines(parameters=theta, sloped=sloped, loglik=at.loglik, small_sample=small, observed=observed)
