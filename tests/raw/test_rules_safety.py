import pytest

pytestmark = pytest.mark.worked
EVENTS = "adverse_events"
STATUS = "disposition"


def test_an_event_that_ends_before_it_starts(worked, on):
    worked.change(EVENTS, {"SUBJID": "P-2"}, ENDDT=on(2))
    assert worked.places("AE-DATES") == [(EVENTS, 3, "ENDDT", "P-2")]


@pytest.mark.parametrize(("days", "found"), [(-1, True), (0, False)])
def test_an_event_before_treatment(worked, on, days, found):
    worked.change(EVENTS, {"SUBJID": "P-2"}, STARTDT=on(days))
    assert worked.places("AE-EARLY") == [(EVENTS, 3, "STARTDT", "P-2")] * found


def test_an_event_recorded_twice(worked):
    worked.add(EVENTS, **{**worked.one(EVENTS, SUBJID="P-1"), "AESEQ": "2"})
    assert worked.places("AE-TWICE") == [(EVENTS, 4, "TERM", "P-1")]


@pytest.mark.parametrize(
    ("grade", "outcome", "dead", "found"),
    [
        ("5", "FATAL", True, 0),
        ("5", "FATAL", False, 1),
        ("5", "RECOVERED", True, 1),
        ("3", "FATAL", False, 2),
    ],
)
def test_grade_outcome_and_death(worked, grade, outcome, dead, found):
    worked.change(EVENTS, {"SUBJID": "P-1"}, GRADE=grade, OUTCOME=outcome)
    if dead:
        worked.change("follow_up", {"SUBJID": "P-1"}, STATUS="DEAD", DEATHDT="2024-02-04")
    assert worked.places("AE-FATAL") == [(EVENTS, 2, "OUTCOME", "P-1")] * found


@pytest.mark.parametrize(("patient", "line", "found"), [("P-1", 2, True), ("P-2", 3, False)])
def test_an_event_that_ended_treatment(worked, patient, line, found):
    worked.change(EVENTS, {"SUBJID": patient}, ACTION="DISCONTINUED")
    assert worked.places("AE-ACTION") == [(EVENTS, line, "ACTION", patient)] * found


def test_treatment_ended_for_an_event_that_is_not_there(worked, on):
    worked.change(STATUS, {"SUBJID": "P-2"}, REASON="ADVERSE_EVENT")
    assert worked.places("DSP-NOEVENT") == [(STATUS, 3, "REASON", "P-2")]
    worked.change(EVENTS, {"SUBJID": "P-2"}, ACTION="DISCONTINUED", STARTDT=on(60), ENDDT=on(70))
    assert worked.findings() == ()


@pytest.mark.parametrize(("patient", "line", "reason"), [("P-1", 2, "OTHER"), ("P-2", 3, "")])
def test_reason_and_status_of_treatment(worked, patient, line, reason):
    worked.change(STATUS, {"SUBJID": patient}, REASON=reason)
    assert worked.places("DSP-REASON") == [(STATUS, line, "REASON", patient)]


@pytest.mark.parametrize(("patient", "line", "status"), [("P-1", 2, "ONGOING"), ("P-2", 3, "COMPLETED")])
def test_status_of_treatment_and_cycles(worked, patient, line, status):
    worked.change(STATUS, {"SUBJID": patient}, STATUS=status, REASON="")
    assert worked.places("DSP-CYCLES") == [(STATUS, line, "STATUS", patient)]


@pytest.mark.parametrize(("days", "found"), [(55, True), (56, False)])
def test_treatment_that_ended_before_its_last_cycle(worked, on, days, found):
    worked.change(STATUS, {"SUBJID": "P-2"}, DSDT=on(days))
    assert worked.places("DSP-DATE") == [(STATUS, 3, "DSDT", "P-2")] * found
