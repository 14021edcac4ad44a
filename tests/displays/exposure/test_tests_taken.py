from duonen_stats.displays.model.content import plain


def test_every_comparison_of_arms_is_listed_with_its_path(shown):
    rows = shown["table_s12"].content.rows
    assert len(rows) == 2 + 10 * 5
    assert all("→" in plain(row.cells[7]) for row in rows)


def test_only_signals_have_pairs_six_each(shown):
    rows = shown["table_s13"].content.rows
    signals = [plain(row.cells[0]) for row in rows if row.kind == "group"]
    assert {"Kidney dose", "Marrow dose", "Hemoglobin, V1", "eGFR, V4"} <= set(signals)
    assert len(rows) == 7 * len(signals)
