"""Make a cohort for shipping: a simulated trial calibrated to the published numbers of the ledger.

A maintainer's program, run by hand and not by the tests:

    python tools/calibrate_cohort.py --seed 20260101 --out build/cohort

Late follow-up is added after the calibration, from streams of its own. To add it again to a calibrated folder, such as
the shipped one, without calibrating:

    python tools/calibrate_cohort.py --seed 20260101 --extend duonen_stats/simulated/cohort --out build/cohort

It writes the raw tables, CHECKSUMS and ``calibration.json`` (seed, versions, what each stage reached) into a
new folder. A stage that misses a target is started again from another seed; if none of its starts meets all,
nothing is written and the program ends with status 1. Copy the CSV files and CHECKSUMS into
``duonen_stats/simulated/cohort/`` only after ``duonen check`` and ``duonen audit`` on the folder say that
nothing is wrong, and then update the data card. Annealing is not reproducible to the bit between platforms:
the files are what is shipped, not the run.
"""

import argparse
import json
import platform
import sys
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from duonen_stats import load_study, read_cut
from duonen_stats.errors import DuonenError
from duonen_stats.publication.ledger import load_ledger
from duonen_stats.simulated.calibration import (
    Printed,
    SearchSettings,
    StageRecord,
    Targets,
    build_cohort,
    extended,
    freeze,
)

POOL = 4000


def published_targets() -> Targets:
    """Every number of the results as printed, by its ledger id."""
    return Targets(
        {
            entry.id: Printed(value=float(entry.number), decimals=entry.decimals, relation=entry.relation)
            for entry in load_ledger()
            if entry.kind == "result"
        }
    )


def _with_rows(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Leave out tables without rows: the dictionary lets them be absent."""
    return {name: frame for name, frame in tables.items() if len(frame)}


def main() -> None:
    """Calibrate and freeze a cohort."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    parser.add_argument("--patients", type=int, default=POOL, help="size of the simulated trial")
    parser.add_argument("--candidates", type=int, default=60_000, help="candidates of a start")
    parser.add_argument("--starts", type=int, default=5, help="most starts of a stage")
    parser.add_argument(
        "--extend", type=Path, help="a calibrated folder: add late follow-up to it, and no more"
    )
    asked = parser.parse_args()
    if asked.out.exists():
        parser.error(f"{asked.out} exists: name a new folder.")
    began = time.perf_counter()

    def tell(record: StageRecord) -> None:
        seconds = time.perf_counter() - began
        print(
            f"{record.stage:<20} loss {record.loss:.5f}  {record.judged:>7} candidates  "
            f"{record.starts} starts  {seconds:6.1f} s",
            flush=True,
        )

    study = load_study()
    if asked.extend is not None:
        try:
            tables = read_cut(study, asked.extend).tables
        except DuonenError as reason:
            print(f"Nothing was written. {reason}", file=sys.stderr)
            raise SystemExit(1) from None
        asked.out.mkdir(parents=True)
        freeze(_with_rows(extended(tables, study, asked.seed)), asked.out, study)
        print(f"Late follow-up was added; written to {asked.out}")
        return
    settings = SearchSettings(seed=asked.seed, candidates=asked.candidates, starts=asked.starts, report=tell)
    try:
        cohort = build_cohort(published_targets(), study, settings, pool=asked.patients)
    except DuonenError as reason:
        print(f"Nothing was written. {reason}", file=sys.stderr)
        raise SystemExit(1) from None
    asked.out.mkdir(parents=True)
    freeze(_with_rows(extended(cohort.tables, study, asked.seed)), asked.out, study)
    record = {
        "seed": asked.seed,
        "simulated_patients": asked.patients,
        "candidates": asked.candidates,
        "starts": asked.starts,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("duonen-stats", "numpy", "scipy", "pandas")},
        },
        "seconds": round(time.perf_counter() - began),
        "stages": [asdict(one) for one in cohort.records],
    }
    (asked.out / "calibration.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(f"Every target was met; written to {asked.out}")


if __name__ == "__main__":
    main()
