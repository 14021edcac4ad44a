from dataclasses import replace

from displays.legibility import assert_legible, assert_traceable

from duonen_stats.displays.exposure.modifications import TABLE_2
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import INTERIM


def block(produced, number):
    """Rows of the first or second counting, by arm."""
    rows = produced.content.rows
    heads = [index for index, row in enumerate(rows) if row.kind == "group"] + [len(rows)]
    return {
        plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]]
        for row in rows[heads[number] + 1 : heads[number + 1]]
    }


def test_the_main_counting_is_a_partition(shown):
    for arm, cells in block(shown["table_2"], 0).items():
        n, *parts = (int(cell) for cell in cells[1:6])
        assert sum(parts) == n, arm


def test_the_other_counting_fits_the_publication(shown):
    rows = block(shown["table_2"], 1)
    assert rows["B"][2:5] == ["2", "9", "6"]
    assert rows["C"][2:5] == ["1", "9", "2"]
    assert rows["D"][2:5] == ["8", "1", "3"]
    assert rows["C"][6:] == ["+1055 (+28.5%)", "−2532 (−68.4%)"]


def test_the_plan_chooses_which_counting_stands_first(datasets, study):
    plan = replace(INTERIM, modification_counting="any_cycle")
    assert block(produce(TABLE_2, datasets, study, plan), 0)["B"][2:5] == ["2", "9", "6"]


def test_the_bars_are_legible_and_traceable(shown):
    assert_legible(shown["figure_1"].content.draw())
    assert_traceable(shown["figure_1"].content)


def test_arm_d_is_as_published(shown):
    assert "arm D, ¹⁷⁷Lu 31.28 (14.26–48.67) GBq" in plain(shown["table_s9"].sentence)


def test_the_sentence_has_every_arm_that_modifies_an_isotope(shown, study):
    words = plain(shown["table_s9"].sentence)
    for arm in study.arms:
        assert (f"arm {arm.code}, " in words) == (arm.modified_isotope is not None)


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
