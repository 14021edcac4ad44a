from dataclasses import replace

import pandas as pd
import pytest
from coded_events import coded, worked
from patients import administration, cycles, day, event, make_cut, subject

from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.datasets.safety.adae import build_adae, relation
from duonen_stats.plan import INTERIM
from duonen_stats.raw.intake.companions.impute_dates import with_imputed_dates


def adae(study, *events, given=True, cut_day=500, status=None, plan=INTERIM):
    cut = make_cut(
        cut_day=cut_day,
        disposition=[] if status is None else [status],
        subjects=[subject("001"), subject("002", "B")],
        administrations=cycles("001", [7400.0, 7400.0]) if given else [],
        adverse_events=list(events),
    )
    records = select_records(cut, study)
    return build_adae(records, build_adsl(records, study, plan))


def test_an_event_with_its_day_and_cycle(study):
    out = adae(study, event("001", 1, 60, "FATIGUE", 2, ACTION="DELAYED", SERIOUS="Y", ENDDT=day(70)))
    found = out.iloc[0]
    assert (found["AEDECOD"], found["AECAT"], found["AETOXGR"]) == ("Fatigue", "FATIGUE", 2)
    assert (found["AESER"], found["AEREL"], found["AEACN"], found["AEOUT"]) == (
        "Y",
        "Y",
        "DELAYED",
        "UNKNOWN",
    )
    assert (found["ASTDY"], found["APERIOD"], found["TRTEMFL"], found["AOCCFL"]) == (61, "T2", "Y", "Y")
    assert found["AENDT"] == pd.Timestamp(day(70))


@pytest.mark.parametrize(
    ("on", "relative_day", "period", "emergent"),
    [
        (-1, -1, None, None),
        (0, 1, "T1", "Y"),
        (55, 56, "T1", "Y"),
        (56, 57, "T2", "Y"),
        (156, 157, "T2", "Y"),
        (157, 158, "T2", None),  # the third cycle was due by day 126, and 30 days more are over
        (400, 401, "T2", None),
    ],
)
def test_emergence_and_period(study, on, relative_day, period, emergent):
    found = adae(study, event("001", 1, on)).iloc[0]
    assert (found["ASTDY"], found["APERIOD"], found["TRTEMFL"]) == (relative_day, period, emergent)


def ended(status, on):
    return {"SUBJID": "001", "STATUS": status, "DSDT": day(on), "REASON": None, "DETAIL": None}


@pytest.mark.parametrize(
    ("status", "plan", "last"),
    [
        (ended("DISCONTINUED", 70), {}, 86),  # 30 days after the last of two cycles, on day 56
        (ended("DISCONTINUED", 100), {}, 100),  # discontinued later than that
        (ended("DISCONTINUED", 70), {"ae_reporting_days": 60}, 116),
        (ended("DISCONTINUED", 70), {"ae_reporting_days": 0}, 70),
        (ended("COMPLETED", 100), {}, 86),
        (ended("ONGOING", 100), {}, 499),
        (ended("DISCONTINUED", 70), {"ae_reporting": "as_collected"}, 499),
    ],
)
def test_an_event_is_emergent_up_to_the_end_of_reporting(study, status, plan, last):
    events = [event("001", 1, last), event("001", 2, last + 1)]
    out = adae(study, *events, status=status, plan=replace(INTERIM, **plan), cut_day=500)
    assert out["TRTEMFL"].tolist() == ["Y", "Y" if last == 499 else None]


def test_the_first_emergent_event_of_each_patient_is_flagged(study):
    out = adae(study, event("001", 3, 20), event("001", 1, 20), event("001", 2, -5), event("001", 4, 10))
    assert out[["AESEQ", "AOCCFL"]].to_numpy().tolist() == [[2, None], [4, "Y"], [1, None], [3, None]]


def test_an_end_after_the_cut_is_not_known(study):
    out = adae(study, event("001", 1, 20, ENDDT=day(101)), event("001", 2, 20, ENDDT=day(100)), cut_day=100)
    assert out["AENDT"].isna().tolist() == [True, False]


def test_never_treated_has_no_emergent_event(study):
    out = adae(study, event("002", 1, 20), given=False)
    assert out[["TRTEMFL", "APERIOD", "AOCCFL"]].isna().all(axis=None)
    assert out["ASTDY"].isna().all()
    assert out["TRT01P"].tolist() == ["B"]


def test_no_events(study):
    out = adae(study)
    assert len(out) == 0
    assert str(out["AETOXGR"].dtype) == "Int64"


