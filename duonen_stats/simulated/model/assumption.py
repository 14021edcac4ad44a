"""How an assumption of the simulator is stated: a value, the reason it has it, and where it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from types import MappingProxyType
from typing import Any

from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True)
class StatedAssumption:
    """An assumption as it is in a data card."""

    name: str
    value: Any
    reason: str
    source: str


def assumed(default: Any, reason: str, source: str) -> Any:
    """Declare a field of an assumption class with the reason it has its value and its source."""
    return field(default=default, metadata=MappingProxyType({"reason": reason, "source": source}))


def stated(assumptions: Any, prefix: str = "") -> Iterator[StatedAssumption]:
    """List every assumption of a dataclass, those of the dataclasses in it included, in order."""
    for item in fields(assumptions):
        value = getattr(assumptions, item.name)
        if is_dataclass(value) and "reason" not in item.metadata:
            yield from stated(value, f"{prefix}{item.name}.")
        else:
            yield StatedAssumption(
                prefix + item.name, value, item.metadata.get("reason", ""), item.metadata.get("source", "")
            )


def require_fractions(**values: float) -> None:
    """Raise ``PlanError`` naming the first value that is no number from 0 to 1."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise PlanError(f"{name} is {value:g}; it is a fraction, from 0 to 1.")


def require_positive(**values: float) -> None:
    """Raise ``PlanError`` naming the first value that is not above 0 and finite."""
    for name, value in values.items():
        if not 0 < value < float("inf"):
            raise PlanError(f"{name} is {value:g}; it must be above 0.")


def require_shares(**values: tuple[float, ...]) -> None:
    """Raise ``PlanError`` naming the first list that does not hold shares of one whole."""
    for name, shares in values.items():
        if not shares or min(shares) < 0 or not abs(sum(shares) - 1) < 1e-9:  # noqa: PLR2004 - binary noise
            raise PlanError(f"{name} are shares of a whole: none below 0, and 1 in sum.")
