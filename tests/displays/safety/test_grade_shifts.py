import pytest
from patients import cycles, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.safety.grade_shifts import LAB_LAST, LAB_SEVERE, LAB_SHIFTS
from duonen_stats.displays.safety.toxicity import LAB_GRADES
from duonen_stats.plan import INTERIM, changed_plan


def made(study, display, plan=INTERIM):
    cut = make_cut(
        subjects=[subject("1", "A"), subject("2", "B")],
        administrations=[*cycles("1", [7400.0]), *cycles("2", [3700.0], [1850.0])],
        labs=[
            lab("1", "T1", -1, 3.0, "NEUT"),
            lab("1", "V1", 14, 0.4, "NEUT"),
            lab("2", "V1", 14, 30.0, "ALT", ULN=None),
            lab("2", "T1", -1, 30.0, "ALT", ULN=None),
        ],
    )
    return produce(display, build_datasets(cut, study, plan), study, plan)


def rows_of(shown):
    return {plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]] for row in shown.content.rows}


def test_missing_and_undecided_have_rows_and_columns_of_their_own(study):
    rows = rows_of(made(study, LAB_SHIFTS))
    neutrophils = [name for name in rows if name.startswith("Neutrophils")]
    assert neutrophils == ["Neutrophils (Neutrophil count decreased): worsened 1 (100%) [2.5–100.0]"]
    heads = [column.header for column in made(study, LAB_SHIFTS).content.columns]
    assert heads[-2:] == ["Undecided", "Missing"]
    assert rows["Undecided"][-2:] == ["1 (0/1/0/0)", "·"]  # ALT of patient 2


def test_a_cell_has_the_percentage_of_those_with_two_certain_grades(study):
    shown = made(study, LAB_SHIFTS)
    texts = [plain(cell) for row in shown.content.rows for cell in row.cells]
    assert "1, 100% (1/0/0/0)" in texts


@pytest.mark.parametrize("display", [LAB_GRADES, LAB_SHIFTS, LAB_LAST, LAB_SEVERE], ids=lambda one: one.key)
def test_a_table_of_grades_names_the_version_in_force_and_no_other(study, display):
    for version, other in (("5.0", "6.0"), ("6.0", "5.0")):
        text = str(made(study, display, changed_plan(INTERIM, ctcae_version=version)))
        assert f"CTCAE v{version}" in text
        assert f"CTCAE v{other}" not in text
        assert ("has no term for low values of: Lymphocytes, eGFR" in text) is (version == "6.0")


def test_severe_grades_say_how_many_more_there_may_be(study):
    rows = rows_of(made(study, LAB_SEVERE))
    assert rows["Any blood count"][0].startswith("1 (100%)")
    assert rows["ALT"][0] == "0 (–) +1"
