"""Which assessment is the baseline: RECIST 1.1, §3.2, on worked patients, and the same one in checks and datasets."""

from dataclasses import replace

import pandas as pd
import pytest
from patients import administration, day
from survival_patients import cut_of, history, scan

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import FINAL
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.derived.baseline_scan import baseline_scans, place_scans
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.cycles import delivered, treatment_dates
from duonen_stats.raw.derived.record_order import in_record_order
from duonen_stats.study import load_study

STUDY = load_study()
RANDOMISED, STARTED = 0, 14

# Days of the assessments, * for progression -> position of the baseline under each plan. Treatment starts on day 14.
WORKED = {
    "before randomisation only": ((-20, -5), {}, 1),
    "between randomisation and the first cycle": ((-5, 10), {}, 1),
    "on the day of the first cycle": ((-5, 14, 98), {}, 1),
    "the day after the first cycle is too late": ((-5, 15), {}, 0),
    "none up to the first cycle": ((15, 98), {}, None),
    "progression after randomisation is an event": ((-5, "10*"), {}, 0),
    "progression before randomisation is what was there": (("-5*",), {}, 0),
    "28 days old": ((-14,), {"baseline_scan_outside": "not_used"}, 0),
    "29 days old": ((-15,), {"baseline_scan_outside": "not_used"}, None),
    "29 days old, used": ((-15,), {"baseline_scan_outside": "used"}, 0),
    "29 days old, 29 allowed": ((-15,), {"baseline_scan_outside": "not_used", "baseline_scan_days": 29}, 0),
    "up to randomisation": ((-5, 10), {"baseline_scan": "before_randomisation"}, 0),
    "on the day of randomisation": ((-5, 0, 10), {"baseline_scan": "before_randomisation"}, 1),
    "up to randomisation, none": ((10,), {"baseline_scan": "before_randomisation"}, None),
}


def placed(days, plan, *, treated=True):
    rows = [(int(str(one).strip("*")), "*" in str(one)) for one in days]
    scans = pd.DataFrame(
        {
            "SUBJID": pd.Series(["P"] * len(rows), dtype=object),
            "ADT": pd.to_datetime([day(one) for one, _ in rows]),
            "PROGRESSION": [two for _, two in rows],
        }
    )
    start = {"P": pd.Timestamp(day(STARTED))} if treated else {}
    randomised = pd.Series({"P": pd.Timestamp(day(RANDOMISED))})
    return scans, place_scans(scans, randomised, pd.Series(start, dtype="datetime64[ns]"), plan)


@pytest.mark.parametrize("name", WORKED)
def test_worked_patients(name):
    days, changes, expected = WORKED[name]
    found = baseline_scans(*placed(days, replace(FINAL, **changes)))
    assert [place for place, is_it in enumerate(found) if is_it] == ([] if expected is None else [expected])


def test_of_a_patient_never_treated_randomisation_stands_for_the_start():
    scans, found = placed((-40, -20, 10), replace(FINAL, baseline_scan_outside="not_used"), treated=False)
    assert baseline_scans(scans, found).tolist() == [False, True, False]
    assert found["BEFORE"].tolist() == [40, 20, -10]
    assert found["PRIOR"].tolist() == [True, True, False]


def test_treatment_starts_with_the_first_cycle_that_was_given():
    cut = cut_of([history("P", given=3)])
    rows = cut.tables["administrations"]
    nothing = rows.assign(EXDT=pd.Timestamp(day(1)), LU177_MBQ=0.0)
    later = rows.assign(EXDT=pd.Timestamp(day(90)))
    every = pd.concat([later, nothing, rows], ignore_index=True)
    found = treatment_dates(every[delivered(every, STUDY)])["FIRST"]
    assert found.to_dict() == {"P": pd.Timestamp(day(3))}
    assert not delivered(rows, STUDY, until=pd.Timestamp(day(2))).any()


