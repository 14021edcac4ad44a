"""Two folders change names in one step, and a folder tells whether its maker still runs."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from duonen_stats.folder import write as module
from duonen_stats.folder.write import abandoned, exchange, held

pytestmark = [
    pytest.mark.skipif(sys.platform not in {"linux", "darwin"}, reason="the system has no such step"),
]


def two(folder: Path) -> tuple[Path, Path]:
    for name in ("one", "other"):
        (folder / name).mkdir()
        (folder / name / "is").write_text(name)
    return folder / "one", folder / "other"


def test_two_folders_change_names(tmp_path):
    one, other = two(tmp_path)
    if not exchange(one, other):
        pytest.skip("this disk has no such step")
    assert (one / "is").read_text() == "other"
    assert (other / "is").read_text() == "one"


def test_a_name_without_a_folder_is_an_error_and_changes_nothing(tmp_path):
    one, _ = two(tmp_path)
    with pytest.raises(FileNotFoundError):
        exchange(one, tmp_path / "absent")
    assert (one / "is").read_text() == "one"


def test_a_system_without_the_step_says_so(tmp_path, monkeypatch):
    one, other = two(tmp_path)
    monkeypatch.setattr(module, "_system_call", lambda: None)
    assert not exchange(one, other)
    assert (one / "is").read_text() == "one"


def test_a_folder_is_abandoned_once_nobody_holds_it_whatever_its_name(tmp_path):
    one, _ = two(tmp_path)
    assert abandoned(one)
    with held(one), held(one):
        one.rename(tmp_path / "renamed")
        assert not abandoned(tmp_path / "renamed")
    assert abandoned(tmp_path / "renamed")
    assert abandoned(tmp_path / "absent") is None


def test_a_killed_process_holds_nothing(tmp_path):
    one, _ = two(tmp_path)
    program = (
        "import sys, time, pathlib\n"
        "from duonen_stats.folder.write import held\n"
        "with held(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(one)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert not abandoned(one)
    process.kill()
    process.wait()
    process.stdout.close()
    time.sleep(0.05)
    assert abandoned(one)
