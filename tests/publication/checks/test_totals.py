import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import ledger, row

from duonen_stats.publication.checks.totals import check_totals

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
