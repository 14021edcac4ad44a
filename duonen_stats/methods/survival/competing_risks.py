"""Competing risks: cumulative incidence of one cause, and Gray's test between groups.

Own: scipy 1.17.1 has no competing risks. statsmodels' ``CumIncidenceRight`` (0.15.0) has the curve (equal to 1e-16),
but divides by zero in the variance where the last at risk fails, and takes a third of a second to load; lifelines
0.30.3 moves tied times at random. None has Gray's test.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, IntArray, as_p, normal_deviate
from duonen_stats.methods.inputs.survival_data import SurvivalData, reached, risk_table, survival_data

# Competing risks: cumulative incidence of one cause, by Aalen and Johansen.


# Sums of fractions that are 0 or 1 on paper come as near as this.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidenceAt:
    """Cumulative incidence at one time.

    ``std_err`` is Gray's (R cmprsk), ``std_err_jackknife`` the infinitesimal jackknife (R survival ≥ 3.0).
    The limits are log-log with the first, and None while the incidence is 0 or 1.
    """

    time: float
    incidence: float
    std_err: float
    std_err_jackknife: float
    lower: float | None
    upper: float | None
    n_risk: int
    n_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeIncidence:
    """Cumulative incidence of ``cause`` at the times asked for."""

    cause: int
    at: tuple[IncidenceAt, ...]
    n: int
    n_events: int
    n_competing: int
    n_missing: int
    confidence: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCounts:
    """Per distinct time (rows) and group (columns): at risk, events of the cause, events of the others."""

    time: FloatArray
    at_risk: IntArray
    cause: IntArray
    other: IntArray


def cumulative_incidence(
    time: ArrayLike, event: ArrayLike, *, at: Iterable[float], cause: int = 1, confidence: float = 0.95
) -> CumulativeIncidence:
    """Estimate the probability of having failed from one cause by given times.

    Parameters
    ----------
    time
        1-D, time since origin, one entry a subject.
    event
        0 for censored, 1, 2, … for the causes of failure.
    at
        Times at which to read the curve, same unit.
    cause
        The cause of interest.
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``empty_group``, ``non_finite``, ``negative_time``, ``event_code``.

    References
    ----------
    Aalen & Johansen (1978); variance as Gray (1988), formula of R ``cmprsk::cuminc``, and
    infinitesimal jackknife as R ``survival::survfit``. The library call moves tied times at random.

    Examples
    --------
    >>> from duonen_stats.methods import cumulative_incidence
    >>> found = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], at=[2, 3])
    >>> [(point.time, point.incidence) for point in found.at]
    [(2.0, 0.25), (3.0, 0.5)]
    """
    data = survival_data(time, event, codes=None)
    counts = cause_counts(data, cause, np.zeros_like(data.group), 1)
    failures = counts.cause + counts.other
    after, before = free_of_failure(counts.at_risk, failures)
    incidence = _at_most_one(np.cumsum(before * counts.cause / counts.at_risk, axis=0)[:, 0])
    gray = _gray_variance(counts, before[:, 0], after[:, 0], incidence)
    influence = _influence(data, counts, cause, before[:, 0], after[:, 0])
    z = normal_deviate(confidence)
    points = []
    for moment in at:
        until, before_it = reached(counts.time, float(moment))
        f = float(incidence[until - 1]) if until else 0.0
        std_err = float(np.sqrt(gray(until))) if until else 0.0
        lower, upper = _log_log(f, z * std_err)
        points.append(
            IncidenceAt(
                time=float(moment),
                incidence=f,
                std_err=std_err,
                std_err_jackknife=float(np.sqrt(np.sum(influence(until) ** 2))),
                lower=lower,
                upper=upper,
                n_risk=int(counts.at_risk[before_it, 0]) if before_it < counts.time.size else 0,
                n_events=int(counts.cause[:until].sum()),
            )
        )
    return CumulativeIncidence(
        cause=cause,
        at=tuple(points),
        n=data.time.size,
        n_events=int(counts.cause.sum()),
        n_competing=int(counts.other.sum()),
        n_missing=data.n_missing,
        confidence=confidence,
        note=data.note,
    )


def cause_counts(data: SurvivalData, cause: int, group: IntArray, n_groups: int) -> CauseCounts:
    """Count at every distinct time, in every group, who is at risk and who fails from which cause."""
    times, index = np.unique(data.time, return_inverse=True)
    cell, shape = index * n_groups + group, (times.size, n_groups)

    def tally(chosen: NDArray[np.bool_]) -> IntArray:
        return np.bincount(cell[chosen], minlength=shape[0] * n_groups).reshape(shape)

    return CauseCounts(
        time=times,
        at_risk=tally(data.event >= 0)[::-1].cumsum(axis=0)[::-1],
        cause=tally(data.event == cause),
        other=tally((data.event != cause) & (data.event > 0)),
    )


def free_of_failure(at_risk: IntArray, failures: IntArray) -> tuple[FloatArray, FloatArray]:
    """Estimate, per column, the probability to be free of any failure after and just before every time."""
    after: FloatArray = np.cumprod(1 - failures / np.maximum(at_risk, 1), axis=0, dtype=np.float64)
    return after, np.vstack((np.ones(after.shape[1]), after[:-1]))


def tie_factor(events: IntArray, at_risk: IntArray) -> FloatArray:
    """Shrink a variance where several fail at one time, as sampling without replacement does."""
    return np.where(events > 1, (at_risk - events) / np.maximum(at_risk - 1, 1), 1.0)


def _gray_variance(
    counts: CauseCounts, before: FloatArray, after: FloatArray, incidence: FloatArray
) -> Callable[[int], float]:
    """Variance of the incidence after the first ``until`` times: martingale variances of the two causes."""
    n, cause, other = counts.at_risk[:, 0], counts.cause[:, 0], counts.other[:, 0]
    from_cause = (before / n) ** 2 * cause * tie_factor(cause, n)
    from_other = (before / n) ** 2 * other * tie_factor(other, n)

    def variance(until: int) -> float:
        lost = np.zeros(until)
        np.divide(incidence[:until] - incidence[until - 1], after[:until], out=lost, where=after[:until] > 0)
        return float(from_cause[:until] @ (1 + lost) ** 2 + from_other[:until] @ lost**2)

    return variance


def _influence(
    data: SurvivalData, counts: CauseCounts, cause: int, before: FloatArray, after: FloatArray
) -> Callable[[int], FloatArray]:
    """Differentiate the incidence after the first ``until`` times by each subject's weight."""
    place = np.searchsorted(counts.time, data.time)
    n, d1 = counts.at_risk[:, 0], counts.cause[:, 0]
    d = d1 + counts.other[:, 0]
    gain = before / n
    incidence = np.cumsum(gain * d1)

    def derivative(until: int) -> FloatArray:
        if not until:
            return np.zeros(data.time.size)
        loss = (incidence[until - 1] - incidence) / np.maximum(n - d, 1) * (after > 0)
        drift = np.cumsum((gain * d1 - loss * d) / n)
        own = gain[place] * (data.event == cause) - loss[place] * (data.event > 0)
        change: FloatArray = own * (place < until) - drift[np.minimum(place, until - 1)]
        return change

    return derivative


