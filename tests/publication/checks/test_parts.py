from small_ledger import entry, ledger

from duonen_stats.publication.checks.parts import check_parts


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
