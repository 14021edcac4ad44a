from dataclasses import replace
from functools import cache

import pytest
from patients import cycles, event, lab, make_cut, subject

from duonen_stats.datasets.as_treated import as_treated, treated_otherwise
from duonen_stats.datasets.build import build_datasets
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.displays.patients import baseline
from duonen_stats.displays.safety import adverse_events, toxicity
from duonen_stats.plan import INTERIM
from duonen_stats.results import ids, run_analysis
from duonen_stats.study import load_study

RANDOMISED = replace(INTERIM, safety_arm="randomised")


@cache
def built(actual=None):
    """Two patients of arm A, of whom the second was treated as arm ``actual`` and had an event."""
    cut = make_cut(
        subjects=[subject("001", "A"), subject("002", "A", ACTARM=actual), subject("003", "B")],
        administrations=[
            *cycles("001", [7400.0] * 4),
            *cycles("002", [7400.0, 9000.0]),
            *cycles("003", [3700.0], [1850.0]),
        ],
        adverse_events=[event("002", 1, 3, grade=3)],
        labs=[lab(who, "T1", -2, 13.0) for who in ("001", "002", "003")],
    )
    return build_datasets(cut, load_study(), INTERIM)


def test_the_datasets_by_the_arm_treated_as():
    data = built("D")
    shown = as_treated(data, INTERIM)
    assert treated_otherwise(data).tolist() == [False, True, False]
    assert data.adsl["TRT01P"].tolist() == ["A", "A", "B"]
    assert shown.adsl["TRT01P"].tolist() == ["A", "D", "B"]
    assert shown.adsl["TRT01PN"].tolist() == [1, 4, 2]
    assert shown.adae["TRT01P"].tolist() == ["D"]
    assert shown.adae.dtypes.to_dict() == data.adae.dtypes.to_dict()
    assert as_treated(data, RANDOMISED) is data
    same = built()
    assert as_treated(same, INTERIM) is same


@pytest.mark.parametrize(("plan", "arms"), [(INTERIM, (1, 1, 1)), (RANDOMISED, (2, 1, 0))])
def test_harm_is_counted_by_the_arm_of_the_plan_and_baseline_by_the_planned_one(study, plan, arms):
    data = built("D")
    results = run_analysis(data, study, plan)
    assert tuple(results.value(ids.safety_patients(arm).stat("n")) for arm in "ABD") == arms
    where = "D" if plan is INTERIM else "A"
    for arm in "ABD":
        harmed = results.value(ids.event_patients("total", "grade_ge3", arm).stat("n"))
        assert harmed == (1 if arm == where else 0)
        assert results.value(ids.baseline_size(arm)) == {"A": 2, "B": 1, "D": 0}[arm]
    row = results.row(ids.event_patients("total", "any", "D").stat("n"))
    assert row.group1 == ("TRT01A" if plan is INTERIM else "TRT01P")
    assert row.n == arms[2]


@pytest.mark.parametrize(
    ("plan", "words"),
    [(INTERIM, "the arm as which they were treated"), (RANDOMISED, "the arm to which they were randomised")],
)
def test_a_display_of_harm_says_by_which_arm_it_is(study, plan, words):
    for display in (adverse_events.TABLE_5, toxicity.EVENTS_BY_ARM):
        notes = [plain(note) for note in produce(display, built("D"), study, plan).footnotes]
        assert (
            f"Patients are shown in {words}. Some were treated as another arm than the one randomised to."
            in notes
        )
        assert not any(
            "Patients are shown in" in plain(one) for one in produce(display, built(), study, plan).footnotes
        )
    notes = [plain(note) for note in produce(baseline.TABLE_1, built("D"), study, plan).footnotes]
    assert not any("Patients are shown in" in note for note in notes)
