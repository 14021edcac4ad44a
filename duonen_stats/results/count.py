"""Count: how many of how many."""

from duonen_stats.results.about import About
from duonen_stats.results.table import ResultRow


def count(part: int, whole: int, about: About, *, of: str = "patients") -> list[ResultRow]:
    """Count ``part`` of ``whole``: rows n and pct; with nothing to count in, the percentage is a reason."""
    method = f"denominator: {of}"
    share = 100 * part / whole if whole else None
    note = "" if whole else f"no {of} to count"
    return [
        about.row("n", part, unit="", n=whole, label=f"Number of {of}"),
        about.row("pct", share, unit="%", n=whole, method=method, note=note),
    ]
