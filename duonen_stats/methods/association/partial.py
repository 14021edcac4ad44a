"""Spearman's correlation adjusted for a covariate."""

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.association.correlation import (
    NOISE,
    CorrelationResult,
    IntervalMethod,
    admit_varying_pairs,
    correlate_units,
)
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, as_vector
from duonen_stats.methods.inputs.midranks import midranks


def partial_spearman(
    x: ArrayLike,
    y: ArrayLike,
    covariate: ArrayLike,
    *,
    confidence: float = 0.95,
    interval: IntervalMethod = "bonett_wright",
    decimals: int | None = None,
) -> CorrelationResult:
    """Rank correlation of x and y with a covariate held constant.

    Parameters
    ----------
    x, y
        Paired values in any units; a pair with a missing value (of the covariate too) is dropped and counted.
    covariate
        Numbers, which are ranked too; or texts such as the arm, which are taken as a factor.
    confidence, interval
        Level and kind of the limits.
    decimals
        Values equal at this precision, in the unit of the data, are tied; None: only values exactly equal.

    Returns
    -------
    CorrelationResult
        Correlation of the residuals of the ranks on the covariate, with t on n - 2 - (covariate columns)
        degrees of freedom.

    Raises
    ------
    NotEstimable
        ``n_too_small``: no degree of freedom left; ``constant_input``: x or y has no spread;
        ``zero_variance``: the covariate explains the ranks of x or y entirely, or the residuals lie on a
        line; ``non_finite``.
    DataError
        x, y and the covariate are not equally many, or x or y is not numeric.

    References
    ----------
    Conover (1999) Practical Nonparametric Statistics, 5.4; for a numeric covariate equal to
    (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)) of rank correlations.

    Examples
    --------
    >>> from duonen_stats.methods import partial_spearman
    >>> found = partial_spearman([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5], ["A", "A", "B", "B", "A", "B"])
    >>> round(found.coefficient, 3), found.df
    (0.822, 3)
    """
    columns, known = _columns(covariate)
    if known.size != np.size(x) or known.size != np.size(y):
        raise DataError("x, y and the covariate must be equally many.")
    first = np.where(known, as_vector(x, "x"), np.nan)
    second = np.where(known, as_vector(y, "y"), np.nan)
    pairs = admit_varying_pairs(first, second, decimals)
    design = _design(columns[~(np.isnan(first) | np.isnan(second))])
    controlled = design.shape[1] - 1
    if pairs.n - 2 - controlled < 1:
        raise NotEstimable("n_too_small", {"all": pairs.n}, "The covariate leaves no degree of freedom.")
    return correlate_units(
        _residual(midranks(pairs.x)[0], design),
        _residual(midranks(pairs.y)[0], design),
        pairs,
        controlled=controlled,
        confidence=confidence,
        interval=interval,
        method="partial Spearman's ρ, t approximation",
    )


def _columns(covariate: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Covariate as columns, one of numbers or one for each label, and where it is known."""
    # As objects, so that a missing label does not turn into the text "nan".
    labels = np.asarray(covariate, dtype=object).tolist()
    if any(isinstance(label, str) for label in labels):
        known = np.array([isinstance(label, str) and label != "" for label in labels])
        levels = sorted({str(label) for label, there in zip(labels, known, strict=True) if there})
        indicators = np.array([[label == level for level in levels] for label in labels], dtype=np.float64)
        return indicators.reshape(len(labels), len(levels)), known
    values = as_vector(labels, "covariate")
    return values[:, None], ~np.isnan(values)


def _design(columns: FloatArray) -> FloatArray:
    """Columns the covariate spans among the pairs used, intercept first, none superfluous."""
    single = columns.shape[1] == 1
    extra = midranks(columns[:, 0])[0][:, None] if single else columns
    varying = extra[:, extra.min(axis=0) < extra.max(axis=0)]
    # The labels present add up to the intercept: one of them is superfluous.
    redundant = not single and varying.shape[1] > 0
    return np.column_stack((np.ones(len(columns)), varying[:, 1:] if redundant else varying))


def _residual(ranks: FloatArray, design: FloatArray) -> FloatArray:
    """Take from the ranks what the covariate explains, and scale the rest to length one."""
    residual = ranks - design @ np.linalg.lstsq(design, ranks, rcond=None)[0]
    squares = float((residual**2).sum())
    if squares < NOISE * float((ranks**2).sum()):
        raise NotEstimable(
            "zero_variance", {"all": ranks.size}, "The covariate explains a variable entirely."
        )
    return np.asarray(residual / np.sqrt(squares))
