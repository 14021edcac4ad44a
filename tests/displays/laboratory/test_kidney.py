from displays.legibility import assert_legible, assert_traceable

from duonen_stats.datasets.laboratory.patient_values import kidney_courses
from duonen_stats.displays.model.content import plain


def test_categories_show_only_visits_with_a_value(shown):
    heads = [plain(row.cells[0]) for row in shown["table_s43"].content.rows if row.kind == "group"]
    assert heads[:2] == ["T1", "V1"]
    assert "Last value" in heads
    notes = " ".join(plain(note) for note in shown["table_s43"].footnotes)
    assert all(visit in heads or visit in notes for visit in ("F4", "F20"))


def test_the_planned_slope_comes_first_and_the_other_is_the_alternative(shown):
    heads = [plain(row.cells[0]) for row in shown["table_s44"].content.rows if row.kind == "group"]
    assert heads[0].startswith("Total slope, from baseline on: 56 patients")
    assert heads[1].startswith("Chronic slope, without the first three months (alternative)")


def test_courses_are_a_line_a_patient(shown, datasets):
    content = shown["figure_s14"].content
    figure = content.draw()
    assert_traceable(content)
    assert_legible(figure)
    lines = [line for axes in figure.axes for line in axes.lines if len(line.get_xdata()) > 2]
    courses = kidney_courses(datasets.adlb, datasets.adsl)
    assert len(lines) == sum(len(course.egfr) > 2 for course in courses)
    assert len(courses) == 56
