"""Times to progression, death and loss."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import expon, kstest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.dates import DAYS_PER_MONTH, NEVER
from duonen_stats.simulated.model.outcome import OutcomeAssumptions, _responses, draw_fates

N = 20_000


def fates(study, **fields):
    arm = np.arange(N) % 4
    start = np.zeros(N, dtype=np.int64)
    return arm, draw_fates(
        np.random.default_rng(6), start, arm, start + 1, study, OutcomeAssumptions(**fields)
    )


def test_hazards_are_the_designs_unless_others_are_given(study):
    assert OutcomeAssumptions().hazards(study) == pytest.approx([0.0235, 0.01175, 0.01175, 0.01175])
    chosen = OutcomeAssumptions(hazard_per_month=0.04, hazard_ratios={"C": 1.0}).hazards(study)
    assert chosen == pytest.approx([0.04, 0.02, 0.04, 0.02])
    with pytest.raises(PlanError, match="E, which is no arm"):
        OutcomeAssumptions(hazard_ratios={"E": 0.5}).hazards(study)


def test_progression_or_death_is_exponential_with_the_hazard_of_the_arm(study):
    arm, found = fates(study)
    months = np.minimum(found.progression, found.death) / DAYS_PER_MONTH
    for place, hazard in enumerate(OutcomeAssumptions().hazards(study)):
        assert kstest(months[arm == place], expon(scale=1 / hazard).cdf).pvalue > 0.001
    assert (found.progression == NEVER).mean() == pytest.approx(0.12, abs=0.01)


def test_nobody_dies_before_progression_has_or_is_lost_after_death(study):
    _, found = fates(study)
    grown = found.progression < NEVER
    assert (found.death[grown] >= found.progression[grown]).all()
    assert ((found.lost < found.death) | (found.lost == NEVER)).all()
    assert (found.death >= 1).all()


def test_loss_can_be_switched_off(study):
    _, found = fates(study, lost_per_month=0.0)
    assert (found.lost == NEVER).all()
    other = replace(OutcomeAssumptions(), lost_per_month=0.02)
    assert other.lost_per_month == 0.02


@pytest.fixture(scope="module")
def scans(large_cut):
    arms = large_cut.tables["subjects"][["SUBJID", "RANDDT", "ARM"]]
    found = large_cut.tables["tumour_assessments"].merge(arms, on="SUBJID")
    return found.assign(DAY=(found["ASSESSDT"] - found["RANDDT"]).dt.days)


def test_the_baseline_lies_before_randomisation_and_cannot_be_assessed(scans):
    first = scans.groupby("SUBJID").first()
    assert first["DAY"].between(-29, -2).all()
    assert (first["RESPONSE"] == "NE").all()
    assert (first["NEWLESION"] == "N").all()


def test_assessments_are_twelve_weeks_apart(scans):
    later = scans[scans["DAY"] > 0]
    gap = later.groupby("SUBJID")["DAY"].diff().dropna()
    assert gap.median() == pytest.approx(84, abs=1)
    off = (later["DAY"] + 42) % 84 - 42
    assert off.abs().max() <= 8


def test_none_follows_progression(scans):
    progression = scans[scans["RESPONSE"] == "PD"].set_index("SUBJID")["ASSESSDT"]
    assert progression.index.is_unique
    last = scans.groupby("SUBJID")["ASSESSDT"].max()
    assert (last[progression.index] == progression).all()


def test_responses_follow_from_the_diameters(scans):
    """RECIST 1.1, written a second time: on cumulative minima instead of scan by scan."""
    seen = scans.dropna(subset=["SUMDIAM"]).copy()
    mm = seen.groupby("SUBJID")["SUMDIAM"]
    seen["BASE"] = mm.transform("first")
    seen["SMALLEST"] = mm.cummin().groupby(seen["SUBJID"]).shift()
    seen = seen[seen["DAY"] > 0]
    grown = (seen["SUMDIAM"] >= 1.2 * seen["SMALLEST"] - 1e-9) & (seen["SUMDIAM"] - seen["SMALLEST"] >= 5)
    worse = grown | (seen["NEWLESION"] == "Y")
    wanted = np.select([worse, 10 * seen["SUMDIAM"] <= 7 * seen["BASE"]], ["PD", "PR"], "SD")
    assert (seen["RESPONSE"] == wanted).all()
    assert set(seen["RESPONSE"]) == {"PD", "PR", "SD"}


def test_exactly_thirty_percent_is_a_partial_response():
    """0.7 x 70 is a little less than 49 in binary numbers."""
    mm = np.array([[70.0, 49.0, 50.0], [130.0, 91.0, 92.0]])
    never = np.zeros(mm.shape, dtype=bool)
    assert _responses(mm, never, never)[:, 1:].tolist() == [["PR", "SD"]] * 2


def test_the_designs_exponential_pfs_is_seen_at_the_planned_assessments(trial, study):
    """Where an assessment falls, the share without progression or death is exp(-hazard x time)."""
    hazards = OutcomeAssumptions().hazards(study)[trial.recruits.arm]
    seen = np.minimum(trial.assessments.progressed, trial.fates.death) - trial.recruits.randomised
    for month in (12, 24, 48):
        expected = np.exp(-hazards * month)
        free = seen / DAYS_PER_MONTH > month
        for arms in (trial.recruits.arm == 0, trial.recruits.arm > 0):
            error = np.sqrt((expected * (1 - expected))[arms].mean() / arms.sum())
            # Up to a quarter of a year passes until it is seen.
            late = 1 - np.exp(-hazards[arms] * 3).mean()
            assert -3.5 * error < free[arms].mean() - expected[arms].mean() < 3.5 * error + late


def test_what_is_seen_late_is_never_seen_early(trial):
    grown = trial.fates.progression
    shown = pd.Series(trial.assessments.progressed - grown)[trial.assessments.progressed < 2**31]
    assert shown.min() >= 0
    assert shown.median() < 84
