"""Real processes that write one folder: killed without warning, several at once, or without room on the disk.

Run as a program: ``python writing_processes.py killed|together|full FOLDER``; prints what it saw as JSON.
"""

import hashlib
import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

from duonen_stats.errors import DuonenError
from duonen_stats.folder.write import write_outputs

MARKS = ("first", "second", "third", "fourth")


def files(mark: str) -> dict[str, bytes]:
    """Return a folder of forty files that all say whose they are, with a manifest."""
    made = {f"datasets/{i}.csv": f"{mark} {i}\n".encode() * 2000 for i in range(40)}
    listed = [{"name": name, "sha256": hashlib.sha256(text).hexdigest()} for name, text in made.items()]
    return made | {"manifest.json": json.dumps({"made_by": "duonen_stats", "outputs": listed}).encode()}


def state(out: Path) -> str:
    """Tell whose files a folder holds; ``broken`` if not all of one."""
    try:
        wanted = {
            item["name"]: item["sha256"]
            for item in json.loads((out / "manifest.json").read_bytes())["outputs"]
        }
        found = {
            path.relative_to(out).as_posix(): path.read_bytes()
            for path in out.rglob("*")
            if path.is_file() and path.name != "manifest.json"
        }
    except (OSError, ValueError, KeyError):
        return "broken"
    marks = {text.split(b" ")[0].decode() for text in found.values()}
    whole = {name: hashlib.sha256(text).hexdigest() for name, text in found.items()} == wanted
    return marks.pop() if whole and len(marks) == 1 else "broken"


def child(out: Path, mark: str, times: int) -> int:
    """Start a process that writes the folder a number of times."""
    process = os.fork()
    if process == 0:
        made = files(mark)
        for _ in range(times):
            write_outputs(out, made)
        os._exit(0)
    return process


def killed(out: Path) -> dict[str, object]:
    """Kill a writing process at ten random moments."""
    write_outputs(out, files("first"))
    draw, seen = random.Random(1), []  # noqa: S311 - moments, not secrets
    for _ in range(10):
        process = child(out, "second", 1000)
        time.sleep(draw.uniform(0.005, 0.15))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        seen.append(state(out))
    for path in out.parent.glob(".out.*"):
        os.utime(path, (time.time() - 120,) * 2)
    write_outputs(out, files("third"))
    return {"seen": seen, "after": state(out), "beside": [path.name for path in out.parent.glob(".out.*")]}


def together(out: Path) -> dict[str, object]:
    """Let four processes write one folder at once, and look at it all the while."""
    write_outputs(out, files("first"))
    running, absent = {child(out, mark, 5) for mark in MARKS}, 0
    codes = []
    while running:
        absent += not out.exists()
        time.sleep(0.0005)  # a loop without a pause takes a whole core from those that write
        process, status = os.waitpid(-1, os.WNOHANG)
        if process:
            running.discard(process)
            codes.append(os.waitstatus_to_exitcode(status))
    return {
        "codes": codes,
        "absent": absent,
        "after": state(out),
        "beside": len(list(out.parent.glob(".out.*"))),
    }


def full(out: Path) -> dict[str, object]:
    """Write where no file may have more than 10 kB, as on a full disk."""
    write_outputs(out, files("first"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    try:
        write_outputs(out, files("second"))
    except DuonenError as error:
        return {"told": str(error), "after": state(out), "beside": len(list(out.parent.glob(".out.*")))}
    return {"told": "", "after": state(out), "beside": 0}


if __name__ == "__main__":
    chosen = {"killed": killed, "together": together, "full": full}[sys.argv[1]]
    sys.stdout.write(json.dumps(chosen(Path(sys.argv[2]) / "out")))
