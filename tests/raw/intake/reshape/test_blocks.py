import pytest

from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.intake.reshape.blocks import blocks_of
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sheet import Sheet


def _blocks(text: str, *patterns: str, header=()) -> list[tuple[str, int, int, int, int]]:
    """Give each table found in lines of cells parted by commas: title, lines and columns of its records."""
    rows = [(line, cells) for line, row in enumerate(text.splitlines(), 1) if any(cells := row.split(","))]
    found = blocks_of(
        rows, dict.fromkeys(patterns, {"a", "b", "c"}.__contains__), dict.fromkeys(patterns, header)
    )
    return [(one.text, max(one.header) + 1, one.last, one.start, one.end) for one in found]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("X\na,b\n1,2\n\n3,4", [("X", 3, 3, 0, 2)]),  # what follows a blank line is not known to be of it
        ("X\na,b\n1,2\nY\na,c\n3,4", [("X", 3, 3, 0, 2), ("Y", 6, 6, 0, 2)]),
        ("X\n\na,b\n1,2", [("X", 4, 4, 0, 2)]),
        ("X,,,Y\na,b,,a,c\n1,2,,,\n3,4,,5,6", [("X", 3, 4, 0, 2), ("Y", 3, 2, 3, 5)]),
        (",,,Y\nX,,,a,c\na,b,,5,6\n1,2,,7,8", [("Y", 3, 4, 3, 5), ("X", 4, 4, 0, 2)]),
        ("X,Y\na,b\n1,2", [("X", 3, 3, 0, 1), ("Y", 3, 3, 1, 2)]),  # no blank column between them
        (",X,\na,b,c\n1,2,3", [("X", 3, 3, 0, 3)]),  # a title over the middle
        ("X\na,b\nX,2\nY,\n,3", [("X", 3, 5, 0, 2)]),  # values that read like titles are values
        ("X\na,b\n1,\nX,\n\nX\na,b\n2,3", [("X", 3, 4, 0, 2), ("X", 8, 8, 0, 2)]),
        ("X\n1,2\nY\n3,4", []),
        ("X\na,b", [("X", 3, 2, 0, 2)]),
    ],
)
def test_where_tables_begin_and_end(text, blocks):
    assert _blocks(text, "X", "Y") == blocks


def test_the_name_of_the_first_column_and_stated_lines():
    assert _blocks("x,,\n\na,b\n1,2\n\n,a,c\n,3,4", "a") == [("a", 4, 4, 0, 2), ("a", 7, 7, 1, 3)]
    assert _blocks("X\n\nG,,H\na,b,c\n1,2,3", "X", header=(2, 3)) == [("X", 5, 5, 0, 3)]
    assert _blocks("X\na,b\n1,2", "X", header=(3,)) == []


LINES = """Cykl 1;;;Cykl 2;
Nr;Hb;;Nr;PLT
1;12,5;;1;200
2;13;;;
;;;;
Razem;;;;"""


def _read(pattern: str, **stated) -> Sheet:
    named = frozenset({"Nr", "Hb", "PLT"})
    known = FileDescription(block=pattern, named=named, **stated)
    return read_csv(LINES.encode(), "labs", known)


def test_tables_of_one_kind_are_one_with_what_their_titles_say():
    sheet = _read("Cykl {CYCLE}")
    assert {name: [*texts] for name, texts in sheet.cells.items()} == {
        "NR": ["1", "2", "1"], "HB": ["12,5", "13", ""], "CYCLE": ["1", "1", "2"], "PLT": ["", "", "200"],
    }  # fmt: skip
    assert sheet.numbers.tolist() == [3, 4, 3]
    assert sheet.form["separator"] == "semicolon"
    assert [(one.rule, one.lines) for one in sheet.findings] == [("RD-OUTSIDE", (6,))]


def test_a_table_that_is_not_there():
    sheet = _read("Cykl 3", separator=";")
    assert (sheet.columns, [one.rule for one in sheet.findings]) == ((), ["RD-BLOCK", "RD-OUTSIDE"])
