import pytest
from small_ledger import counted, entry, ledger, row

from duonen_stats.publication.checks.ledger_groups import (
    counts_with_percentages,
    outside_the_arms,
    pooled_with_arms,
    wholes,
)

SIZES = {"all": 40, "drug": 25, "sham": 15}


def test_arms_that_make_up_the_total_stand_beside_it():
    found = list(
        pooled_with_arms(ledger(*row("age", "median", {"all": 60, "drug": 61, "sham": 58}, SIZES)), "median")
    )
    assert [(pooled.arm, [arm.arm for arm in arms]) for pooled, arms in found] == [("all", ["drug", "sham"])]


def test_arms_that_do_not_make_up_the_total_are_left_alone():
    some = row("age", "median", {"all": 60, "drug": 61, "sham": 58}, {"all": 50, "drug": 25, "sham": 15})
    one = row("bmi", "median", {"all": 60, "drug": 61}, SIZES)
    twice = [
        *row("hb", "min", {"all": 1, "drug": 2, "sham": 1}, SIZES),
        entry("x", 3, row="hb", arm="drug", stat="min"),
    ]
    assert list(pooled_with_arms(ledger(*some, *one, *twice), "median", "min")) == []


@pytest.mark.parametrize(("pooled", "outside"), [("57", 1), ("58", 0), ("61", 0), ("62", 1), ("61.4", 0)])
def test_a_pooled_number_is_outside_the_arms_only_beyond_their_rounding(pooled, outside):
    rows = row("age", "median", {"all": pooled, "drug": 61, "sham": 58}, SIZES)
    found = list(outside_the_arms(ledger(*rows), "median"))
    assert [(low.arm, high.arm) for _, _, low, high in found] == [("sham", "drug")] * outside


def test_a_percentage_finds_its_count_by_row_arm_and_denominator():
    found = list(
        counts_with_percentages(ledger(*counted("men", "drug", 5, 16, "31.3"), *row("n", "n", {"drug": 3})))
    )
    assert [(count.id, pct.id, float(share)) for count, pct, share in found] == [
        ("men.drug.n", "men.drug.pct", 31.25)
    ]


def test_percentages_with_a_relation_are_not_exact():
    about = entry("x", "≈60", row="r", arm="all", stat="pct", of=92)
    assert (
        list(counts_with_percentages(ledger(about, entry("y", 56, row="r", arm="all", stat="n", of=92))))
        == []
    )


def test_a_percentage_below_a_bound_is_not_exact():
    about = entry("x", "<5", row="r", arm="all", stat="pct", of=92)
    count = entry("y", 4, row="r", arm="all", stat="n", of=92)
    assert about.relation == "<"
    assert list(counts_with_percentages(ledger(about, count))) == []


def test_a_denominator_is_the_number_of_patients_of_the_same_place():
    sizes = [
        entry(f"N.{where}", 16, where=where, arm="drug", stat="N", row="N")
        for where in ("Table 1", "Table 3")
    ]
    of_table = entry("n", 5, where="Table 3", arm="drug", stat="n", of=16, row="r")
    elsewhere = entry("m", 5, where="Table 2", arm="drug", stat="n", of=16, row="r")
    assert wholes(ledger(*sizes, of_table, elsewhere), of_table) == ("N.Table 3",)
    assert wholes(ledger(*sizes, of_table, elsewhere), elsewhere) == ("N.Table 1",)
