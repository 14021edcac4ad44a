from dataclasses import replace

from coded_events import DEATHS, PATIENTS, worked

from duonen_stats.datasets.metadata.stamp import POOLED_ONLY
from duonen_stats.displays.events.event_overview import OVERVIEW, REGISTRY
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out, produce
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import INTERIM
from duonen_stats.report.session import open_results
from duonen_stats.results import Results


def rows_of(produced):
    return {plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]] for row in produced.content.rows}


def notes(produced):
    return " ".join(plain(note) for note in produced.footnotes)


def test_products_have_lines_where_the_data_tell_them(study, shown):
    worked_ = rows_of(produce(OVERVIEW, worked(PATIENTS, follow_up=DEATHS), study, INTERIM))
    assert "Related to ¹⁷⁷Lu" in worked_
    shipped = rows_of(shown["table_s50"])
    assert shipped["Related to ¹⁷⁷Lu"][0].startswith("30 (53.6%)")
    assert shipped["Related to ⁹⁰Y"][0].startswith("12 (21.4%)")
    assert "do not say to which product" not in notes(shown["table_s50"])


def test_without_a_relation_to_products_the_overview_says_so(study):
    events = [one | {"RELLU": None} for one in PATIENTS]
    found = produce(OVERVIEW, worked(events, follow_up=DEATHS), study, INTERIM)
    assert not [name for name in rows_of(found) if name.startswith("Related to ") and name[-1] in "uY"]
    assert "do not say to which product" in notes(found)


def test_an_event_that_got_worse_after_it_began_before_treatment_is_told(study):
    found = produce(OVERVIEW, worked(PATIENTS, follow_up=DEATHS), study, INTERIM)
    assert "not recorded when it got worse: 1 event in 1 patient." in notes(found)


def test_in_an_open_session_deaths_are_of_all_arms_together(material):
    look = Lookup.of_plan(Results(open_results(list(material.look.results), material.study)), INTERIM)
    found = lay_out(OVERVIEW, replace(material, look=look))
    deaths = rows_of(found)["Any cause, from the first cycle on"]
    assert deaths[0].startswith("5 (8.9%)")
    assert deaths[1:] == ["–"] * 4
    assert POOLED_ONLY in notes(found)
    assert rows_of(lay_out(REGISTRY, replace(material, look=look)))["Patients"] == ["5", *["–"] * 4]


def test_without_an_end_of_reporting_there_is_no_follow_up(study):
    plan = replace(INTERIM, ae_reporting="as_collected")
    found = produce(OVERVIEW, worked(PATIENTS, plan=plan, follow_up=DEATHS), study, plan)
    assert "Events of follow-up" not in rows_of(found)
    assert "follow-up" not in notes(found)


def test_the_registry_has_patients_and_events(study):
    found = rows_of(produce(REGISTRY, worked(PATIENTS, follow_up=DEATHS), study, INTERIM))
    assert found["Patients"] == ["1", "0", "1", "0", "0"]
    assert found["Myelodysplastic syndrome"] == ["1 (1)", "0 (0)", "1 (1)", "0 (0)", "0 (0)"]
    assert found["Fatigue"] == ["1 (1)", "0 (0)", "0 (0)", "0 (0)", "1 (1)"]
    assert "Other events, terms in at least 5 % of an arm" in found
