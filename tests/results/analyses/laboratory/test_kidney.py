from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.results import Results
from duonen_stats.results.analyses.laboratory.kidney import analyse_kidney


@pytest.fixture(scope="module")
def made(datasets, study):
    return Results(analyse_kidney(datasets, study, INTERIM))


def test_categories_partition_the_patients_of_a_visit(made):
    for visit in ("T1", "V4", "worst"):
        for arm in ("all", *"ABCD"):
            rows = [made.row(f"kidney.kdigo.{visit}.{category}.{arm}.n") for category in
                    ("G1", "G2", "G3a", "G3b", "G4", "G5")]  # fmt: skip
            assert sum(row.stat for row in rows) == rows[0].n


@pytest.mark.independent
def test_categories_of_the_worst_value_from_the_raw_tables(made, cut):
    labs, given = cut.tables["labs"], cut.tables["administrations"]
    first = given.groupby("SUBJID")["EXDT"].min()
    own = labs[labs["ANALYTE"].eq("EGFR") & labs["SUBJID"].isin(first.index) & labs["VALUE"].notna()]
    worst = own[own["LBDT"] > own["SUBJID"].map(first)].groupby("SUBJID")["VALUE"].min()
    bounds = {
        "G1": (90, np.inf),
        "G2": (60, 90),
        "G3a": (45, 60),
        "G3b": (30, 45),
        "G4": (15, 30),
        "G5": (0, 15),
    }
    for category, (low, high) in bounds.items():
        number = ((worst >= low) & (worst < high)).sum()
        assert made.value(f"kidney.kdigo.worst.{category}.all.n") == number


def test_slopes_of_both_kinds_have_limits_and_a_difference_to_the_control_arm(made):
    for kind in ("total", "chronic"):
        for arm in "ABCD":
            block = f"kidney.slope.{kind}.{arm}"
            low, slope, high = (made.value(f"{block}.{stat}") for stat in ("ci_low", "slope", "ci_high"))
            assert low < slope < high
        difference = made.value(f"kidney.slope.{kind}.B.difference.difference")
        assert difference == pytest.approx(
            made.value(f"kidney.slope.{kind}.B.slope") - made.value(f"kidney.slope.{kind}.A.slope")
        )
    assert made.value("kidney.slope.chronic.values") < made.value("kidney.slope.total.values")


def test_an_arm_without_values_has_the_reason_and_the_rest_its_numbers(datasets, study):
    labs = datasets.adlb
    data = replace(datasets, adlb=labs[~(labs["PARAMCD"].eq("EGFR") & labs["TRT01P"].eq("D"))])
    rows = Results(analyse_kidney(data, study, INTERIM))
    found = rows.row("kidney.slope.total.D.slope")
    assert (found.stat, found.note) == (None, "arm D has no value")
    assert rows.value("kidney.slope.total.B.slope") is not None
    assert rows.row("kidney.kdigo.T1.G1.D.pct").note == "no patients with a value at the visit to count"


def test_without_the_control_arm_the_others_have_their_slopes_and_nothing_to_differ_from(datasets, study):
    labs = datasets.adlb
    data = replace(datasets, adlb=labs[~(labs["PARAMCD"].eq("EGFR") & labs["TRT01P"].eq("A"))])
    rows = Results(analyse_kidney(data, study, INTERIM))
    whole = Results(analyse_kidney(datasets, study, INTERIM))
    for kind in ("total", "chronic"):
        own, with_control = (one.value(f"kidney.slope.{kind}.B.slope") for one in (rows, whole))
        assert own == pytest.approx(with_control, abs=0.5)  # the error variance is another
        for name in ("A.slope", "B.difference.difference", "B.difference.p"):
            found = rows.row(f"kidney.slope.{kind}.{name}")
            assert (found.stat, found.note) == (None, "arm A has no value")


def test_a_model_that_cannot_be_fitted_leaves_reasons_and_no_number(datasets, study):
    labs = datasets.adlb
    once = labs["PARAMCD"].ne("EGFR") | labs["ABLFL"].eq("Y").fillna(value=False)
    rows = Results(analyse_kidney(replace(datasets, adlb=labs[once]), study, INTERIM))
    for name in ("kidney.slope.total.A.slope", "kidney.slope.total.B.difference.p"):
        assert rows.value(name) is None
        assert rows.row(name).note


def test_no_p_value_of_a_slope_where_an_arm_has_fewer_patients_than_the_plan_asks(datasets, study):
    labs = datasets.adlb
    two = [*datasets.adsl.loc[datasets.adsl["TRT01P"].eq("C"), "USUBJID"]][:2]
    data = replace(datasets, adlb=labs[labs["TRT01P"].ne("C") | labs["USUBJID"].isin(two)])
    rows = Results(analyse_kidney(data, study, INTERIM))
    assert rows.value("kidney.slope.total.C.difference.ci_low") is not None
    row = rows.row("kidney.slope.total.C.difference.p")
    assert (row.stat, row.note) == (None, "a compared group has fewer than 3 patients")
    assert rows.value("kidney.slope.total.B.difference.p") is not None
    assert (
        Results(analyse_kidney(data, study, replace(INTERIM, min_group=2))).value(row.analysis_id) is not None
    )
