import pytest
from displays.legibility import assert_legible, assert_traceable, patients_drawn


def test_the_correlations_of_the_publication(cells):
    rows = cells("table_s2")
    assert rows["Worst Δ of hemoglobin"][1] == "−0.40"
    assert rows["Worst Δ of WBC"][1] == "−0.37"
    assert rows["Worst Δ of lymphocytes"][1] == "−0.49"


def test_blood_counts_against_marrow_and_kidney_values_against_kidney(cells):
    labels = list(cells("table_s2"))
    assert labels[0] == "Cumulative marrow dose"
    assert labels[6:] == ["Cumulative kidney dose", "Worst Δ of creatinine", "Worst Δ of eGFR"]


@pytest.mark.parametrize("key", ["figure_3", "figure_6"])
def test_a_figure_is_legible_and_its_numbers_can_be_traced(key, shown):
    assert_legible(shown[key].content.draw())
    assert_traceable(shown[key].content)


@pytest.mark.parametrize(("key", "patients"), [("figure_3", 8), ("figure_6", 46)])
def test_every_patient_is_a_point(key, patients, shown):
    assert patients_drawn(shown[key].content.draw()) == patients
