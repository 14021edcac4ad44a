"""What arrived: the raw tables of a data cut and everything found wrong with them.

``check_cut`` is imported from ``duonen_stats.raw.check``, because it is slow to import.
"""

from duonen_stats.raw.cut import Cut, SourceFile, read_cut
from duonen_stats.raw.findings import Finding, Severity, findings_frame

__all__ = ["Cut", "Finding", "Severity", "SourceFile", "findings_frame", "read_cut"]
