"""Events a time at risk: one rate and the ratio of two, with exact Poisson limits.

Limits and p are scipy's, by the gamma and binomial distributions. ``scipy.stats.poisson_means_test`` (1.17.1) is
another test of two rates.
"""

import math
from dataclasses import dataclass

from scipy import stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import require_confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RateResult:
    """``events`` in ``time`` at risk: the rate a unit of time, its limits, and the upper limit of one side alone."""

    events: int
    time: float
    rate: float
    lower: float
    upper: float
    upper_one_sided: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRatio:
    """The first rate divided by the second (``inf`` where the second is 0), its limits, and p of equal rates."""

    ratio: float
    lower: float
    upper: float
    p_value: float
    confidence: float


def poisson_rate(events: int, time: float, *, confidence: float = 0.95) -> RateResult:
    """Estimate a rate with exact limits.

    Parameters
    ----------
    events
        Number of events, a whole number.
    time
        Time at risk of all patients together, in the unit the rate is to be in (patient-years for a rate a year).
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``no_time``: nobody was at risk.
    DataError
        ``events`` is not a count, or ``time`` is negative or not finite.

    References
    ----------
    Garwood (1936) Biometrika 28:437-442. R: ``poisson.test``.

    Examples
    --------
    >>> from duonen_stats.methods import poisson_rate
    >>> found = poisson_rate(0, 118.2)
    >>> found.rate, found.lower, round(found.upper, 4)
    (0.0, 0.0, 0.0312)
    """
    _require_count(events, time)
    require_confidence(confidence)
    if time == 0:
        raise NotEstimable("no_time", {"all": 0}, "Nobody was at risk.")
    tail = (1 - confidence) / 2
    lower = float(stats.gamma.ppf(tail, events)) if events else 0.0
    return RateResult(
        events=int(events),
        time=float(time),
        rate=events / time,
        lower=lower / time,
        upper=float(stats.gamma.isf(tail, events + 1)) / time,
        upper_one_sided=float(stats.gamma.isf(1 - confidence, events + 1)) / time,
        confidence=confidence,
    )


def poisson_rate_ratio(
    events1: int, time1: float, events2: int, time2: float, *, confidence: float = 0.95
) -> RateRatio:
    """Compare two rates given their sum of events: first divided by second.

    The p adds the probabilities of all splits of the events no more probable than the one seen, as R does
    (``scipy.stats.poisson_means_test`` is another test). Limits are those of Clopper and Pearson for the split.

    Raises
    ------
    NotEstimable
        ``no_time``: nobody of a group was at risk; ``no_events``: there was no event.
    DataError
        A number of events is not a count, or a time is negative or not finite.

    References
    ----------
    Przyborowski & Wilenski (1940) Biometrika 31:313-323. R: ``poisson.test`` with two counts.

    Examples
    --------
    >>> from duonen_stats.methods import poisson_rate_ratio
    >>> found = poisson_rate_ratio(9, 62.1, 4, 70.5)
    >>> round(found.ratio, 3), round(found.lower, 3), round(found.upper, 3), round(found.p_value, 4)
    (2.554, 0.713, 11.351, 0.1626)
    """
    _require_count(events1, time1)
    _require_count(events2, time2)
    require_confidence(confidence)
    if not (time1 and time2):
        raise NotEstimable("no_time", {"first": events1, "second": events2}, "Nobody of a group was at risk.")
    total = int(events1 + events2)
    if not total:
        raise NotEstimable("no_events", {"first": 0, "second": 0}, "There was no event in either group.")
    test = stats.binomtest(int(events1), total, time1 / (time1 + time2))
    share = test.proportion_ci(confidence, "exact")
    return RateRatio(
        ratio=_odds(events1 / total, exact=events2 == 0) * time2 / time1,
        lower=_odds(float(share.low)) * time2 / time1,
        upper=_odds(float(share.high), exact=events2 == 0) * time2 / time1,
        p_value=float(test.pvalue),
        confidence=confidence,
    )


def _odds(share: float, *, exact: bool = False) -> float:
    return math.inf if exact else share / (1 - share)


def _require_count(events: int, time: float) -> None:
    if events < 0 or events != int(events):
        raise DataError(f"{events} is not a number of events.")
    if not 0 <= time < math.inf:
        raise DataError(f"{time} is not a time at risk.")
