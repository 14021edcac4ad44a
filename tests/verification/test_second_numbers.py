import pandas as pd
import pytest

from duonen_stats.datasets.metadata.stamp import POOLED_ONLY
from duonen_stats.verification.second_numbers import (
    COLUMNS,
    SecondNumber,
    SecondNumbers,
    compare_numbers,
    comparison_csv,
    engine_versions,
    same,
)

ROWS = pd.DataFrame(
    {
        "analysis_id": ["a.mean", "a.median", "a.p", "b.se", "c.n", "d.p", "e.se"],
        "stat": [1.0, 9.0, 0.05, 0.3, 3.0, None, None],
        "method": ["", "", "", "unstructured; Satterthwaite", None, "", "unstructured"],
        "note": ["", "", "", "", "", "nobody was seen", "no maximum"],
    }
)


def compared():
    second = {
        "a.mean": SecondNumber(value=1.0 + 1e-12, engine="pandas"),
        "a.median": SecondNumber(value=8.0, engine="lifelines", by_convention=9.0, convention="the middle"),
        "a.p": SecondNumber(value=0.06, engine="scipy"),
        "b.se": SecondNumber(value=0.2, engine="numpy", assumes="Kenward"),
        "d.p": SecondNumber(value=0.5, engine="scipy"),
        "e.se": SecondNumber(value=0.2, engine="numpy", assumes="Kenward"),
    }
    return compare_numbers(ROWS, second, lambda name, _: f"nobody has {name}")


def test_each_number_has_its_verdict_and_so_has_a_reason_where_there_is_a_second_number():
    found = compared()
    assert [*found.columns] == [*COLUMNS]
    assert [*found["analysis_id"]] == ["a.mean", "a.median", "a.p", "b.se", "c.n", "d.p"]
    verdicts = ["agrees", "explained", "differs", "not covered", "not covered", "differs"]
    assert [*found["verdict"]] == verdicts
    assert found["reason"][1] == "the middle"
    assert found["reason"][2] == "scipy gives 0.06"
    assert "only with Kenward; here the method is: unstructured; Satterthwaite" in found["reason"][3]
    assert found["reason"][4] == "nobody has c.n"
    assert found["difference"][2] == pytest.approx(0.01)
    assert found["reason"][5] == "the report has no number here: nobody was seen"
    assert pd.isna(found["stat"][5])
    assert found["second"][5] == 0.5


def test_a_number_that_an_open_session_withholds_is_neither_compared_nor_shown():
    rows = ROWS.iloc[[5]].assign(note=POOLED_ONLY)
    second = {"d.p": SecondNumber(value=0.5, engine="scipy")}
    assert compare_numbers(rows, second, str, open_session=True).empty
    found = compare_numbers(ROWS.iloc[[5]], second, str, open_session=True)
    assert [*found["verdict"]] == ["differs"]  # for another reason than that of the session


def test_no_other_report_withholds_a_number():
    rows = ROWS.iloc[[5]].assign(note=POOLED_ONLY)
    found = compare_numbers(rows, {"d.p": SecondNumber(value=0.5, engine="scipy")}, str)
    assert [*found["verdict"]] == ["differs"]
    assert [*found["reason"]] == [f"the report has no number here: {POOLED_ONLY}"]


def test_a_number_where_the_second_engine_finds_that_there_is_none_differs():
    rows = pd.DataFrame(
        {"analysis_id": ["a.median", "b.median"], "stat": [9.0, None], "method": "", "note": ""}
    )
    out = SecondNumbers()
    for name in rows["analysis_id"]:
        out.add_none(name, "lifelines")
    found = compare_numbers(rows, out.by_id, "{}{}".format)
    assert [*found["analysis_id"]] == ["a.median"]
    assert found.loc[0, ["verdict", "reason"]].tolist() == ["differs", "lifelines finds no number here"]
    with pytest.raises(ValueError, match="two second numbers"):
        out.add_none("a.median", "lifelines")


def test_a_convention_explains_only_its_own_number():
    second = {
        "a.median": SecondNumber(value=8.0, engine="lifelines", by_convention=8.5, convention="the middle")
    }
    found = compare_numbers(ROWS.iloc[[1]], second, str)
    assert [*found["verdict"]] == ["differs"]


def test_the_table_is_written_unrounded():
    lines = comparison_csv(compared()).decode().splitlines()
    assert lines[0] == "analysis_id,stat,second,difference,engine,version,verdict,reason"
    assert lines[3].startswith("a.p,0.05,0.06,")
    assert lines[5] == "c.n,3.0,,,,,not covered,nobody has c.n"
    assert lines[6].startswith("d.p,,0.5,,scipy,")


def test_numbers_are_the_same_relative_to_what_they_are_part_of():
    assert same(1e6, 1e6 + 1e-3)
    assert not same(1.0, 1.0 + 1e-7)
    assert same(1.0, 1.0 + 1e-7, 1e-6)
    assert not same(1e-4, 1.01e-4, 1e-6)
    assert same(1e-4, 1.01e-4, 1e-6, scale=10.0)


def test_what_is_no_number_is_not_kept_and_no_id_twice():
    out = SecondNumbers()
    for value in (None, float("nan"), float("inf")):
        out.add("a.n", value, "pandas")
    assert out.by_id == {}
    out.add("a.n", 1, "pandas")
    with pytest.raises(ValueError, match=r"two second numbers have the id a\.n"):
        out.add("a.n", 1, "pandas")


def test_versions_are_those_installed():
    assert engine_versions(["pandas", "no such library"]) == {"no such library": "", "pandas": pd.__version__}
