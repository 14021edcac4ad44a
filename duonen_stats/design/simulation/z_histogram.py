"""Counts of standardised statistics in fine bins: quantiles of any number of trials in a fixed memory."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_PER_UNIT: Final = 1024
_FARTHEST: Final = 8
N_BINS: Final = 2 * _FARTHEST * _PER_UNIT

Counts = NDArray[np.int64]


def z_counts(z: FloatArray) -> Counts:
    """Count values in ``N_BINS`` bins of 1/1024 from -8 to 8; NaN counts as 0, what is beyond as at the end."""
    bins = np.floor((np.nan_to_num(z, nan=0.0) + _FARTHEST) * _PER_UNIT).astype(np.int64)
    return np.bincount(bins.clip(0, N_BINS - 1), minlength=N_BINS)


def z_quantile(counts: Counts, probability: float) -> float:
    """Quantile of the values counted, linear within a bin."""
    total = int(counts.sum())
    if total == 0 or not 0 < probability < 1:
        raise PlanError("A quantile needs trials and a probability between 0 and 1.")
    below = np.concatenate(([0], np.cumsum(counts)))
    target = probability * total
    bin_ = min(int(np.searchsorted(below, target, side="right")) - 1, N_BINS - 1)
    within = (target - below[bin_]) / counts[bin_] if counts[bin_] else 0.0
    return float((bin_ + within) / _PER_UNIT - _FARTHEST)


def z_count_below(counts: Counts, value: float) -> int:
    """Count the values below one, linear within its bin."""
    place = (value + _FARTHEST) * _PER_UNIT
    bin_ = int(np.floor(place))
    if not 0 <= bin_ < N_BINS:
        return 0 if bin_ < 0 else int(counts.sum())
    return int(np.rint(counts[:bin_].sum() + (place - bin_) * counts[bin_]))
