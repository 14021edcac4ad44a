"""What pooled data say of the arms' hazards: a likelihood on a grid, over the hazard and the hazard ratio.

Every patient may be of either arm, so that the likelihood is a mixture. Progression is known to lie between two
assessments; deaths are known on their day. The hazard ratio is hardly to be learnt from pooled data: it has a prior.
"""

from dataclasses import dataclass, field
from math import exp, log, sqrt

import numpy as np
from scipy.special import ndtri

from duonen_stats.design.fixed.log_rank_scale import require_positive
from duonen_stats.design.reestimation.blinded_data import BlindedCut
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray

_RATIOS = 25
_HAZARDS = 121
_REACH = 5.0
# A prior flat in the hazard. Jeffreys' (half an event) predicts events late: of simulated trials more came before the
# lower limit than after the upper one; with this prior as many on either side.
_PRIOR_EVENTS = 1.0
_HALF_WIDTH = 1.959963984540054


def prior_limits(hazard_ratio: float) -> tuple[float, float]:
    """Give the prior range of a planned hazard ratio: from no effect to twice the effect planned, 95 %.

    Twice on the logarithmic scale: 0.25 to 1 for a planned 0.5.

    Example
    -------
    >>> prior_limits(0.5)
    (0.25, 1.0)
    """
    require_positive(hazard_ratio=hazard_ratio)
    low, high = sorted((1.0, hazard_ratio**2))
    return low, high


def ratio_grid(hazard_ratio: float, limits: tuple[float, float] | None) -> FloatArray:
    """Hazard ratios that stand for the prior, each with the same weight.

    Parameters
    ----------
    hazard_ratio
        The planned one.
    limits
        Between them lies 95 % of the prior, which is log-normal about the middle of their logarithms. None, or twice
        the planned one: it is known.

    Raises
    ------
    PlanError
        The limits are not above 0, or in the wrong order, or do not hold the planned hazard ratio.
    """
    if limits is None:
        return np.array([hazard_ratio])
    low, high = limits
    require_positive(hazard_ratio_low=low, hazard_ratio_high=high)
    if not low <= hazard_ratio <= high:
        raise PlanError(
            f"The planned hazard ratio {hazard_ratio:g} does not lie in its prior range, {low:g} to {high:g}."
        )
    if low == high:
        return np.array([hazard_ratio])
    middle, spread = (log(low) + log(high)) / 2, (log(high) - log(low)) / (2 * _HALF_WIDTH)
    quantiles = ndtri((np.arange(_RATIOS) + 0.5) / _RATIOS)
    return np.exp(middle + spread * quantiles)


@dataclass(frozen=True, slots=True, eq=False)
class PooledLikelihood:
    """The data of a cut as the likelihood of a hazard sees them; times to the power ``shape``.

    ``gap`` is the time between the assessments that progression lies between, 0 where the event is known to the day;
    ``exposure`` counts the time in which an event of any kind would be known, and ``gap`` by the share of deaths.
    """

    event: BoolArray
    exposure: FloatArray
    gap: FloatArray

    @classmethod
    def of(cls, cut: BlindedCut, shape: float = 1.0) -> "PooledLikelihood":
        """Take a cut; with a Weibull shape other than 1, on the scale of time on which events are exponential."""
        free, seen = cut.free_months**shape, cut.followup_months**shape
        share = cut.death_share
        if cut.schedule is None:
            return cls(cut.event, seen, np.zeros_like(seen))
        last = np.where(cut.event, seen, cut.observed_months**shape)
        gap = np.where(cut.event & ~cut.death, (1 - share) * (seen - free), 0.0)
        return cls(cut.event, free + share * (last - free), gap)

    def log_likelihood(self, hazard: FloatArray) -> FloatArray:
        """Log-likelihood of each patient (columns) under each hazard (rows)."""
        rate = np.asarray(hazard, dtype=np.float64).reshape(-1, 1)
        interval = self.gap > 0
        shown = np.where(self.event & ~interval, np.log(rate), 0.0) - rate * self.exposure
        # Progression by the assessment that showed it: 1 - exp(-hazard × gap).
        shown[:, interval] += np.log(-np.expm1(-rate * self.gap[interval]))
        return shown

    def hazard(self) -> float:
        """Maximum-likelihood hazard if both arms have the same."""
        events, gap = int(self.event.sum()), self.gap[self.gap > 0]
        exact = events - gap.size
        total = float(self.exposure.sum())
        hazard = float(events / (total + float(gap.sum()) / 2))
        # The score falls in the hazard, so that Newton steps from the approximation by half intervals settle fast.
        for _ in range(50):
            tail = gap / np.expm1(hazard * gap)
            score = exact / hazard + tail.sum() - total
            slope = -exact / hazard**2 - (tail * (tail + gap)).sum()
            step = -score / slope
            hazard = float(max(hazard + step, hazard / 10))
            if abs(step) < 1e-14 * hazard:
                break
        return hazard


