import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.raw.intake.readers.encoding import decode

POLISH = "Zażółć gęślą jaźń; Łódź, ŻÓŁĆ; 10³/µl, 1.73 m²"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_unicode_in_every_form(codec, name):
    found = decode(POLISH.encode(codec))
    if codec in {
        "utf-16-le",
        "utf-16-be",
    }:  # letters beyond Latin-1 have no NUL byte: without a mark, only ASCII is sure
        found = decode(b"SUBJID,VALUE\n01,2\n".decode().encode(codec))
        assert (found.text, found.encoding) == ("SUBJID,VALUE\n01,2\n", name)
    else:
        assert (found.text, found.encoding) == (POLISH, name)


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("ból głowy, świąd, źle", "cp1250", "Windows-1250"),
        ("ból głowy, świąd, źle", "iso8859_2", "ISO 8859-2"),
        ("10³/µL, 1.73 m²", "cp1252", "Windows-1252"),
        ("µmol/L", "cp1250", "Windows-1250 or Windows-1252"),
        ("ból", "cp1250", "Windows-1250 or ISO 8859-2 or Windows-1252"),
        ("żółć ŁÓDŹ", "cp1250", "Windows-1250"),
    ],
)
def test_one_byte_encodings_are_told_by_what_can_stand_where(text, codec, name):
    found = decode(text.encode(codec))
    assert (found.text, found.encoding) == (text, name)


@pytest.mark.parametrize("data", [b"a\x81b", b"\xff\xfe\x00", b"caf\xa4", bytes(range(128, 256))])
def test_what_cannot_be_told_is_not_guessed(data):
    found = decode(data)
    assert found.text is None
    assert "line 1" in found.fault


def test_a_stated_encoding_is_believed_or_refused():
    assert decode("¿ż".encode(), "cp1250").encoding == "cp1250"
    assert decode(b"a\n\xff", "utf-8").line == 2


@pytest.mark.law
@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="aąćęłńóśźżĄĆĘŁŃÓŚŹŻ bZ,\n", max_size=40),
    st.sampled_from(["cp1250", "iso8859_2", "utf-8"]),
)
def test_a_text_is_read_as_written_or_not_at_all(text, codec):
    found = decode(text.encode(codec))
    assert found.text in {text, None}
