"""The published numbers that a calibration aims at, by their ledger id."""

from collections.abc import Mapping
from dataclasses import dataclass

from duonen_stats.errors import DataError
from duonen_stats.simulated.calibration.interval import Interval, Printed, printed_interval

P_MARGIN = 0.2
"""Fraction of a p-value's rounding interval kept clear at each end: a library's last digits flip nothing."""

NOT_SIGNIFICANT = Interval(low=0.06)
SIGNIFICANT = Interval(high=0.045)
"""What stands for "not significant" and "significant" at 0.05, with a margin."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Printed numbers by ledger id, as the tool reads them; the package below it knows no ledger."""

    printed: Mapping[str, Printed]

    def __contains__(self, name: str) -> bool:
        """Whether the publication prints this number."""
        return name in self.printed

    def value(self, name: str) -> float:
        """Give the printed value, for a count or an anchor."""
        return self._number(name).value

    def count(self, name: str) -> int:
        """Give a printed count."""
        return round(self._number(name).value)

    def interval(self, name: str, *, margin: float = 0.0) -> Interval:
        """Give the values that are printed so, the ends drawn in by a fraction of the width."""
        return printed_interval(self._number(name)).inside(margin)

    def p(self, name: str) -> Interval:
        """Give the p-values that are printed so, well inside; not significant if none is printed."""
        if name not in self.printed:
            return NOT_SIGNIFICANT
        return self.interval(name, margin=P_MARGIN)

    def quartiles(self, prefix: str, *, margin: float = 0.0) -> tuple[Interval, Interval, Interval]:
        """Give the intervals of the first quartile, median and third quartile printed under a prefix."""
        first, middle, third = (
            self.interval(f"{prefix}.{stat}", margin=margin) for stat in ("q1", "median", "q3")
        )
        return first, middle, third

    def _number(self, name: str) -> Printed:
        try:
            return self.printed[name]
        except KeyError:
            raise DataError(
                f"The targets hold no entry {name!r}. A calibration needs every number it aims at: "
                "check the id in the ledger."
            ) from None
