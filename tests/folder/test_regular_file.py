"""A pipe where a file of an output should be is refused and never waited for."""

import os

import pytest
from comparison.small_output import folder_of

from duonen_stats.comparison.read_output import read_output
from duonen_stats.errors import DataError, DuonenError, OptionError
from duonen_stats.folder.output_place import require_file
from duonen_stats.folder.provenance import REPORT
from duonen_stats.folder.regular_file import file_bytes
from duonen_stats.folder.replaceable import require_replaceable
from duonen_stats.verification.report_folder import read_manifest

FILES = {"results.csv": "a,b\n1,2\n", "empty.csv": ""}
PIPE = "no file but a pipe or a device"


def pipe_at(path):
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return path


def test_a_pipe_is_no_file(tmp_path):
    with pytest.raises(OSError, match=PIPE):
        file_bytes(pipe_at(tmp_path / "pipe"))
    (tmp_path / "file").write_bytes(b"x")
    assert file_bytes(tmp_path / "file") == b"x"
    with pytest.raises(IsADirectoryError):
        file_bytes(tmp_path)


@pytest.mark.parametrize("name", ["manifest.json", "results.csv"])
def test_an_output_with_a_pipe_is_not_compared(tmp_path, name):
    folder = folder_of(tmp_path / "out", FILES)
    pipe_at(folder / name)
    with pytest.raises(DuonenError, match=PIPE):
        read_output(folder)


@pytest.mark.parametrize("name", ["manifest.json", "results.csv", "empty.csv"])
def test_an_output_with_a_pipe_is_not_replaced(tmp_path, name):
    folder = folder_of(tmp_path / "out", FILES)
    pipe_at(folder / name)
    with pytest.raises(OptionError, match=r"no run of this package wrote|changed after"):
        require_replaceable(folder, REPORT)
    assert (folder / name).is_fifo()


def test_nothing_is_written_to_a_pipe(tmp_path):
    with pytest.raises(OptionError, match=PIPE):
        require_file(pipe_at(tmp_path / "pipe"), "list of findings", bool)


def test_a_report_with_a_pipe_is_not_verified(tmp_path):
    folder = folder_of(tmp_path / "out", FILES)
    pipe_at(folder / "manifest.json")
    with pytest.raises((DataError, OptionError), match=r"manifest\.json"):
        read_manifest(folder)
