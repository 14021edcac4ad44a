from dataclasses import replace

from coded_events import DEATHS, PATIENTS, coded, worked
from displays.legibility import assert_legible, assert_traceable

from duonen_stats.displays.events.late_harm import LATE_FIGURE, LATE_TABLE
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import FINAL


def made(display, study, events=PATIENTS, plan=FINAL):
    return produce(display, worked(events, plan=plan, follow_up=DEATHS), study, plan)


def test_every_harm_has_its_own_name(study):
    headings = [plain(row.cells[0]) for row in made(LATE_TABLE, study).content.rows if row.kind == "group"]
    assert len(headings) == len(set(headings)) == 5
    assert "Cytopenia of grade 2 or higher for more than 183 days, cause not judged" in headings


def test_thresholds_are_those_of_the_plan(study):
    plan = replace(FINAL, persistent_grade=3, persistent_days=90)
    text = str(made(LATE_TABLE, study, plan=plan))
    assert "Cytopenia of grade 3 or higher for more than 90 days, cause not judged" in text
    assert "183" not in text


def test_an_event_without_a_date_is_told(study):
    events = [coded("001", 1, 5, "x", "Myelodysplastic syndrome", 4, STARTDT=None)]
    said = " ".join(plain(note) for note in made(LATE_TABLE, study, events).footnotes)
    assert "Reported without a date of onset, so not counted here. Myelodysplastic" not in said
    assert "Myeloid neoplasm: 1; Persistent haematological dysfunction, as diagnosed: 1." in said


def test_the_figure_is_legible_and_traceable(study):
    for events in (PATIENTS, []):
        content = made(LATE_FIGURE, study, events).content
        assert_traceable(content)
        assert_legible(content.draw())
