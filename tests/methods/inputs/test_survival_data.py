"""The door for times to an event."""

import numpy as np
import pytest

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import (
    cox_model,
    cumulative_incidence,
    gray_test,
    kaplan_meier,
    log_rank,
    restricted_mean,
)
from duonen_stats.methods.inputs.survival_data import risk_table, survival_data

GROUP = ["A", "A", "B", "B"]
ENTRANCES = {
    "kaplan_meier": kaplan_meier,
    "log_rank": lambda time, event: log_rank(time, event, GROUP),
    "cox_model": lambda time, event: cox_model(time, event, [0.0, 1.0, 0.0, 1.0]),
    "restricted_mean": lambda time, event: restricted_mean(time, event, tau=2),
    "cumulative_incidence": lambda time, event: cumulative_incidence(time, event, at=[1]),
    "gray_test": lambda time, event: gray_test(time, event, GROUP),
}


@pytest.mark.parametrize("entrance", ENTRANCES.values(), ids=ENTRANCES.keys())
@pytest.mark.parametrize(
    ("time", "event", "reason"),
    [
        ([1, 2, -3, 4], [1, 1, 0, 1], "negative_time"),
        ([1, 2, np.inf, 4], [1, 1, 0, 1], "non_finite"),
        ([1, 2, 3, 4], [1, 1, 0, 0.5], "event_code"),
        ([None] * 4, [1, 1, 0, 1], "empty_group"),
    ],
)
def test_every_procedure_refuses_what_has_no_meaning(entrance, time, event, reason):
    with pytest.raises(NotEstimable) as caught:
        entrance(np.array(time, dtype=float), event)
    assert caught.value.reason == reason
    assert caught.value.n


@pytest.mark.parametrize("name", ["kaplan_meier", "log_rank", "cox_model", "restricted_mean"])
def test_a_competing_event_is_not_an_event_of_interest(name):
    with pytest.raises(NotEstimable) as caught:
        ENTRANCES[name]([1, 2, 3, 4], [1, 2, 0, 1])
    assert caught.value.reason == "event_code"


def test_incomplete_records_are_dropped_and_counted():
    data = survival_data(
        [1, np.nan, 3, 4, 5, 6],
        [1, 1, np.nan, 1, 1, 0],
        group=["A", "A", "A", None, "B", "B"],
        strata=["x", "x", "x", "x", float("nan"), "x"],
        covariates=[1, 1, 1, 1, 1, 2.0],
    )
    assert data.n_missing == 4
    assert data.time.tolist() == [1, 6]
    assert data.group_sizes == {"A": 1, "B": 1}


def test_a_planned_group_stays_at_n_0_and_an_unplanned_one_is_refused():
    data = survival_data([1, 2], [1, 0], group=["C", "A"], levels=["A", "B", "C"])
    assert data.group_sizes == {"A": 1, "B": 0, "C": 1}
    assert data.note == "empty_group: B"
    with pytest.raises(NotEstimable, match="not a planned group"):
        survival_data([1, 2], [1, 0], group=["C", "X"], levels=["A", "C"])


def test_labels_are_compared_as_text():
    assert survival_data([1, 2], [1, 0], group=[1, 2]).groups == ("1", "2")
    assert survival_data([1, 2], [1, 0], group=np.array(["b", "a"])).groups == ("a", "b")


def test_binary_noise_breaks_no_tie():
    apart = 0.1 + 0.2, 0.3
    assert apart[0] != apart[1]
    assert np.unique(survival_data([*apart, 1.0, 1.0], [1, 1, 1, 0]).time).tolist() == [0.3, 1.0]
    assert np.unique(survival_data([1.0, 1.001], [1, 1]).time).size == 2


def test_arrays_of_different_length_or_kind_are_refused():
    with pytest.raises(DataError, match="one entry a subject"):
        survival_data([1, 2], [1, 0, 1])
    with pytest.raises(DataError, match="not numeric"):
        survival_data(["a"], [1])


def test_risk_table_counts_by_time_and_group():
    table = risk_table(
        np.array([2.0, 1, 2, 3]), np.array([True, False, True, True]), np.array([0, 0, 1, 1]), 2
    )
    assert table.time.tolist() == [1, 2, 3]
    assert table.at_risk.tolist() == [[2, 2], [1, 2], [0, 1]]
    assert table.events.tolist() == [[0, 0], [1, 1], [0, 1]]
    assert table.leaving.tolist() == [[1, 0], [1, 1], [0, 1]]


def test_covariates_have_a_row_a_subject():
    data = survival_data([1, 2, 3], [1, 0, 1], covariates=[4, 5, 6])
    assert data.covariates.tolist() == [[4], [5], [6]]
    with pytest.raises(DataError, match="one entry a subject"):
        survival_data([1, 2, 3], [1, 0, 1], covariates=[[4, 5], [6, 7]])
    with pytest.raises(DataError, match="not of 3 dimensions"):
        survival_data([1], [1], covariates=[[[4]]])
    with pytest.raises(NotEstimable):
        survival_data([], [], covariates=[])
