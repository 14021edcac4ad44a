import pandas as pd
import pytest

from duonen_stats.errors import NotEstimable, UnknownResultError
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow, Results, reason_of


def row(analysis_id="a.n", stat: float | None = 3.0, note="") -> ResultRow:
    return ResultRow(
        analysis_id=analysis_id,
        display="Table 1",
        population="Safety",
        stat_name="n",
        stat_label="n",
        stat=stat,
        note=note,
    )


def test_a_row_is_found_by_its_id():
    results = Results([row(), row("b.n", 4.0)])
    assert results.value("b.n") == 4.0
    assert len(results) == 2
    assert "a.n" in results


def test_an_unknown_id_is_named():
    with pytest.raises(UnknownResultError, match=r"'c\.n'"):
        Results([row()]).row("c.n")


def test_two_rows_cannot_share_an_id():
    with pytest.raises(ValueError, match=r"a\.n"):
        Results([row(), row()])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_is_finite_or_there_is_none(value):
    with pytest.raises(ValueError, match="finite"):
        row(stat=value)


def test_no_value_needs_a_reason():
    with pytest.raises(ValueError, match="no reason"):
        row(stat=None)
    assert row(stat=None, note="no patients").stat is None


def test_the_frame_has_the_columns_of_the_architecture():
    frame = Results([row(), row("b.n", None, "no patients")]).frame()
    assert list(frame.columns) == [
        "analysis_id", "display", "population", "group1", "group1_level", "group2", "group2_level", "variable",
        "variable_level", "context", "stat_name", "stat_label", "stat", "unit", "n", "method", "note",
    ]  # fmt: skip
    assert frame["stat"].isna().tolist() == [False, True]
    assert isinstance(frame["stat"].dtype, pd.Float64Dtype)


ABOUT = About(id="labs.HGB", display="Table 4", population="Safety", unit="g/dL")


def test_a_row_takes_the_identity_of_its_block():
    row = ABOUT.of(ids.lab_change("HGB", "V4", "all"), group2_level="V4").row("median", -0.9, n=48)
    assert (row.analysis_id, row.unit, row.group2_level, row.stat_label) == (
        "labs.HGB.V4.all.change.median",
        "g/dL",
        "V4",
        "Median",
    )


def test_a_refusal_gives_a_row_a_name_each_with_the_reason():
    verdict = NotEstimable("group_too_small", {"A": 1, "B": 4}, "arm A has one patient")
    rows = ABOUT.refused(verdict, "statistic", "p", method="Welch")
    assert [(row.stat_name, row.stat, row.n, row.note) for row in rows] == [
        ("statistic", None, 5, "arm A has one patient"),
        ("p", None, 5, "arm A has one patient"),
    ]


def test_a_verdict_without_detail_is_read_from_its_code():
    assert reason_of(NotEstimable("all_tied")) == "all tied"


def test_events_are_not_counted_beside_the_patients_who_had_them():
    about = About(id="pfs.adjusted", display="Efficacy", population="Randomised")
    verdict = NotEstimable("monotone_likelihood", {"all": 24, "events": 15})
    (found,) = about.refused(verdict, "hr")
    assert (found.n, found.stat, found.note) == (24, None, "monotone likelihood")
    (groups,) = about.refused(NotEstimable("group_too_small", {"A": 2, "B": 3}), "p")
    assert groups.n == 5
