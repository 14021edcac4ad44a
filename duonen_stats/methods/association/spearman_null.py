"""Distribution of Spearman's coefficient under independence: exact, and Edgeworth's series."""

import math
from functools import lru_cache

import numpy as np
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, IntArray, as_p

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
