"""How the values of one patient vary together: the covariance structures of a repeated-measures model.

A structure gives the covariance matrix of a patient's values and its derivatives by the parameters. No Python library
has the unstructured matrix with degrees of freedom for small samples (statsmodels 0.15 has neither), so the engine that
uses these is our own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from duonen_stats.methods.inputs.admit import FloatArray, IntArray

CovarianceName = Literal["un", "csh", "cs", "ar1"]
"""``un``: every variance and covariance of its own; ``csh``: a variance a visit and one correlation; ``cs``: one
variance and one correlation; ``ar1``: one variance, and a correlation that falls as a power of the distance."""

_SHARED = (0.0, 0.3, 0.6, 0.9)
"""Correlations from which an unstructured matrix is looked for."""
_CORRELATIONS = (0.5, 0.8, 0.3, 0.0)
"""Correlations from which compound symmetry is looked for."""
_LESS = 0.3
"""Part of the common standard deviation with which a visit begins, where each visit has its own."""


class Structure(Protocol):
    """A covariance structure over the rows of one patient, who has ``n`` values."""

    @property
    def linear(self) -> bool:
        """Whether the matrix is linear in the parameters, so that second derivatives are zero."""

    @property
    def edge_aside(self) -> bool:
        """Whether a start that leads to the edge of what is a matrix counts only where no other leads to a maximum."""

    def starts(self, variance: float) -> tuple[FloatArray, ...]:
        """Give parameters to begin with, for values of this variance: several where there may be several maxima."""

    def admissible(self, theta: FloatArray) -> bool:
        """Whether the parameters give a covariance matrix."""

    def first(self, theta: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the matrix (n, n) and its first derivatives (parameters, n, n) for a patient's ``rows``."""

    def second(self, theta: FloatArray, rows: FloatArray) -> FloatArray:
        """Give the second derivatives (parameters, parameters, n, n)."""


