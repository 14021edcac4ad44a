import pandas as pd
import pytest
from ctcae_bounds import bounds_from_grade_2
from patients import cycles, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM, changed_plan
from duonen_stats.results.analyses.safety.grade_shifts import analyse_grade_shifts
from duonen_stats.results.rows.table import Results


def made(study, *records, plan=INTERIM, patients=""):
    """Shifts of made patients: (patient, analyte, day, value, LLN, ULN); all are treated from day 0 on."""
    known = sorted({*patients, *(record[0] for record in records)})
    cut = make_cut(
        subjects=[subject(patient) for patient in known],
        administrations=[row for patient in known for row in cycles(patient, [7400.0, 7400.0])],
        labs=[
            lab(patient, "UNSCHEDULED", on, value, analyte, LLN=low, ULN=high)
            for patient, analyte, on, value, low, high in records
        ],
    )
    return Results(analyse_grade_shifts(build_datasets(cut, study, plan), study, plan))


def cells(rows, code, direction="adverse", end="worst"):
    prefix = f"toxicity.{code}.shift.{direction}.{end}."
    return {
        tuple(row.analysis_id.removeprefix(prefix).split(".")[:2]): row.stat
        for row in rows
        if row.analysis_id.startswith(prefix) and row.analysis_id.endswith(".all.n") and row.stat
    }


WORKED = (
    ("1", "PLAT", -1, 200, 150, 400),  # grade 0 at baseline
    ("1", "PLAT", 14, 60, 150, 400),  # grade 2
    ("1", "PLAT", 60, 160, 150, 400),  # grade 0: the last value
    ("2", "PLAT", -1, 130, 150, 400),  # grade 1 at baseline
    ("2", "PLAT", 14, 140, 150, 400),  # grade 1
    ("3", "PLAT", 14, 40, 150, 400),  # no baseline; grade 3
    ("4", "PLAT", -1, 200, 150, 400),
    ("4", "PLAT", 14, 125, None, None),  # grade 0 or 1
    ("5", "PLAT", -1, 200, 150, 400),  # nothing later
    ("6", "PLAT", -1, 125, None, None),  # grade 0 or 1 at baseline
    ("6", "PLAT", 14, 20, 150, 400),  # grade 4
)
"""Six patients and a seventh without any value, worked by hand."""


def test_a_shift_goes_from_the_baseline_grade_to_the_worst_on_treatment(study):
    rows = made(study, *WORKED, patients="7")
    assert cells(rows, "PLAT") == {
        ("0", "2"): 1,
        ("1", "1"): 1,
        ("missing", "3"): 1,
        ("0", "undecided"): 1,
        ("0", "missing"): 1,
        ("undecided", "4"): 1,
        ("missing", "missing"): 1,
    }
    found = rows.row("toxicity.PLAT.shift.adverse.worst.0.2.all.pct")
    assert (found.stat, found.n) == (50, 2)  # of the two with a certain grade at both times
    worsened = "toxicity.PLAT.worsened.adverse.worst.all"
    assert (rows.value(f"{worsened}.n"), rows.row(f"{worsened}.n").n) == (1, 2)


def test_a_shift_to_the_last_value_takes_the_last_one_whatever_was_worse_before(study):
    rows = made(study, *WORKED)
    assert cells(rows, "PLAT", end="last")[("0", "0")] == 1
    assert rows.value("toxicity.PLAT.worsened.adverse.last.all.n") == 0


def test_the_last_value_may_be_of_late_follow_up_which_the_worst_on_treatment_is_not(study):
    rows = made(study, ("1", "PLAT", -1, 200, 150, 400), ("1", "PLAT", 400, 20, 150, 400))
    assert cells(rows, "PLAT") == {("0", "missing"): 1}
    assert cells(rows, "PLAT", end="last") == {("0", "4"): 1}


def test_a_value_of_the_day_of_the_first_administration_is_no_later_value(study):
    rows = made(study, ("1", "PLAT", 0, 60, 150, 400))
    assert cells(rows, "PLAT") == {("2", "missing"): 1}
    assert cells(rows, "PLAT", end="last") == {("2", "missing"): 1}


def test_of_two_last_values_of_a_day_the_worse_counts(study):
    rows = made(
        study,
        ("1", "PLAT", -1, 200, 150, 400),
        ("1", "PLAT", 14, 40, 150, 400),
        ("1", "PLAT", 14, 60, 150, 400),
    )
    assert cells(rows, "PLAT", end="last") == {("0", "3"): 1}


