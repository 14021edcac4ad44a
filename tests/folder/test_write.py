"""A results folder appears whole or not at all, and the former one is never lost."""

import os
import stat
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from duonen_stats.errors import DuonenError
from duonen_stats.folder import write
from duonen_stats.folder.provenance import manifest
from duonen_stats.folder.write import held, write_file, write_outputs
from duonen_stats.plan import INTERIM
from duonen_stats.raw.cut import Cut

NOW = datetime(2024, 4, 1, tzinfo=UTC)
CUT = Cut(name="c", tables={}, files=(), findings=(), cut_date=None, origin=None, stage=None, label="c")


def refusing(error):
    """Return a function that takes anything and raises."""

    def refuse(*_):
        raise error

    return refuse


def report(text, **more):
    """Return the files of a small report, manifest included."""
    files = {"report.html": text, "datasets/adsl.csv": text, **more}
    made = manifest(cut=CUT, plan=INTERIM, outputs=files, versions={}, started=NOW, seconds={})
    return files | {"manifest.json": made}


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def alone(folder):
    """Tell whether nothing was left beside a folder."""
    return names(folder.parent) == [folder.name]


def test_a_new_folder_and_its_parents_are_made(tmp_path):
    out = tmp_path / "not" / "there" / "yet"
    write_outputs(out, report(b"one"))
    assert content(out) == report(b"one") | {"manifest.json": content(out)["manifest.json"]}
    assert alone(out)


def test_a_former_report_is_replaced_whole(tmp_path):
    out = tmp_path / "out"
    write_outputs(out, report(b"one", gone=b"1"))
    write_outputs(out, report(b"two"))
    assert set(content(out)) == {"report.html", "datasets/adsl.csv", "manifest.json"}
    assert content(out)["report.html"] == b"two"
    assert alone(out)


def test_an_empty_folder_is_filled_and_the_systems_own_files_do_not_count(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / ".DS_Store").write_bytes(b"")
    write_outputs(out, report(b"one"))
    assert content(out)["report.html"] == b"one"


@pytest.mark.parametrize("name", ["thesis.txt", "datasets/mine.csv", "sub/folder/x"])
def test_files_of_somebody_else_are_never_lost(tmp_path, name):
    out = tmp_path / "out"
    write_outputs(out, report(b"one"))
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(b"precious")
    with pytest.raises(DuonenError, match=name):
        write_outputs(out, report(b"two"))
    assert content(out)[name] == b"precious"
    assert content(out)["report.html"] == b"one"


def test_a_folder_of_something_else_is_refused_even_with_a_manifest(tmp_path):
    (tmp_path / "manifest.json").write_text('{"made_by": "a browser extension", "outputs": []}')
    with pytest.raises(DuonenError, match=r"manifest\.json"):
        write_outputs(tmp_path, report(b"one"))


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "out").write_bytes(b"precious")
    with pytest.raises(DuonenError, match="not a folder"):
        write_outputs(tmp_path / "out", report(b"one"))
    assert (tmp_path / "out").read_bytes() == b"precious"


def test_the_usual_rights_are_given(tmp_path):
    former = os.umask(0o027)
    try:
        write_outputs(tmp_path / "out", report(b"one"))
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "out" / "report.html").stat().st_mode) == 0o640


@pytest.mark.parametrize("name", ["../outside", "/absolute", "a/../../b", "", "c:\\x"])
def test_names_stay_inside_the_folder(tmp_path, name):
    with pytest.raises(ValueError, match="not a name within"):
        write_outputs(tmp_path / "out", {name: b"x"})
    assert names(tmp_path) == []


