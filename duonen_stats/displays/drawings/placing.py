"""Where points and labels go, so that none hides another: fixed rules, no chance."""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, sqrt


def swarm(heights: Sequence[float], *, spacing: float, room: float) -> list[float]:
    """Set points of given heights apart sideways, each as near to the middle as it can be.

    Parameters
    ----------
    heights
        Vertical positions in points.
    spacing
        Least distance between the centres of two points, in points.
    room
        Largest distance from the middle; a wider swarm is pressed together sideways.

    Returns
    -------
    list of float
        Sideways offsets in points, in the order of ``heights``; the same heights give the same offsets.
    """
    placed: list[tuple[float, float]] = []
    offsets = [0.0] * len(heights)
    for i in sorted(range(len(heights)), key=lambda k: heights[k]):
        near = [(x, y) for x, y in placed if heights[i] - y < spacing]
        reach = [(x, sqrt(max(spacing**2 - (heights[i] - y) ** 2, 0.0))) for x, y in near]
        free = [0.0, *(x + side * dx for x, dx in reach for side in (1, -1))]
        side = 1 if len(placed) % 2 else -1
        offsets[i] = min(
            (x for x in free if all(abs(x - other) >= dx - 1e-9 for other, dx in reach)),
            key=lambda x: (abs(x), x * side),
            default=inf,
        )
        placed.append((offsets[i], heights[i]))
    widest = max((abs(x) for x in offsets), default=0.0)
    return [x * room / widest for x in offsets] if widest > room else offsets


def spread(centres: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart, as little as needed, so that none overlaps the next and all lie in [low, high].

    ``centres`` rise; both are in points, and so is the result.
    """
    placed = [max(centre, low + height / 2) for centre, height in zip(centres, heights, strict=True)]
    gaps = [(a + b) / 2 for a, b in pairwise(heights)]
    for i, gap in enumerate(gaps):
        placed[i + 1] = max(placed[i + 1], placed[i] + gap)
    for i in reversed(range(len(placed))):
        ceiling = high - heights[i] / 2 if i == len(placed) - 1 else placed[i + 1] - gaps[i]
        placed[i] = min(placed[i], ceiling)
    return placed
