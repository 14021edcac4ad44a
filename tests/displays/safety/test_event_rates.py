from dataclasses import replace

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.safety.event_rates import EVENT_DIFFERENCES
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.safety.event_rates import analyse_event_rates


def test_the_total_of_events_is_that_of_table_5(shown, results):
    rows = {plain(row.cells[0]): plain(row.cells[1]) for row in shown["table_s18"].content.rows[:12]}
    total = results.value(ids.events("total", "any").stat("n"))
    assert rows["Any event"].startswith(f"{total:.0f}; ")


def test_patient_years_stand_in_the_heads(shown):
    heads = [plain(column.below) for column in shown["table_s18"].content.columns[1:]]
    assert all(head.endswith(" patient-years") for head in heads)
    assert len(heads) == 5


def test_an_unbounded_ratio_is_written_as_such(shown):
    cells = [plain(cell) for row in shown["table_s19"].content.rows for cell in row.cells]
    assert any(cell.endswith("to ∞)") for cell in cells)


def test_differences_are_to_the_control_arm_of_the_plan(material):
    plan = replace(material.plan, control_arm="C")
    made = analyse_event_rates(material.data, material.study, plan)
    own = {row.analysis_id for row in made}
    rows = [*made, *(row for row in material.look.results if row.analysis_id not in own)]
    found = lay_out(EVENT_DIFFERENCES, replace(material, look=Lookup.of_plan(Results(rows), plan), plan=plan))
    assert found.content.columns[1].header == "Arm A − C"
    assert "Against arm C" in plain(found.footnotes[0])


def test_no_limit_is_rounded_onto_no_effect(material):
    """A difference of which 0 is no limit, and a ratio of which 1 is none, do not look as if they were."""
    near = {
        ids.event_difference("total", "any", "B").stat("ci_low"): 0.04,
        ids.event_rate_ratio("total", "any", "B").stat("ci_high"): 0.9996,
    }
    rows = [replace(row, stat=near.get(row.analysis_id, row.stat)) for row in material.look.results]
    look = Lookup.of_plan(Results(rows), material.plan)
    found = lay_out(EVENT_DIFFERENCES, replace(material, look=look))
    cells = next(row.cells for row in found.content.rows if plain(row.cells[0]) == "Any event")
    assert "(+0.04 to " in plain(cells[1])
    assert plain(cells[2]).endswith(" to 0.9996)")
