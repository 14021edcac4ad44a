import pytest

from duonen_stats.raw.checks.rules.duplicates import _distance

LABS, TUMOUR, EVENTS = "labs", "tumour_assessments", "adverse_events"


@pytest.mark.parametrize("spelling", ["p-1", "P 1", "P1", "P-I", "p_1", "P-001"])
def test_another_spelling_of_an_identifier(worked, spelling):
    worked.add("subjects", **{**worked.one("subjects", SUBJID="P-1"), "SUBJID": spelling})
    assert worked.places("DUP-SUBJECT") == [("subjects", 4, "SUBJID", spelling)]


def test_a_spelling_that_is_not_randomised(worked):
    worked.change("follow_up", {"SUBJID": "P-2"}, SUBJID="p-2")
    assert worked.places("DUP-SUBJECT") == [("follow_up", 3, "SUBJID", "p-2")]
    worked.change("follow_up", {"SUBJID": "p-2"}, SUBJID="P-22")
    assert worked.places("DUP-SUBJECT") == []


@pytest.mark.parametrize("spelling", ["P -1", "p-1", "P\u20111", "P1"])
def test_an_odd_spelling_in_subjects_is_one_finding_there(worked, spelling):
    worked.change("subjects", {"SUBJID": "P-1"}, SUBJID=spelling)
    named = sum(row.get("SUBJID") == "P-1" for rows in worked.tables.values() for row in rows)
    (found,) = (one for one in worked.findings() if one.severity == "error")
    assert (found.rule, found.table, found.row, found.subject) == ("DUP-SUBJECT", "subjects", 2, spelling)
    assert f"({named})" in found.message
    assert spelling not in found.message


def test_a_spelling_that_is_not_randomised_is_one_finding_a_table(worked):
    worked.change(LABS, {"SUBJID": "P-2"}, SUBJID="P 2")
    (found,) = (one for one in worked.findings() if one.severity == "error")
    assert (found.rule, found.table, found.subject) == ("DUP-SUBJECT", LABS, "P 2")
    assert found.row == 2 + next(n for n, row in enumerate(worked.tables[LABS]) if row["SUBJID"] == "P 2")
    assert f"{len(worked.rows(LABS, SUBJID='P 2'))} records are spelt so" in found.message
    assert "write it as in table subjects" in found.message


@pytest.mark.parametrize(("age", "found"), [("60", True), ("61", True), ("62", False)])
def test_one_patient_under_two_identifiers(worked, age, found):
    worked.add("subjects", **{**worked.one("subjects", SUBJID="P-1"), "SUBJID": "Q-7", "AGE": age})
    assert worked.places("DUP-PATIENT") == [("subjects", 4, "SUBJID", "Q-7")] * found


def test_values_of_another_sample(worked):
    for row in worked.rows(LABS, SUBJID="P-1", VISIT="V2"):
        row["VALUE"] = worked.one(LABS, SUBJID="P-1", VISIT="V1", ANALYTE=row["ANALYTE"])["VALUE"]
    first = worked.line(LABS, SUBJID="P-1", VISIT="V2", ANALYTE="HGB")
    assert worked.places("DUP-LABS") == [(LABS, first, "VALUE", "P-1")]


@pytest.mark.parametrize(("days", "found"), [(15, True), (16, True), (17, False)])
def test_a_value_twice_with_a_date_a_day_off(worked, on, days, found):
    worked.add(LABS, **{**worked.one(LABS, SUBJID="P-1", VISIT="V1", ANALYTE="HGB"), "LBDT": on(days)})
    assert worked.places("DUP-NEAR") == [(LABS, 122, "LBDT", "P-1")] * found


def test_a_sample_under_two_visits(worked):
    worked.add(LABS, **{**worked.one(LABS, SUBJID="P-1", VISIT="V1", ANALYTE="HGB"), "VISIT": "UNS"})
    assert worked.places("DUP-NEAR") == [(LABS, 122, "VISIT", "P-1")]


def test_an_assessment_a_day_later(worked, on):
    worked.add(TUMOUR, **{**worked.one(TUMOUR, SUBJID="P-2"), "ASSESSDT": on(-24)})
    assert worked.places("DUP-NEAR") == [(TUMOUR, 4, "ASSESSDT", "P-2")]


@pytest.mark.parametrize(("kidney", "marrow", "found"), [("2.531", "0.0417", True), ("2.5", "0.1", False)])
def test_doses_of_another_cycle(worked, kidney, marrow, found):
    for cycle in ("T1", "T2"):
        for organ, dose in (("KIDNEY", kidney), ("MARROW", marrow)):
            worked.change("dosimetry", {"SUBJID": "P-1", "CYCLE": cycle, "ORGAN": organ}, DOSE_GY=dose)
    assert worked.places("DUP-DOSES") == [("dosimetry", 4, "DOSE_GY", "P-1")] * found


@pytest.mark.parametrize(
    ("term", "days", "found"),
    [
        ("Nausae", 3, True),
        ("Nausea", 4, True),
        ("Nausea", 3, False),
        ("Nausea", 6, False),
        ("Vomiting", 3, False),
    ],
)
def test_nearly_the_same_event(worked, on, term, days, found):
    again = {"AESEQ": "2", "TERM": term, "STARTDT": on(days), "ENDDT": on(9)}
    worked.add(EVENTS, **{**worked.one(EVENTS, SUBJID="P-1"), **again})
    assert worked.places("DUP-EVENT") == [(EVENTS, 4, "TERM", "P-1")] * found


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("a", "a", 0),
        ("ab", "a", 1),
        ("a", "ab", 1),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("abc", "ade", 2),
        ("", "ab", 2),
    ],
)
def test_distance_of_texts(one, other, distance):
    assert _distance(one, other) == distance
