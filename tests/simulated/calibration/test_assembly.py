"""Raw tables made of a calibrated cohort: units, rechecks, partial dosimetry, dates of the simulated patients."""

import numpy as np
import pandas as pd
import pytest

from duonen_stats import load_study
from duonen_stats.simulated.calibration.assembly import in_dictionary_units, start_values
from duonen_stats.simulated.cut.simulation import simulate_cut


def test_values_and_limits_are_converted_together():
    study = load_study()
    labs = pd.DataFrame(
        {"ANALYTE": ["CREAT", "PLAT"], "VALUE": [88.42, 200.0], "UNIT": ["umol/L", "10^9/L"],
         "LLN": [44.21, 150.0], "ULN": [np.nan, 400.0]}
    )  # fmt: skip
    found = in_dictionary_units(labs, study)
    assert found["VALUE"].tolist() == pytest.approx([1.0, 200.0])
    assert found["LLN"].tolist() == [0.5, 150.0]
    assert found["UNIT"].tolist() == ["mg/dL", "10^9/L"]
    assert np.isnan(found["ULN"][0])


def test_a_start_has_one_value_a_patient_in_their_order():
    study = load_study()
    tables = simulate_cut(2, 30).tables
    whole = tables["labs"].query("VISIT == 'T1'").groupby("SUBJID").size()
    patients = list(whole[whole == 10].index[:8])[::-1]
    found = start_values(tables, patients, study)
    ages = tables["subjects"].set_index("SUBJID")["AGE"]
    assert found["AGE"].tolist() == [float(ages[one]) for one in patients]
    assert 0.3 < np.median(found["CREAT"]) < 2
