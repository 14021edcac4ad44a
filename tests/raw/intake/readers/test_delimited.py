import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.raw.intake.readers.delimited import decode, read_csv
from duonen_stats.raw.intake.reshape.header import FileDescription


@pytest.mark.parametrize(("sign", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_each_separator_is_told_by_the_header_and_reported(sign, name):
    sheet = read_csv(f"A{sign}B\n1{sign}x y\n".encode(), "labs")
    assert (sheet.columns, dict(sheet.rows[0][1])) == (("A", "B"), {"A": "1", "B": "x y"})
    assert (sheet.form["separator"], sheet.form["encoding"], sheet.findings) == (name, "UTF-8", ())


def test_a_sign_within_quotes_of_the_header_does_not_separate():
    sheet = read_csv(b'"A, B";C\n1;"2,5"\n3;"4,5"\n', "labs")
    assert sheet.columns == ("A,_B", "C")


def test_one_column_is_one_column():
    assert read_csv(b"A\n1\n", "labs").columns == ("A",)


def test_a_separator_below_a_title():
    sheet = read_csv(b"Export\nA;B\n1;2\n", "labs", FileDescription(expected=frozenset({"A", "B"})))
    assert [dict(cells) for _, cells in sheet.rows] == [{"A": "1", "B": "2"}]


def test_what_is_stated_settles_it():
    assert read_csv(b"A;B,C\n1;2,3\n", "labs", FileDescription(separator=";")).columns == ("A", "B,C")
    assert read_csv("A,ś\n".encode("cp1250"), "labs", FileDescription(encoding="cp1250")).columns == (
        "A",
        "Ś",
    )
    (found,) = read_csv("A,ś\n".encode("cp1250"), "labs", FileDescription(encoding="utf-8")).findings
    assert found.rule == "RD-ENCODING"


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


def test_an_export_of_castor():
    text = (
        "\ufeffParticipant Id;Participant Status;Site Abbreviation;Randomization Group;visit_date;comment\n"
        '01-001;Not Set;LUB;B;05-02-2022;"first; second"\n'
        "01-002;Not Set;LUB;C;01-01-2996;##USER_MISSING_96##\n"
    )
    sheet = read_csv(text.encode(), "subjects")
    assert sheet.form == {"format": "CSV", "encoding": "UTF-8", "separator": "semicolon"}
    assert sheet.header[0] == "Participant Id"
    assert sheet.rows[0][1]["COMMENT"] == "first; second"
    assert [cells["VISIT_DATE"] for _, cells in sheet.rows] == ["05-02-2022", "01-01-2996"]


def test_a_line_that_names_the_separator_is_no_line_of_the_table():
    sheet = read_csv(b"sep=;\r\nSUBJID;VALUE\r\nP-1;1,5\r\n", "labs")
    assert (sheet.columns, sheet.rows) == (("SUBJID", "VALUE"), ((3, {"SUBJID": "P-1", "VALUE": "1,5"}),))
    assert (sheet.lines, sheet.findings, sheet.form["separator"]) == (1, (), "semicolon")


def test_where_no_table_of_a_sheet_is_found_that_is_what_is_said():
    stated = FileDescription(block="Morfologia", expected=frozenset({"A", "B"}))
    found = read_csv(b"Biochemia\nA;B\n1;2,5\n", "labs", stated).findings
    assert [one.rule for one in found] == ["RD-BLOCK", "RD-OUTSIDE"]


def test_a_text_written_as_a_formula_is_that_text():
    content = '="Nr"\tWynik\n="0012"\t="12,5"\n"=""0013"""\t=HYPERLINK("x")\n=A1\t=""\n'
    sheet = read_csv(content.encode("utf-16"), "labs", FileDescription(separator="\t"))
    assert [*sheet.rows[0][1].values(), *sheet.rows[1][1].values()] == [
        "0012",
        "12,5",
        "0013",
        '=HYPERLINK("x")',
    ]
    assert [*sheet.rows[2][1].values()] == ["=A1", ""]
    assert [(one.what, one.cells) for one in sheet.converted] == [("texts written as formulas", 5)]
