"""Level and power of unblinded re-estimation: the whole procedure, with the plan's and with calibrated values.

Weighted and unweighted test, 1:1 and 3:1; look at half of 64 events, raised to at most 96, patients added with them.
The critical values are calibrated on ``--calibration-trials`` trials, level and power are from ``--trials`` others, for
each of ``--seeds`` seeds. Prints a table, and exits 1 if a level at 1:1 with the plan's values, or a calibrated one, is
off by more than three standard errors; those of a calibrated level hold the error of the calibration.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context

from duonen_stats.design import (
    ReestimationRule,
    SurvivalAssumptions,
    group_sequential_design,
    reestimation_characteristics,
)

ALPHA = 0.025


def main() -> int:
    """Simulate every rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--calibration-trials", type=int, default=1_000_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 77, 2026])
    given = parser.parse_args()
    own, off = (ALPHA * (1 - ALPHA) / given.trials) ** 0.5, 0
    error = (own**2 + ALPHA * (1 - ALPHA) / given.calibration_trials) ** 0.5
    print(
        "allocation  test        seed  level, plan  level, calibrated  look, final     power, plan  power, calibrated"
    )
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        for ratio, test, seed in product((1, 3), ("weighted", "unweighted"), given.seeds):
            plan = SurvivalAssumptions(
                control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=ratio, accrual=60.0,
                total_months=120.0,
            )  # fmt: skip
            rule = ReestimationRule(
                design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=ratio, test=test
            )  # fmt: skip
            found = reestimation_characteristics(
                rule, plan, n_patients=92, max_patients=140, n_trials=given.trials,
                calibration_trials=given.calibration_trials, seed=seed, executor=pool,
            )  # fmt: skip
            look, final = found.calibration.critical_z
            print(
                f"{ratio}:1         {test:<11} {seed:>4} {found.level.value:>12.2%}"
                f" {found.calibrated_level.value:>18.2%}  {look:>8.3f}, {final:.3f} {found.alternative.power:>12.2%}"
                f" {found.calibrated_alternative.power:>18.2%}",
                flush=True,
            )
            if ratio == 1:
                off += abs(found.level.value - ALPHA) > 3 * own
            off += abs(found.calibrated_level.value - ALPHA) > 3 * error
    print(
        f"{given.trials} trials a number, {given.calibration_trials} for the critical values; one standard error of a "
        f"level is {own:.3%}, of a calibrated one {error:.3%}"
    )
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
