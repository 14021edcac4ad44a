"""Scaled Schoenfeld residuals; R's are in ``reference/test_final_cuts.py``."""

import numpy as np
import pytest

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import cox_model, scaled_schoenfeld


def sample(seed=1, n=60):
    generator = np.random.default_rng(seed)
    arm = generator.integers(0, 2, n).astype(float)
    return np.ceil(generator.exponential(np.exp(0.6 * arm)) * 8), generator.integers(0, 3, n) > 0, arm


def test_residuals_average_to_the_coefficient_and_come_in_time_order():
    time, event, arm = sample()
    (found,) = scaled_schoenfeld(time, event, arm, names=["arm"])
    assert found.value.mean() == pytest.approx(cox_model(time, event, arm).terms[0].coefficient)
    assert (np.diff(found.time) >= 0).all()
    assert found.time.size == found.value.size == np.count_nonzero(event)
    assert found.name == "arm"


def test_the_smooth_lies_within_its_limits_and_rises_in_time():
    time, event, arm = sample()
    smooth = scaled_schoenfeld(time, event, arm, points=12)[0].smooth
    assert smooth.time.size == 12
    assert (np.diff(smooth.time) >= 0).all()
    assert ((smooth.lower < smooth.value) & (smooth.value < smooth.upper)).all()


def test_few_events_have_residuals_but_no_smooth():
    (found,) = scaled_schoenfeld([1, 2, 3, 4, 5], [1, 1, 1, 0, 0], [0, 1, 0, 1, 0])
    assert found.value.size == 3
    assert found.smooth is None
    assert "too few" in found.note


def test_a_model_that_cannot_be_fitted_has_none():
    with pytest.raises(NotEstimable, match="no_events"):
        scaled_schoenfeld([1, 2], [0, 0], [0, 1])
