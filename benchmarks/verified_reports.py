"""Whole reports of simulated cuts with gaps, ties and empty arms: how much of each do both second engines confirm?

    python benchmarks/verified_reports.py                            ten cuts, an interim and a final report of each
    python benchmarks/verified_reports.py --kinds final --seeds 23   the final report of one of them
    python benchmarks/verified_reports.py --kinds closed             reports of the closed session
    python benchmarks/verified_reports.py --keep FOLDER              and the folders of the reports stay there
    python benchmarks/verified_reports.py --without-figures          a third of the time: no figure drawn, no page set

Each cut is spoilt, written, read and checked. Records that the check calls an error are taken out until none is left,
so that the report is the one that ``duonen report`` makes, verified by the second engine beside it. Then ``Rscript
verification/recompute.R .`` runs in the folder of the report. A line for each report gives the rows with a number, per
cent of them confirmed by each engine, and how many differ; those are named below it. Exits with 1 if any does.
Without ``Rscript`` the columns of R are left empty.
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from gap_cuts import with_gaps
from scarce_cuts import arm, everybody, only, without_events

from duonen_stats import FINAL, INTERIM, load_study, read_cut, simulate_cut, write_report
from duonen_stats.commands import make_report
from duonen_stats.commands.convert_cut import write_cut
from duonen_stats.raw import Cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.study import Study

KINDS = {"interim": INTERIM, "closed": INTERIM, "final": FINAL}
_ROUNDS = 20
_GRID = "84D"
_LARGE = 20
"""A laboratory value above it is rounded to a whole number, others to one decimal."""


def gaps(cut: Cut, seed: int) -> Cut:
    """Lose records and values."""
    return with_gaps(cut, seed)


def ties(cut: Cut, seed: int) -> Cut:
    """Round values, doses and ages, and put assessments and deaths on few days: many are equal then."""
    del seed
    tables = dict(cut.tables)
    tables["labs"] = tables["labs"].assign(
        VALUE=lambda f: f["VALUE"].round(0).where(f["VALUE"] > _LARGE, f["VALUE"].round(1))
    )
    tables["dosimetry"] = tables["dosimetry"].assign(DOSE_GY=lambda f: f["DOSE_GY"].round(0).clip(lower=1))
    tables["subjects"] = tables["subjects"].assign(AGE=lambda f: (f["AGE"] / 5).round() * 5)
    started = tables["subjects"].set_index("SUBJID")["RANDDT"]
    seen = tables["tumour_assessments"]
    since = seen["ASSESSDT"] - seen["SUBJID"].map(started)
    on_grid = since.dt.floor(_GRID).where(since > pd.Timedelta(0), since)
    tables["tumour_assessments"] = (
        seen.assign(
            ASSESSDT=seen["SUBJID"].map(started) + on_grid, SUMDIAM=seen["SUMDIAM"].round(-1).clip(lower=10)
        )
        .drop_duplicates(["SUBJID", "ASSESSDT"], keep="last")
        .reset_index(drop=True)
    )
    return replace(cut, tables=tables)


def empty(code: str) -> Callable[[Cut, int], Cut]:
    """Make what takes an arm out of a cut."""
    return lambda cut, _: only(cut, everybody(cut) - arm(cut, code))


def no_event(code: str) -> Callable[[Cut, int], Cut]:
    """Make what lets nobody of an arm progress or die."""
    return lambda cut, _: without_events(cut, arm(cut, code))


CUTS: Mapping[int, tuple[str, int | None, Sequence[Callable[[Cut, int], Cut]]]] = {
    21: ("gaps", None, (gaps,)),
    22: ("gaps, few patients", 20, (gaps,)),
    23: ("ties", None, (ties,)),
    24: ("ties, few patients", 24, (ties,)),
    25: ("gaps and ties", 48, (ties, gaps)),
    26: ("arm A empty", 40, (empty("A"),)),
    27: ("arm C empty, gaps", 40, (empty("C"), gaps)),
    28: ("no event in arm A, ties", 40, (no_event("A"), ties)),
    29: ("arms B and D empty, gaps", 32, (empty("B"), empty("D"), gaps)),
    4: ("gaps, few patients", 20, (gaps,)),
}
"""By seed: what is done to the simulated cut, how many patients it has (None: as many as planned), and by what."""


def sound(cut: Cut, original: Cut, study: Study, plan: object, folder: Path) -> Cut:
    """Take out what the check calls an error, and give patients their own record back where theirs has one."""
    for _ in range(_ROUNDS):
        shutil.rmtree(folder, ignore_errors=True)
        write_cut(cut, study, folder, kind="csv")
        found = read_cut(study, folder)
        errors = [one for one in check_cut(found, study, plan) if one.severity == "error"]
        if not errors:
            return found
        tables = {name: found.tables[name].copy() for name in (table.name for table in study.tables)}
        for name in {one.table for one in errors}:
            own = [one for one in errors if one.table == name]
            if name == "subjects":
                whose = {one.subject for one in own}
                right = original.tables[name]
                kept = tables[name].loc[~tables[name]["SUBJID"].isin(whose)]
                tables[name] = pd.concat([kept, right.loc[right["SUBJID"].isin(whose)]], ignore_index=True)
                tables[name] = tables[name].sort_values("SUBJID", ignore_index=True)
            else:
                lines = {place - 2 for one in own for place in one.places[-1:]}
                tables[name] = (
                    tables[name].drop(index=[*lines & {*tables[name].index}]).reset_index(drop=True)
                )
        cut = replace(cut, tables=tables)
    raise SystemExit(f"the cut has errors after {_ROUNDS} rounds: {errors[:3]}")


def by_r(report: Path) -> Counter[str] | None:
    """Run the R program of a report in its folder, as its reader does; count verdicts, or None without R."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    ended = subprocess.run(  # noqa: S603 - Rscript as found on the path, with the program of the report
        [program, "--vanilla", "verification/recompute.R", "."],
        cwd=report,
        capture_output=True,
        check=False,
        text=True,
    )
    if ended.returncode not in {0, 1}:
        raise SystemExit(ended.stderr)
    return verdicts(report / "verification" / "verification_r.csv", "R")