def test_a_full_disk_leaves_the_former_report(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_outputs(out, report(b"one"))
    before, done = content(out), []

    def full(path, data):
        if done:
            raise OSError(28, "No space left on device")
        done.append(path)
        path.write_bytes(data)

    monkeypatch.setattr(write, "_write", full)
    with pytest.raises(DuonenError, match="No space left"):
        write_outputs(out, report(b"two"))
    assert content(out) == before
    assert alone(out)


@pytest.fixture
def in_two_steps(monkeypatch):
    """A system that cannot exchange two names at once."""
    monkeypatch.setattr(write, "exchange", lambda *_: False)


@pytest.mark.usefixtures("in_two_steps")
def test_without_the_exchange_a_former_report_is_replaced_whole(tmp_path):
    out = tmp_path / "out"
    write_outputs(out, report(b"one", gone=b"1"))
    write_outputs(out, report(b"two"))
    assert set(content(out)) == {"report.html", "datasets/adsl.csv", "manifest.json"}
    assert content(out)["report.html"] == b"two"
    assert alone(out)


@pytest.mark.usefixtures("in_two_steps")
@pytest.mark.parametrize(
    ("refusal", "seen", "message"),
    [
        (PermissionError(13, "Permission denied"), DuonenError, "Permission denied"),
        (KeyboardInterrupt(), KeyboardInterrupt, None),
    ],
)
def test_a_rename_that_fails_leaves_the_former_report(tmp_path, monkeypatch, refusal, seen, message):
    out = tmp_path / "out"
    write_outputs(out, report(b"one"))
    before, rename = content(out), Path.rename

    def stubborn(self, target):
        if self.name.endswith(".new"):
            raise refusal
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(seen, match=message):
        write_outputs(out, report(b"two"))
    assert content(out) == before
    assert alone(out)


def test_an_exchange_that_is_refused_leaves_the_former_report(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_outputs(out, report(b"one"))
    before = content(out)
    monkeypatch.setattr(write, "exchange", refusing(PermissionError(13, "Permission denied")))
    with pytest.raises(DuonenError, match="Permission denied"):
        write_outputs(out, report(b"two"))
    assert content(out) == before
    assert alone(out)


@pytest.mark.parametrize("name", ["thesis.txt", "report.html"])
def test_a_file_put_into_the_folder_or_changed_at_the_last_moment_is_not_lost(tmp_path, monkeypatch, name):
    out = tmp_path / "out"
    write_outputs(out, report(b"one"))
    swap = write._swap

    def late(fresh, place, kind):
        (place / name).write_bytes(b"precious")
        swap(fresh, place, kind)

    monkeypatch.setattr(write, "_swap", late)
    with pytest.raises(DuonenError, match=name):
        write_outputs(out, report(b"two"))
    assert content(out)[name] == b"precious"
    assert content(out)["datasets/adsl.csv"] == b"one"
    assert alone(out)


def test_an_interrupted_run_leaves_the_former_report(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_outputs(out, report(b"one"))
    before = content(out)
    monkeypatch.setattr(write, "_swap", refusing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_outputs(out, report(b"two"))
    assert content(out) == before
    assert alone(out)


def test_what_a_killed_run_left_is_cleared_once_it_is_old(tmp_path):
    out = tmp_path / "out"
    old, fresh = tmp_path / ".out.0123456789ab.new", tmp_path / ".out.ba9876543210.new"
    other = tmp_path / ".output.0123456789ab.new"
    for folder in (old, fresh, other):
        folder.mkdir()
        (folder / "half").write_bytes(b"")
    os.utime(old, (time.time() - 7200,) * 2)
    write_outputs(out, report(b"one"))
    assert names(tmp_path) == sorted([fresh.name, other.name, "out"])


@pytest.mark.parametrize("age", [0, 7200])
def test_a_report_set_aside_by_a_killed_run_is_brought_back_if_the_next_run_fails(tmp_path, monkeypatch, age):
    out = tmp_path / "out"
    write_outputs(out, report(b"one"))
    aside = tmp_path / ".out.0123456789ab.old"
    out.rename(aside)
    os.utime(aside, (time.time() - age,) * 2)
    monkeypatch.setattr(write, "_swap", refusing(OSError(5, "Input/output error")))
    with pytest.raises(DuonenError, match="Input/output error"):
        write_outputs(out, report(b"two"))
    assert content(out)["report.html"] == b"one"


def test_what_a_running_run_holds_is_left_alone(tmp_path):
    out, old, fresh = (tmp_path / name for name in ("out", ".out.0123456789ab.old", ".out.0123456789ab.new"))
    for folder in (old, fresh):
        folder.mkdir()
        os.utime(folder, (time.time() - 7200,) * 2)
    with held(old), held(fresh):
        write_outputs(out, report(b"one"))
        assert names(tmp_path) == sorted([old.name, fresh.name, "out"])
    write_outputs(out, report(b"two"))
    assert alone(out)


def test_where_the_system_cannot_tell_an_hour_decides(tmp_path, monkeypatch):
    monkeypatch.setattr(write, "abandoned", lambda _: None)
    out, old, fresh = (tmp_path / name for name in ("out", ".out.0123456789ab.new", ".out.ba9876543210.new"))
    for folder, age in ((old, 7200), (fresh, 600)):
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    write_outputs(out, report(b"one"))
    assert names(tmp_path) == sorted([fresh.name, "out"])


@pytest.mark.parametrize("cannot", [False, True])
def test_runs_at_the_same_time_do_not_mix(tmp_path, monkeypatch, cannot):
    if cannot:
        monkeypatch.setattr(write, "exchange", lambda *_: False)
    out = tmp_path / "out"
    texts = [bytes([65 + i]) * 2000 for i in range(6)]
    failed = []

    def run(text):
        try:
            write_outputs(out, report(text))
        except DuonenError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = content(out)
    assert not failed
    assert found["report.html"] == found["datasets/adsl.csv"]
    assert found["report.html"] in texts
    assert alone(out)


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_outputs(tmp_path / "link", report(b"one"))
    assert (tmp_path / "link").is_symlink()
    assert content(tmp_path / "real")["report.html"] == b"one"


def test_one_file_is_replaced_whole_or_kept(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "findings.csv"
    write_file(path, b"one")
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert alone(path)
    monkeypatch.setattr(Path, "replace", refusing(PermissionError(13, "Permission denied")))
    with pytest.raises(DuonenError, match=r"findings\.csv could not be written"):
        write_file(path, b"three")
    assert path.read_bytes() == b"two"
    assert alone(path)


def test_what_a_killed_run_left_beside_one_file_is_cleared_once_it_is_old(tmp_path):
    path = tmp_path / "findings.csv"
    old, fresh = tmp_path / ".findings.csv.0123456789ab.new", tmp_path / ".findings.csv.ba9876543210.new"
    for half in (old, fresh):
        half.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    write_file(path, b"one")
    assert names(tmp_path) == sorted([fresh.name, path.name])
