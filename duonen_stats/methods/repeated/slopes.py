"""Change a year by arm: a straight line for each patient, with random intercept and slope, by REML.

Own: statsmodels' ``MixedLM`` (0.15.0) misses the optimum where slopes vary little, and has normal p-values only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, as_vector, require_confidence
from duonen_stats.methods.repeated.covariance import RandomEffects
from duonen_stats.methods.repeated.reml import IntervalEstimate, Patient, RemlFit, fit_reml

_SMALLEST_ARM = 2
_EXACT = 1e-20
"""Squares around the patients' own lines that are a smaller part of all squares are rounding."""
_BOUNDARY = 1e-8
"""A covariance matrix of the effects with a smaller eigenvalue than this part of the largest one is at its boundary."""
_HIGHER = 1e-6
"""Log-likelihoods that differ by less are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSlope:
    """The mean change a year of an arm, in units of the value a year; ``n`` patients."""

    arm: str
    n: int
    satterthwaite: IntervalEstimate
    kenward_roger: IntervalEstimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeDifference:
    """The change a year of ``arm`` minus that of ``reference``."""

    arm: str
    reference: str
    satterthwaite: IntervalEstimate
    kenward_roger: IntervalEstimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeResult:
    """A fitted model.

    ``random_covariance`` is that of intercept and slope (2 by 2), of the intercept alone (1 by 1) where
    ``random_slope`` is false: the slopes of patients then vary no more than by error, and the model was fitted
    again without. ``missing`` names arms without an estimate, with the reason.
    """

    n_subjects: int
    n_obs: int
    n_missing: int
    random_slope: bool
    random_covariance: FloatArray = field(repr=False)
    residual_variance: float
    loglik: float
    slopes: tuple[ArmSlope, ...]
    differences: tuple[SlopeDifference, ...]
    missing: Mapping[str, str]
    confidence: float


def slope_per_year(
    subject: Sequence[str],
    arm: Sequence[str],
    years: ArrayLike,
    value: ArrayLike,
    *,
    reference: str,
    arms: Sequence[str] | None = None,
    confidence: float = 0.95,
) -> SlopeResult:
    """Estimate the change a year by arm, and its difference to a reference arm.

    Parameters
    ----------
    subject, arm
        Of each row, equally long.
    years
        Time of each row in years (not days: other programs lose the optimum there); any origin.
    value
        The value; rows without value or time are left out.
    reference
        The arm the others are compared with.
    arms
        Their order; by default sorted.
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``empty_group``: the reference arm has no value. ``group_too_small``: it has one patient. ``n_too_small``:
        nobody has values at three times. ``collinear``: nobody of an arm has values at two times. ``no_convergence``,
        ``zero_variance``.
    DataError
        Lengths differ, or a patient is in two arms.

    References
    ----------
    Laird & Ware (1982) Biometrics 38:963-974; Fai & Cornelius (1996) J Stat Comput Simul 54:363-378; Kenward & Roger
    (1997) Biometrics 53:983-997. Agrees with lme4, lmerTest and pbkrtest; statsmodels 0.15's MixedLM gives normal p
    and misses optima at the boundary.

    Examples
    --------
    >>> from duonen_stats.methods import slope_per_year
    >>> years = [0, 1, 2, 3] * 4
    >>> value = [90, 88, 85, 84, 80, 79, 75, 74, 95, 90, 84, 80, 70, 66, 63, 57]
    >>> subject = [s for s in "abcd" for _ in range(4)]
    >>> found = slope_per_year(subject, ["A"] * 8 + ["B"] * 8, years, value, reference="A")
    >>> [round(one.satterthwaite.estimate, 2) for one in found.slopes]
    [-2.15, -4.65]
    """
    require_confidence(confidence)
    time, y = as_vector(years, "years"), as_vector(value, "value")
    if len({len(subject), len(arm), time.size, y.size}) > 1:
        raise DataError("Patients, arms, times and values must be equally many.")
    kept = np.flatnonzero(~np.isnan(time) & ~np.isnan(y)).tolist()
    arm_of = {subject[place]: arm[place] for place in kept}
    if any(arm_of[subject[place]] != arm[place] for place in kept):
        raise DataError("A patient is in two arms.")
    names = tuple(arms) if arms is not None else tuple(sorted({*arm}))
    unknown = sorted({*arm_of.values(), reference} - {*names})
    if unknown:
        raise DataError(f"No arm {unknown[0]} is among the stated ones ({', '.join(names)}).")
    sizes = {name: sum(own == name for own in arm_of.values()) for name in names}
    if not sizes[reference]:
        raise NotEstimable("empty_group", sizes, f"Arm {reference} has no value.")
    if sizes[reference] < _SMALLEST_ARM:
        raise NotEstimable("group_too_small", sizes, f"Arm {reference} has one patient.")
    present = [name for name in names if sizes[name]]
    by_subject: dict[str, list[int]] = {}
    for place in kept:
        by_subject.setdefault(subject[place], []).append(place)
    patients = [
        _patient(time[own], y[own], present.index(arm_of[one]), len(present))
        for one, own in by_subject.items()
    ]
    fit, effects, random_slope = _fitted(patients)
    missing = {
        name: "empty_group" if not size else "group_too_small"
        for name, size in sizes.items()
        if size < _SMALLEST_ARM
    }
    weight = {
        name: np.eye(2 * len(present))[len(present) + place]
        for place, name in enumerate(present)
        if name not in missing
    }
    return SlopeResult(
        n_subjects=len(by_subject),
        n_obs=len(kept),
        n_missing=y.size - len(kept),
        random_slope=random_slope,
        random_covariance=effects.matrix(fit.theta),
        residual_variance=float(fit.theta[-1]),
        loglik=fit.loglik,
        slopes=tuple(
            ArmSlope(
                arm=name,
                n=sizes[name],
                satterthwaite=fit.satterthwaite(own, confidence),
                kenward_roger=fit.kenward_roger(own, confidence),
            )
            for name, own in weight.items()
        ),
        differences=tuple(
            SlopeDifference(
                arm=name,
                reference=reference,
                satterthwaite=fit.satterthwaite(own - weight[reference], confidence),
                kenward_roger=fit.kenward_roger(own - weight[reference], confidence),
            )
            for name, own in weight.items()
            if name != reference
        ),
        missing=missing,
        confidence=confidence,
    )


def _patient(time: FloatArray, y: FloatArray, place: int, arms: int) -> Patient:
    x = np.zeros((y.size, 2 * arms))
    x[:, place] = 1
    x[:, arms + place] = time
    return Patient(y, x, np.column_stack([np.ones(y.size), time]))


def _fitted(patients: Sequence[Patient]) -> tuple[RemlFit, RandomEffects, bool]:
    """Fit intercept and slope; where the optimum has no covariance matrix of the two, the intercept alone.

    Lines that differ in the intercept alone are at the edge of those that differ in both: where the likelihood is
    higher there than at a maximum within, that is the optimum.
    """
    _require_error(patients)
    squares = float(np.mean(np.concatenate([one.rows[:, 1] ** 2 for one in patients])))
    both, intercept = RandomEffects((1.0, squares or 1.0)), RandomEffects((1.0,))
    within = _within(patients, both)
    try:
        edge = fit_reml([Patient(one.y, one.x, one.rows[:, :1]) for one in patients], intercept)
    except NotEstimable:
        if within is None:
            raise
        return within, both, True
    if within is None or edge.loglik > within.loglik + _HIGHER:
        return edge, intercept, False
    return within, both, True


def _within(patients: Sequence[Patient], both: RandomEffects) -> RemlFit | None:
    try:
        fit = fit_reml(patients, both)
    except NotEstimable as error:
        if error.reason != "no_convergence":
            raise
        return None
    eigenvalues = np.linalg.eigvalsh(both.matrix(fit.theta))
    return fit if eigenvalues[0] > _BOUNDARY * eigenvalues[-1] > 0 else None


def _require_error(patients: Sequence[Patient]) -> None:
    """Refuse where errors and varying slopes cannot be separated: without random slopes a model is too sure."""
    x = np.concatenate([one.x for one in patients])
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return  # the fit refuses this by its own reason
    around, free = 0.0, 0
    for one in patients:
        line, *_ = np.linalg.lstsq(one.rows, one.y, rcond=None)
        around += float(((one.y - one.rows @ line) ** 2).sum())
        free += one.y.size - int(np.linalg.matrix_rank(one.rows))
    values = np.concatenate([one.y for one in patients])
    sizes = {"all": len(patients)}
    if not free:
        raise NotEstimable(
            "n_too_small",
            sizes,
            "Nobody has values at three times: error cannot be distinguished from slopes.",
        )
    if around <= _EXACT * float(((values - values.mean()) ** 2).sum()):
        raise NotEstimable("zero_variance", sizes, "Every patient's values lie on a line, without error.")
