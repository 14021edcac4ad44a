import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import ledger, row

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.pooled_percentages import check_pooled_percentages

SIZES = {"all": 40, "drug": 25, "sham": 15}


def test_a_percentage_above_that_of_every_arm_is_found():
    (finding,) = check_pooled_percentages(
        ledger(*row("nodes", "pct", {"all": "58.9", "drug": "50.0", "sham": "58.3"}, SIZES))
    )
    assert "between 50.0 and 58.3 %" in finding.proof


@pytest.mark.law
@given(st.integers(0, 25), st.integers(0, 15))
def test_percentages_of_counts_are_never_found(drug, sham):
    shares = {"all": (drug + sham) / 40, "drug": drug / 25, "sham": sham / 15}
    printed = {arm: fixed(100 * share, 1) for arm, share in shares.items()}
    assert check_pooled_percentages(ledger(*row("nodes", "pct", printed, SIZES))) == []
