from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.left_out import set_aside_frame


def _spoiled(worked, table, change):
    worked.read()
    path = worked.folder / f"{table}.csv"
    path.write_bytes(change(path.read_bytes()))
    cut = read_cut(worked.study, worked.folder)
    aside = [(one.row, one.reason) for one in cut.set_aside if one.table == table]
    return len(cut.tables[table]), aside


def test_lines_that_are_ragged_or_blank_are_counted(worked):
    rows, aside = _spoiled(worked, "follow_up", lambda data: data + b"P-3,x\r\n,,,,,\r\n")
    assert rows == 2
    assert aside == [(4, "line has more or fewer cells than the header"), (5, "line without any value")]


def test_lines_after_a_broken_quote_are_counted(worked):
    rows, aside = _spoiled(worked, "labs", lambda data: data.replace(b"\nP-2", b'\n"P-2', 1))
    assert rows + len(aside) == len(worked.tables["labs"])
    assert {reason for _, reason in aside} == {"could not be read"}


def test_a_table_with_two_files_is_counted_and_not_read(worked):
    worked.read()
    (worked.folder / "LABS.CSV").write_bytes((worked.folder / "labs.csv").read_bytes())
    cut = read_cut(worked.study, worked.folder)
    assert len(cut.tables["labs"]) == 0
    assert len(cut.set_aside) == 2 * len(worked.tables["labs"])


def test_as_a_table():
    assert [*set_aside_frame([]).columns] == ["table", "row", "subject", "reason"]
