"""A censored result in the laboratory dataset: what it counts as, and which grades it leaves open."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from patients import cycles, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.datasets.safety.adlb import build_adlb
from duonen_stats.plan import INTERIM
from duonen_stats.raw.checks.check import CROSS_RULES
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.study import load_study

RULES = ("limit", "half", "excluded")


def bounded(visit, on, bound, analyte="EGFR", **values):
    return lab("001", visit, on, None, analyte, BOUND=bound, **values)


def cut_of(*labs):
    return make_cut(subjects=[subject("001")], administrations=cycles("001", [7400.0] * 2), labs=[*labs])


def built(study, *labs, rule="limit"):
    return build_datasets(cut_of(*labs), study, replace(INTERIM, censored_results=rule))


def seen(study, *labs, rule="limit"):
    """The cut as the rules of the data check see it."""
    return CutView(cut_of(*labs), study, replace(INTERIM, censored_results=rule))


def row(study, record, rule="limit"):
    """The only row of the laboratory dataset of a record, without the other datasets."""
    cut, plan = cut_of(record), replace(INTERIM, censored_results=rule)
    records = select_records(cut, study)
    adlb = build_adlb(records, build_adsl(records, study, plan), study, plan)
    return adlb[adlb["DTYPE"].isna()].iloc[0]


@pytest.mark.parametrize(
    ("bound", "rule", "value"),
    [("<30", "limit", 30.0), ("<30", "half", 15.0), (">90", "limit", 90.0), (">90", "half", 90.0)],
)
def test_what_it_counts_as(study, bound, rule, value):
    found = row(study, bounded("T1", -2, bound), rule)
    assert (found["AVAL"], found["AVALC"], found["CENSFL"]) == (value, bound, "Y")
    assert (found["ABLFL"], found["BASE"], found["ANL01FL"]) == ("Y", value, "Y")


def test_an_excluded_one_is_there_without_a_value_and_stands_for_no_visit(study):
    labs = bounded("T1", -2, ">90"), lab("001", "T1", -5, 80.0, "EGFR"), bounded("V1", 14, ">90")
    data, view = built(study, *labs, rule="excluded"), seen(study, *labs, rule="excluded")
    adlb = data.adlb.sort_values("ADT")
    assert adlb["AVAL"].tolist()[0] == 80.0
    assert adlb["AVAL"].isna().tolist() == [False, True, True]
    assert [one if isinstance(one, str) else None for one in adlb["ANL01FL"]] == ["Y", None, None]
    assert adlb["BASE"].tolist() == [80.0] * 3
    assert adlb["AVISIT"].tolist() == ["T1", "T1", "V1"]
    aside = data.set_aside
    assert (
        aside.loc[aside["table"] == "labs", "reason"].tolist()
        == ["censored result, which the plan does not count"] * 2
    )
    assert view.baseline_labs["AVAL"].tolist() == [80.0]


OPEN_GRADES = (
    (("EGFR", ">90", {"LLN": None}), (0, 0)),  # no lower limit of normal is above 90
    (("EGFR", ">60", {"LLN": None}), (0, 1)),
    (("EGFR", ">60", {"LLN": 60.0}), (0, 0)),
    (("EGFR", ">60", {"LLN": 90.0}), (0, 1)),
    (("EGFR", "<15", {}), (4, 4)),
    (("EGFR", "<=15", {}), (3, 4)),
    (("EGFR", "<60", {}), (2, 4)),
    (("PLAT", "<25", {}), (4, 4)),
    (("PLAT", "<30", {}), (3, 4)),
    (("PLAT", ">400", {}), (0, 0)),
    (("BILI", "<0.3", {}), (0, 0)),
    (("ALT", "<5", {}), (0, 0)),
    (("ALT", ">40", {}), (1, 4)),  # the upper limit of normal is 40
    (("ALT", ">=40", {}), (0, 4)),
    (("ALT", ">800", {}), (4, 4)),
    (("ALT", ">800", {"ULN": None}), (0, 4)),
)


@cache
def _of_every_record(rule):
    """The laboratory dataset of a cut in which each patient has one of the records; made once."""
    study = load_study()
    who = [f"{number:03d}" for number in range(len(OPEN_GRADES))]
    labs = [
        lab(patient, "UNS", -40, None, analyte, BOUND=bound, **limits)
        for patient, ((analyte, bound, limits), _) in zip(who, OPEN_GRADES, strict=True)
    ]
    given = [one for patient in who for one in cycles(patient, [7400.0] * 2)]
    cut = make_cut(subjects=[subject(patient) for patient in who], administrations=given, labs=labs)
    adlb = build_datasets(cut, study, replace(INTERIM, censored_results=rule)).adlb
    return adlb[adlb["DTYPE"].isna()].set_index("SUBJID")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "place", range(len(OPEN_GRADES)), ids=lambda place: "{0[0]} {0[1]}".format(*OPEN_GRADES[place])
)
def test_grades_that_it_leaves_open(rule, place):
    """Whatever it counts as: a grade is never taken from the value that stands in for it."""
    _, grades = OPEN_GRADES[place]
    found = _of_every_record(rule).loc[f"{place:03d}"]
    assert (found["ATOXGRMN"], found["ATOXGRMX"]) == grades
    assert pd.isna(found["ATOXGR"]) == (grades[0] != grades[1])


def test_a_value_without_a_lower_limit_is_graded_as_a_bound_is(study):
    found = [row(study, lab("001", "T1", -2, value, "EGFR", LLN=None)) for value in (89.0, 90.0)]
    assert [(one["ATOXGRMN"], one["ATOXGRMX"]) for one in found] == [(0, 1), (0, 0)]


def test_a_censored_baseline_is_not_known_to_grades(study):
    """Creatinine of 1.1 is below its limit, but may be more than 1.5 times a baseline below 0.8."""
    data = built(study, bounded("T1", -2, "<0.8", "CREAT"), lab("001", "V1", 14, 1.1, "CREAT"))
    after = data.adlb[data.adlb["VISIT"].eq("V1") & data.adlb["DTYPE"].isna()].iloc[0]
    assert (after["ATOXGRMN"], after["ATOXGRMX"]) == (0, 3)


@pytest.mark.parametrize(
    ("analyte", "bound", "state"),
    [
        ("EGFR", "<60", "LOW"), ("EGFR", ">90", "NORMAL"), ("EGFR", ">60", None), ("ALT", ">40", "HIGH"),
        ("ALT", ">30", None), ("ALT", "<40", "NORMAL"), ("BILI", "<0.2", "LOW"), ("BILI", "<0.3", None),
    ],
)  # fmt: skip
def test_range_indicator_only_where_every_value_agrees(study, analyte, bound, state):
    found = row(study, bounded("T1", -2, bound, analyte))["ANRIND"]
    assert (found if isinstance(found, str) else None) == state


@pytest.mark.parametrize(
    ("analyte", "bound", "met"),
    [
        ("PLAT", "<80", True), ("PLAT", "<81", False), ("EGFR", ">20", False), ("ALT", ">120", True),
        ("ALT", ">119", False),
    ],
)  # fmt: skip
def test_a_discontinuation_rule_is_met_only_for_certain(study, analyte, bound, met):
    found = row(study, bounded("V1", 14, bound, analyte))
    assert (found["CRIT1FL"] == "Y") == met
    view = seen(study, bounded("V1", 14, bound, analyte))
    (rule,) = (one for one in CROSS_RULES if one.rule.id == "TRT-CONTINUED")
    assert bool([*rule.findings(view)]) == met


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("analyte", "bound", "found"),
    [("EGFR", ">90", False), ("BILI", "<0.02", False), ("BILI", "<0.019", True), ("ALT", ">5001", True)],
)
def test_the_bound_itself_has_to_be_plausible(study, rule, analyte, bound, found):
    view = seen(study, bounded("T1", -2, bound, analyte), rule=rule)
    (asked,) = (one for one in CROSS_RULES if one.rule.id == "LAB-IMPLAUSIBLE")
    assert bool([*asked.findings(view)]) == found


@pytest.mark.parametrize(
    ("analyte", "bound", "broken"),
    [
        ("EGFR", ">60", False),
        ("EGFR", ">40", False),
        ("EGFR", "<45", True),
        ("WBC", "<3", True),
        ("WBC", "<4", False),
    ],
)
def test_eligibility_is_broken_only_for_certain(study, analyte, bound, broken):
    view = seen(
        study,
        bounded("T1", -2, bound, analyte),
        lab("001", "T1", -2, 1.5 if analyte == "EGFR" else 0.9, "CREAT"),
    )
    (rule,) = (one for one in CROSS_RULES if one.rule.id == "PAT-ELIGIBLE")
    assert bool([*rule.findings(view)]) == broken


def test_the_bound_is_written_in_the_unit_of_the_dataset_without_noise(study):
    """58 g/L is 5.8 g/dL, not 5.800000000000001."""
    assert row(study, bounded("T1", -2, "<58", "HGB", UNIT="g/L"))["AVALC"] == "<5.8"
    assert row(study, bounded("T1", -2, ">=0.25", "BILI"))["AVALC"] == ">=0.25"
