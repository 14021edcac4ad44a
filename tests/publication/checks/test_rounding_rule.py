from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import counted, ledger

from duonen_stats.publication.checks.rounding_rule import check_rounding_rule


def cells(*printed: tuple[int, str]):
    return ledger(*(e for i, (n, pct) in enumerate(printed) for e in counted(f"row{i}", "drug", n, 16, pct)))


def test_a_half_that_goes_the_other_way_is_found():
    (finding,) = check_rounding_rule(cells((5, "31.3"), (1, "6.3"), (11, "68.7")))
    assert finding.ids == ("row2.drug.pct",)
    assert "11/16 = 68.75 % printed 68.7 % is rounded down" in finding.proof


def test_half_to_even_is_a_rule_too():
    assert check_rounding_rule(cells((5, "31.2"), (11, "68.8"))) == []


@pytest.mark.law
@given(
    st.lists(st.integers(0, 16), min_size=1, max_size=8),
    st.sampled_from([ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN]),
)
def test_one_rule_throughout_is_never_found(parts, rule):
    printed = [(n, str((Decimal(100 * n) / 16).quantize(Decimal("0.1"), rule))) for n in parts]
    assert check_rounding_rule(cells(*printed)) == []
