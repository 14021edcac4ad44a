"""The zip archive that a workbook is, opened only if it stays within what a data cut can be."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from duonen_stats.errors import UnreadableFileError

LARGEST = 2**30
"""An archive that unpacks to more bytes than this is refused."""
MOST_PARTS = 20_000
STEEPEST = 200
"""So many times its own size an archive may unpack to, once it unpacks to more than ``SMALL`` bytes."""
SMALL = 2**26
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class Archive:
    """The parts of an archive, by name.

    Parameters
    ----------
    data
        The whole file.

    Raises
    ------
    UnreadableFileError
        It is no archive, or claims to unpack to more than is allowed: nothing has been unpacked then.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise UnreadableFileError("it has a password, or is of the old format .xls")
        try:
            self._packed = ZipFile(BytesIO(data))
        except BadZipFile as error:
            raise UnreadableFileError("it is no archive, or is cut off") from error
        parts = self._packed.infolist()
        size = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS:
            raise UnreadableFileError(f"it has {len(parts)} parts, of which {MOST_PARTS} are allowed")
        if size > LARGEST:
            raise UnreadableFileError(f"it unpacks to {size} bytes, of which {LARGEST} are allowed")
        if size > SMALL and size > STEEPEST * len(data):
            raise UnreadableFileError(f"it unpacks to more than {STEEPEST} times its size")
        self.names = frozenset(self._packed.namelist())

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a part for reading bytes: never more of it than it claimed."""
        with self._packed.open(name) as part:
            yield part  # type: ignore[misc]
