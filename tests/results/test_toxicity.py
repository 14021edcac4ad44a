from dataclasses import replace

import pytest

from duonen_stats.results.table import Results
from duonen_stats.results.toxicity import analyse_toxicity
from duonen_stats.sap import INTERIM

pytestmark = pytest.mark.worked


def test_the_worst_grade_of_a_patient_counts(results, datasets):
    labs = datasets.adlb
    own = labs[
        labs["PARAMCD"].eq("PLAT") & labs["DTYPE"].isna() & labs["ONTRTFL"].eq("Y") & labs["ATOXGR"].notna()
    ]
    worst = own.groupby("USUBJID")["ATOXGR"].max().astype(int)
    for grade in range(5):
        assert results.value(f"toxicity.PLAT.grade{grade}.all.n") == (worst == grade).sum()


def test_grades_partition_the_graded(results):
    for code in ("HGB", "CREAT", "BILI"):
        for arm in ("all", *"ABCD"):
            number = sum(results.value(f"toxicity.{code}.grade{grade}.{arm}.n") for grade in range(5))
            assert number == results.row(f"toxicity.{code}.grade0.{arm}.n").n


def test_who_has_no_gradable_value_is_not_grade_zero(results, datasets):
    labs = datasets.adlb
    graded = labs[
        labs["PARAMCD"].eq("LYMPH") & labs["ATOXGR"].notna() & labs["ONTRTFL"].eq("Y") & labs["DTYPE"].isna()
    ]
    assert results.row("toxicity.LYMPH.grade0.all.n").n == graded["USUBJID"].nunique()


def test_without_limits_grade_0_and_1_are_undecided_and_stay_in_the_denominator(datasets, study):
    labs = datasets.adlb.copy()
    platelets = labs["PARAMCD"].eq("PLAT") & labs["DTYPE"].isna()
    low = platelets & labs["ATOXGR"].astype(float).lt(2)
    labs.loc[low, "ATOXGR"] = None
    rows = Results(analyse_toxicity(replace(datasets, adlb=labs), study, INTERIM))
    before = Results(analyse_toxicity(datasets, study, INTERIM))
    assert rows.value("toxicity.PLAT.grade3.all.pct") == before.value("toxicity.PLAT.grade3.all.pct")
    mild = sum(before.value(f"toxicity.PLAT.grade{grade}.all.n") for grade in (0, 1))
    assert rows.value("toxicity.PLAT.undecided.all.n") == mild
