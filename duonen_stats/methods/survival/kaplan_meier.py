"""Kaplan-Meier: survival over time, its limits, its quantiles, and follow-up by the reverse curve.

Own: ``scipy.stats.ecdf`` (1.17.1) has the curve (equal to 1e-15) and two kinds of limits, in twice the time, but no
numbers at risk, no quantiles, no standard error and no limits on the logarithm's scale; lifelines 0.30.3 agrees to
1e-8 and confirms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.methods.inputs.admit import FloatArray, IntArray, normal_deviate
from duonen_stats.methods.inputs.survival_data import reached, risk_table, survival_data

ConfidenceType = Literal["log-log", "log", "plain", "logit", "arcsin"]

_SAME_LEVEL = 1.5e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KaplanMeier:
    """A survival curve; the arrays have one entry per distinct observed time, in the unit of the data.

    ``at_risk`` counts subjects just before the time; ``events`` and ``censored`` those at it. ``std_err`` is
    Greenwood's, of the survival probability. In the arrays an undefined value is NaN: the standard error and
    the limits where survival is 0, log-log limits also while it is 1.
    """

    time: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    survival: FloatArray
    std_err: FloatArray
    lower: FloatArray
    upper: FloatArray
    n: int
    n_events: int
    n_missing: int
    confidence: float
    conf_type: ConfidenceType
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalAt:
    """Survival at one time.

    ``n_risk`` counts who is at risk just before it, ``n_events`` and ``n_censored`` what happened up to it.
    A limit or standard error that is not defined is None.
    """

    time: float
    survival: float
    std_err: float | None
    lower: float | None
    upper: float | None
    n_risk: int
    n_events: int
    n_censored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalQuantile:
    """The time by which a fraction ``probability`` has had the event; None is "not reached", not an error."""

    probability: float
    estimate: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Median follow-up by the reverse Kaplan-Meier curve; None is "not reached"."""

    median: float | None
    lower: float | None
    upper: float | None
    n: int
    n_censored: int
    n_missing: int
    confidence: float


def kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, confidence: float = 0.95, conf_type: ConfidenceType = "log-log"
) -> KaplanMeier:
    """Estimate a survival curve with pointwise limits.

    Parameters
    ----------
    time, event
        1-D, one entry a subject: time since origin, and 1 for an event, 0 for censored; missing ones are
        dropped and counted.
    confidence
        Level of the limits.
    conf_type
        Scale on which the limits are symmetric: ``"log-log"`` stays inside 0 and 1 and is R's recommended,
        ``"log"`` is R's default, ``"plain"`` is Greenwood's.

    Raises
    ------
    NotEstimable
        ``empty_group``, ``non_finite``, ``negative_time``, ``event_code``.

    References
    ----------
    Kaplan & Meier (1958) JASA 53:457-481; limits as Kalbfleisch & Prentice (2002) §1.4, R
    ``survival::survfit``.

    Examples
    --------
    >>> from duonen_stats.methods import kaplan_meier
    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
    >>> curve.time.tolist(), curve.survival.tolist()
    ([1.0, 2.0, 3.0, 4.0], [0.75, 0.75, 0.375, 0.375])
    """
    data = survival_data(time, event)
    table = risk_table(data.time, data.event == 1, data.group, 1)
    at_risk, events = table.at_risk[:, 0], table.events[:, 0]
    survival: FloatArray = np.cumprod(1 - events / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        se_log = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        std_err: FloatArray = survival * se_log
        lower, upper = _limits(survival, se_log, confidence, conf_type)
    return KaplanMeier(
        time=table.time,
        at_risk=at_risk,
        events=events,
        censored=table.leaving[:, 0] - events,
        survival=survival,
        std_err=std_err,
        lower=lower,
        upper=upper,
        n=data.time.size,
        n_events=int(events.sum()),
        n_missing=data.n_missing,
        confidence=confidence,
        conf_type=conf_type,
        note=data.note,
    )


def _limits(
    s: FloatArray, se_log: FloatArray, confidence: float, conf_type: ConfidenceType
) -> tuple[FloatArray, FloatArray]:
    """Limits symmetric on the chosen scale; ``se_log`` is the standard error of log S."""
    z = normal_deviate(confidence)
    open_s = np.where((s > 0) & (s < 1), s, np.nan)
    match conf_type:
        case "plain":
            half = z * s * se_log
            return np.maximum(s - half, 0), np.minimum(s + half, 1)
        case "log":
            above = np.where(s > 0, s, np.nan)
            return above * np.exp(-z * se_log), np.minimum(above * np.exp(z * se_log), 1)
        case "log-log":
            half = z * se_log / np.log(open_s)
            return open_s ** np.exp(-half), open_s ** np.exp(half)
        case "logit":
            odds, half = open_s / (1 - open_s), z * se_log / (1 - open_s)
            return 1 - 1 / (1 + odds * np.exp(-half)), 1 - 1 / (1 + odds * np.exp(half))
        case "arcsin":
            angle, half = np.arcsin(np.sqrt(open_s)), z * se_log * np.sqrt(open_s / (1 - open_s)) / 2
            return np.sin(np.maximum(angle - half, 0)) ** 2, np.sin(np.minimum(angle + half, np.pi / 2)) ** 2
    raise ValueError(f"{conf_type!r} is not a kind of confidence limit")


def survival_at(curve: KaplanMeier, times: Iterable[float]) -> tuple[SurvivalAt, ...]:
    """Read a survival curve and its counts at given times, also before its first and after its last one.

    After the last observed time the curve is carried flat and nobody is at risk, as by R's
    ``summary(survfit, extend=TRUE)``.

    Examples
    --------
    >>> from duonen_stats.methods import kaplan_meier, survival_at
    >>> (point,) = survival_at(kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0]), [2])
    >>> point.survival, point.n_risk
    (0.75, 3)
    """
    return tuple(_read(curve, float(time)) for time in times)


def _read(curve: KaplanMeier, time: float) -> SurvivalAt:
    until, before = reached(curve.time, time)
    lower, upper = curve.lower, curve.upper
    if not until:
        lower, upper = _limits(np.ones(1), np.zeros(1), curve.confidence, curve.conf_type)
    here = until - 1
    return SurvivalAt(
        time=time,
        survival=float(curve.survival[here]) if until else 1.0,
        std_err=_defined(curve.std_err[here]) if until else 0.0,
        lower=_defined(lower[here]),
        upper=_defined(upper[here]),
        n_risk=int(curve.at_risk[before]) if before < curve.time.size else 0,
        n_events=int(curve.events[:until].sum()),
        n_censored=int(curve.censored[:until].sum()),
    )


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def survival_quantile(curve: KaplanMeier, probability: float = 0.5) -> SurvivalQuantile:
    """Find the time by which a fraction of the subjects has had the event, with its limits.

    ``probability`` is the fraction failed: 0.5 for the median, 0.25 for the time at which 75 % are still
    free of the event. Where the curve equals the level exactly over an interval, its midpoint is returned, as
    R's ``survfit`` does; a curve that ends flat on the level gives the midpoint up to the last observed time.
    The limits are where the limits of the curve first reach the level. With few subjects a limit of the curve may
    rise again: ``quantile.survfit`` then takes the value nearest the level, ``print.survfit`` the first time, as here.

    Source: Brookmeyer & Crowley (1982) Biometrics 38:29-41; R ``survival::print.survfit``.

    Examples
    --------
    >>> from duonen_stats.methods import kaplan_meier, survival_quantile
    >>> survival_quantile(kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])).estimate
    3.0
    """
    estimate, lower, upper = (
        _crossing(curve.time, 1 - line, probability) for line in (curve.survival, curve.lower, curve.upper)
    )
    return SurvivalQuantile(probability=probability, estimate=estimate, lower=lower, upper=upper)


def _crossing(time: FloatArray, fallen: FloatArray, level: float) -> float | None:
    """Find when ``fallen`` first reaches ``level``, or the middle of the time that it stays there."""
    reached = np.flatnonzero(fallen >= level - _SAME_LEVEL)
    if not reached.size:
        return None
    first = int(reached[0])
    elsewhere = np.flatnonzero(~(np.abs(fallen[first:] - level) < _SAME_LEVEL))
    end = first + int(elsewhere[0]) if elsewhere.size else -1
    return float((time[first] + time[end]) / 2)


def reverse_km_followup(
    time: ArrayLike, event: ArrayLike, *, confidence: float = 0.95, conf_type: ConfidenceType = "log-log"
) -> FollowUp:
    """Estimate the median follow-up: the Kaplan-Meier median with events and censorings exchanged.

    ``time`` and ``event`` as in :func:`kaplan_meier`, whose errors are raised.

    Source: Schemper & Smith (1996) Controlled Clinical Trials 17:343-346.

    Examples
    --------
    >>> from duonen_stats.methods import reverse_km_followup
    >>> reverse_km_followup([1, 2, 3, 4], [1, 0, 0, 0]).median
    3.0
    """
    data = survival_data(time, event)
    curve = kaplan_meier(data.time, 1 - data.event, confidence=confidence, conf_type=conf_type)
    median = survival_quantile(curve, 0.5)
    return FollowUp(
        median=median.estimate,
        lower=median.lower,
        upper=median.upper,
        n=curve.n,
        n_censored=curve.n_events,
        n_missing=data.n_missing,
        confidence=confidence,
    )
