from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import counted, entry, ledger, row

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.percentages import (
    check_percentage_base,
    check_percentages,
    check_pooled_percentages,
    check_rounding_rule,
)


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


def table(patients: int):
    return ledger(
        entry("N", patients, arm="all", stat="N"),
        entry("total", 38, arm="all", stat="n_events", of=38),
        entry("share", "36.8", arm="all", stat="pct", of=38),
    )


def test_percentages_of_events_are_found():
    (finding,) = check_percentage_base(table(56))
    assert finding.proof.startswith("1 percentages of Table 9 are of 38 events, not of the 56 patients")


def test_as_many_events_as_patients_leave_nothing_to_say():
    assert check_percentage_base(table(38)) == []


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
