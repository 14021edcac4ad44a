import numpy as np
import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.verification.recomputed import events as own

PATIENTS = pd.DataFrame(
    {
        "SAFETY": True,
        "TREATED": list("AAAABBBB"),
        "STATUS": ["DISCONTINUED", *["COMPLETED"] * 7],
        "FIRST": [day(n) for n in range(8)],
    },
    index=[f"{n}" for n in range(8)],
)


def event(subject, category="ANEMIA", grade=1.0, **rest):
    known = {"SUBJID": subject, "TERM": category, "CATEGORY": category, "GRADE": grade, "SERIOUS": "N"}
    known |= {"ACTION": "NONE", "OUTCOME": "RECOVERED", "STARTDT": day(20), "EMERGENT": True}
    known |= {"BEFORE": False, "AFTER": False, "SEVERE": bool(grade >= 3)}
    return known | {"TREATED": PATIENTS["TREATED"][subject]} | rest


EVENTS = pd.DataFrame(
    [
        event("0", grade=4.0, ACTION="DISCONTINUED", OUTCOME="NOT_RECOVERED"),
        event("0"),
        event("1", grade=np.nan),
        event("4", "FATIGUE", TERM="MDS suspected"),
        event("5", "FATIGUE", EMERGENT=False, AFTER=True),
    ]
)


def test_table_5_and_what_is_not_known(study):
    found = values(own.recompute_events, EVENTS, PATIENTS, plan(), study)
    assert found["table5.total.any.n"] == 4
    assert found["table5.anemia.grade_ge3.patients.A.n"] == 1
    assert "table5.anemia.grade_ge3.patients.A.ci_low" not in found
    assert found["ae.ungraded.anemia.A.bound_high"] == 50
    assert found["ae.worst_grade.unknown.A.n"] == 1
    assert found["ae.worst_grade.0.B.n"] == 3
    assert found["ae.haematological_discontinued.pct"] == 100
    assert found["ae.outside.after.any.patients"] == 1
    assert found["ae.interest.mds.B.n"] == 1
    assert found["ae.interest.persistent_severe_haematological.n"] == 1


def test_without_outcomes_nothing_is_said_of_how_events_ended(study):
    found = values(own.recompute_events, EVENTS, PATIENTS, plan(), study, outcomes=False)
    whole = values(own.recompute_events, EVENTS, PATIENTS, plan(), study)
    left = {name.split(".A.")[0] for name in whole.keys() - found.keys() if ".A." in name}
    lasting = {"ae.interest.renal_failure", "ae.interest.persistent_severe_haematological"}
    assert left == {"ae.worst_grade.4", "ae.worst_grade.5", *lasting}
    assert all(whole[name] == number for name, number in found.items())


def test_rates_with_exact_limits_and_ratios(study):
    years = pd.Series(0.5, index=PATIENTS.index)
    found = values(own.recompute_rates, EVENTS, PATIENTS, years, plan(), study)
    assert found["ae.rate.anemia.any.A.rate"] == 1.5
    assert found["ae.rate.anemia.any.A.ci_low"] == pytest.approx(0.6187 / 2, abs=1e-4)  # of 3 events
    assert found["ae.rate.anemia.any.A.ci_high"] == pytest.approx(8.7673 / 2, abs=1e-4)
    assert found["ae.rate.anemia.any.B.ratio.p"] == pytest.approx(0.25)
    assert found["ae.difference.anemia.any.B.difference"] == -50
    assert "ae.rate.anemia.grade_ge3.A.ci_low" not in found  # an event has no grade
    small = values(own.recompute_rates, EVENTS, PATIENTS, years, plan(min_group=99), study)
    assert found.keys() - small.keys() >= {"ae.rate.anemia.any.B.ratio.p"}
    assert "ae.rate.anemia.any.B.ratio.ratio" in small
    no_time = values(own.recompute_rates, EVENTS, PATIENTS, None, plan(), study)
    assert "ae.rate.anemia.any.A.rate" not in no_time
    assert no_time["ae.difference.anemia.any.B.difference"] == -50


def test_monitoring_follows_the_order_of_treatment(study):
    found = values(own.recompute_monitoring, EVENTS, PATIENTS, plan(), study)
    assert [found[f"monitoring.toxicity.A.path.{n}.events"] for n in (1, 2, 3, 4)] == [1, 1, 1, 1]
    assert found["monitoring.toxicity.A.mean"] == pytest.approx(100 * 1.5 / 5)
    assert "monitoring.boundary.step.1.events" not in found
    assert np.isnan(
        found["monitoring.toxicity.A.signal_at"]
    )  # one of four has an event: a signal would differ
    assert found["monitoring.rule.50.signals"] > found["monitoring.rule.10.signals"]


def test_a_rule_that_stops_at_the_first_event_is_geometric():
    signals, patients = own._characteristics([1, 1], 0.5)
    assert signals == 0.75
    assert patients == 1.5
