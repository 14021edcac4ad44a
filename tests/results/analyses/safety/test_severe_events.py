from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from made_times import ABOUT, times

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.efficacy.survival_records import COMPETING
from duonen_stats.plan import FINAL
from duonen_stats.raw import read_cut
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.severe_events import analyse_severe_events
from duonen_stats.results.rows.incidence import DEATH_CAUSE, causes, incidence_curve, incidence_rows
from duonen_stats.results.rows.survival_curve import BEYOND, limit_of_none
from duonen_stats.results.rows.table import Results

PLAN = replace(FINAL, ae_landmark_months=(2.0, 3.0, 9.0))
# Event at 1, death at 2, event at 3, censored at 4: incidence 1/4, then 1/4 + 1/2 * 1/2.
FOUR = times((1, 1, "B"), (2, 0, "B"), (3, 1, "B"), (4, 0, "B"))
FOUR = replace(FOUR, reason=np.array([0, COMPETING, 0, 1]))


def _incidence(own, about, plan):
    return incidence_rows(
        own, about, ids.severe_rate, ids.severe_grid, plan.ae_landmark_months, plan.ae_grid_months, plan
    )


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


def test_the_curve_of_deaths_is_that_of_deaths():
    """One of three at risk dies at 2, when 3/4 are free: 1/4 from then on, to the end of follow-up."""
    found = Results(incidence_curve(FOUR, DEATH_CAUSE, ABOUT, PLAN))
    steps = [
        [found.value(f"{one}.{name}") for name in ("time", "incidence")] for one in found.under("t.step")
    ]
    assert steps == [[0, 0], [2, pytest.approx(0.25)], [4, pytest.approx(0.25)]]


def test_without_an_event_the_limit_is_that_of_none_at_risk():
    """At 2.5: one patient has died, two are at risk, one was censored at 2. R: binom.test(0, 2)$conf.int[2]."""
    none = times((1, 0, "B"), (2, 0, "B"), (3, 0, "B"), (4, 0, "B"))
    none = replace(none, reason=np.array([COMPETING, 1, 1, 1]))
    found = Results(_incidence(none, ABOUT, replace(PLAN, ae_landmark_months=(2.5, 5.0))))
    assert [found.value(f"t.rate.2.5.{name}") for name in ("incidence", "ci_low", "n_risk")] == [0, 0, 2]
    assert found.value("t.rate.2.5.ci_high") == pytest.approx(0.841886117)
    assert (
        "exact (Clopper–Pearson) limits of 0 of 2 patients at risk" in found.row("t.rate.2.5.ci_high").method
    )
    assert found.row("t.rate.5.ci_high").note == BEYOND


def test_without_an_event_and_without_censoring_everybody_counts():
    """R: binom.test(0, 4)$conf.int[2], also where all four have died."""
    dead = replace(times(*((month, 0, "B") for month in (1, 2, 3, 4))), reason=np.full(4, COMPETING))
    found = Results(_incidence(dead, ABOUT, replace(PLAN, ae_landmark_months=(2.5, 5.0))))
    for month in ("2.5", "5"):
        assert found.value(f"t.rate.{month}.ci_high") == pytest.approx(0.602364636)
        assert "0 of 4 patients, none of whom was censored" in found.row(f"t.rate.{month}.ci_high").method


def test_without_an_event_or_anybody_at_risk_there_is_a_reason():
    mixed = replace(times((1, 0, "B"), (2, 0, "B")), reason=np.array([1, COMPETING]))
    found = Results(_incidence(mixed, ABOUT, replace(PLAN, ae_landmark_months=(3.0,))))
    assert found.value("t.rate.3.incidence") == 0
    assert found.value("t.rate.3.ci_high") is None
    assert found.row("t.rate.3.ci_high").note.startswith("no limit: nobody is at risk any more")


@pytest.mark.independent
def test_the_limit_of_no_event_holds_where_deaths_are_early_and_censoring_late():
    """Of 40 patients 60 % die at 1 month, 80 % of the others are censored at 2, 40 % of the rest have the event at 3.

    The incidence is 0.4 x 0.4 = 0.16 of all. No more than 2.5 % of trials may have a limit below it; counting the dead
    as known to have no event, as many as one in five had.
    """
    rng = np.random.default_rng(1)
    dead = rng.binomial(40, 0.6, 4000)
    left = rng.binomial(40 - dead, 0.2)
    events = rng.binomial(left, 0.4)
    missed = {"at risk": 0, "known": 0}
    for died, n in zip(dead[events == 0], left[events == 0], strict=True):
        missed["at risk"] += n > 0 and limit_of_none(int(n), FINAL) < 0.16
        missed["known"] += limit_of_none(int(n + died), FINAL) < 0.16
    assert missed["at risk"] / 4000 < 0.025
    assert missed["known"] / 4000 > 0.1


def test_where_all_have_failed_the_incidence_is_known_for_ever():
    done = replace(FOUR.of(np.array([True, True, True, False])))
    found = Results(_incidence(done, ABOUT, PLAN))
    assert found.value("t.rate.9.incidence") == pytest.approx(2 / 3)


def test_the_shipped_cohort(datasets, study):
    """The five deaths come after the end of reporting: they compete with no event that could be heard of."""
    found = Results(analyse_severe_events(datasets, study, FINAL))
    assert [found.value(f"ae3.cif.all.{name}") for name in ("n", "events", "competing")] == [56, 5, 0]
    assert found.value("ae3.gray.four_arm.df") == 3
    collected = replace(FINAL, ae_reporting="as_collected")
    cut = read_cut(study)
    found = Results(analyse_severe_events(build_datasets(cut, study, collected), study, collected))
    assert [found.value(f"ae3.cif.all.{name}") for name in ("n", "events", "competing")] == [56, 5, 5]
    last = found.under("ae3.cif.all.step")[-1]
    assert found.value(f"{last}.incidence") == pytest.approx(5 / 56)
    assert found.value("ae3.gray.primary.p") == pytest.approx(0.09803415490882)


