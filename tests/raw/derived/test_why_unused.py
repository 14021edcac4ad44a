import pandas as pd
import pytest

from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.why_unused import AFTER_CUT, NO_SUBJECT, RecordScreen, unused_subjects

DAY = pd.Timestamp("2024-06-30")


def test_the_first_rule_that_fails_gives_the_reason(study):
    rows = pd.DataFrame(
        {
            "SUBJID": ["9", "1", "1", "1", "1"],
            "EXDT": pd.to_datetime([None, None, "2024-07-01", "2024-06-30", "2024-06-30"]),
            "LU177_MBQ": [0.0, 0.0, 7400.0, 0.0, 7400.0],
            "Y90_MBQ": [None] * 5,
        },
        index=[7, 3, 5, 9, 1],
    )
    found = RecordScreen({"1"}, DAY, study).unused_administrations(rows)
    assert found.index.tolist() == [7, 3, 5, 9, 1]
    assert found.tolist() == [NO_SUBJECT, "no date of administration", AFTER_CUT, "no activity given", None]


def test_without_a_day_of_the_cut_nothing_is_after_it(study):
    rows = pd.DataFrame({"SUBJID": ["1", None], "RANDDT": pd.to_datetime(["2024-07-01", None])})
    assert unused_subjects(rows, DAY).tolist() == ["randomised after the data cut", "no patient number"]
    assert unused_subjects(rows, None).tolist() == [None, "no patient number"]
    events = pd.DataFrame({"SUBJID": ["1"], "STARTDT": pd.to_datetime(["2024-07-01"])})
    assert RecordScreen({"1"}, None, study).unused_dated(events, "STARTDT").tolist() == [None]


@pytest.mark.parametrize("table", ["labs", "administrations", "tumour_assessments"])
def test_checks_look_at_the_records_that_datasets_are_made_of(table, cut, study):
    """Of a sound cut both use the same records; the rules are asked once each."""
    view, used = CutView(cut, study), select_records(cut, study)
    lines = {"labs": view.placed_labs, "administrations": view.given_cycles, "tumour_assessments": view.scans}
    counted = used.labs[used.labs["VALUE"].notna()] if table == "labs" else getattr(used, table)
    assert sorted(lines[table]["_ROW"]) == sorted(counted["_ROW"])
