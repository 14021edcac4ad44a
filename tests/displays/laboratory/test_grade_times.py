from duonen_stats.displays.model.content import plain


def test_months_are_shown_where_anybody_has_the_event(final_shown):
    rows = [plain(row.cells[0]) for row in final_shown["table_e18"].content.rows]
    assert rows[0] == "Hemoglobin"
    assert "Grade ≥2" in rows
    assert "by 2 months" in rows


def test_falls_are_named_by_their_percentage(final_shown):
    rows = [plain(row.cells[0]) for row in final_shown["table_e19"].content.rows]
    assert "Fall of eGFR by 30 % or more" in rows
    assert rows.count("Events not confirmed by a later value") == 2
