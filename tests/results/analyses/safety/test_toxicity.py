import pandas as pd
import pytest
from ctcae_bounds import bounds_from_grade_2
from patients import cycles, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM, changed_plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.toxicity import analyse_toxicity, worst_grades
from duonen_stats.results.rows.table import Results


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


def made(study, *records):
    """Analyse the values of made patients: (patient, analyte, visit day, value, LLN, ULN)."""
    patients = sorted({record[0] for record in records})
    cut = make_cut(
        subjects=[subject(patient) for patient in patients],
        administrations=[row for patient in patients for row in cycles(patient, [7400.0, 7400.0])],
        labs=[
            lab(patient, "UNSCHEDULED", on, value, analyte, LLN=low, ULN=high)
            for patient, analyte, on, value, low, high in records
        ],
    )
    return Results(analyse_toxicity(build_datasets(cut, study, INTERIM), study, INTERIM))


def grades(rows, code):
    """Numbers of patients by certain grade, and by interval of grades."""
    certain = {g: int(rows.value(f"toxicity.{code}.grade{g}.all.n")) for g in range(5)}
    prefix, suffix = f"toxicity.{code}.undecided.", ".all.n"
    open_ = {
        row.analysis_id.removeprefix(prefix).removesuffix(suffix): int(row.stat)
        for row in rows
        if row.analysis_id.startswith(prefix) and row.analysis_id.endswith(suffix) and row.stat
    }
    open_.pop("all.n", None)
    return {g: n for g, n in certain.items() if n}, open_


def test_a_certain_worst_grade_stays_certain_beside_an_undecided_record(study):
    rows = made(
        study,
        ("1", "PLAT", -1, 200, 150, 400),
        ("1", "PLAT", 14, 130, 150, 400),  # grade 1
        ("1", "PLAT", 28, 125, None, None),  # grade 0 or 1
    )
    assert grades(rows, "PLAT") == ({1: 1}, {})
    assert rows.value("toxicity.PLAT.undecided.all.n") == 0


def test_a_value_that_may_be_of_any_grade_is_never_0_or_1(study):
    rows = made(study, ("1", "ALT", -1, 30, None, 40), ("1", "ALT", 14, 400, None, None))
    assert grades(rows, "ALT") == ({}, {"0_4": 1})
    severe = "toxicity.ALT.grade_ge3.all"
    assert [rows.value(f"{severe}.{stat}") for stat in ("n", "n_unknown", "bound_low", "bound_high")] == [
        0, 1, 0, 100,
    ]  # fmt: skip


def test_three_or_four_is_a_verdict(study):
    rows = made(
        study,
        ("1", "CREAT", -1, 0.8, None, 1.2),
        ("1", "CREAT", 14, 10.0, None, None),  # above 3 times baseline; of ULN nothing is known
        ("2", "CREAT", -1, 0.8, None, 1.2),
        ("2", "CREAT", 14, 0.9, None, 1.2),
    )
    assert grades(rows, "CREAT") == ({0: 1}, {"3_4": 1})
    severe = "toxicity.CREAT.grade_ge3.all"
    assert [rows.value(f"{severe}.{stat}") for stat in ("n", "n_unknown", "bound_low", "bound_high")] == [
        1, 0, 50, 50,
    ]  # fmt: skip


def test_who_may_be_of_grade_three_at_most_may_be_severe(study):
    """2.0 mg/dL is above 1.5 and below 3 times ULN; against a baseline that is not known it may be above 3 times."""
    rows = made(study, ("1", "CREAT", 14, 2.0, None, 1.2))
    assert grades(rows, "CREAT") == ({}, {"2_3": 1})
    severe = "toxicity.CREAT.grade_ge3.all"
    assert [rows.value(f"{severe}.{stat}") for stat in ("n", "n_unknown", "bound_high")] == [0, 1, 100]


