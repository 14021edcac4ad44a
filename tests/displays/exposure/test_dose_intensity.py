from dataclasses import replace

from duonen_stats.displays.exposure.dose_intensity import DELAYS, limit_words
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import INTERIM


def test_a_delay_is_said_to_be_counted_as_the_plan_has_it(datasets, study, shown):
    words = "".join(plain(note) for note in shown["table_s31"].footnotes)
    assert "days beyond the longest interval that the protocol allows" in words
    other = produce(DELAYS, datasets, study, replace(INTERIM, cycle_delay="over_target"))
    assert "days beyond the planned interval" in "".join(plain(note) for note in other.footnotes)


def test_isotopes_of_an_arm_stand_apart(shown):
    for key in ("table_s32", "table_s40"):
        rows = [(plain(row.cells[0]), plain(row.cells[1])) for row in shown[key].content.rows]
        assert rows == [
            ("A", "¹⁷⁷Lu"),
            ("B", "¹⁷⁷Lu"),
            ("B", "⁹⁰Y"),
            ("C", "¹⁷⁷Lu"),
            ("C", "⁹⁰Y"),
            ("D", "¹⁷⁷Lu"),
        ]


def test_a_limit_is_named_with_its_dose_and_span(material):
    assert limit_words(material, "kidney_course") == "Kidney, 23 Gy in the course"
    assert limit_words(material, "marrow_cycle") == "Bone marrow, 0.5 Gy in a cycle"


def test_the_cycles_of_an_arm_are_those_of_the_rows_below_it(shown):
    total, parts = 0, 0
    for row in shown["table_s34"].content.rows:
        if row.kind == "group":
            assert total == parts
            total, parts = int(plain(row.cells[0]).split(": ")[1].split()[0]), 0
        else:
            parts += sum(int(plain(cell).split()[0]) for cell in row.cells[1:])
    assert total == parts > 0
