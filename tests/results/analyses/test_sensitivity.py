from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_times import ABOUT, spread, times

from duonen_stats.errors import NotEstimable
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.sensitivity import analyse_censoring, impute_after_censoring, tipping_rows
from duonen_stats.results.rows.table import Results
from duonen_stats.results.rows.times import two_groups

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
    with pytest.raises(NotEstimable, match="no event in arm B: no hazard"):
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


def test_each_row_says_on_whom_it_acts(datasets, study):
    """Censored patients with time to the cut, counted by hand from ADTTE and ADSL."""
    found = Results(analyse_censoring(datasets, study, PLAN))
    pfs = datasets.adtte[datasets.adtte["PARAMCD"].eq("PFS") & datasets.adtte["CNSR"].ne(0)]
    known = pfs.merge(datasets.adsl[["SUBJID", "DCUTDT"]], on="SUBJID")
    days = (pd.to_datetime(known["DCUTDT"]) - known["ADT"]).dt.days
    for side, own in (("experimental", known["TRT01P"].ne("A")), ("control", known["TRT01P"].eq("A"))):
        block = f"pfs.sensitivity.imputed.{side}"
        assert found.value(f"{block}.changed") == (days[own] > 0).sum()
        assert found.value(f"{block}.months") == pytest.approx(days[own].clip(lower=0).sum() / 30.4375)
    both = found.value("pfs.sensitivity.delta.1.months")
    assert both == pytest.approx(days.clip(lower=0).sum() / 30.4375)
    assert found.value("pfs.sensitivity.delta.3.changed") == found.value(
        "pfs.sensitivity.imputed.experimental.changed"
    )


def test_beyond_the_cut_the_factor_acts_on_more(datasets, study):
    """The same factor moves the ratio more if time up to a horizon is imputed, too."""
    far = replace(PLAN, imputation_end="horizon", imputation_months=120.0)
    near, beyond = (Results(analyse_censoring(datasets, study, plan)) for plan in (PLAN, far))
    assert beyond.value("pfs.sensitivity.delta.30.months") > near.value("pfs.sensitivity.delta.30.months")
    ratios = [
        found.value("pfs.sensitivity.delta.30.hr") / found.value("pfs.sensitivity.delta.1.hr")
        for found in (near, beyond)
    ]
    assert 1 <= ratios[0] < ratios[1]
    assert "month 120" in beyond.row("pfs.sensitivity.delta.30.hr").method


def test_where_nobody_has_time_to_impute_no_factor_can_tip():
    """All censored at the cut: the words do not say that the result stands up to every factor."""
    sample = times(
        *spread("A", 20, step=0.5), *spread("B", 3, first=3, step=3), *spread("B", 20, first=40, event=0)
    )
    own = two_groups(sample, ("B",), PLAN)
    rows = Results(tipping_rows(own, own.times.time, ABOUT, PLAN))
    assert "no experimental patient has time to impute" in rows.row("t.delta").note
    assert rows.value("pfs.sensitivity.delta.30.changed") == 0
    further = Results(tipping_rows(own, own.times.time + 20, ABOUT, PLAN))
    assert "no experimental patient" not in further.row("t.delta").note