class _Linear:
    """A structure whose matrix is a sum of parameters times matrices that do not depend on them."""

    linear = True
    edge_aside = False

    def basis(self, rows: FloatArray) -> FloatArray:
        """Give those matrices for a patient's rows: (parameters, n, n)."""
        raise NotImplementedError

    def first(self, theta: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the matrix and its first derivatives."""
        derivatives = self.basis(rows)
        return np.tensordot(theta, derivatives, 1), derivatives

    def second(self, theta: FloatArray, rows: FloatArray) -> FloatArray:
        """Give the second derivatives, which are zero."""
        return np.zeros((theta.size, theta.size, len(rows), len(rows)))


def _places(rows: FloatArray) -> IntArray:
    """Read the places of the visits of a patient's rows, from 0."""
    return rows[:, 0].astype(np.int64)


def _triangle(size: int) -> tuple[tuple[int, int], ...]:
    """List row and column of the lower triangle of a matrix, in the order of the parameters."""
    return tuple((i, j) for i in range(size) for j in range(i + 1))


def _symmetric(values: FloatArray, size: int) -> FloatArray:
    found = np.zeros((size, size))
    for value, (i, j) in zip(values, _triangle(size), strict=True):
        found[i, j] = found[j, i] = value
    return found


@dataclass(frozen=True, slots=True)
class Unstructured(_Linear):
    """Every variance and covariance of ``visits`` visits is a parameter; ``rows`` hold the place of the visit."""

    visits: int

    def matrix(self, theta: FloatArray) -> FloatArray:
        """Give the matrix over all visits."""
        return _symmetric(theta, self.visits)

    def starts(self, variance: float) -> tuple[FloatArray, ...]:
        """Begin with equal variances and no covariance, and again with equal covariances, smaller and larger."""
        return tuple(
            np.array([variance if i == j else variance * shared for i, j in _triangle(self.visits)])
            for shared in _SHARED
        )

    def admissible(self, theta: FloatArray) -> bool:
        """Whether the matrix is positive definite."""
        return bool(np.linalg.eigvalsh(self.matrix(theta))[0] > 0)

    def basis(self, rows: FloatArray) -> FloatArray:
        """Give ones where the parameter stands."""
        at = _places(rows)
        row, column = (at == place[:, None] for place in np.array(_triangle(self.visits)).T)
        ones = row[:, :, None] & column[:, None, :]
        found: FloatArray = (ones | ones.transpose(0, 2, 1)).astype(np.float64)
        return found


@dataclass(frozen=True, slots=True)
class CompoundSymmetry(_Linear):
    """One covariance between the values of a patient (``theta[0]``) and one variance in addition (``theta[1]``).

    At its edge values of a patient differ more than those of two patients: of few, the likelihood may be higher there
    than at its maximum, which is the fit all the same.
    """

    visits: int
    edge_aside = True

    def matrix(self, theta: FloatArray) -> FloatArray:
        """Give the matrix over all visits."""
        own: FloatArray = theta[1] * np.eye(self.visits)
        whole: FloatArray = own + theta[0]
        return whole

    def starts(self, variance: float) -> tuple[FloatArray, ...]:
        """Begin with a correlation of one half, and again with larger and smaller ones."""
        return tuple(np.array([shared, 1 - shared]) * variance for shared in _CORRELATIONS)

    def admissible(self, theta: FloatArray) -> bool:
        """Whether the matrix is positive definite; the covariance may be negative."""
        return bool(theta[1] > 0 and theta[1] + self.visits * theta[0] > 0)

    def basis(self, rows: FloatArray) -> FloatArray:
        """Give a matrix of ones, and the identity."""
        return np.array([np.ones((len(rows), len(rows))), np.eye(len(rows))])


@dataclass(frozen=True, slots=True)
class RandomEffects(_Linear):
    """Effects of the patient on the columns of ``rows`` (n, effects), with a covariance matrix, and an error variance.

    The parameters are the lower triangle of that matrix, and the error variance at last. The matrix may leave the
    cone of covariance matrices on the way: where every maximum lies outside, there is no such random effect.
    """

    edge_aside = True

    scales: Sequence[float]
    """Mean square of each column, for the start."""

    def matrix(self, theta: FloatArray) -> FloatArray:
        """Give the covariance matrix of the effects."""
        return _symmetric(theta[:-1], len(self.scales))

    def starts(self, variance: float) -> tuple[FloatArray, ...]:
        """Begin with equal shares of the variance, and no covariance; and, of several effects, with little error.

        Where few patients have a small error, the way from the first leads to the edge of what is a covariance matrix.
        """
        equal = variance / (len(self.scales) + 1)
        between = np.array([1 / self.scales[i] if i == j else 0.0 for i, j in _triangle(len(self.scales))])
        shares = ((equal, equal), (0.9 * variance, 0.1 * variance))
        return tuple(np.array([*share * between, error]) for share, error in shares[: len(self.scales)])

    def admissible(self, theta: FloatArray) -> bool:
        """Whether the error variance is one; the matrices of the patients are judged where they are inverted."""
        return bool(theta[-1] > 0)

    def basis(self, rows: FloatArray) -> FloatArray:
        """Give the products of the columns, and the identity."""
        products = [np.outer(rows[:, i], rows[:, j]) for i, j in _triangle(len(self.scales))]
        same = [i == j for i, j in _triangle(len(self.scales))]
        both = [one if own else one + one.T for one, own in zip(products, same, strict=True)]
        return np.array([*both, np.eye(len(rows))])


@dataclass(frozen=True, slots=True)
class HeterogeneousCompoundSymmetry:
    """A standard deviation a visit (``theta[:-1]``) and one correlation (``theta[-1]``)."""

    visits: int
    linear: bool = False
    edge_aside: bool = False

    def matrix(self, theta: FloatArray) -> FloatArray:
        """Give the matrix over all visits."""
        return self.first(theta, np.arange(self.visits, dtype=np.float64)[:, None])[0]

    def starts(self, variance: float) -> tuple[FloatArray, ...]:
        """Begin with equal variances and a correlation of one half, and again with each visit varying less."""
        equal = np.array([*[variance**0.5] * self.visits, 0.5])
        return (
            equal,
            *(equal * np.where(np.arange(equal.size) == one, _LESS, 1.0) for one in range(self.visits)),
        )

    def admissible(self, theta: FloatArray) -> bool:
        """Whether the matrix is positive definite."""
        lowest = -1 / (self.visits - 1) if self.visits > 1 else -1.0
        return bool((theta[:-1] > 0).all() and lowest < theta[-1] < 1)

    def first(self, theta: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the matrix and its first derivatives."""
        at = _places(rows)
        off = ~np.eye(at.size, dtype=bool)
        deviation, correlation = theta[:-1][at], np.where(off, theta[-1], 1.0)
        derivatives = np.zeros((theta.size, at.size, at.size))
        for place in range(self.visits):
            one = np.outer(at == place, deviation) * correlation
            derivatives[place] = one + one.T
        derivatives[-1] = np.outer(deviation, deviation) * off
        return correlation * np.outer(deviation, deviation), derivatives

    def second(self, theta: FloatArray, rows: FloatArray) -> FloatArray:
        """Give the second derivatives."""
        at = _places(rows)
        off = ~np.eye(at.size, dtype=bool)
        deviation, correlation = theta[:-1][at], np.where(off, theta[-1], 1.0)
        found = np.zeros((theta.size, theta.size, at.size, at.size))
        for one in range(self.visits):
            for other in range(self.visits):
                both = np.outer(at == one, at == other) * correlation
                found[one, other] = both + both.T
            single = np.outer(at == one, deviation)
            found[one, -1] = found[-1, one] = (single + single.T) * off
        return found


@dataclass(frozen=True, slots=True)
class Autoregressive:
    """One variance (``theta[0]``) and a correlation ``theta[1]`` to the power of the distance between visits."""

    visits: int
    linear: bool = False
    edge_aside: bool = False

    def matrix(self, theta: FloatArray) -> FloatArray:
        """Give the matrix over all visits."""
        return self.first(theta, np.arange(self.visits, dtype=np.float64)[:, None])[0]

    def starts(self, variance: float) -> tuple[FloatArray, ...]:
        """Begin with a correlation of one half."""
        return (np.array([variance, 0.5]),)

    def admissible(self, theta: FloatArray) -> bool:
        """Whether the variance is one and the correlation lies between -1 and 1, as in nlme."""
        return bool(theta[0] > 0 and -1 < theta[1] < 1)

    def first(self, theta: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the matrix and its first derivatives."""
        apart = _distances(rows)
        power = theta[1] ** apart
        return theta[0] * power, np.array([power, theta[0] * _slope(theta[1], apart)])

    def second(self, theta: FloatArray, rows: FloatArray) -> FloatArray:
        """Give the second derivatives."""
        apart = _distances(rows)
        mixed = _slope(theta[1], apart)
        twice = theta[0] * apart * _slope(theta[1], np.maximum(apart - 1, 0))
        return np.array([[np.zeros_like(mixed), mixed], [mixed, twice]])


def _distances(rows: FloatArray) -> FloatArray:
    """Give the distances between the visits of a patient, whole numbers."""
    return np.abs(rows[:, :1] - rows[:, :1].T)


def _slope(correlation: float, apart: FloatArray) -> FloatArray:
    """Give the derivative of a correlation to the power of a distance, also where the correlation is 0."""
    found: FloatArray = apart * correlation ** np.maximum(apart - 1, 0)
    return found
