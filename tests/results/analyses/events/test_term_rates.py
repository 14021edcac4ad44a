"""Rates by time to the first event, and differences to the control arm, by hand."""

from dataclasses import replace

import pytest
from coded_events import BLOOD, DEATHS, PATIENTS, coded, worked
from patients import contact, ended

from duonen_stats.plan import INTERIM
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.events.event_terms import analyse_event_terms
from duonen_stats.results.analyses.events.term_rates import analyse_term_rates


@pytest.fixture(scope="module")
def rows(study):
    return Results(analyse_term_rates(worked(PATIENTS, follow_up=DEATHS), study, INTERIM))


def days(rows, block):
    return round(rows.value(block.stat("years")) * 365.25)


def anaemia(kind, group):
    return ids.line_rate(ids.event_term(ids.event_class(kind, BLOOD), "Anaemia"), group)


def test_time_runs_to_the_first_event_or_to_the_end_of_reporting(rows):
    assert days(rows, anaemia("any", "A")) == 6 + 87  # 001: days 0 to 5; 002: days 0 to 86
    assert days(rows, anaemia("any", "B")) == 87
    assert rows.value(anaemia("any", "A").stat("n")) == 1
    assert rows.value(anaemia("any", "A").stat("rate")) == pytest.approx(100 * 365.25 / 93)


def test_an_event_without_a_date_takes_no_time_away(rows):
    block = ids.line_rate(
        ids.event_term(ids.event_class("any", "Gastrointestinal disorders"), "Vomiting"), "D"
    )
    assert (rows.value(block.stat("n")), days(rows, block)) == (1, 87)


def test_follow_up_starts_the_day_after_and_ends_with_the_last_day_alive(rows):
    assert days(rows, anaemia("follow_up", "B")) == 1  # the event on its first day, 87
    assert days(rows, anaemia("follow_up", "D")) == 800 - 86
    assert days(rows, ids.kind_rate("follow_up", "A")) == 2 * (800 - 86)


def test_limits_are_those_of_garwood(rows):
    """1 event: between qchisq(.025, 2)/2 and qchisq(.975, 4)/2 of R."""
    block, years = anaemia("any", "A"), 93 / 365.25
    assert rows.value(block.stat("ci_low")) == pytest.approx(100 * 0.025317807984290 / years)
    assert rows.value(block.stat("ci_high")) == pytest.approx(100 * 5.571643390938898 / years)


def test_nobody_at_risk_has_a_reason(rows):
    assert rows.row(ids.kind_rate("any", "C").stat("rate")).note == "Nobody was at risk."


def test_while_events_count_as_long_as_collected_nobody_is_in_follow_up(study):
    plan = replace(INTERIM, ae_reporting="as_collected")
    rows = Results(analyse_term_rates(worked(PATIENTS, plan=plan, follow_up=DEATHS), study, plan))
    assert rows.value(ids.kind_rate("follow_up", "all").stat("years")) == 0


def test_terms_compared_are_frequent_in_an_arm_and_in_order(rows, study):
    ranked = [row.variable_level for row in rows if row.stat_name == "rank"]
    assert ranked == ["Anaemia", "Fatigue", "Nausea", "Neutropenia", "Vomiting"]
    plan = replace(INTERIM, ae_term_percent=51.0)
    fewer = Results(analyse_term_rates(worked(PATIENTS, follow_up=DEATHS), study, plan))
    assert [row.variable_level for row in fewer if row.stat_name == "rank"] == ["Fatigue", "Vomiting"]


def test_terms_compared_are_in_the_order_of_patients_of_all_arms(study):
    """Vomiting has most patients, and none in the last arm."""
    events = [coded(one, 1, 10, "Gastrointestinal disorders", "Vomiting") for one in ("001", "002", "003")]
    events += [coded("004", 1, 10, "Gastrointestinal disorders", "Nausea")]
    rows = Results(analyse_term_rates(worked(events), study, INTERIM))
    ranks = {row.variable_level: row.stat for row in rows if row.stat_name == "rank"}
    assert ranks == {"Vomiting": 1, "Nausea": 2}


def test_a_difference_is_to_the_control_arm(rows):
    block = ids.compared_difference(ids.compared_term("Anaemia"), "B")
    assert rows.value(block.stat("difference")) == -50
    assert rows.row(block.stat("difference")).group1_level == "B against A"
    empty = ids.compared_difference(ids.compared_term("Anaemia"), "C")
    assert rows.value(empty.stat("difference")) is None
    assert rows.row(empty.stat("difference")).note


def test_rates_and_terms_count_the_same_patients(study):
    data = worked(PATIENTS, follow_up=DEATHS)
    rates = Results(analyse_term_rates(data, study, INTERIM))
    terms = Results(analyse_event_terms(data, study, INTERIM))
    for kind in ids.RATED_KINDS:
        for group in ("all", "A", "B", "C", "D"):
            rate, patients = ids.kind_rate(kind, group), ids.kind_patients(kind, group)
            assert rates.value(rate.stat("n")) == terms.value(patients.stat("n"))


def test_a_patient_lost_before_the_end_of_reporting_is_at_risk_to_the_last_contact(study):
    data = worked(
        [coded("002", 1, 1, "x", "y")],
        follow_up=[contact("001", 30), *DEATHS[1:]],
        disposition=[ended(name, "DISCONTINUED", 60) for name in ("002", "003", "004")],
    )
    rows = Results(analyse_term_rates(data, study, INTERIM))
    assert days(rows, ids.kind_rate("any", "A")) >= 57 + 2  # the second cycle is known to be of day 56


def test_every_id_is_declared(rows, study):
    known = ids.known_ids(study, INTERIM, "interim")
    assert [row.analysis_id for row in rows if row.analysis_id not in known] == []
