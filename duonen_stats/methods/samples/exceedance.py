"""Is a rate too high? The probability that it exceeds a bound, given the events so far, and a rule that watches it.

The beta distribution is scipy's; no library has the rule that watches a rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, require_confidence


@dataclass(frozen=True, slots=True)
class BetaPrior:
    """What is assumed of a rate beforehand: as if ``events`` of ``events + others`` patients had been seen."""

    events: float = 0.5
    others: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.events < float("inf") and 0 < self.others < float("inf")):
            raise DataError("The two numbers of a beta prior are above 0.")


JEFFREYS = BetaPrior(0.5, 0.5)
"""Jeffreys' prior: half a patient with, and half a patient without the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateBelief:
    """What is known of a rate after ``events`` of ``n``: mean, limits, and the probability of more than ``bound``."""

    events: int
    n: int
    mean: float
    lower: float
    upper: float
    bound: float
    exceeds: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCharacteristics:
    """How a rule behaves at a true rate: probability that it signals, and patients seen until it does or all are in."""

    rate: float
    signals: float
    patients: float


def rate_exceedance(
    events: int, n: int, *, bound: float, prior: BetaPrior = JEFFREYS, confidence: float = 0.95
) -> RateBelief:
    """Give the probability that a rate exceeds a bound, with a beta prior.

    Parameters
    ----------
    events, n
        Patients with the event, and all patients looked at.
    bound
        The rate that is not to be exceeded, a fraction.
    prior
        What is assumed beforehand.
    confidence
        Level of the equal-tailed credible limits.

    Raises
    ------
    NotEstimable
        ``empty_group``: nobody was looked at.
    DataError
        ``events`` of ``n`` is no proportion, or the bound is not between 0 and 1.

    References
    ----------
    Thall & Simon (1994) Biometrics 50:337-349; Gelman et al. (2013) Bayesian Data Analysis, 2.4.

    Examples
    --------
    >>> from duonen_stats.methods import rate_exceedance
    >>> found = rate_exceedance(3, 16, bound=0.2)
    >>> round(found.mean, 4), round(found.exceeds, 4)
    (0.2059, 0.4763)
    """
    _require_bound(bound)
    require_confidence(confidence)
    if not 0 <= events <= n or events != int(events) or n != int(n):
        raise DataError(f"{events} of {n} is not a proportion.")
    if n == 0:
        raise NotEstimable("empty_group", {"all": 0}, "nobody is in this group")
    belief = stats.beta(prior.events + events, prior.others + n - events)
    tail = (1 - confidence) / 2
    return RateBelief(
        events=int(events),
        n=int(n),
        mean=float(belief.mean()),
        lower=float(belief.ppf(tail)),
        upper=float(belief.isf(tail)),
        bound=bound,
        exceeds=float(belief.sf(bound)),
        confidence=confidence,
    )


def exceedance_boundary(
    most: int, *, bound: float, threshold: float, prior: BetaPrior = JEFFREYS, first: int = 1
) -> tuple[int | None, ...]:
    """Give the fewest events at which a rule signals, after each number of patients.

    Parameters
    ----------
    most
        Largest number of patients.
    bound, prior
        As for :func:`rate_exceedance`.
    threshold
        The rule signals where the probability that the rate exceeds the bound is at least this.
    first
        Patients from which on the rule looks.

    Returns
    -------
    tuple
        For 1 to ``most`` patients the fewest events that signal; ``None`` where no number does.

    Examples
    --------
    >>> from duonen_stats.methods import exceedance_boundary
    >>> exceedance_boundary(8, bound=0.2, threshold=0.9, first=3)
    (None, None, 2, 2, 3, 3, 3, 4)
    """
    _require_bound(bound)
    _require_bound(threshold)
    found: list[int | None] = []
    for n in range(1, most + 1):
        events = np.arange(n + 1)
        exceeds = stats.beta.sf(bound, prior.events + events, prior.others + n - events)
        signals = np.flatnonzero(exceeds >= threshold)
        found.append(int(signals[0]) if signals.size and n >= first else None)
    return tuple(found)


def rule_characteristics(
    boundary: Sequence[int | None], rates: Sequence[float]
) -> tuple[WatchCharacteristics, ...]:
    """Compute exactly how often a rule signals at true rates, patients being looked at one by one.

    Parameters
    ----------
    boundary
        Of :func:`exceedance_boundary`.
    rates
        True rates.

    Returns
    -------
    tuple of WatchCharacteristics
        By recursion over the number of events, without simulation.

    Examples
    --------
    >>> from duonen_stats.methods import exceedance_boundary, rule_characteristics
    >>> boundary = exceedance_boundary(23, bound=0.2, threshold=0.9, first=3)
    >>> [round(one.signals, 3) for one in rule_characteristics(boundary, [0.1, 0.2, 0.4])]
    [0.071, 0.327, 0.91]
    """
    return tuple(_characteristics(boundary, rate) for rate in rates)


def _characteristics(boundary: Sequence[int | None], rate: float) -> WatchCharacteristics:
    if not 0 <= rate <= 1:
        raise DataError(f"{rate} is not a rate.")
    going: FloatArray = np.array([1.0])
    signals, patients = 0.0, 0.0
    for least in boundary:
        patients += float(going.sum())
        further = np.zeros(going.size + 1)
        further[:-1] += going * (1 - rate)
        further[1:] += going * rate
        if least is not None:
            signals += float(further[least:].sum())
            further[least:] = 0.0
        going = further
    return WatchCharacteristics(rate=rate, signals=signals, patients=patients)


def _require_bound(bound: float) -> None:
    if not 0 < bound < 1:
        raise DataError(f"{bound} is not between 0 and 1.")
