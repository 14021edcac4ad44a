"""A whole trial: cut dates, topics apart, refusals."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.cut.simulation import USUAL
from duonen_stats.simulated.model.adverse_events import EventAssumptions
from duonen_stats.simulated.model.assumption import stated
from duonen_stats.simulated.model.blood import BloodAssumptions, BloodValue
from duonen_stats.simulated.model.dates import day
from duonen_stats.simulated.model.organ_dose import DosimetryAssumptions, SpecificDose
from duonen_stats.simulated.model.outcome import AssessmentAssumptions, OutcomeAssumptions
from duonen_stats.simulated.model.recruitment import (
    BaselineAssumptions,
    RecruitmentAssumptions,
    TruncatedNormal,
)
from duonen_stats.simulated.model.treatment import AdaptationRule, ScheduleAssumptions
from duonen_stats.simulated.model.trial import Assumptions, simulate_trial


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


def test_each_has_a_reason_and_a_source():
    listed = [*stated(Assumptions())]
    assert len(listed) > 60
    assert all(one.reason and one.source for one in listed), [one.name for one in listed if not one.source]
    assert len({one.name for one in listed}) == len(listed)


KIDNEY = SpecificDose(organ="KIDNEY", isotope="LU177", median=0.5, sd_log=0.4, low=0.1, high=1.5)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (RecruitmentAssumptions, {"centre_shares": (0.5, 0.4)}),
        (RecruitmentAssumptions, {"blocks": 0}),
        (BaselineAssumptions, {"female": 1.2}),
        (BaselineAssumptions, {"kps": (0.5, 0.5)}),
        (TruncatedNormal, {"mean": 1, "sd": 0, "low": 0, "high": 2}),
        (TruncatedNormal, {"mean": 1, "sd": 1, "low": 2, "high": 2}),
        (DosimetryAssumptions, {"cycle_sd_log": 0.9}),
        (DosimetryAssumptions, {"specific": (KIDNEY, KIDNEY)}),
        (SpecificDose, {"organ": "KIDNEY", "isotope": "Y90", "median": 9, "sd_log": 0.4, "low": 1, "high": 6}),
        (AdaptationRule, {"smallest": 0.0}),
        (AdaptationRule, {"largest_lutetium": 0.9}),
        (AdaptationRule, {"target": 1.1}),
        (ScheduleAssumptions, {"withdrawal": 0.7, "other": 0.7}),
        (BloodAssumptions, {"values": ()}),
        (BloodAssumptions, {"shared": (0.1, 0.2)}),
        (BloodValue, {"code": "HGB", "category": "BLOOD", "women": 0, "men": 13, "sd": 0.1, "visit_sd": 0.1}),
        (OutcomeAssumptions, {"hazard_per_month": 0.0}),
        (OutcomeAssumptions, {"hazard_ratios": {"B": -1}}),
        (OutcomeAssumptions, {"lost_per_month": -0.1}),
        (AssessmentAssumptions, {"jitter_days": 30}),
        (EventAssumptions, {"reported": (0.1, 0.2)}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_of_assumptions(kind, fields):
    with pytest.raises(PlanError):
        kind(**fields)


def test_another_trial_is_one_replace_away():
    other = replace(Assumptions(), outcome=OutcomeAssumptions(hazard_ratios={"D": 0.7}))
    assert other != Assumptions()
    assert Assumptions() == Assumptions()
