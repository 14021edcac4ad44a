"""How long a simulated data cut takes: ``python benchmarks/simulator_speed.py``. CPU time, the best of a few runs."""

import time
from collections.abc import Callable

from duonen_stats import load_study, simulate_cut
from duonen_stats.raw.intake.convert import raw_csv

_SIZES = ((92, 5), (1_000, 3), (10_000, 2))


def seconds(work: Callable[[], object], times: int) -> float:
    """Least CPU time of a few runs, in seconds."""
    spent = []
    for _ in range(times):
        since = time.process_time()
        work()
        spent.append(time.process_time() - since)
    return min(spent)


def main() -> None:
    """Print a row a size: simulated, and written as CSV text."""
    study = load_study()
    simulate_cut(1)  # the first call pays for imports
    for patients, times in _SIZES:
        cut = simulate_cut(1, patients, "FINAL")
        simulated = seconds(lambda n=patients: simulate_cut(1, n, "FINAL"), times)  # type: ignore[misc]
        written = seconds(lambda c=cut: [raw_csv(c.tables[t.name], t) for t in study.tables], 1)  # type: ignore[misc]
        records = sum(len(frame) for frame in cut.tables.values())
        print(
            f"{patients:>6} patients, {records:>8} records: simulated {simulated:6.3f} s, as CSV {written:6.3f} s"
        )


if __name__ == "__main__":
    main()
