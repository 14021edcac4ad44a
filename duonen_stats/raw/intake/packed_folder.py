"""A data cut that is packed, as Castor and other systems export it: one ZIP file with the files of the folder."""

import hashlib
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile, ZipInfo

from duonen_stats.errors import DataError
from duonen_stats.raw.findings import CheckRule, shown
from duonen_stats.raw.intake.links import readable
from duonen_stats.raw.intake.readers.spreadsheets.archive import LARGEST, SMALL, STEEPEST
from duonen_stats.raw.questions import EXPORT_AGAIN

PACKED = ".zip"
"""Ending of a file that may be given in place of a folder."""
ARCHIVES = frozenset({PACKED, ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst"})
"""Endings of files that hold files."""
MOST_FILES = 2_000
"""A packed cut with more files than this is refused."""
_ENCRYPTED = 1

ARCHIVE = CheckRule(
    "RD-ARCHIVE",
    "warning",
    "An archive is in the folder of the data cut; nothing in it was read.",
    question=EXPORT_AGAIN,
)


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, str | None]]:
    """Give the folder of a data cut, unpacked for as long as it is read if it is a ZIP file.

    Parameters
    ----------
    path
        A folder or file. What is no ZIP file stays as it is.

    Yields
    ------
    folder : pathlib.Path
        Of a ZIP file the folder that holds its files: one that alone is in it counts as that folder.
    digest : str or None
        The sha256 of the ZIP file.

    Raises
    ------
    DataError
        The ZIP file is damaged or encrypted, holds another archive, links or names that lead out of a folder, or
        claims to unpack to more than a data cut can be; nothing is unpacked then.
    """
    if path.suffix.lower() != PACKED or not path.is_file():
        yield path, None
        return
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    with TemporaryDirectory(prefix="duonen-") as place:
        folder = Path(place) / path.stem
        folder.mkdir()
        try:
            with ZipFile(path) as packed:
                members = _admitted(packed, path)
                for member in members:
                    _write(packed, member, folder / member.filename)
        except (BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
            raise DataError(
                f"{readable(path.name)} cannot be unpacked ({error}); pack it again, or give the folder."
            ) from error
        yield _innermost(folder), digest


def _admitted(packed: ZipFile, path: Path) -> list[ZipInfo]:
    """List the files of an archive, or refuse it by what it claims to hold."""
    members = [one for one in packed.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
    why = next((found for one in members if (found := _fault(one))), None) or _excess(members, path)
    names = [one.filename.casefold() for one in members]
    twice = next((one.filename for one in members if names.count(one.filename.casefold()) > 1), None)
    if why is None and twice is not None:
        why = f"it has {shown(readable(twice))} more than once"
    if why is not None:
        raise DataError(
            f"{readable(path.name)} is not unpacked: {why}. Unpack it yourself, and give the folder."
        )
    return members


def _is_hidden(name: str) -> bool:
    """Whether a file is of the system that packed it, and no data."""
    return any(
        part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts if part != ".."
    )


def _fault(member: ZipInfo) -> str | None:
    name = shown(readable(member.filename))
    parts = PurePosixPath(member.filename).parts
    foreign = PureWindowsPath(member.filename)
    if (
        not parts
        or ".." in parts
        or member.filename.startswith("/")
        or foreign.drive
        or "\\" in member.filename
    ):
        return f"the name {name} leads out of the folder"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind and not stat.S_ISREG(kind):
        return f"{name} is a link, or not a file"
    if member.flag_bits & _ENCRYPTED:
        return f"{name} has a password"
    if PurePosixPath(member.filename).suffix.lower() in ARCHIVES:
        return f"{name} in it is an archive itself"
    return None


def _excess(members: list[ZipInfo], path: Path) -> str | None:
    size = sum(one.file_size for one in members)
    steep = next(
        (
            one
            for one in members
            if one.file_size > SMALL and one.file_size > STEEPEST * max(one.compress_size, 1)
        ),
        None,
    )
    if len(members) > MOST_FILES:
        return f"it has {len(members)} files, of which {MOST_FILES} are allowed"
    if size > LARGEST:
        return f"it unpacks to {size} bytes, of which {LARGEST} are allowed"
    if steep is not None:
        return f"{shown(readable(steep.filename))} unpacks to more than {STEEPEST} times its size"
    if sum(one.compress_size for one in members) > path.stat().st_size:
        return "its files share bytes"
    return None


def _write(packed: ZipFile, member: ZipInfo, file: Path) -> None:
    """Unpack one file: no more bytes than it claims are read, and others than it claims are an error."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(member) as content, file.open("wb") as opened:
        shutil.copyfileobj(content, opened)


def _innermost(folder: Path) -> Path:
    inside = [*folder.iterdir()]
    while len(inside) == 1 and inside[0].is_dir():
        folder = inside[0]
        inside = [*folder.iterdir()]
    return folder
