from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.patients.tabulation import (
    Tabulated,
    analyse_tabulation,
    read_tabulation,
    records_of,
)
from duonen_stats.results.rows.table import Results

FRAME = pd.DataFrame(
    {
        "USUBJID": [f"P{n}" for n in range(8)],
        "SEX": ["M", "M", "M", "M", "F", "F", "F", None],
        "AGE": pd.array([50, 60, 61, 70, 40, 44, None, 80], dtype="Int64"),
        "BMIBL": [20.5, 21.0, 22.25, 30.0, 19.0, np.nan, 25.0, 26.0],
        "MODCAT": [
            "INCREASED",
            "DECREASED",
            "INCREASED",
            "INCREASED",
            "DECREASED",
            None,
            "DECREASED",
            "UNCHANGED",
        ],
        "SAFFL": ["Y", "Y", None, "Y", "Y", "Y", "Y", "Y"],
    }
)


def read(study, rows, by="SEX", frame=FRAME):
    return read_tabulation(frame, rows, by, study, key="t", population="Patients")


@pytest.fixture
def found(study) -> Results:
    table = read(study, ["AGE", "BMIBL", "MODCAT", "SAFFL"])
    return Results(analyse_tabulation(FRAME, table, INTERIM, test=True))


def test_measures_are_described_in_total_and_by_group(found):
    assert (
        found.value("own.t.size.all.n"),
        found.value("own.t.size.M.n"),
        found.value("own.t.size.F.n"),
    ) == (8, 4, 3)
    assert found.value("own.t.AGE.measure.M.median") == 60.5
    assert found.value("own.t.AGE.measure.F.mean") == 42
    assert found.value("own.t.AGE.measure.F.n_missing") == 1
    assert found.value("own.t.BMIBL.measure.all.n") == 7


def test_categories_are_counted_in_those_known(found):
    assert found.value("own.t.MODCAT.level.INCREASED.M.n") == 3
    assert found.value("own.t.MODCAT.level.DECREASED.F.pct") == 100
    assert found.value("own.t.MODCAT.unknown.F.n") == 1
    # A flag that is only ever Y says no where it is empty.
    assert found.value("own.t.SAFFL.level.Y.M.pct") == 75
    assert found.value("own.t.SAFFL.unknown.M.n") == 0


@pytest.mark.independent
def test_groups_are_compared_by_the_tests_of_the_plan_and_by_fisher(found):
    old, young = [50, 60, 61, 70], [40, 44]
    row = found.row("own.t.AGE.between.kruskal_wallis.p")
    assert row.stat is None or row.stat == pytest.approx(stats.kruskal(old, young).pvalue)
    counts = np.array([[3, 1], [0, 2]])
    assert found.value("own.t.MODCAT.fisher.p") == pytest.approx(stats.fisher_exact(counts).pvalue)


def test_a_plan_with_another_test_is_followed(study):
    table = read(study, ["AGE"])
    plan = INTERIM.__class__(between_arm_test="anova")
    names = [row.analysis_id for row in analyse_tabulation(FRAME, table, plan, test=True)]
    assert "own.t.AGE.between.anova.p" in names
    assert not any("kruskal" in name for name in names)


def test_without_groups_or_without_a_test_nothing_is_compared(study):
    whole = Results(analyse_tabulation(FRAME, read(study, ["AGE"], by=""), INTERIM, test=True))
    assert [row.group1_level for row in whole if row.stat_name == "median"] == ["all"]
    untested = analyse_tabulation(FRAME, read(study, ["AGE"]), INTERIM, test=False)
    assert not any(row.stat_name == "p" for row in untested)


def test_what_a_variable_is_called_and_how_it_is_rounded(study):
    age, bmi, sex, again = read(
        study, ["AGE", ("BMIBL", "BMI, kg/m²"), "SEX", Tabulated(column="MODCAT", label="Change")], by=""
    ).variables
    assert (age.label, age.decimals, bmi.label, bmi.decimals) == ("Age", 0, "BMI, kg/m²", 2)
    assert sex.levels == (("M", "Male"), ("F", "Female"))
    assert again.label == "Change"
    assert read(study, [Tabulated(column="AGE", categories=True)], by="").variables[0].levels[0] == (
        "40",
        "40",
    )


def test_an_empty_dataset_gives_reasons_instead_of_numbers(study):
    empty = FRAME.iloc[:0]
    rows = analyse_tabulation(empty, read(study, ["AGE", "SEX"], by="", frame=empty), INTERIM, test=True)
    assert all(row.note for row in rows if row.stat is None)
    assert any(row.stat is None for row in rows)


@pytest.mark.parametrize(
    ("frame", "rows", "by", "message"),
    [
        (FRAME, [], "SEX", "at least one row"),
        (FRAME, ["NOPE"], "SEX", "no column 'NOPE'"),
        (FRAME, ["AGE"], "NOPE", "no column 'NOPE'"),
        (FRAME, ["AGE", "AGE"], "SEX", "two rows"),
        (FRAME, [7], "SEX", "no row of a table"),
        (pd.concat([FRAME, FRAME]), ["AGE"], "SEX", "further ones of a patient"),
        (FRAME.assign(DTHDT=pd.Timestamp("2024-01-01")), ["DTHDT"], "SEX", "is a date"),
        (FRAME.assign(SEX="all"), ["AGE"], "SEX", "Name that group otherwise"),
    ],
)
def test_what_cannot_be_tabulated_is_an_error_that_says_why(frame, rows, by, message, study):
    with pytest.raises(DataError, match=message):
        read(study, rows, by=by, frame=frame)


def test_a_text_of_many_values_is_no_category(study):
    many = pd.DataFrame({"USUBJID": [f"P{n}" for n in range(40)], "NOTE": [f"text {n}" for n in range(40)]})
    with pytest.raises(DataError, match="40 different values"):
        read(study, ["NOTE"], by="", frame=many)


def test_records_for_which_a_condition_is_not_known_are_not_taken(datasets):
    men = records_of(datasets, dataset="ADSL", condition=lambda adsl: adsl["SEX"] == "M")
    assert set(men["SEX"]) == {"M"}
    assert len(records_of(datasets, dataset="ADSL")) == 56


def test_a_dataset_without_records_is_refused(datasets):
    with pytest.raises(DataError, match=r"There is no ADCM: .* or an open session leaves them out"):
        records_of(replace(datasets, adcm=None), dataset="ADCM")
