import pytest

TABLE = "administrations"


@pytest.mark.parametrize(("dose", "line"), [("11.5", 5), ("11.6", 4)])
def test_a_cycle_after_the_limit_of_an_organ(worked, dose, line):
    for cycle in ("T1", "T2"):
        worked.change("dosimetry", {"SUBJID": "P-1", "CYCLE": cycle, "ORGAN": "KIDNEY"}, DOSE_GY=dose)
    assert worked.places("DOS-CONTINUED") == [(TABLE, line, "CYCLE", "P-1")]


def test_the_dose_before_a_cycle_is_written_so_that_it_is_seen_to_be_above_its_limit(worked):
    for cycle, dose in (("T1", "11.5"), ("T2", "11.501")):
        worked.change("dosimetry", {"SUBJID": "P-1", "CYCLE": cycle, "ORGAN": "KIDNEY"}, DOSE_GY=dose)
    (found,) = (one for one in worked.findings() if one.rule == "DOS-CONTINUED")
    assert "after 23.001 Gy to the kidney, limit 23 Gy" in found.message


@pytest.mark.parametrize(("day", "found"), [(56, False), (55, True)])
def test_a_cycle_after_progression(worked, on, day, found):
    worked.add(
        "tumour_assessments", SUBJID="P-2", ASSESSDT=on(day), SUMDIAM="120", RESPONSE="PD", NEWLESION="N"
    )
    assert worked.places("TRT-AFTERPD") == [(TABLE, 7, "EXDT", "P-2")] * found


@pytest.mark.parametrize(("new_lesion", "found"), [("N", False), ("Y", True)])
def test_a_new_lesion_is_progression_by_the_plan_whatever_the_response(worked, on, new_lesion, found):
    row = {"SUMDIAM": "80", "RESPONSE": "SD", "NEWLESION": new_lesion}
    worked.add("tumour_assessments", SUBJID="P-2", ASSESSDT=on(30), **row)
    assert worked.places("TRT-AFTERPD") == [(TABLE, 7, "EXDT", "P-2")] * found


def test_progression_at_the_baseline_is_why_a_patient_is_treated(worked):
    worked.change("tumour_assessments", {"SUBJID": "P-2"}, RESPONSE="PD")
    assert worked.places("TRT-AFTERPD") == []


@pytest.mark.parametrize(("day", "found"), [(56, False), (55, True)])
def test_a_cycle_after_the_event_that_ended_treatment(worked, on, day, found):
    worked.change("adverse_events", {"SUBJID": "P-2"}, STARTDT=on(day), ENDDT=on(90), ACTION="DISCONTINUED")
    assert worked.places("AE-TREATED") == [(TABLE, 7, "EXDT", "P-2")] * found


@pytest.mark.parametrize(("day", "found"), [(-28, False), (-29, True)])
def test_a_late_start(worked, on, day, found):
    worked.change("subjects", {"SUBJID": "P-1"}, RANDDT=on(day))
    assert worked.places("PAT-DELAY") == [(TABLE, 2, "EXDT", "P-1")] * found


@pytest.mark.parametrize(
    ("activity", "reason", "rules"),
    [
        ("2035", "PLANNED", []),  # 10 % of 1850
        ("2036", "PLANNED", ["TRT-UNEXPLAINED"]),
        ("1000", "DOSIMETRY_REDUCTION", []),
        ("2500", "DOSIMETRY_REDUCTION", ["TRT-DIRECTION"]),
        ("1000", "DOSIMETRY_INCREASE", ["TRT-DIRECTION"]),
        ("1000", "TOXICITY", []),
    ],
)
def test_an_adapted_activity_and_its_reason(worked, activity, reason, rules):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, Y90_MBQ=activity, REASON=reason)
    found = {rule: worked.places(rule) for rule in ("TRT-UNEXPLAINED", "TRT-DIRECTION")}
    assert found == {rule: [(TABLE, 7, "REASON", "P-2")] * (rule in rules) for rule in found}


DEVIATIONS = "protocol_deviations"


def broken(worked, rule):
    return [(table, column, subject) for table, _, column, subject in worked.places(rule)]


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
