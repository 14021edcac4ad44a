"""When two numbers count as the same."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from duonen_stats.errors import DuonenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far two numbers may be apart and still count as the same.

    ``relative`` is a share of the larger of the two, so that the last bits of a computation are no difference;
    numbers closer than ``smallest`` are the same in any case. ``columns`` are tolerances of single columns in
    the column's own unit, under ``DATASET.COLUMN`` or ``COLUMN``; they stand in place of the relative one.
    Text and dates are always compared exactly.
    """

    relative: float = 1e-9
    smallest: float = 1e-12
    columns: Mapping[str, float] = field(default_factory=dict)

    def same(self, old: float, new: float, *, column: str = "", table: str = "") -> bool:
        """Tell whether two numbers of a column, or two statistics, count as the same."""
        allowed = self.columns.get(f"{table}.{column}".upper(), self.columns.get(column.upper()))
        if allowed is not None:
            # What the two decimal numbers differ by, without the last bit of their difference.
            return abs(old - new) <= allowed or math.isclose(abs(old - new), allowed, rel_tol=1e-9)
        return math.isclose(old, new, rel_tol=self.relative, abs_tol=self.smallest)


def read_tolerance(texts: Iterable[str]) -> Tolerance:
    """Read tolerances as given on the command line: ``1e-6`` (relative, for all), ``ADLB.CHG=0.05`` (one column).

    Raises ``DuonenError`` if one is not a number of 0 or more.
    """
    relative, columns = Tolerance().relative, {}
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            raise DuonenError(
                f"{text!r} is no tolerance. Give a number, such as 1e-6, or a column and its number, such as "
                "ADLB.CHG=0.05."
            )
        if name:
            columns[name.strip().upper()] = value
        else:
            relative = value
    return Tolerance(relative=relative, columns=MappingProxyType(columns))
