import pytest

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
