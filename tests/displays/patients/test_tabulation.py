from dataclasses import replace

import pandas as pd
import pytest

from duonen_stats import produce, tabulate
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.patients.tabulation import table_of
from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM


def lines(shown) -> dict[str, list[str]]:
    return {plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]] for row in shown.content.rows}


def test_a_table_by_arm_agrees_with_table_1(datasets, study):
    shown = tabulate(datasets.adsl, rows=["AGE", "SEX"], study=study, plan=INTERIM)
    found = lines(shown)
    assert found["Male"][:5] == ["26 (46.4%)", "5 (31.3%)", "5 (31.3%)", "7 (58.3%)", "9 (75.0%)"]
    assert found["Range"][:2] == ["27–86", "54–81"]
    assert [column.header for column in shown.content.columns] == [
        "Characteristic", "Total", "Arm A", "Arm B", "Arm C", "Arm D", "p",
    ]  # fmt: skip
    assert found["Age"] == ["", "", "", "", "", "0.090"]


def test_a_table_says_of_which_data_it_is(datasets, study):
    shown = tabulate(
        datasets.adsl, rows=["AGE"], by="SEX", study=study, plan=INTERIM, label="Table 6", title="Age"
    )
    assert str(shown).startswith("Table 6. Age\nPatients of the dataset, N = 56")
    assert shown.cut == "SIMULATED DATA. Data cut 2025-09-30."
    assert "SIMULATED DATA" in shown._repr_html_()
    notes = " ".join(map(plain, shown.footnotes))
    assert "Kruskal–Wallis" in notes
    assert "not adjusted for multiple comparisons" in notes
    real = datasets.adsl.assign(STUDYID="DUONEN")
    assert "SIMULATED" not in tabulate(real, rows=["AGE"], study=study, plan=INTERIM)._repr_html_()
    with pytest.raises(DataError, match="STUDYID"):
        tabulate(datasets.adsl.drop(columns="STUDYID"), rows=["AGE"], study=study, plan=INTERIM)


def test_the_plan_decides_on_test_and_quartiles(datasets, study):
    plan = replace(INTERIM, between_arm_test="anova", quantile_type=7)
    shown = tabulate(datasets.adsl, rows=["AGE"], study=study, plan=plan)
    usual = tabulate(datasets.adsl, rows=["AGE"], study=study, plan=INTERIM)
    assert "one-way analysis of variance" in " ".join(map(plain, shown.footnotes))
    assert lines(shown)["Age"] != lines(usual)["Age"]


def test_patients_without_a_group_are_in_the_total_only(datasets, study):
    some = datasets.adsl.assign(SEX=datasets.adsl["SEX"].where(datasets.adsl.index > 1))
    shown = tabulate(some, rows=["AGE"], by="SEX", study=study, plan=INTERIM)
    assert "2 patients without a value of SEX in the total only." in map(plain, shown.footnotes)


def test_unknown_values_are_a_row(datasets, study):
    some = datasets.adsl.assign(AGE=datasets.adsl["AGE"].where(datasets.adsl.index > 2))
    assert lines(tabulate(some, rows=["AGE"], by="", study=study, plan=INTERIM))["Unknown, n"] == ["3"]


def test_a_declared_table_is_produced_like_every_display(datasets, study):
    display = table_of(
        key="baseline_hgb", rows=[("AVAL", "Hemoglobin, g/dL")], dataset="adlb", title="Hemoglobin before treatment",
        condition=lambda adlb: (adlb["PARAMCD"] == "HGB") & (adlb["ABLFL"] == "Y"),
    )  # fmt: skip
    shown = produce(display, datasets, study, INTERIM)
    assert shown.source == "Source: ADLB."
    assert plain(shown.population) == "Patients of ADLB, N = 56"
    wanted = datasets.adlb.query("PARAMCD == 'HGB' and ABLFL == 'Y'")["AVAL"].mean()
    numbers = shown.to_frame(numbers=True).set_index("analysis_id")["stat"]
    assert numbers["own.baseline_hgb.AVAL.measure.all.mean"] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"dataset": "ADXX"}, "no dataset"),
        ({"key": "two words"}, "key of a display"),
        ({"key": "../x"}, "key of"),
    ],
)
def test_what_cannot_be_declared_is_refused(words, message):
    with pytest.raises(DataError, match=message):
        table_of(**{"key": "t", "rows": ["AGE"], **words})


def test_wide_tables_are_landscape(datasets, study):
    adsl = datasets.adsl.assign(
        PART=pd.Series([f"Part {n % 7}" for n in range(56)], index=datasets.adsl.index)
    )
    shown = tabulate(adsl, rows=["AGE"], by="PART", study=study, plan=INTERIM, test=False)
    assert shown.content.landscape
    assert len(shown.content.columns) == 9