def _at_most_one(incidence: FloatArray) -> FloatArray:
    """Take sums that are 1 but for rounding as 1: a sum of n shares may end at 1.0000000000000002."""
    return np.where(incidence > 1 - _NOISE, 1.0, incidence)


def _log_log(f: float, half: float) -> tuple[float | None, float | None]:
    if not _NOISE < f < 1 - _NOISE:
        return None, None
    power = float(np.exp(-half / (f * np.log(f))))
    return f**power, f ** (1 / power)


# Gray's test between the cumulative incidences of groups under competing risks.


_SMALLEST_COMPARISON = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GrayResult:
    """Gray's test that the cumulative incidence of ``cause`` is the same in all groups."""

    statistic: float
    df: int
    p_value: float
    cause: int
    rho: float
    n: dict[str, int]
    n_events: dict[str, int]
    n_missing: int
    n_strata: int
    note: str = ""


def gray_test(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    cause: int = 1,
    rho: float = 0.0,
    strata: ArrayLike | None = None,
    levels: Sequence[str] | None = None,
) -> GrayResult:
    """Test whether the cumulative incidence of one cause is the same in all groups.

    Parameters
    ----------
    time, event, group
        1-D, one entry a subject: time since origin; 0 for censored, 1, 2, … for the causes; group label.
    cause
        The cause whose incidence is compared.
    rho
        Power of (1 - pooled incidence) in the weight; above 0 stresses early differences.
    strata
        Labels; scores and variances are added over strata.
    levels
        The planned groups in their order; one without a subject does not enter the test.

    Raises
    ------
    NotEstimable
        ``single_group``, ``no_events`` (none of this cause), ``zero_variance``, ``weight_undefined`` (the pooled
        incidence reaches 1 while groups are still compared), and those of the door.

    References
    ----------
    Gray (1988) Ann Stat 16:1141-1154; ties as R ``cmprsk::cuminc``.

    Examples
    --------
    >>> from duonen_stats.methods import gray_test
    >>> found = gray_test([1, 2, 3, 4, 5, 6], [1, 2, 1, 1, 0, 2], ["A", "B", "A", "B", "A", "B"])
    >>> round(found.statistic, 3), found.df, round(found.p_value, 3)
    (0.942, 1, 0.332)
    """
    data = survival_data(time, event, group=group, strata=strata, levels=levels, codes=None)
    sizes = data.group_sizes
    present = [i for i, n in enumerate(sizes.values()) if n]
    if len(present) < _SMALLEST_COMPARISON:
        raise NotEstimable("single_group", sizes, "Only one group has subjects.")
    events = np.bincount(data.group, weights=data.event == cause, minlength=len(sizes))
    if not events.any():
        raise NotEstimable("no_events", sizes, "Nobody had the event that is compared.")
    score, variance = np.zeros(len(sizes)), np.zeros((len(sizes), len(sizes)))
    for stratum in range(len(data.strata)):
        members = data.stratum == stratum
        part = replace(data, time=data.time[members], event=data.event[members], group=data.group[members])
        s, v = _gray_sums(cause_counts(part, cause, part.group, len(sizes)), rho)
        score += s
        variance += v
    used = present[:-1]
    s, v = score[used], variance[np.ix_(used, used)]
    if np.linalg.matrix_rank(v, hermitian=True) < s.size:
        raise NotEstimable("zero_variance", sizes, _why_no_variance(data, cause))
    statistic = float(s @ np.linalg.solve(v, s))
    return GrayResult(
        statistic=statistic,
        df=s.size,
        p_value=as_p(special.chdtrc(s.size, statistic)),
        cause=cause,
        rho=rho,
        n=sizes,
        n_events=dict(zip(data.groups, map(int, events), strict=True)),
        n_missing=data.n_missing,
        n_strata=len(data.strata),
        note=data.note,
    )


