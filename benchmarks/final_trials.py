"""Size, power and coverage of the final analysis, through the code of the report, beside the design module.

    python benchmarks/final_trials.py                               10,000 trials a hypothesis
    python benchmarks/final_trials.py --trials 500 --out trials     fewer; what --out holds already is not repeated

Each trial is a SIMULATED data cut in the raw format: ``duonen simulate --trials`` takes it through ADTTE and the
primary analysis of the report, row by row as in the final report. The design module simulates the same trial as two
exponential samples. Both have 92 patients, 3 to 1, 60 months of accrual and the analysis at month 120.

What is different between the two, and why the figures should agree all the same: in a cut, progression is seen at
the next assessment, 12 weeks apart and up to a week early or late; 3 % of assessments are missed and 2 % cannot be
judged; death without progression has its own day; a censored time ends at the last evaluable assessment, not at the
cut; arms are randomised in blocks within centres, so that their sizes vary. All of it is alike in the arms. Ties and
up to 12 weeks of lost follow-up cost little power: the design figure with events seen 12 weeks apart stands beside.
"""

import argparse
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from duonen_stats import simulate_trials
from duonen_stats.design import SimulationScenario, SurvivalAssumptions, simulate_logrank
from duonen_stats.plan import FINAL
from duonen_stats.simulated.model.assume import assume
from duonen_stats.trials.run_trials import SimulatedTrials

HYPOTHESES = {"null": "1", "HR 0.5": "0.5"}
SEED, DESIGN_TRIALS, Z_LIMIT = 2032, 200_000, 1.959963984540054
PLAN = replace(FINAL, permutations=999)
"""999 permutations instead of 9,999: a rejection at 5 % is as fair, and a trial takes less time."""

TESTS = {
    "log-rank": "log_rank.p", "permutation log-rank": "permutation.p",
    "stratified log-rank": "stratified_log_rank.p", "restricted means": "rmst.p",
}  # fmt: skip
LIMITS = {
    "Cox, Wald": "cox.hr", "Firth, profile": "firth.hr", "stratified Cox": "stratified_cox.hr",
    "difference of restricted means": "rmst.difference",
}  # fmt: skip


def in_percent(share: float, error: float) -> str:
    """Write a share in percent with its Monte-Carlo standard error."""
    return f"{100 * share:6.2f} % (MCSE {100 * error:.2f})"


def summarise(name: str, found: SimulatedTrials) -> None:
    """Print size or power and coverage, with the design module's figures."""
    print(f"\n{name}: {found.trials} simulated trials")
    for words, result in TESTS.items():
        one = found.of(f"pfs.primary.{result}")
        print(
            f"  {words + ' p < 0.05':<32}{in_percent(one.rejected_share, one.rejected_mc_error)}, 95 % limits "
            f"{100 * one.rejected_low:.2f} to {100 * one.rejected_high:.2f}; {one.estimable} estimable"
        )
    z = values_of(found, "pfs.primary.log_rank.z")
    better = float(np.mean(z < -Z_LIMIT))
    print(
        f"  log-rank, experimental better   {in_percent(better, (better * (1 - better) / found.trials) ** 0.5)}"
    )
    print(f"  events in the mean {values_of(found, 'pfs.primary.ph.residuals').mean():.1f}")
    for words, result in LIMITS.items():
        one = found.of(f"pfs.primary.{result}")
        covered = in_percent(one.covered_share, one.covered_mc_error)
        print(
            f"  95 % limits cover ({words}) {one.true_value:.3f}: {covered}; median estimate {one.median:.3f}"
        )
    for months, words in (
        (None, "events on their day"),
        (84 / 30.4375, "seen at assessments 12 weeks apart"),
    ):
        assumptions = SurvivalAssumptions(
            control_hazard_per_month=0.0235, hazard_ratio=float(HYPOTHESES[name]), allocation_ratio=3, accrual=60,
            total_months=120, dropout_hazard_per_month=0.001,
        )  # fmt: skip
        scenario = SimulationScenario(
            assumptions=assumptions, n_patients=92, assessment_months=months, label=words
        )
        planned = simulate_logrank(scenario, n_trials=DESIGN_TRIALS, seed=7)
        print(
            f"  design module, {words}: {in_percent(planned.rejected.value, planned.rejected.mc_error)}, "
            f"{100 * planned.favourable.value:.2f} % with the experimental group better, "
            f"{planned.mean_events:.1f} events in the mean"
        )


def values_of(found: SimulatedTrials, analysis_id: str) -> np.ndarray:
    """Read the values of a result from the parts."""
    parts = sorted((found.folder / "parts").glob("*.parquet"))
    kept = (pd.read_parquet(part, columns=["analysis_id", "value"]) for part in parts)
    return np.concatenate([one.loc[one["analysis_id"].eq(analysis_id), "value"].to_numpy() for one in kept])


def main() -> None:
    """Run the trials and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=10_000, help="trials a hypothesis")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("final_trials"), help="folder of the trials")
    options = parser.parse_args()
    found = {}
    with (
        ProcessPoolExecutor(options.workers, mp_context=get_context("spawn"))
        if options.workers > 1
        else nullcontext()
    ) as pool:
        executor: Executor | None = pool
        for name, ratio in HYPOTHESES.items():
            wall, cpu = time.perf_counter(), time.process_time()
            found[name] = simulate_trials(
                options.out / f"hazard_ratio_{ratio}", trials=options.trials, seed=SEED, plan=PLAN,
                assumptions=assume(hazard_ratios=[ratio]), executor=executor,
            )  # fmt: skip
            print(
                f"{name}: {time.perf_counter() - wall:.0f} s, of this process {time.process_time() - cpu:.0f} s of CPU",
                file=sys.stderr,
            )
    for name, trials in found.items():
        summarise(name, trials)


if __name__ == "__main__":
    main()
