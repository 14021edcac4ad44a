"""Size and power of the final analysis, through the code of the report.

    python benchmarks/final_trials.py                                1,000 trials a hypothesis (minutes)
    python benchmarks/final_trials.py --trials 50 --out trials.csv   fewer; what --out holds already is not repeated

Each trial is a SIMULATED data cut in the raw format: it goes through ADTTE and the primary analysis of the report,
row by row as in the final report. The design module simulates the same trial as two
exponential samples. Both have 92 patients, 3 to 1, 60 months of accrual and the analysis at month 120.

What is different between the two, and why the figures should agree all the same: in a cut, progression is seen at
the next assessment, 12 weeks apart and up to a week early or late; 3 % of assessments are missed and 2 % cannot be
judged; death without progression has its own day; a censored time ends at the last evaluable assessment, not at the
cut; arms are randomised in blocks within centres, so that their sizes vary. All of it is alike in the arms. Ties and
up to 12 weeks of lost follow-up cost little power: the design figure with events seen 12 weeks apart stands beside.
"""

import argparse
import csv
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from duonen_stats.datasets.efficacy.adtte import build_adtte
from duonen_stats.datasets.patients.adsl import add_baseline_characteristics
from duonen_stats.datasets.patients.subjects import add_identifiers
from duonen_stats.design import SimulationScenario, SurvivalAssumptions, simulate_logrank
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.survival import primary_comparison
from duonen_stats.results.rows.table import Results
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.simulated.model.outcome import OutcomeAssumptions
from duonen_stats.simulated.model.trial import Assumptions
from duonen_stats.study import load_study

HYPOTHESES = {"null": 1.0, "HR 0.5": 0.5}
PATIENTS, ALPHA, DESIGN_TRIALS = 92, 0.05, 200_000
STUDY = load_study()
PLAN = replace(FINAL, permutations=999)
"""999 permutations instead of 9,999: a rejection at 5 % is as fair, and 2,000 trials take less time.

Each trial has permutations of its own (``seed``). One seed for all would give all of them the same permutations, and
the Monte-Carlo error of these, half a point in either tail, would not average out over the trials.
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the primary analysis said of one simulated trial; an empty field could not be estimated."""

    hypothesis: str
    seed: int
    events: float | None
    log_rank: float | None
    z: float | None
    permutation: float | None
    stratified: float | None
    hazard_ratio: float | None
    low: float | None
    high: float | None
    firth_low: float | None
    firth_high: float | None


def run_trial(job: tuple[str, int]) -> Trial:
    """Simulate one final cut and analyse it as the report does."""
    hypothesis, number = job
    ratio = HYPOTHESES[hypothesis]
    seed = number + 1_000_000 * [*HYPOTHESES].index(hypothesis)
    arms = {arm.code: ratio for arm in STUDY.arms if arm.code != PLAN.control_arm}
    assumptions = Assumptions(outcome=OutcomeAssumptions(hazard_ratios=arms))
    cut = simulate_cut(seed, PATIENTS, "FINAL", assumptions=assumptions, study=STUDY)
    # Of ADSL, the primary analysis needs who the patients are and their baseline: the functions that make those.
    adsl = add_baseline_characteristics(add_identifiers(cut.tables["subjects"], STUDY))
    adtte = build_adtte(cut, adsl, STUDY, PLAN)
    found = Results(primary_comparison(adtte, adsl, STUDY, replace(PLAN, seed=seed)))
    value = {name: found.value(f"pfs.primary.{name}") for name in (
        "ph.residuals", "log_rank.p", "log_rank.z", "permutation.p", "stratified_log_rank.p",
        "hr.hr", "hr.ci_low", "hr.ci_high", "firth.ci_low", "firth.ci_high",
    )}  # fmt: skip
    return Trial(hypothesis, seed, *value.values())