def verdicts(path: Path, engine: str) -> Counter[str]:
    """Count the verdicts of an engine, and name what differs on standard error."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    for row in rows:
        if row["verdict"] == "differs":
            print(
                f"  {engine}: {row['analysis_id']} {row['stat']} {row['second']} {row['reason']}",
                file=sys.stderr,
                flush=True,
            )
    return Counter(row["verdict"] for row in rows)


def per_cent(counts: Counter[str] | None) -> tuple[str, str]:
    """Write the share of the numbers that are confirmed, and how many differ."""
    if counts is None:
        return "", ""
    return f"{100 * (counts['agrees'] + counts['explained']) / counts.total():.1f}", str(counts["differs"])


def main() -> None:
    """Make, verify and count."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kinds", nargs="*", choices=[*KINDS], default=["interim", "final"])
    asked.add_argument("--seeds", nargs="*", type=int, choices=[*CUTS], default=[*CUTS])
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--without-figures", action="store_true")
    options = asked.parse_args()
    if options.without_figures:
        make_report.figure_files = lambda *_, **__: {
            "svg": b'<svg viewBox="0 0 90 60"></svg>',
            "png": b"",
            "pdf": b"",
        }  # type: ignore[assignment]
        make_report.render_pdf = lambda *_, **__: b"%PDF"  # type: ignore[assignment]
    study, differing = load_study(), 0
    print(
        "| seed | cut | report | numbers | Python, % | differ | R, % | differ | seconds: report, R |\n"
        + "|---" * 9
        + "|"
    )
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in options.seeds:
            what, patients, spoil = CUTS[seed]
            for kind in options.kinds:
                plan = KINDS[kind]
                original = cut = simulate_cut(seed, patients, plan.report.upper(), study=study)
                for one in spoil:
                    cut = one(cut, seed)
                folder = (options.keep or Path(scratch)) / f"{seed}_{kind}"
                folder.mkdir(parents=True, exist_ok=True)
                sound(cut, original, study, plan, folder / "cut")
                begun = time.perf_counter()
                session = "closed" if kind == "closed" else None
                write_report(folder / "cut", out=folder / "report", plan=plan, session=session, verify=True)
                made = time.perf_counter()
                python = verdicts(folder / "report" / "verification.csv", "Python")
                r = by_r(folder / "report")
                differing += python["differs"] + (0 if r is None else r["differs"])
                cells = (seed, what, kind, python.total(), *per_cent(python), *per_cent(r))
                seconds = f"{made - begun:.0f}, {time.perf_counter() - made:.0f}"
                print("| " + " | ".join(map(str, (*cells, seconds))) + " |", flush=True)
                if options.keep is None:
                    shutil.rmtree(folder)
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
