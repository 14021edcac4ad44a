from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.errors import NotEstimable, PlanError
from duonen_stats.plan import FINAL
from duonen_stats.results.rows.times import (
    each_time_group,
    experimental_arms,
    times_of,
    two_groups,
)


def test_times_are_those_of_the_dataset(datasets):
    times = times_of(datasets.adtte, "PFS")
    pfs = datasets.adtte[datasets.adtte["PARAMCD"].eq("PFS")]
    assert times.time.tolist() == pfs["AVAL"].tolist()
    assert times.event.sum() == pfs["CNSR"].eq(0).sum()
    assert ((times.reason == 0) == (times.event == 1)).all()


def test_groups_are_the_arms_the_experimental_ones_and_all(datasets, study):
    times = times_of(datasets.adtte, "OS")
    groups = {name: own.time.size for name, own in each_time_group(times, study, FINAL)}
    assert groups == {"A": 16, "B": 16, "C": 12, "D": 12, "BCD": 40, "all": 56}


def test_two_groups_leave_other_arms_out(datasets):
    groups = two_groups(times_of(datasets.adtte, "PFS"), ("C",), FINAL)
    assert groups.sizes == {"C": 12, "A": 16}
    assert set(groups.labels) == {"A", "C"}
    assert sum(groups.events.values()) == groups.times.event.sum()
    groups.require(FINAL)


@pytest.mark.parametrize(("keep", "reason"), [(0, "single_group"), (2, "group_too_small")])
def test_too_few_patients_are_no_comparison(datasets, keep, reason):
    times = times_of(datasets.adtte, "PFS")
    control = np.cumsum(times.arm == "A")
    few = times.of((times.arm != "A") | (control <= keep) & (control > 0))
    with pytest.raises(NotEstimable, match=reason):
        two_groups(few, ("B", "C", "D"), FINAL).require(FINAL)


def test_the_control_arm_has_to_exist(study):
    assert experimental_arms(study, FINAL) == ("B", "C", "D")
    with pytest.raises(PlanError, match="control_arm"):
        experimental_arms(study, replace(FINAL, control_arm="E"))
