"""Links in the folder of a data cut: one that leads out of it is not followed."""

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


def inside(folder: Path, paths: Iterable[Path]) -> tuple[list[Path], list[Finding]]:
    """Tell files of a folder from links that lead out of it.

    Parameters
    ----------
    folder
        The folder of a data cut. It may itself be reached through a link: whoever names it means it.
    paths
        Files in it.

    Returns
    -------
    paths
        Those that lie in the folder, wherever their links lead within it.
    findings
        One for each other file; where it leads is not told.
    """
    home = folder.resolve()
    kept, findings = [], []
    for path in paths:
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            message = f"{path.name} is a link that leads out of the folder; put the file itself there."
            findings.append(LINK.found(path.stem.lower(), message))
        else:
            kept.append(path)
    return kept, findings
