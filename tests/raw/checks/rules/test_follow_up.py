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


EVENTS, THERAPIES = "adverse_events", "concomitant_therapies"


def broken(worked, rule):
    return [(table, column, subject) for table, _, column, subject in worked.places(rule)]


def therapy(worked, on, number=1, start=300, **cells):
    row = {"SUBJID": "P-1", "CMSEQ": str(number), "TERM": "Sunitinib", "CLASS": "TARGETED", "ANTITUMOUR": "Y",
           "LINE": "1", "STARTDT": on(start)}  # fmt: skip
    worked.add(THERAPIES, **(row | cells))


@pytest.mark.parametrize(
    ("status", "cause", "elsewhere", "found"),
    [
        ("DEAD", "", "", False),  # a cut without causes
        ("DEAD", "", "OTHER", True),
        ("DEAD", "OTHER", "OTHER", False),
        ("ALIVE", "OTHER", "", True),
    ],
)
def test_cause_of_death(worked, on, status, cause, elsewhere, found):
    dead = {"STATUS": "DEAD", "DEATHDT": on(390)}
    worked.change(TABLE, {"SUBJID": "P-1"}, **dead, DTHCAUSE=elsewhere)
    worked.change(TABLE, {"SUBJID": "P-2"}, **(dead | {"STATUS": status}), DTHCAUSE=cause)
    assert [one for one in broken(worked, "FUP-CAUSE") if one[2] == "P-2"] == [
        (TABLE, "DTHCAUSE", "P-2")
    ] * found


@pytest.mark.parametrize(
    ("cause", "outcome", "related", "found"),
    [
        ("TOXICITY", "RECOVERED", "Y", True),
        ("TOXICITY", "FATAL", "Y", False),
        ("PROGRESSION", "FATAL", "Y", True),
        ("PROGRESSION", "FATAL", "N", False),
        ("SECOND_NEOPLASM", "FATAL", "Y", False),
    ],
)
def test_death_of_toxicity(worked, on, cause, outcome, related, found):
    worked.change(TABLE, {"SUBJID": "P-1"}, STATUS="DEAD", DEATHDT=on(390), DTHCAUSE=cause)
    worked.change(EVENTS, {"SUBJID": "P-1"}, OUTCOME=outcome, RELATED=related)
    assert broken(worked, "FUP-TOXIC") == [(TABLE, "DTHCAUSE", "P-1")] * found


@pytest.mark.parametrize(("end", "found"), [(299, True), (300, False)])
def test_a_therapy_that_ends_before_it_starts(worked, on, end, found):
    therapy(worked, on, ENDDT=on(end))
    assert broken(worked, "CM-DATES") == [(THERAPIES, "ENDDT", "P-1")] * found


@pytest.mark.parametrize(("years", "found"), [(60, False), (61, True)])
def test_a_therapy_before_birth(worked, on, years, found):
    born = int(on(-20)[:4]) - years
    therapy(worked, on, STARTDT=f"{born}{on(-20)[4:]}")
    assert broken(worked, "CM-BIRTH") == [(THERAPIES, "STARTDT", "P-1")] * found


def test_an_age_that_was_mistyped_is_older_than_dates_reach_back(worked, on):
    """Without an end of the check: the age itself is found by its limits."""
    worked.change("subjects", {"SUBJID": "P-1"}, AGE="1102")
    therapy(worked, on, STARTDT=on(300))
    assert broken(worked, "CM-BIRTH") == []


@pytest.mark.parametrize(
    ("lines", "found"), [(("1", "2"), 0), (("1", "3"), 1), (("2", "1"), 2), (("1", "1"), 0)]
)
def test_lines_count_up(worked, on, lines, found):
    for number, line in enumerate(lines, 1):
        therapy(worked, on, number, 300 + number, LINE=line)
    assert len(broken(worked, "CM-LINE")) == found


def test_a_line_of_what_is_not_against_the_tumour(worked, on):
    therapy(worked, on, ANTITUMOUR="N")
    assert broken(worked, "CM-LINE") == [(THERAPIES, "LINE", "P-1")]


@pytest.mark.parametrize(("told", "found"), [(300, False), (301, True), (None, True)])
def test_first_line_and_follow_up(worked, on, told, found):
    worked.change(TABLE, {"SUBJID": "P-1"}, NEWTRT="Sunitinib", NEWTRTDT="" if told is None else on(told))
    assert broken(worked, "CM-FOLLOWUP") == []  # no therapies: a cut without the table
    therapy(worked, on)
    assert broken(worked, "CM-FOLLOWUP") == [(TABLE, "NEWTRTDT", "P-1")] * found


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"ENDDT": ""}, 1),
        ({"ENDDT": "same"}, 0),
        ({"ENDDT": "", "ENDDTC": "2024-01"}, 0),  # not going on: its day is not known
        ({"ENDDT": "", "CLASS": "GROWTH_FACTOR"}, 0),
    ],
)
def test_a_transfusion_without_an_end(worked, on, cells, found):
    cells = {name: on(300) if value == "same" else value for name, value in cells.items()}
    therapy(worked, on, **{"CLASS": "TRANSFUSION", "ANTITUMOUR": "N", "LINE": "", **cells})
    assert broken(worked, "CM-NOEND") == [(THERAPIES, "ENDDT", "P-1")] * found


def test_a_therapy_in_follow_up_alone(worked, on):
    worked.change(TABLE, {"SUBJID": "P-2"}, NEWTRT="Sunitinib", NEWTRTDT=on(200))
    therapy(worked, on, ANTITUMOUR="N", LINE="")
    assert broken(worked, "CM-FOLLOWUP") == [(TABLE, "NEWTRTDT", "P-2")]


@pytest.mark.parametrize(("day", "found"), [(390, False), (391, True)])
def test_a_therapy_after_death(worked, on, day, found):
    worked.change(TABLE, {"SUBJID": "P-1"}, STATUS="DEAD", DEATHDT=on(390), LASTDT=on(390))
    therapy(worked, on, start=day)
    assert broken(worked, "FUP-AFTERDEATH") == [(THERAPIES, "STARTDT", "P-1")] * found
