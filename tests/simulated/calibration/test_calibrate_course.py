"""Activities: printed means and cumulative quartiles reached, every cycle accounted for."""

import numpy as np
import pandas as pd
import pytest

from duonen_stats.simulated.calibration.annealing import Schedule
from duonen_stats.simulated.calibration.calibrate_course import (
    CourseProblem,
    CourseTargets,
    Decisions,
    calibrate_course,
    spread_over_cycles,
    with_activities_set,
)
from duonen_stats.simulated.calibration.targets import Bounds
from duonen_stats.simulated.model.treatment import AdaptationRule
from duonen_stats.study import load_study

DECISIONS = Decisions(cycles=np.array([[3, 3, 0, 0, 1], [0, 0, 3, 0, 2], [0, 0, 0, 1, 0]]))
TARGETS = CourseTargets(up=Bounds(low=1000, high=1000.4), down=Bounds(low=-2500, high=-2499.6))


@pytest.fixture(scope="module")
def found():
    schedule = Schedule(candidates=20000)
    return calibrate_course(DECISIONS, TARGETS, nominal=7400, schedule=schedule, rng=np.random.default_rng(1))


class TestCourse:
    def test_means_are_those_printed(self, found):
        assert found.loss == 0
        assert found.state[1, [0, 1, 4]].mean() == pytest.approx(1000, abs=0.5)
        assert found.state[2, [2, 4]].mean() == pytest.approx(-2500, abs=0.5)

    def test_delivered_cycles(self):
        assert DECISIONS.delivered.tolist() == [4, 4, 4, 2, 4]

    def test_cycles_keep_the_mean_of_each_decision(self, found):
        given = spread_over_cycles(found.state, DECISIONS, cycles=4, rng=np.random.default_rng(2))
        assert np.isfinite(given).sum(axis=0).tolist() == [4, 4, 4, 2, 4]
        change = given[1:] - given[0]
        assert change[:, 0].mean() == pytest.approx(found.state[1, 0])
        assert change[0, 4] == pytest.approx(found.state[1, 4])
        assert change[1:, 4].mean() == pytest.approx(found.state[2, 4])
        assert (np.abs(given[0] / 7400 - 1) <= 0.045).all()

    def test_the_smallest_activity_is_bounded(self, found):
        given = spread_over_cycles(found.state, DECISIONS, cycles=4, rng=np.random.default_rng(2))
        assert np.nanmin(given) > 0.07 * 7400


@pytest.mark.law
@pytest.mark.parametrize("seed", range(3))
def test_terms_of_a_changed_row_are_those_of_the_changed_state(seed):
    rng = np.random.default_rng(seed)
    cumulative = tuple(Bounds(low=at, high=at + 1) for at in (15.0, 20.0, 30.0, 32.0, 40.0))
    problem = CourseProblem(DECISIONS, CourseTargets(up=TARGETS.up, down=TARGETS.down, cumulative=cumulative))
    state = rng.normal(0, 1000, (4, 5)) * DECISIONS.present
    for part in range(4):
        row = rng.normal(0, 1000, 5) * DECISIONS.present[part]
        changed = state.copy()
        changed[part] = row
        wanted = problem.all_terms(changed)[problem.touched(part)]
        assert problem.terms(state, part, row[None])[0] == pytest.approx(wanted)


class TestActivitiesSet:
    """A patient of arm A, and one of arm B: raised once, then brought below the first activity twice."""

    SUBJECTS = pd.DataFrame({"SUBJID": ["1", "2"], "ARM": ["A", "B"]})
    GIVEN = pd.DataFrame(
        {
            "SUBJID": ["1", "1", "2", "2", "2", "2"],
            "CYCLE": ["T1", "T2", "T1", "T2", "T3", "T4"],
            "LU177_MBQ": [7350.0, 7441.0, 3712.0, 3689.0, 3650.0, 3731.0],
            "Y90_MBQ": [np.nan, np.nan, 1901.0, 4200.0, 724.0, 730.0],
            "REASON": ["PLANNED"] * 3 + ["DOSIMETRY_INCREASE"] + ["DOSIMETRY_REDUCTION"] * 2,
        }
    )

    def found(self, rule, seed=1):
        return with_activities_set(self.GIVEN, self.SUBJECTS, load_study(), rule, seed)

    def test_the_order_is_nominal_where_dosimetry_changed_nothing(self):
        found = self.found(AdaptationRule())
        assert found["LU177_SET_MBQ"].tolist() == [7400, 7400, 3700, 3700, 3700, 3700]
        assert found["Y90_SET_MBQ"].isna().tolist() == [True, True, False, False, False, False]
        assert found["Y90_SET_MBQ"].iloc[2] == 1850
        pd.testing.assert_frame_equal(found[self.GIVEN.columns], self.GIVEN)

    def test_cycles_of_one_order_share_it_and_without_error_it_is_their_mean(self):
        exact = self.found(AdaptationRule(dispensing_sd=1e-9))["Y90_SET_MBQ"].iloc[3:].tolist()
        assert exact == [4200, 730, 730]
        drawn = [self.found(AdaptationRule(), seed)["Y90_SET_MBQ"].iloc[3:] for seed in range(200)]
        assert all(one.iloc[1] == one.iloc[2] and one.mod(10).eq(0).all() for one in drawn)
        raised = np.array([one.iloc[0] for one in drawn])
        assert np.std(raised / 4200) == pytest.approx(0.012, rel=0.2)
        assert np.std([one.iloc[1] / 727 for one in drawn]) == pytest.approx(0.012 / 2**0.5, rel=0.25)
