"""Cumulative incidence of late harm: from the datasets of worked patients to the results table."""

import pytest
from coded_events import DEATHS, PATIENTS, coded, worked

from duonen_stats.plan import FINAL
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.events.late_harm import HARMS, analyse_late_harm


@pytest.fixture(scope="module")
def rows(study):
    return Results(analyse_late_harm(worked(PATIENTS, plan=FINAL, follow_up=DEATHS), study, FINAL))


def test_a_neoplasm_of_the_second_year_is_counted_although_reporting_had_ended(rows):
    block = ids.late_incidence("neoplasm", "B")
    assert [rows.value(block.stat(name)) for name in ("n", "events", "competing")] == [1, 1, 0]
    assert rows.value(ids.late_rate(block, 12.0).stat("incidence")) == 0
    assert rows.value(ids.late_rate(block, 24.0).stat("incidence")) == 1  # day 700


def test_the_two_definitions_are_two_endpoints(rows):
    assert rows.value(ids.late_incidence("dysfunction", "B").stat("events")) == 1
    assert rows.value(ids.late_incidence("severe_cytopenia", "B").stat("events")) == 0


def test_without_an_event_the_incidence_has_limits(rows):
    block = ids.late_rate(ids.late_incidence("renal", "A"), 12.0)
    assert [rows.value(block.stat(name)) for name in ("incidence", "ci_low", "n_risk")] == [0, 0, 2]
    assert rows.value(block.stat("ci_high")) == pytest.approx(1 - 0.025**0.5)


def test_an_arm_with_nobody_has_a_reason(rows):
    block = ids.late_rate(ids.late_incidence("renal", "C"), 12.0)
    assert rows.value(block.stat("incidence")) is None
    assert rows.row(block.stat("incidence")).note


def test_an_event_without_a_date_is_counted_apart(study):
    events = [coded("001", 1, 5, "Neoplasms", "Acute myeloid leukaemia", 4, STARTDT=None)]
    rows = Results(analyse_late_harm(worked(events, plan=FINAL), study, FINAL))
    assert rows.value(ids.late_undated("neoplasm").stat("n")) == 1
    assert rows.value(ids.late_incidence("neoplasm", "A").stat("events")) == 0


def test_every_harm_has_its_parameter_and_every_id_is_declared(rows, study):
    assert set(HARMS) == set(ids.LATE_HARM)
    known = ids.known_ids(study, FINAL, "final")
    assert [row.analysis_id for row in rows if row.analysis_id not in known] == []
