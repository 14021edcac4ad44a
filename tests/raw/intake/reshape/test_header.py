"""The lines of column names: names distinguished, groups, units and normal ranges below them."""

import pytest

from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.intake.reshape.header import FileDescription


@pytest.mark.parametrize(
    ("named", "columns", "rules"),
    [
        ({"ID"}, ("ID", "DATE", "DATE_(2)"), []),
        ({"ID", "Date", "date (2)"}, ("ID", "DATE", "DATE_(2)"), []),
        ({"ID", "Date"}, ("ID", "DATE"), ["RD-HEADER"]),
        (set(), ("ID", "DATE"), ["RD-HEADER"]),
    ],
)
def test_columns_of_one_name_are_numbered_for_a_mapping_that_does_not_leave_open_which_it_means(
    named, columns, rules
):
    stated = FileDescription(named=frozenset(named), expected=frozenset(named))
    sheet = read_csv(b"ID,Date,Date\n1,a,b\n", "labs", stated)
    assert (sheet.columns, [one.rule for one in sheet.findings]) == (columns, rules)


def test_stated_lines_of_names_groups_and_units():
    data = b"Title,,,\n,Cycle 1,,Cycle 2\nID,Date,A,Date\n,,GBq,\n1,a,2,b\n"
    stated = FileDescription(header=(2, 3), units_line=4)
    sheet = read_csv(data, "administrations", stated)
    assert sheet.header == ("ID", "Cycle 1 Date", "Cycle 1 A [GBq]", "Cycle 2 Date")
    assert [(line, *row.values()) for line, row in sheet.rows] == [(5, "1", "a", "2", "b")]
    gone = read_csv(b"A,B\n1,2\n", "labs", FileDescription(header=(7,)))
    assert [one.rule for one in gone.findings] == ["RD-EMPTY"]


def test_a_stated_line_of_normal_ranges_is_no_row_but_beside_the_columns():
    data = b"ID,HGB,PLT\nrange,12-16,\nunit,g/dl,G/l\n1,13,200\n"
    sheet = read_csv(data, "labs", FileDescription(units_line=3, limits_line=2))
    assert (sheet.header, sheet.lines, sheet.findings) == (("ID [unit]", "HGB [g/dl]", "PLT [G/l]"), 1, ())
    ranges = {name: [*texts] for name, texts in sheet.ranges.items()}
    assert ranges == {"ID_[UNIT]": ["range"], "HGB_[G/DL]": ["12-16"]}


def test_what_is_between_the_names_and_a_stated_line_is_warned_of():
    data = b"ID,HGB\n1,13\n2,14\n,12-16\n3,15\n"
    sheet = read_csv(data, "labs", FileDescription(limits_line=4))
    (finding,) = sheet.findings
    assert (finding.rule, finding.lines, sheet.lines) == ("RD-HEADROW", (2, 3), 1)
    assert finding.message.startswith("2 lines between the column names and")
