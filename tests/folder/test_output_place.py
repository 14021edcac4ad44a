"""An output that cannot be written, or would take the place of something, is refused before the work begins."""

import os
import stat

import pytest
from comparison.small_output import folder_of

from duonen_stats.errors import OptionError
from duonen_stats.folder import output_place
from duonen_stats.folder.output_place import require_file, require_folder, require_writable
from duonen_stats.folder.provenance import AUDIT, REPORT

OURS = b"as this package wrote it"


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def ours(content):
    return content == OURS


@pytest.mark.parametrize("out", ["new", "a/b/c/new", "there", "x" * 200, "x" * 200 + "/new"])
def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path, out):
    (tmp_path / "there").mkdir()
    require_writable(tmp_path / out)
    assert names(tmp_path) == ["there"]


@pytest.mark.parametrize("out", ["file/new", "file/a/new", "x" * 300, "x" * 300 + "/new", "new/" + "x" * 300])
def test_a_place_that_cannot_be_written_is_refused_with_the_reason(tmp_path, out):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(
        OptionError, match=r"cannot be written: (Not a directory|File name too long)"
    ) as refused:
        require_writable(tmp_path / out)
    assert refused.value.option == "out"
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere"
)
def test_a_folder_without_the_right_to_write_is_refused(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(OptionError, match="Permission denied"):
            require_writable(tmp_path / "new")
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_disk_that_refuses_is_refused_with_its_words(tmp_path, monkeypatch):
    def full(_path, _kind):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output_place, "beside", full)
    with pytest.raises(OptionError, match="No space left on device"):
        require_writable(tmp_path / "new")
    assert names(tmp_path) == []


def test_a_folder_is_refused_for_each_of_the_three_reasons(tmp_path):
    earlier = folder_of(tmp_path / "earlier", {"results.csv": "a\n"}, kind=AUDIT)
    require_folder(earlier, AUDIT, None, tmp_path / "cut")
    with pytest.raises(OptionError, match="another kind"):
        require_folder(earlier, REPORT)
    with pytest.raises(OptionError, match="holds what is read"):
        require_folder(earlier, AUDIT, earlier / "results.csv")
    with pytest.raises(OptionError, match="cannot be written"):
        require_folder(earlier / "results.csv" / "new", AUDIT)


def test_a_file_of_our_own_or_an_empty_one_is_replaced_and_no_other(tmp_path):
    path = tmp_path / "list.csv"
    for content in (None, b"", OURS):
        if content is not None:
            path.write_bytes(content)
        require_file(path, "list", ours, None)
    path.write_bytes(b"mine")
    with pytest.raises(
        OptionError, match="is not a list as this package wrote it, so its content would be lost"
    ):
        require_file(path, "list", ours, None)
    assert path.read_bytes() == b"mine"
    with pytest.raises(OptionError, match="is a folder, and a file is written"):
        require_file(tmp_path, "list", ours)
    with pytest.raises(OptionError, match="holds what is read"):
        require_file(path, "list", ours, path)
