"""XML read as it comes, without what it can do to a reader: no entities, nothing from outside, no endless depth."""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO
from xml.parsers import expat

from duonen_stats.errors import UnreadableFileError

_DEEPEST = 200
"""Elements within elements: no format here has more than twenty."""
_PART = 1 << 16

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def read_xml(file: BinaryIO, start: Start, end: End, text: Text) -> None:
    """Read a file of XML, calling a function at the start and the end of each element, and with its text.

    Names of elements and attributes come without their namespaces: an export and the same export in another
    version of its standard have the same names.

    Parameters
    ----------
    file
        Open for reading bytes. It is read in parts, and never kept as a whole.
    start, end, text
        What to call: with the name and the attributes, with the name, and with a piece of the text.

    Raises
    ------
    UnreadableFileError
        The file declares an entity, refers to another file, or is nested more than 200 deep.
    xml.parsers.expat.ExpatError
        It is no XML.

    Examples
    --------
    >>> from io import BytesIO
    >>> names = []
    >>> read_xml(BytesIO(b"<a xmlns='x'><b c='1'/></a>"), lambda name, _: names.append(name), id, id)
    >>> names
    ['a', 'b']
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0
    local = _LocalNames()

    def starts(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableFileError(f"elements are nested more than {_DEEPEST} deep")
        for key in attributes:
            if " " in key:
                attributes = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
                break
        start(local[name], attributes)

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local[name])

    parser.StartElementHandler = starts
    parser.EndElementHandler = ends
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse
    parser.UnparsedEntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    while part := file.read(_PART):
        parser.Parse(part, False)
    parser.Parse(b"", True)


class _LocalNames(dict[str, str]):
    """Names without their namespaces, each found once."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(" ")[2]
        return self[name]


def _refuse(*_: Any) -> int:
    raise UnreadableFileError("it declares entities or refers to another file")
