import pytest

TABLE = "subjects"


def test_a_cut_of_another_study(worked):
    worked.change("data_cut", {}, STUDYID="DUONEN-2")
    assert worked.places("CUT-STUDY") == [("data_cut", 2, "STUDYID", None)]


@pytest.mark.parametrize(
    ("table", "column", "where"),
    [
        ("labs", "LBDT", {"SUBJID": "P-1", "VISIT": "V4", "ANALYTE": "HGB"}),
        ("adverse_events", "ENDDT", {"SUBJID": "P-2"}),
        ("follow_up", "LASTDT", {"SUBJID": "P-2"}),
        ("disposition", "DSDT", {"SUBJID": "P-1"}),
    ],
)
def test_records_of_the_day_of_the_cut_count_and_later_ones_do_not(worked, on, table, column, where):
    line = worked.line(table, **where)
    worked.change(table, where, **{column: on(400)})
    assert worked.places("CUT-DATE") == []
    worked.change(table, where, **{column: on(401)})
    assert worked.places("CUT-DATE") == [(table, line, column, where["SUBJID"])]


def test_a_cut_without_a_date_cannot_be_passed(worked):
    worked.change("data_cut", {}, CUTDT="soon")
    assert worked.rules() == {"DD-TYPE"}


def test_randomised_before_recruitment_began(worked):
    worked.change(TABLE, {"SUBJID": "P-1"}, RANDDT="2021-12-31")
    assert worked.places("PAT-EARLY") == [(TABLE, 2, "RANDDT", "P-1")]


def test_more_patients_than_planned(worked):
    for number in range(23):
        worked.add(TABLE, **{**worked.one(TABLE, SUBJID="P-1"), "SUBJID": f"Q-{number}"})
    found = [one.message for one in worked.findings() if one.rule == "PAT-MANY"]
    assert found == ["24 patients in Arm A, 23 planned. Check that none is twice there."]


def test_randomised_and_never_treated(worked):
    worked.add(TABLE, **{**worked.one(TABLE, SUBJID="P-1"), "SUBJID": "P-3", "AGE": "71"})
    worked.add("follow_up", **{**worked.one("follow_up", SUBJID="P-1"), "SUBJID": "P-3"})
    assert worked.rules() == {"PAT-UNTREATED"}
    assert worked.places("PAT-UNTREATED") == [(TABLE, 4, "SUBJID", "P-3")]


@pytest.mark.parametrize(
    ("table", "rule"), [("labs", "PAT-NOLABS"), ("disposition", "PAT-NODISP"), ("follow_up", "PAT-NOFOLLOW")]
)
def test_a_treated_patient_who_is_missing_from_a_table(worked, table, rule):
    worked.drop(table, SUBJID="P-2")
    assert worked.places(rule) == [(TABLE, 3, "SUBJID", "P-2")]
    assert worked.rules() == {rule}


@pytest.mark.parametrize(("column", "good", "bad"), [("KPS", "60", "59"), ("KI67", "20", "20.1")])
def test_an_eligibility_criterion_on_the_patient(worked, column, good, bad):
    worked.change(TABLE, {"SUBJID": "P-1"}, **{column: good})
    assert worked.findings() == ()
    worked.change(TABLE, {"SUBJID": "P-1"}, **{column: bad})
    assert worked.places("PAT-ELIGIBLE") == [(TABLE, 2, None, "P-1")]


@pytest.mark.parametrize(
    ("analyte", "good", "bad"), [("HGB", "9.1", "9.0"), ("WBC", "5.2", "3.0"), ("ALT", "119", "120")]
)
def test_an_eligibility_criterion_on_a_value_before_treatment(worked, analyte, good, bad):
    where = {"SUBJID": "P-2", "VISIT": "T1", "ANALYTE": analyte}
    worked.change("labs", where, VALUE=good)
    assert worked.places("PAT-ELIGIBLE") == []
    worked.change("labs", where, VALUE=bad)
    assert worked.places("PAT-ELIGIBLE") == [(TABLE, 3, None, "P-2")]


@pytest.mark.parametrize(
    ("creatinine", "egfr", "found"),
    [
        ("1.40", "40", True),
        ("1.40", "46", False),
        ("1.30", "40", False),
        ("1.40", "", False),
        ("", "40", False),
    ],
)
def test_of_alternative_criteria_one_is_enough(worked, creatinine, egfr, found):
    where = {"SUBJID": "P-1", "VISIT": "T1"}
    worked.change("labs", {**where, "ANALYTE": "CREAT"}, VALUE=creatinine)  # 120 µmol/L are 1.357 mg/dL
    worked.change("labs", {**where, "ANALYTE": "EGFR"}, VALUE=egfr)
    assert worked.places("PAT-ELIGIBLE") == [(TABLE, 2, None, "P-1")] * found


@pytest.mark.parametrize(("given", "value", "left_out"), [("CREAT", "1.40", "EGFR"), ("EGFR", "40", "CREAT")])
def test_an_alternative_that_was_not_delivered_leaves_a_criterion_undecided(worked, given, value, left_out):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "T1", "ANALYTE": given}, VALUE=value)
    assert worked.places("PAT-ELIGIBLE") == []  # the other value holds
    worked.drop("labs", SUBJID="P-1", ANALYTE=left_out)
    assert worked.places("PAT-ELIGIBLE") == []  # nobody knows
    worked.drop("labs", ANALYTE=left_out)
    assert worked.places("PAT-ELIGIBLE") == []  # of no patient


def test_a_criterion_without_a_value_is_not_broken(worked):
    worked.change(TABLE, {"SUBJID": "P-1"}, KI67="")
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "T1", "ANALYTE": "ALT"}, VALUE="500", ULN="")
    assert worked.places("PAT-ELIGIBLE") == []


def test_more_centres_than_planned(worked):
    for number in range(4):
        worked.add(
            TABLE, **{**worked.one(TABLE, SUBJID="P-1"), "SUBJID": f"Q-{number}", "SITEID": f"1{number}"}
        )
    assert worked.places("PAT-CENTRES") == [(TABLE, None, "SITEID", None)]


def test_an_identifier_of_another_centre(worked):
    for number in range(8):
        worked.add(TABLE, SUBJID=f"01-{number}", SITEID="01" if number else "02")
    worked.drop(TABLE, SUBJID="P-1")
    assert worked.places("PAT-SITE") == []  # 7 of 9
    worked.drop(TABLE, SUBJID="P-2")
    assert worked.places("PAT-SITE") == [(TABLE, 2, "SITEID", "01-0")]


@pytest.mark.parametrize(
    ("grade", "index", "found"),
    [("G1", "2.9", False), ("G1", "3", True), ("G2", "3", False), ("G2", "2", True)],
)
def test_grade_and_index(worked, grade, index, found):
    worked.change(TABLE, {"SUBJID": "P-1"}, GRADE=grade, KI67=index)
    assert worked.places("PAT-KI67") == [(TABLE, 2, "GRADE", "P-1")] * found
