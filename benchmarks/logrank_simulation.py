"""Speed and memory of the log-rank simulation.

    python benchmarks/logrank_simulation.py            speed, against drawing the random numbers alone
    python benchmarks/logrank_simulation.py --growth   time and memory from 10^3 to 10^7 trials (minutes)
    python benchmarks/logrank_simulation.py --grid     one process, two workers and, if installed, a Dask cluster

CPU time, not wall time, and the two sides in turn, round after round: so other work on the machine touches both
alike. "Drawing" is one entry time and one time to event a patient, in arrays of the size the simulation uses.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from statistics import median

import numpy as np

from duonen_stats.design import SimulationScenario, SurvivalAssumptions, cluster_executor, simulate_grid
from duonen_stats.design.simulation.chunk import run_chunk
from duonen_stats.methods import log_rank

TRIALS, PATIENTS, BLOCK = 10_000, 92, 543
PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=PATIENTS)


def draw() -> None:
    """Draw the random numbers of 10,000 trials and do nothing with them."""
    rng = np.random.default_rng(1)
    entry, event = np.empty((BLOCK, PATIENTS)), np.empty((BLOCK, PATIENTS))
    left = TRIALS
    while left:
        size = min(BLOCK, left)
        rng.random(out=entry[:size])
        rng.standard_exponential(out=event[:size])
        left -= size


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def speed(rounds: int) -> None:
    """Print the time of 10,000 trials against the draws, both measured in turn."""
    pairs = [
        (cpu_seconds(draw), cpu_seconds(lambda: run_chunk(SCENARIO, 1, 0, 0, TRIALS))) for _ in range(rounds)
    ]
    drawn, simulated = (sorted(column) for column in zip(*pairs, strict=True))
    print(f"{TRIALS} trials of {PATIENTS} patients, CPU milliseconds, {rounds} rounds")
    print(f"  drawing     best {1e3 * drawn[0]:6.1f}   median {1e3 * median(drawn):6.1f}")
    print(f"  simulation  best {1e3 * simulated[0]:6.1f}   median {1e3 * median(simulated):6.1f}")
    ratios = sorted(b / a for a, b in pairs)
    print(f"  ratio       best by best {simulated[0] / drawn[0]:.2f}   median of rounds {median(ratios):.2f}")
    rng = np.random.default_rng(2)
    time_, event = rng.exponential(40, PATIENTS), rng.random(PATIENTS) < 0.7  # noqa: PLR2004
    arm = np.repeat(["E", "C"], [69, 23])
    one = min(cpu_seconds(lambda: log_rank(time_, event.astype(int), arm)) for _ in range(20))
    print(
        f"  one trial at a time by methods.log_rank: ratio {one * TRIALS / drawn[0]:.0f} for the tests alone"
    )


def growth() -> None:
    """Print time and peak memory of runs of growing length, each in a process of its own."""
    program = (
        "import resource, sys, time;"
        "sys.path.insert(0, 'benchmarks');"
        "from logrank_simulation import SCENARIO, simulate_grid;"
        "start = time.process_time();"
        "simulate_grid([SCENARIO], n_trials=int(sys.argv[1]), seed=1);"
        "print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    print("   trials   CPU seconds   peak MiB")
    for power in range(3, 8):
        command = [sys.executable, "-c", program, str(10**power)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        seconds, peak = (float(value) for value in done.stdout.split())
        print(f"{10**power:9d}   {seconds:11.2f}   {peak:8.0f}")


def grid() -> None:
    """Print wall time of one grid by each way of running it, and whether the results are the same."""
    scenarios = [SimulationScenario(assumptions=PLAN.with_hazard_ratio(h), n_patients=n)
                 for h in (0.5, 0.667, 1.0) for n in (92, 168)]  # fmt: skip
    trials = 200_000

    def timed(name: str, run: Callable[[], object]) -> object:
        start = time.perf_counter()
        found = run()
        print(f"  {name:<14}{time.perf_counter() - start:7.2f} s")
        return found

    print(f"{len(scenarios)} scenarios x {trials} trials, wall time")
    found = [timed("this process", lambda: simulate_grid(scenarios, n_trials=trials, seed=7))]
    for workers in (1, 2):
        with ProcessPoolExecutor(workers) as pool:
            run = lambda pool=pool: simulate_grid(scenarios, n_trials=trials, seed=7, executor=pool)  # noqa: E731
            found.append(timed(f"{workers} worker(s)", run))
    if find_spec("distributed"):
        from distributed import LocalCluster  # noqa: PLC0415

        with (
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
            cluster_executor(cluster.scheduler_address) as pool,
        ):
            run = lambda: simulate_grid(scenarios, n_trials=trials, seed=7, executor=pool)  # noqa: E731
            found.append(timed("Dask, 2", run))
    print("  identical" if all(result == found[0] for result in found) else "  DIFFERENT")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--grid", action="store_true")
    chosen = parser.parse_args()
    if chosen.growth:
        growth()
    elif chosen.grid:
        grid()
    else:
        speed(chosen.rounds)