def read_trials(path: Path) -> list[Trial]:
    """Read the trials of an earlier run."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [item.name for item in fields(Trial)][2:]
    return [
        Trial(
            row["hypothesis"], int(row["seed"]), *(float(row[name]) if row[name] else None for name in names)
        )
        for row in rows
    ]


def run_trials(jobs: list[tuple[str, int]], path: Path, workers: int) -> list[Trial]:
    """Run what is missing, adding each trial to the file as it is done."""
    done = read_trials(path)
    have = {(one.hypothesis, one.seed % 1_000_000) for one in done}
    missing = [job for job in jobs if job not in have]
    names = [item.name for item in fields(Trial)]
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file, ProcessPoolExecutor(workers) as pool:
        writer = csv.writer(file)
        if new:
            writer.writerow(names)
        for one in pool.map(run_trial, missing, chunksize=4):
            writer.writerow([getattr(one, name) for name in names])
            file.flush()
            done.append(one)
    wanted = set(jobs)
    return [one for one in done if (one.hypothesis, one.seed % 1_000_000) in wanted]


def share(rejected: np.ndarray) -> str:
    """Write a proportion in percent with its Monte-Carlo standard error."""
    p = float(np.mean(rejected))
    return f"{100 * p:5.1f} % (MCSE {100 * (p * (1 - p) / len(rejected)) ** 0.5:.1f})"


def column(trials: list[Trial], name: str) -> np.ndarray:
    """Values of a field, missing as NaN."""
    return np.array([np.nan if getattr(one, name) is None else getattr(one, name) for one in trials])


def summarise(hypothesis: str, trials: list[Trial]) -> None:
    """Print size or power beside the design module's figure."""
    ratio = HYPOTHESES[hypothesis]
    print(
        f"\n{hypothesis}: {len(trials)} simulated trials, {column(trials, 'events').mean():.1f} events in the mean"
    )
    for name, words in (
        ("log_rank", "log-rank"), ("permutation", "permutation log-rank"), ("stratified", "stratified log-rank"),
    ):  # fmt: skip
        print(f"  {words} p < 0.05       {share(column(trials, name) < ALPHA)}")
    z, limit = column(trials, "z"), 1.959963984540054
    print(f"  log-rank, experimental better {share(z < -limit)}, worse {share(z > limit)}")
    for low, high, words in (("low", "high", "Cox, Wald"), ("firth_low", "firth_high", "Firth, profile")):
        inside = (column(trials, low) <= ratio) & (ratio <= column(trials, high))
        print(f"  95 % limits cover the ratio ({words}) {share(inside)}")
    print(f"  median hazard ratio {np.nanmedian(column(trials, 'hazard_ratio')):.3f}")
    for months, words in (
        (None, "events on their day"),
        (84 / 30.4375, "seen at assessments 12 weeks apart"),
    ):
        assumptions = SurvivalAssumptions(
            control_hazard_per_month=0.0235, hazard_ratio=ratio, allocation_ratio=3, accrual=60,
            total_months=120, dropout_hazard_per_month=0.001,
        )  # fmt: skip
        scenario = SimulationScenario(
            assumptions=assumptions, n_patients=PATIENTS, assessment_months=months, label=words
        )
        found = simulate_logrank(scenario, n_trials=DESIGN_TRIALS, seed=7)
        rejected = f"{100 * found.rejected.value:.1f} % (MCSE {100 * found.rejected.mc_error:.1f})"
        better = f"{100 * found.favourable.value:.1f} % with the experimental group better"
        print(f"  design module, {words}: {rejected}, {better}, {found.mean_events:.1f} events in the mean")


def main() -> None:
    """Run the trials and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=1000, help="trials a hypothesis")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("final_trials.csv"), help="file of single trials")
    options = parser.parse_args()
    start = time.perf_counter()
    jobs = [(hypothesis, number) for number in range(options.trials) for hypothesis in HYPOTHESES]
    trials = run_trials(jobs, options.out, options.workers)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    for hypothesis in HYPOTHESES:
        summarise(hypothesis, [one for one in trials if one.hypothesis == hypothesis])


if __name__ == "__main__":
    main()