def patients():
    """Scans at randomisation and later: between randomisation and cycle 1, old, without a sum, never treated."""

    def made(subjid, *scans, given=14):
        one = history(subjid, given=given)
        one["tumour_assessments"] = [
            scan(subjid, on, response) | {"SUMDIAM": size} for on, response, size in scans
        ]
        return one

    return [
        made("between", (-20, "NE", 80.0), (13, "NE", 100.0), (98, "PR", 60.0)),
        made("old", (-15, "NE", 100.0), (98, "PR", 60.0)),
        made("unsized", (-5, "NE", None), (98, "PR", 60.0)),
        made("earlier size", (-10, "NE", 100.0), (-5, "NE", None), (98, "PR", 60.0)),
        made("late", (20, "SD", 100.0), (98, "PR", 60.0)),
        made("untreated", (-3, "NE", 100.0), (98, "PR", 60.0), given=None),
        made("never seen", given=14),
        made("neither", given=None),
    ]


CHANGES = {
    "before_treatment": {"between": -40, "old": -40, "earlier size": -40, "untreated": -40},
    "before_randomisation": {"between": -25, "old": -40, "earlier size": -40, "untreated": -40},
}
RULES = {
    "TUM-NOBASELINE": {"late", "never seen"},
    "TUM-BASEWINDOW": {"old"},
    "TUM-BASESIZE": {"unsized"},
}


@pytest.mark.parametrize("rule", CHANGES)
def test_no_best_change_goes_missing_without_a_finding(rule):
    plan = replace(FINAL, baseline_scan=rule)
    cut = cut_of(patients())
    adrs = build_datasets(cut, STUDY, plan).adrs
    best = adrs[adrs["PARAMCD"].eq("BESTCHG")].set_index("SUBJID")["AVAL"].to_dict()
    assert best == pytest.approx(CHANGES[rule])
    found = {(one.rule, one.subject) for one in check_cut(cut, STUDY, plan)}
    for name, subjects in RULES.items():
        window = {"between", "old"} if rule == "before_randomisation" else subjects
        expected = window if name == "TUM-BASEWINDOW" else subjects
        assert {who for what, who in found if what == name} == expected, name
    measured = {"between", "old", "unsized", "earlier size", "late", "untreated"}
    assert measured - set(best) <= {who for what, who in found if what in RULES}


def test_a_baseline_outside_the_window_that_is_not_used_is_named():
    plan = replace(FINAL, baseline_scan_outside="not_used")
    cut = cut_of(patients())
    adrs = build_datasets(cut, STUDY, plan).adrs
    assert "old" not in set(adrs.loc[adrs["PARAMCD"].eq("BESTCHG"), "SUBJID"])
    (told,) = (one for one in check_cut(cut, STUDY, plan) if one.rule == "TUM-BASEWINDOW")
    assert told.subject == "old"
    assert "29 days before" in told.message
    assert "not used" in told.message


def test_checks_and_datasets_mark_the_same_baselines():
    cut = cut_of(patients())
    for rule in CHANGES:
        plan = replace(FINAL, baseline_scan=rule)
        seen = CutView(in_record_order(cut, STUDY), STUDY, plan).scans
        adrs = build_datasets(cut, STUDY, plan).adrs
        for code, mark in (("OVRLRESP", "BASELINE"), ("SUMDIAM", "SIZEBASE")):
            own = adrs[adrs["PARAMCD"].eq(code) & adrs["ABLFL"].eq("Y")]
            assert set(own["SRCSEQ"]) == set(seen.loc[seen[mark], "_ROW"]), (rule, code)


def test_progression_between_randomisation_and_the_first_cycle_counts():
    one = history("P", (-5, "NE"), (10, "PD"), (98, "SD"), given=14)
    adrs = build_datasets(cut_of([one]), STUDY, FINAL).adrs
    counted = adrs[adrs["PARAMCD"].eq("OVRLRESP")]["ANL01FL"].tolist()
    assert counted == [None, "Y", None]
    assert adrs[adrs["PARAMCD"].eq("BOR")]["AVALC"].tolist() == ["PD"]


def test_a_response_recorded_before_treatment_is_none():
    one = history("P", (-5, "NE"), (10, "PR"), (98, "SD"), given=14)
    assert administration("P", "T1", 14, 7400.0) == one["administrations"][0]
    adrs = build_datasets(cut_of([one]), STUDY, FINAL).adrs
    assert adrs[adrs["PARAMCD"].eq("BOR")]["AVALC"].tolist() == ["SD"]
    early = build_datasets(cut_of([one]), STUDY, replace(FINAL, baseline_scan="before_randomisation")).adrs
    assert early[early["PARAMCD"].eq("BOR")]["AVALC"].tolist() == ["PR"]
