from comparison.small_output import CUT, DISPLAYS, output

from duonen_stats.comparison.changed_displays import compare_displays, read_register

OLD = DISPLAYS + (
    "section:summary,section,,Summary,a,1.2\n"
    "table_1,table,Table 1,Baseline,a,1.2\n"
    "table_1,table,Table 1,Baseline,b,5\n"
    "figure_1,figure,Figure 1,Points,c,7\n"
    "table_2,table,Table 2,Gone,d,1\n"
    "section:empty,section,,Empty,,\n"
)


def compared(old, new, changed=(), files=({}, {}), date="2024-03-31"):
    first = output({"displays.csv": old} | files[0])
    second = output({"displays.csv": new} | files[1], data_cut=CUT | {"date": date})
    return {item.key: item for item in compare_displays(first, second, changed)}


def test_displays_that_show_another_number_are_touched():
    found = compared(OLD, OLD.replace("a,1.2", "a,1.3"), {"a"})
    assert set(found) == {"section:summary", "table_1"}
    table = found["table_1"]
    assert (table.statistics, table.shown) == (("a",), (("a", "1.2", "1.3"),))
    assert (table.numbers, table.name, table.what()) == (
        2,
        "Table 1",
        "1 of 2 statistics in either, 1 as shown",
    )
    assert found["section:summary"].name == "section Summary"


def test_a_statistic_that_changed_unseen_touches_too():
    found = compared(OLD, OLD, {"c"})
    assert found["figure_1"].what() == "1 of 1 statistics in either, none as shown"


def test_numbers_that_went_and_came_count_among_those_of_either_side():
    found = compared(OLD, OLD.replace("table_1,table,Table 1,Baseline,b,5\n", ""), {"a", "b"})
    assert found["table_1"].what() == "2 of 2 statistics in either, 1 as shown"


def test_displays_come_and_go():
    found = compared(OLD, OLD.replace("table_2,table,Table 2,Gone", "table_3,table,Table 3,Fresh"))
    assert {key: item.what() for key, item in found.items()} == {
        "table_3": "new",
        "table_2": "no longer there",
    }


def test_a_title_may_change():
    found = compared(OLD, OLD.replace("Baseline", "At entry"))
    assert found["table_1"].what() == "its title"


def test_a_drawing_may_change_without_a_number():
    drawings = [{"figures/figure_1.svg": f"<svg><metadata>{i}</metadata>{points}</svg>"}
                for i, points in enumerate(("..", "..."))]  # fmt: skip
    assert compared(OLD, OLD, files=drawings)["figure_1"].what() == "its drawing"
    assert compared(OLD, OLD, files=(drawings[0], {"figures/figure_1.svg": "<svg>..</svg>"})) == {}


def test_words_of_a_table_may_change_but_the_date_of_the_cut_does_not_count():
    was = {"tables/table_1.csv": "Arm,n\nA,5\nData cut 2024-03-31.\n"}
    later = {"tables/table_1.csv": "Arm,n\nA,5\nData cut 2024-09-30.\n"}
    assert compared(OLD, OLD, files=(was, later), date="2024-09-30") == {}
    other = {"tables/table_1.csv": "Arm,n\nB,5\nData cut 2024-09-30.\n"}
    assert compared(OLD, OLD, files=(was, other), date="2024-09-30")["table_1"].what() == "its words"


def test_without_a_register_nothing_is_named():
    assert read_register(output({})) is None
    assert compare_displays(output({}), output({"displays.csv": OLD}), ["a"]) == ()
