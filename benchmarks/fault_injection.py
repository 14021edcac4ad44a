"""Spoil a good data cut in every registered way, one at a time and at random together: is each fault named?

Prints one line a kind, in the form of ``docs/faults.md``; exits 1 if a fault was not named, a record was lost or
something other than a clear error was raised.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import faults_of_files  # noqa: F401 - registers its kinds
import faults_of_records  # noqa: F401
import faults_of_visits_and_therapies  # noqa: F401
from spoilt import FAULTS, Fault, NotApplicableError, SpoiltCut, asked, drawn, telling_patients

from duonen_stats.datasets import accounting, build_datasets
from duonen_stats.errors import DuonenError
from duonen_stats.plan import INTERIM
from duonen_stats.raw import Cut, Finding, read_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.study import load_study
from duonen_stats.study.shipped_files import cohort_path

STUDY = load_study()


@dataclass(frozen=True)
class Trial:
    """What became of one spoilt cut: every count is of the tables that were spoilt."""

    applied: tuple[Fault, ...]
    missed: tuple[Fault, ...]
    found: tuple[Finding, ...]
    records: str
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether all was named, nothing lost, and nothing broke."""
        return not self.missed and not self.faults


@cache
def sound() -> tuple[frozenset[str] | None, frozenset[Finding]]:
    """Choose the patients of the good cut, and find what is found of it before anything is spoilt."""
    chosen = telling_patients(read_cut(STUDY))
    with tempfile.TemporaryDirectory() as folder:
        cut = read_cut(STUDY, SpoiltCut(cohort_path(), STUDY, 1, chosen).write(Path(folder) / "cut"))
        return frozenset(chosen), frozenset(check_cut(cut, STUDY))


def run(kinds: Sequence[Fault], seed: int, *, quick: bool = False) -> Trial:
    """Spoil a fresh copy of a part of the shipped cohort and check it; if quick, ask the rules in question only."""
    chosen, before = sound()
    spoilt = SpoiltCut(cohort_path(), STUDY, seed, chosen)
    applied = []
    for kind in kinds:
        try:
            kind.spoil(spoilt)
            applied.append(kind)
        except (NotApplicableError, IndexError, KeyError, ValueError):
            if len(kinds) == 1:
                raise
    with tempfile.TemporaryDirectory() as folder:
        try:
            cut = read_cut(STUDY, spoilt.write(Path(folder) / "cut"))
            found = tuple(asked(cut, STUDY, kinds[0].rules)) if quick else check_cut(cut, STUDY)
        except Exception as error:  # noqa: BLE001 - that is the question
            return Trial(tuple(applied), (), (), "", (f"{type(error).__name__}: {error}",))
    missed = tuple(kind for kind in applied if not _named(kind, found, before))
    records, faults = _accounted(cut, spoilt, {kind.table for kind in applied}, quick=quick)
    return Trial(tuple(applied), missed, found, records, tuple(faults))


def _named(kind: Fault, found: Sequence[Finding], before: frozenset[Finding]) -> bool:
    return any(one.rule in kind.rules and one.table == kind.place() and one not in before for one in found)


def _accounted(cut: Cut, spoilt: SpoiltCut, tables: set[str], *, quick: bool) -> tuple[str, list[str]]:
    """Count the records read, used and set aside, and compare those read with the lines of the files.

    If quick, or where the datasets are refused, used are the records that stand in a table of the cut.
    """
    lines = spoilt.lines()
    outside = {name: sum(one.table == name for one in cut.set_aside) for name in lines}
    read = {name: len(cut.tables[name]) + outside[name] for name in lines}
    faults = [
        f"{name}: {lines[name]} lines, {read[name]} read" for name in lines if lines[name] != read[name]
    ]
    tabled = ", ".join(f"{read[name]} = {len(cut.tables[name])} + {outside[name]}" for name in sorted(tables))
    if quick:
        return tabled, faults
    try:
        counts = accounting(cut, build_datasets(cut, STUDY, INTERIM)).set_index("table")
    except DuonenError as error:
        return f"{tabled} (datasets refused: {type(error).__name__})", faults
    except Exception as error:  # noqa: BLE001
        return "", [*faults, f"{type(error).__name__}: {error}"]
    lost = counts[counts["read"] != counts["used"] + counts["set_aside"]]
    faults += [
        f"{name}: {row['read']} read, {row['used']} used, {row['set_aside']} set aside"
        for name, row in lost.iterrows()
    ]
    shown = ", ".join("{read} = {used} + {set_aside}".format(**counts.loc[name]) for name in sorted(tables))
    return shown, faults


def line_of(kind: Fault, trial: Trial, before: frozenset[Finding]) -> str:
    """Write one kind as a row of the table."""
    new = [one for one in trial.found if one not in before]
    naming = [one for one in new if one.rule in kind.rules and one.table == kind.place()]
    named = f"{naming[0].rule} | {naming[0].table} | {naming[0].severity}" if naming else "NOT NAMED | | "
    return f"| {kind.name} | {kind.table} | {named} | {len(new)} | {trial.records} |"


def _alone(place: int, seed: int, quick: bool) -> tuple[bool, str]:
    """Apply one kind; tell whether it passed, and give its line of the table."""
    trial = run([FAULTS[place]], seed + place, quick=quick)
    return trial.passed, line_of(FAULTS[place], trial, sound()[1])


def _together(seed: int) -> tuple[list[str], int, tuple[str, ...]]:
    """Apply 2 to 10 kinds; give their names, how many were not named beside the others, and what failed."""
    trial = run([*drawn(FAULTS, seed, 2 + seed % 9)], seed)
    return [kind.name for kind in trial.applied], len(trial.missed), trial.faults


def main() -> int:
    """Run all kinds, then random combinations."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--combinations", type=int, default=100)
    options.add_argument(
        "--quick", action="store_true", help="ask only the rules in question, build no datasets"
    )
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    since, failed = time.perf_counter(), []
    pool = ProcessPoolExecutor(given.workers)
    print(
        "| kind of corruption | in table | named by | there | severity | new findings | read = used + set aside |"
    )
    print("|---|---|---|---|---|---|---|")
    for kind, (passed, line) in zip(
        FAULTS, pool.map(_alone, range(len(FAULTS)), repeat(given.seed), repeat(given.quick)), strict=True
    ):
        print(line, flush=True)
        failed += [] if passed else [(kind.name, line)]
    applied = named = 0
    seeds = range(1000 * given.seed, 1000 * given.seed + given.combinations)
    for names, missed, faults in pool.map(_together, seeds):
        applied += len(names)
        named += len(names) - missed
        # In combination one fault may hide another (a table that cannot be read); nothing may break or get lost.
        failed += [(", ".join(names), *faults)] if faults else []
    print(
        f"\n{len(FAULTS)} kinds one at a time; {given.combinations} random combinations of 2 to 10, "
        f"{applied} faults in all, {named} of them named beside the others; "
        f"{len(failed)} failed; {time.perf_counter() - since:.0f} s."
    )
    for name, *faults in failed:
        print(f"FAILED {name}: {'; '.join(faults) or 'not named'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
