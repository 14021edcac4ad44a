"""What is no plain file in the folder of a data cut: links that lead out of it or nowhere, devices, pipes."""

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from duonen_stats.raw.findings import CheckRule, Finding
from duonen_stats.raw.questions import EXPORT_AGAIN

LINK = CheckRule(
    "RD-LINK",
    "error",
    "A file is a link that leads out of the folder of the data cut, and is not read.",
    question=EXPORT_AGAIN,
)
IRREGULAR = CheckRule(
    "RD-IRREGULAR",
    "error",
    "What has the name of a table is no file: a pipe, a device, or a link that leads to itself.",
    question=EXPORT_AGAIN,
)


def inside(folder: Path, paths: Iterable[Path]) -> tuple[list[Path], list[Finding]]:
    """Distinguish files of a folder from links that lead out of it, and from what is no file or folder.

    Parameters
    ----------
    folder
        The folder of a data cut. It may itself be reached through a link: whoever names it means it.
    paths
        Files in it.

    Returns
    -------
    paths
        Files and folders that lie in the folder, wherever their links lead within it.
    findings
        One for each other file; where it leads is not said.
    """
    home = folder.resolve()
    kept, findings = [], []
    for path in paths:
        what = _what_it_is(path)
        if what:
            message = f"{readable(path.name)} is {what}, and was not opened; put a file there."
            findings.append(IRREGULAR.found(readable(path.stem.lower()), message))
        elif path.is_symlink() and not path.resolve().is_relative_to(home):
            message = (
                f"{readable(path.name)} is a link that leads out of the folder; put the file itself there."
            )
            findings.append(LINK.found(readable(path.stem.lower()), message))
        else:
            kept.append(path)
    return kept, findings


def _what_it_is(path: Path) -> str:
    """Say what a path is if it is neither a file nor a folder; reading such a thing may never end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return ""  # a link to what is not there: opening it says so
    except OSError:
        return "a link that leads to itself, or cannot be followed" if path.is_symlink() else ""
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "no file but a pipe or a device"


def readable(name: str) -> str:
    """Write the name of a file so that it can stand in any text, also on one line and in XML.

    Bytes that are no UTF-8, line ends and other control characters become replacement characters.

    Examples
    --------
    >>> readable("labs.csv"), readable("cut" + chr(0xDCFF)), readable("a" + chr(10) + "b")
    ('labs.csv', 'cut�', 'a�b')
    """
    return _CONTROL.sub("\ufffd", os.fsencode(name).decode("utf-8", errors="replace"))


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
