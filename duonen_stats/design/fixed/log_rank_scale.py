"""What events say about a hazard ratio, in the normal approximation of the log-rank test."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, PlanError


def log_rank_information(n_events: float, *, allocation_ratio: float = 1.0) -> float:
    """Compute Schoenfeld's information on the log hazard ratio: p(1 − p)·events.

    Parameters
    ----------
    n_events
        Number of events in both arms together, above 0.
    allocation_ratio
        Patients in the experimental arm for one in the control arm, above 0 (DUONEN: 3); p is the
        experimental share, ``allocation_ratio``/(1 + ``allocation_ratio``).

    Raises
    ------
    PlanError
        A number is out of range.

    References
    ----------
    Schoenfeld (1981) Biometrika 68:316-319.

    Examples
    --------
    >>> from duonen_stats.design import log_rank_information
    >>> log_rank_information(64, allocation_ratio=3)
    12.0
    """
    require_positive(n_events=n_events, allocation_ratio=allocation_ratio)
    return n_events * allocation_ratio / (1 + allocation_ratio) ** 2


def log_rank_drift(
    hazard_ratio: float, n_events: float, *, allocation_ratio: float = 1.0, null_hazard_ratio: float = 1.0
) -> float:
    """Compute the expected log-rank statistic: positive if the experimental arm does better.

    Parameters
    ----------
    hazard_ratio
        Hazard of the experimental arm divided by that of the control arm, above 0.
    n_events, allocation_ratio
        As in :func:`log_rank_information`.
    null_hazard_ratio
        Hazard ratio of the hypothesis tested: 1, or the margin of a non-inferiority trial.

    Raises
    ------
    PlanError
        A number is out of range.

    References
    ----------
    Schoenfeld (1981) Biometrika 68:316-319.

    Examples
    --------
    >>> from duonen_stats.design import log_rank_drift
    >>> round(log_rank_drift(0.5, 64, allocation_ratio=3), 3)
    2.401
    """
    require_positive(hazard_ratio=hazard_ratio, null_hazard_ratio=null_hazard_ratio)
    information = log_rank_information(n_events, allocation_ratio=allocation_ratio)
    return log(null_hazard_ratio / hazard_ratio) * sqrt(information)


def hazard_ratio_from_z(
    z: float, n_events: float, *, allocation_ratio: float = 1.0, null_hazard_ratio: float = 1.0
) -> float:
    """Estimate the hazard ratio that belongs to a log-rank statistic ``z``, positive for benefit.

    The other numbers are as in :func:`log_rank_drift`; of an infinite ``z`` the limit is returned.

    Raises
    ------
    PlanError
        A number is out of range.

    Examples
    --------
    >>> from duonen_stats.design import hazard_ratio_from_z
    >>> round(hazard_ratio_from_z(2.0, 64, allocation_ratio=3), 3)
    0.561
    """
    require_positive(null_hazard_ratio=null_hazard_ratio)
    return null_hazard_ratio * exp(
        -z / log_rank_information(n_events, allocation_ratio=allocation_ratio) ** 0.5
    )


def require_positive(**numbers: float) -> None:
    """Raise ``PlanError`` unless every number is finite and above 0; the keywords name them in the message."""
    for name, value in numbers.items():
        if not (isfinite(value) and value > 0):
            raise PlanError(f"{name.replace('_', ' ')} must be finite and above 0, not {value}.")


# The planned hazard ratio as an average over events seen without looking at the arms.


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedHazardRatio:
    """The planned hazard ratio averaged over the events seen in all arms together.

    ``log_effect`` is minus its logarithm, ``information_null`` p(1 − p)·``n_events``.
    """

    n_events: int
    hazard_ratio: float
    log_effect: float
    information_null: float


def blinded_hazard_ratio(
    time: ArrayLike,
    event: ArrayLike,
    *,
    hazard_ratio: Sequence[float],
    starts_months: Sequence[float] = (0.0,),
    allocation_ratio: float = 1.0,
) -> BlindedHazardRatio:
    """Average a planned, changing hazard ratio over the events seen without looking at the arms.

    Parameters
    ----------
    time, event
        1-D, one entry a patient: months from entry, and 1 for an event, 0 for censored.
    hazard_ratio
        Planned hazard ratio in each period of time since entry, above 0.
    starts_months
        Months since entry at which those periods begin, the first 0, increasing. An event at such a time belongs
        to the period that ends there.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.

    Raises
    ------
    DataError
        Times and events are not equally many finite numbers and codes.
    PlanError
        There is no event, or periods and hazard ratios do not match.

    References
    ----------
    Mukhopadhyay et al. (2020) Stat Biopharm Res 12:483-495; R ``gsDesign2::ahr_blinded``.

    Examples
    --------
    >>> from duonen_stats.design import blinded_hazard_ratio
    >>> found = blinded_hazard_ratio([1, 2, 3, 4], [1, 1, 0, 1], hazard_ratio=[0.5], allocation_ratio=3)
    >>> found.n_events, found.hazard_ratio
    (3, 0.5)
    """
    months, seen = np.asarray(time, dtype=float), np.asarray(event)
    if months.ndim != 1 or months.shape != seen.shape or not np.isfinite(months).all() or (months < 0).any():
        raise DataError("Times and events must be equally many, finite and not negative.")
    if not np.isin(seen, (0, 1)).all():
        raise DataError("event must hold 0 and 1 only.")
    starts = np.asarray(starts_months, dtype=float)
    if starts.size != len(hazard_ratio) or not starts.size or starts[0] != 0 or (np.diff(starts) <= 0).any():
        raise PlanError("Periods of the hazard ratio start at 0 and increase, one hazard ratio a period.")
    for ratio in hazard_ratio:
        require_positive(hazard_ratio=ratio)
    at = months[seen.astype(bool)]
    if not at.size:
        raise PlanError("No event has been seen, so there is nothing to average the hazard ratio over.")
    period = np.maximum(np.searchsorted(starts, at, side="left") - 1, 0)
    effect = -float(np.log(np.asarray(hazard_ratio, dtype=float))[period].mean())
    return BlindedHazardRatio(
        n_events=int(at.size),
        hazard_ratio=exp(-effect),
        log_effect=effect,
        information_null=log_rank_information(float(at.size), allocation_ratio=allocation_ratio),
    )
