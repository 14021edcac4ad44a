"""A folder written by real processes that are killed, run at the same time, or find no room."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform not in {"linux", "darwin"}, reason="needs processes of a POSIX system"),
]

PROGRAM = Path(__file__).with_name("writing_processes.py")


def run(what: str, folder: Path):
    done = subprocess.run(
        [sys.executable, PROGRAM, what, folder],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROGRAM.parents[2],
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_killed_process_leaves_a_whole_folder_and_the_next_one_clears_up(tmp_path):
    found = run("killed", tmp_path)
    assert len(found["seen"]) == 10
    assert set(found["seen"]) <= {"first", "second"}
    assert (found["after"], found["beside"]) == ("third", [])


def test_processes_at_the_same_time_do_not_mix(tmp_path):
    found = run("together", tmp_path)
    assert found["codes"] == [0, 0, 0, 0]
    assert found["after"] in {"first", "second", "third", "fourth"}
    assert found["beside"] == 0
    if sys.platform == "linux":
        assert found["absent"] == 0


def test_a_full_disk_leaves_the_former_folder(tmp_path):
    found = run("full", tmp_path)
    assert "could not be written" in found["told"]
    assert "What was there before is still there" in found["told"]
    assert (found["after"], found["beside"]) == ("first", 0)
