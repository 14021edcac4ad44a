from duonen_stats.raw.intake.readers.spreadsheets.grid import Grid, Workbook, letters, place_of, sheet_of_grid
from duonen_stats.raw.intake.reshape.header import FileDescription


def _grid(*rows: list[object]) -> Grid:
    grid = Grid()
    for number, cells in enumerate(rows, 1):
        grid.add(number, [*cells])
    return grid


def _messages(grid: Grid) -> list[tuple[str, int | None, str]]:
    sheet = sheet_of_grid(grid, "labs", FileDescription(), {"format": "Excel"})
    return [(one.rule, one.row, one.message.partition(";")[0]) for one in sheet.findings]


def test_columns_are_named_as_in_a_spreadsheet_and_back():
    assert [place_of(f"{letters(column)}7") for column in range(1, 17_000)] == [
        (7, column) for column in range(1, 17_000)
    ]


def test_rows_end_at_their_last_filled_cell_and_are_as_wide_as_the_widest():
    grid = _grid(["A", "B", " "], [1, None, None], [None], ["x", 2])
    assert grid.rows == [(1, ["A", "B"]), (2, [1]), (4, ["x", 2])]
    sheet = sheet_of_grid(grid, "labs", FileDescription(), {})
    assert [(line, *cells.values()) for line, cells in sheet.rows] == [(2, "1", ""), (4, "x", "2")]


def test_what_a_spreadsheet_hides_is_said():
    grid = _grid(["A", "B", *(f"C{number}" for number in range(26))], [1, 2])
    grid.hidden, grid.hidden_rows = True, 2
    grid.hide_columns(2, 2)
    grid.hide_columns(28, 28)
    grid.merged, grid.unstored, grid.errors = ["B2:B3", "A1:B1"], [(2, 2)], [((2, 1), "#REF!")]
    grid.comments = [((2, 1), "preliminary")]
    assert _messages(grid) == [
        ("RD-HIDDEN", None, "The worksheet is hidden"),
        ("RD-HIDDEN", None, "Hidden: 2 rows and columns B, AB"),
        ("RD-MERGED", 1, "Cells A1:B1 are merged and only the first has a value"),
        ("RD-MERGED", 2, "Cells B2:B3 are merged and only the first has a value"),
        ("RD-FORMULA", 2, "The formula in B2 has no stored value"),
        ("RD-ERRORCELL", 2, "A2 holds #REF!"),
        ("RD-COMMENT", 2, "A2 has a comment, 'preliminary'"),
    ]


def test_merged_cells_above_the_names_are_titles():
    grid = _grid(["", "Morfologia"], ["SUBJID", "HGB", "PLT"], ["P-1", 12, 200], ["", 13, 190])
    grid.merged = ["B1:C1", "A3:A4"]
    sheet = sheet_of_grid(grid, "labs", FileDescription(named=frozenset({"SUBJID", "HGB", "PLT"})), {})
    assert [(one.rule, one.row) for one in sheet.findings] == [("RD-MERGED", 3)]


def test_a_row_struck_through_as_a_whole_is_one_finding():
    grid = _grid(["A", "B"], [1, 2], [3, 4], [None, 5])
    grid.struck = [(2, 1), (2, 2), (3, 2), (4, 2)]
    assert [(rule, row, text.partition(",")[0]) for rule, row, text in _messages(grid)] == [
        ("RD-STRUCK", 2, "Row 2 is struck through"),
        ("RD-STRUCK", 3, "B3 of row 3 is struck through"),
        ("RD-STRUCK", 4, "Row 4 is struck through"),
    ]


def test_whether_a_worksheet_is_filled_is_looked_up_once():
    read = []

    def grid(title):
        read.append(title)
        return Grid(rows=[(1, ["x"])] if title == "filled" else [])

    book = Workbook(format="any", hidden={"filled": False, "empty": True}, grid=grid)
    assert book.titles == ["filled", "empty"]
    assert [book.has_values(title) for title in ("filled", "empty", "filled", "empty")] == [True, False] * 2
    assert read == ["filled", "empty"]
