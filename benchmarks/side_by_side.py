"""The commands on small and large cuts beside another build: processor time, wall time and memory, measured in turn.

    git worktree add build/other v0.1.0                     the source of the build to compare with
    python benchmarks/side_by_side.py --other build/other   every work of ``WORKS``, five times each build
    python benchmarks/side_by_side.py --other build/other --works check build --patients 1000 5000 --times 3

The other build simulates the cuts, so that both can read them, and both run with the libraries of this Python. Each
run is a process of its own; its processor time is that of all its children too. Lines of ``--results`` that are there
already are not measured again. ``--table`` prints medians, ratios and growth of what has run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
FEW = {"interim": 56, "final": 92}
WORKS = {
    "import": ["-c", "import pandas, scipy.stats, matplotlib"],
    "check": ["-m", "duonen_stats", "check", "CUT"],
    "build": ["-m", "duonen_stats", "build", "CUT", "--out", "OUT"],
    "interim": ["-m", "duonen_stats", "report", "interim", "CUT", "--out", "OUT"],
    "final": ["-m", "duonen_stats", "report", "final", "CUT", "--out", "OUT"],
}
"""Arguments of Python. The libraries alone are the measure of a small report."""
OF_FEW_ONLY = ("import", "final")


def prepared(cut: Path, patients: int, stage: str, source: Path) -> Path:
    """Simulate a cut once."""
    if not cut.exists():
        arguments = ["simulate", "--out", str(cut), "--patients", str(patients), "--stage", stage, "--quiet"]
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "duonen_stats", *arguments], check=True, env=_settings(source)
        )
    return cut


def measured(arguments: list[str], source: Path) -> dict[str, float | int]:
    """Run a command; give its processor seconds, wall seconds, peak memory in MiB and exit code."""
    since = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *arguments],
        env=_settings(source),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "cpu": used.ru_utime + used.ru_stime,
        "wall": time.perf_counter() - since,
        "mib": used.ru_maxrss / 1024,
        "code": process.returncode,
    }


def _settings(source: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(source), "DUONEN_SETTINGS": ""}


def cases(works: list[str], patients: list[int]) -> Iterator[tuple[str, str, int]]:
    """Yield each work with its stage and patients."""
    for work in works:
        stage = "final" if work == "final" else "interim"
        for number in [FEW[stage]] if work in OF_FEW_ONLY else [FEW[stage], *patients]:
            yield work, stage, number


def table(lines: list[dict]) -> str:
    """Write the median of each work and number of patients, here and there, and their ratios."""
    found: dict[tuple[str, int], dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        found[line["work"], line["patients"]][line["build"]].append(line)
    rows = [
        "| work | patients | runs | processor s, other → here | ratio | wall s | peak MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for (work, patients), builds in found.items():
        here, other = builds["here"], builds["other"]
        if not here or not other:
            continue
        both = {
            key: (median(one[key] for one in other), median(one[key] for one in here))
            for key in ("cpu", "wall", "mib")
        }
        rows.append(
            f"| {work} | {patients:,} | {len(here)} | {both['cpu'][0]:.1f} → {both['cpu'][1]:.1f} "
            f"| {both['cpu'][1] / both['cpu'][0]:.2f} | {both['wall'][0]:.1f} → {both['wall'][1]:.1f} "
            f"| {both['mib'][0]:,.0f} → {both['mib'][1]:,.0f} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure what was not measured yet, in turn; print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--other", type=Path, required=True, help="Source of the other build.")
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--patients", nargs="+", type=int, default=[1000, 5000], help="Of the large cuts.")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--options", nargs="*", default=[], help="Options of this build's commands alone.")
    parser.add_argument("--only", choices=("here", "other"), help="Measure one build.")
    parser.add_argument("--results", type=Path, default=ROOT / "build" / "side_by_side.jsonl")
    parser.add_argument("--table", action="store_true", help="Measure nothing.")
    given = parser.parse_args()
    given.results.parent.mkdir(parents=True, exist_ok=True)
    kept = given.results.read_text(encoding="utf-8").splitlines() if given.results.exists() else []
    lines = [json.loads(line) for line in kept]
    builds = {"other": given.other.resolve(), "here": ROOT}
    with tempfile.TemporaryDirectory() as place, given.results.open("a", encoding="utf-8") as results:
        for work, stage, patients in [] if given.table else cases(given.works, given.patients):
            cut = prepared(Path(place) / f"{stage}{patients}", patients, stage, builds["other"])
            for _ in range(given.times):
                for build, source in builds.items():
                    done = [
                        one
                        for one in lines
                        if (one["work"], one["patients"], one["build"]) == (work, patients, build)
                    ]
                    if len(done) >= given.times or given.only not in (None, build):
                        continue
                    named = {"CUT": str(cut), "OUT": str(Path(place) / f"out_{build}")}
                    options = given.options if build == "here" and work in ("interim", "final") else []
                    line = {
                        "work": work, "patients": patients, "build": build,
                        **measured([*(named.get(one, one) for one in WORKS[work]), *options], source),
                    }  # fmt: skip
                    lines.append(line)
                    results.write(json.dumps(line) + "\n")
                    results.flush()
                    print(line, flush=True)
    print(table(lines))


if __name__ == "__main__":
    main()