def second_programming(cut, *, as_collected=False):
    """Days to the first severe event, death or the end of reporting, and which it is, from the raw tables."""
    given = cut.tables["administrations"].groupby("SUBJID")["EXDT"]
    status = cut.tables["disposition"].set_index("SUBJID")
    contact = cut.tables["follow_up"].set_index("SUBJID")
    events = cut.tables["adverse_events"]
    rows = {}
    for patient, first, last in zip(given.min().index, given.min(), given.max(), strict=True):
        end = last + pd.Timedelta(days=30)
        if status.loc[patient, "STATUS"] == "DISCONTINUED":
            end = max(end, status.loc[patient, "DSDT"])
        seen = min(contact.loc[patient, "LASTDT"], cut.cut_date)
        death = contact.loc[patient, "DEATHDT"]
        own = events[events["SUBJID"].eq(patient) & events["GRADE"].ge(3)]["STARTDT"]
        own = own[(own >= first) & ((own <= end) | as_collected)]
        outcomes = [(seen, 0)] if as_collected else [(end, 0), (seen, 0)]
        if len(own):
            outcomes.append((own.min(), 1))
        if pd.notna(death) and death <= cut.cut_date:
            outcomes.append((death, 2))
            outcomes.remove((seen, 0))
        # On one day an event comes before a death, and either before the end.
        date, code = min(outcomes, key=lambda one: (one[0], one[1] or 3))
        rows[patient] = ((date - first).days, code)
    return rows


def aalen_johansen(rows, day):
    """Incidence of the event up to a day, by hand: those free of both so far, times the share that has it."""
    free = incidence = Fraction(1, 1)
    incidence -= 1
    for time in sorted({time for time, code in rows if code and time <= day}):
        at_risk = sum(other >= time for other, _ in rows)
        had = sum(other == time and code == 1 for other, code in rows)
        died = sum(other == time and code == 2 for other, code in rows)
        incidence += free * Fraction(had, at_risk)
        free *= 1 - Fraction(had + died, at_risk)
    return float(incidence)


@pytest.mark.independent
def test_incidence_from_the_raw_tables(cut, final_results, final_cut, datasets, study):
    shipped = Results(analyse_severe_events(datasets, study, FINAL))
    for found, raw in ((shipped, cut), (final_results, final_cut)):
        rows = list(second_programming(raw).values())
        counts = [sum(code == one for _, code in rows) for one in (1, 2)]
        assert [found.value(f"ae3.cif.all.{name}") for name in ("events", "competing")] == counts
        for month in FINAL.ae_landmark_months:
            day = month * FINAL.days_per_month
            block = f"ae3.cif.all.rate.{month:g}"
            assert found.value(f"{block}.n_risk") == sum(time >= day for time, _ in rows)
            assert found.value(f"{block}.incidence") == pytest.approx(aalen_johansen(rows, day), abs=1e-12)
        latest = max(time for time, _ in rows) / FINAL.days_per_month
        assert latest < 12  # nobody is at risk of an event that is no longer reported


@pytest.mark.independent
def test_both_curves_from_the_raw_tables(cut, final_cut, study):
    """Each corner of the curve of events and of that of deaths: events kept as collected, so that deaths compete."""
    plan = replace(FINAL, ae_reporting="as_collected")
    for raw in (cut, final_cut):
        found = Results(analyse_severe_events(build_datasets(raw, study, plan), study, plan))
        rows = list(second_programming(raw, as_collected=True).values())
        for block, code in (("ae3.cif.all", 1), ("ae3.cif_death.all", 2)):
            ours = [(time, 1 if one == code else 2 if one else 0) for time, one in rows]
            days = sorted({0, *(time for time, one in ours if one == 1), max(time for time, _ in ours)})
            steps = found.under(f"{block}.step")
            assert [round(found.value(f"{one}.time") * plan.days_per_month, 6) for one in steps] == days
            assert len(days) > 3
            for step, day in zip(steps, days, strict=True):
                assert found.value(f"{step}.incidence") == pytest.approx(aalen_johansen(ours, day), abs=1e-12)


def test_the_grid_counts_who_is_at_risk_and_who_was_censored():
    found = Results(_incidence(FOUR, ABOUT, replace(PLAN, ae_grid_months=(0.0, 3.0, 4.0, 9.0))))
    at_risk, censored = (
        [found.value(f"t.grid.{month}.{name}") for month in (0, 3, 4, 9)] for name in ("n_risk", "n_censored")
    )
    assert at_risk == [4, 2, 1, 0]
    assert censored == [0, 0, 1, 1]


def test_an_empty_group_has_a_grid_of_noughts():
    found = Results(_incidence(FOUR.of(np.zeros(4, dtype=bool)), ABOUT, PLAN))
    assert {found.value(f"t.grid.{month:g}.n_risk") for month in PLAN.ae_grid_months} == {0}


def test_severe_events_without_a_date_are_counted(datasets, study):
    assert Results(analyse_severe_events(datasets, study, FINAL)).value("ae3.undated.n") == 0
    events = datasets.adae.copy()
    severe = events["AETOXGR"].ge(3) & events["TRTEMFL"].eq("Y")
    events.loc[events.index[severe][:2], "ASTDT"] = pd.NaT
    events.loc[events.index[events["AETOXGR"].eq(1)][:1], "ASTDT"] = pd.NaT
    found = Results(analyse_severe_events(replace(datasets, adae=events), study, FINAL))
    assert found.value("ae3.undated.n") == 2
