from duonen_stats.displays.model.content import plain


def test_the_rows_of_cycles_and_candidates(shown, results):
    rows = {
        plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]]
        for row in shown["table_s45"].content.rows
    }
    number = int(results.value("course.changed_cycles.all.cycles"))
    assert rows["Given"][0] == str(number)
    assert sum(int(cell) for cell in rows["Given"][1:]) == number
    assert rows["Late"][0] == str(int(results.value("course.changed_cycles.all.delayed")))
    assert "Patients" in rows
