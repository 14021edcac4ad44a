"""Ten faults put into the package by hand, and whether the second engine finds each.

Run it with the environment of the project; it takes about ten minutes on two cores::

    python benchmarks/seeded_faults.py

For each fault a copy of the package is changed at one place and makes the final report of a simulated trial. The
unchanged package then verifies that report, as a reader of it would: ``duonen verify`` knows nothing of the change.
The table names the numbers that differ; a fault that changes no number or is not found ends the program with 1.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "duonen_stats"


@dataclass(frozen=True)
class Fault:
    """One slip: what it is, the module, what stands there and what is put in its place."""

    what: str
    module: str
    right: str
    wrong: str


FAULTS = (
    Fault(
        "baseline of a laboratory value from the first treatment visit",
        "datasets/safety/change.py",
        'labs.loc[labs["ABLFL"] == "Y", ["SUBJID", "PARAMCD", *columns]]',
        'labs.loc[(labs["ANL01FL"] == "Y") & (labs["AVISIT"] == "V1"), ["SUBJID", "PARAMCD", *columns]]',
    ),
    Fault(
        "time to an event one day short",
        "datasets/efficacy/adtte.py",
        '"AVAL": _days(outcome.date - start) / rules.days_per_month',
        '"AVAL": (_days(outcome.date - start) - 1) / rules.days_per_month',
    ),
    Fault(
        "dose of a cycle from one isotope where two were given",
        "datasets/exposure/addos.py",
        'totals = doses.groupby(keys)["AVAL"].agg(["sum", "size"])',
        'totals = doses.groupby(keys)["AVAL"].agg([("sum", "max"), ("size", "size")])',
    ),
    Fault(
        "Dunn's test without the correction for ties",
        "methods/groups/pairwise_ranks.py",
        "variance = n * (n + 1) / 12 - tie_term(ties) / (12 * (n - 1))",
        "variance = n * (n + 1) / 12",
    ),
    Fault(
        "standard deviation with n in place of n - 1",
        "methods/samples/description.py",
        "sd=float(ordered.std(ddof=1))",
        "sd=float(ordered.std(ddof=0))",
    ),
    Fault(
        "Kaplan-Meier with one too few at risk",
        "methods/survival/kaplan_meier.py",
        "np.cumprod(1 - events / at_risk, dtype=np.float64)",
        "np.cumprod(1 - events / np.maximum(at_risk - 1, 1), dtype=np.float64)",
    ),
    Fault(
        "log-rank variance of a draw with replacement",
        "methods/survival/log_rank.py",
        "weight**2 * d * (n - d) / np.maximum(n - 1, 1)",
        "weight**2 * d * (n - d) / np.maximum(n, 1)",
    ),
    Fault(
        "quartiles by another definition than the plan's",
        "results/rows/describe.py",
        "describe_sample(values, quantile_type=plan.quantile_type)",
        "describe_sample(values, quantile_type=7)",
    ),
    Fault(
        "grade 4 counted for grade 3 or higher",
        "results/analyses/safety/toxicity.py",
        'certain = int(worst["lowest"].ge(SEVERE).sum())',
        'certain = int(worst["lowest"].gt(SEVERE).sum())',
    ),
    Fault(
        "limits of a percentage at another confidence",
        "results/rows/describe.py",
        "methods.proportion_ci(part, whole, method=plan.proportion_limits, confidence=plan.confidence)",
        "methods.proportion_ci(part, whole, method=plan.proportion_limits, confidence=0.9)",
    ),
)


def copy_with(fault: Fault | None, folder: Path) -> Path:
    """Copy the package and change it; the place must be there exactly once."""
    copied = folder / "package"
    shutil.copytree(PACKAGE, copied / "duonen_stats", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("reports", "pyproject.toml", "data_dictionary.yaml"):  # the package finds them beside itself
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copied / name)
        else:
            shutil.copy(source, copied / name)
    if fault is not None:
        path = copied / "duonen_stats" / fault.module
        text = path.read_text(encoding="utf-8")
        if text.count(fault.right) != 1:
            raise SystemExit(f"{fault.module}: {fault.right!r} stands there {text.count(fault.right)} times")
        path.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")
    return copied


def run(package: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``duonen`` with the modules of a folder."""
    return subprocess.run(  # noqa: S603 - the words are this program's own
        [sys.executable, "-m", "duonen_stats", *words],
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        check=False,
        text=True,
        cwd=package,
    )


def differing(report: Path, out: Path) -> list[str]:
    """Verify a report with the unchanged package, and list the numbers that differ."""
    ended = run(ROOT, "verify", str(report), "--out", str(out))
    if not out.exists():
        raise SystemExit(ended.stdout + ended.stderr)
    with (out / "verification.csv").open(encoding="utf-8", newline="") as file:
        found = [row["analysis_id"] for row in csv.DictReader(file) if row["verdict"] == "differs"]
    if bool(found) != (ended.returncode == 1):
        raise SystemExit(f"exit code {ended.returncode} with {len(found)} differing numbers")
    return found


def main() -> None:
    """Try every fault, and a report without one."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--patients", type=int, default=40)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--only", type=int, nargs="*", help="numbers of faults, 0 for none")
    options = asked.parse_args()
    missed = False
    print("| fault | module | numbers that differ | the first of them |\n|---|---|---|---|")
    for number, fault in enumerate((None, *FAULTS)):
        if options.only and number not in options.only:
            continue
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            cut, report = folder / "cut", folder / "report"
            made = run(ROOT, "simulate", "--out", str(cut), "--seed", str(options.seed), "--stage", "final",
                       "--patients", str(options.patients))  # fmt: skip
            if made.returncode:
                raise SystemExit(made.stderr)
            ended = run(
                copy_with(fault, folder), "report", "final", str(cut), "--out", str(report), "--no-verify"
            )
            if ended.returncode:
                raise SystemExit(ended.stdout + ended.stderr)
            found = differing(report, folder / "verified")
        what, module = ("none", "") if fault is None else (fault.what, f"`{fault.module}`")
        first = ", ".join(f"`{one}`" for one in found[:2])
        print(f"| {what} | {module} | {len(found)} | {first} |", flush=True)
        missed |= bool(found) == (fault is None)
    sys.exit(missed)


if __name__ == "__main__":
    main()
