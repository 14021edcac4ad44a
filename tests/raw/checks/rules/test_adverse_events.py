import pytest

from duonen_stats.raw.blinded_view import blinded_view, check_blinded_cut

EVENTS = "adverse_events"
STATUS = "disposition"


def test_an_event_that_ends_before_it_starts(worked, on):
    worked.change(EVENTS, {"SUBJID": "P-2"}, ENDDT=on(2))
    assert worked.places("AE-DATES") == [(EVENTS, 3, "ENDDT", "P-2")]


@pytest.mark.parametrize(("days", "found"), [(-1, True), (0, False)])
def test_an_event_before_treatment(worked, on, days, found):
    worked.change(EVENTS, {"SUBJID": "P-2"}, STARTDT=on(days))
    assert worked.places("AE-EARLY") == [(EVENTS, 3, "STARTDT", "P-2")] * found


@pytest.mark.parametrize(("days", "history"), [(-1, False), (-20, False), (-21, True)])
def test_an_event_before_randomisation_is_said_to_be(worked, on, days, history):
    """It drops out of every table of events, so the centre has to answer: a warning, not a note."""
    worked.change(EVENTS, {"SUBJID": "P-2"}, STARTDT=on(days))
    (found,) = (one for one in worked.findings() if one.rule == "AE-EARLY")
    assert found.severity == "warning"
    assert (f"and before randomisation on {on(-20)}" in found.message) == history
    assert "in no table of adverse events" in found.message


def _treated(worked, on, *subjects, arm="C", centre="02"):
    for subject in subjects:
        worked.add("subjects", SUBJID=subject, SITEID=centre, ARM=arm, RANDDT=on(-20))
        worked.add(
            "administrations", SUBJID=subject, CYCLE="T1", EXDT=on(0), LU177_MBQ="3700", Y90_MBQ="1850"
        )


FIVE = tuple(f"P-1{number}" for number in range(5))


def test_an_arm_and_a_centre_without_any_event_are_found(worked, on):
    _treated(worked, on, *FIVE)
    found = [one for one in worked.findings() if one.rule in {"AE-ARM", "AE-CENTRE"}]
    assert [(one.rule, one.severity, one.message) for one in found] == [
        ("AE-ARM", "warning", "Arm C has 5 treated patients and no adverse event. Check the export."),
        (
            "AE-CENTRE",
            "note",
            "Centre 02 has 5 treated patients and no adverse event. Check that it sent them.",
        ),
    ]
    # What is known of the true arms is not said in a blinded dry run; a centre may be named.
    blinded = check_blinded_cut(blinded_view(worked.read(), worked.study), worked.study)
    assert {one.rule for one in blinded} & {"AE-ARM", "AE-CENTRE"} == {"AE-CENTRE"}


def test_one_event_of_any_date_in_the_arm_is_enough(worked, on):
    _treated(worked, on, *FIVE)
    worked.add(EVENTS, **{**worked.one(EVENTS, SUBJID="P-1"), "SUBJID": "P-14", "STARTDT": ""})
    assert worked.places("AE-ARM") == worked.places("AE-CENTRE") == []


def test_who_was_never_treated_is_not_expected_to_have_events(worked, on):
    _treated(worked, on, *FIVE)
    worked.drop("administrations", SUBJID="P-14")
    assert worked.places("AE-ARM") == worked.places("AE-CENTRE") == []


def test_a_table_without_events_has_one_finding_and_not_one_for_each_arm(worked, on):
    _treated(worked, on, *FIVE)
    worked.tables[EVENTS].clear()
    assert worked.places("AE-ARM") == worked.places("AE-CENTRE") == []
    assert "DD-NOROWS" in worked.rules()


def test_an_arm_may_be_complete_where_a_centre_is_not(worked, on):
    _treated(worked, on, *FIVE)
    _treated(worked, on, "P-20", centre="03")
    worked.add(EVENTS, **{**worked.one(EVENTS, SUBJID="P-1"), "SUBJID": "P-20"})
    assert worked.places("AE-ARM") == []
    assert worked.places("AE-CENTRE") == [(EVENTS, None, "SUBJID", None)]


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


@pytest.mark.parametrize(
    ("outcome", "end", "column"),
    [
        ("RECOVERED", 5, None),
        ("RECOVERED", None, "ENDDT"),
        ("NOT_RECOVERED", 5, "OUTCOME"),
        ("RECOVERING", None, None),
    ],
)
def test_outcome_and_end(worked, on, outcome, end, column):
    worked.change(EVENTS, {"SUBJID": "P-1"}, OUTCOME=outcome, ENDDT="" if end is None else on(end))
    assert worked.places("AE-OUTCOME") == [(EVENTS, 2, column, "P-1")] * (column is not None)


@pytest.mark.parametrize(
    ("cells", "found"), [({"GRADE": "5"}, True), ({"OUTCOME": "FATAL"}, True), ({}, False)]
)
def test_fatal_and_not_serious(worked, cells, found):
    worked.change(EVENTS, {"SUBJID": "P-1"}, SERIOUS="N", **cells)
    assert worked.places("AE-SERIOUS") == [(EVENTS, 2, "SERIOUS", "P-1")] * found


def test_one_event_in_two_categories(worked, on):
    worked.add(
        EVENTS, **{**worked.one(EVENTS, SUBJID="P-1"), "AESEQ": "2", "STARTDT": on(30), "TERM": "nausea"}
    )
    worked.change(EVENTS, {"SUBJID": "P-2"}, CATEGORY="OTHER")
    assert worked.places("AE-CATEGORY") == [(EVENTS, 3, "CATEGORY", "P-2")]


