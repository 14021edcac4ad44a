"""How an answer writes its numbers."""

from math import inf

import pytest

from duonen_stats.design import Rate, SurvivalAssumptions
from duonen_stats.report.design_answer import assumed, months, number, plain_table, share, simulated

pytestmark = pytest.mark.worked


def test_numbers_shares_and_months():
    assert [number(value, 1) for value in (1.25, None, inf, -inf)] == ["1.3", "–", "∞", "−∞"]
    assert [share(value) for value in (0.7345, None, 1.0)] == ["73.5%", "–", "100%"]
    assert [months(value) for value in (12.04, None)] == ["12.0 months", "–"]
    assert simulated(Rate(value=0.0331, mc_error=0.0002)) == "3.31% (SE 0.02)"


def test_assumptions_are_said_with_units():
    plan = SurvivalAssumptions(
        control_hazard_per_month=(0.03, 0.02), hazard_ratio=0.5, hazard_starts_months=(0, 6), allocation_ratio=3,
        accrual=60.0, followup_months=12.0, max_followup_months=48.0, dropout_hazard_per_month=0.001,
    )  # fmt: skip
    said = dict(assumed(plan))
    assert said["Control arm"] == "hazard 0.03000 from month 0, 0.02000 from month 6 per month"
    assert said["Allocation"] == "3 experimental : 1 control"
    assert said["Analysis"] == "at 72.0 months after the trial opens"
    assert said["Longest follow-up"] == "48.0 months"
    assert said["Dropout"] == "hazard 0.00100 per month"


def test_a_plain_table_sets_its_first_column_left():
    table = plain_table(("a", "b"), [("x", "1")])
    assert [column.align for column in table.columns] == ["left", "right"]
