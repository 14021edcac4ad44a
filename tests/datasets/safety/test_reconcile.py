import pandas as pd
from patients import cycles, day, event, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.safety.reconcile import CATEGORY_OF, reconcile_grades
from duonen_stats.plan import INTERIM


def disagreements(study, labs, events):
    cut = make_cut(
        subjects=[subject("1")],
        administrations=cycles("1", [7400.0, 7400.0]),
        labs=labs,
        adverse_events=events,
    )
    built = build_datasets(cut, study, INTERIM)
    return reconcile_grades(built.adlb, built.adae)


def test_agreement_is_not_listed(study):
    out = disagreements(study, [lab("1", "V1", 14, 40.0, "PLAT")], [event("1", 1, 15, "THROMBOCYTOPENIA", 3)])
    assert out.empty
    assert list(out.columns)[:3] == ["USUBJID", "TRT01P", "FINDING"]


def test_a_severe_value_without_severe_event(study):
    labs = [
        lab("1", "V1", 14, 40.0, "PLAT"),
        lab("1", "V2", 70, 30.0, "PLAT"),
        lab("1", "V2", 70, 0.4, "LYMPH"),
        lab("1", "V2", 70, 0.4, "NEUT"),
    ]
    out = disagreements(study, labs, [event("1", 1, 15, "THROMBOCYTOPENIA", 2)])
    assert out[["FINDING", "PARAMCD", "LABGR", "AVAL", "AEGR"]].fillna(-1).to_numpy().tolist() == [
        ["LAB WITHOUT EVENT", "NEUT", 4, 0.4, -1],
        ["LAB WITHOUT EVENT", "PLAT", 3, 40.0, 2],
        ["LAB WITHOUT EVENT", "LYMPH", 3, 0.4, -1],  # no category of its own
    ]
    assert out["AECAT"].tolist() == ["LEUKOPENIA_NEUTROPENIA", "THROMBOCYTOPENIA", None]
    assert out["LABDT"].tolist()[1] == pd.Timestamp(day(14))


def test_a_severe_event_without_severe_value(study):
    labs = [lab("1", "V1", 14, 3.5, "WBC"), lab("1", "V1", 14, 1.2, "NEUT")]
    events = [event("1", 1, 15, "LEUKOPENIA_NEUTROPENIA", 4), event("1", 2, 15, "NAUSEA", 3)]
    out = disagreements(study, labs, events)
    assert out[["FINDING", "AECAT", "PARAMCD", "LABGR", "AEGR"]].to_numpy().tolist() == [
        ["EVENT WITHOUT LAB", "LEUKOPENIA_NEUTROPENIA", "NEUT", 2, 4]
    ]


def test_an_event_without_any_value_of_its_category(study):
    out = disagreements(study, [], [event("1", 1, 15, "ANEMIA", 3)])
    assert out["FINDING"].tolist() == ["EVENT WITHOUT LAB"]
    assert out[["PARAMCD", "LABGR", "LABDT"]].isna().all(axis=None)


def test_a_value_without_its_limit_leaves_the_event_undecided(study):
    labs = [
        lab("1", "T1", -3, 0.8, "CREAT"),
        lab("1", "V1", 14, 55.0, "EGFR"),  # grade 2
        lab("1", "V1", 14, 2.0, "CREAT", LLN=None, ULN=None),  # above 1.5 times baseline: 2 to 4
    ]
    out = disagreements(study, labs, [event("1", 1, 15, "RENAL_IMPAIRMENT", 3)])
    assert out[["FINDING", "PARAMCD", "LABGR", "LABGRMX"]].to_numpy().tolist() == [
        ["EVENT, LAB UNDECIDED", "CREAT", 2, 4]
    ]


def test_a_value_of_grade_3_or_4_is_severe_for_certain(study):
    labs = [lab("1", "T1", -3, 0.8, "CREAT"), lab("1", "V1", 14, 10.0, "CREAT", LLN=None, ULN=None)]
    out = disagreements(study, labs, [])
    assert out[["FINDING", "PARAMCD", "LABGR", "LABGRMX"]].to_numpy().tolist() == [
        ["LAB WITHOUT EVENT", "CREAT", 3, 4]
    ]
    assert disagreements(study, labs, [event("1", 1, 15, "RENAL_IMPAIRMENT", 3)]).empty


def test_only_what_happened_under_treatment_counts(study):
    labs = [lab("1", "T1", -3, 40.0, "PLAT")]
    assert disagreements(study, labs, [event("1", 1, -2, "ANEMIA", 3)]).empty


def test_the_categories_are_those_of_the_dictionary(study):
    assert set(CATEGORY_OF.values()) <= {item.code for item in study.ae_categories}
    assert set(CATEGORY_OF) <= {item.code for item in study.analytes}


def test_the_worst_value_is_listed_whatever_came_before_or_after(study):
    labs = [
        lab("1", "V1", 14, 120.0, "PLAT"),  # grade 1, the first
        lab("1", "V2", 70, 30.0, "PLAT"),  # grade 3
        lab("1", "V3", 126, 60.0, "PLAT"),  # grade 2
    ]
    out = disagreements(study, labs, [])
    assert out[["PARAMCD", "LABGR", "AVAL"]].to_numpy().tolist() == [["PLAT", 3, 30.0]]
    assert out["LABDT"].tolist() == [pd.Timestamp(day(70))]