def test_a_number_of_an_event_is_missing(worked):
    worked.change(EVENTS, {"SUBJID": "P-2"}, AESEQ="2")
    assert worked.places("AE-GAP") == [(EVENTS, 3, "AESEQ", "P-2")]


def test_treatment_ended_by_a_death_that_was_none(worked, on):
    worked.change(STATUS, {"SUBJID": "P-2"}, REASON="DEATH")
    assert worked.places("DSP-DEATH") == [(STATUS, 3, "REASON", "P-2")]
    worked.change("follow_up", {"SUBJID": "P-2"}, STATUS="DEAD", DEATHDT=on(390))
    assert worked.places("DSP-DEATH") == []


@pytest.mark.parametrize(("cut", "found"), [(196, False), (197, True)])
def test_treatment_ongoing_for_too_long(worked, on, cut, found):
    worked.change(STATUS, {"SUBJID": "P-2"}, STATUS="ONGOING", REASON="")
    worked.change("data_cut", {}, CUTDT=on(cut))  # the last cycle was on day 56
    assert worked.places("DSP-STALE") == [(STATUS, 3, "STATUS", "P-2")] * found


@pytest.mark.parametrize(("cut", "found"), [(237, False), (238, True)])
def test_ongoing_just_after_the_last_cycle_is_right(worked, on, cut, found):
    worked.change(STATUS, {"SUBJID": "P-1"}, STATUS="ONGOING")
    worked.change("data_cut", {}, CUTDT=on(cut))  # the fourth cycle was on day 168
    assert worked.places("DSP-CYCLES") == [(STATUS, 2, "STATUS", "P-1")] * found


CODED = {"PT": "Nausea", "SOC": "Gastrointestinal disorders", "DICTVER": "MedDRA 20.1"}


def broken(worked, rule):
    return [(table, column, subject) for table, _, column, subject in worked.places(rule)]


def coded(worked, **of_p2):
    worked.change(EVENTS, {"SUBJID": "P-1"}, **CODED)
    worked.change(EVENTS, {"SUBJID": "P-2"}, **(CODED | of_p2))


@pytest.mark.parametrize("column", ["PT", "SOC", "DICTVER"])
def test_an_event_without_its_code(worked, column):
    assert broken(worked, "AE-CODED") == []  # a cut that is not coded
    coded(worked)
    assert broken(worked, "AE-CODED") == []
    coded(worked, **{column: ""})
    assert broken(worked, "AE-CODED") == [(EVENTS, column, "P-2")]


@pytest.mark.parametrize(
    ("of_p2", "found"),
    [({}, 0), ({"SOC": "Investigations"}, 1), ({"SOC": "Investigations", "PT": "Other"}, 0)],
)
def test_a_term_in_two_classes(worked, of_p2, found):
    coded(worked, **of_p2)
    assert len(broken(worked, "AE-CLASSES")) == found


@pytest.mark.parametrize(
    ("of_p2", "found"),
    [
        ({"PT": "Odd terms"}, 1),
        ({"PT": "Odd tem"}, 1),
        ({"PT": "odd term"}, 0),
        ({"PT": "Odd te"}, 0),  # two letters
        ({"PT": "Fatige"}, 1),  # nearly a usual term, which these data do not have
        ({"PT": "Anaemia"}, 0),
        ({"PT": "Leucopenia"}, 0),  # right as well, of Leukopenia
        ({"PT": "Neutropaenia"}, 0),
        ({"PT": "Neutropemia"}, 1),
    ],
)
def test_a_preferred_term_nearly_another(worked, of_p2, found):
    for event in worked.tables[EVENTS]:
        event["TERM"] = "Tired"
    coded(worked, **of_p2)
    worked.change(EVENTS, {"SUBJID": "P-1"}, PT="Odd term")
    first = next(event for event in worked.tables[EVENTS] if event["SUBJID"] == "P-1")
    worked.tables[EVENTS].append(first | {"AESEQ": "9"})
    assert len(broken(worked, "AE-SPELLING")) == found


@pytest.mark.parametrize(("version", "found"), [("MedDRA 20.1", 0), ("MedDRA 26.1", 1)])
def test_several_versions(worked, version, found):
    coded(worked, DICTVER=version)
    assert len(broken(worked, "AE-VERSIONS")) == found


@pytest.mark.parametrize(("initial", "found"), [("1", False), ("2", True), ("", False)])
def test_initial_grade_above_the_worst(worked, initial, found):
    worked.change(EVENTS, {"SUBJID": "P-1"}, GRADEINI=initial)
    assert broken(worked, "AE-INITIAL") == [(EVENTS, "GRADEINI", "P-1")] * found


@pytest.mark.parametrize(
    ("subject", "value", "found"), [("P-1", "Y", True), ("P-1", "N", False), ("P-2", "Y", False)]
)
def test_related_to_an_isotope_of_another_arm(worked, subject, value, found):
    worked.change(EVENTS, {"SUBJID": subject}, RELLU="Y", RELY90=value)
    assert broken(worked, "AE-ISOTOPE") == [(EVENTS, "RELY90", subject)] * found


@pytest.mark.parametrize(
    ("related", "lutetium", "yttrium", "found"),
    [("N", "Y", "N", 1), ("N", "N", "N", 0), ("Y", "N", "N", 1), ("Y", "N", "Y", 0), ("Y", "", "", 0)],
)
def test_relations_that_contradict(worked, related, lutetium, yttrium, found):
    worked.change(EVENTS, {"SUBJID": "P-2"}, RELATED=related, RELLU=lutetium, RELY90=yttrium)
    assert broken(worked, "AE-RELATION") == [(EVENTS, "RELATED", "P-2")] * found
