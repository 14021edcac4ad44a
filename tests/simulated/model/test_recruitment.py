"""Accrual and randomisation."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.dates import DAYS_PER_MONTH, day
from duonen_stats.simulated.model.recruitment import (
    BaselineAssumptions,
    RecruitmentAssumptions,
    draw_characteristics,
    recruit,
)


def recruited(study, n, stage="FINAL", seed=1, **fields):
    return recruit(np.random.default_rng(seed), n, stage, study, RecruitmentAssumptions(**fields))


def test_accrual_is_uniform_over_the_planned_months(study):
    months = (recruited(study, 4000).randomised - day(2022)) / DAYS_PER_MONTH
    assert kstest(months, "uniform", args=(0, study.design.accrual_months)).pvalue > 0.01


def test_the_interim_patients_are_the_first_of_the_trial(study):
    months = (recruited(study, 560, "INTERIM").randomised - day(2022)) / DAYS_PER_MONTH
    assert months.max() == pytest.approx(60 * 56 / 92, abs=3)


@pytest.mark.parametrize("blocks", [1, 2])
def test_arms_are_balanced_within_each_centre_after_each_block(study, blocks):
    found = recruited(study, 300, blocks=blocks)
    frame = pd.DataFrame({"centre": found.centre, "number": found.number, "arm": found.arm})
    frame["block"] = (frame["number"] - 1) // (4 * blocks)
    whole = frame.groupby(["centre", "block"]).filter(lambda rows: len(rows) == 4 * blocks)
    assert len(whole) > 250
    assert (whole.groupby(["centre", "block"])["arm"].value_counts() == blocks).all()


def test_numbers_follow_the_days_of_randomisation_within_a_centre(study):
    found = recruited(study, 200)
    for centre in range(4):
        mine = found.centre == centre
        assert (found.number[mine] == np.arange(1, mine.sum() + 1)).all()
        assert (np.diff(found.randomised[mine]) >= 0).all()


def test_shares_must_fit_the_centres(study):
    with pytest.raises(PlanError, match="4 centres"):
        recruited(study, 5, centre_shares=(0.5, 0.5))


@pytest.fixture(scope="module")
def who():
    return draw_characteristics(np.random.default_rng(3), 5000, BaselineAssumptions())


def test_shares_are_those_of_table_1(who):
    assert who.female.mean() == pytest.approx(30 / 56, abs=0.03)
    assert who.grade_1.mean() == pytest.approx(22 / 56, abs=0.03)
    assert who.metastases.mean(axis=0) == pytest.approx(np.array([52, 30, 22, 37]) / 56, abs=0.03)
    assert (who.kps >= 80).mean() == pytest.approx(51 / 56, abs=0.03)


def test_values_stay_within_the_bounds(who):
    assert who.age.min() >= 27
    assert who.age.max() <= 86
    assert np.median(who.age) == pytest.approx(67, abs=3)
    assert who.bmi.min() >= 17.7
    assert who.bmi.max() <= 36.6
    assert who.months_since_diagnosis.min() >= 12


def test_ki67_agrees_with_the_grade_and_the_protocol(who):
    low, high = who.ki67[who.grade_1], who.ki67[~who.grade_1]
    assert np.nanmax(low) < 3
    assert np.nanmin(high) >= 3
    assert np.nanmax(high) <= 20
    assert 0 < np.isnan(who.ki67).mean() < 0.06
