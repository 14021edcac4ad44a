"""Weighted sums over the records of each risk set, each about its own mean, so that no digits are lost."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, IntArray

# Records times failures up to which each risk set is summed by itself.
_FEW_CELLS = 30_000


@dataclass(frozen=True, slots=True, eq=False)
class RiskSums:
    """Weighted sums of some sets of records, a row per set.

    ``weight`` is the sum of the hazards over exp(``log_scale``), ``mean`` the weighted mean of the covariates and
    ``about_mean`` the weighted sum of their products about it. A set without records has scale minus infinity.
    """

    log_scale: FloatArray
    weight: FloatArray
    mean: FloatArray
    about_mean: FloatArray

    def take(self, rows: IntArray | slice) -> "RiskSums":
        """Give the sums of some of the sets."""
        return RiskSums(self.log_scale[rows], self.weight[rows], self.mean[rows], self.about_mean[rows])

    def times(self, factor: FloatArray) -> "RiskSums":
        """Give the sums with the hazards of each set multiplied by a factor of its own."""
        return RiskSums(
            self.log_scale, self.weight * factor, self.mean, self.about_mean * factor[:, None, None]
        )


def gather(index: IntArray, n_sets: int, eta: FloatArray, x: FloatArray) -> RiskSums:
    """Sum the records of each set; ``index`` is the set of each record."""
    p = x.shape[1]
    log_scale = np.full(n_sets, -np.inf)
    np.maximum.at(log_scale, index, eta)
    hazard = np.exp(eta - log_scale[index])
    weight = np.bincount(index, hazard, n_sets).astype(np.float64)
    some = np.maximum(weight, 1.0)  # the largest hazard of a set is 1: only an empty set changes
    mean = np.column_stack([np.bincount(index, hazard * x[:, j], n_sets) / some for j in range(p)])
    apart = x - mean[index]
    about_mean = np.empty((n_sets, p, p))
    for i in range(p):
        for j in range(i + 1):
            products = np.bincount(index, hazard * apart[:, i] * apart[:, j], n_sets)
            about_mean[:, i, j] = about_mean[:, j, i] = products
    return RiskSums(log_scale, weight, mean, about_mean)


def merge(a: RiskSums, b: RiskSums) -> RiskSums:
    """Give the sums of the unions of disjoint sets; every term that is added is positive.

    Source: Chan, Golub & LeVeque (1983) Am. Stat. 37:242-247.
    """
    log_scale = np.maximum(a.log_scale, b.log_scale)
    base = np.where(np.isfinite(log_scale), log_scale, 0.0)
    scale_a, scale_b = np.exp(a.log_scale - base), np.exp(b.log_scale - base)
    weight_a, weight_b = a.weight * scale_a, b.weight * scale_b
    weight = weight_a + weight_b
    share = np.divide(weight_b, weight, out=np.zeros_like(weight), where=weight > 0)
    between = b.mean - a.mean
    return RiskSums(
        log_scale,
        weight,
        a.mean + between * share[:, None],
        a.about_mean * scale_a[:, None, None]
        + b.about_mean * scale_b[:, None, None]
        + between[:, :, None] * between[:, None, :] * (weight_a * share)[:, None, None],
    )


def covering(first: IntArray, last: IntArray, n_places: int) -> Callable[[FloatArray, FloatArray], RiskSums]:
    """For each place, sum the records with first <= place < last, whose hazards and covariates come later."""
    if first.size * n_places > _FEW_CELLS:
        return partial(_by_tree, first, last, n_places)
    place = np.arange(n_places)[:, None]
    return partial(_one_by_one, (first <= place) & (place < last))


def _one_by_one(at_risk: BoolArray, eta: FloatArray, x: FloatArray) -> RiskSums:
    """Sum with a row per place and a column per record: the quicker way for some hundred records."""
    masked = np.where(at_risk, eta, -np.inf)
    log_scale = masked.max(axis=1)
    hazard = np.exp(masked - np.where(np.isfinite(log_scale), log_scale, 0.0)[:, None])
    weight = hazard.sum(axis=1)
    mean = hazard @ x / np.maximum(weight, 1.0)[:, None]
    apart = x - mean[:, None, :]
    return RiskSums(log_scale, weight, mean, (apart * hazard[:, :, None]).transpose(0, 2, 1) @ apart)


def _by_tree(first: IntArray, last: IntArray, n_places: int, eta: FloatArray, x: FloatArray) -> RiskSums:
    """Sum in n log n steps by a segment tree.

    Each record is entered at the few nodes that make up its range, and each node hands its sums down to its halves.
    """
    size = 1 << (n_places - 1).bit_length()
    left, right = first + size, np.maximum(first, last) + size
    nodes, records = [], []
    everyone = np.arange(first.size)
    while (left < right).any():
        odd = (left < right) & (left & 1 == 1)
        nodes.append(left[odd])
        records.append(everyone[odd])
        left = left + odd
        odd = (left < right) & (right & 1 == 1)
        right = right - odd
        nodes.append(right[odd])
        records.append(everyone[odd])
        left, right = left >> 1, right >> 1
    chosen = np.concatenate(records) if records else everyone[:0]
    node = np.concatenate(nodes) if nodes else everyone[:0]
    tree = gather(node, 2 * size, eta[chosen], x[chosen])
    level = tree.take(slice(1, 2))
    start = 2
    while start <= size:
        halves = np.repeat(np.arange(start // 2), 2)
        level = merge(level.take(halves), tree.take(slice(start, 2 * start)))
        start *= 2
    return level.take(slice(0, n_places))
