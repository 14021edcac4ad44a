from dataclasses import replace

from duonen_stats.displays.efficacy.subgroups import FOREST, SUBGROUPS_OS, subgroup_levels
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import FINAL
from duonen_stats.plan.subgroups import subgroup_factors

FACTORS = [factor.key for factor in subgroup_factors(FINAL)]


def test_levels_of_a_factor_hold_every_patient_once(final_material, final_results):
    whole = final_results.value("os.km.all.n")
    for factor in FACTORS:
        blocks = [block for block, _ in subgroup_levels(final_material, "os", factor)]
        sizes = [
            final_results.value(f"{block}.n_{side}")
            for block in blocks
            for side in ("experimental", "control")
        ]
        assert sum(sizes) == whole


def test_levels_have_words(final_material):
    names = [name for factor in FACTORS for _, name in subgroup_levels(final_material, "pfs", factor)]
    assert {"Male", "Female", "Midgut", "Pancreas"} <= set(names)


def test_the_forest_has_a_row_for_every_level_and_a_square_for_every_ratio(final_shown, final_material):
    axes = final_shown["figure_e8"].content.draw().axes[0]
    squares = {line.get_label() for line in axes.lines if str(line.get_label()).startswith("estimate")}
    look = final_material.look
    known = [
        name for factor in FACTORS for block, name in subgroup_levels(final_material, "pfs", factor)
        if look.results.value(f"{block}.hr.hr") is not None
    ]  # fmt: skip
    assert squares == {"estimate All patients", *(f"estimate {name}" for name in known)}


def test_a_level_without_an_estimate_has_a_dash_and_its_reason(final_shown, final_cells):
    rows = final_cells("table_e6")
    dashes = [name for name, cells in rows.items() if cells[2] == "–"]
    assert dashes
    assert any("not estimable" in str(note) for note in final_shown["table_e6"].footnotes)


def test_arrows_are_explained_only_where_one_is_drawn(final_shown):
    figure = final_shown["figure_e8"]
    drawn = [line for line in figure.content.draw().axes[0].lines if "beyond" in str(line.get_label())]
    explained = "An arrow" in " ".join(plain(note) for note in figure.footnotes)
    assert explained == bool(drawn)


def test_patients_of_no_subgroup_are_a_row(final_datasets, study):
    adsl = final_datasets.adsl.copy()
    adsl.loc[adsl.index[:3], "GRADEH"] = None
    spoilt = produce(SUBGROUPS_OS, replace(final_datasets, adsl=adsl), study, FINAL)
    rows = [[plain(cell) for cell in row.cells] for row in spoilt.content.rows]
    (unknown,) = (row for row in rows if row[0] == "Unknown")
    assert sum(int(cell.split(" / ")[1]) for cell in unknown[1:3]) == 3
    assert unknown[3:] == ["", ""]


def test_forest_and_table_have_the_subgroups_of_the_plan(final_datasets, study):
    plan = replace(FINAL, subgroups=("KI67BL:10:20", "METBONFL"), subgroup_age=60)
    table = produce(SUBGROUPS_OS, final_datasets, study, plan)
    assert [(plain(row.cells[0]), row.indent) for row in table.content.rows] == [
        ("All patients", 0),
        ("Ki-67", 0),
        ("below 10 %", 1),
        ("10 to below 20 %", 1),
        ("20 % or more", 1),
        ("Unknown", 1),  # Ki-67 may be missing
        ("Bone metastases", 0),
        ("Yes", 1),
        ("No", 1),
    ]
    forest = produce(FOREST, final_datasets, study, plan)
    assert "10 to below 20 %" in forest.content.alt
    assert "Sex" not in forest.content.alt
    assert "60 years" not in forest.content.alt
