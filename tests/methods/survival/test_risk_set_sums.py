"""Sums over the records of each risk set."""

import numpy as np
import pytest

from duonen_stats.methods.inputs.survival_data import survival_data
from duonen_stats.methods.survival import risk_set_sums
from duonen_stats.methods.survival.partial_likelihood import risk_sets


@pytest.mark.independent
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_tree_sums_the_same_sets_as_the_table(ties, monkeypatch):
    generator = np.random.default_rng(7)
    end = generator.integers(2, 40, 90).astype(float)
    data = survival_data(
        end,
        generator.integers(0, 2, 90),
        covariates=generator.normal(size=(90, 3)) * (1, 1e-3, 1e5) + (0, 5, 1e6),
        strata=generator.integers(0, 3, 90),
        entry=np.floor(end * generator.random(90) * 0.9),
    )
    beta = np.array([2.0, 100.0, -1e-5])
    alone = risk_sets(data, beta, ties)
    monkeypatch.setattr(risk_set_sums, "_FEW_CELLS", 0)
    by_tree = risk_sets(data, beta, ties)
    assert by_tree.loglik == pytest.approx(alone.loglik, rel=1e-13)
    for name in ("residual", "covariance", "mean"):
        assert getattr(by_tree, name) == pytest.approx(getattr(alone, name), rel=1e-10, abs=1e-12)
    assert (by_tree.time == alone.time).all()


@pytest.mark.parametrize("few_cells", [0, 100])
def test_places_and_sums_of_a_tree_and_of_a_table_by_hand(few_cells, monkeypatch):
    """Three places; the records cover the first two, the last, all, and none."""
    first, last = np.array([0, 2, 0, 1]), np.array([2, 3, 3, 1])
    eta = np.log([1.0, 2.0, 3.0, 50.0])
    x = np.array([[0.0], [1.0], [2.0], [9.0]])
    monkeypatch.setattr(risk_set_sums, "_FEW_CELLS", few_cells)
    sums = risk_set_sums.covering(first, last, 3)(eta, x)
    assert sums.weight * np.exp(sums.log_scale) == pytest.approx([4, 4, 5])
    assert sums.mean[:, 0] == pytest.approx([6 / 4, 6 / 4, 8 / 5])
    assert (sums.about_mean[:, 0, 0] / sums.weight) == pytest.approx([3 / 4, 3 / 4, 6 / 25])
