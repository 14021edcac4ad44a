"""Do 90 % prediction intervals hold what comes? Simulated trials, cut at the interim analysis and gone on with.

    python benchmarks/projection_coverage.py                          500 trials a truth, two processes (15 minutes)
    python benchmarks/projection_coverage.py --trials 50 --out a.csv  fewer; what --out holds already is not repeated
    python benchmarks/projection_coverage.py --first 500 --truth published   further trials of one truth

Each trial is SIMULATED by the simulator of the package (recruitment, treatment, tumour assessments every twelve weeks,
losses), 92 patients, and goes on until nothing more can happen. Its interim cut holds 56 patients who are off
treatment: those who finished first, as in the trial, or those who entered first, a cut without any selection. From the
cut, without arms, the numbers of events are projected, and the months at which they are known in the whole trial
stand beside. Two ways a user goes: the cut alone, in which it is not known who else has entered, and the cut with its
list of who has. A number of events that the cut holds already is no prediction: such cuts are counted and left out.

The cut is taken from the arrays of the simulator, not from raw tables, which would take six times as long. Every 50th
trial is also written into raw tables and read as ``duonen design project`` reads them: the two must agree.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path

import numpy as np

from duonen_stats.design import BlindedCut, ScanSchedule, blinded_cut, project_events
from duonen_stats.design.reestimation.pooled_rates import prior_limits
from duonen_stats.design_report.cut_data import CutOptions, blinded_from, few_entered_lately
from duonen_stats.raw import Cut
from duonen_stats.simulated.cut.simulation import Chosen, ContinuedTrial, continue_trial
from duonen_stats.simulated.model.dates import DAYS_PER_MONTH, NEVER
from duonen_stats.simulated.model.outcome import OutcomeAssumptions
from duonen_stats.simulated.model.trial import Assumptions
from duonen_stats.study import load_study

STUDY = load_study()
CONTROL = next(arm.code for arm in STUDY.arms if arm.modified_isotope is None)
EQUAL = {arm.code: 1.0 for arm in STUDY.arms if arm.code != CONTROL}
TRUTHS = {
    "published": OutcomeAssumptions(),
    "hazard 0.05": OutcomeAssumptions(hazard_per_month=0.05),
    "loss 0.01": OutcomeAssumptions(lost_per_month=0.01),
    "no effect": OutcomeAssumptions(hazard_ratios=EQUAL),
}
"""What is true; planned are always a hazard ratio of 0.5, three to one, and 92 patients."""

CHOSEN: tuple[Chosen, ...] = ("finished", "entered")
"""Who is in the cut: the first who did this."""

WAYS = ("cut alone", "with list")
TARGETS = (25, 40, 50, 64)
RATIO, ALLOCATION, CONFIDENCE, COURSES = 0.5, 3.0, 0.9, 1_000
LONGEST, CHECKED = 720, 50


@dataclass(frozen=True, slots=True)
class Row:
    """One target of one trial, projected in one way; months are calendar months, empty for never."""

    truth: str
    chosen: str
    seed: int
    way: str
    target: int
    known_at_cut: int
    true_month: float | None
    lower: float | None
    median: float | None
    upper: float | None
    hazard: float
    true_hazard: float
    losses: int
    watched: float
    accrual: float


def pooled(found: ContinuedTrial, *, listed: bool) -> BlindedCut:
    """Take the interim cut from the arrays of a trial, as ``blinded_follow_up`` takes it from raw tables."""
    trial, who, cut = found.trial, found.first, found.interim
    start, scans, fates = trial.recruits.randomised[who], trial.assessments, trial.fates
    known, death, lost = found.known[who], fates.death[who], fates.lost[who]
    event = known <= cut
    died = event & (death == known)
    left = ~event & (lost <= cut)
    response = scans.response[who]
    clear = np.isin(response, ("CR", "PR", "SD")) & (scans.day[who] <= cut)
    clear[:, 0] = False
    free = np.where(clear, scans.day[who], start[:, None]).max(axis=1)
    until = np.where(event, known, np.where(left, lost, cut))
    others = np.delete(trial.recruits.randomised, who)

    def months(days: np.ndarray) -> np.ndarray:
        return (days - start) / DAYS_PER_MONTH

    return blinded_cut(
        start.astype("datetime64[D]"), months(np.where(event, known, free)), event, cut=np.datetime64(cut, "D"),
        dropout=left, death=died, free_months=months(free), observed_months=months(until),
        schedule=ScanSchedule(), completers=few_entered_lately(start, cut),
        treatment_months=months(trial.course.ended[who]),
        entered_since=others[others <= cut].astype("datetime64[D]") if listed else None,
    )  # fmt: skip


def true_hazard(found: ContinuedTrial) -> float:
    """Events by the day they came, over the patient-months until then: what no one can see, of the same patients."""
    fates, who = found.trial.fates, found.first
    start = found.trial.recruits.randomised[who]
    came = np.minimum(fates.progression, fates.death)[who]
    end = np.minimum(fates.lost[who], found.interim)
    return float((came <= end).sum() / ((np.minimum(came, end) - start).sum() / DAYS_PER_MONTH))


def run_trial(job: tuple[str, Chosen, int]) -> list[Row]:
    """Simulate a trial, project from its cut in both ways, and put the truth beside."""
    truth, chosen, seed = job
    number = 10_000 * [*TRUTHS].index(truth) + seed
    found = continue_trial(
        number,
        assumptions=Assumptions(outcome=TRUTHS[truth]),
        total_months=LONGEST,
        study=STUDY,
        chosen=chosen,
    )
    if seed % CHECKED == 0:
        require_same(found)
    rows = []
    for way in WAYS:
        cut = pooled(found, listed=way == WAYS[1])
        opened = cut.opened.toordinal() - day_zero()
        months = np.sort((found.known - opened) / DAYS_PER_MONTH)
        projected = project_events(
            cut, TARGETS, planned_patients=STUDY.planned_subjects, hazard_ratio=RATIO,
            hazard_ratio_limits=prior_limits(RATIO), allocation_ratio=ALLOCATION, confidence=CONFIDENCE,
            n_simulations=COURSES, seed=seed,
        )  # fmt: skip
        rates = projected.rates
        for one in projected.targets:
            month = float(months[one.n_events - 1])
            rows.append(
                Row(
                    truth, chosen, seed, way, one.n_events, int((months <= cut.cut_months).sum()),
                    month if month < (NEVER - opened) / DAYS_PER_MONTH / 2 else None,
                    one.lower, one.months, one.upper, rates.pooled_hazard.estimate, true_hazard(found),
                    rates.dropout_hazard.count, rates.dropout_hazard.exposure_months,
                    rates.patients_per_month.estimate,
                )
            )  # fmt: skip
    return rows


def day_zero() -> int:
    """Ordinal of the day from which the simulator counts."""
    return int(np.datetime64(0, "D").item().toordinal())


def require_same(found: ContinuedTrial) -> None:
    """Compare the cut from the arrays with the one read from raw tables; ``SystemExit`` if they differ."""
    read = blinded_from(found.interim_cut(STUDY), STUDY, CutOptions())
    made = pooled(found, listed=True)
    order = np.lexsort((made.followup_months, made.entry_months))
    other = np.lexsort((read.followup_months, read.entry_months))
    for name in (
        "entry_months",
        "followup_months",
        "event",
        "dropout",
        "death",
        "free_months",
        "observed_months",
    ):
        if not np.allclose(getattr(made, name)[order], getattr(read, name)[other]):
            raise SystemExit(
                f"seed {found.trial.seed}: {name} differs between the simulator and its raw tables"
            )
    if (
        not np.allclose(made.unseen_entry_months, read.unseen_entry_months)
        or made.completers != read.completers
        or not np.isclose(
            pooled(found, listed=False).entries_known_months,
            _without_list(found.interim_cut(STUDY)).entries_known_months,
        )
    ):
        raise SystemExit(f"seed {found.trial.seed}: entries differ between the simulator and its raw tables")


def _without_list(cut: Cut) -> BlindedCut:
    tables = {**cut.tables, "enrolment": cut.tables["enrolment"].iloc[:0]}
    return blinded_from(replace(cut, tables=tables), STUDY, CutOptions())


def read_rows(path: Path) -> list[Row]:
    """Read the rows of an earlier run."""
    if not path.exists():
        return []
    names = [item.name for item in fields(Row)]
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(*(_value(name, record[name]) for name in names)) for record in csv.DictReader(file)]


def _value(name: str, text: str) -> str | int | float | None:
    if name in {"truth", "chosen", "way"}:
        return text
    return (
        int(text) if name in {"seed", "target", "known_at_cut", "losses"} else float(text) if text else None
    )


def run_trials(jobs: list[tuple[str, Chosen, int]], path: Path, workers: int) -> list[Row]:
    """Run what is missing, adding the rows of each trial to the file as it is done."""
    done = read_rows(path)
    have = {(one.truth, one.chosen, one.seed) for one in done}
    names = [item.name for item in fields(Row)]
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file, ProcessPoolExecutor(workers) as pool:
        writer = csv.writer(file)
        if new:
            writer.writerow(names)
        for rows in pool.map(run_trial, [job for job in jobs if job not in have], chunksize=4):
            writer.writerows([[getattr(one, name) for name in names] for one in rows])
            file.flush()
            done += rows
    wanted = set(jobs)
    return [one for one in done if (one.truth, one.chosen, one.seed) in wanted]


def is_held(one: Row) -> bool:
    """Whether the interval holds the truth; what never comes lies beyond every month."""
    true, lower, upper = (
        np.inf if value is None else value for value in (one.true_month, one.lower, one.upper)
    )
    return lower - 1e-9 <= true <= upper + 1e-9


def share(rows: Iterable[Row]) -> str:
    """Write the coverage in percent with the number of trials."""
    held = [is_held(one) for one in rows]
    return f"{100 * np.mean(held):5.1f} ({len(held)})" if held else "    –"


def summarise(rows: list[Row]) -> None:
    """Print coverage by truth, selection, way and target, and the bias of the three rates."""
    print(
        "truth        56 first  way        events  coverage, % (cuts)  truth below, above  median error"
        "  known at the cut"
    )
    for truth, chosen, way, target in product(TRUTHS, CHOSEN, WAYS, TARGETS):
        all_of = [
            one
            for one in rows
            if (one.truth, one.chosen, one.way, one.target) == (truth, chosen, way, target)
        ]
        own = [one for one in all_of if one.known_at_cut < target]
        if not own:
            continue
        below = np.mean([(one.true_month or np.inf) < (one.lower or np.inf) - 1e-9 for one in own])
        above = np.mean([(one.true_month or np.inf) > (one.upper or np.inf) + 1e-9 for one in own])
        errors = [(one.median or np.inf) - one.true_month for one in own if one.true_month is not None]
        error = f"{np.median(errors):+.1f} months" if errors else "–"
        print(
            f"{truth:12} {chosen:9} {way:10} {target:6}  {share(own):>18}  {100 * below:10.1f} {100 * above:7.1f}"
            f"  {error:>12}  {len(all_of) - len(own):6}"
        )
    print("\nBias of pooled hazard, dropout, accrual, % (Monte-Carlo standard error)")
    for (truth, outcome), chosen, way in product(TRUTHS.items(), CHOSEN, WAYS):
        own = [
            one
            for one in rows
            if (one.truth, one.chosen, one.way, one.target) == (truth, chosen, way, TARGETS[0])
        ]
        if own:
            print(f"{truth:12} {chosen:9} {way:10} {biases(own, outcome)}")


def biases(rows: list[Row], outcome: OutcomeAssumptions) -> str:
    """Write the bias of each rate."""
    hazard = np.array([one.hazard for one in rows]), np.array([one.true_hazard for one in rows])
    exact = hazard[1].mean()
    pace = STUDY.planned_subjects / STUDY.design.accrual_months
    lost, months = np.array([one.losses for one in rows]), np.array([one.watched for one in rows])
    loss, truth = lost.sum() / months.sum(), outcome.lost_per_month
    parts = (
        ("hazard", hazard[0].mean() / exact - 1, (hazard[0] - hazard[1]).std() / exact),
        ("dropout", loss / truth - 1, (lost - loss * months).std() / months.mean() / truth),
        ("accrual", np.mean([one.accrual for one in rows]) / pace - 1, np.std([one.accrual for one in rows]) / pace),
    )  # fmt: skip
    return "  ".join(
        f"{name} {100 * bias:+.1f} ({100 * sd / len(rows) ** 0.5:.1f})" for name, bias, sd in parts
    )


def main() -> None:
    """Run the trials and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=500, help="trials a truth")
    parser.add_argument(
        "--first", type=int, default=0, help="the first seed: others than those of an earlier run"
    )
    parser.add_argument("--truth", choices=TRUTHS, nargs="+", default=[*TRUTHS], help="truths to simulate")
    parser.add_argument("--chosen", choices=CHOSEN, nargs="+", default=[*CHOSEN], help="who is in the cut")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--out", type=Path, default=Path("projection_coverage.csv"), help="file of single trials"
    )
    options = parser.parse_args()
    start = time.perf_counter()
    jobs = [
        (truth, chosen, seed)
        for seed in range(options.first, options.first + options.trials)
        for truth in options.truth
        for chosen in options.chosen
    ]
    rows = run_trials(jobs, options.out, options.workers)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    summarise(rows)


if __name__ == "__main__":
    main()
