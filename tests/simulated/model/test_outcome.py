"""Times to progression, death and loss."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import expon, kstest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.dates import DAYS_PER_MONTH, NEVER
from duonen_stats.simulated.model.outcome import OutcomeAssumptions, draw_fates

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
