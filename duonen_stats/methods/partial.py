"""Spearman's correlation adjusted for a covariate."""

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.correlation import CorrelationResult, IntervalMethod, correlation_interval, t_test
from duonen_stats.methods.door import BoolArray, FloatArray, admit_pairs, admit_sample, is_constant
from duonen_stats.methods.ranking import midranks

# Share of the variance left unexplained below which nothing is left, but for rounding.
_NOISE = 1e-20


def partial_spearman(
    x: ArrayLike,
    y: ArrayLike,
    covariate: ArrayLike,
    *,
    confidence: float = 0.95,
    interval: IntervalMethod = "bonett_wright",
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
        x, y and the covariate are not equally many.

    Source: Conover (1999) Practical Nonparametric Statistics, 5.4; for a numeric covariate equal to
    (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)) of rank correlations.
    """
    columns, known = _columns(covariate)
    if known.size != np.size(x) or known.size != np.size(y):
        raise DataError("x, y and the covariate must be equally many.")
    first = np.where(known, np.asarray(x, dtype=np.float64), np.nan)
    second = np.where(known, np.asarray(y, dtype=np.float64), np.nan)
    pairs = admit_pairs(first, second)
    n = {"all": pairs.n}
    if pairs.n < 3:  # noqa: PLR2004 - two points always lie on a line
        raise NotEstimable("n_too_small", n, "A correlation needs three pairs.")
    if is_constant(pairs.x) or is_constant(pairs.y):
        raise NotEstimable("constant_input", n, "One of the two variables has no spread.")
    design = _design(columns[~(np.isnan(first) | np.isnan(second))])
    controlled = design.shape[1] - 1
    df = pairs.n - 2 - controlled
    if df < 1:
        raise NotEstimable("n_too_small", n, "The covariate leaves no degree of freedom.")
    a, b = _residual(midranks(pairs.x)[0], design), _residual(midranks(pairs.y)[0], design)
    r = max(-1.0, min(1.0, float(a @ b)))
    unexplained = float(((b - r * a) ** 2).sum())
    if unexplained < _NOISE:
        raise NotEstimable("zero_variance", n, "The adjusted ranks lie on a line; no p-value exists.")
    t, p_value = t_test(r, unexplained, df)
    low, high = correlation_interval(
        r, pairs.n, method=interval, confidence=confidence, controlled=controlled
    )
    return CorrelationResult(
        coefficient=r,
        statistic=t,
        df=df,
        p_value=p_value,
        n=pairs.n,
        n_missing=pairs.n_missing,
        method="partial Spearman's ρ, t approximation",
        ci_low=low,
        ci_high=high,
        ci_method=interval,
    )


def _columns(covariate: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Covariate as columns, one of numbers or one for each label, and where it is known."""
    labels = list(np.asarray(covariate).tolist())
    if any(isinstance(label, str) for label in labels):
        known = np.array([isinstance(label, str) and label != "" for label in labels])
        levels = sorted({str(label) for label, there in zip(labels, known, strict=True) if there})
        indicators = np.array([[label == level for level in levels] for label in labels], dtype=np.float64)
        return indicators.reshape(len(labels), len(levels)), known
    values = np.array(labels, dtype=np.float64)
    known = ~np.isnan(values)
    admit_sample(values, name="covariate")
    return values[:, None], known


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
    if squares < _NOISE * float((ranks**2).sum()):
        raise NotEstimable(
            "zero_variance", {"all": ranks.size}, "The covariate explains a variable entirely."
        )
    return np.asarray(residual / np.sqrt(squares))
