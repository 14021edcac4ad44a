from dataclasses import replace

import pandas as pd
import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.safety.adverse_events import (
    analyse_adverse_events,
    count_events_of_interest,
)
from duonen_stats.results.rows.table import Results
from duonen_stats.study import load_study


def test_categories_add_up_to_the_total(results, study):
    parts = sum(results.value(f"table5.{category.code.lower()}.any.n") for category in study.ae_categories)
    assert parts == results.value("table5.total.any.n") == 38


def test_a_patient_counts_once(results):
    assert results.value("table5.total.any.patients.all.n") < results.value("table5.total.any.n")
    assert results.value("ae.patients_with_event.n") == results.value("table5.total.any.patients.all.n")


def test_only_treatment_emergent_events_count(datasets, study):
    events = datasets.adae.copy()
    events.loc[events.index[0], "TRTEMFL"] = None
    rows = Results(analyse_adverse_events(replace(datasets, adae=events), study, INTERIM))
    assert rows.value("table5.total.any.n") == 37


def test_without_events_counts_are_zero_and_percentages_reasons(datasets, study):
    rows = Results(analyse_adverse_events(replace(datasets, adae=datasets.adae.head(0)), study, INTERIM))
    assert rows.value("table5.total.any.n") == 0
    assert rows.row("table5.total.any.pct").note == "no events to count"
    assert rows.value("ae.worst_grade.0.all.n") == 56
    assert rows.value("ae.worst_grade.0.all.pct") == 100


def test_all_severe_events_stopped_treatment(results):
    assert results.value("ae.severe_discontinued.n") == 5
    assert results.value("ae.severe_discontinued.pct") == 100


def test_discontinuations_for_blood_counts_are_of_all_discontinuations(results):
    stopped = results.row("ae.haematological_discontinued.n")
    assert stopped.n == results.value("disposition.discontinued.all.n")
    assert 0 <= stopped.stat <= stopped.n


def test_a_missing_grade_is_unknown_and_bounds_say_what_it_may_change(datasets, study):
    """Of 56 patients; with no grade at all everybody with an event may have had a severe one."""
    events = datasets.adae.copy()
    events["AETOXGR"] = events["AETOXGR"].mask(events["AETOXGR"].notna())
    rows = Results(analyse_adverse_events(replace(datasets, adae=events), study, INTERIM))
    having = rows.value("ae.patients_with_event.n")
    assert rows.value("ae.worst_grade.0.all.n") == 56 - having
    assert rows.value("ae.worst_grade.unknown.all.n") == having
    assert rows.value("table5.total.grade_ge3.patients.all.n") == 0
    assert "without a grade" in rows.row("table5.total.grade_ge3.patients.all.ci_high").note
    assert rows.value("ae.ungraded.total.all.bound_low") == 0
    assert rows.value("ae.ungraded.total.all.bound_high") == pytest.approx(100 * having / 56)
    assert (rows.value("ae.without.grade.n"), rows.value("ae.without.grade.patients")) == (38, having)


def test_a_certain_severe_event_stays_certain_beside_an_ungraded_one(datasets, study):
    events = datasets.adae.copy()
    severe = events[events["AETOXGR"].ge(3)].iloc[0]
    extra = severe.to_frame().T.assign(AETOXGR=pd.NA, AESEQ=99).astype(events.dtypes.to_dict())
    changed = pd.concat([events, extra], ignore_index=True)
    rows = Results(analyse_adverse_events(replace(datasets, adae=changed), study, INTERIM))
    assert rows.value("ae.ungraded.total.all.n") == 0
    assert rows.value("table5.total.grade_ge3.patients.all.ci_high") is not None
    assert rows.value("ae.worst_grade.unknown.all.n") == 1  # it may be of grade 4 or 5


