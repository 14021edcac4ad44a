"""Kill commands inside their writing, without warning, and look whether the earlier output is still whole.

    python benchmarks/kill_report.py                            50 moments of report, export, verify, simulate, trials
    python benchmarks/kill_report.py --times 5 --only export    fewer, of one

Each command is run twice, on two inputs, and what it hands to the functions that write is noted. Then a process of its
own writes the second output over the first one with these functions, and is killed (SIGKILL) at a moment drawn evenly
from the time that takes. Every file of the folder must then be of one output: the earlier one, or the new one if the
kill came after the exchange. Simulated trials keep parts: the whole run is killed, every part must be that of a run
left alone, and the run that follows must end in the same bytes.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from duonen_stats import simulate_trials, write_report
from duonen_stats.commands.export_displays import export_displays
from duonen_stats.commands.simulate_cut import write_simulation
from duonen_stats.folder import write
from duonen_stats.report import verify_report as verification
from duonen_stats.study.shipped_files import cohort_path
from duonen_stats.trials import run_trials

Writing = Callable[[Path], None]


def files(out: Path) -> dict[str, str]:
    """SHA-256 of every file by name, but for what a killed run had not given its name yet."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.endswith(".new")
    }


def noted(command: Callable[[Path], object], out: Path) -> Writing:
    """Run a command, and return what writes the same again into any folder."""
    folders: list[Mapping[str, bytes]] = []
    single: list[tuple[str, bytes]] = []
    build, file = write._build_and_swap, verification.write_file  # noqa: SLF001 - to look at what is written

    def folder(place: Path, content: Mapping[str, bytes]) -> None:
        folders.append(dict(content))
        build(place, content)

    def one(path: Path, content: bytes) -> None:
        single.append((path.name, content))
        file(path, content)

    write._build_and_swap, verification.write_file = folder, one  # noqa: SLF001
    try:
        command(out)
    finally:
        write._build_and_swap, verification.write_file = build, file  # noqa: SLF001
    if folders:
        return lambda place: write.write_outputs(place, folders[0])
    name, content = single[0]
    return lambda place: write.write_file(place / name, content)


def killed(work: Callable[[], object], wait: float | None) -> float:
    """Do work in a process of its own and kill it after some seconds, or let it end; return how long it took."""
    since = time.perf_counter()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    if wait is not None:
        while time.perf_counter() - since < wait:
            time.sleep(0.0001)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return time.perf_counter() - since


def examine(first: Writing, second: Writing, out: Path, times: int, draw: random.Random) -> Counter[str]:
    """Kill the second writing many times over the first output, and count what the folder holds afterwards."""
    second(out)
    new = files(out)
    shutil.rmtree(out)
    first(out)
    earlier = files(out)
    span = max(killed(lambda: second(out), None) for _ in range(3))
    found: Counter[str] = Counter()
    for _ in range(times):
        first(out)
        killed(lambda: second(out), draw.uniform(0, span))
        now = files(out)
        found["earlier whole" if now == earlier else "new whole" if now == new else "broken"] += 1
        beside = len([*out.parent.glob(f".{out.name}.*.new"), *out.glob(".*.new")])
        found["most left beside it"] = max(found["most left beside it"], beside)
        for left in [*out.parent.glob(f".{out.name}.*.new"), *out.glob(".*.new")]:
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    found["milliseconds"] = round(1000 * span)
    return found


def examine_trials(place: Path, times: int, draw: random.Random) -> Counter[str]:
    """Kill a run of simulated trials many times, and go on with it each time."""
    run_trials.PART_TRIALS = 4

    def work(out: Path) -> None:
        simulate_trials(out, trials=40, analyse=["pfs.primary.log_rank"], patients=12)

    work(place / "alone")
    whole, out = files(place / "alone"), place / "trials"
    span = killed(lambda: work(out), None)
    found: Counter[str] = Counter()
    for _ in range(times):
        shutil.rmtree(out, ignore_errors=True)
        killed(lambda: work(out), draw.uniform(0, span))
        now = files(out) if out.exists() else {}
        sound = all(whole.get(name) == digest for name, digest in now.items())
        found["broken" if not sound else "new whole" if now == whole else "parts of it, each whole"] += 1
        work(out)
        found["gone on with to the same bytes"] += files(out) == whole
    found["milliseconds"] = round(1000 * span)
    return found


def writings(name: str, place: Path) -> tuple[Writing, Writing, Path]:
    """Run a command on two inputs; return what writes either output, and where."""
    made = place / "made"
    if name in {"export", "verify"} and not made.exists():
        write_report(None, out=made, verify=False)
    later = place / "later"
    if name == "report":
        shutil.copytree(cohort_path(), later)
        follow_up = later / "follow_up.csv"
        follow_up.write_text(follow_up.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    if name == "report":
        first = noted(lambda out: write_report(None, out=out, verify=False), place / "a")
        second = noted(lambda out: write_report(later, out=out, verify=False), place / "b")
    elif name == "export":
        first = noted(
            lambda out: export_displays(made, form="html", out=out, displays=("table_1",)), place / "a"
        )
        second = noted(lambda out: export_displays(made, form="html", out=out), place / "b")
    elif name == "verify":
        second = noted(lambda out: verification.verify_report(made, out=out), place / "b")
        first = noted(
            lambda out: verification.write_file(out / verification.VERIFICATION, b"earlier\n"), place / "a"
        )
    else:
        first = noted(lambda out: write_simulation(out, seed=1), place / "a")
        second = noted(lambda out: write_simulation(out, seed=2), place / "b")
    return first, second, place / "out"


def main() -> None:
    """Print how often each folder held a whole output."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    names = ("simulate", "trials", "verify", "export", "report")
    parser.add_argument("--only", choices=names, action="append")
    given = parser.parse_args()
    broken = 0
    for name in given.only or names:
        draw = random.Random(f"{given.seed} {name}")  # noqa: S311 - moments, not secrets
        with tempfile.TemporaryDirectory() as folder:
            if name == "trials":
                found = examine_trials(Path(folder), given.times, draw)
                broken += given.times - found["gone on with to the same bytes"]
            else:
                found = examine(*writings(name, Path(folder)), given.times, draw)
        broken += found["broken"]
        print(f"{name}: {given.times} killed; {dict(found)}", flush=True)
    if broken:
        sys.exit(1)


if __name__ == "__main__":
    main()
