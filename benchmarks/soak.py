"""A soak: simulated cuts of many seeds, spoilt as files of hospitals are, through the report and its options.

    python benchmarks/soak.py --out soak.jsonl                       500 seeds; goes on where it was stopped
    python benchmarks/soak.py --out soak.jsonl --first 200 --seeds 5 some of them
    python benchmarks/soak.py --out soak.jsonl --table               the counts of what has run

What a seed is follows from its number alone (``case_of``): interim or final; the planned number of patients or 1 to 10;
slips of data entry; records and values lost; an arm without patients; the format of the raw files; a plan that departs
from the preset in nothing, one decision, or three and more; the session, a blinded dry run, the report for circulation
or one in Polish; a further format. Every tenth is a whole report with figures as pictures, pages and verification; the
others are written without these three, which takes most of the time.

A cut with faults has to be refused with findings and nothing written; it is then reported without its slips. Any other
exception, a warning, a leftover beside the output, or a number in which the second engine differs is a failure. Exits 1
if there is one.
"""

import argparse
import json
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import pandas as pd
from plan_cases import plans, with_gaps
from scarce_cuts import arm, everybody, only

from duonen_stats.commands import make_report
from duonen_stats.commands.convert_cut import KINDS, write_cut
from duonen_stats.commands.make_report import write_report
from duonen_stats.document.figure_files import figure_svg
from duonen_stats.errors import FaultyCutError
from duonen_stats.formats.dataset_files import FORMATS
from duonen_stats.plan import FINAL, INTERIM, Plan
from duonen_stats.simulated.cut.noise import Noise
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.study import load_study

WHOLE_EVERY = 10
ARMS = "ABCD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is done with a seed; ``departs`` counts decisions of the plan: none, one, or 3 for three and more."""

    seed: int
    stage: str
    patients: int | None
    slips: float
    gaps: bool
    empty_arm: str
    kind: str
    departs: int
    audience: str
    also: str
    whole: bool


def case_of(seed: int) -> Case:
    """Derive a case from its number."""
    draw = Random(seed)  # noqa: S311 - a sample, no secret
    stage = draw.choice(("INTERIM", "INTERIM", "FINAL"))
    few = draw.random() < 1 / 6
    circulated = ["", "", "closed", "blinded", "aggregate", "pl"]
    audience = draw.choice([one for one in circulated if stage == "INTERIM" or one != "closed"])
    return Case(
        seed=seed, stage=stage, patients=draw.randint(1, 10) if few else None,
        slips=draw.choice((0.0, 0.0, 2.0, 20.0)), gaps=draw.random() < 1 / 2,
        empty_arm=draw.choice((*ARMS, *[""] * 16)), kind=draw.choice(KINDS), departs=draw.choice((0, 1, 3)),
        audience=audience, also=draw.choice(("", *FORMATS)) if audience != "aggregate" else "",
        whole=seed % WHOLE_EVERY == 0,
    )  # fmt: skip


@cache
def _alternatives(preset: Plan) -> tuple[Plan, ...]:
    return tuple(plan for _, plan in plans(load_study(), preset))[1:]


def plan_of(case: Case) -> Plan:
    """Draw the plan of a case."""
    preset = INTERIM if case.stage == "INTERIM" else FINAL
    if case.departs <= 1:
        return Random(case.seed).choice(_alternatives(preset)) if case.departs else preset  # noqa: S311
    return [plan for _, plan in plans(load_study(), preset, random=1, seed=case.seed)][-1]


def run(case: Case, folder: Path) -> dict[str, Any]:
    """Simulate, spoil, write and report; return what came of it."""
    found: dict[str, Any] = {"refused": False}
    if case.slips:
        found |= _reported(case, folder, Noise(per_thousand=case.slips))
        if not found["refused"]:
            return found
    return found | _reported(case, folder, None)


def _reported(case: Case, folder: Path, noise: Noise | None) -> dict[str, Any]:
    study, out = load_study(), folder / "report"
    cut = simulate_cut(case.seed, case.patients, case.stage, noise=noise)  # type: ignore[arg-type]
    if case.gaps:
        cut = with_gaps(cut)
    if case.empty_arm:
        cut = only(cut, everybody(cut) - arm(cut, case.empty_arm))
    data = folder / ("slips" if noise else "cut") / ("cut.xlsx" if case.kind == "workbook" else "cut")
    data.parent.mkdir()
    write_cut(cut, study, data, kind=case.kind)
    options: dict[str, Any] = {
        "": {}, "closed": {"session": "closed"}, "blinded": {"blinded": case.seed},
        "aggregate": {"aggregate_only": True}, "pl": {"language": "pl"},
    }[case.audience]  # fmt: skip
    try:
        with nothing_drawn(whole=case.whole):
            written = write_report(
                data, out=out, plan=plan_of(case), also=(case.also,) * bool(case.also), verify=case.whole,
                **options,
            )  # fmt: skip
    except FaultyCutError as refused:
        errors = sum(one.severity == "error" for one in refused.findings)
        if not errors or out.exists():
            raise
        return {"refused": True, "errors": errors, "findings": len(refused.findings)}
    beside = sorted(path.name for path in folder.iterdir() if path.name not in {"report", "cut", "slips"})
    return {
        "results": written.results, "reported_findings": sum(written.findings.values()), "beside": beside,
        "differ": _differing(out),
    }  # fmt: skip