@pytest.mark.parametrize(
    ("ended", "emergent"), [(None, "Y"), (day(-1), None), (day(0), "Y"), (day(40), "Y")], ids=str
)
def test_an_event_without_a_date_is_emergent_unless_it_ended_before_treatment(study, ended, emergent):
    """ADaM OCCDS 1.0: a missing start is emergent unless the end says otherwise."""
    found = adae(study, event("001", 1, 5, STARTDT=None, ENDDT=ended)).iloc[0]
    assert pd.isna(found["ASTDT"])
    assert (found["TRTEMFL"], found["AOCCFL"], found["APERIOD"]) == (emergent, emergent, None)


def test_an_event_without_a_date_of_who_was_never_treated_is_not_emergent(study):
    assert adae(study, event("002", 1, 5, STARTDT=None), given=False)["TRTEMFL"].isna().all()


@pytest.mark.parametrize(
    ("on", "values", "phase"),
    [
        (-1, {}, "BEFORE TREATMENT"),
        (0, {}, "TREATMENT"),
        (86, {}, "TREATMENT"),  # 30 days after the second cycle, which was the last
        (87, {}, "FOLLOW-UP"),
        (5, {"STARTDT": None}, "TREATMENT"),
        (5, {"STARTDT": None, "ENDDT": day(-1)}, "BEFORE TREATMENT"),
    ],
)
def test_the_part_of_the_trial_an_event_began_in(study, on, values, phase):
    found = adae(study, event("001", 1, on, **values), status=ended("DISCONTINUED", 60)).iloc[0]
    assert (found["APHASE"], found["TRTEMFL"]) == (phase, "Y" if phase == "TREATMENT" else None)


def test_who_was_never_treated_has_no_part_of_the_trial(study):
    assert adae(study, event("001", 1, 5), given=False)["APHASE"].isna().all()


@pytest.mark.parametrize(
    ("known", "emergent"),
    [
        ("2024-01", "Y"),  # the first cycle is of the 15th of that month
        ("2023-12", None),
        ("2023", None),
        ("2024", "Y"),
        ("2024-03", "Y"),
        ("UNK", "Y"),
    ],
)
def test_a_start_of_which_a_part_is_known_is_emergent_unless_that_part_rules_it_out(study, known, emergent):
    cut = make_cut(
        subjects=[subject("001")],
        administrations=[administration("001", "T1", 14, 7400.0)],
        adverse_events=[event("001", 1, 0, STARTDT=None, STARTDTC=known)],
        disposition=[ended("ONGOING", 20)],
    )
    tables, _ = with_imputed_dates(cut.tables, study)
    records = select_records(replace(cut, tables=tables), study)
    found = build_adae(records, build_adsl(records, study, INTERIM)).iloc[0]
    assert found["TRTEMFL"] == emergent


def test_duration_counts_both_days_and_needs_both_dates_in_full(study):
    out = adae(
        study,
        event("001", 1, 10, ENDDT=day(10)),
        event("001", 2, 10, ENDDT=day(23)),
        event("001", 3, 10),
        event("001", 4, 10, ENDDT=day(40), ENDDTC="2024-02"),
    )
    assert out["ADURN"].tolist()[:2] == [1, 14]
    assert out["ADURN"].isna().tolist() == [False, False, True, True]
    assert out["ADURU"].tolist() == ["DAYS", "DAYS", None, None]


def test_without_a_dictionary_the_term_is_what_was_reported(study):
    found = adae(study, event("001", 1, 5, TERM="Tired")).iloc[0]
    assert (found["AETERM"], found["AEDECOD"], found["AECODFL"], found["AESOC"]) == (
        "Tired",
        "Tired",
        None,
        None,
    )


def test_a_coded_event_has_term_class_and_both_grades():
    found = worked([coded("001", 1, 5, "Gut", "Nausea", 3, GRADEINI=1, RELY90="N", RELLU="Y")]).adae.iloc[0]
    assert (found["AETERM"], found["AEDECOD"], found["AESOC"]) == ("nausea", "Nausea", "Gut")
    assert (found["AECODFL"], found["AEDICTV"]) == ("Y", "MedDRA 26.1")
    assert (found["AETOXGR"], found["AETOXGRI"], found["AERELLU"], found["AERELY90"]) == (3, 1, "Y", "N")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [(("N", "Y", None), "N"), ((None, "Y", "N"), "Y"), ((None, "N", "N"), None), ((None, None, None), None)],
)
def test_relation_is_that_to_all_or_else_to_a_product(answers, expected):
    frame = pd.DataFrame([answers], columns=["RELATED", "RELLU", "RELY90"], dtype=object)
    assert relation(frame).item() == expected
