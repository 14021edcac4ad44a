"""Points of a curve from the results table, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.results.ids import Block


@dataclass(frozen=True, slots=True)
class CurvePoints:
    """Times and values; limits are empty if the curve has none."""

    time: Sequence[float]
    value: Sequence[float]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


def points_of(
    look: Lookup, entries: Sequence[Block], value: str, *, time: str = "time", with_limits: bool = False
) -> CurvePoints:
    """Read the points of a list, in the order of the results table.

    Parameters
    ----------
    look
        The results table.
    entries
        The blocks of the list (``Lookup.listed``).
    value, time
        Names of the two numbers of each entry.
    with_limits
        Read ``ci_low`` and ``ci_high`` too; either may be missing.
    """
    results = look.results
    pairs = [(results.value(entry.stat(time)), results.value(entry.stat(value)), entry) for entry in entries]
    known = [(x, y, entry) for x, y, entry in pairs if x is not None and y is not None]
    low, high = (
        [results.value(entry.stat(end)) for _, _, entry in known] if with_limits else []
        for end in ("ci_low", "ci_high")
    )
    return CurvePoints([x for x, _, _ in known], [y for _, y, _ in known], low, high)
