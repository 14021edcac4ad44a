"""Test of normality."""

from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy import stats

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import admit_sample, is_constant

_SMALLEST = 3
_LARGEST = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapiroResult:
    """Shapiro-Wilk W of ``n`` values, and the probability of a smaller one under normality."""

    w: float
    p_value: float
    n: int
    n_missing: int


def shapiro_wilk(x: ArrayLike) -> ShapiroResult:
    """Test whether a sample comes from a normal distribution.

    Parameters
    ----------
    x
        Values in one dimension, any unit; missing ones are dropped and counted.

    Raises
    ------
    NotEstimable
        ``n_too_small``: fewer than 3 values; ``n_too_large``: more than 5000, where the algorithm was never
        validated; ``zero_variance``: all values equal; ``non_finite``: an infinite value.

    References
    ----------
    Shapiro & Wilk (1965) Biometrika 52:591-611; Royston (1995) AS R94, by ``scipy.stats.shapiro``.

    Examples
    --------
    >>> from duonen_stats.methods import shapiro_wilk
    >>> found = shapiro_wilk([1, 2, 3, 4, 20])
    >>> round(found.w, 4), round(found.p_value, 4)
    (0.6876, 0.0071)
    """
    sample = admit_sample(x)
    n = {"all": sample.n}
    if sample.n < _SMALLEST:
        raise NotEstimable("n_too_small", n, "The Shapiro-Wilk test needs three values.")
    if sample.n > _LARGEST:
        raise NotEstimable("n_too_large", n, "The Shapiro-Wilk test holds up to 5000 values.")
    if is_constant(sample.values):
        raise NotEstimable("zero_variance", n, "All values are equal.")
    w, p_value = stats.shapiro(sample.values, axis=None, nan_policy="raise")
    return ShapiroResult(w=float(w), p_value=float(p_value), n=sample.n, n_missing=sample.n_missing)
