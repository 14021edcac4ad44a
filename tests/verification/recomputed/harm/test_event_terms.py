import numpy as np
import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.verification.recomputed.harm.event_terms import recompute_event_terms

PATIENTS = pd.DataFrame(
    {
        "SAFETY": True,
        "TREATED": list("AAAABBBB"),
        "FIRST": day(0),
        "UNTIL": day(199),
        "DEATH": [day(300), *[pd.NaT] * 7],
    },
    index=[f"{n}" for n in range(8)],
)
ENDED = pd.Series(day(300), index=PATIENTS.index)


def event(subject, term="Nausea", soc="Gut", grade=1.0, *, when="EMERGENT", **rest):
    known = {
        "SUBJID": subject,
        "TERM": term,
        "PT": term,
        "SOC": soc,
        "CATEGORY": "NAUSEA",
        "DICTVER": "MedDRA 26.1",
    }
    known |= {"GRADE": grade, "GRADEINI": 1.0, "SERIOUS": "N", "RELATED": "Y", "RELLU": "Y", "RELY90": None}
    known |= {"ACTION": "NONE", "OUTCOME": "RECOVERED", "STARTDT": day(20), "ENDDT": day(29)}
    known |= {
        "STARTDTC": None,
        "ENDDTC": None,
        "SEVERE": bool(grade >= 3),
        "TREATED": PATIENTS["TREATED"][subject],
    }
    known |= {name: name == when for name in ("EMERGENT", "BEFORE", "AFTER")}
    return known | rest


EVENTS = pd.DataFrame(
    [
        event("0", grade=3.0, SERIOUS="Y", ACTION="DELAYED"),
        event("0", "nausea ", grade=2.0, STARTDT=day(10), ENDDT=day(16)),
        event("4", grade=np.nan, RELATED=None, RELLU=None, ACTION="UNKNOWN", OUTCOME=None),
        event("5", "Anaemia, acute", "Blood", RELATED="N", RELLU="N"),
        event("5", "Anaemia, acute", "Blood", ENDDT=pd.NaT, ENDDTC="2022", OUTCOME="NOT_RECOVERED"),
        event("6", "Fall", None, when="AFTER", STARTDT=day(250), SERIOUS="Y"),
        event("1", grade=2.0, when="BEFORE"),
    ]
)


@pytest.fixture
def found(study):
    return values(recompute_event_terms, EVENTS, PATIENTS, ENDED, plan(), study, outcomes=True)


def test_the_overview_has_no_limits_where_an_answer_may_be_yes(found):
    assert found["ae.overview.related.treatment.A.n"] == 1
    assert found["ae.overview.related.treatment.A.events"] == 2
    assert "ae.overview.related.treatment.A.ci_low" in found
    assert found["ae.overview.related.treatment.B.n"] == 1
    assert "ae.overview.related.treatment.B.ci_low" not in found
    assert "ae.overview.severe_related.treatment.B.ci_low" not in found
    assert "ae.overview.delayed.treatment.B.ci_low" not in found
    assert found["ae.overview.serious.follow_up.all.n"] == 1
    assert not [name for name in found if "related_y90" in name]
    assert found["ae.deaths.A.pct"] == 25


def test_classes_and_terms_are_in_the_order_of_their_patients(found):
    assert found["ae.terms.any.Gut.terms"] == 1
    assert found["ae.terms.any.Gut.term.Nausea.by.all.n"] == 2
    assert found["ae.terms.any.Gut.term.Nausea.by.all.events"] == 3
    assert found["ae.terms.any.Blood.term.Anaemia%2C%20acute.place"] == 1
    assert found["ae.terms.follow_up.No%20class%20recorded.term.Fall.by.B.n"] == 1
    assert found["ae.terms.registry_serious.by.all.n"] == 2
    assert found["ae.terms.registry_other.by.all.events"] == 4
    assert found["ae.compared.Nausea.rank"] == 1
    assert found["ae.compared.Anaemia%2C%20acute.minus.B.difference"] == 25
    assert found["ae.coding.classed.n"] == 6
    assert found["ae.outside.worsened.patients"] == 1


def test_worst_grades_outcomes_and_durations(found):
    line = "ae.terms.any.Gut.term.Nausea"
    assert found[f"{line}.worst.3.A.n"] == 1
    assert found[f"{line}.worst.unknown.B.n"] == 1
    assert (found[f"{line}.outcome.min"], found[f"{line}.outcome.max"]) == (7, 10)
    assert found[f"{line}.outcome.unknown"] == 1
    assert found[f"{line}.outcome.graded_twice"] == 2
    assert found[f"{line}.outcome.worsened"] == 2
    assert found["ae.outcome.B.n"] == 2  # the end of one is known in part
    assert found["ae.outcome.B.no_end"] == 1


def test_a_patient_is_at_risk_to_the_first_event_or_the_end_of_the_period(found):
    line = "ae.terms.any.Gut.term.Nausea.rate.A"
    assert found[f"{line}.years"] == pytest.approx((11 + 3 * 200) / 365.25)
    assert found[f"{line}.rate"] == pytest.approx(100 * 365.25 / 611)
    assert found[f"{line}.ci_high"] == pytest.approx(
        100 * 5.5716 * 365.25 / 611, rel=1e-4
    )  # Garwood, of 1 event
    assert found["ae.terms.follow_up.rate.A.years"] == pytest.approx(4 * 101 / 365.25)
    assert found["ae.terms.follow_up.rate.B.years"] == pytest.approx((3 * 101 + 51) / 365.25)


def test_without_outcomes_nothing_rests_on_them(study):
    events = EVENTS.assign(OUTCOME=None)
    found = values(recompute_event_terms, events, PATIENTS, ENDED, plan(), study, outcomes=False)
    assert not [
        name for name in found if "fatal" in name or name.startswith("ae.deaths") or "recovered" in name
    ]
    assert found["ae.terms.any.Gut.term.Nausea.worst.5.A.n"] == 0
    assert found["ae.terms.any.Gut.term.Nausea.worst.unknown.B.n"] == 1
    masked = pd.concat([events, pd.DataFrame([event("4", grade=4.0)])], ignore_index=True)
    found = values(recompute_event_terms, masked, PATIENTS, ENDED, plan(), study, outcomes=False)
    lost = {f"ae.terms.any.Gut.term.Nausea.worst.{grade}.B.n" for grade in ("4", "5", "unknown")}
    assert lost.isdisjoint(found)
