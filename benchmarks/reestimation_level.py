"""Level and power of unblinded re-estimation: the whole procedure, with the plan's and with calibrated values.

Weighted and unweighted test, 1:1 and 3:1; look at half of 64 events, raised to at most 96, patients added with them.
The critical values are calibrated on ``--trials`` trials, level and power are from as many others. Prints a table, and
exits 1 if a level at 1:1 with the plan's values, or a calibrated one, is off by more than three standard errors.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
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
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    error, off = (ALPHA * (1 - ALPHA) / given.trials) ** 0.5, 0
    print(
        "allocation  test        level, plan  level, calibrated  look, final     power, plan  power, calibrated"
    )
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        for ratio in (1, 3):
            for test in ("weighted", "unweighted"):
                plan = SurvivalAssumptions(
                    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=ratio, accrual=60.0,
                    total_months=120.0,
                )  # fmt: skip
                rule = ReestimationRule(
                    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=ratio,
                    test=test,
                )  # fmt: skip
                found = reestimation_characteristics(
                    rule,
                    plan,
                    n_patients=92,
                    max_patients=140,
                    n_trials=given.trials,
                    seed=given.seed,
                    executor=pool,
                )
                look, final = found.calibration.critical_z
                print(
                    f"{ratio}:1         {test:<11} {found.level.value:>10.2%} {found.calibrated_level.value:>18.2%}"
                    f"  {look:>8.3f}, {final:.3f} {found.alternative.power:>12.2%}"
                    f" {found.calibrated_alternative.power:>18.2%}",
                    flush=True,
                )
                # The critical values have an error of their own, as large as that of the level.
                if ratio == 1:
                    off += found.level.value > ALPHA + 3 * error
                off += abs(found.calibrated_level.value - ALPHA) > 3 * 2**0.5 * error
    print(f"{given.trials} trials a number; one standard error of a level is {error:.3%}")
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
