"""What was found: datasets, methods and plan make the results table."""

from duonen_stats.errors import UnknownResultError
from duonen_stats.results.rows.table import ResultRow, Results
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
