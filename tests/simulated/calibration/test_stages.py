"""Stages joined: Table 1 reached, parts that go with it consistent, activities as decided."""

import numpy as np
import pytest
from calibration_parts import loosened_targets, published_targets, start_values

from duonen_stats import load_study
from duonen_stats.simulated.calibration import stages
from duonen_stats.simulated.calibration.analytes import ANALYTES, LINKED
from duonen_stats.simulated.calibration.calibrate_laboratory import FoundChanges
from duonen_stats.simulated.calibration.roster import ARMS, build_roster
from duonen_stats.simulated.calibration.stage import SearchSettings
from duonen_stats.simulated.calibration.stages import (
    COLUMNS,
    calibrate_activities,
    calibrate_baseline,
    calibrate_laboratory,
)

SETTINGS = SearchSettings(seed=5, candidates=20000, starts=3)


@pytest.fixture(scope="module")
def baseline():
    targets = published_targets()
    return calibrate_baseline(start_values(), build_roster(targets), targets, SETTINGS)


@pytest.mark.parametrize("name", ["AGE", "HGB", "PLAT", "WBC"])
def test_a_column_of_table_1_is_reached(baseline, name):
    targets = published_targets()
    roster, entry = build_roster(targets), COLUMNS[name][0]
    for arm in ARMS:
        values = baseline[name][roster.members(arm)]
        wanted = targets.interval(f"table1.{entry}.{arm}.median")
        assert wanted.low <= np.median(values) <= wanted.high
        assert values.min() == pytest.approx(targets.value(f"table1.{entry}.{arm}.min"))
        assert values.max() == pytest.approx(targets.value(f"table1.{entry}.{arm}.max"))


def test_the_other_values_go_with_them(baseline):
    rest = 1 - (baseline["NEUT"] + baseline["LYMPH"]) / baseline["WBC"]
    assert (rest > 0.03).all()
    assert (rest < 0.2).all()
    assert (baseline["CREAT"] < 1.36).all()


def test_activities_follow_the_decisions():
    study, targets = load_study(), loosened_targets()
    roster = build_roster(targets)
    activity = calibrate_activities(roster, targets, study, SETTINGS)
    assert (np.isfinite(activity).any(axis=0).sum(axis=0) == roster.delivered).all()
    yttrium = activity[1][:, roster.members("B")]
    changed = (yttrium[1:] - yttrium[0]) / 1850
    up, down, _ = roster.decisions[:, roster.members("B")]
    assert ((changed > 0.1).sum(axis=0) == up).all()
    assert ((changed < -0.1).sum(axis=0) == down).all()
    assert np.isnan(activity[1][:, roster.members("A")]).all()


def test_white_cells_and_their_parts_are_made_anew_together(monkeypatch):
    roster, asked, told = build_roster(published_targets()), [], []

    def attempt(plan, *_, **__):
        asked.append(plan.code)
        missed = plan.code == "LYMPH" and asked.count("LYMPH") <= 2
        state = np.zeros(roster.present.shape)
        return FoundChanges(state=state, present=roster.present, loss=0.5 if missed else 0.0, judged=1)

    monkeypatch.setattr(stages, "ANALYTES", tuple(one for one in ANALYTES if one.code in LINKED))
    monkeypatch.setattr(stages, "calibrate_changes", attempt)
    settings = SearchSettings(seed=1, starts=2, report=told.append)
    values = calibrate_laboratory(roster, start_values(), {}, published_targets(), settings)
    assert asked == ["WBC", "LYMPH", "LYMPH", "WBC", "LYMPH", "NEUT"]
    assert [one.stage for one in told][-1] == "laboratory NEUT, round 2"
    assert set(values) == set(LINKED)
