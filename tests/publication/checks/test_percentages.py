from decimal import ROUND_DOWN, ROUND_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import counted, ledger

from duonen_stats.publication.checks.percentages import check_percentages


@pytest.mark.parametrize("printed", ["31.2", "31.3"])
def test_an_exact_half_may_be_rounded_either_way(printed):
    assert check_percentages(ledger(*counted("men", "drug", 5, 16, printed))) == []


def test_a_percentage_of_another_count_is_found():
    (finding,) = check_percentages(ledger(*counted("men", "drug", 37, 56, "60.1")))
    assert (finding.nature, finding.ids) == ("impossible", ("men.drug.n", "men.drug.pct"))
    assert finding.proof == "37 of 56 is 66.07 %; printed is 60.1 %."


@pytest.mark.law
@given(st.integers(1, 500), st.data(), st.integers(0, 2), st.booleans())
def test_no_correct_rounding_is_ever_found(whole, data, decimals, up):
    part = data.draw(st.integers(0, whole))
    unit = Decimal(1).scaleb(-decimals)
    exact = Decimal(100 * part) / whole
    low, high = exact.quantize(unit, ROUND_DOWN), exact.quantize(unit, ROUND_UP)
    nearest = high if (high - exact < exact - low or (high - exact == exact - low and up)) else low
    assert check_percentages(ledger(*counted("men", "drug", part, whole, f"{nearest:.{decimals}f}"))) == []