@dataclass(frozen=True, slots=True, eq=False)
class HazardPosterior:
    """Posterior of the hazards of the arms: a grid over the control hazard (rows) and the hazard ratio (columns)."""

    log_hazard: FloatArray
    ratio: FloatArray
    cumulative: FloatArray = field(repr=False)

    def draw(self, n: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Draw control and experimental hazards, a column vector each."""
        cell = np.searchsorted(self.cumulative, rng.random(n) * self.cumulative[-1], side="right")
        row, column = np.divmod(np.minimum(cell, self.cumulative.size - 1), self.ratio.size)
        step = (self.log_hazard[-1] - self.log_hazard[0]) / (self.log_hazard.shape[0] - 1)
        control = np.exp(self.log_hazard[row, column] + (rng.random(n) - 0.5) * step[column])
        return control[:, np.newaxis], (control * self.ratio[column])[:, np.newaxis]

    def limits(self, confidence: float, *, experimental: bool) -> tuple[float, float]:
        """Limits of the hazard of an arm."""
        weight = np.diff(self.cumulative, prepend=0.0)
        values = self.log_hazard + (np.log(self.ratio) if experimental else 0.0)
        order = np.argsort(values, axis=None)
        total = np.cumsum(weight[order])
        # Half of a cell lies below its middle.
        total -= weight[order] / 2
        tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2]) * self.cumulative[-1]
        low, high = np.exp(np.interp(tails, total, values.ravel()[order]))
        return float(low), float(high)


def hazard_posterior(
    data: PooledLikelihood, *, ratios: FloatArray, allocation_ratio: float
) -> HazardPosterior:
    """Weigh control hazards and hazard ratios by the pooled data, the hazard's flat prior and equal weights of ratios.

    Parameters
    ----------
    data
        The pooled data, with an event.
    ratios
        Hazard ratios that stand for the prior.
    allocation_ratio
        Patients in the experimental arm for one in the control arm.
    """
    centre = np.log([control_hazard(data, ratio, allocation_ratio) for ratio in ratios])
    width = _REACH / sqrt(data.event.sum() + _PRIOR_EVENTS)
    log_hazard = centre + np.linspace(-width, width, _HAZARDS)[:, np.newaxis]
    weight = _PRIOR_EVENTS * log_hazard
    for column, ratio in enumerate(ratios):
        weight[:, column] += _mixture(data, np.exp(log_hazard[:, column]), ratio, allocation_ratio)
    return HazardPosterior(log_hazard, ratios, np.exp(weight - weight.max()).ravel().cumsum())


def control_hazard(data: PooledLikelihood, hazard_ratio: float, allocation_ratio: float) -> float:
    """Maximum-likelihood control hazard if each patient's arm is unknown but its share and effect are not.

    The pooled hazard lies between those of the arms.
    """
    pooled = data.hazard()
    if hazard_ratio == 1:
        return pooled
    reach = abs(log(hazard_ratio)) + 1.0
    low, high = log(pooled) - reach, log(pooled) + reach
    # Ever finer grids: one evaluation is one array, and the likelihood has one top.
    for _ in range(9):
        grid = np.linspace(low, high, 17)
        top = int(np.argmax(_mixture(data, np.exp(grid), hazard_ratio, allocation_ratio)))
        low, high = grid[max(top - 1, 0)], grid[min(top + 1, 16)]
    return exp((low + high) / 2)


def _mixture(
    data: PooledLikelihood, control: FloatArray, ratio: float, allocation_ratio: float
) -> FloatArray:
    """Log-likelihood of control hazards, each patient of either arm."""
    alone = data.log_likelihood(control)
    if ratio == 1:
        one: FloatArray = alone.sum(axis=1)
        return one
    better = data.log_likelihood(control * ratio)
    share = allocation_ratio / (1 + allocation_ratio)
    both: FloatArray = np.logaddexp(log(1 - share) + alone, log(share) + better).sum(axis=1)
    return both
