"""A folder of results that appears whole or not at all, and never costs the one that was there before."""

import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from duonen_stats.errors import DuonenError
from duonen_stats.report.provenance import MANIFEST, files_of

_STALE_AFTER = 3600.0
_TRIES = 20
_LEFT_BY_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def write_outputs(out: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder in one go.

    The files are built in a new folder beside ``out`` and brought to disk; only then does the new folder take
    the name ``out``, and the former one is removed last. Of two runs at once one wins, whole.

    Parameters
    ----------
    out
        Folder to make or to replace. It is replaced only if it is empty or holds nothing but a former report
        (what the ``manifest.json`` in it accounts for).
    files
        Content of each file under its name relative to ``out``, with ``/`` between folders.

    Raises
    ------
    DuonenError
        ``out`` holds something else, or the disk refuses. What was there before is then still there.
    """
    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _recover(out)
        require_replaceable(out)
        _remove_stale(out)
        _build_and_swap(out, files)
    except OSError as error:
        raise DuonenError(
            f"The results could not be written to {out}: {error.strerror or error}. What was there before is "
            "still there. Check the free space and your rights to the folder, close files opened from it, or "
            "name another folder."
        ) from error


def write_file(path: Path, content: bytes) -> None:
    """Write one file whole or not at all, replacing a former one; its folder is made if it is not there.

    Raises ``DuonenError`` if the disk refuses; a former file is then still there.
    """
    path = path.resolve()
    fresh = _beside(path, "new")
    try:
        _write(fresh, content)
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise DuonenError(
            f"{path} could not be written: {error.strerror or error}. Check the free space and your rights "
            "to the folder, close the file if it is open, or name another file."
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def _build_and_swap(out: Path, files: Mapping[str, bytes]) -> None:
    fresh = _beside(out, "new")
    try:
        fresh.mkdir()
        for name, content in files.items():
            _write(fresh / _relative(name), content)
        for folder in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
            _sync_folder(folder)
        _swap(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _sync_folder(out.parent)


def _swap(fresh: Path, out: Path) -> None:
    """Give ``fresh`` the name ``out``; try again if another run takes the name meanwhile."""
    for _ in range(_TRIES):
        former = _move_aside(out)
        try:
            fresh.rename(out)
        except OSError:
            if not out.exists():
                if former is not None:
                    former.rename(out)
                raise
        else:
            fresh = out
        # The name holds a whole folder now, this run's or another's: what was moved aside is outdated.
        if former is not None:
            shutil.rmtree(former, ignore_errors=True)
        if fresh == out:
            return
    raise DuonenError(f"Other runs keep writing to {out}. Wait for them, or name another folder.")


def _move_aside(out: Path) -> Path | None:
    former = _beside(out, "old")
    try:
        out.rename(former)
    except FileNotFoundError:
        return None
    return former


def require_replaceable(out: Path) -> None:
    """Raise ``DuonenError`` if ``out`` is something that ``write_outputs`` would not replace."""
    if not out.exists():
        return
    if not out.is_dir() or out == Path(out.anchor):
        raise DuonenError(f"{out} is not a folder that can be replaced. Name another folder for the results.")
    present = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()}
    present = {name for name in present if PurePosixPath(name).name not in _LEFT_BY_THE_SYSTEM}
    known = files_of((out / MANIFEST).read_bytes()) if MANIFEST in present else frozenset()
    strange = sorted(present - (known or frozenset()))
    if strange:
        shown = ", ".join(strange[:3]) + (f" and {len(strange) - 3} more" if len(strange) > 3 else "")  # noqa: PLR2004
        raise DuonenError(
            f"{out} holds files that no report of this package wrote ({shown}), and they would be lost. "
            "Name another folder for the results, or move these files away."
        )


def _recover(out: Path) -> None:
    """Bring back a former report whose replacement was killed between the two renames."""
    if out.exists():
        return
    left = sorted(_leftovers(out, "old"), key=lambda path: path.stat().st_mtime)
    if left and _age(left[-1]) > _STALE_AFTER:
        left[-1].rename(out)


def _remove_stale(out: Path) -> None:
    for path in (*_leftovers(out, "new"), *_leftovers(out, "old")):
        if _age(path) > _STALE_AFTER:
            shutil.rmtree(path, ignore_errors=True)


def _leftovers(out: Path, kind: str) -> list[Path]:
    return [path for path in out.parent.glob(f".{_escaped(out.name)}.*.{kind}") if path.is_dir()]


def _beside(out: Path, kind: str) -> Path:
    return out.with_name(f".{out.name}.{secrets.token_hex(6)}.{kind}")


def _escaped(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _relative(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or ":" in name:
        raise ValueError(f"{name!r} is not a name within the folder")
    return path


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
