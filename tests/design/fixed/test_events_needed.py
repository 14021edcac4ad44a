"""Required events."""

import pytest

from duonen_stats.design import required_events
from duonen_stats.errors import PlanError


def test_duonen_needs_117_events():
    found = required_events(0.5, allocation_ratio=3)
    assert found.n_events == pytest.approx(116.639, abs=1e-3)
    assert (found.n_events_rounded, found.method, found.alpha, found.sides) == (117, "schoenfeld", 0.05, 2)


def test_the_far_tail_saves_a_little():
    near = required_events(0.9, power=0.2)
    far = required_events(0.9, power=0.2, far_tail=True)
    assert near.n_events * 0.9 < far.n_events < near.n_events


def test_no_difference_to_the_margin():
    with pytest.raises(PlanError, match="no effect"):
        required_events(1.0)
    assert required_events(1.0, null_hazard_ratio=1.3).n_events > 0
