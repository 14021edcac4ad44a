"""Random start-stop fits of Cox's model beside direct sums in extended precision and, where it is installed, R.

    python benchmarks/start_stop_fits.py --fits 5000      all three; R's part needs Rscript and survival
    python benchmarks/start_stop_fits.py --sample 300     write the sample that the tests hold, with R's numbers

Exits 1 if a coefficient, standard error or log likelihood differs by more than 1e-8, or a refusal is wrong: whether a
problem has an answer is decided by the geometry of its covariates.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import cox_model

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))
import start_stop_fits as fits  # noqa: E402
from start_stop_fits import Records  # noqa: E402

REFERENCE = TESTS / "reference"
LIMIT = 1e-8
FLAT = 1e-12
# Standard errors from the maximum at which a fit counts as failed.
OFF = 1e-6
RIGHT = {
    "maximum": {"answer"},
    "monotone": {"monotone_likelihood"},
    "flat": {"zero_variance", "constant_input", "collinear_covariates"},
    "flat at its maximum": {"not_converged"},
    "no_events": {"no_events"},
}


def our_fit(data: Records) -> tuple[str, np.ndarray | None]:
    """Our verdict, and coefficients, standard errors and log likelihood in one row."""
    try:
        found = cox_model(data.end, data.event, data.x, strata=data.stratum, ties=data.ties, entry=data.begin)
    except NotEstimable as refusal:
        return refusal.reason, None
    terms = found.terms
    return "answer", np.array([*(t.coefficient for t in terms), *(t.std_err for t in terms), found.loglik])


def run_r(problems: dict[int, Records], folder: Path) -> dict[int, dict[str, float | None]]:
    """R's fits of these problems."""
    fits.write_records(folder / "records.csv", problems)
    command = ["Rscript", str(REFERENCE / "start_stop.R"), str(folder / "records.csv"), str(folder / "r.csv")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    return fits.read_r(folder / "r.csv")


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference, relative where the number is above 1; NaN counts as infinite."""
    gap = np.abs(one - other) / np.maximum(1, np.abs(other))
    return float(np.where(np.isnan(gap), np.inf, gap).max())


def compare(n_fits: int, seed: int) -> int:
    """Fit, compare and print; return the number of faults."""
    problems = {fit: fits.random_records(seed + fit) for fit in range(n_fits)}
    with tempfile.TemporaryDirectory() as folder:
        theirs = run_r(problems, Path(folder)) if shutil.which("Rscript") else {}
    verdicts, wrong, worst, beside_r = Counter(), [], 0.0, {}
    for fit, data in problems.items():
        ours, numbers = our_fit(data)
        right, direct = answer(data)
        verdicts[right, ours] += 1
        if ours not in RIGHT[right]:
            wrong.append(f"{fit}: {ours}, but the covariates say {right}")
        if numbers is None or direct is None:
            continue
        gap = apart(numbers, direct)
        worst = max(worst, gap)
        if gap > LIMIT:
            wrong.append(f"{fit}: differs from direct sums by {gap:.1e}")
        if fit in theirs:
            beside_r[fit] = apart(numbers, in_order(theirs[fit], data.x.shape[1]))
    for (right, ours), count in sorted(verdicts.items()):
        print(f"{count:6d}  covariates: {right:<20} ours: {ours}")
    print(f"largest difference from direct sums {worst:.1e}")
    lost = {fit for fit, gap in beside_r.items() if gap > LIMIT and r_is_off(problems[fit], theirs[fit])}
    wrong += [f"{f}: differs from R by {g:.1e}" for f, g in beside_r.items() if g > LIMIT and f not in lost]
    agreeing = [gap for fit, gap in beside_r.items() if fit not in lost]
    print(f"largest difference from R {max(agreeing, default=0):.1e} in {len(agreeing)} fits")
    unwarned = sum(not theirs[fit]["warned"] for fit in lost)
    print(
        f"R's own answer is missing or not the maximum in {len(lost)} fits, unwarned in {unwarned}: {sorted(lost)}"
    )
    print(*wrong, sep="\n")
    return len(wrong)


def answer(data: Records) -> tuple[str, np.ndarray | None]:
    """Give what the geometry of the covariates says, and the numbers of the direct sums where there are any."""
    right = fits.verdict(data)
    if right != "maximum":
        return right, None
    beta, std_err, loglik = fits.direct_fit(data)
    if fits.information_left(data, beta) < FLAT:
        right = "flat at its maximum"
    return right, np.array([*beta, *std_err, loglik])


def r_is_off(data: Records, r: dict[str, float | None]) -> bool:
    """Whether R's coefficients miss the maximum by extended precision, or its standard errors the information."""
    values = in_order(r, p := data.x.shape[1])
    if np.isnan(values).any() or fits.off_by(data, values[:p]) > OFF:
        return True
    return apart(values[p : 2 * p], fits.direct_fit(data)[1]) > LIMIT


def in_order(r: dict[str, float | None], p: int) -> np.ndarray:
    """R's numbers in the order of ours, NaN for NA."""
    names = ("b1", "b2", "se1", "se2", "loglik") if p > 1 else ("b1", "se1", "loglik")
    return np.array([np.nan if r[name] is None else r[name] for name in names], dtype=float)


def sample(n_fits: int, seed: int) -> None:
    """Write a sample of problems with R's numbers to the folder of the tests."""
    problems = {fit: fits.random_records(seed + fit) for fit in range(n_fits)}
    fits.write_records(REFERENCE / "start_stop.csv", problems)
    with tempfile.TemporaryDirectory() as folder:
        run_r(problems, Path(folder))
        shutil.copy(Path(folder) / "r.csv", REFERENCE / "start_stop_r.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fits", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.sample:
        sample(chosen.sample, chosen.seed)
    else:
        sys.exit(1 if compare(chosen.fits, chosen.seed) else 0)
