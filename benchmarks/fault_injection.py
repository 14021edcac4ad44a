"""Spoil a good data cut in every registered way, one at a time and at random together: is each fault named?

Prints one line per kind, in the form of ``docs/faults.md``; exits 1 if a fault was not named, a record was lost or
something other than a clear error was raised, and 3 if the time was over before everything was run.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import cache, partial
from itertools import islice
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


@dataclass(frozen=True)
class Outcome:
    """What one run showed: ``what`` names it, ``line`` is its row of the table, ``rule`` the one that named it.

    ``applied`` faults, of which ``named`` were named; ``failed`` says what must not be, empty if nothing.
    """

    what: str
    line: str = ""
    rule: str = ""
    applied: int = 1
    named: int = 1
    failed: str = ""


def chosen_kinds(patterns: Sequence[str]) -> list[Fault]:
    """Choose kinds by name, table or rule, each a pattern with stars; all of them if there is no pattern.

    Raises ``ValueError`` if a pattern chooses nothing.
    """
    chosen: set[str] = set()
    for pattern in patterns:
        own = {kind.name for kind in FAULTS for name in _names(kind) if fnmatchcase(name, pattern)}
        if not own:
            raise ValueError(f"no kind has the name, table or rule {pattern}")
        chosen |= own
    return [kind for kind in FAULTS if kind.name in chosen or not patterns]


def _names(kind: Fault) -> tuple[str, ...]:
    return kind.name, kind.table, *kind.rules


def alone(name: str, seed: int, *, quick: bool) -> Outcome:
    """Apply one kind."""
    (place,) = (place for place, kind in enumerate(FAULTS) if kind.name == name)
    kind, before = FAULTS[place], sound()[1]
    trial = run([kind], seed + place, quick=quick)
    naming = [one.rule for one in trial.found if _named(kind, [one], before)]
    failed = "; ".join(trial.faults) or ("not named" if trial.missed else "")
    return Outcome(
        name,
        line_of(kind, trial, before),
        naming[0] if naming else "",
        named=int(bool(naming)),
        failed=failed,
    )


def together(seed: int) -> Outcome:
    """Apply 2 to 10 kinds; one may hide another (a table that cannot be read), but nothing may break or get lost."""
    trial = run([*drawn(FAULTS, seed, 2 + seed % 9)], seed)
    applied = len(trial.applied)
    names = ", ".join(kind.name for kind in trial.applied)
    failed = "; ".join(trial.faults) and f"{names}: {'; '.join(trial.faults)}"
    return Outcome(f"combination {seed}", "", "", applied, applied - len(trial.missed), failed)


def outcomes(
    wanted: Sequence[str],
    runner: Callable[[Sequence[str]], Iterator[Outcome]],
    kept: Path | None,
    about: str,
) -> Iterator[Outcome]:
    """Give the outcome of each run in order; those that a file keeps are not run again, the others are added to it.

    ``about`` says how they were run: outcomes of runs made otherwise do not count.
    """
    done: dict[str, Outcome] = {}
    if kept is not None and kept.exists():
        for text in kept.read_text(encoding="utf-8").splitlines():
            one = json.loads(text)
            if one.pop("about") == about:
                done[one["what"]] = Outcome(**one)
    fresh = runner([what for what in wanted if what not in done])
    for what in wanted:
        one = done.get(what) or next(fresh, None)
        if one is None:
            return
        if kept is not None and what not in done:
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"about": about, **asdict(one)}, ensure_ascii=False) + "\n")
        yield one


def _within(
    until: float, given: Sequence[str], workers: int, each: Callable[[str], Outcome]
) -> Iterator[Outcome]:
    """Run one after the other, or as many at a time as there are workers, until the time is over."""
    if workers == 1:
        for what in given:
            if time.perf_counter() > until:
                return
            yield each(what)
        return
    with ProcessPoolExecutor(workers) as pool:
        rest = iter(given)
        while time.perf_counter() < until and (some := [*islice(rest, workers)]):
            yield from pool.map(each, some)


def one_run(what: str, seed: int, *, quick: bool) -> Outcome:
    """Run what a name says: a kind, or a combination by its seed."""
    number = what.removeprefix("combination ")
    return together(int(number)) if number != what else alone(what, seed, quick=quick)


HEAD = """| kind of corruption | in table | named by | there | severity | new findings | read = used + set aside |
|---|---|---|---|---|---|---|"""


def main(words: Sequence[str] | None = None) -> int:
    """Run all kinds, or those asked for, then random combinations."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--kinds", nargs="+", default=[], metavar="PATTERN",
        help="only the kinds with such a name, table or rule, such as 'RD-*'; combinations only if asked for",
    )  # fmt: skip
    options.add_argument("--combinations", type=int, help="100, and none with --kinds, if omitted")
    options.add_argument(
        "--quick", action="store_true", help="ask only the rules in question, build no datasets"
    )
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--resume", type=Path, metavar="FILE",
        help="keep each outcome in this file, and do not run again what it has; delete it when rules have changed",
    )  # fmt: skip
    options.add_argument(
        "--minutes", type=float, default=float("inf"), help="begin nothing after so long; go on with --resume"
    )
    given = options.parse_args(words)
    try:
        kinds = chosen_kinds(given.kinds)
    except ValueError as error:
        options.error(str(error))
    combinations = given.combinations if given.combinations is not None else 0 if given.kinds else 100
    since = time.perf_counter()
    seeds = range(1000 * given.seed, 1000 * given.seed + combinations)
    wanted = [kind.name for kind in kinds] + [f"combination {seed}" for seed in seeds]
    about = f"{len(FAULTS)} kinds, seed {given.seed}{', quick' * given.quick}"
    runner = partial(
        _within,
        since + 60 * given.minutes,
        workers=given.workers,
        each=partial(one_run, seed=given.seed, quick=given.quick),
    )
    print(HEAD)
    found = []
    for one in outcomes(wanted, runner, given.resume, about):
        if one.line:
            print(one.line, flush=True)
        found.append(one)
    alone_, rest = [one for one in found if one.line], [one for one in found if not one.line]
    failed = [one for one in found if one.failed]
    print(
        f"\n{len(alone_)} kinds one at a time; {len(rest)} random combinations of 2 to 10, "
        f"{sum(one.applied for one in rest)} faults in all, {sum(one.named for one in rest)} of them named beside the "
        f"others; {len(failed)} failed; {time.perf_counter() - since:.0f} s."
    )
    counts = Counter(one.rule for one in alone_ if one.rule)
    print(f"Kinds named by each rule: {', '.join(f'{rule} {counts[rule]}' for rule in sorted(counts))}.")
    for one in failed:
        print(f"FAILED {one.what}: {one.failed}")
    left = len(wanted) - len(found)
    if left:
        print(f"{left} of {len(wanted)} not run: the time was over.")
    return 1 if failed else 3 if left else 0


if __name__ == "__main__":
    sys.exit(main())
