"""The final report, whole: efficacy first, then all of the interim report. The same as ``duonen report final``."""

import sys
from pathlib import Path

from duonen_stats import FINAL, write_report

# Where to write; an earlier report there is replaced once the new one is whole.
out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("report")

# None is a simulated final cut; name the folder of a data cut instead to report on it. Before the data may be
# unblinded, a seed (blinded=2026) draws the arms again, withholds the doses and marks every page.
print(write_report(None, out=out, plan=FINAL).summary())
