from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import ledger, row

from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.pooled_values import check_pooled_medians

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
