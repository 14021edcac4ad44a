import pytest

from duonen_stats.displays.content import plain

pytestmark = pytest.mark.worked


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
