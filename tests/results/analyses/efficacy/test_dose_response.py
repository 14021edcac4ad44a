from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from duonen_stats.datasets.exposure.dose_intervals import dose_intervals
from duonen_stats.methods import cox_model
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.dose_response import analyse_dose_response, dose_measures
from duonen_stats.results.rows.table import Results


@pytest.fixture(scope="module")
def found(datasets, study):
    return Results(analyse_dose_response(datasets, study, FINAL))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_immortal_time_is_a_trap_that_the_analysis_avoids(seed):
    """Dose does nothing here; who lives longer gets more of it."""
    generator = np.random.default_rng(seed)
    n = 400
    months = generator.exponential(6, n)
    start = pd.Timestamp("2024-01-01")
    times = pd.DataFrame({"SUBJID": range(n), "STARTDT": start, "AVAL": months, "EVENT": 1})
    cycles = generator.integers(1, 5, n)  # as many as planned for the patient, if the time is long enough
    given = [
        (who, start + pd.Timedelta(days=61 * k), 7.4)
        for who in range(n)
        for k in range(cycles[who])
        if 2 * k < months[who]
    ]
    steps = pd.DataFrame(given, columns=["SUBJID", "ADT", "DOSE"])
    total = steps.groupby("SUBJID")["DOSE"].sum().reindex(range(n)).to_numpy()
    naive = cox_model(months, np.ones(n), total).terms[0]
    assert naive.z < -5  # looks like a strong effect
    parts = dose_intervals(times, steps, FINAL)
    honest = cox_model(parts["END"], parts["EVENT"], parts["DOSE"], entry=parts["BEGIN"]).terms[0]
    assert abs(honest.z) < 3


def test_the_rows_name_the_trap(found):
    assert all("immortal time" in row.context for row in found)


def test_every_patient_with_known_dose_is_in(found):
    assert found.value("pfs.dose.activity_lu177.time_dependent.n") == 56
    assert found.value("pfs.dose.kidney.time_dependent.n") == 56 - found.value(
        "pfs.dose.kidney.time_dependent.unknown"
    )
    assert found.row("pfs.dose.kidney.time_dependent.hr").unit == "per Gy"


def test_the_landmark_leaves_out_who_was_gone_before(found, datasets, study):
    pfs = datasets.adtte[datasets.adtte["PARAMCD"].eq("PFS")]
    assert found.value("pfs.dose.activity_lu177.landmark.n") == (pfs["AVAL"] > 8).sum()
    assert found.value("pfs.dose.activity_lu177.landmark.excluded") == (pfs["AVAL"] <= 8).sum()
    late = replace(FINAL, dose_landmark_months=500.0)
    assert found.value("pfs.dose.landmark_months") == 8
    gone = Results(analyse_dose_response(datasets, study, late))
    assert gone.value("pfs.dose.activity_lu177.landmark.n") == 0
    assert gone.row("pfs.dose.activity_lu177.landmark.hr").note


def test_activities_of_isotopes_are_never_added(found, datasets, study):
    """A GBq of one isotope is not one of another: each is looked at in the arms that give it."""
    assert not [row for row in found if ".dose.activity." in row.analysis_id]
    arms = datasets.adsl["TRT01P"]
    assert found.value("pfs.dose.activity_y90.time_dependent.n") == arms.isin(["B", "C"]).sum()
    assert found.row("pfs.dose.activity_y90.time_dependent.hr").variable == "Cumulative activity of ⁹⁰Y"
    assert dose_measures(study)["activity_y90"][1:] == ("GBq", ("B", "C"))
