from dataclasses import replace

import pandas as pd
import pytest
from patients import administration, contact, cycles, day, ended, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.derived.baseline_record import flag_baseline
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.record_order import in_record_order

LAST = replace(INTERIM, baseline_rule="last_before_treatment")


def labs(*rows, treated=0):
    """Rows: visit assigned, whether it was named, day."""
    frame = pd.DataFrame(rows, columns=["AVISIT", "SCHEDULED", "LBDT"])
    start = pd.NaT if treated is None else pd.Timestamp(day(treated))
    return frame.assign(
        LBDT=pd.to_datetime([day(d) for d in frame["LBDT"]]),
        TRTSDT=pd.Series([start] * len(frame), dtype="datetime64[ns]"),
        SUBJID="1",
        ANALYTE="HGB",
        REASON=None,
        LBTM=None,
        _ROW=range(1, len(frame) + 1),
    )


@pytest.mark.parametrize(
    ("rows", "planned", "last"),
    [
        ([("T1", True, -7), ("T1", False, -2)], 1, 2),  # the visit's own record, although older
        ([("T1", True, -7), ("T1", True, 0)], 2, 2),
        ([("T1", True, 0), ("T1", False, 0)], 1, 1),  # same day: the scheduled one
        ([(None, False, -60), (None, False, -40)], 2, 2),  # no T1: the last before treatment
        ([("V1", True, 14), (None, False, -40)], 2, 2),
        ([("V1", True, 14)], None, None),
        ([("T1", True, 3)], None, None),  # after the first administration it is no baseline
    ],
)
def test_which_record_is_the_baseline(rows, planned, last):
    for plan, expected in ((INTERIM, planned), (LAST, last)):
        out = flag_baseline(labs(*rows), plan)
        assert out.loc[out["BASELINE"], "_ROW"].tolist() == ([expected] if expected else [])
        assert out.loc[out["BASELINE"], "AVISIT"].tolist() == (["T1"] if expected else [])


def test_never_treated_has_the_baseline_of_the_visit():
    out = flag_baseline(labs(("T1", True, -3), (None, False, 9), treated=None), INTERIM)
    assert out["BASELINE"].tolist() == [True, False]


HIGH_THEN_LOW = (lab("1", "T1", -7, 10.0), lab("1", "UNS", -2, 8.5))
EVERY_OTHER = tuple(
    lab("1", "T1", -7, value, code)
    for code, value in {
        "PLAT": 230.0,
        "WBC": 6.0,
        "NEUT": 3.5,
        "LYMPH": 1.5,
        "CREAT": 0.9,
        "EGFR": 95.0,
    }.items()
) + tuple(lab("1", "T1", -7, value, code) for code, value in {"ALT": 25.0, "AST": 24.0, "BILI": 0.5}.items())


def _cut(*labs, treated=True):
    return make_cut(
        subjects=[subject("1")],
        administrations=cycles("1", [7400.0]) if treated else [],
        labs=[*labs, *EVERY_OTHER],
        disposition=[ended("1", "DISCONTINUED", 100, "PROGRESSION")],
        follow_up=[contact("1")],
    )


def _rules(cut, study, plan=INTERIM):
    return {one.rule for one in check_cut(cut, study, plan)}


@pytest.mark.parametrize("rows", [HIGH_THEN_LOW, HIGH_THEN_LOW[:1], HIGH_THEN_LOW[1:]])
@pytest.mark.parametrize("treated", [True, False])
@pytest.mark.parametrize("plan", [INTERIM, LAST])
def test_checks_and_datasets_have_one_baseline(study, rows, treated, plan):
    cut = _cut(*rows, treated=treated)
    adlb = build_datasets(cut, study, plan).adlb
    seen = CutView(in_record_order(cut, study), study, plan)
    assert sorted(adlb.loc[adlb["ABLFL"].eq("Y"), "LBSEQ"]) == sorted(seen.baseline_labs["_ROW"])
    visits = adlb.loc[adlb["DTYPE"].isna()].set_index("LBSEQ")["AVISIT"]
    assert visits.to_dict() == seen.placed_labs.set_index("_ROW")["AVISIT"].to_dict()


def test_eligibility_is_judged_at_the_baseline_of_the_plan(study):
    # Haemoglobin above 9 g/dL is asked for: 10 at the visit, 8.5 two days before treatment.
    cut = _cut(*HIGH_THEN_LOW)
    assert "PAT-ELIGIBLE" not in _rules(cut, study)
    assert "PAT-ELIGIBLE" in _rules(cut, study, LAST)


def test_a_value_dated_after_the_first_cycle_is_no_baseline(study):
    # By its visit it would be; by its date it is not, and the datasets do not take it.
    cut = _cut(lab("1", "T1", 5, 8.5))
    assert "PAT-ELIGIBLE" not in _rules(cut, study)
    assert {"LAB-NOBASELINE", "LAB-SIDE"} <= _rules(cut, study)


def test_an_unscheduled_value_before_treatment_is_a_baseline(study):
    assert "LAB-NOBASELINE" not in _rules(_cut(lab("1", "UNS", -40, 13.0)), study)
    assert "LAB-NOBASELINE" in _rules(_cut(lab("1", "UNS", 9, 13.0)), study)


def test_the_first_cycle_is_the_first_that_was_given(study):
    rows = [administration("1", "T1", 0, 0.0), administration("1", "T2", 56, 7400.0)]
    late = make_cut(subjects=[subject("1")], administrations=rows, labs=[lab("1", "T2", 50, 13.0)])
    assert CutView(late, study).baseline_labs["_ROW"].tolist() == [2]


def test_of_a_patient_who_was_not_randomised_no_baseline_is_asked_for(study):
    stray = make_cut(
        subjects=[subject("1")], administrations=cycles("9", [7400.0]), labs=[lab("9", "T1", -3, 13.0)]
    )
    assert "LAB-NOBASELINE" not in _rules(stray, study)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("07:00", "12:30"), 2),
        (("12:30", "07:00"), 1),  # whatever the order of the lines
        ((None, "07:00"), 2),  # one without a time only if there is no other
        (("07:00", None), 1),
        ((None, None), 2),
    ],
)
def test_of_several_samples_on_a_day_the_last_by_time_is_the_baseline(times, expected):
    frame = labs(("T1", True, -3), ("T1", True, -3)).assign(LBTM=list(times))
    for plan in (INTERIM, LAST):
        out = flag_baseline(frame, plan)
        assert out.loc[out["BASELINE"], "_ROW"].tolist() == [expected]