def _gray_sums(counts: CauseCounts, rho: float) -> tuple[FloatArray, FloatArray]:
    """Scores of all groups and their covariance under equal incidences, in one stratum.

    Axis 0 is time, axis 1 the group; ``reach`` is at risk over S(t-), the size of the group's subdistribution
    risk set, and ``pull`` the cumulative weight with which an early event still acts on later scores.
    """
    n, d1, d2 = counts.at_risk, counts.cause, counts.other
    after, before = free_of_failure(n, d1 + d2)
    jumps = before * d1 / np.maximum(n, 1)
    incidence_before = np.cumsum(jumps, axis=0) - jumps
    reach = np.divide(n, before, out=np.zeros(n.shape), where=n > 0)
    whole, total = reach.sum(axis=1), d1.sum(axis=1)
    pooled = np.cumsum(total / whole)
    pooled_before = pooled - total / whole
    # Where one group alone is at risk nothing is compared, and the pooled incidence may have passed 1.
    contested = (total > 0) & ((n > 0).sum(axis=1) > 1)
    left = 1 - pooled_before
    if ((np.abs(left) < _NOISE) if float(rho).is_integer() else (left < _NOISE))[contested].any():
        raise NotEstimable(
            "weight_undefined",
            {"all": int(n[0].sum())},
            "The pooled incidence reaches 1 while groups are still compared.",
        )
    weight = np.power(left, rho, out=np.zeros(total.shape), where=contested)
    open_reach = reach * (1 - incidence_before)
    expected = total[:, None] * open_reach / open_reach.sum(axis=1, keepdims=True)
    score = weight @ (d1 - expected)

    groups = np.arange(n.shape[1])
    spread = -reach[:, :, None] * reach[:, None, :] / whole[:, None, None]
    spread[:, groups, groups] += reach
    spread *= weight[:, None, None]
    rate = np.divide(total, whole * left, out=np.zeros(total.shape), where=contested)
    pull = np.cumsum(spread * rate[:, None, None], axis=0)
    ahead = pull[-1] - pull
    free = np.divide((1 - pooled)[:, None], after, out=np.zeros(n.shape), where=after > 0)
    own = spread + (1 - free)[:, None, :] * ahead
    rival = free[:, None, :] * ahead
    tied = (total > 1)[:, None] & (n > 0)
    ties = np.ones(n.shape)
    np.divide(whole[:, None] * before - total[:, None], whole[:, None] * before - 1, out=ties, where=tied)
    scale = np.divide(before, n, out=np.zeros(n.shape), where=n > 0)
    own_variance = ties * scale * (total / whole)[:, None] * (n > 0)
    rival_variance = tie_factor(d2, n) * scale**2 * d2 * (after > 0)
    covariance = np.einsum("tik,tjk,tk->ij", own, own, own_variance)
    return score, covariance + np.einsum("tik,tjk,tk->ij", rival, rival, rival_variance)


def _why_no_variance(data: SurvivalData, cause: int) -> str:
    """Say whether groups are never compared, or only when all fail; otherwise no more than is certain."""
    together = left = False
    for stratum in range(len(data.strata)):
        here = data.stratum == stratum
        table = risk_table(data.time[here], data.event[here] == cause, data.group[here], len(data.groups))
        d, n = table.events.sum(axis=1), table.at_risk.sum(axis=1)
        shared = (d > 0) & ((table.at_risk > 0).sum(axis=1) > 1)
        together |= bool(shared.any())
        left |= bool((shared & (d < n)).any())
    if not together:
        return "The groups are not at risk together at any event of this kind."
    if not left:
        return "The variance is zero: at every event with several groups at risk, all at risk have the event."
    return "The variance of the comparison is zero for some of the groups."
