from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import entry, ledger, row

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.pooled_values import (
    check_pooled_medians,
    check_pooled_ranges,
    check_quartile_definition,
)

SIZES = {"all": 40, "drug": 25, "sham": 15}
VALUES = st.lists(st.integers(0, 400).map(lambda tenths: tenths / 10), min_size=1, max_size=9)


def test_a_median_outside_those_of_the_arms_is_found():
    (finding,) = check_pooled_medians(
        ledger(*row("bmi", "median", {"all": "25.9", "drug": "24.1", "sham": "25.3"}, SIZES))
    )
    assert finding.nature == "impossible"
    assert "between 24.1 and 25.3; printed is 25.9" in finding.proof


def test_rounding_is_allowed_for():
    assert (
        check_pooled_medians(
            ledger(*row("bmi", "median", {"all": 26, "drug": "24.1", "sham": "25.5"}, SIZES))
        )
        == []
    )


@pytest.mark.law
@given(st.lists(VALUES, min_size=2, max_size=4))
def test_medians_of_data_are_never_found(arms):
    """Whatever the data, the sizes and the ties, odd or even: a median of all lies among those of the arms."""
    sizes = {"all": sum(map(len, arms))} | {f"arm{i}": len(values) for i, values in enumerate(arms)}
    medians = {"all": median([value for values in arms for value in values])} | {
        f"arm{i}": median(values) for i, values in enumerate(arms)
    }
    printed = {arm: fixed(value, 1) for arm, value in medians.items()}
    assert check_pooled_medians(ledger(*row("bmi", "median", printed, sizes))) == []


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


def quartiles(median: str, q1: str, q3: str):
    stats = {"median": median, "q1": q1, "q3": q3}
    return ledger(*(entry(stat, value, row="alt", stat=stat) for stat, value in stats.items()))


def test_a_quarter_needs_interpolation():
    (finding,) = check_quartile_definition(quartiles("-2.0", "-7.25", "0.5"))
    assert finding.ids == ("q1",)
    assert "definition 6 or 7" in finding.proof


@pytest.mark.parametrize(
    "cell", [("-2.0", "-7.5", "1.0"), ("-2.13", "-7.25", "0.75"), ("0.50", "0.25", "0.75")]
)
def test_halves_and_values_with_decimals_tell_nothing(cell):
    assert check_quartile_definition(quartiles(*cell)) == []
