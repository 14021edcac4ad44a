"""Do the limits of the repeated-values model and of slopes per year cover, and do their tests hold their size?

    python benchmarks/repeated_coverage.py                   200 trials per number of patients, one process (a minute)
    python benchmarks/repeated_coverage.py --trials 1000     more

Each trial is SIMULATED: four arms of equal size, a baseline, changes at V1 to V4 with variances that grow, and patients
who leave after a low value (missing at random). Arm B differs by 0.5 at V4, arms C and D not at all. For slopes each
patient has a line over three years with an own start and an own slope; arm B falls by 1 a year more.
"""

import argparse
import time

import numpy as np

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import mmrm, slope_per_year

VISITS = ("V1", "V2", "V3", "V4")
COVARIANCE = np.array(
    [[0.6, 0.5, 0.4, 0.4], [0.5, 1.0, 0.9, 0.8], [0.4, 0.9, 1.6, 1.3], [0.4, 0.8, 1.3, 2.2]]
)
EFFECT, SLOPE_EFFECT = 0.5, -1.0
LOW = -1.5
"""A change below it makes leaving more likely."""
LEVEL = 0.05


def visits_of(draw: np.random.Generator, patients: int) -> dict[str, list]:
    """Draw one trial of repeated values."""
    found: dict[str, list] = {name: [] for name in ("subject", "arm", "visit", "base", "change")}
    for number in range(patients):
        arm = "ABCD"[number % 4]
        base = draw.normal(13, 1.5)
        change = draw.multivariate_normal(-0.2 * (base - 13) + np.array([-0.1, -0.3, -0.5, -0.6]), COVARIANCE)
        change[3] += EFFECT * (arm == "B")
        stays = True
        for visit, value in zip(VISITS, change, strict=True):
            if stays:
                for name, one in zip(found, (f"P{number}", arm, visit, base, value), strict=True):
                    found[name].append(one)
            stays = stays and draw.random() > (0.25 if value < LOW else 0.04)
    return found


def lines_of(draw: np.random.Generator, patients: int) -> dict[str, list]:
    """Draw one trial of values over three years."""
    found: dict[str, list] = {name: [] for name in ("subject", "arm", "years", "value")}
    for number in range(patients):
        arm = "ABCD"[number % 4]
        start, slope = draw.normal(85, 15), draw.normal(-2 + SLOPE_EFFECT * (arm == "B"), 1.5)
        for time_ in np.arange(0, draw.uniform(1, 3.2), 0.5):
            value = start + slope * time_ + draw.normal(0, 4)
            for name, one in zip(found, (f"P{number}", arm, float(time_), value), strict=True):
                found[name].append(one)
    return found


def main() -> None:
    """Simulate, fit, and print coverage and size with their Monte-Carlo errors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--patients", type=int, nargs="+", default=[24, 56, 92])
    parser.add_argument("--seed", type=int, default=16)
    given = parser.parse_args()
    print("| model | patients | limits | coverage of B − A, % | size of C − A, % | without a fit |")
    print("|---|---|---|---|---|---|")
    began = time.process_time()
    for patients in given.patients:
        for model, make, fit, truth in (
            ("repeated values, V4", visits_of, _visits, EFFECT),
            ("slope a year", lines_of, _slopes, SLOPE_EFFECT),
        ):
            draw = np.random.default_rng([given.seed, patients, len(model)])
            fits = [fit(make(draw, patients)) for _ in range(given.trials)]
            done = [one for one in fits if one is not None]
            for name in ("satterthwaite", "kenward_roger"):
                pairs = [(getattr(b, name), getattr(c, name)) for b, c in done]
                covered = np.mean([b.lower <= truth <= b.upper for b, _ in pairs])
                size = np.mean([c.p_value < LEVEL for _, c in pairs])
                print(
                    f"| {model} | {patients} | {name} | {100 * covered:.1f} ({_error(covered, len(done)):.1f}) | "
                    f"{100 * size:.1f} ({_error(size, len(done)):.1f}) | {len(fits) - len(done)} |"
                )
    print(f"\n{time.process_time() - began:.0f} s of CPU")


def _visits(trial: dict[str, list]) -> tuple | None:
    try:
        found = mmrm(
            trial["subject"], trial["arm"], trial["visit"], trial["change"], base=trial["base"], reference="A"
        )
    except NotEstimable:
        return None
    at_last = {one.arm: one for one in found.differences if one.visit == VISITS[-1]}
    return (at_last["B"], at_last["C"]) if {"B", "C"} <= set(at_last) else None


def _slopes(trial: dict[str, list]) -> tuple | None:
    try:
        found = slope_per_year(trial["subject"], trial["arm"], trial["years"], trial["value"], reference="A")
    except NotEstimable:
        return None
    by_arm = {one.arm: one for one in found.differences}
    return by_arm["B"], by_arm["C"]


def _error(share: float, number: int) -> float:
    return 100 * float(np.sqrt(share * (1 - share) / number))


if __name__ == "__main__":
    main()
