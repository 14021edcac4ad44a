from dataclasses import replace

import numpy as np
import pytest
from made_times import spread, times

from duonen_stats.errors import NotEstimable
from duonen_stats.results.table import Results
from duonen_stats.results.times import two_groups
from duonen_stats.results.tipping_point import analyse_censoring, impute_after_censoring
from duonen_stats.sap import FINAL

pytestmark = pytest.mark.worked

PLAN = replace(FINAL, imputations=5, tipping_deltas=(1.0, 3.0, 30.0))


@pytest.fixture(scope="module")
def groups():
    sample = times(
        *spread("A", 10, first=2),
        *spread("B", 10, first=3, step=3),
        *spread("B", 10, first=4, event=0),
    )
    return two_groups(sample, ("B",), PLAN)


def test_a_higher_hazard_after_censoring_raises_the_ratio(groups):
    longest = np.full(groups.times.time.size, 40.0)
    ratios = [impute_after_censoring(groups, longest, delta, PLAN).estimate for delta in (1, 3, 30)]
    assert ratios == sorted(ratios)
    assert ratios[0] < ratios[2]
    again = impute_after_censoring(groups, longest, 3, PLAN).estimate
    assert again == ratios[1]


def test_who_was_watched_to_the_cut_is_not_imputed(groups):
    found = impute_after_censoring(groups, groups.times.time, 30, PLAN)
    assert found.df is None  # all imputed data sets are the data


def test_a_group_without_events_has_no_hazard_to_impute():
    silent = two_groups(times(*spread("A", 5), *spread("B", 5, event=0)), ("B",), PLAN)
    with pytest.raises(NotEstimable, match="no event in B"):
        impute_after_censoring(silent, np.full(10, 50.0), 2, PLAN)


def test_the_extremes_embrace_the_result(datasets, study):
    # The cohort lost two patients of arm A and two of arm D; its hazard ratio is 0.752.
    found = Results(analyse_censoring(datasets, study, PLAN))
    assert found.value("pfs.sensitivity.worst_case.changed") == 2
    assert found.value("pfs.sensitivity.best_case.changed") == 2
    best, worst = (found.value(f"pfs.sensitivity.{name}.hr") for name in ("best_case", "worst_case"))
    assert best < 0.752 < worst
    assert "nothing to tip" in found.row("pfs.sensitivity.tipping_delta.delta").note
    assert found.row("pfs.sensitivity.delta.3.hr").stat > found.row("pfs.sensitivity.delta.1.hr").stat
