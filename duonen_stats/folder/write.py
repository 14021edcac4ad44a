"""A folder of results that appears whole or not at all, and never costs the one that was there before."""

import ctypes
import errno
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePosixPath

from duonen_stats.errors import DuonenError
from duonen_stats.folder.provenance import MANIFEST, REPORT, account_of
from duonen_stats.folder.replaceable import require_replaceable

# Two folders that change names in one step, and folders that show whether their maker still runs.


if sys.platform != "win32":
    import fcntl

_HERE = -100
"""AT_FDCWD of Linux: a name is read from the folder the process is in."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS."""
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders of one disk, so that neither name is ever without a folder.

    Returns
    -------
    bool
        Whether it was done: False if the operating system or the disk has no such step. Nothing has
        happened then.

    Raises
    ------
    OSError
        The system has the step and refuses it; ``FileNotFoundError`` if a folder is not there.
    """
    rename = _system_call()
    if rename is None:
        return False
    if rename(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


@cache
def _system_call() -> Callable[[bytes, bytes], int] | None:
    """Find what the C library calls the step: renameat2 on Linux, renamex_np on macOS."""
    if sys.platform not in {"linux", "darwin"}:
        return None
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        swap = getattr(library, "renamex_np", None)
        return None if swap is None else lambda one, other: int(swap(one, other, _EXCHANGE))
    call = getattr(library, "renameat2", None)
    return None if call is None else lambda one, other: int(call(_HERE, one, _HERE, other, _EXCHANGE))


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Mark a folder as in use until the block ends or the process dies, whatever name the folder gets meanwhile.

    The mark is a lock that the system keeps for the process; where there is none, the folder is not marked.
    """
    handle = _locked(folder)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def abandoned(folder: Path) -> bool | None:
    """Return whether no running process holds a folder; None if the system or the disk does not say."""
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    finally:
        os.close(handle)
    return True


def _locked(folder: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        # Shared, so that two runs which both mean to replace a folder do not wait for each other.
        fcntl.flock(handle, fcntl.LOCK_SH)
    except OSError:
        os.close(handle)
        return None
    return handle


_STALE_AFTER = 3600.0
"""Seconds after which a leftover is taken for abandoned where the system does not say whether its maker runs."""
_SETTLED_AFTER = 60.0
"""Seconds a new folder may take from being made to being held."""
_TRIES = 20
_RACES = frozenset({errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY})
"""What a rename says if another run has given or taken the name meanwhile."""
_MARK = 6


def write_outputs(out: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder in one go.

    The files are built in a new folder beside ``out`` and brought to disk; only then does the new folder take
    the name ``out``, and the former one is removed last. Where the system can (Linux, macOS), the two exchange
    their names in one step, so that ``out`` is a whole folder at every moment, also if the process is killed.
    Elsewhere a run killed between two renames leaves the former folder aside, and the next run brings it back.
    Of two runs at once one wins, whole.

    Parameters
    ----------
    out
        Folder to make or to replace. It is replaced only if it is empty or holds nothing but a former output
        of the same kind, as it was written (what the ``manifest.json`` in it accounts for).
    files
        Content of each file under its name relative to ``out``, with ``/`` between folders. The manifest among
        them says which kind of output it is.

    Raises
    ------
    DuonenError
        ``out`` holds something else, or the disk refuses. What was there before is then still there.
    """
    out, kind = out.resolve(), _kind(files)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _recover(out)
        require_replaceable(out, kind)
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
    fresh = beside(path, "new")
    try:
        _remove_stale(path)
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
    fresh = beside(out, "new")
    try:
        fresh.mkdir()
        with held(fresh):
            for name, content in files.items():
                _write(fresh / _relative(name), content)
            for folder in (fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
                _sync_folder(folder)
            _swap(fresh, out, _kind(files))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _sync_folder(out.parent)


def _swap(fresh: Path, out: Path, kind: str) -> None:
    """Give ``fresh`` the name ``out``; try again if another run takes the name meanwhile.

    What is under the name ``fresh`` afterwards, if anything, is the former folder.
    """
    for _ in range(_TRIES):
        try:
            if not out.exists():
                fresh.rename(out)
                return
            if exchange(fresh, out):
                _give_back_if_strange(fresh, out, kind)
                return
        except OSError as error:
            if error.errno not in _RACES or not fresh.exists():
                raise
            continue
        if _swap_in_two_steps(fresh, out):
            return
    raise DuonenError(f"Other runs keep writing to {out}. Wait for them, or name another folder.")


def _give_back_if_strange(former: Path, out: Path, kind: str) -> None:
    """Undo the exchange if somebody has put a file into the former folder, or changed one, since it was judged."""
    try:
        require_replaceable(former, kind)
    except FileNotFoundError:  # another run has cleared it away
        return
    except DuonenError:
        exchange(former, out)
        require_replaceable(out, kind)
        raise


def _kind(files: Mapping[str, bytes]) -> str:
    account = account_of(files.get(MANIFEST, b""))
    return REPORT if account is None else account.kind


def _swap_in_two_steps(fresh: Path, out: Path) -> bool:
    """Move the former folder aside, then give ``fresh`` the name; False if another run has taken it meanwhile."""
    former = beside(out, "old")
    with held(out):
        try:
            out.rename(former)
            fresh.rename(out)
        except BaseException as error:
            if not former.exists():
                if isinstance(error, FileNotFoundError):
                    return False
                raise
            if not out.exists():
                former.rename(out)
                raise
            if not isinstance(error, OSError):
                raise
    # The name holds a whole folder now, this run's or another's: what was moved aside is outdated.
    shutil.rmtree(former, ignore_errors=True)
    return not fresh.exists()


def _recover(out: Path) -> None:
    """Bring back a former report whose replacement was killed between the two renames."""
    if out.exists():
        return
    left = sorted(filter(Path.is_dir, _leftovers(out, "old")), key=lambda path: path.stat().st_mtime)
    if left and _is_stale(left[-1], settled_after=0.0):
        left[-1].rename(out)


def _remove_stale(out: Path) -> None:
    for path in (*_leftovers(out, "new"), *_leftovers(out, "old")):
        if path.is_dir():
            if _is_stale(path, settled_after=_SETTLED_AFTER):
                shutil.rmtree(path, ignore_errors=True)
        elif _age(path) > _STALE_AFTER:  # of a single file, which is written in a moment
            path.unlink(missing_ok=True)


def _is_stale(path: Path, *, settled_after: float) -> bool:
    free = abandoned(path)
    if free is None:
        return _age(path) > _STALE_AFTER
    return free and _age(path) >= settled_after


def _leftovers(out: Path, kind: str) -> list[Path]:
    mark = "[0-9a-f]" * (2 * _MARK)
    return list(out.parent.glob(f".{_escaped(out.name)}.{mark}.{kind}"))


def beside(out: Path, kind: str) -> Path:
    """Give the name of a new place in the same folder: ``"new"`` for what is built, ``"old"`` for what is replaced."""
    return out.with_name(f".{out.name}.{secrets.token_hex(_MARK)}.{kind}")


def _escaped(name: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)


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
