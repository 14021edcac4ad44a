"""A folder that is filled part by part, and gone on with after an interruption."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


def make_folder(place: Path) -> None:
    """Make a folder, and those that it lies in, if they are not there."""
    place.mkdir(parents=True, exist_ok=True)


def drop_file(path: Path) -> None:
    """Remove a file that no longer says what is true, such as a manifest of fewer parts; it need not be there."""
    path.unlink(missing_ok=True)


def drop_unfinished(place: Path) -> None:
    """Remove what a killed run was writing: files that ``write_file`` had not given their names yet.

    The folder has to be held by the run that calls this, or a part of another run may be lost.
    """
    for left in [*place.glob(".*.new"), *place.glob("*/.*.new")]:
        left.unlink(missing_ok=True)


def unfinished(path: Path) -> bool:
    """Return whether a file is one that ``write_file`` had not given its name yet.

    Examples
    --------
    >>> unfinished(Path("parts/.a.parquet.0123456789ab.new")), unfinished(Path("parts/a.parquet"))
    (True, False)
    """
    return path.name.startswith(".") and path.suffix == ".new"


def content_of(path: Path) -> bytes:
    """Return the content of a file; nothing if it is not there."""
    return path.read_bytes() if path.is_file() else b""


class FilesOnDemand(Mapping[str, bytes]):
    """Files of a folder by name, each read when it is asked for: memory holds one at a time."""

    def __init__(self, place: Path, names: Sequence[str]) -> None:
        self._place, self._names = place, names

    def __getitem__(self, name: str) -> bytes:
        return (self._place / name).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
