from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.metadata.shape import flag
from duonen_stats.datasets.patients.further_records import DEVIATIONS, THERAPIES
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.intercurrent import (
    analyse_further_therapies,
    analyse_intercurrent,
    analyse_per_protocol,
)
from duonen_stats.results.rows.table import Results


@pytest.mark.independent
def test_intercurrent_events_from_the_datasets(final_results, final_datasets):
    times = final_datasets.adtte
    for arm in "ABCD":
        pfs = times[times["PARAMCD"].eq("PFS") & times["TRT01P"].eq(arm)]
        other = times[times["PARAMCD"].eq("PFSHYP") & times["TRT01P"].eq(arm)]
        adsl = final_datasets.adsl[final_datasets.adsl["TRT01P"].eq(arm)]
        expected = {
            "discontinued": (adsl["EOTSTT"] == "DISCONTINUED").sum(),
            "further_therapy": (other["CNSR"] == 5).sum(),
            "death": ((pfs["CNSR"] == 0) & (pfs["SRCDOM"] == "follow_up")).sum(),
            "lost": (pfs["CNSR"] == 2).sum(),
        }
        for what, number in expected.items():
            assert final_results.value(f"pfs.intercurrent.{what}.{arm}.n") == number


def test_who_was_treated_as_another_arm_is_counted_in_the_arm_randomised_to(final_datasets, study):
    first = final_datasets.adsl.index[final_datasets.adsl["TRT01P"].eq("A")][0]
    adsl = final_datasets.adsl.copy()
    adsl.loc[first, "TRT01A"] = "D"
    rows = Results(analyse_intercurrent(replace(final_datasets, adsl=adsl), study, FINAL))
    assert rows.value("pfs.intercurrent.treated_otherwise.A.n") == 1
    assert rows.value("pfs.intercurrent.treated_otherwise.D.n") == 0


@pytest.fixture(scope="module")
def excluded(final_datasets):
    """Every fifth patient is not in the per-protocol population."""
    inside = pd.Series(np.arange(len(final_datasets.adsl)) % 5 > 0, index=final_datasets.adsl.index)
    adsl = final_datasets.adsl.assign(PPROTFL=flag(inside))
    return replace(final_datasets, adsl=adsl, addv=pd.DataFrame({"USUBJID": [], "TRT01P": []}))


@pytest.mark.independent
def test_the_per_protocol_comparison_is_that_of_its_patients(excluded, study):
    rows = Results(analyse_per_protocol(excluded, study, FINAL))
    inside = excluded.adsl.loc[excluded.adsl["PPROTFL"].eq("Y"), "USUBJID"]
    pfs = excluded.adtte[excluded.adtte["PARAMCD"].eq("PFS") & excluded.adtte["USUBJID"].isin(inside)]
    fitted = sm.PHReg(
        pfs["AVAL"].to_numpy(dtype=float), pfs["TRT01P"].ne("A").to_numpy(dtype=float)[:, None],
        status=pfs["CNSR"].eq(0).to_numpy(dtype=float), ties="efron",
    ).fit()  # fmt: skip
    assert rows.value("pfs.per_protocol.n") == len(inside)
    assert rows.value("pfs.per_protocol.excluded") == len(excluded.adsl) - len(inside)
    assert rows.value("pfs.per_protocol.hr") == pytest.approx(np.exp(fitted.params[0]), rel=1e-6)


@pytest.fixture(scope="module")
def without_records(final_cut, study):
    """The final cut without its records of deviations and of therapies, as an older cut is."""
    tables = {name: rows for name, rows in final_cut.tables.items() if name not in {DEVIATIONS, THERAPIES}}
    return build_datasets(replace(final_cut, tables=tables), study, FINAL)


def test_without_records_of_deviations_there_is_no_per_protocol_comparison(without_records, study):
    found = Results(analyse_per_protocol(without_records, study, FINAL))
    for name in ("n", "hr", "log_rank_p"):
        row = found.row(f"pfs.per_protocol.{name}")
        assert row.stat is None
        assert row.note == "the data cut has no records of protocol deviations"


def test_therapies_are_counted_by_patient_class_and_line(final_datasets, study):
    patients = final_datasets.adsl.loc[final_datasets.adsl["TRT01P"].eq("B"), "USUBJID"].tolist()[:3]
    found = pd.DataFrame(
        {
            "USUBJID": [patients[0], patients[0], patients[1], patients[2]],
            "TRT01P": "B",
            "FURTHFL": "Y",
            "CMCLAS": ["CHEMOTHERAPY", "CHEMOTHERAPY", None, "CHEMOTHERAPY"],
            "CMLINE": pd.array([1, 2, None, 4], dtype="Int64"),
        }
    )
    rows = Results(analyse_further_therapies(replace(final_datasets, adcm=found), study, FINAL))
    assert rows.value("therapy.any.B.n") == 3
    assert [
        rows.value(f"therapy.line.{line}.B.n") for line in ("first", "second", "later", "not_recorded")
    ] == [1] * 4
    assert rows.value("therapy.class.not_recorded.B.n") == 1
    assert rows.value("therapy.any.A.n") == 0
    assert rows.value("therapy.any.all.pct") == pytest.approx(100 * 3 / 92)


def test_without_records_of_therapies_there_is_a_reason(without_records, study):
    row = Results(analyse_further_therapies(without_records, study, FINAL)).row("therapy.any.all.n")
    assert row.stat is None
    assert row.note == "the data cut has no records of concomitant therapies"
