import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.verification.derived.times import COMPETING, EVENT, NO_EVENT
from duonen_stats.verification.recomputed.harm.late_harm import (
    recompute_late_harm,
    recompute_undated_harm,
)

PATIENTS = pd.DataFrame({"SAFETY": [True, True, True, False], "TREATED": list("AABB")}, index=list("1234"))


def test_the_incidence_of_each_harm_with_death_competing(study):
    rows = [("1", 800, EVENT), ("2", 400, COMPETING), ("3", 1500, NO_EVENT), ("4", 100, EVENT)]
    adtte = pd.DataFrame(rows, columns=["SUBJID", "ADT", "CNSR"])
    adtte = adtte.assign(ADT=[day(on) for on in adtte["ADT"]], STARTDT=day(0), PARAMCD="TTREN")
    found = values(recompute_late_harm, adtte, PATIENTS, plan(), study)
    assert found["late.cif.renal.all.n"] == 3  # of the treated
    assert found["late.cif.renal.A.competing"] == 1
    assert found["late.cif.renal.A.rate.36.incidence"] == pytest.approx(0.5)
    assert found["late.cif.renal.all.rate.36.incidence"] == pytest.approx(1 / 3)
    assert found["late.cif.renal.BCD.grid.24.n_risk"] == 1
    assert found["late.cif.renal.A.step.800.incidence"] == pytest.approx(0.5)
    assert found["late.cif.neoplasm.all.n"] == 0


def test_undated_events_are_a_harm_by_the_words_of_their_term():
    rows = [
        ("MDS", None, "OTHER", False),
        ("low counts", "Aplastic anaemia", "OTHER", True),
        ("Refractory anemia", None, "ANEMIA", False),
        ("amlodipine overdose", None, "OTHER", False),
        ("Kidney failure", None, "RENAL_IMPAIRMENT", True),
        ("Kidney failure", None, "RENAL_IMPAIRMENT", False),
    ]
    reported = pd.DataFrame(rows, columns=["TERM", "PT", "CATEGORY", "SEVERE"])
    reported = reported.assign(STARTDT=pd.NaT, EMERGENT=True)
    others = reported.assign(EMERGENT=False), reported.assign(STARTDT=day(5))
    found = values(recompute_undated_harm, pd.concat([reported, *others], ignore_index=True))
    assert found == {
        "late.undated.neoplasm.n": 2,
        "late.undated.dysfunction.n": 3,
        "late.undated.renal.n": 1,
    }
