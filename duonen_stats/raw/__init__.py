"""What arrived: the raw tables of a data cut and everything found wrong with them.

``check_cut`` is imported from ``duonen_stats.raw.checks.check``, because it is slow to import.
"""

from duonen_stats.raw.cut import Cut, read_cut
from duonen_stats.raw.cut_at_date import apply_cut
from duonen_stats.raw.findings import Finding, Severity, findings_frame
from duonen_stats.raw.left_out import CutChange
from duonen_stats.raw.source_file import SourceFile

__all__ = [
    "Cut",
    "CutChange",
    "Finding",
    "Severity",
    "SourceFile",
    "apply_cut",
    "findings_frame",
    "read_cut",
]
