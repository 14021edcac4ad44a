"""A whole calibration: its loss is that of its stages, and a trial too small to choose from is refused."""

import pytest
from calibration_parts import published_targets

from duonen_stats import load_study
from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.cohort import CalibratedCohort, build_cohort
from duonen_stats.simulated.calibration.stage import Settings, StageRecord

pytestmark = pytest.mark.worked


def test_the_loss_is_the_sum_of_the_stages():
    records = tuple(
        StageRecord(stage=name, loss=loss, judged=1, starts=1) for name, loss in (("a", 0.5), ("b", 0.25))
    )
    assert CalibratedCohort(tables={}, records=records).loss == 0.75


def test_a_trial_too_small_to_choose_from_is_refused():
    with pytest.raises(NotEstimable, match="simulate more"):
        build_cohort(published_targets(), load_study(), Settings(seed=1), pool=40)
