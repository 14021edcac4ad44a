"""Whether ``duonen report interim`` runs on simulated cuts of many seeds: a nightly program, not a test.

``python benchmarks/interim_reports.py --seeds 200 --first 1`` simulates a cut a seed, writes it and reports on it end
to end. Each tenth seed has 1 to 10 patients instead of 56, and every fifth is a final cut. Exit code 1 if any fails.
"""

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from duonen_stats import write_report
from duonen_stats.commands.simulate_cut import write_simulation


def report_on(seed: int, folder: Path) -> int:
    """Simulate, write and report; return the number of results. Warnings are errors, as in the tests."""
    patients = seed // 10 % 10 + 1 if seed % 10 == 0 else None
    stage = "FINAL" if seed % 5 == 1 else "INTERIM"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_simulation(folder / "cut", seed=seed, patients=patients, stage=stage)
        return write_report(folder / "cut", out=folder / "report", allow_stage=True).results


def main() -> None:
    """Report on each seed and list those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    asked = parser.parse_args()
    failed = []
    since = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(asked.first, asked.first + asked.seeds):
            started = time.perf_counter()
            try:
                results = report_on(seed, Path(folder))
            except Exception:  # noqa: BLE001 - each failure is shown, and the next seed tried
                failed.append(seed)
                print(f"seed {seed}: FAILED")
                traceback.print_exc()
            else:
                print(f"seed {seed}: {results} results, {time.perf_counter() - started:.1f} s", flush=True)
    minutes = (time.perf_counter() - since) / 60
    print(f"{asked.seeds} seeds, {len(failed)} failed {failed or ''} in {minutes:.1f} minutes.")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
