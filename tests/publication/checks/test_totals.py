import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import counted, entry, ledger, row

from duonen_stats.publication.checks.totals import (
    categories,
    check_forced_totals,
    check_partitions,
    check_parts,
    check_repeats,
    check_totals,
)

SIZES = {"all": 40, "drug": 25, "sham": 15}


def test_a_total_that_is_not_the_sum_is_found():
    (finding,) = check_totals(ledger(*row("men", "n", {"all": 23, "drug": 11, "sham": 9}, SIZES)))
    assert finding.proof == "The arms add to 11 + 9 = 20; printed is 23."
    assert finding.ids == ("men.all.n", "men.drug.n", "men.sham.n")


def test_the_sizes_of_the_arms_must_add_too():
    (finding,) = check_totals(ledger(*row("patients", "N", {"all": 41, "drug": 25, "sham": 15})))
    assert "printed is 41" in finding.proof


@pytest.mark.law
@given(st.integers(0, 25), st.integers(0, 15))
def test_sums_are_never_found(drug, sham):
    assert (
        check_totals(ledger(*row("men", "n", {"all": drug + sham, "drug": drug, "sham": sham}, SIZES))) == []
    )


def column(*cells: tuple[str, int, str], of: int = 38):
    return ledger(
        *(e for name, n, pct in cells for e in counted(name, "all", n, of, pct, partition="events"))
    )


def test_a_column_made_to_add_to_100_is_found():
    (finding,) = check_forced_totals(
        column(("anemia", 14, "36.9"), ("low", 11, "28.9"), ("other", 13, "34.2"))
    )
    assert finding.ids == ("anemia.all.pct",)
    assert "add to 100.0; rounded from the counts they add to 99.9" in finding.proof
    assert "36.9 instead of 36.8" in finding.proof


def test_a_column_that_adds_by_itself_or_not_at_all_is_not():
    assert check_forced_totals(column(("a", 19, "50.0"), ("b", 19, "50.0"))) == []
    assert check_forced_totals(column(("a", 14, "36.8"), ("b", 11, "28.9"), ("c", 13, "34.2"))) == []


def test_a_slip_is_no_adjustment():
    assert check_forced_totals(column(("men", 14, "36.8"), ("women", 30, "63.2"))) == []


def category(name: str, n: int, of: int = 16, arm: str = "drug"):
    return entry(name, n, stat="n", arm=arm, of=of, partition="change")


def test_categories_of_more_than_the_arm_are_found():
    found = check_partitions(ledger(category("up", 2), category("down", 9), category("same", 6)))
    assert [finding.proof for finding in found] == [
        "The categories add to 2 + 9 + 6 = 17, of 16 in arm drug."
    ]


def test_categories_that_add_are_not_found_and_arms_are_apart():
    fine = [
        category("up", 2),
        category("down", 14),
        category("a", 3, 10, "sham"),
        category("b", 7, 10, "sham"),
    ]
    assert check_partitions(ledger(*fine)) == []


def test_one_category_or_several_denominators_are_no_partition():
    assert list(categories(ledger(category("up", 2)), "n")) == []
    assert list(categories(ledger(category("up", 2), category("down", 2, 15)), "n")) == []


def dose(arm: str, total: str, *parts: str):
    whole = entry(f"total.{arm}", total, row="total", arm=arm, stat="median")
    return [whole, *(entry(f"part{i}.{arm}", part, row=f"part{i}", arm=arm, stat="median", part_of="total")
                     for i, part in enumerate(parts))]  # fmt: skip


def test_the_one_that_does_not_add_is_found():
    (finding,) = check_parts(
        ledger(
            *dose("a", "3.0", "1.0", "2.0"),
            *dose("b", "5.0", "1.5", "3.5"),
            *dose("c", "21.6", "6.4", "14.7"),
        )
    )
    assert finding.ids == ("total.c", "part0.c", "part1.c")
    assert "6.4 + 14.7 = 21.1, the sum is printed as 21.6" in finding.proof


def test_medians_that_do_not_add_are_what_one_expects():
    assert check_parts(ledger(*dose("a", "3.1", "1.0", "2.0"), *dose("b", "5.2", "1.5", "3.5"))) == []
    assert check_parts(ledger(*dose("a", "3.0", "1.0", "2.0"))) == []


@pytest.mark.parametrize(("again", "number"), [("29.1", 0), ("29", 0), ("≈29", 0), ("29.2", 1), ("30", 1)])
def test_a_repeat_may_be_coarser_but_not_another_number(again, number):
    found = check_repeats(ledger(entry("a", "29.1"), entry("b", again, same_as="a", where="Abstract")))
    assert len(found) == number
    assert all(finding.ids == ("a", "b") for finding in found)
