import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import claim, entry, ledger

from duonen_stats.design import SurvivalAssumptions, power
from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.statements import _at_least, check_claims, check_power

LIMIT = entry("limit", "23", stat="limit", unit="Gy", kind="design")


def doses(**quartiles: str):
    return [
        entry(f"dose.{stat}", value, row="dose", arm="drug", stat=stat, of=16)
        for stat, value in quartiles.items()
    ]


def test_a_quartile_above_the_limit_contradicts_that_none_exceeds_it():
    words = claim("c", "no dose above the limit", {"row": "dose", "at_most": "limit"})
    (finding,) = check_claims(ledger(LIMIT, *doses(median="21.6", q3="26.2"), words))
    assert (finding.nature, finding.ids) == ("words", ("c", "dose.q3"))
    assert "26.2, above 23 Gy, so at least 4 exceed it if all 16 were analysed" in finding.proof
    assert check_claims(ledger(LIMIT, *doses(q3="23.0"), words)) == []


def test_other_arms_than_those_claimed_do_not_count():
    words = claim("c", "none in sham", {"row": "dose", "arms": ["sham"], "at_most": "limit"})
    assert check_claims(ledger(LIMIT, *doses(q3="26.2"), words)) == []


def test_a_small_p_contradicts_no_difference():
    alpha = entry("alpha", "0.05", kind="design")
    words = claim("c", "no difference", {"row": "test", "at_least": "alpha"})
    p = [entry("p1", "0.027", row="test", stat="p", visit="V1"), entry("p2", "0.05", row="test", stat="p")]
    (finding,) = check_claims(ledger(alpha, *p, words))
    assert finding.ids == ("c", "p1")


def test_everyone_and_no_one_are_counted():
    words = claim(
        "c", "all completed", {"row": "done", "everyone": True}, {"row": "stopped", "everyone": False}
    )
    counts = [entry("d", 10, row="done", stat="n", of=12), entry("s", 0, row="stopped", stat="n", of=12)]
    (finding,) = check_claims(ledger(*counts, words))
    assert finding.ids == ("c", "d")


@pytest.mark.law
@given(
    st.lists(st.integers(0, 30), min_size=2, max_size=40),
    st.integers(0, 30),
    st.sampled_from(["q1", "median", "q3"]),
    st.sampled_from(["weibull", "linear", "hazen", "median_unbiased"]),
)
def test_so_many_at_least_exceed_a_limit_that_a_quantile_exceeds(values, limit, stat, definition):
    quantile = np.quantile(values, {"q1": 0.25, "median": 0.5, "q3": 0.75}[stat], method=definition)
    if quantile > limit:
        assert sum(value > limit for value in values) >= _at_least(stat, len(values))


def plan(*stated: tuple[str, str], patients: int = 92):
    assumed = {"hazard": "0.0235", "allocation": "3", "accrual": "60", "duration": "120"}
    return ledger(
        *(entry(stat, value, stat=stat, kind="design") for stat, value in assumed.items()),
        *(entry(f"power{hr}", pct, stat="power", row=hr, of=patients, kind="design") for hr, pct in stated),
        *(entry(f"hr{hr}", hr, stat="hr", row=hr, kind="design") for hr, _ in stated),
    )


def test_power_that_no_formula_gives_is_found():
    (finding,) = check_power(plan(("0.667", "≈33"), ("0.50", "≈75"), ("0.43", "≈89")))
    assert finding.ids == ("power0.667", "power0.50", "power0.43")
    assert "printed as 33/75/89 %" in finding.proof


def test_power_of_one_formula_is_not():
    assumptions = SurvivalAssumptions(
        control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
    )
    printed = fixed(100 * power(assumptions, 92, method="freedman").power, 0)
    assert check_power(plan(("0.50", printed))) == []


def test_without_assumptions_nothing_is_checked():
    assert (
        check_power(
            ledger(entry("p", "33", stat="power", row="x", of=92), entry("h", "0.5", stat="hr", row="x"))
        )
        == []
    )
