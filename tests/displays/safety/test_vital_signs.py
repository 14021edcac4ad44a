from dataclasses import replace

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.safety.vital_signs import KARNOFSKY_SHIFTS, VITAL_SIGNS, WEIGHT_CHANGES
from duonen_stats.plan import INTERIM


def rows_of(shown):
    return [[plain(cell) for cell in row.cells] for row in shown.content.rows]


def notes_of(shown):
    return " ".join(plain(note) for note in shown.footnotes)


def test_a_sign_has_its_value_and_its_change_at_each_visit_with_values(datasets, study):
    rows = rows_of(produce(VITAL_SIGNS, datasets, study, INTERIM))
    heads = [row[0] for row in rows if not row[1]]
    assert heads == [f"{sign.label}, {sign.unit}" for sign in study.vital_signs]
    own = rows[1 : rows.index([heads[1], *[""] * 5])]
    assert [row[0] for row in own] == [
        "T1", *[name for visit in ("V1", "V2", "V3", "V4", "F4", "F8", "F12", "Last value") for name in (visit, "Δ")]
    ]  # fmt: skip
    assert own[0][1] == "90 (80 to 100); 56"


def test_the_cells_of_a_shift_are_all_patients(datasets, study, results):
    shown = produce(KARNOFSKY_SHIFTS, datasets, study, INTERIM)
    counts = [
        int(cell.partition(",")[0].partition(" ")[0])
        for row in rows_of(shown)
        for cell in row[1:]
        if cell not in {"", "·"}
    ]
    assert sum(counts) == results.value("disposition.safety.all.n")
    assert [column.header for column in shown.content.columns][-2:] == ["Below 60", "Missing"]


def test_without_a_record_the_tables_say_so(datasets, study):
    none = replace(datasets, advs=None)
    for display in (VITAL_SIGNS, KARNOFSKY_SHIFTS, WEIGHT_CHANGES):
        shown = produce(display, none, study, INTERIM)
        assert "The data cut has no record of vital signs." in notes_of(shown)
        assert shown.source.startswith("Source: ADSL")
        assert "no record of vital signs" not in notes_of(produce(display, datasets, study, INTERIM))
