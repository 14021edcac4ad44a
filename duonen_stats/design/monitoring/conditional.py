"""Conditional and predictive power: the chance of success, given an interim result."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.design.monitoring.crossing import (
    Continuing,
    CrossingProbabilities,
    begin,
    cross,
)
from duonen_stats.design.monitoring.group_sequential import GroupSequentialDesign
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_NODES = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalPower:
    """Probability of rejecting at a later look, given ``z`` at ``look``.

    Attributes
    ----------
    look, fraction, z
        Number of the look (from 1), its fraction of the planned information, and the statistic seen.
    under_trend
        If the effect is the one estimated at the look.
    under_design
        If the effect is the one planned for.
    under_null
        If there is no effect: the conditional error (conditional rejection probability).
    drift
        The other effect asked for, as the expected value of Z at the planned last look; None if none was.
    at_drift
        Conditional power with it; None if none was.
    """

    look: int
    fraction: float
    z: float
    under_trend: float
    under_design: float
    under_null: float
    drift: float | None
    at_drift: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictivePower:
    """Conditional power averaged over what ``z`` at ``look`` and the prior leave possible.

    ``mean_drift`` is the posterior mean of the drift, the expected value of Z at the planned last look.
    """

    look: int
    fraction: float
    z: float
    predictive_power: float
    mean_drift: float


def conditional_power(
    design: GroupSequentialDesign, *, look: int, z: float, drift: float | None = None
) -> ConditionalPower:
    """Compute the probability that a trial going on from an interim look rejects later.

    Parameters
    ----------
    design
        The plan; its later looks and boundaries are kept. Only rejection for large Z counts. Binding futility is
        followed, non-binding futility is not.
    look
        Which look, from 1; not the last.
    z
        Statistic at that look, positive for benefit. The trial is taken to go on whatever it is.
    drift
        Effect to assume besides the trend, the plan and none: expected value of Z at the planned last look, see
        :func:`log_rank_drift`.

    Raises
    ------
    PlanError
        ``look`` is not an interim look, or a number is not finite.

    References
    ----------
    Lan, Simon & Halperin (1982) Seq Anal 1:207-219; Jennison & Turnbull (2000), ch. 10.

    Examples
    --------
    >>> from duonen_stats.design import conditional_power, group_sequential_design
    >>> found = conditional_power(group_sequential_design(2), look=1, z=1.0)
    >>> round(found.under_trend, 3), round(found.under_design, 3), round(found.under_null, 3)
    (0.217, 0.696, 0.037)
    """
    require_interim(design, look, z)
    if drift is not None and not isfinite(drift):
        raise PlanError(f"The drift must be a finite number, not {drift}.")
    fraction = design.information[look - 1]

    def power(assumed: float) -> float:
        return continued(design, look, z, [assumed] * (design.looks - look)).total_upper

    return ConditionalPower(
        look=look,
        fraction=fraction,
        z=z,
        under_trend=power(z / fraction**0.5),
        under_design=power(design.drift),
        under_null=power(0.0),
        drift=drift,
        at_drift=None if drift is None else power(drift),
    )


def predictive_power(
    design: GroupSequentialDesign,
    *,
    look: int,
    z: float,
    prior_mean: float = 0.0,
    prior_sd: float = inf,
    prior_drift: ArrayLike | None = None,
    prior_weight: ArrayLike | None = None,
) -> PredictivePower:
    """Average the conditional power over the posterior distribution of the drift.

    Parameters
    ----------
    design, look, z
        As in :func:`conditional_power`.
    prior_mean, prior_sd
        Normal prior of the drift (expected value of Z at the planned last look); flat if ``prior_sd`` is
        infinite.
    prior_drift, prior_weight
        Instead of a normal prior, drifts and their weights (0 or more, in any unit), equally many.

    Raises
    ------
    PlanError
        ``look`` is not an interim look, the prior is not a distribution, or a number is not finite.

    References
    ----------
    Spiegelhalter, Freedman & Blackburn (1986) Control Clin Trials 7:8-17; Jennison & Turnbull (2000),
    §10.4.

    Examples
    --------
    >>> from duonen_stats.design import group_sequential_design, predictive_power
    >>> round(predictive_power(group_sequential_design(2), look=1, z=1.0).predictive_power, 3)
    0.29
    """
    require_interim(design, look, z)
    fraction = design.information[look - 1]
    if (prior_drift is None) != (prior_weight is None):
        raise PlanError("A prior in points needs both the drifts and their weights.")
    if prior_drift is None or prior_weight is None:
        drifts, weights = _normal_posterior(fraction, z, prior_mean, prior_sd)
    else:
        drifts, weights = _pointwise_posterior(fraction, z, prior_drift, prior_weight)
    heavy = weights > 0
    drifts, weights = drifts[heavy], weights[heavy] / weights.sum()
    remaining = design.looks - look
    power = [continued(design, look, z, [drift] * remaining).total_upper for drift in drifts]
    return PredictivePower(
        look=look,
        fraction=fraction,
        z=z,
        predictive_power=float(weights @ np.array(power)),
        mean_drift=float(weights @ drifts),
    )


def continued(
    design: GroupSequentialDesign, look: int, z: float, drifts: Sequence[float]
) -> CrossingProbabilities:
    """Crossing probabilities at the looks after ``look``, with the drift up to each of them.

    Only the upper boundary and binding futility count.
    """
    going: Continuing = begin(drifts[0], z=z, information=design.information[look - 1])
    after = slice(look, None)
    lower = design.lower_z if design.binding else (-inf,) * design.looks
    return cross(going, design.efficacy_z[after], lower[after], design.information[after], thetas=drifts)


def require_interim(design: GroupSequentialDesign, look: int, z: float) -> None:
    """Raise ``PlanError`` unless ``look`` is an interim look of the plan and ``z`` a finite number."""
    if look not in range(1, design.looks):
        raise PlanError(f"The plan has interim looks 1 to {design.looks - 1}; {look} is none of them.")
    if not isfinite(z):
        raise PlanError(f"The statistic of an interim look must be a finite number, not {z}.")


def _normal_posterior(
    fraction: float, z: float, prior_mean: float, prior_sd: float
) -> tuple[FloatArray, FloatArray]:
    """Gauss-Hermite points and weights of the posterior; the look gives ``fraction`` units of information."""
    if not (prior_sd > 0 and isfinite(prior_mean)):
        raise PlanError(
            f"A normal prior needs a finite mean and a positive sd, not {prior_mean} and {prior_sd}."
        )
    known = 0.0 if prior_sd == inf else prior_sd**-2
    precision = fraction + known
    mean = (z * fraction**0.5 + known * prior_mean) / precision
    nodes, weights = special.roots_hermitenorm(_NODES)
    return mean + nodes / precision**0.5, weights


def _pointwise_posterior(
    fraction: float, z: float, prior_drift: ArrayLike, prior_weight: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    drifts, prior = np.asarray(prior_drift, dtype=float), np.asarray(prior_weight, dtype=float)
    if drifts.ndim != 1 or drifts.shape != prior.shape or not drifts.size:
        raise PlanError("A prior in points needs one weight for each drift.")
    if not (np.isfinite(drifts).all() and np.isfinite(prior).all() and (prior >= 0).all() and prior.any()):
        raise PlanError("Drifts and weights of a prior must be finite, the weights 0 or more and not all 0.")
    exponent = -0.5 * (z - drifts * fraction**0.5) ** 2
    weights = prior * np.exp(exponent - exponent[prior > 0].max())
    return drifts, weights
