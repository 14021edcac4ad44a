from duonen_stats.displays.model.content import plain


def test_arm_d_is_as_published(shown):
    assert "31.28 GBq (range 14.26–48.67)" in plain(shown["table_s9"].sentence)


def test_each_arm_has_a_row_an_isotope(shown):
    rows = [(plain(row.cells[0]), plain(row.cells[1])) for row in shown["table_s9"].content.rows]
    assert rows == [
        ("A", "¹⁷⁷Lu"),
        ("B", "¹⁷⁷Lu"),
        ("B", "⁹⁰Y"),
        ("C", "¹⁷⁷Lu"),
        ("C", "⁹⁰Y"),
        ("D", "¹⁷⁷Lu"),
    ]
