"""Kill a report at random moments, without warning, and look whether the earlier report is still whole.

Each time a process that writes a report over an earlier one is killed (SIGKILL) at a moment drawn evenly from the time
such a run takes; half of the moments are drawn from its last part, in which the files are written. Then every file
of the folder must be one of one report: the earlier one, or the new one if it was finished before the kill.
"""

import argparse
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from duonen_stats.study.shipped_files import cohort_path


def command(data: Path, out: Path) -> list[str]:
    """Return the command that writes a report."""
    return [sys.executable, "-m", "duonen_stats", "report", "interim", str(data), "--out", str(out)]


def state(out: Path) -> str:
    """Tell whose report a folder holds, by the fingerprint of its data; ``broken`` unless it is whole.

    Whole: every file the manifest names is there with its SHA-256, and no other.
    """
    try:
        manifest = json.loads((out / "manifest.json").read_bytes())
        wanted = {item["name"]: item["sha256"] for item in manifest["outputs"]}
        found = {
            path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in out.rglob("*")
            if path.is_file() and path.name != "manifest.json"
        }
    except (OSError, ValueError, KeyError):
        return "broken"
    return str(manifest["data_cut"]["fingerprint"]) if found == wanted else "broken"


def killed(data: Path, out: Path, moment: tuple[str, float]) -> str:
    """Run a report and kill it; return the step it was in.

    ``moment`` is ``("start", s)``: s seconds after the start; or ``("writing", s)``: s seconds after its last
    step was announced.
    """
    process = subprocess.Popen(command(data, out), stderr=subprocess.PIPE, text=True)  # noqa: S603 - ours
    since, step = time.perf_counter(), "start"
    if moment[0] == "writing":
        assert process.stderr is not None  # noqa: S101 - it was asked for
        for line in process.stderr:
            if "writing" in line:
                break
        since = time.perf_counter()
    while time.perf_counter() - since < moment[1] and process.poll() is None:
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    _, told = process.communicate()
    if moment[0] == "writing":
        step = "writing"
    elif told.strip():
        step = told.strip().splitlines()[-1].split("] ")[-1]
    return "finished" if process.returncode == 0 else step


def main() -> None:
    """Print how often the folder held a whole report, and in which steps the runs were killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw = random.Random(given.seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(cohort_path(), place / "later")
        follow_up = place / "later" / "follow_up.csv"
        follow_up.write_text(follow_up.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        out = place / "report"
        since = time.perf_counter()
        subprocess.run(command(cohort_path(), out), check=True, capture_output=True)  # noqa: S603 - ours
        whole = time.perf_counter() - since
        earlier = state(out)
        steps: Counter[str] = Counter()
        outcomes: Counter[str] = Counter()
        leftovers = 0
        for number in range(given.times):
            in_writing = number % 2 == 1
            moment = ("writing", draw.uniform(0, 1.0)) if in_writing else ("start", draw.uniform(0, whole))
            steps[killed(place / "later", out, moment)] += 1
            after = state(out)
            outcomes["earlier" if after == earlier else "broken" if after == "broken" else "new"] += 1
            if after != earlier:
                shutil.rmtree(out, ignore_errors=True)
                subprocess.run(command(cohort_path(), out), check=True, capture_output=True)  # noqa: S603 - ours
            leftovers = max(leftovers, len(list(place.glob(".report.*"))))
        subprocess.run(command(cohort_path(), out), check=True, capture_output=True)  # noqa: S603 - ours
        print(f"{given.times} runs of about {whole:.1f} s killed. In: {dict(steps)}")
        print(f"The folder afterwards: {dict(outcomes)} (earlier report whole, new report whole, or broken)")
        print(f"Folders left beside it by killed runs: at most {leftovers}; after the next run: "
              f"{len(list(place.glob('.report.*')))}")  # fmt: skip
        if outcomes["broken"]:
            sys.exit(1)


if __name__ == "__main__":
    main()
