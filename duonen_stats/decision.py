"""A decision of the plan: a field that says why it has its value, and after what."""

from dataclasses import field
from types import MappingProxyType
from typing import Any


def decision(default: Any, reason: str, source: str) -> Any:
    """Declare a plan field with the reason it has its value, so that the report can print both."""
    return field(default=default, metadata=MappingProxyType({"reason": reason, "source": source}))
