import numpy as np
import pandas as pd

from duonen_stats.raw.derived.units import unit_factors


def test_every_spelling_of_the_dictionary_has_its_factor_and_others_have_none(study):
    known = [(one.code, unit, factor) for one in study.analytes for unit, factor in one.factors.items()]
    rows = pd.DataFrame(known, columns=["ANALYTE", "UNIT", "FACTOR"])
    assert unit_factors(rows, study).tolist() == rows["FACTOR"].tolist()
    strange = pd.DataFrame(
        [("HGB", "stone"), ("HGB", None), (None, "g/dL"), ("WBC", "g/dL")], columns=["ANALYTE", "UNIT"]
    ).set_axis([7, 3, 5, 1])
    found = unit_factors(strange, study)
    assert found.isna().all()
    assert list(found.index) == [7, 3, 5, 1]


def test_one_milligram_of_creatinine_is_88_42_micromoles(study):
    rows = pd.DataFrame({"ANALYTE": ["CREAT"], "UNIT": ["umol/L"]})
    np.testing.assert_allclose(88.42 * unit_factors(rows, study), 1.0)
