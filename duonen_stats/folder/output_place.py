"""Whether an output can be written where it is asked for: found before the work begins, not when it is done."""

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from duonen_stats.errors import OptionError
from duonen_stats.folder.regular_file import file_bytes
from duonen_stats.folder.replaceable import require_apart, require_replaceable
from duonen_stats.folder.write import beside


def require_folder(out: Path | str, kind: str, *read: Path | str | None) -> None:
    """Refuse a folder that an output of a kind cannot be written to.

    Parameters
    ----------
    out
        The folder to write; it need not be there.
    kind
        What kind of output it will hold, as its manifest will name it.
    read
        Files and folders that are read; None is none.

    Raises
    ------
    OptionError
        ``out`` holds what is read, or something else than an earlier output of the kind as it was written; or the
        disk does not let it be written. Nothing has changed then.
    """
    require_apart(out, *read)
    require_replaceable(Path(out).resolve(), kind)
    require_writable(out)


def require_file(
    out: Path | str, what: str, is_ours: Callable[[bytes], bool], *read: Path | str | None
) -> None:
    """Refuse a file that an output cannot be written to.

    Parameters
    ----------
    out
        The file to write; it need not be there.
    what
        What is written, in words: ``"list of findings"``.
    is_ours
        Whether the content of a file is such an output, as this package wrote it.
    read
        Files and folders that are read; None is none.

    Raises
    ------
    OptionError
        ``out`` is a folder, is what is read, or holds something else than an earlier output of the kind; or the disk
        does not let it be written. Nothing has changed then.
    """
    require_apart(out, *read)
    path = Path(out)
    if path.is_dir():
        raise OptionError("out", f"{path} is a folder, and a file is written. Name a file in it.")
    require_writable(path)
    try:
        content = file_bytes(path) if path.exists() else b""
    except OSError as error:
        raise OptionError(
            "out",
            f"{path} is there already and cannot be read ({error.strerror or error}). Name another file.",
        ) from error
    if content and not is_ours(content):
        raise OptionError(
            "out",
            f"{path} is there already and is not a {what} as this package wrote it, so its content would be lost. "
            "Name another file, or move that one away.",
        )


def require_writable(out: Path | str) -> None:
    """Raise ``OptionError`` if the disk does not let a file or folder be made at ``out``.

    It is tried in the nearest folder that is there: with the same names, in a folder of its own that is removed again.
    """
    path = Path(out).resolve()
    trial = None
    try:
        there = next((parent for parent in path.parents if parent.exists()), path.parent)
        missing = path.parent.relative_to(there)
        trial = there / f".duonen.{secrets.token_hex(6)}.new"
        trial.mkdir()
        (trial / missing).mkdir(parents=True, exist_ok=True)
        beside(trial / missing / path.name, "new").mkdir()
    except OSError as error:
        raise OptionError(
            "out",
            f"{path} cannot be written: {error.strerror or error}. Check your rights to the folder that holds it, and "
            "the free space, or name another place.",
        ) from error
    finally:
        if trial is not None:
            shutil.rmtree(trial, ignore_errors=True)
