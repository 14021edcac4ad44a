"""Stages: seeded by name, repeated until nothing is missed, recorded."""

from dataclasses import dataclass

import numpy as np
import pytest

from duonen_stats.simulated.calibration.stage import Settings, run_stage

pytestmark = pytest.mark.worked


@dataclass(frozen=True)
class Found:
    loss: float
    judged: int = 10


def run(losses, starts=5):
    told = []
    rest = iter(losses)
    settings = Settings(seed=1, starts=starts, report=told.append)
    return run_stage("doses", lambda _: Found(next(rest)), settings), told[0]


def test_it_stops_at_the_first_start_without_loss():
    found, record = run([0.5, 0.0, 0.0])
    assert found.loss == 0
    assert (record.stage, record.starts, record.judged) == ("doses", 2, 20)


def test_the_best_of_all_starts_is_kept():
    found, record = run([0.5, 0.1, 0.4], starts=3)
    assert found.loss == record.loss == 0.1


def test_a_stage_has_numbers_of_its_own():
    settings = Settings(seed=1)
    first = settings.generator("a").random(3)
    assert (settings.generator("a").random(3) == first).all()
    for other in (settings.generator("b"), settings.generator("a", 1), Settings(seed=2).generator("a")):
        assert not np.isclose(other.random(3), first).any()


def test_no_start_no_result():
    with pytest.raises(ValueError, match="at least one start"):
        run([], starts=0)
