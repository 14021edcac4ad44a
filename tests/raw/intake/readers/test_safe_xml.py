from io import BytesIO
from xml.parsers.expat import ExpatError

import pytest

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers.safe_xml import read_xml


def _events(data: bytes) -> list[object]:
    events = []
    read_xml(
        BytesIO(data),
        lambda name, attributes: events.append((name, dict(attributes))),
        lambda name: events.append(f"/{name}"),
        lambda text: events.append(repr(text)),
    )
    return events


def test_elements_attributes_and_text_without_their_namespaces():
    data = b"<a xmlns='u:x' xmlns:o='u:o' o:id='1' k='2'><o:b>x &amp; y</o:b></a>"
    assert _events(data) == [("a", {"id": "1", "k": "2"}), ("b", {}), "'x & y'", "/b", "/a"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-2", "windows-1250"])
def test_the_encoding_that_is_declared(encoding):
    data = f"<?xml version='1.0' encoding='{encoding}'?><a>Łódź</a>".encode(encoding)
    assert _events(data)[1] == "'Łódź'"


@pytest.mark.parametrize(
    "declaration",
    [
        "<!ENTITY x 'y'>",
        "<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>",
        "<!ENTITY x SYSTEM 'other.txt'>",
        "<!ENTITY % x 'y'>",
        "<!NOTATION n SYSTEM 'n'><!ENTITY x SYSTEM 'f' NDATA n>",
    ],
)
def test_entities_are_refused_before_they_are_used(declaration):
    with pytest.raises(UnreadableFileError, match="entities"):
        _events(f"<!DOCTYPE a [{declaration}]><a/>".encode())


def test_nesting_without_end_is_refused():
    with pytest.raises(UnreadableFileError, match="deep"):
        _events(b"<a>" * 300)


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"x", b"<a/><b/>"])
def test_what_is_no_xml(data):
    with pytest.raises(ExpatError):
        _events(data)
