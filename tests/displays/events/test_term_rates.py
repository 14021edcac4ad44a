from dataclasses import replace

import pytest
from coded_events import DEATHS, PATIENTS, coded, worked
from displays.legibility import assert_legible, assert_traceable

from duonen_stats.displays.events.term_rates import DOT_PLOT, MOST_DRAWN, TERM_DIFFERENCES, TERM_RATES
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import INTERIM


def made(display, study, events=PATIENTS, plan=INTERIM):
    return produce(display, worked(events, plan=plan, follow_up=DEATHS), study, plan)


def notes(produced):
    return " ".join(plain(note) for note in produced.footnotes)


def test_rates_stand_for_both_periods(study):
    names = [plain(row.cells[0]) for row in made(TERM_RATES, study).content.rows]
    assert names.index("Period of treatment") < names.index("Follow-up")
    assert "Myelodysplastic syndrome" in names[names.index("Follow-up") :]


def test_one_period_alone_where_reporting_has_no_end(study):
    plan = replace(INTERIM, ae_reporting="as_collected")
    found = made(TERM_RATES, study, plan=plan)
    assert "Follow-up" not in [plain(row.cells[0]) for row in found.content.rows]
    assert "Follow-up" not in notes(found)


def test_differences_are_to_the_control_arm_of_the_plan(study):
    plan = replace(INTERIM, control_arm="B")
    found = made(TERM_DIFFERENCES, study, plan=plan)
    assert [column.header for column in found.content.columns][-3:] == ["Arm A − B", "Arm C − B", "Arm D − B"]
    assert "Differences to arm B" in notes(found)


def test_no_term_that_frequent_is_said(study):
    found = made(TERM_DIFFERENCES, study, [])
    assert plain(found.content.rows[0].cells[0]) == "No term is that frequent"
    assert "No term is that frequent." in made(DOT_PLOT, study, []).content.alt


def test_the_figure_draws_so_many_terms_and_says_how_many_are_left(study):
    events = [coded("001", number, 5, "Class", f"Term {number:02}") for number in range(1, MOST_DRAWN + 3)]
    found = made(DOT_PLOT, study, events)
    assert "2 more are in Table S58" in notes(found)
    assert "Term 25" in found.content.alt
    assert "Term 26" not in found.content.alt
    assert_legible(found.content.draw())


@pytest.mark.parametrize("events", [PATIENTS, []], ids=["worked", "none"])
def test_the_figure_is_legible_and_traceable(study, events):
    content = made(DOT_PLOT, study, events).content
    assert_traceable(content)
    assert_legible(content.draw())
