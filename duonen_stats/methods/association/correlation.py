"""Correlation: Pearson and Spearman, with intervals.

Own: ``scipy.stats.pearsonr`` and ``spearmanr`` (1.17.1) agree in the coefficient to 1e-15, but p has 4 digits where
the points are within 1e-5 of a line (here it comes from the residuals), neither gives t or the limits by Bonett and
Wright, and neither has an exact p of ranks or a partial coefficient; they take three to seven times as long.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import (
    BoolArray,
    FloatArray,
    IntArray,
    Pairs,
    admit_pairs,
    as_p,
    as_vector,
    is_constant,
    normal_deviate,
)
from duonen_stats.methods.inputs.midranks import as_ranked, doubled, midranks

# Distribution of Spearman's coefficient under independence: exact, and Edgeworth's series.


LARGEST_EXACT = 12
# Largest correction, as a share of the normal probability, with which the series is used: for 13 to 16 untied pairs
# its p is then within 6 % of the exact one; further out it turns negative.
_LARGEST_CORRECTION = 0.7
_PLACES = 500
# Coefficients of the series in 1/n and powers of the standardised statistic.
_C = (0.2274, 0.2531, 0.1745, 0.0758, 0.1033, 0.3932, 0.0879, 0.0151, 0.0072, 0.0831, 0.0131, 4.6e-4)


def exact_p(a: IntArray, b: IntArray) -> float:
    """Share of all n! pairings with a coefficient at least as far from zero.

    ``a`` and ``b`` are centred doubled mid-ranks, whole numbers of sum zero. A perfect coefficient needs no
    enumeration: its pairings are those that exchange tied values.
    """
    n, observed = a.size, abs(int(a @ b))
    if observed**2 == int(a @ a) * int(b @ b):
        return _perfect_p(a, b)
    if n > LARGEST_EXACT:
        raise NotEstimable("n_too_large", {"all": n}, f"An exact p is computed up to {LARGEST_EXACT} pairs.")
    mass = _null(tuple(sorted(a.tolist())), tuple(sorted(b.tolist())))
    bound = mass.size // 2
    far = np.abs(np.arange(-bound, bound + 1)) >= observed
    return as_p(mass[far].sum() / math.factorial(n))


@lru_cache(maxsize=64)
def _null(a: tuple[int, ...], b: tuple[int, ...]) -> FloatArray:
    """Count the pairings of each sum of products, from -bound to bound; a sample's ranks return again and again."""
    # counts[used]: of the sums of a_1..a_i times the members of b in the bit set ``used``.
    bound = int(np.sort(np.abs(a)) @ np.sort(np.abs(b)))
    counts = {0: _unit_mass(bound)}
    for value in a:
        grown: dict[int, FloatArray] = {}
        for used, mass in counts.items():
            for j, partner in enumerate(b):
                if not used >> j & 1:
                    target = grown.setdefault(used | 1 << j, np.zeros(2 * bound + 1))
                    target += np.roll(mass, value * partner)
        counts = grown
    (whole,) = counts.values()
    return whole


def _unit_mass(bound: int) -> FloatArray:
    mass = np.zeros(2 * bound + 1)
    mass[bound] = 1.0
    return mass


def _perfect_p(a: IntArray, b: IntArray) -> float:
    ways = math.prod(math.factorial(int(size)) for size in np.unique(a, return_counts=True)[1])
    mirrored = np.array_equal(np.sort(b), np.sort(-b))
    return as_p(ways * (2 if mirrored else 1) / math.factorial(b.size))


def edgeworth_p(a: IntArray, b: IntArray) -> float:
    """Two-sided p of the coefficient of untied ranks by the Edgeworth series of algorithm AS 89.

    Raises
    ------
    NotEstimable
        ``ties``; ``series_not_valid``: so far out in the tail that the series does not give a probability.

    References
    ----------
    Best & Roberts (1975) Appl. Stat. 24:377-379; R's ``cor.test(exact = TRUE)`` above nine pairs, which
    returns 0 where the series is negative.
    """
    n = a.size
    if np.unique(a).size < n or np.unique(b).size < n:
        raise NotEstimable("ties", {"all": n}, "The Edgeworth series holds for untied ranks only.")
    squares = int(((a - b) ** 2).sum()) // 4
    # The distribution is symmetric about (n^3 - n)/6, the sum of squares is even, hence the correction of one.
    smaller = min(squares, (n**3 - n) // 3 - squares)
    x = (6 * (smaller + 1) / (n * (n * n - 1)) - 1) * math.sqrt(n - 1)
    normals, corrections = _edgeworth_terms(np.linspace(min(x, 0.0), 0.0, _PLACES), n)
    # Past the first place where the correction is too large it may be small again by chance.
    if (np.abs(corrections) > _LARGEST_CORRECTION * normals).any():
        raise NotEstimable(
            "series_not_valid",
            {"all": n},
            "So far out in the tail the Edgeworth series is not valid; use the t approximation.",
        )
    (normal,), (correction,) = _edgeworth_terms(np.array([x]), n)
    return as_p(2 * (normal - correction))


def _edgeworth_terms(x: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """Give the normal probability below the standardised statistic, and what the series takes off it."""
    inverse, y, c = 1 / n, x * x, _C
    tail = c[8] - c[9] * inverse + y * inverse * (c[10] - c[11] * y)
    middle = inverse * (c[4] + c[5] * inverse) - c[3] - y * inverse * (c[6] + c[7] * inverse - y * tail)
    series = x * inverse * (c[0] + inverse * (c[1] + c[2] * inverse) + y * middle)
    return np.asarray(special.ndtr(x)), series * np.exp(-y / 2)


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


# Spearman's correlation adjusted for a covariate.


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
