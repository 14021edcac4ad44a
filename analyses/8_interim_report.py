"""The interim report, whole: HTML, PDF, tables, figures, results. The same as ``duonen report interim``."""

import sys
from pathlib import Path

from duonen_stats import INTERIM, write_report

# Where to write; an earlier report there is replaced once the new one is whole.
out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("report")

# None is the simulated cohort; name the folder of a data cut instead to report on it.
print(write_report(None, out=out, plan=INTERIM).summary())
