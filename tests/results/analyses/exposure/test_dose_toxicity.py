from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.exposure.dose_toxicity import STEPS, analyse_dose_toxicity
from duonen_stats.results.rows.table import Results


@pytest.mark.independent
def test_the_first_low_lymphocytes_and_marrow_dose_from_the_datasets(results, datasets):
    """Second programming: events, times and doses collected patient by patient, the model by statsmodels."""
    labs = datasets.adlb
    labs = labs[labs["PARAMCD"].eq("LYMPH") & labs["DTYPE"].isna()]
    doses = datasets.addos
    doses = doses[doses["PARAMCD"].eq("MARTOT") & doses["DTYPE"].isna()]
    given = datasets.adex[datasets.adex["DTYPE"].isna()]
    begin, end, event, dose, arm = [], [], [], [], []
    for patient in datasets.adsl.loc[datasets.adsl["SAFFL"].eq("Y")].itertuples():
        dates = (
            given.loc[given["USUBJID"].eq(patient.USUBJID)].groupby("AVISIT")["ASTDT"].first().sort_values()
        )
        gray = (
            doses.loc[doses["USUBJID"].eq(patient.USUBJID)].set_index("AVISIT")["AVAL"].reindex(dates.index)
        )
        own = labs.loc[labs["USUBJID"].eq(patient.USUBJID)].sort_values("ADT")
        bad = own["ATOXGRMN"].fillna(-1).ge(2)
        if gray.isna().any() or (bad & own["ABLFL"].eq("Y")).any():
            continue
        later = own[own["ADT"] > dates.iloc[0]]
        if later.empty:
            continue
        first = later.loc[bad[later.index], "ADT"]
        stop = first.min() if len(first) else later["ADT"].max()
        edges = [date for date in dates if date < stop]
        for place, date in enumerate(edges):
            last = place == len(edges) - 1
            begin.append((date - dates.iloc[0]).days)
            end.append((stop - dates.iloc[0]).days if last else (edges[place + 1] - dates.iloc[0]).days)
            event.append(int(last and len(first) > 0))
            dose.append(gray.iloc[: place + 1].sum() / STEPS["marrow"])
            arm.append(patient.TRT01P)
    block = "dose_harm.marrow.LYMPH.hazard"
    assert results.value(f"{block}.records") == len(begin)
    assert results.value(f"{block}.events") == sum(event)
    fitted = sm.PHReg(
        np.array(end, dtype=float), np.array(dose)[:, None], status=np.array(event), entry=np.array(begin, dtype=float),
        strata=pd.factorize(np.array(arm))[0], ties="efron",
    ).fit()  # fmt: skip
    assert results.value(f"{block}.ratio") == pytest.approx(np.exp(fitted.params[0]), rel=1e-5)


def test_a_patient_without_a_dose_is_left_out_and_counted(results):
    block = "dose_harm.kidney.EGFR.hazard"
    assert results.value(f"{block}.n") + results.value(f"{block}.unknown") <= 56
    assert results.value(f"{block}.unknown") == 8


def test_the_odds_have_one_record_per_cycle_at_risk(results):
    hazard, odds = (f"dose_harm.marrow.any_count.{model}" for model in ("hazard", "odds"))
    assert results.value(f"{odds}.records") == results.value(f"{hazard}.records")
    assert results.value(f"{odds}.events") <= results.value(f"{hazard}.events")


def test_no_event_is_a_reason_and_no_number(datasets, study):
    plan = replace(INTERIM, dose_effect_decline=0.99)
    rows = Results(analyse_dose_toxicity(datasets, study, plan))
    for model in ("hazard", "odds"):
        row = rows.row(f"dose_harm.kidney.EGFR.{model}.ratio")
        assert row.stat is None
        assert row.note


def test_a_smaller_fall_is_not_rarer(datasets, study, results):
    rows = Results(analyse_dose_toxicity(datasets, study, replace(INTERIM, dose_effect_decline=0.1)))
    assert rows.value("dose_harm.kidney.EGFR.hazard.events") > results.value(
        "dose_harm.kidney.EGFR.hazard.events"
    )


def test_the_unit_is_the_step_of_the_organ(results):
    assert results.row("dose_harm.marrow.WBC.odds.ratio").unit == "per 0.1 Gy"
    assert results.row("dose_harm.kidney.EGFR.hazard.ratio").unit == "per 1 Gy"


def test_a_grade_that_no_value_can_have_is_no_event_and_no_patient_without_one(datasets, study):
    """CTCAE 5.0: no value decides grade 4 of anemia; the other counts have it."""
    rows = Results(analyse_dose_toxicity(datasets, study, replace(INTERIM, dose_effect_grade=4)))
    for model in ("hazard", "odds"):
        for stat in ("n", "events", "ratio"):
            row = rows.row(f"dose_harm.marrow.HGB.{model}.{stat}")
            assert (row.stat, row.note) == (None, "no value of it decides grade 4 of CTCAE v5.0")
    assert rows.value("dose_harm.marrow.LYMPH.hazard.n") is not None
    assert rows.value("dose_harm.marrow.any_count.hazard.n") is not None
