"""Reading a file of an output: a pipe or a device in its place is refused, as reading one may never end."""

import errno
import stat
from pathlib import Path

_NO_FILE = "it is no file but a pipe or a device"


def file_bytes(path: Path) -> bytes:
    """Read a file whole.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    OSError
        It cannot be read, or is a pipe, a socket or a device. ``strerror`` says which.

    Examples
    --------
    >>> file_bytes(Path("no such file"))
    Traceback (most recent call last):
        ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no such file'
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # of a folder reading says what it is
        raise OSError(errno.EINVAL, _NO_FILE, str(path))
    return path.read_bytes()
