def test_events_and_patients_stand_side_by_side(cells):
    rows = cells("table_5")
    assert rows["Anemia"][:2] == ["14 (36.8%)", "0 (0%)"]
    assert rows["Thrombocytopenia"][:2] == ["11 (28.9%)", "5 (13.2%)"]
    assert rows["Total"][:2] == ["38 (100%)", "5 (13.2%)"]
    assert rows["Total"][3] == "5 (8.9%) [3.0–19.6]"  # five events of grade 3 in five of 56 patients


def test_percentages_are_not_forced_to_a_hundred(cells):
    """The publication prints 36.9 and 10.6; 14/38 is 36.8 and 4/38 is 10.5."""
    assert cells("table_5")["Renal impairment"][0] == "4 (10.5%)"


def test_an_empty_category_other_is_not_shown(cells):
    assert "Other" not in cells("table_5")
