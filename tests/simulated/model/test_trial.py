"""A whole trial: cut dates, topics apart, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.cut.simulation import USUAL
from duonen_stats.simulated.model.assumptions import Assumptions
from duonen_stats.simulated.model.dates import day
from duonen_stats.simulated.model.outcome import OutcomeAssumptions
from duonen_stats.simulated.model.trial import simulate_trial


def test_at_the_interim_cut_all_are_off_treatment(study):
    trial = simulate_trial(2, 56, "INTERIM", study, USUAL)
    assert trial.course.ended.max() + 28 <= trial.cut
    assert day(2025) < trial.cut < day(2027)


def test_the_final_cut_is_at_the_planned_end(study):
    assert simulate_trial(2, 5, "FINAL", study, USUAL).cut == day(2032)


def test_other_hazards_leave_baseline_and_doses_alone(study):
    harsh = replace(Assumptions(), outcome=OutcomeAssumptions(hazard_per_month=0.2))
    usual, other = (simulate_trial(3, 40, "FINAL", study, one) for one in (USUAL, harsh))
    assert np.array_equal(usual.patients.specific, other.patients.specific)
    assert np.array_equal(usual.characteristics.age, other.characteristics.age)
    assert not np.array_equal(usual.fates.death, other.fates.death)


@pytest.mark.parametrize(
    ("seed", "patients", "stage", "message"),
    [
        (-1, 5, "FINAL", "seed is -1"),
        (1.5, 5, "FINAL", "seed is 1.5"),
        (True, 5, "FINAL", "seed is True"),
        (1, 0, "FINAL", "patients is 0"),
        (1, 5, "final", "stage is 'final'"),
    ],
)
def test_nonsense_is_refused(study, seed, patients, stage, message):
    with pytest.raises(PlanError, match=message):
        simulate_trial(seed, patients, stage, study, USUAL)
