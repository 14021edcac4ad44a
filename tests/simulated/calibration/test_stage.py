"""Stages: seeded by name, repeated until nothing is missed, recorded."""

from dataclasses import dataclass

import numpy as np
import pytest

from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.stage import SearchSettings, run_stage


@dataclass(frozen=True)
class Found:
    loss: float
    judged: int = 10


def run(losses, starts=5):
    told = []
    rest = iter(losses)
    settings = SearchSettings(seed=1, starts=starts, report=told.append)
    return run_stage("doses", lambda _: Found(next(rest)), settings), told[0]


def test_it_stops_at_the_first_start_without_loss():
    found, record = run([0.5, 0.0, 0.0])
    assert found.loss == 0
    assert (record.stage, record.starts, record.judged) == ("doses", 2, 20)


def test_a_stage_that_misses_its_targets_ends_the_calibration():
    told = []
    rest = iter([0.5, 0.125, 0.25])
    with pytest.raises(NotEstimable, match=r"'doses' missed its targets by 0.125 at the best of 3 starts"):
        run_stage("doses", lambda _: Found(next(rest)), SearchSettings(seed=1, starts=3, report=told.append))
    assert [(one.loss, one.judged, one.starts) for one in told] == [(0.125, 30, 3)]


def test_a_start_that_cannot_be_completed_counts_as_one():
    outcomes = iter([NotEstimable("no division"), Found(0.0)])

    def attempt(_):
        outcome = next(outcomes)
        if isinstance(outcome, NotEstimable):
            raise outcome
        return outcome

    told = []
    assert run_stage("doses", attempt, SearchSettings(seed=1, report=told.append)).loss == 0
    assert told[0].starts == 2


def test_a_stage_that_never_completes_gives_its_own_reason():
    def attempt(_):
        raise NotEstimable("simulate more")

    with pytest.raises(NotEstimable, match="simulate more"):
        run_stage("patients", attempt, SearchSettings(seed=1))


def test_a_stage_has_numbers_of_its_own():
    settings = SearchSettings(seed=1)
    first = settings.generator("a").random(3)
    assert (settings.generator("a").random(3) == first).all()
    for other in (settings.generator("b"), settings.generator("a", 1), SearchSettings(seed=2).generator("a")):
        assert not np.isclose(other.random(3), first).any()


def test_no_start_no_result():
    with pytest.raises(NotEstimable, match="at least one start"):
        run([], starts=0)
