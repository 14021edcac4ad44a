"""What was found: datasets, methods and plan make the results table.

The analyses are loaded when first asked for, so that who only reads results waits for no method.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from duonen_stats.errors import UnknownResultError
from duonen_stats.results.rows.table import ResultRow, Results

if TYPE_CHECKING:
    from duonen_stats.results.run import FINAL_ANALYSES, INTERIM_ANALYSES, Analysis, run_analysis

__all__ = [
    "FINAL_ANALYSES",
    "INTERIM_ANALYSES",
    "Analysis",
    "ResultRow",
    "Results",
    "UnknownResultError",
    "run_analysis",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("duonen_stats.results.run"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
