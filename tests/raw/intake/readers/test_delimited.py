import pytest

from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.intake.sheet import Stated


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
    sheet = read_csv(b"Export\nA;B\n1;2\n", "labs", Stated(expected=frozenset({"A", "B"})))
    assert [dict(cells) for _, cells in sheet.rows] == [{"A": "1", "B": "2"}]


def test_what_is_stated_settles_it():
    assert read_csv(b"A;B,C\n1;2,3\n", "labs", Stated(separator=";")).columns == ("A", "B,C")
    assert read_csv("A,ś\n".encode("cp1250"), "labs", Stated(encoding="cp1250")).columns == ("A", "Ś")
    (found,) = read_csv("A,ś\n".encode("cp1250"), "labs", Stated(encoding="utf-8")).findings
    assert found.rule == "RD-ENCODING"
