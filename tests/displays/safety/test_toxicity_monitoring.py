from duonen_stats.displays.model.content import plain


def test_the_table_says_the_rule_and_that_it_binds_nobody(shown):
    notes = " ".join(plain(note) for note in shown["table_s20"].footnotes)
    assert "more than 30 %" in notes
    assert "binds nobody" in notes


def test_rows_are_the_arms_and_the_rates_of_the_plan(shown, study):
    rows = shown["table_s20"].content.rows
    assert [plain(row.cells[0]) for row in rows] == [
        *(f"Arm {arm.code}" for arm in study.arms),
        "How the rule behaves in an arm of the planned size, at a true rate of",
        "10 %", "20 %", "30 %", "40 %", "50 %",
    ]  # fmt: skip


def test_the_figure_draws_every_arm_and_the_boundary(shown):
    figure = shown["figure_s1"].content.draw()
    labels = {line.get_label() for line in figure.axes[0].lines}
    assert {f"curve {arm}" for arm in "ABCD"} <= labels
    assert "curve boundary" in labels
    assert "Boundary" in shown["figure_s1"].content.alt
