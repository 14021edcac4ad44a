from small_ledger import entry, ledger

from duonen_stats.publication.checks.partitions import categories, check_partitions


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
