import numpy as np
import pytest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import stated
from duonen_stats.simulated.model.late_course import (
    LateAssumptions,
    creatinine_growth,
    draw_late,
    failing,
    neoplasm_days,
    recovered,
)

USUAL = LateAssumptions()
YEAR = 365.25


def test_every_assumption_has_a_reason_and_a_source():
    assert all(one.reason and one.source for one in stated(USUAL))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lasting", 1.1),
        ("recovery_weeks", 0.0),
        ("neoplasm_a_year", -0.1),
        ("visit_days", (5, -5)),
        ("years", 0.0),
    ],
)
def test_assumptions_that_make_no_sense(field, value):
    with pytest.raises(PlanError):
        LateAssumptions(**{field: value})


def test_a_patient_has_the_same_numbers_whoever_else_is_in_the_cut():
    both = draw_late(3, np.array(["01-001", "01-002"], dtype=object), 5, 2)
    alone = draw_late(3, np.array(["01-002"], dtype=object), 5, 2)
    assert (both.by_visit[1] == alone.by_visit[0]).all()
    assert (both.uniform[1] == alone.uniform[0]).all()
    assert (draw_late(4, np.array(["01-002"], dtype=object), 5, 2).uniform != alone.uniform).all()


def test_a_fall_recovers_but_for_the_part_that_lasts():
    left = recovered(np.array([-1.0]), np.array([0.0, 7 * USUAL.recovery_weeks, 1e5]), USUAL)
    assert left == pytest.approx([-1, -(0.35 + 0.65 / np.e), -0.35])


def test_creatinine_grows_with_the_dose_to_the_kidneys():
    growth = creatinine_growth(np.array([0.0, 20.0, 40.0]), np.zeros(3), USUAL)
    assert growth == pytest.approx([0.004, 0.024, 0.044])


def test_neoplasms_come_after_the_latency_and_sooner_with_dose():
    u = np.random.default_rng(1).random(200_000)
    low, high = (neoplasm_days(np.full(len(u), gy), u, USUAL) for gy in (0.0, 2.0))
    assert low.min() >= YEAR * 0.75
    assert (high <= low).all()
    within = [(days < (0.75 + 5) * YEAR).mean() for days in (low, high)]
    assert within == pytest.approx([-np.expm1(-5 * 0.004), -np.expm1(-5 * 0.016)], abs=0.002)


def test_counts_fall_before_the_diagnosis():
    days = np.array([0.0, 1000 - YEAR / 2, 1000 - YEAR / 4, 1000.0])
    fall = failing(days, np.array(1000.0), "PLAT", USUAL)
    assert fall == pytest.approx([0, 0, -0.8, -1.6])
    assert (failing(days, np.array(1000.0), "WBC", USUAL) == 0).all()
