"""Correlation: Pearson and Spearman, with intervals."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.association.spearman_null import LARGEST_EXACT, edgeworth_p, exact_p
from duonen_stats.methods.inputs.admit import (
    FloatArray,
    Pairs,
    admit_pairs,
    as_p,
    is_constant,
    normal_deviate,
)
from duonen_stats.methods.inputs.midranks import as_ranked, doubled, midranks

SpearmanMethod = Literal["t", "exact", "edgeworth"]
IntervalMethod = Literal["fisher_z", "bonett_wright"]

# Share of the variance left unexplained below which points lie on a line, but for rounding.
NOISE = 1e-20
_METHODS = {
    "t": "Spearman's ρ, t approximation",
    "exact": "Spearman's ρ, exact",
    "edgeworth": "Spearman's ρ, Edgeworth series",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationResult:
    """A correlation coefficient over ``n`` complete pairs.

    ``statistic`` and ``df`` belong to the t test of zero correlation, ``None`` for other methods. The limits
    are ``None`` if they do not exist: fewer than four pairs, or a coefficient of -1 or 1.
    """

    coefficient: float
    statistic: float | None
    df: int | None
    p_value: float
    n: int
    n_missing: int
    method: str
    ci_low: float | None
    ci_high: float | None
    ci_method: IntervalMethod


def pearson(
    x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95, interval: IntervalMethod = "fisher_z"
) -> CorrelationResult:
    """Pearson's product-moment correlation.

    Parameters
    ----------
    x, y
        Paired values in any units; a pair with a missing value is dropped and counted.
    confidence, interval
        Level and kind of the limits.

    Raises
    ------
    NotEstimable
        ``n_too_small``: fewer than three pairs; ``constant_input``: x or y has no spread; ``zero_variance``:
        the points lie on a line, so that no p exists; ``non_finite``.

    References
    ----------
    Student (1908) Biometrika 6:302-310 for the test; Fisher (1921) Metron 1:3-32 for the limits.

    Examples
    --------
    >>> from duonen_stats.methods import pearson
    >>> found = pearson([1, 2, 3, 4], [1, 3, 2, 4])
    >>> found.coefficient, round(found.p_value, 3)
    (0.8, 0.2)
    """
    pairs = admit_varying_pairs(x, y)
    return correlate_units(
        _unit(pairs.x),
        _unit(pairs.y),
        pairs,
        controlled=0,
        confidence=confidence,
        interval=interval,
        method="Pearson's r",
    )


def correlate_units(
    a: FloatArray,
    b: FloatArray,
    pairs: Pairs,
    *,
    controlled: int,
    confidence: float,
    interval: IntervalMethod,
    method: str,
) -> CorrelationResult:
    """Correlate two centred vectors of length one, from which ``controlled`` covariates were removed.

    Raises ``NotEstimable`` (``zero_variance``) if the points lie on a line, so that no p exists.
    """
    r = max(-1.0, min(1.0, float(a @ b)))
    # 1 - r^2 by the residuals keeps its digits near a perfect line.
    unexplained = float(((b - r * a) ** 2).sum())
    if unexplained < NOISE:
        raise NotEstimable("zero_variance", {"all": pairs.n}, "The points lie on a line; no p-value exists.")
    df = pairs.n - 2 - controlled
    t, p_value = _t_test(r, unexplained, df)
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
        method=method,
        ci_low=low,
        ci_high=high,
        ci_method=interval,
    )


def spearman(
    x: ArrayLike,
    y: ArrayLike,
    *,
    method: SpearmanMethod = "t",
    confidence: float = 0.95,
    interval: IntervalMethod = "bonett_wright",
    decimals: int | None = None,
) -> CorrelationResult:
    """Spearman's rank correlation, ties at mid-rank.

    Parameters
    ----------
    x, y
        Paired values in any units; a pair with a missing value is dropped and counted.
    method
        ``"t"`` is SPSS's approximation; ``"exact"`` counts every pairing (up to 12 pairs, ties included);
        ``"edgeworth"`` is that up to 12 pairs and beyond them what R calls exact, the Edgeworth series, where
        it is valid. A coefficient of -1 or 1 always has an exact p, the approximation being 0 there.
    confidence, interval
        Level and kind of the limits.
    decimals
        Values equal at this precision, in the unit of the data, are tied; None: only values exactly equal.

    Raises
    ------
    NotEstimable
        ``n_too_small``: fewer than three pairs; ``constant_input``: x or y has no spread; ``n_too_large``:
        more than 12 pairs with ``"exact"``; ``ties`` and ``series_not_valid`` (far out in the tail): above 12
        pairs with ``"edgeworth"``; ``non_finite``.

    References
    ----------
    Spearman (1904) Am. J. Psychol. 15:72-101; Best & Roberts (1975) AS 89 for the Edgeworth series;
    Bonett & Wright (2000) Psychometrika 65:23-28 for the limits.

    Examples
    --------
    >>> from duonen_stats.methods import spearman
    >>> found = spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(found.coefficient, 3), round(found.p_value, 3)
    (0.8, 0.104)
    """
    if method not in _METHODS:
        raise DataError(f"Unknown Spearman method {method!r}; known are {', '.join(sorted(_METHODS))}.")
    pairs = admit_varying_pairs(x, y, decimals)
    n = pairs.n
    # Doubled ranks centred at n + 1 are whole numbers: the coefficient is exactly 1 when it should be.
    a = doubled(midranks(pairs.x)[0]) - (n + 1)
    b = doubled(midranks(pairs.y)[0]) - (n + 1)
    product, scale = int(a @ b), int(a @ a) * int(b @ b)
    rho = product / math.sqrt(scale)
    perfect = product * product == scale
    if perfect:
        rho, method = math.copysign(1.0, product), "exact"
    if method == "edgeworth" and n <= LARGEST_EXACT:
        method = "exact"
    statistic, df = None, None
    if method == "exact":
        p_value = exact_p(a, b)
    elif method == "edgeworth":
        p_value = edgeworth_p(a, b)
    else:
        df = n - 2
        statistic, p_value = _t_test(rho, (scale - product**2) / scale, df)
    low, high = correlation_interval(rho, n, method=interval, confidence=confidence)
    return CorrelationResult(
        coefficient=rho,
        statistic=statistic,
        df=df,
        p_value=p_value,
        n=n,
        n_missing=pairs.n_missing,
        method=_METHODS[method],
        ci_low=low,
        ci_high=high,
        ci_method=interval,
    )


def correlation_interval(
    r: float, n: int, *, method: IntervalMethod, confidence: float = 0.95, controlled: int = 0
) -> tuple[float, float] | tuple[None, None]:
    """Limits of a correlation coefficient on Fisher's scale.

    Parameters
    ----------
    r, n
        The coefficient and the number of pairs.
    method
        ``"fisher_z"``: standard error 1/sqrt(n - 3); ``"bonett_wright"``: sqrt((1 + r^2/2)/(n - 3)), for
        ranks.
    confidence
        Level of the limits.
    controlled
        Number of covariate columns held constant, each costing one pair.

    Returns
    -------
    tuple
        Lower and upper limit; ``None`` twice if there are none: n - 3 is not positive, or r is -1 or 1.

    References
    ----------
    Fisher (1921) Metron 1:3-32; Bonett & Wright (2000) Psychometrika 65:23-28.

    Examples
    --------
    >>> from duonen_stats.methods import correlation_interval
    >>> low, high = correlation_interval(0.5, 28, method="fisher_z")
    >>> round(low, 3), round(high, 3)
    (0.156, 0.736)
    """
    usable = n - 3 - controlled
    if usable < 1 or abs(r) >= 1:
        return None, None
    inflation = 1 + r * r / 2 if method == "bonett_wright" else 1.0
    margin = normal_deviate(confidence) * math.sqrt(inflation / usable)
    centre = math.atanh(r)
    return math.tanh(centre - margin), math.tanh(centre + margin)


def admit_varying_pairs(x: ArrayLike, y: ArrayLike, decimals: int | None = None) -> Pairs:
    """Admit at least three pairs in which both variables vary, or raise ``NotEstimable``.

    With ``decimals`` the values are as they are ranked: a variable of noise alone does not vary.
    """
    admitted = admit_pairs(x, y)
    pairs = Pairs(as_ranked(admitted.x, decimals), as_ranked(admitted.y, decimals), admitted.n_missing)
    if pairs.n < 3:  # noqa: PLR2004 - two points always lie on a line
        raise NotEstimable("n_too_small", {"all": pairs.n}, "A correlation needs three pairs.")
    if is_constant(pairs.x) or is_constant(pairs.y):
        raise NotEstimable("constant_input", {"all": pairs.n}, "One of the two variables has no spread.")
    return pairs


def _unit(values: FloatArray) -> FloatArray:
    """Centred and scaled to length one."""
    centred = values - values.mean()
    return np.asarray(centred / np.linalg.norm(centred))


def _t_test(r: float, unexplained: float, df: int) -> tuple[float, float]:
    """Statistic t and two-sided p of a correlation of which 1 - r^2 is ``unexplained``."""
    t = r * math.sqrt(df / unexplained)
    return t, as_p(2 * special.stdtr(df, -abs(t)))
