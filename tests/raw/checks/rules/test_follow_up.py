import pytest

TABLE = "follow_up"


@pytest.mark.parametrize(
    ("status", "died", "column"),
    [("DEAD", True, None), ("DEAD", False, "DEATHDT"), ("ALIVE", True, "STATUS"), ("LOST", True, "STATUS")],
)
def test_status_and_date_of_death(worked, on, status, died, column):
    worked.change(TABLE, {"SUBJID": "P-2"}, STATUS=status, DEATHDT=on(390) if died else "")
    assert worked.places("FUP-DEATH") == [(TABLE, 3, column, "P-2")] * (column is not None)


def test_known_alive_after_death(worked, on):
    worked.change(TABLE, {"SUBJID": "P-2"}, STATUS="DEAD", DEATHDT=on(389))
    assert worked.places("FUP-LAST") == [(TABLE, 3, "LASTDT", "P-2")]


@pytest.mark.parametrize(
    ("table", "where", "column"),
    [
        ("administrations", {"SUBJID": "P-1", "CYCLE": "T4"}, "EXDT"),
        ("labs", {"SUBJID": "P-1", "VISIT": "V4", "ANALYTE": "AST"}, "LBDT"),
        ("tumour_assessments", {"SUBJID": "P-1"}, "ASSESSDT"),
        ("adverse_events", {"SUBJID": "P-1"}, "STARTDT"),
    ],
)
def test_something_after_death(worked, on, table, where, column):
    worked.change(TABLE, {"SUBJID": "P-1"}, STATUS="DEAD", DEATHDT=on(300), LASTDT=on(300))
    line = worked.line(table, **where)
    worked.change(table, where, **{column: on(300)})
    assert worked.places("FUP-POSTMORTEM") == []
    worked.change(table, where, **{column: on(301)})
    assert worked.places("FUP-POSTMORTEM") == [(table, line, column, "P-1")]


@pytest.mark.parametrize(("days", "found"), [(69, True), (70, False)])
def test_last_known_alive_before_a_record(worked, on, days, found):
    worked.change(TABLE, {"SUBJID": "P-2"}, LASTDT=on(days))  # the last blood sample is of day 70
    assert worked.places("FUP-BEHIND") == [(TABLE, 3, "LASTDT", "P-2")] * found


@pytest.mark.parametrize(
    ("name", "days", "found"),
    [("Everolimus", None, True), ("Everolimus", -21, True), ("Everolimus", 90, False)],
)
def test_another_treatment(worked, on, name, days, found):
    worked.change(TABLE, {"SUBJID": "P-2"}, NEWTRT=name, NEWTRTDT="" if days is None else on(days))
    assert worked.places("FUP-NEWTREATMENT") == [(TABLE, 3, "NEWTRTDT", "P-2")] * found


@pytest.mark.parametrize(("response", "found"), [("SD", True), ("PD", False), ("", False)])
def test_a_new_lesion_that_is_no_progression(worked, response, found):
    worked.change("tumour_assessments", {"SUBJID": "P-1"}, NEWLESION="Y", RESPONSE=response)
    assert worked.places("TUM-NEWLESION") == [("tumour_assessments", 2, "RESPONSE", "P-1")] * found


@pytest.mark.parametrize(
    ("table", "line", "column"),
    [("adverse_events", 2, "ENDDT"), ("disposition", 2, "DSDT"), (TABLE, 2, "NEWTRTDT")],
)
def test_an_end_after_death(worked, on, table, line, column):
    worked.change(TABLE, {"SUBJID": "P-1"}, STATUS="DEAD", DEATHDT=on(300), LASTDT=on(300))
    worked.change(table, {"SUBJID": "P-1"}, **{column: on(300)})
    assert worked.places("FUP-AFTERDEATH") == []
    worked.change(table, {"SUBJID": "P-1"}, **{column: on(301)})
    assert worked.places("FUP-AFTERDEATH") == [(table, line, column, "P-1")]


def test_the_last_date_of_who_died_is_that_of_death(worked, on):
    worked.change(TABLE, {"SUBJID": "P-2"}, STATUS="DEAD", DEATHDT=on(391))
    assert worked.places("FUP-LASTDEATH") == [(TABLE, 3, "LASTDT", "P-2")]


@pytest.mark.parametrize(("days", "found"), [(220, False), (219, True)])
def test_not_seen_for_long(worked, on, days, found):
    worked.change(TABLE, {"SUBJID": "P-1"}, LASTDT=on(days))  # the cut is on day 400
    assert worked.places("FUP-STALE") == [(TABLE, 2, "LASTDT", "P-1")] * found


@pytest.mark.parametrize(("days", "found"), [(56, False), (55, True)])
def test_another_treatment_before_the_last_cycle(worked, on, days, found):
    worked.change(TABLE, {"SUBJID": "P-2"}, NEWTRT="Everolimus", NEWTRTDT=on(days))
    assert worked.places("FUP-DURING") == [(TABLE, 3, "NEWTRTDT", "P-2")] * found


def test_another_treatment_without_a_name(worked, on):
    worked.change(TABLE, {"SUBJID": "P-2"}, NEWTRTDT=on(150))
    assert worked.places("FUP-UNNAMED") == [(TABLE, 3, "NEWTRT", "P-2")]
