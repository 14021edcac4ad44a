from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_times import ABOUT, times

from duonen_stats.datasets.survival_rules import COMPETING
from duonen_stats.results.severe_events import _incidence, analyse_severe_events, causes
from duonen_stats.results.survive import BEYOND
from duonen_stats.results.table import Results
from duonen_stats.sap import FINAL

pytestmark = pytest.mark.worked

PLAN = replace(FINAL, landmark_months=(2.0, 3.0, 9.0))
# Event at 1, death at 2, event at 3, censored at 4: incidence 1/4, then 1/4 + 1/2 * 1/2.
FOUR = times((1, 1, "B"), (2, 0, "B"), (3, 1, "B"), (4, 0, "B"))
FOUR = replace(FOUR, reason=np.array([0, COMPETING, 0, 1]))


def test_causes():
    assert causes(FOUR).tolist() == [1, 2, 1, 0]


def test_death_leaves_less_to_the_event():
    found = Results(_incidence(FOUR, ABOUT, PLAN))
    assert found.value("t.rate.2.incidence") == 0.25
    assert found.value("t.rate.3.incidence") == 0.5
    assert found.row("t.rate.9.incidence").note == BEYOND
    assert [found.value(f"t.{name}") for name in ("n", "events", "competing")] == [4, 2, 1]
    steps = [found.value(f"{block}.time") for block in found.under("t.step")]
    assert len(steps) == found.value("t.steps")
    assert steps == [0, 1, 3, 4]


def test_where_all_have_failed_the_incidence_is_known_for_ever():
    done = replace(FOUR.of(np.array([True, True, True, False])))
    found = Results(_incidence(done, ABOUT, PLAN))
    assert found.value("t.rate.9.incidence") == pytest.approx(2 / 3)


def test_the_shipped_cohort(datasets, study):
    found = Results(analyse_severe_events(datasets, study, FINAL))
    assert [found.value(f"ae3.cif.all.{name}") for name in ("n", "events", "competing")] == [56, 5, 5]
    last = found.under("ae3.cif.all.step")[-1]
    assert found.value(f"{last}.incidence") == pytest.approx(5 / 56)
    assert found.value("ae3.gray.four_arm.df") == 3
    assert found.value("ae3.gray.primary.p") == pytest.approx(0.09803415490882)


def test_the_grid_counts_who_is_at_risk_and_who_was_censored():
    found = Results(_incidence(FOUR, ABOUT, replace(PLAN, grid_months=(0.0, 3.0, 4.0, 9.0))))
    at_risk, censored = (
        [found.value(f"t.grid.{month}.{name}") for month in (0, 3, 4, 9)] for name in ("n_risk", "n_censored")
    )
    assert at_risk == [4, 2, 1, 0]
    assert censored == [0, 0, 1, 1]


def test_an_empty_group_has_a_grid_of_noughts():
    found = Results(_incidence(FOUR.of(np.zeros(4, dtype=bool)), ABOUT, PLAN))
    assert {found.value(f"t.grid.{month:g}.n_risk") for month in PLAN.grid_months} == {0}


def test_severe_events_without_a_date_are_counted(datasets, study):
    assert Results(analyse_severe_events(datasets, study, FINAL)).value("ae3.undated.n") == 0
    events = datasets.adae.copy()
    severe = events["AETOXGR"].ge(3) & events["TRTEMFL"].eq("Y")
    events.loc[events.index[severe][:2], "ASTDT"] = pd.NaT
    events.loc[events.index[events["AETOXGR"].eq(1)][:1], "ASTDT"] = pd.NaT
    found = Results(analyse_severe_events(replace(datasets, adae=events), study, FINAL))
    assert found.value("ae3.undated.n") == 2
