"""What events tell about a hazard ratio, in the normal approximation of the log-rank test."""

from math import exp, isfinite, log, sqrt

from duonen_stats.errors import PlanError


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
