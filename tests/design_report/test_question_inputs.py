"""From options to assumptions, cuts and workers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import study_assumptions
from duonen_stats.design_report.question_inputs import (
    assumptions_from,
    is_study_plan,
    summary_cut,
    workers,
)
from duonen_stats.errors import OptionError, PlanError
from duonen_stats.study import load_study


def test_nothing_given_is_the_study_s_plan():
    assert assumptions_from() == study_assumptions(load_study())
    assert is_study_plan(assumptions_from())


@pytest.mark.parametrize(
    "change",
    [{"hazard_ratio": (0.6,)}, {"accrual": 48.0}, {"total": 100.0}, {"dropout": 0.01}, {"allocation": 1.0}],
    ids=str,
)
def test_another_plan_is_told_apart(change):
    assert not is_study_plan(assumptions_from(**change))


def test_an_instead_takes_the_place_of_the_plan():
    found = assumptions_from(control_median=20.0, experimental_median=40.0, followup=24.0)
    assert found.control_hazard_per_month is None
    assert found.hazard_ratio is None
    assert found.analysis_months == 84
    with pytest.raises(PlanError, match="exactly one"):
        assumptions_from(control_median=20.0, control_hazard=(0.02,))


@pytest.mark.law
@given(st.integers(2, 80), st.data())
def test_a_summary_keeps_its_counts_and_its_exposure(entered, data):
    events = data.draw(st.integers(1, entered))
    dropouts = data.draw(st.integers(0, entered - events))
    cut = summary_cut(entered=entered, events=events, cut_month=36.0, dropouts=dropouts)
    assert (cut.n_patients, cut.n_events, cut.n_dropouts) == (entered, events, dropouts)
    again = summary_cut(
        entered=entered, events=events, cut_month=36.0, dropouts=dropouts, exposure=cut.exposure_months
    )
    assert again.exposure_months == pytest.approx(cut.exposure_months)


@pytest.mark.parametrize("exposure", [10.0, 5000.0])
def test_an_impossible_exposure_says_what_is_possible(exposure):
    with pytest.raises(OptionError, match="are possible") as refused:
        summary_cut(entered=60, events=15, cut_month=36.0, exposure=exposure)
    assert refused.value.option == "exposure"


def test_one_worker_is_this_process():
    with workers(1, None) as executor:
        assert executor is None
