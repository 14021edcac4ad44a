"""How long the command line takes to answer, and where the time of a whole report goes."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from duonen_stats import write_report

_STARTS = 15


def seconds(command: Sequence[str]) -> float:
    """Median wall-clock time of a command, in seconds."""
    spent = []
    for _ in range(_STARTS):
        since = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own commands
        spent.append(time.perf_counter() - since)
    return median(spent)


def main() -> None:
    """Print start-up times and the breakdown of a report."""
    bare = seconds([sys.executable, "-c", "pass"])
    shown = seconds([sys.executable, "-m", "duonen_stats", "--help"])
    print(
        f"python -c pass {1000 * bare:.0f} ms; duonen --help {1000 * shown:.0f} ms: {shown / bare:.1f} times"
    )
    with tempfile.TemporaryDirectory() as folder:
        since = time.perf_counter()
        written = write_report(None, out=Path(folder) / "report")
        whole = time.perf_counter() - since
    for step, spent in written.seconds.items():
        print(f"{step:<24}{spent:6.2f} s")
    print(f"{'whole report':<24}{whole:6.2f} s, imports of this program not counted")


if __name__ == "__main__":
    main()
