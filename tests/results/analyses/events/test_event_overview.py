"""The overview of adverse events, counted by hand in the worked patients."""

from dataclasses import replace

import pytest
from coded_events import DEATHS, PATIENTS, coded, worked

from duonen_stats.datasets.metadata.stamp import DRY_RUN_WITHHOLDS
from duonen_stats.plan import INTERIM
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.events.event_overview import NO_PRODUCT, analyse_event_overview


@pytest.fixture(scope="module")
def rows(study):
    return Results(analyse_event_overview(worked(PATIENTS, follow_up=DEATHS), study, INTERIM))


def counts(rows, line, group="all", phase="treatment"):
    block = ids.event_overview(line, phase, group)
    return rows.value(block.stat("n")), rows.value(block.stat("events"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("any", (3, 7)), ("related", (3, 5)), ("severe", (2, 2)), ("severe_related", (2, 2)), ("serious", (1, 1)),
        ("serious_related", (1, 1)), ("delayed", (1, 1)), ("reduced", (0, 0)),
        ("discontinued", (1, 1)), ("fatal", (0, 0)),
    ],
)  # fmt: skip
def test_lines_on_treatment(rows, line, expected):
    assert counts(rows, line) == expected


def test_lines_of_follow_up(rows):
    assert counts(rows, "any", "B", "follow_up") == (1, 2)
    assert counts(rows, "fatal", "B", "follow_up") == (1, 1)
    assert counts(rows, "any", "A", "follow_up") == (0, 0)


def test_a_missing_answer_may_be_yes_and_leaves_no_limits(rows):
    """002 has one related event and one without an answer: known. Nobody of arm A is unknown for related."""
    assert rows.value(ids.event_overview("related", "treatment", "A").stat("ci_low")) is not None
    severe = ids.event_overview("severe", "treatment", "A")
    assert rows.value(severe.stat("n")) == 1
    assert rows.row(severe.stat("ci_low")).note.startswith(
        "no limits: not known of 1 patient, who has an event"
    )


def test_an_action_that_is_unknown_is_no_answer(study):
    data = worked([coded("001", 1, 5, "x", "y", ACTION="UNKNOWN")])
    rows = Results(analyse_event_overview(data, study, INTERIM))
    assert counts(rows, "delayed", "A") == (0, 0)
    assert rows.value(ids.event_overview("delayed", "treatment", "A").stat("ci_low")) is None
    both = worked([coded(one, 1, 5, "x", "y", ACTION="UNKNOWN") for one in ("001", "002")])
    row = Results(analyse_event_overview(both, study, INTERIM)).row(
        ids.event_overview("delayed", "treatment", "A").stat("ci_low")
    )
    assert row.note == "no limits: not known of 2 patients, who have an event without an answer"


def test_a_product_that_the_arm_does_not_have_is_related_to_nothing(study):
    events = [coded("001", 1, 5, "x", "y", RELLU="N"), coded("003", 1, 5, "x", "y", RELLU="N", RELY90="Y")]
    rows = Results(analyse_event_overview(worked(events), study, INTERIM))
    first = ids.event_overview("related_y90", "treatment", "A")  # arm A has no yttrium
    assert (rows.value(first.stat("n")), rows.value(first.stat("ci_low"))) == (0, 0)
    assert counts(rows, "related_y90", "B") == (1, 1)


def test_without_relation_to_a_product_there_is_a_reason(study):
    rows = Results(analyse_event_overview(worked([coded("001", 1, 5, "x", "y")]), study, INTERIM))
    assert rows.row(ids.event_overview("related_lu177", "treatment", "all").stat("n")).note == NO_PRODUCT


def test_a_dry_run_withholds_what_tells_the_treatment(study):
    data = worked(PATIENTS)
    blinded = replace(data, stamp=replace(data.stamp, blinded=True))
    rows = Results(analyse_event_overview(blinded, study, INTERIM))
    for line in ("delayed", "reduced", "discontinued", "related_lu177", "related_y90"):
        assert rows.row(ids.event_overview(line, "treatment", "A").stat("n")).note == DRY_RUN_WITHHOLDS


def test_deaths_are_of_any_cause(rows):
    assert rows.value(ids.deaths_from_treatment("B").stat("n")) == 1
    assert rows.value(ids.deaths_from_treatment("all").stat("n")) == 1


def test_no_event_in_four_patients_has_exact_limits(rows):
    """0 of 4: upper 60.2 %, as Clopper and Pearson have it."""
    block = ids.event_overview("reduced", "treatment", "all")
    assert rows.value(block.stat("ci_low")) == 0
    assert rows.value(block.stat("ci_high")) == pytest.approx(100 * (1 - 0.025**0.25))
