import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import ledger, row

from duonen_stats.publication.checks.pooled_ranges import check_pooled_ranges

SIZES = {"all": 40, "drug": 25, "sham": 15}


def test_extremes_that_no_arm_has_are_found():
    low = row("plt", "min", {"all": 148, "drug": 148, "sham": 141}, SIZES)
    high = row("plt", "max", {"all": 381, "drug": 377, "sham": 371}, SIZES)
    found = check_pooled_ranges(ledger(*low, *high))
    assert [finding.ids for finding in found] == [
        ("plt.all.min", "plt.sham.min"),
        ("plt.all.max", "plt.drug.max"),
    ]
    assert "pooled minimum is 141 (arm sham); printed is 148" in found[0].proof


@pytest.mark.law
@given(st.integers(0, 99), st.integers(0, 99))
def test_the_outermost_extreme_is_never_found(drug, sham):
    low = row("x", "min", {"all": min(drug, sham), "drug": drug, "sham": sham}, SIZES)
    high = row("x", "max", {"all": max(drug, sham), "drug": drug, "sham": sham}, SIZES)
    assert check_pooled_ranges(ledger(*low, *high)) == []
