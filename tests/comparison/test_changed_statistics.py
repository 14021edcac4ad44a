import pytest
from comparison.small_output import RESULTS, output

from duonen_stats.comparison.changed_statistics import (
    Tolerance,
    compare_statistics,
    read_tolerance,
    statistics_count,
)
from duonen_stats.errors import DuonenError


def row(key, stat, n="3", note=""):
    return f"{key},Safety,HGB,Mean,{stat},g/dL,{n},t,{note}\n"


def compared(old, new):
    made = [output({"results.csv": RESULTS + "".join(rows)}) for rows in (old, new)]
    return {item.analysis_id: item for item in compare_statistics(*made, Tolerance())}


def test_each_kind_of_change_is_told():
    found = compared(
        [row("same", "1.5"), row("bits", "0.3"), row("moved", "-2"), row("gone", "1"), row("lost", "1"),
         row("won", "", note="too few"), row("n", "1", n="3"), row("why", "", note="too few")],
        [row("same", "1.5"), row("bits", "0.30000000000000004"), row("moved", "1"), row("fresh", "4"),
         row("lost", "", note="all tied"), row("won", "2"), row("n", "1", n="4"), row("why", "", note="all tied")],
    )  # fmt: skip
    assert {key: item.kind for key, item in found.items()} == {
        "moved": "changed",
        "fresh": "appeared",
        "gone": "disappeared",
        "lost": "became not estimable",
        "won": "became estimable",
        "n": "described otherwise",
        "why": "described otherwise",
    }
    moved = found["moved"]
    assert (moved.old, moved.new, moved.difference, moved.relative) == (-2.0, 1.0, 3.0, 1.5)
    assert (moved.label, moved.unit) == ("HGB: Mean", "g/dL")
    assert found["n"].described == (("n", "3", "4"),)
    assert (found["fresh"].difference, found["fresh"].relative) == (None, 0.0)


def test_outputs_without_results_have_none():
    assert compare_statistics(output({}), output({"results.csv": RESULTS}), Tolerance()) == ()
    assert statistics_count(output({"results.csv": RESULTS + row("a", "1")})) == 1
    assert statistics_count(output({})) == 0


def test_a_statistic_that_is_no_number_is_an_error():
    with pytest.raises(DuonenError, match="statistic a is no number"):
        compared([row("a", "much")], [row("a", "1")])


@pytest.mark.parametrize(
    "column",
    ["variable", "variable_level", "context", "group1_level", "stat_label", "display", "a_new_column"],
)
def test_every_column_beside_a_number_is_compared(column):
    head = f"analysis_id,stat,{column}\n"
    old, new = (output({"results.csv": f"{head}a,1,{text}\n"}) for text in ("one", "other"))
    (found,) = compare_statistics(old, new, Tolerance())
    assert (found.kind, found.described) == ("described otherwise", ((column, "one", "other"),))


def test_an_id_given_twice_cannot_be_compared():
    with pytest.raises(DuonenError, match="two rows a"):
        compared([row("a", "1"), row("a", "2")], [row("a", "2")])


def test_the_last_bits_of_a_computation_are_no_difference():
    assert Tolerance().same(0.1 + 0.2, 0.3)
    assert Tolerance().same(5.0, 5.0 + 3.6e-14)
    assert Tolerance().same(0.0, 1e-15)
    assert not Tolerance().same(1.0, 1.0 + 1e-8)
    assert not Tolerance().same(0.0, 1e-9)


def test_a_column_has_a_tolerance_in_its_own_unit():
    allowed = read_tolerance(["ADLB.CHG=0.1", "pchg=1"])
    assert allowed.same(1.2, 1.3, column="CHG", table="ADLB")
    assert not allowed.same(1.2, 1.31, column="CHG", table="ADLB")
    assert not allowed.same(1.2, 1.3, column="CHG", table="ADEX")
    assert allowed.same(10, 11, column="PCHG", table="ADEX")


def test_a_bare_number_is_relative_and_for_all():
    allowed = read_tolerance(["0.01"])
    assert allowed.same(100, 101)
    assert not allowed.same(100, 102)
    assert read_tolerance([]) == Tolerance()


@pytest.mark.parametrize("text", ["", "x", "CHG=", "CHG=much", "-1", "CHG=-0.1", "nan", "inf"])
def test_what_is_no_tolerance_is_refused(text):
    with pytest.raises(DuonenError, match="no tolerance"):
        read_tolerance([text])


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("1e-6", "1e-3"), "a tolerance for all is given already"),
        (("ADLB.CHG=0.1", "1e-3", "adlb.chg=0.2"), "a tolerance of ADLB.CHG is given already"),
    ],
)
def test_of_two_tolerances_for_the_same_none_is_lost(texts, words):
    with pytest.raises(DuonenError, match=words):
        read_tolerance(texts)
