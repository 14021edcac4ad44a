"""Dose per activity: bounds, medians, correlations."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.organ_dose import DosimetryAssumptions, draw_specific_doses


@pytest.fixture(scope="module")
def doses(study):
    return draw_specific_doses(np.random.default_rng(4), 4000, study, DosimetryAssumptions())


def test_every_cycle_is_plausible(doses, study):
    for one in DosimetryAssumptions().specific:
        organ = [item.code for item in study.organs].index(one.organ)
        isotope = [item.code for item in study.isotopes].index(one.isotope)
        values = doses[:, :, organ, isotope]
        assert values.min() >= one.low
        assert values.max() <= one.high
        assert np.median(values) == pytest.approx(one.median, rel=0.08)


def test_cycles_isotopes_and_organs_are_correlated(doses):
    assert spearmanr(doses[:, 0, 0, 0], doses[:, 3, 0, 0]).statistic > 0.8
    assert spearmanr(doses[:, 0, 0, 0], doses[:, 0, 0, 1]).statistic == pytest.approx(0.8, abs=0.07)
    assert spearmanr(doses[:, 0, 0, 0], doses[:, 0, 1, 0]).statistic == pytest.approx(0.24, abs=0.07)


def test_an_organ_without_an_assumption_is_refused(study):
    few = replace(DosimetryAssumptions(), specific=DosimetryAssumptions().specific[:2])
    with pytest.raises(PlanError, match="MARROW"):
        draw_specific_doses(np.random.default_rng(1), 2, study, few)