def test_who_is_undecided_takes_the_limits_of_a_single_grade_and_is_not_counted_as_no_case(study):
    """Five patients, by hand; limits as R prints them: 100 * binom.test(2, 4)$conf.int and binom.test(2, 5)."""
    ranged, unranged = (None, 1.2), (None, None)
    rows = made(
        study,
        *(("1", "CREAT", on, 0.8, *ranged) for on in (-1, 14)),  # grade 0
        *(("2", "CREAT", on, value, *ranged) for on, value in ((-1, 0.8), (14, 5.0))),  # grade 3
        *(("3", "CREAT", on, value, *unranged) for on, value in ((-1, 0.8), (14, 10.0))),  # grade 3 or 4
        ("4", "CREAT", 14, 2.0, *ranged),  # grade 2 or 3: the baseline is not known
        *(("5", "CREAT", on, 0.9, *ranged) for on in (-1, 14)),  # grade 0
        *((patient, "ALT", 14, 30, None, 40) for patient in "12345"),
    )
    assert grades(rows, "CREAT") == ({0: 2, 3: 1}, {"2_3": 1, "3_4": 1})
    for grade, percent in enumerate((40, 0, 0, 20, 0)):
        block = f"toxicity.CREAT.grade{grade}.all"
        assert (rows.value(f"{block}.pct"), rows.row(f"{block}.pct").n) == (percent, 5)
        for end in ("ci_low", "ci_high"):
            assert rows.value(f"{block}.{end}") is None
            assert rows.row(f"{block}.{end}").note == "the grade of 2 patients is undecided"
    severe = "toxicity.CREAT.grade_ge3.all"  # patients 2 and 3, of 1, 2, 3 and 5
    assert [rows.value(f"{severe}.{stat}") for stat in ("n", "pct", "n_unknown", "bound_low", "bound_high")] == [
        2, 50, 1, 40, 60,
    ]  # fmt: skip
    assert [rows.row(f"{severe}.{stat}").n for stat in ("pct", "ci_low", "bound_low")] == [4, 4, 5]
    assert rows.row(f"{severe}.pct").method == "denominator: patients of known status for grade 3 or higher"
    assert rows.value(f"{severe}.ci_low") == pytest.approx(6.758599, abs=1e-6)
    assert rows.value(f"{severe}.ci_high") == pytest.approx(93.241401, abs=1e-6)
    undecided = "toxicity.CREAT.undecided.all"
    assert rows.value(f"{undecided}.ci_low") == pytest.approx(5.274495, abs=1e-6)
    for block in ("grade0", "grade_ge3"):  # of ALT everybody is decided
        found = rows.row(f"toxicity.ALT.{block}.all.ci_low")
        assert (found.stat is not None, found.n) == (True, 5)


def test_where_nobody_is_decided_grade_three_or_higher_has_a_reason(study):
    rows = made(study, ("1", "ALT", 14, 400, None, None))
    assert rows.row("toxicity.ALT.grade0.all.ci_high").note == "the grade of 1 patient is undecided"
    for stat in ("pct", "ci_low", "ci_high"):
        found = rows.row(f"toxicity.ALT.grade_ge3.all.{stat}")
        assert (found.stat, found.note) == (
            None,
            "no patients of known status for grade 3 or higher to count",
        )


def test_the_worst_grade_lies_between_the_worst_of_the_lowest_and_of_the_highest(study):
    rows = made(
        study,
        ("1", "BILI", -1, 0.8, None, 1.2),
        ("1", "BILI", 14, 2.5, None, 1.2),  # grade 2
        ("1", "BILI", 28, 5.0, None, None),  # grade 0 to 4
        ("2", "BILI", -1, 0.8, None, 1.2),
        ("2", "BILI", 14, 13.0, None, 1.2),  # grade 4: nothing exceeds it
        ("2", "BILI", 28, 5.0, None, None),
    )
    assert grades(rows, "BILI") == ({4: 1}, {"2_4": 1})


