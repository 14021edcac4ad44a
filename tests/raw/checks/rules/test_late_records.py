import pytest

EVENTS, AFTER, THERAPIES, DEVIATIONS = (
    "adverse_events",
    "follow_up",
    "concomitant_therapies",
    "protocol_deviations",
)
CODED = {"PT": "Nausea", "SOC": "Gastrointestinal disorders", "DICTVER": "MedDRA 20.1"}


def broken(worked, rule):
    return [(table, column, subject) for table, _, column, subject in worked.places(rule)]


def coded(worked, **of_p2):
    worked.change(EVENTS, {"SUBJID": "P-1"}, **CODED)
    worked.change(EVENTS, {"SUBJID": "P-2"}, **(CODED | of_p2))


def therapy(worked, on, number=1, start=300, **cells):
    row = {"SUBJID": "P-1", "CMSEQ": str(number), "TERM": "Sunitinib", "CLASS": "TARGETED", "ANTITUMOUR": "Y",
           "LINE": "1", "STARTDT": on(start)}  # fmt: skip
    worked.add(THERAPIES, **(row | cells))


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
    worked.change(AFTER, {"SUBJID": "P-1"}, **dead, DTHCAUSE=elsewhere)
    worked.change(AFTER, {"SUBJID": "P-2"}, **(dead | {"STATUS": status}), DTHCAUSE=cause)
    assert [one for one in broken(worked, "FUP-CAUSE") if one[2] == "P-2"] == [
        (AFTER, "DTHCAUSE", "P-2")
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
    worked.change(AFTER, {"SUBJID": "P-1"}, STATUS="DEAD", DEATHDT=on(390), DTHCAUSE=cause)
    worked.change(EVENTS, {"SUBJID": "P-1"}, OUTCOME=outcome, RELATED=related)
    assert broken(worked, "FUP-TOXIC") == [(AFTER, "DTHCAUSE", "P-1")] * found


@pytest.mark.parametrize(("end", "found"), [(299, True), (300, False)])
def test_a_therapy_that_ends_before_it_starts(worked, on, end, found):
    therapy(worked, on, ENDDT=on(end))
    assert broken(worked, "CM-DATES") == [(THERAPIES, "ENDDT", "P-1")] * found


@pytest.mark.parametrize(("years", "found"), [(60, False), (61, True)])
def test_a_therapy_before_birth(worked, on, years, found):
    born = int(on(-20)[:4]) - years
    therapy(worked, on, STARTDT=f"{born}{on(-20)[4:]}")
    assert broken(worked, "CM-BIRTH") == [(THERAPIES, "STARTDT", "P-1")] * found


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
    worked.change(AFTER, {"SUBJID": "P-1"}, NEWTRT="Sunitinib", NEWTRTDT="" if told is None else on(told))
    assert broken(worked, "CM-FOLLOWUP") == []  # no therapies: a cut without the table
    therapy(worked, on)
    assert broken(worked, "CM-FOLLOWUP") == [(AFTER, "NEWTRTDT", "P-1")] * found


def test_a_therapy_in_follow_up_alone(worked, on):
    worked.change(AFTER, {"SUBJID": "P-2"}, NEWTRT="Sunitinib", NEWTRTDT=on(200))
    therapy(worked, on, ANTITUMOUR="N", LINE="")
    assert broken(worked, "CM-FOLLOWUP") == [(AFTER, "NEWTRTDT", "P-2")]


@pytest.mark.parametrize(("day", "found"), [(390, False), (391, True)])
def test_a_therapy_after_death(worked, on, day, found):
    worked.change(AFTER, {"SUBJID": "P-1"}, STATUS="DEAD", DEATHDT=on(390), LASTDT=on(390))
    therapy(worked, on, start=day)
    assert broken(worked, "FUP-AFTERDEATH") == [(THERAPIES, "STARTDT", "P-1")] * found


@pytest.mark.parametrize(("important", "found"), [("Y", False), ("N", True)])
def test_a_minor_deviation_that_excludes(worked, on, important, found):
    worked.add(DEVIATIONS, SUBJID="P-1", DVSEQ="1", DVDT=on(3), CATEGORY="OTHER", TERM="x", IMPORTANT=important,
               EXCLUDEPP="Y")  # fmt: skip
    assert broken(worked, "DEV-EXCLUDES") == [(DEVIATIONS, "IMPORTANT", "P-1")] * found


@pytest.mark.parametrize(("day", "found"), [(-48, False), (-49, True)])
def test_a_deviation_long_before_randomisation(worked, on, day, found):
    worked.add(DEVIATIONS, SUBJID="P-1", DVSEQ="1", DVDT=on(day), CATEGORY="CONSENT", TERM="x", IMPORTANT="N",
               EXCLUDEPP="N")  # fmt: skip
    assert broken(worked, "DEV-EARLY") == [(DEVIATIONS, "DVDT", "P-1")] * found
