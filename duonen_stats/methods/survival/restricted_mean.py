"""Restricted mean survival time: the area under the Kaplan-Meier curve up to tau, and its difference.

Own: scipy 1.17.1 and statsmodels 0.15.0 have none; lifelines 0.30.3 agrees in the estimate, but its variance is that
of min(T, tau) instead of that of its mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import as_p, normal_deviate
from duonen_stats.methods.inputs.survival_data import SurvivalData, survival_data
from duonen_stats.methods.survival.kaplan_meier import KaplanMeier, kaplan_meier


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMean:
    """Mean time free of the event within the first ``tau``, in the unit of the data.

    ``note`` says so if ``tau`` lies beyond the last observed time of a curve that has not reached 0: the
    curve is then carried flat to ``tau``.
    """

    tau: float
    estimate: float
    std_err: float
    lower: float
    upper: float
    n: int
    n_events: int
    n_missing: int
    confidence: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedMeanDifference:
    """Restricted mean of group ``a`` minus that of group ``b``, in the unit of the data."""

    tau: float
    a: str
    b: str
    mean_a: RestrictedMean
    mean_b: RestrictedMean
    difference: float
    std_err: float
    lower: float
    upper: float
    z: float
    p_value: float
    confidence: float
    n_missing: int


def restricted_mean(
    time: ArrayLike, event: ArrayLike, *, tau: float, confidence: float = 0.95
) -> RestrictedMean:
    """Estimate the restricted mean survival time with Greenwood's standard error.

    Parameters
    ----------
    time, event
        1-D, one entry a subject: time since origin, and 1 for an event, 0 for censored.
    tau
        End of the window, above 0, in the unit of ``time``.
    confidence
        Level of the limits, symmetric about the estimate.

    Raises
    ------
    NotEstimable
        ``tau_not_positive``, and those of :func:`kaplan_meier`.

    References
    ----------
    Klein & Moeschberger (2003) §4.5; R ``print(survfit, rmean=tau)``. The library call gives the
    variance of min(T, tau) instead of that of its mean.

    Examples
    --------
    >>> from duonen_stats.methods import restricted_mean
    >>> found = restricted_mean([1, 2, 3, 4], [1, 1, 1, 1], tau=4)
    >>> found.estimate
    2.5
    """
    curve = kaplan_meier(time, event, confidence=confidence)
    if not tau > 0:
        raise NotEstimable("tau_not_positive", {"all": curve.n}, f"tau is {tau:g}; it must be above 0.")
    inside = curve.time <= tau
    times, survival = curve.time[inside], curve.survival[inside]
    steps = np.diff(np.concatenate(([0.0], times, [tau]))) * np.concatenate(([1.0], survival))
    ahead = steps[1:][::-1].cumsum()[::-1]
    d, left = curve.events[inside], (curve.at_risk - curve.events)[inside]
    variance = float(np.sum(ahead**2 * d / np.maximum(curve.at_risk[inside] * left, 1)))
    estimate, std_err = float(steps.sum()), variance**0.5
    half = normal_deviate(confidence) * std_err
    return RestrictedMean(
        tau=tau,
        estimate=estimate,
        std_err=std_err,
        lower=estimate - half,
        upper=estimate + half,
        n=curve.n,
        n_events=int(d.sum()),
        n_missing=curve.n_missing,
        confidence=confidence,
        note=_note(curve, tau),
    )


def _note(curve: KaplanMeier, tau: float) -> str:
    last = float(curve.time[-1])
    carried = f"curve carried flat from {last:g} to {tau:g}" if tau > last and curve.survival[-1] > 0 else ""
    return "; ".join(part for part in (curve.note, carried) if part)


def restricted_mean_difference(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    compare: tuple[str, str],
    tau: float,
    confidence: float = 0.95,
) -> RestrictedMeanDifference:
    """Compare the restricted means of two groups, ``compare[0]`` minus ``compare[1]``.

    ``time``, ``event``, ``tau`` and ``confidence`` as in :func:`restricted_mean`; ``group`` holds labels,
    compared as text, and subjects of other groups are left out.

    Raises
    ------
    NotEstimable
        ``empty_group`` (a group has no subject), ``no_events`` (none before ``tau`` in either group, so there
        is no standard error), ``zero_variance`` (all at risk have it together), and those of :func:`restricted_mean`.

    References
    ----------
    Uno et al. (2014) J Clin Oncol 32:2380-2385, unadjusted; R ``survRM2::rmst2``.

    Examples
    --------
    >>> from duonen_stats.methods import restricted_mean_difference
    >>> found = restricted_mean_difference(
    ...     [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], ["A", "A", "A", "B", "B", "B"], compare=("B", "A"), tau=6
    ... )
    >>> found.a, found.mean_a.estimate, found.mean_b.estimate, found.difference
    ('B', 5.0, 2.0, 3.0)
    """
    data = survival_data(time, event, group=group)
    a, b = (str(name) for name in compare)
    if a == b:
        raise DataError(f"A group cannot be compared with itself: {a}.")
    sizes = {name: data.group_sizes.get(name, 0) for name in (a, b)}
    if 0 in sizes.values():
        raise NotEstimable("empty_group", sizes, "one of the two groups is empty")
    first, second = (
        restricted_mean(data.time[members], data.event[members], tau=tau, confidence=confidence)
        for members in (data.group == data.groups.index(name) for name in (a, b))
    )
    std_err = float(np.hypot(first.std_err, second.std_err))
    if std_err == 0:
        raise _no_standard_error(data, (a, b), tau, sizes)
    difference = first.estimate - second.estimate
    half = normal_deviate(confidence) * std_err
    return RestrictedMeanDifference(
        tau=tau,
        a=a,
        b=b,
        mean_a=first,
        mean_b=second,
        difference=difference,
        std_err=std_err,
        lower=difference - half,
        upper=difference + half,
        z=difference / std_err,
        p_value=as_p(2 * special.ndtr(-abs(difference / std_err))),
        confidence=confidence,
        n_missing=data.n_missing,
    )


def _no_standard_error(
    data: SurvivalData, compare: tuple[str, str], tau: float, sizes: dict[str, int]
) -> NotEstimable:
    """Say whether there is no event before ``tau``, or only such as leave nobody at risk."""
    members = np.isin(data.group, [data.groups.index(name) for name in compare])
    if not (members & (data.event == 1) & (data.time < tau)).any():
        return NotEstimable(
            "no_events", sizes, f"Neither group has an event before {tau:g}, so there is no standard error."
        )
    return NotEstimable(
        "zero_variance",
        sizes,
        "There is no standard error: all at risk in a group have the event at the same time.",
    )
