"""Random numbers of the simulator: one stream a topic, so that a change of one topic leaves the others alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]


def streams(seed: int, topics: Sequence[str]) -> dict[str, np.random.Generator]:
    """Make one independent generator a topic.

    Parameters
    ----------
    seed
        Whole number from 0 on; the same seed gives the same numbers.
    topics
        Their order is part of what a seed means: new ones go to the end.
    """
    children = np.random.SeedSequence(seed).spawn(len(topics))
    return {
        topic: np.random.Generator(np.random.PCG64(child))
        for topic, child in zip(topics, children, strict=True)
    }


def bounded(z: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """Turn standard normal values into values of the normal distribution truncated to ``low`` .. ``high``.

    Ranks are kept, and with them rank correlations; no value is piled up at a bound.
    """
    below, above = ndtr(low), ndtr(high)
    return np.asarray(ndtri(below + (above - below) * ndtr(z)), dtype=np.float64)


def with_shared(
    rng: np.random.Generator, size: tuple[int, ...], shared: Floats, share: Floats | float
) -> Floats:
    """Draw standard normal values of which ``shared`` explains a part.

    Parameters
    ----------
    rng
        Generator.
    size
        Shape of the result.
    shared
        Standard normal values, broadcast to ``size``.
    share
        Fraction of the variance they explain: the correlation of two values with the same ``shared``.
    """
    own = rng.standard_normal(size)
    return np.asarray(np.sqrt(share) * shared + np.sqrt(1 - np.asarray(share)) * own, dtype=np.float64)
