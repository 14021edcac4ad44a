from dataclasses import replace

import pandas as pd
import pytest
from patients import cycles, day, event, make_cut, subject

from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.datasets.safety.adae import build_adae
from duonen_stats.plan import INTERIM


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
