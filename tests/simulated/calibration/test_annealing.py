"""Annealing reaches what can be reached, keeps its bounds, and never loses its best state."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.simulated.calibration.annealing import Schedule, Space, anneal

SPACE = Space(
    low=np.zeros((2, 12)), high=np.full((2, 12), 9.0), present=np.ones((2, 12), bool), step=0.5, spread=3.0
)


class Means:
    """Distance of two rows' means from targets, and of their difference."""

    def __init__(self, one, other):
        self.wanted = np.array([one, other])

    def touched(self, part):
        return np.array([part, 2])

    def terms(self, state, part, rows):
        other = state[1 - part].mean()
        mean = rows.mean(axis=1)
        return np.stack([abs(mean - self.wanted[part]), abs(mean - other) * 0], axis=1)

    def all_terms(self, state):
        return np.array([*abs(state.mean(axis=1) - self.wanted), 0.0])


def start(seed):
    return SPACE.on_grid(np.random.default_rng(seed).uniform(0, 9, (2, 12)))


@pytest.mark.law
class TestLaws:
    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 1000), st.floats(0.5, 8.0), st.floats(0.5, 8.0))
    def test_best_is_never_worse_than_the_start_and_is_what_it_says(self, seed, one, other):
        problem, begun = Means(one, other), start(seed)
        found = anneal(begun, problem, SPACE, Schedule(candidates=300), np.random.default_rng(seed))
        assert found.loss <= problem.all_terms(begun).sum() + 1e-12
        assert found.loss == pytest.approx(problem.all_terms(found.state).sum())

    @settings(max_examples=5, deadline=None)
    @given(st.integers(0, 1000))
    def test_more_candidates_are_never_worse(self, seed):
        schedule = Schedule(candidates=1500, start=0.0, end=1e-9)
        few = anneal(
            start(seed), Means(4.3, 2.1), SPACE, replace(schedule, candidates=100), np.random.default_rng(1)
        )
        many = anneal(start(seed), Means(4.3, 2.1), SPACE, schedule, np.random.default_rng(1))
        assert many.loss <= few.loss

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 1000))
    def test_bounds_grid_and_absent_values_are_kept(self, seed):
        present = np.random.default_rng(seed).random((2, 12)) < 0.7
        present[:, 0] = True
        space = replace(SPACE, present=present, low=np.full((2, 12), 1.0), high=np.full((2, 12), 6.0))
        begun = space.on_grid(start(seed))
        found = anneal(begun, Means(8.9, 0.1), space, Schedule(candidates=500), np.random.default_rng(seed))
        assert (found.state[~present] == begun[~present]).all()
        assert ((found.state >= 1.0) & (found.state <= 6.0)).all()
        assert (found.state * 2 == np.round(found.state * 2)).all()


class TestAnneal:
    def test_a_target_inside_reach_is_reached(self):
        found = anneal(
            start(3), Means(4.5, 2.25), SPACE, Schedule(candidates=20000), np.random.default_rng(5)
        )
        assert found.loss == 0
        assert found.judged < 20000

    def test_the_start_is_left_alone_and_the_seed_decides(self):
        begun = start(1)
        kept = begun.copy()
        runs = [
            anneal(begun, Means(4.37, 2.2), SPACE, Schedule(candidates=400), np.random.default_rng(9))
            for _ in "ab"
        ]
        assert (begun == kept).all()
        assert (runs[0].state == runs[1].state).all()

    def test_temperature_falls(self):
        schedule = Schedule(candidates=100, start=1.0, end=0.01)
        found = [schedule.temperature(judged) for judged in (0, 50, 100, 200)]
        assert found == sorted(found, reverse=True)
        assert found[-1] == 0.01
