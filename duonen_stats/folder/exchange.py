"""Two folders that change names in one step, and folders that tell whether their maker still runs."""

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

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
    """Tell whether no running process holds a folder; None if the system or the disk cannot tell."""
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
