from dataclasses import replace
from itertools import pairwise

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.patients.baseline import TABLE_1
from duonen_stats.plan import INTERIM


def test_the_columns_are_headed_by_their_number_of_patients(shown):
    heads = [(column.header, plain(column.below)) for column in shown["table_1"].content.columns]
    assert heads == [
        ("Characteristic", ""), ("Total", "(N = 56)"), ("Arm A", "(N = 16)"), ("Arm B", "(N = 16)"),
        ("Arm C", "(N = 12)"), ("Arm D", "(N = 12)"),
    ]  # fmt: skip


def test_the_rows_of_the_publication_are_there(cells):
    rows = cells("table_1")
    assert rows["Median age, years (range)"][0] == "69 (27–86)"
    assert rows["Male"] == ["26 (46.4%)", "5 (31.3%)", "5 (31.3%)", "7 (58.3%)", "9 (75.0%)"]
    assert rows["Caucasian"][0] == "56 (100%)"
    assert rows["Hemoglobin, g/dL"][0] == "12.9 (10.0–16.2)"
    assert rows["Karnofsky performance status ≥80, n (%)"][2] == "14 (87.5%)"


def test_the_misprint_of_the_publication_is_not_repeated(cells):
    """43 women of 56 were printed; 56 - 26 = 30."""
    assert cells("table_1")["Female"][0] == "30 (53.6%)"


def test_patients_who_are_not_known_are_a_row(datasets, study):
    adsl = datasets.adsl.copy()
    adsl.loc[adsl.index[:2], "SEX"] = None
    adsl.loc[adsl.index[:3], "METLIVFL"] = None
    adsl.loc[adsl.index[:1], ["AGE", "BMIBL"]] = None
    adsl.loc[adsl.index[:4], "KPS80FL"] = None
    spoilt = produce(TABLE_1, replace(datasets, adsl=adsl), study, INTERIM)
    shown = [[plain(cell) for cell in row.cells][:2] for row in spoilt.content.rows]
    after = {before[0]: row for before, row in pairwise(shown)}
    assert after["Female"] == ["Unknown, n", "2"]
    assert after["Median age, years (range)"] == ["Unknown, n", "1"]
    assert after["Median BMI, kg/m² (range)"] == ["Unknown, n", "1"]
    assert after["Karnofsky performance status ≥80, n (%)"] == ["Unknown, n", "4"]
    assert ["Liver unknown, n", "3"] in shown
    assert not any("unknown, n" in row[0] for row in shown if "Bone" in row[0])
    whole = produce(TABLE_1, datasets, study, INTERIM)
    assert not any("nknown, n" in plain(row.cells[0]) for row in whole.content.rows)


def test_the_baseline_of_laboratory_values_is_that_of_the_plan(datasets, study):
    plan = replace(INTERIM, baseline_rule="last_before_treatment")
    data = replace(datasets, plan=plan)
    said = plain(produce(TABLE_1, data, study, plan).footnotes[-1])
    assert said == "Baseline laboratory value: of visit T1, taken as the last value before the first cycle."
