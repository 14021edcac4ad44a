"""The bytes of a SAS transport file: where its records are, whether all are there, and special missing values."""

import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CARD = 80
"""A transport file consists of cards of so many bytes, filled up with blanks at its end."""

_MEMBERS = (
    b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******MEMBV8  HEADER RECORD!!!!!!!",
)
_NAMESTRS = (
    b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******NAMSTV8 HEADER RECORD!!!!!!!",
)
_OBSERVATIONS = (
    b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******OBSV8   HEADER RECORD!!!!!!!",
)
_BLANK = 0x20
_NUMBER = 1
_SPECIAL = np.frombuffer(f"{string.ascii_uppercase}_".encode(), dtype=np.uint8)
"""First byte of the special missing values .A to .Z and ._; the others are zero."""


@dataclass(frozen=True, slots=True)
class XptVariable:
    """Where a variable is in a record: a number or text from a byte on, and of how many bytes."""

    is_number: bool
    position: int
    length: int


@dataclass(frozen=True, slots=True)
class Transport:
    """A transport file with one dataset: its variables in order and its records, one a row of bytes.

    ``fault`` says what is wrong if not all of the file is there.
    """

    version: int
    variables: tuple[XptVariable, ...]
    records: NDArray[np.uint8]
    fault: str = ""


def members(data: bytes) -> int:
    """Count the datasets of a transport file."""
    return sum(data.count(mark) for mark in _MEMBERS)


def version_of(data: bytes) -> int:
    """Give the version of a transport file: 5 or 8."""
    return 8 if b"LIBV8" in data[:_CARD] else 5


def transport_of(data: bytes) -> Transport:
    """Find the records of a transport file.

    Parameters
    ----------
    data
        The whole file, with one dataset.

    Raises
    ------
    ValueError
        It is no transport file, or stops before its records.
    """
    member, names, start = (_place(data, marks) for marks in (_MEMBERS, _NAMESTRS, _OBSERVATIONS))
    size = int(data[member + 74 : member + 78])
    number = int(data[names + 54 : names + 58])
    variables = [
        _variable(data[at : at + size]) for at in range(names + _CARD, names + _CARD + number * size, size)
    ]
    width = max((one.position + one.length for one in variables), default=0)
    if width == 0:
        raise ValueError("no variables")
    body = np.frombuffer(data, dtype=np.uint8, offset=start + _CARD)
    count = len(body) // width
    written = data[start + 48 : start + 63].strip()
    stated = int(written) if written.isdigit() else 0
    if 0 < stated < count and len(body) - stated * width < _CARD:
        count = stated
    while (
        count > stated and len(body) - (count - 1) * width < _CARD and is_blank(body[(count - 1) * width :])
    ):
        count -= 1
    rest = body[count * width :]
    fault = _fault(len(data), rest, count, stated)
    return Transport(version_of(data), tuple(variables), body[: count * width].reshape(count, width), fault)


def is_blank(part: NDArray[np.uint8]) -> bool:
    """Whether bytes are nothing but blanks: at the end of a file of version 5 they may be its filling."""
    return bool((part == _BLANK).all())


def _place(data: bytes, marks: Sequence[bytes]) -> int:
    found = [place for mark in marks if (place := data.find(mark)) >= 0]
    if not found:
        raise ValueError("a header is missing")
    return found[0]


def _variable(namestr: bytes) -> XptVariable:
    kind, length = (int.from_bytes(namestr[at : at + 2], "big") for at in (0, 4))
    return XptVariable(kind == _NUMBER, int.from_bytes(namestr[84:88], "big"), length)


def _fault(length: int, rest: NDArray[np.uint8], count: int, stated: int) -> str:
    if length % _CARD:
        return f"Its length of {length} bytes is no multiple of {_CARD}"
    if len(rest) >= _CARD or not is_blank(rest):
        return f"It stops within record {count + 1}"
    if stated not in {0, count}:
        return f"It says that it has {stated} records, and has {count}"
    return ""


def special_missing(transport: Transport, place: int) -> list[tuple[int, str]]:
    """Find the special missing values of a variable, as record from 0 and letter.

    Parameters
    ----------
    transport
        The file.
    place
        Of the variable, from 0.

    Returns
    -------
    list
        Empty for text.
    """
    one = transport.variables[place]
    if not one.is_number:
        return []
    cells = transport.records[:, one.position : one.position + one.length]
    special = np.isin(cells[:, 0], _SPECIAL) & (cells[:, 1:] == 0).all(axis=1)
    return [(int(row), chr(cells[row, 0])) for row in np.flatnonzero(special)]
