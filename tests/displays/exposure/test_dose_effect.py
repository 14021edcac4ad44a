def test_the_correlations_of_the_publication(cells):
    rows = cells("table_s2")
    assert rows["Worst Δ of hemoglobin"][1] == "−0.40"
    assert rows["Worst Δ of WBC"][1] == "−0.37"
    assert rows["Worst Δ of lymphocytes"][1] == "−0.49"


def test_blood_counts_against_marrow_and_kidney_values_against_kidney(cells):
    labels = list(cells("table_s2"))
    assert labels[0] == "Cumulative marrow dose"
    assert labels[6:] == ["Cumulative kidney dose", "Worst Δ of creatinine", "Worst Δ of eGFR"]
