from dataclasses import replace

import numpy as np
import pytest
from made_times import ABOUT, spread, times

from duonen_stats.methods import cox_model, firth_model, log_rank
from duonen_stats.plan import FINAL
from duonen_stats.results.rows.compare_times import (
    compare_times,
    hazard_ratio_rows,
    log_rank_arms,
    restricted_mean_rows,
)
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import two_groups

MIXED = times(*spread("A", 8, step=2), *spread("B", 6, step=3, first=2), *spread("B", 3, first=9, event=0))
SILENT = times(*spread("A", 6), *spread("B", 6, event=0))


def compared(sample, plan=FINAL):
    return Results(compare_times(two_groups(sample, ("B",), plan), ABOUT, plan))


def test_the_numbers_are_those_of_the_methods():
    found = compared(MIXED)
    x = (MIXED.arm == "B").astype(float)
    test = log_rank(MIXED.time, MIXED.event, MIXED.arm)
    term = cox_model(MIXED.time, MIXED.event, x).terms[0]
    assert found.value("t.log_rank.p") == pytest.approx(test.p_value)
    assert found.value("t.log_rank.z") == pytest.approx(-test.z)
    assert [found.value(f"t.cox.{name}") for name in ("hr", "ci_low", "ci_high")] == [
        term.hazard_ratio,
        term.lower,
        term.upper,
    ]
    assert found.value("t.hr.hr") == term.hazard_ratio
    assert "Wald" in found.row("t.hr.hr").method


def test_without_an_event_in_an_arm_the_penalised_ratio_stands_in():
    found = compared(SILENT)
    x = (SILENT.arm == "B").astype(float)
    term = firth_model(SILENT.time, SILENT.event, x).terms[0]
    assert found.row("t.cox.hr").stat is None
    assert "no finite hazard ratio" in found.row("t.cox.hr").note
    assert found.value("t.hr.hr") == term.hazard_ratio
    assert "Firth" in found.row("t.hr.hr").method
    only = Results(hazard_ratio_rows(two_groups(SILENT, ("B",), FINAL), ABOUT, FINAL))
    assert only.value("t.hr") == term.hazard_ratio


def test_a_plan_may_always_penalise():
    always = replace(FINAL, firth="always")
    assert compared(MIXED, always).value("t.hr.hr") == compared(MIXED).value("t.firth.hr")


def restricted(sample, **changes):
    plan = replace(FINAL, **changes)
    return Results(restricted_mean_rows(two_groups(sample, ("B",), plan), ABOUT, plan))


def test_the_window_of_restricted_means_is_the_plans():
    found = restricted(MIXED, rmst_tau="smallest_last_time", rmst_min_at_risk=0.0)
    assert found.value("t.tau") == 15  # the last times are 15 in A and 17 in B
    assert found.value("t.at_risk_control") == 1
    fixed = restricted(MIXED, rmst_months=10.0)
    assert fixed.value("t.tau") == 10
    assert fixed.value("t.difference") == pytest.approx(
        fixed.value("t.experimental") - fixed.value("t.control")
    )


@pytest.mark.parametrize(
    ("months", "part", "why"),
    [
        (19.0, 0.1, None),  # 2 of 20 in A are at risk at month 19: 10 %
        (19.5, 0.1, "1 of 20 patients in arm A are at risk, fewer than 10 %"),
        (19.5, 0.05, None),
        (20.5, 0.1, "0 of 20 patients in arm A"),
        (31.0, 0.0, "beyond the last observed time, 30.0 months"),
    ],
)
def test_no_restricted_mean_where_too_few_are_at_risk(months, part, why):
    sample = times(*spread("A", 20), *spread("B", 20, first=11.0))
    found = restricted(sample, rmst_months=months, rmst_min_at_risk=part)
    row = found.row("t.difference")
    assert (row.stat is None) == (why is not None)
    assert (why or "") in row.note
    assert found.value("t.tau") == months
    assert found.value("t.at_risk_control") == max(0, int(np.floor(21 - months)))


def test_too_small_a_group_has_reasons_and_no_p():
    found = compared(times(*spread("A", 2), *spread("B", 9)))
    assert all(row.stat is None and "fewer than 3" in row.note for row in found)


def test_all_arms_at_once_leave_out_an_empty_one():
    found = Results(log_rank_arms(MIXED, tuple("ABCD"), ABOUT, FINAL))
    assert found.value("t.df") == 1
    assert "without patients: arm C, D" in found.row("t.p").method
    small = times(*spread("A", 5), *spread("B", 1))
    assert Results(log_rank_arms(small, tuple("AB"), ABOUT, FINAL)).row("t.p").note
