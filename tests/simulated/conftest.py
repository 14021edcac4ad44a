"""A large simulated trial and its tables, made once."""

import pandas as pd
import pytest

from duonen_stats.simulated.cut.simulation import USUAL, simulate_cut
from duonen_stats.simulated.model.trial import simulate_trial

PATIENTS = 3000


@pytest.fixture(scope="session")
def trial(study):
    return simulate_trial(11, PATIENTS, "FINAL", study, USUAL)


@pytest.fixture(scope="session")
def large_cut(study):
    """The same trial as a data cut."""
    return simulate_cut(11, PATIENTS, "FINAL", study=study)


@pytest.fixture(scope="session")
def labs(large_cut, study):
    """Planned values of the large cut in the dictionary's units: one row a patient and visit, a column an analyte."""
    rows = large_cut.tables["labs"].query("VISIT != 'UNS'")
    factors = pd.Series({(one.code, unit): f for one in study.analytes for unit, f in one.factors.items()})
    keys = pd.MultiIndex.from_frame(rows[["ANALYTE", "UNIT"]])
    rows = rows.assign(AVAL=rows["VALUE"] * factors.reindex(keys).to_numpy())
    return rows.pivot_table(index=["SUBJID", "VISIT"], columns="ANALYTE", values="AVAL")
