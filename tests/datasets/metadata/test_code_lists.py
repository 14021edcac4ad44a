from duonen_stats.datasets.metadata.code_lists import code_lists


def test_codes_of_arms_raw_columns_and_flags(study):
    lists = code_lists(study, ["TRT01P", "TRT01PN", "SEX", "SAFFL", "METLIVFL", "AVAL", "AEDECOD"])
    assert list(lists) == ["TRT01P", "TRT01PN", "SEX", "SAFFL", "METLIVFL"]
    assert lists["TRT01P"]["A"] == lists["TRT01PN"][1] == "Arm A: Fixed activity of 177Lu"
    assert lists["SEX"] == {"M": "Male", "F": "Female"}
    assert (lists["SAFFL"], lists["METLIVFL"]) == ({"Y": "Yes"}, {"Y": "Yes", "N": "No"})


def test_every_coded_value_of_the_cohort_has_its_label(study, datasets):
    for name, frame in datasets:
        for variable, labels in code_lists(study, frame.columns).items():
            assert set(frame[variable].dropna()) <= set(labels), (name, variable)
