import pytest
from comparison.small_output import output

from duonen_stats.comparison.changed_records import compare_table, compare_tables, raw_tiers
from duonen_stats.comparison.changed_statistics import Tolerance, read_tolerance
from duonen_stats.comparison.read_output import OutputSheet

COLUMNS = ("ID", "VALUE", "DATE", "LBSEQ")


def compared(old, new, *, columns=COLUMNS, others=COLUMNS, tolerance=None):
    return compare_table(
        "dataset", "ADLB", OutputSheet(columns, old), OutputSheet(others, new), (("ID",),), frozenset({"VALUE"}),
        tolerance or Tolerance(),
    )  # fmt: skip


def test_added_removed_and_changed_records_are_told_by_their_key():
    found = compared(
        (("1", "1.0", "2024-01-01", "2"), ("2", "5", "", "3")),
        (("1", "1.5", "2024-01-01", "9"), ("3", "", "2024-02-02", "4")),
    )
    changes = {change.kind: change for change in found.records}
    assert changes["removed"].key == (("ID", "2"),)
    assert [(c.column, c.old, c.new) for c in changes["removed"].cells] == [("VALUE", "5", "")]
    assert [(c.column, c.old, c.new) for c in changes["added"].cells] == [("DATE", "", "2024-02-02")]
    assert [(c.column, c.old, c.new) for c in changes["changed"].cells] == [("VALUE", "1.0", "1.5")]
    assert (found.old_records, found.new_records, found.columns()) == (2, 2, {"VALUE": 1})


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("1", "1.0", True),
        ("0.3", "0.30000000000000004", True),
        ("1", "", False),
        ("", "0", False),
        ("1", "2", False),
    ],
)
def test_numbers_are_compared_as_numbers(old, new, same):
    found = compared((("1", old, "", ""),), (("1", new, "", ""),))
    assert found.different is not same


def test_texts_and_dates_are_compared_exactly():
    assert compared((("1", "", "2024-01-01", ""),), (("1", "", "2024-1-1", ""),)).different


def test_a_tolerance_of_a_column_is_in_its_unit():
    pair = (("1", "1.0", "", ""),), (("1", "1.05", "", ""),)
    assert compared(*pair).different
    assert not compared(*pair, tolerance=read_tolerance(["ADLB.VALUE=0.05"])).different


def test_columns_that_came_or_went_are_a_difference():
    found = compared((("1", "1", "", ""),), (("1", "1", "", "x"),), others=("ID", "VALUE", "LBSEQ", "FRESH"))
    assert (found.columns_added, found.columns_removed) == (("FRESH",), ("DATE",))
    assert found.different
    assert found.records == ()


def test_dates_in_a_key_may_be_corrected(study):
    assert raw_tiers(study.table("labs")) == (
        ("SUBJID", "VISIT", "LBDT", "LBTM", "ANALYTE"),
        ("SUBJID", "VISIT", "LBDT", "ANALYTE"),  # of an output that has no times
        ("SUBJID", "VISIT", "ANALYTE"),
    )
    assert raw_tiers(study.table("subjects")) == (("SUBJID",),)


def test_raw_tables_and_datasets_in_both_outputs_are_compared(study):
    files = {"raw/subjects.csv": "SUBJID,AGE\n1,60\n", "datasets/adsl.csv": "USUBJID,AGE\n1,60\n"}
    old = output(files | {"raw/labs.csv": "SUBJID\n"})
    new = output({"raw/subjects.csv": "SUBJID,AGE\n1,61\n", "adsl.csv": "USUBJID,AGE\n1,61\n"})
    found = compare_tables(old, new, study, Tolerance())
    assert [(one.source, one.name, one.columns()) for one in found] == [
        ("raw", "subjects", {"AGE": 1}),
        ("dataset", "ADSL", {"AGE": 1}),
    ]
