import pytest

from duonen_stats.displays.content import plain

pytestmark = pytest.mark.worked


def test_a_small_category_gets_a_dash_with_its_reason(shown):
    notes = " ".join(plain(note) for note in shown["table_s3"].footnotes)
    assert "fewer than 3 patients" in notes
    assert "–" in {plain(cell) for row in shown["table_s3"].content.rows for cell in row.cells}


def test_grades_partition_the_graded_patients(cells, results):
    for name, code in (("Hemoglobin", "HGB"), ("Platelets", "PLAT"), ("ALT", "ALT")):
        n, *grades, severe, undecided = cells("table_s5")[name]
        known = [int(cell.split()[0]) for cell in grades if cell != "not derivable"]
        number = sum(known) + int(undecided)
        assert int(severe.split()[0]) == sum(known[3:])
        assert number == int(n) == results.value(f"toxicity.{code}.seen.all")


def test_worst_grades_partition_the_safety_population(cells):
    rows = cells("table_s4")
    grades = ["No event", *(f"Grade {grade}" for grade in range(1, 6))]
    assert sum(int(rows[name][0].split()[0]) for name in grades) == 56
