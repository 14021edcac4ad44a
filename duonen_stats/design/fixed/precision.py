"""Precision of a proportion and of a hazard ratio; numbers needed, and the chance of seeing a rare event."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log, log1p
from typing import Literal, get_args

from scipy import special

from duonen_stats.design.fixed.closed_formulas import log_ratio_sd
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import expected_events
from duonen_stats.errors import PlanError

PrecisionMethod = Literal["wald", "wilson", "wilson_cc", "clopper_pearson"]
PRECISION_METHODS: tuple[str, ...] = get_args(PrecisionMethod)

_MOST = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionPrecision:
    """Interval of a proportion as it would be with ``n`` patients.

    ``half_width`` is half the width of the interval; ``below`` and ``above`` are the distances of the limits from
    ``proportion``. All are fractions of 1. Wald's limits are cut off at 0 and 1, its half-width is that of the formula.
    """

    n: int
    proportion: float
    lower: float
    upper: float
    half_width: float
    below: float
    above: float
    confidence: float
    method: PrecisionMethod


def proportion_precision(
    n: int,
    proportion: float | None = None,
    *,
    count: int | None = None,
    method: PrecisionMethod = "wilson",
    confidence: float = 0.95,
) -> ProportionPrecision:
    """Compute how precisely a proportion is known from ``n`` patients.

    Parameters
    ----------
    n
        Patients, a whole number above 0.
    proportion, count
        The proportion expected, or the number of patients with the feature: one of the two. A proportion need not
        be a whole number of patients.
    method
        ``"wald"`` (p ± z√(p(1 − p)/n), as in most sample size sections), ``"wilson"`` (score),
        ``"wilson_cc"`` (with continuity correction), ``"clopper_pearson"`` (exact).
    confidence
        Level of the two-sided interval.

    Raises
    ------
    PlanError
        A number is out of range.

    References
    ----------
    Wilson (1927) JASA 22:209-212; Clopper & Pearson (1934) Biometrika 26:404-413; Newcombe (1998) Stat Med
    17:857-872.

    Examples
    --------
    >>> from duonen_stats.design import proportion_precision
    >>> found = proportion_precision(92, 0.25)
    >>> round(found.lower, 3), round(found.upper, 3)
    (0.173, 0.347)
    """
    _check(n, method, confidence)
    if (proportion is None) == (count is None):
        raise PlanError("State the proportion or the count, one of the two.")
    if count is not None and (not float(count).is_integer() or not 0 <= count <= n):
        raise PlanError(f"{count} of {n} patients is not a count.")
    share = count / n if count is not None else proportion
    if share is None or not 0 <= share <= 1:
        raise PlanError(f"A proportion lies between 0 and 1; {share} does not.")
    lower, upper = _limits(share, int(n), method, float(special.ndtri((1 + confidence) / 2)), confidence)
    return ProportionPrecision(
        n=int(n),
        proportion=share,
        lower=max(lower, 0.0),
        upper=min(upper, 1.0),
        half_width=(upper - lower) / 2,
        below=share - max(lower, 0.0),
        above=min(upper, 1.0) - share,
        confidence=confidence,
        method=method,
    )


def precision_curve(
    n: int,
    proportions: Sequence[float],
    *,
    method: PrecisionMethod = "wilson",
    confidence: float = 0.95,
) -> tuple[ProportionPrecision, ...]:
    """Compute :func:`proportion_precision` for each of several proportions, with the same ``n``.

    Raises
    ------
    PlanError
        As there.

    Examples
    --------
    >>> from duonen_stats.design import precision_curve
    >>> [round(item.half_width, 3) for item in precision_curve(92, (0.1, 0.5))]
    [0.062, 0.1]
    """
    return tuple(
        proportion_precision(n, proportion, method=method, confidence=confidence)
        for proportion in proportions
    )


def patients_for_precision(
    half_width: float,
    proportion: float,
    *,
    method: PrecisionMethod = "wilson",
    confidence: float = 0.95,
) -> int:
    """Find the smallest number of patients with whom the interval is no wider than wanted.

    Parameters
    ----------
    half_width
        Largest half-width allowed, between 0 and 0.5.
    proportion
        The proportion expected, between 0 and 1.
    method, confidence
        As in :func:`proportion_precision`.

    Raises
    ------
    PlanError
        A number is out of range, or more than ten million patients would be needed.

    Examples
    --------
    >>> from duonen_stats.design import patients_for_precision
    >>> patients_for_precision(0.1, 0.3)
    78
    """
    if not 0 < half_width < 0.5:  # noqa: PLR2004
        raise PlanError(f"A half-width lies between 0 and 0.5; {half_width} does not.")
    if method == "wald" and proportion in (0, 1):
        raise PlanError("Wald's interval has no width at a proportion of 0 or 1; use another method.")

    def narrow(n: int) -> bool:
        reached = proportion_precision(n, proportion, method=method, confidence=confidence).half_width
        return reached <= half_width * (1 + 1e-12)

    high = 1
    while not narrow(high):
        high *= 2
        if high > _MOST:
            raise PlanError("More than ten million patients would be needed for so narrow an interval.")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if narrow(middle) else (middle, high)
    return high


def probability_of_any(n: int, rate: float) -> float:
    """Compute the probability of seeing an event of a given rate in at least one of ``n`` patients.

    Parameters
    ----------
    n
        Patients, a whole number above 0.
    rate
        Probability of the event in one patient, between 0 and 1.

    Raises
    ------
    PlanError
        A number is out of range.

    Examples
    --------
    >>> from duonen_stats.design import probability_of_any
    >>> round(probability_of_any(59, 0.05), 4)
    0.9515
    """
    _check(n, "wald", 0.5)
    if not 0 <= rate <= 1:
        raise PlanError(f"The rate of an event lies between 0 and 1; {rate} does not.")
    return 1.0 if rate == 1 else float(-special.expm1(n * log1p(-rate)))


def patients_for_any(rate: float, *, probability: float = 0.95) -> int:
    """Find the smallest number of patients in whom an event of a given rate is seen with a given probability.

    ``rate`` and ``probability`` lie between 0 and 1. (With 0.95 this is about 3/``rate``, the "rule of three".)

    Raises
    ------
    PlanError
        A number is out of range.

    Examples
    --------
    >>> from duonen_stats.design import patients_for_any
    >>> patients_for_any(0.05)
    59
    """
    if not 0 < rate < 1 or not 0 < probability < 1:
        raise PlanError(f"Rate and probability lie between 0 and 1; {rate} and {probability} do not.")
    return max(1, ceil(log1p(-probability) / log1p(-rate) - 1e-12))


def rate_excluded(n: int, *, confidence: float = 0.95) -> float:
    """Find the rate that is excluded if the event is seen in none of ``n`` patients: about 3/``n`` at 95 %.

    Raises
    ------
    PlanError
        A number is out of range.

    References
    ----------
    Hanley & Lippman-Hand (1983) JAMA 249:1743-1745.

    Examples
    --------
    >>> from duonen_stats.design import rate_excluded
    >>> round(rate_excluded(59), 4)
    0.0495
    """
    _check(n, "wald", confidence)
    return float(-special.expm1(log(1 - confidence) / n))


def _check(n: int, method: str, confidence: float) -> None:
    if not float(n).is_integer() or n < 1:
        raise PlanError(f"A number of patients is a whole number above 0, not {n}.")
    if method not in PRECISION_METHODS:
        raise PlanError(f"{method!r} is not an interval; there are {', '.join(PRECISION_METHODS)}.")
    if not 0 < confidence < 1:
        raise PlanError(f"A confidence level lies between 0 and 1; {confidence} does not.")


def _limits(p: float, n: int, method: str, z: float, confidence: float) -> tuple[float, float]:
    if method == "clopper_pearson":
        tail, count = (1 - confidence) / 2, p * n
        lower = float(special.betaincinv(count, n - count + 1, tail)) if count else 0.0
        upper = float(special.betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
        return lower, upper
    if method == "wald":
        half = z * (p * (1 - p) / n) ** 0.5
        return p - half, p + half
    if method == "wilson":
        centre, spread = 2 * n * p + z**2, z * (z**2 + 4 * n * p * (1 - p)) ** 0.5
        low, high = centre - spread, centre + spread
    else:
        base, shift = z**2 - 1 / n, 4 * p - 2
        # Close to 0 and 1 the correction can pass below 0 under the root; the limit is then 0 or 1 itself.
        low = 2 * n * p + z**2 - 1 - z * max(base + 4 * n * p * (1 - p) + shift, 0.0) ** 0.5
        high = 2 * n * p + z**2 + 1 + z * max(base + 4 * n * p * (1 - p) - shift, 0.0) ** 0.5
    scale = 2 * (n + z**2)
    return (max(0.0, low / scale) if p > 0 else 0.0), (min(1.0, high / scale) if p < 1 else 1.0)


# Precision of a hazard ratio: the limits expected at the analysis.


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardRatioPrecision:
    """Limits of a hazard ratio as they are expected at the analysis, if the estimate is the ratio assumed.

    ``std_err`` is that of the log hazard ratio; ``events_control`` and ``events_experimental`` are those expected.
    """

    hazard_ratio: float
    lower: float
    upper: float
    confidence: float
    std_err: float
    events_control: float
    events_experimental: float
    analysis_months: float


def hazard_ratio_precision(
    assumptions: SurvivalAssumptions,
    n_patients: float | None = None,
    *,
    at_months: float | None = None,
    confidence: float = 0.95,
) -> HazardRatioPrecision:
    """Expect the limits of the hazard ratio at the analysis.

    Parameters
    ----------
    assumptions
        The design, with one hazard ratio throughout.
    n_patients
        Patients planned in all; None for the number the accrual itself gives.
    at_months
        Calendar month of the analysis; None for the planned one.
    confidence
        Level of the two-sided interval.

    Raises
    ------
    PlanError
        The hazard ratio changes, an arm has less than one event expected by then, or a value is out of range.

    References
    ----------
    Standard error sqrt(1 / d1 + 1 / d0) of the log hazard ratio with the events expected in each arm: Rubinstein, Gail
    & Santner (1981) Journal of Chronic Diseases 34:469-479.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import hazard_ratio_precision, study_assumptions
    >>> found = hazard_ratio_precision(study_assumptions(load_study()), 92)
    >>> round(found.lower, 3), round(found.upper, 3)
    (0.295, 0.847)
    """
    if not 0 < confidence < 1:
        raise PlanError(f"A confidence level lies between 0 and 1; {confidence} does not.")
    ratio = assumptions.constant_hazard_ratio
    events = expected_events(assumptions, n_patients, at_months)
    if min(events.control, events.experimental) < 1:
        raise PlanError(
            f"Less than one event is expected in an arm by month {events.at_months:g}: no limits of the hazard ratio."
        )
    # Per patient, so that the formula stands once: Wald's power is of the same standard error.
    std_err = log_ratio_sd(assumptions, events.at_months) / events.n_patients**0.5
    reach = float(special.ndtri((1 + confidence) / 2)) * std_err
    return HazardRatioPrecision(
        hazard_ratio=ratio,
        lower=ratio * exp(-reach),
        upper=ratio * exp(reach),
        confidence=confidence,
        std_err=std_err,
        events_control=events.control,
        events_experimental=events.experimental,
        analysis_months=events.at_months,
    )
