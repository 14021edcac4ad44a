import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.intake.reshape.header import FileDescription


def _rules(data: bytes) -> list[tuple[str, int | None]]:
    return [(one.rule, one.row) for one in read_csv(data, "labs").findings]


def test_a_clean_file():
    sheet = read_csv(b"A,B\r\n1,x\r\n2,\r\n", "labs")
    assert sheet.columns == ("A", "B")
    assert [(line, dict(cells)) for line, cells in sheet.rows] == [
        (2, {"A": "1", "B": "x"}),
        (3, {"A": "2", "B": ""}),
    ]
    assert (sheet.lines, sheet.findings) == (2, ())


@pytest.mark.parametrize(
    "head", [b"\xef\xbb\xbfSUBJID,LBDT", b"subjid,lbdt", b" Subjid , LbDt ", b'"SUBJID","LBDT"']
)
def test_byte_order_mark_case_space_and_quotes_in_the_header(head):
    sheet = read_csv(head + b"\n P-1 ,x\n", "labs")
    assert sheet.columns == ("SUBJID", "LBDT")
    assert dict(sheet.rows[0][1]) == {"SUBJID": "P-1", "LBDT": "x"}


def test_spaces_inside_a_column_name_are_underscores():
    assert read_csv(b"lu177  mbq\n1\n", "labs").columns == ("LU177_MBQ",)


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        (b"", [("RD-EMPTY", None)]),
        (b"\n\n  \n", [("RD-EMPTY", None)]),
        (b"\xef\xbb\xbf", [("RD-EMPTY", None)]),
        (b"A,B\n1,\x81\n", [("RD-ENCODING", 2)]),
        (b'A,B\n1,"2\n3,4\n', [("RD-BROKEN", 2)]),
        (b'A,B\n1,2\n3,"4"5\n', [("RD-BROKEN", 3)]),
        (b"A;B,C\n1;2,3\n", [("RD-DELIMITER", 1)]),
        (b"A,B,a\n1,2,3\n", [("RD-HEADER", 1)]),
        (b"A,,B\n1,x,2\n", [("RD-UNNAMED", 1)]),
        (b"A,,B\n1,,2\n", []),
        (b"A,B\n1\n1,2,3\n1,2\n", [("RD-RAGGED", 2), ("RD-RAGGED", 3)]),
        (b"A,B\n1,2,,\n", []),
        (b"A,B\n,\n1,2\n\n", [("RD-BLANK", 2)]),
    ],
)
def test_what_can_be_wrong_with_the_form_of_a_file(data, rules):
    assert _rules(data) == rules


def test_lines_that_are_not_read_are_counted():
    sheet = read_csv(b"A,B\n1\n1,2\n,\n", "labs")
    assert (sheet.lines, len(sheet.rows)) == (3, 1)


def test_column_names_are_found_below_a_title_and_not_taken_for_records():
    stated = FileDescription(expected=frozenset({"SUBJID", "CYCLE", "EXDT"}))
    data = (
        b"Export of the day,,\n\nSubjid,Cycle,Exdt\nP-1,T1,2023-01-10\nSUBJID,CYCLE,EXDT\nP-2,T1,2023-01-11\n"
    )
    sheet = read_csv(data, "administrations", stated)
    assert sheet.columns == ("SUBJID", "CYCLE", "EXDT")
    assert [(line, cells["SUBJID"]) for line, cells in sheet.rows] == [(4, "P-1"), (6, "P-2")]
    assert [(one.rule, one.severity, one.row) for one in sheet.findings] == [
        ("RD-HEADROW", "warning", 1),
        ("RD-HEADROW", "warning", 5),
    ]


def test_a_first_row_with_the_expected_names_is_the_header_whatever_follows():
    stated = FileDescription(expected=frozenset({"A", "B"}))
    assert read_csv(b"A,B\n1,2\n", "labs", stated).findings == ()


def test_of_a_column_named_twice_the_first_counts():
    assert dict(read_csv(b"A,A\n1,2\n", "labs").rows[0][1]) == {"A": "1"}


def test_a_row_is_known_by_the_line_it_begins_on():
    sheet = read_csv(b'A,B\n1,"two\nlines"\n3,4\n', "labs")
    assert [line for line, _ in sheet.rows] == [2, 4]


def test_what_stands_before_a_broken_line_is_read():
    sheet = read_csv(b'A,B\n1,2\n3,"4\n', "labs")
    assert [dict(cells) for _, cells in sheet.rows] == [{"A": "1", "B": "2"}]


_TEXT = st.text(alphabet='aA,";\n\r\t 1.\x00ż', max_size=40)


@pytest.mark.law
@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=60), _TEXT.map(str.encode)))
def test_any_bytes_give_a_sheet_whose_rows_have_its_columns(data):
    sheet = read_csv(data, "labs")
    assert len(sheet.rows) <= sheet.lines
    assert all(set(cells) == set(sheet.columns) for _, cells in sheet.rows)
    assert sheet.columns or sheet.findings or not sheet.rows
    assert len({line for line, _ in sheet.rows}) == len(sheet.rows)
