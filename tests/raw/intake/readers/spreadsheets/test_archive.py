from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers.spreadsheets import archive
from duonen_stats.raw.intake.readers.spreadsheets.archive import Archive


def _packed(**parts: bytes) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return buffer.getvalue()


def test_the_parts_of_an_archive():
    opened = Archive(_packed(a=b"one", b=b"two"))
    assert opened.names == {"a", "b"}
    with opened.open("b") as part:
        assert part.read() == b"two"


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("LARGEST", 999, "unpacks to 1000 bytes, of which 999 are allowed"),
        ("MOST_PARTS", 1, "has 2 parts, of which 1 are allowed"),
    ],
)
def test_more_than_is_allowed_is_refused_before_it_is_unpacked(monkeypatch, limit, value, message):
    data = _packed(a=b"x" * 600, b=b"x" * 400)
    Archive(data)
    monkeypatch.setattr(archive, limit, value)
    monkeypatch.setattr(ZipFile, "open", None)
    with pytest.raises(UnreadableFileError, match=message):
        Archive(data)


def test_a_part_that_unpacks_to_many_times_its_size_is_refused(monkeypatch):
    data = _packed(a=b"0" * 10**6)
    Archive(data)
    monkeypatch.setattr(archive, "SMALL", 10**5)
    with pytest.raises(UnreadableFileError, match="more than 200 times its size"):
        Archive(data)


def test_a_claim_that_is_too_small_gives_no_more_than_the_claim():
    data = bytearray(_packed(a=b"0123456789" * 100))
    for place in (data.index(b"PK\x03\x04") + 22, data.index(b"PK\x01\x02") + 24):
        data[place : place + 4] = (10).to_bytes(4, "little")
    opened = Archive(bytes(data))
    with pytest.raises(Exception, match="CRC"), opened.open("a") as part:  # noqa: PT012 - the end is read too
        assert len(part.read(5)) == 5
        part.read()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no archive"),
        (_packed(a=b"x" * 99)[:-30], "no archive"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "password"),
    ],
    ids=["empty", "cut off", "with a password"],
)
def test_what_is_no_archive(data, message):
    with pytest.raises(UnreadableFileError, match=message):
        Archive(data)
