from duonen_stats.displays.model.content import plain


def test_no_effective_dose_is_set_against_the_limit_of_absorbed_dose(shown):
    for key in ("table_s35", "table_s36"):
        notes = " ".join(plain(note) for note in shown[key].footnotes)
        assert "nothing here is compared with it" in notes
        assert "23 Gy" not in str(shown[key])


def test_every_assumption_is_said(shown):
    notes = " ".join(plain(note) for note in shown["table_s35"].footnotes)
    assert "α/β 2.5 Gy, half-time of repair 2.8 h" in notes
    assert "¹⁷⁷Lu 51.0 h, ⁹⁰Y 34.6 h" in notes
    assert "biological half-life 75 h" in notes


def test_the_grid_has_every_pair_of_the_plan(shown, material):
    plan = material.plan
    found = [(plain(row.cells[0]), plain(row.cells[1])) for row in shown["table_s36"].content.rows]
    assert found == [
        (f"{ratio:g}", f"{repair:g}") for ratio in plan.bed_alpha_beta_grid for repair in plan.bed_repair_grid
    ]
