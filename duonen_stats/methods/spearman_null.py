"""Distribution of Spearman's coefficient under independence: exact, and Edgeworth's series."""

import math

import numpy as np
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.door import IntArray, as_p

_LARGEST_EXACT = 12
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
    if n > _LARGEST_EXACT:
        raise NotEstimable("n_too_large", {"all": n}, f"An exact p is computed up to {_LARGEST_EXACT} pairs.")
    # counts[used]: of the sums of a_1..a_i times the members of b in the bit set ``used``, -bound to bound.
    bound = int(np.sort(np.abs(a)) @ np.sort(np.abs(b)))
    counts = {0: _unit_mass(bound)}
    for value in a.tolist():
        grown: dict[int, np.ndarray] = {}
        for used, mass in counts.items():
            for j, partner in enumerate(b.tolist()):
                if not used >> j & 1:
                    target = grown.setdefault(used | 1 << j, np.zeros(2 * bound + 1))
                    target += np.roll(mass, value * partner)
        counts = grown
    (mass,) = counts.values()
    far = np.abs(np.arange(-bound, bound + 1)) >= observed
    return as_p(mass[far].sum() / math.factorial(n))


def _unit_mass(bound: int) -> np.ndarray:
    mass = np.zeros(2 * bound + 1)
    mass[bound] = 1.0
    return mass


def _perfect_p(a: IntArray, b: IntArray) -> float:
    ways = math.prod(math.factorial(int(size)) for size in np.unique(a, return_counts=True)[1])
    mirrored = np.array_equal(np.sort(b), np.sort(-b))
    return as_p(ways * (2 if mirrored else 1) / math.factorial(b.size))


def edgeworth_p(a: IntArray, b: IntArray) -> float:
    """Two-sided p of the coefficient of untied ranks by the Edgeworth series of algorithm AS 89.

    Source: Best & Roberts (1975) Appl. Stat. 24:377-379, the approximation for more than nine pairs; R's
    ``cor.test(exact = TRUE)``.
    """
    n = a.size
    if np.unique(a).size < n or np.unique(b).size < n:
        raise NotEstimable("ties", {"all": n}, "The Edgeworth series holds for untied ranks only.")
    squares = int(((a - b) ** 2).sum()) // 4
    # The distribution is symmetric about (n^3 - n)/6 and no p is below that of a perfect correlation.
    smaller = min(squares, (n**3 - n) // 3 - squares)
    least = math.exp(-math.lgamma(n + 1))
    return as_p(2 * max(_edgeworth_cdf(smaller, n), least))


def _edgeworth_cdf(squares: int, n: int) -> float:
    """P(sum of squared rank differences <= squares); the sum is even, hence the correction of one."""
    inverse = 1 / n
    x = (6 * (squares + 1) * inverse / (n * n - 1) - 1) * math.sqrt(n - 1)
    y = x * x
    c = _C
    tail = c[8] - c[9] * inverse + y * inverse * (c[10] - c[11] * y)
    middle = inverse * (c[4] + c[5] * inverse) - c[3] - y * inverse * (c[6] + c[7] * inverse - y * tail)
    series = x * inverse * (c[0] + inverse * (c[1] + c[2] * inverse) + y * middle)
    return float(special.ndtr(x)) - series * math.exp(-y / 2)
