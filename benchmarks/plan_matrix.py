"""Every alternative of every decision of the plan, and random combinations: is each report whole, its words true?

    python benchmarks/plan_matrix.py --out matrix.jsonl                both reports, each on three cuts
    python benchmarks/plan_matrix.py --out matrix.jsonl --random 200   and 200 random combinations of three or more
    python benchmarks/plan_matrix.py --whole --only control_arm        whole reports, drawn and set, of one decision
    python benchmarks/plan_matrix.py --again 20 --cuts shipped         are cases the same if each computes everything?

Alternatives are derived from the declarations of the plan. A case is analysed and its document composed, without
drawing; with --whole the report is written. What an earlier case of a cut computed is given to later ones that would
compute the same (tests/plan_memory.py); with --again so many cases of each report and cut are drawn, and computed
without that too. Faults are exceptions, warnings, ids that no family knows, sentences with
a hole, and words such as "pre-specified" that are not true of the plan. The file has a line a case; cases in it are
not run again, so that a run that was stopped goes on. Exits 1 if a case has a fault.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from plan_cases import CUTS, QUICK, Trial, plans

from duonen_stats.commands.convert_cut import write_cut
from duonen_stats.commands.make_report import write_report
from duonen_stats.plan import Plan, deviations, preset_of
from duonen_stats.study import load_study


@cache
def trial(report: str, cut: str) -> Trial:
    """Return the cut of a report, read and checked once a process."""
    return Trial(report, cut)


def again(asked: Iterable[tuple[str, str, str, Plan, bool]], number: int, seed: int) -> None:
    """Compute drawn cases of each cut with what earlier ones computed, and without; exit 1 if any is another."""
    by_cut: dict[tuple[str, str], list[Plan]] = {}
    for report, cut, _, plan, _ in asked:
        by_cut.setdefault((report, cut), []).append(plan)
    faulty = 0
    for (report, cut), (preset, *others) in by_cut.items():
        found = trial(report, cut)
        found.composed(preset)
        for plan in Random(seed).sample(others, min(number, len(others))):  # noqa: S311 - a sample, no secret
            different = found.differences(plan)
            faulty += bool(different)
            print(f"{key_of(report, cut, plan, whole=False)}: {different[:5] or 'the same'}", flush=True)
    sys.exit(bool(faulty))


def run_case(report: str, cut: str, name: str, plan: Plan, whole: bool) -> dict[str, object]:
    """Run one case; its line of the file."""
    started = time.process_time()
    faults = whole_report(report, cut, plan) if whole else trial(report, cut).faults(plan)
    return {
        "case": key_of(report, cut, plan, whole),
        "field": name,
        "faults": faults,
        "seconds": round(time.process_time() - started, 2),
    }


def whole_report(report: str, cut: str, plan: Plan) -> list[str]:
    """Write the report of a case into a folder that is removed again; what ended it, if anything did."""
    found = trial(report, cut)
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "cut", Path(folder) / "report"
        try:
            write_cut(found.cut, found.study, data, kind="csv")
            write_report(data, out=out, plan=plan)
        except Exception as fault:  # noqa: BLE001 - whatever ends a report is the finding
            return [f"{type(fault).__name__}: {fault}"]
    return []


def key_of(report: str, cut: str, plan: Plan, whole: bool) -> str:
    """Name a case by what it is, so that a later run knows it again."""
    changes = (f"{item.field}={item.used!r}" for item in deviations(plan, preset_of(plan)))
    return f"{report} | {cut} | {'whole' if whole else 'composed'} | {', '.join(changes)}"


def cases(options: argparse.Namespace) -> Iterator[tuple[str, str, str, Plan]]:
    """All cases that are asked for: report, cut, field, plan."""
    study = load_study()
    for report, by_name in CUTS.items():
        if options.report not in {None, report}:
            continue
        for cut in by_name:
            if options.cuts and cut not in options.cuts:
                continue
            for name, plan in plans(
                study, QUICK[report], random=options.random, seed=options.seed, ends=options.ends
            ):
                alone = "+" not in name
                if options.combined and alone:
                    continue
                if not options.only or set(name.split("+")) & set(options.only):
                    yield report, cut, name, plan


def main() -> None:
    """Run the cases that are not in the file yet, and say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, default=Path("plan_matrix.jsonl"), help="a line a case; continued"
    )
    parser.add_argument("--random", type=int, default=0, help="random combinations a report and cut")
    parser.add_argument("--combined", action="store_true", help="the combinations alone")
    parser.add_argument("--seed", type=int, default=1, help="of the combinations")
    parser.add_argument("--report", choices=sorted(CUTS), help="one report only")
    parser.add_argument("--cuts", nargs="*", help="some cuts only: shipped, gaps, 'arm C empty'")
    parser.add_argument("--only", nargs="*", help="cases that touch one of these fields")
    parser.add_argument("--ends", action="store_true", help="also the ends of every range (slow)")
    parser.add_argument("--whole", action="store_true", help="write whole reports")
    parser.add_argument("--again", type=int, default=0, help="so many drawn cases, with memory and without")
    parser.add_argument("--limit", type=int, help="so many cases at most")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    options = parser.parse_args()
    done = {}
    if options.out.exists():
        lines = options.out.read_text(encoding="utf-8").splitlines()
        done = {line["case"]: line for line in map(json.loads, lines)}
    asked = {key_of(report, cut, plan, options.whole): (report, cut, name, plan, options.whole)
             for report, cut, name, plan in cases(options)}  # fmt: skip
    if options.again:
        again(asked.values(), options.again, options.seed)
    left = [case for key, case in asked.items() if key not in done][: options.limit]
    print(f"{len(asked)} cases, {len(asked) - len(left)} not to be run or in {options.out} already")
    with options.out.open("a", encoding="utf-8") as file:
        for number, line in enumerate(run_all(left, options.workers), 1):
            done[str(line["case"])] = line
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            if line["faults"] or number % 25 == 0:
                print(f"[{number}/{len(left)}] {line['case']}: {line['faults'] or 'holds'}", flush=True)
    ran = [done[key] for key in asked if key in done]
    faulty = [line for line in ran if line["faults"]]
    print(f"{len(ran)} cases, {len(faulty)} with faults")
    kinds = Counter(str(fault)[:110] for line in faulty for fault in line["faults"])  # type: ignore[attr-defined]
    for kind, times in kinds.most_common(40):
        print(f"{times:>5}  {kind}")
    sys.exit(bool(faulty))


def run_all(left: list[tuple[str, str, str, Plan, bool]], workers: int) -> Iterator[dict[str, object]]:
    """Run cases, on several processes if there are."""
    if workers == 1:
        yield from (run_case(*case) for case in left)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(run_case, *zip(*left, strict=True), chunksize=4) if left else ()


if __name__ == "__main__":
    main()