def test_one_patient_who_is_not_known_is_named_as_one(datasets, study):
    events = datasets.adae.copy()
    rest = events["AETOXGR"].lt(3)
    first = events.loc[rest & ~events["USUBJID"].isin(events.loc[~rest, "USUBJID"])].index[0]
    events.loc[first, "AETOXGR"] = pd.NA
    rows = Results(analyse_adverse_events(replace(datasets, adae=events), study, INTERIM))
    assert rows.value("ae.ungraded.total.all.n") == 1
    note = "no limits: not known of 1 patient, who has an event without a grade"
    assert rows.row("table5.total.grade_ge3.patients.all.ci_low").note == note


def test_an_event_without_a_date_is_counted_or_known_to_be_before(datasets, study):
    events = datasets.adae.copy()
    two = events.index[events["TRTEMFL"].eq("Y")][:2]
    events.loc[two, ["ASTDT", "ASTDY"]] = [pd.NaT, pd.NA]
    events.loc[two[0], "TRTEMFL"] = None  # ended before the first administration
    events.loc[two[0], "AETOXGR"] = 2
    rows = Results(analyse_adverse_events(replace(datasets, adae=events), study, INTERIM))
    assert rows.value("table5.total.any.n") == 37
    assert rows.value("ae.outside.before.any.n") == 1
    assert rows.value("ae.outside.before.grade_ge3.n") == 0
    assert (rows.value("ae.without.date.n"), rows.value("ae.without.date.patients")) == (1, 1)


PATIENTS = pd.DataFrame({"USUBJID": ["1", "2", "3", "4"], "TRT01P": ["A", "A", "B", "D"]})


def counted(*events: tuple[str, str, str, int, str]) -> dict[str, float | None]:
    frame = pd.DataFrame(list(events), columns=["USUBJID", "AEDECOD", "AECAT", "AETOXGR", "AEOUT"])
    frame = frame.astype({"AEDECOD": "string", "AECAT": "string", "AETOXGR": "Int64", "AEOUT": "string"})
    rows = count_events_of_interest(frame, PATIENTS, "Safety", load_study(), INTERIM)
    return {
        row.analysis_id.removeprefix("ae.interest.").removesuffix(".n"): row.stat
        for row in rows
        if row.stat_name == "n"
    }


def test_no_events_are_four_zeros():
    assert set(counted().values()) == {0.0}
    assert len(counted()) == 4 * 5  # in all, and by arm


def test_terms_are_found_whatever_their_case_and_patients_counted_once():
    found = counted(
        ("1", "MYELODYSPLASTIC SYNDROME", "OTHER", 4, "NOT_RECOVERED"),
        ("1", "MDS, excess blasts", "OTHER", 4, "NOT_RECOVERED"),
        ("2", "Dialysis started", "RENAL_IMPAIRMENT", 4, "NOT_RECOVERED"),
        ("3", "Amds", "OTHER", 1, "RECOVERED"),
    )
    assert {name: number for name, number in found.items() if "." not in name} == {
        "mds": 1,
        "renal_failure": 1,
        "renal_replacement": 1,
        "persistent_severe_haematological": 0,
    }


def test_lasting_means_that_it_has_not_recovered():
    found = counted(
        ("1", "Platelet count decreased", "THROMBOCYTOPENIA", 3, "RECOVERED"),
        ("2", "Platelet count decreased", "THROMBOCYTOPENIA", 3, "NOT_RECOVERED"),
        ("3", "Anemia", "ANEMIA", 2, "NOT_RECOVERED"),
        ("4", "Creatinine increased", "RENAL_IMPAIRMENT", 3, "NOT_RECOVERED"),
    )
    assert (found["persistent_severe_haematological"], found["renal_failure"]) == (1, 0)


def test_patients_of_an_arm_are_counted_in_their_arm():
    found = counted(("3", "MDS", "OTHER", 4, "NOT_RECOVERED"))
    assert [found[f"mds{arm}"] for arm in ("", ".A", ".B", ".C", ".D")] == [1, 0, 1, 0, 0]
