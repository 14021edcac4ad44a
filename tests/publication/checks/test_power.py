from small_ledger import entry, ledger

from duonen_stats.design import SurvivalAssumptions, power
from duonen_stats.displays.model.format import fixed
from duonen_stats.publication.checks.power import check_power


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
