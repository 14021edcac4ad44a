"""Cumulative doses spread over cycles: dose per activity plausible, the rule of adaptation kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import NotEstimable

Values = NDArray[np.float64]

_TRIES = 4000
_VARIATION = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRules:
    """What the doses of single cycles must keep.

    ``specific``: lowest and highest Gy per GBq, a pair an isotope. ``first_low`` and ``first_high``: the dose
    of cycle 1, both isotopes together (Gy). ``any_cycle``: the highest dose of a cycle (Gy).
    """

    specific: tuple[tuple[float, float], ...]
    first_low: float
    first_high: float
    any_cycle: float


def spread_dose(
    totals: Values, activity: Values, rules: CycleRules, *, decimals: int, rng: np.random.Generator
) -> Values:
    """Spread one patient's cumulative doses over the delivered cycles.

    Dose per activity varies by about 7 % between cycles, in common for the isotopes. Where the rule of
    adaptation asks for another first cycle, the dose per activity also rises or falls after it.

    Parameters
    ----------
    totals
        Cumulative dose of each isotope, shape (isotopes,), on the grid of ``decimals``.
    activity
        Activity in GBq, shape (isotopes, cycles), 0 for an isotope that is not given.

    Returns
    -------
    numpy.ndarray
        Doses in Gy, shape (isotopes, cycles), on the grid; their sums are ``totals`` exactly.

    Raises
    ------
    NotEstimable
        No division within the rules was found.
    """
    tilt = 0.0
    for attempt in range(_TRIES):
        noise = np.exp(rng.normal(0, _VARIATION, activity.shape[1]) + tilt * _late(activity.shape[1]))
        weights = activity * noise
        sums = weights.sum(axis=1, keepdims=True)
        doses = np.round(np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0), 12)
        doses = np.round(doses * totals[:, None], decimals)
        doses[:, -1] = np.round(totals - doses[:, :-1].sum(axis=1), decimals)
        first = float(doses[:, 0].sum())
        if _within(doses, activity, rules):
            return np.asarray(doses)
        if attempt % 20 == 19:  # noqa: PLR2004 - a fair number of tries at each tilt
            tilt += 0.05 if first > rules.first_high else -0.05 if first < rules.first_low else 0.0
    raise NotEstimable("No division of a cumulative dose over the cycles keeps all rules.")


def _late(cycles: int) -> Values:
    return np.asarray(np.minimum(np.arange(cycles), 1.0), dtype=np.float64)


def _within(doses: Values, activity: Values, rules: CycleRules) -> bool:
    together = doses.sum(axis=0)
    if not rules.first_low <= together[0] <= rules.first_high or together.max() > rules.any_cycle:
        return False
    for dose, given, (low, high) in zip(doses, activity, rules.specific, strict=True):
        if given.any() and not ((dose >= low * given) & (dose <= high * given)).all():
            return False
    return True