def _differing(out: Path) -> int | None:
    """Count the numbers in which the second engine differs; None where it did not run."""
    file = out / "verification.csv"
    if not file.exists():
        return None
    return int(pd.read_csv(file, dtype=str)["verdict"].eq("differs").sum())


@contextmanager
def nothing_drawn(*, whole: bool) -> Iterator[None]:
    """Within it, unless ``whole``, a report has neither pictures nor pages, as most of those of the tests."""
    with ExitStack() as stack:
        for name, made in () if whole else (("figure_files", _drawing_alone), ("render_pdf", _no_pages)):
            stack.enter_context(patch.object(make_report, name, made))
        yield


def _drawing_alone(produced: Any, **_: Any) -> dict[str, bytes]:
    return {"svg": figure_svg(produced), "png": b"", "pdf": b""}


def _no_pages(*_: Any, **__: Any) -> bytes:
    return b"%PDF"


def soak(seeds: range, file: Path, say: Callable[[str], None]) -> None:
    """Run the seeds that the file does not hold yet; a line each."""
    done = {line["seed"] for line in lines_of(file)}
    with file.open("a", encoding="utf-8") as kept:
        for seed in seeds:
            if seed in done:
                continue
            case, started = case_of(seed), time.process_time()
            with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    found = run(case, Path(folder))
                    failed = bool(found.get("beside") or found.get("differ"))
                except Exception as fault:  # noqa: BLE001 - every failure is noted, and the next seed tried
                    found, failed = {"failure": f"{type(fault).__name__}: {fault}"[:300]}, True
                    say(traceback.format_exc())
            line = {
                **asdict(case),
                **found,
                "failed": failed,
                "seconds": round(time.process_time() - started, 1),
            }
            kept.write(json.dumps(line) + "\n")
            kept.flush()
            say(f"seed {seed}: {'FAILED' if failed else 'ok'}, {line['seconds']} s")


def lines_of(file: Path) -> list[dict[str, Any]]:
    """Read what has run; a last line that was cut off does not count."""
    if not file.exists():
        return []
    texts = file.read_text(encoding="utf-8").splitlines()
    return [json.loads(text) for text in texts if text.endswith("}")]


def table(lines: list[dict[str, Any]]) -> str:
    """Count runs, refusals, findings and failures by what was done."""
    groups: dict[str, Callable[[dict[str, Any]], bool]] = {
        "all": lambda _: True,
        "interim": lambda one: one["stage"] == "INTERIM",
        "final": lambda one: one["stage"] == "FINAL",
        "1 to 10 patients": lambda one: one["patients"] is not None,
        "with slips": lambda one: one["slips"] > 0,
        "with gaps": lambda one: one["gaps"],
        "an arm empty": lambda one: bool(one["empty_arm"]),
        "another plan": lambda one: one["departs"] > 0,
        "closed, blinded, for circulation, Polish": lambda one: bool(one["audience"]),
        "raw files other than CSV": lambda one: one["kind"] != "csv",
        "whole and verified": lambda one: one["whole"],
    }
    rows = ["| | runs | refused first | findings | numbers | failures |", "|---|---|---|---|---|---|"]
    for name, belongs in groups.items():
        some = [one for one in lines if belongs(one)]
        sums = Counter[str]()
        for one in some:
            sums.update(
                refused=bool(one.get("refused")),
                findings=one.get("findings", 0) + one.get("reported_findings", 0),
                numbers=one.get("results", 0), failed=one["failed"],
            )  # fmt: skip
        cells = (f"{sums[key]:,}" for key in ("refused", "findings", "numbers", "failed"))
        rows.append(f"| {name} | {len(some)} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Run what is asked for, then print the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=500, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--out", type=Path, default=Path("soak.jsonl"), help="a line per seed; continued")
    parser.add_argument("--table", action="store_true", help="print the counts alone")
    asked = parser.parse_args()
    if not asked.table:
        soak(range(asked.first, asked.first + asked.seeds), asked.out, lambda text: print(text, flush=True))
    lines = lines_of(asked.out)
    print(table(lines))
    sys.exit(any(one["failed"] for one in lines))


if __name__ == "__main__":
    main()