def test_the_worst_grade_of_a_patient_is_found_from_all_records():
    labs = pd.DataFrame(
        {
            "USUBJID": ["1", "1", "2", "2"],
            "ATOXGRMN": pd.array([0, 1, 3, 0], dtype="Int64"),
            "ATOXGRMX": pd.array([1, 1, 4, 2], dtype="Int64"),
        }
    )
    assert worst_grades(labs).to_dict("index") == {
        "1": {"lowest": 1.0, "highest": 1.0},
        "2": {"lowest": 3.0, "highest": 4.0},
    }


@pytest.mark.independent
@pytest.mark.parametrize("arm", ["all", *"ABCD"])
def test_grades_of_three_analytes_from_the_raw_tables(results, cut, arm):
    """Second programming for analytes with absolute bounds: values of the raw file, worst of each patient.

    Visits of late follow-up are not of the treatment; an unscheduled value is, up to 28 days after the last
    administration.
    """
    labs, given = cut.tables["labs"], cut.tables["administrations"]
    dates = pd.to_datetime(given["EXDT"]).groupby(given["SUBJID"])
    first, final = dates.min(), dates.max() + pd.Timedelta(days=28)
    subjects = cut.tables["subjects"].set_index("SUBJID")["ARM"]
    for code in ("PLAT", "WBC", "NEUT"):
        own = labs[labs["ANALYTE"].eq(code) & labs["SUBJID"].isin(first.index) & labs["VALUE"].notna()]
        measured = pd.to_datetime(own["LBDT"])
        around = own["VISIT"].str.startswith(("T", "V")) | (measured <= own["SUBJID"].map(final))
        own = own[(measured > own["SUBJID"].map(first)) & around]
        if arm != "all":
            own = own[own["SUBJID"].map(subjects).eq(arm)]
        assert set(own["UNIT"]) == {"10^9/L"}
        grade = (own["VALUE"] < own["LLN"]).astype(int)
        for number, bound in enumerate(bounds_from_grade_2(code), 2):
            grade = grade.mask(own["VALUE"] < bound, number)
        worst = grade.groupby(own["SUBJID"]).max()
        for level in range(5):
            assert results.value(f"toxicity.{code}.grade{level}.{arm}.n") == (worst == level).sum()
        assert results.value(f"toxicity.{code}.grade_ge3.{arm}.n") == (worst >= 3).sum()
        assert results.row(f"toxicity.{code}.grade_ge3.{arm}.ci_high").n == len(worst)  # everybody is decided


def test_any_blood_count_is_shown_with_and_without_lymphocytes(study):
    rows = made(
        study,
        ("1", "LYMPH", 14, 0.3, 1.0, 4.0),  # grade 3
        ("1", "PLAT", 14, 200, 150, 400),
        ("2", "PLAT", 14, 40, 150, 400),  # grade 3
        ("3", "WBC", 14, 5.0, 4.0, 10.0),
    )
    blocks = [f"toxicity.any.{which}.grade_ge3.all" for which in ids.HAEMATOLOGICAL]
    assert [(rows.value(f"{block}.n"), rows.row(f"{block}.n").n) for block in blocks] == [(2, 3), (1, 3)]


def test_an_analyte_without_a_term_has_the_reason_in_place_of_numbers(study):
    plan = changed_plan(INTERIM, ctcae_version="6.0")
    cut = make_cut(
        subjects=[subject("1")],
        administrations=cycles("1", [7400.0]),
        labs=[lab("1", "UNSCHEDULED", 14, 0.1, "LYMPH"), lab("1", "UNSCHEDULED", 14, 0.4, "NEUT")],
    )
    rows = Results(analyse_toxicity(build_datasets(cut, study, plan), study, plan))
    assert rows.value("toxicity.NEUT.grade3.all.n") == 1  # 4 by version 5.0
    found = rows.row("toxicity.LYMPH.grade_ge3.all.pct")
    assert (found.stat, found.note) == (None, "CTCAE v6.0 has no term for low values of it")
