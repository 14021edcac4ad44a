from small_ledger import counted, ledger

from duonen_stats.publication.checks.forced_totals import check_forced_totals


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