def test_high_values_have_their_own_table_where_low_ones_are_the_usual_harm(study):
    rows = made(
        study,
        ("1", "HGB", -1, 13.0, 12.0, 16.0),
        ("1", "HGB", 14, 18.5, 12.0, 16.0),  # 2.5 g/dL above ULN: grade 2
        ("2", "WBC", -1, 5.0, 4.0, 10.0),
        ("2", "WBC", 14, 99.0, 4.0, 10.0),  # not above 100
        ("3", "LYMPH", -1, 2.0, 1.0, 4.0),
        ("3", "LYMPH", 14, 4.1, 1.0, 4.0),  # grade 2
        ("4", "HGB", -1, 13.0, 12.0, 16.0),
        ("4", "HGB", 14, 15.0, None, None),  # of ULN nothing is known
    )
    nobody = {("missing", "missing"): 2}
    assert cells(rows, "HGB", "increase") == {("0", "2"): 1, ("0", "undecided"): 1, **nobody}
    assert cells(rows, "WBC", "increase") == {("0", "0"): 1, ("missing", "missing"): 3}
    assert cells(rows, "LYMPH", "increase") == {("0", "2"): 1, ("missing", "missing"): 3}
    assert not [row for row in rows if row.analysis_id.startswith("toxicity.PLAT.shift.increase")]


def test_by_version_6_neutrophils_are_of_one_grade_less_and_lymphocytes_of_none(study):
    plan = changed_plan(INTERIM, ctcae_version="6.0")
    records = [
        ("1", "NEUT", -1, 3.0, 1.8, 7.7),
        ("1", "NEUT", 14, 1.6, 1.8, 7.7),
        ("2", "NEUT", -1, 3.0, 1.8, 7.7),
        ("2", "NEUT", 14, 0.9, 1.8, 7.7),
        ("1", "LYMPH", 14, 0.3, 1.0, 4.0),
    ]
    assert cells(made(study, *records), "NEUT") == {("0", "1"): 1, ("0", "3"): 1}
    rows = made(study, *records, plan=plan)
    assert cells(rows, "NEUT") == {("0", "0"): 1, ("0", "2"): 1}
    assert not [row for row in rows if row.analysis_id.startswith("toxicity.LYMPH.shift.adverse")]


def test_shifts_partition_the_treated_patients(results):
    for code in ("HGB", "LYMPH", "ALT"):
        for end in ("worst", "last"):
            for arm in ("all", *"ABCD"):
                names = [
                    row
                    for row in results
                    if row.analysis_id.startswith(f"toxicity.{code}.shift.adverse.{end}.")
                ]
                number = sum(row.stat for row in names if row.analysis_id.endswith(f".{arm}.n"))
                assert number == results.value(f"ae.patients.{arm}.n")


@pytest.mark.independent
@pytest.mark.parametrize("arm", ["all", *"ABCD"])
def test_shifts_of_three_analytes_from_the_raw_tables(results, cut, arm):
    """Second programming for analytes with absolute bounds: the last value before, the worst and the last after.

    The worst one is of the treatment: without the visits of late follow-up, and of unscheduled values up to the end of
    the last window, 28 days after the last administration. The last one may be of late follow-up.
    """
    labs, given = cut.tables["labs"], cut.tables["administrations"]
    dates = pd.to_datetime(given["EXDT"]).groupby(given["SUBJID"])
    first, final = dates.min(), dates.max() + pd.Timedelta(days=28)
    subjects = cut.tables["subjects"].set_index("SUBJID")["ARM"]
    treated = [one for one in first.index if arm in ("all", subjects[one])]
    for code in ("PLAT", "WBC", "NEUT"):
        own = labs[labs["ANALYTE"].eq(code) & labs["SUBJID"].isin(treated) & labs["VALUE"].notna()].copy()
        own["G"] = (own["VALUE"] < own["LLN"]).astype(int)
        for number, bound in enumerate(bounds_from_grade_2(code), 2):
            own.loc[own["VALUE"] < bound, "G"] = number
        measured = pd.to_datetime(own["LBDT"])
        after = measured > own["SUBJID"].map(first)
        around = own["VISIT"].str.startswith(("T", "V")) | (measured <= own["SUBJID"].map(final))
        before = own[~after & own["VISIT"].eq("T1")].set_index("SUBJID")["G"]
        worst = own[after & around].groupby("SUBJID")["G"].max()
        last = own[after].sort_values("LBDT", kind="stable").groupby("SUBJID")["G"].last()
        for end, grades in (("worst", worst), ("last", last)):
            pairs = pd.DataFrame({"before": before, "after": grades}).reindex(treated)
            for b in range(5):
                for a in range(5):
                    name = f"toxicity.{code}.shift.adverse.{end}.{b}.{a}.{arm}"
                    assert (
                        results.value(f"{name}.n") == ((pairs["before"] == b) & (pairs["after"] == a)).sum()
                    )
            both = pairs.dropna()
            assert (
                results.value(f"toxicity.{code}.worsened.adverse.{end}.{arm}.n")
                == (both["after"] > both["before"]).sum()
            )
