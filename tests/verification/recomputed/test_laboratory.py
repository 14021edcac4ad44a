import numpy as np
import pandas as pd
import pytest
from verification.made_folder import cycles, folder, lab, plan, subject, values

from duonen_stats.verification.derived.laboratory import laboratory_of, worst_of
from duonen_stats.verification.derived.patients import patients_of
from duonen_stats.verification.recomputed.laboratory import recompute_laboratory, recompute_toxicity


@pytest.fixture(scope="module")
def found(study):
    people = [f"{arm}{n}" for arm in "AB" for n in range(4)]
    days = {visit: 10 + 56 * n + study.visit(visit).day_target for n, visit in enumerate(("V1", "V2"))}
    rows = folder(
        subjects=[subject(one, one[0]) for one in people],
        administrations=[row for one in people for row in cycles(one, *[7400.0] * 4)],
        labs=[
            *(lab(one, "T1", 2, 13.0) for one in people),
            *(lab(one, "V1", days["V1"], 12.0 - n / 10) for n, one in enumerate(people)),
            *(lab(one, "V2", days["V2"], 11.0 + n / 10) for n, one in enumerate(people)),
        ],
    )
    patients = patients_of(rows, study).assign(CATEGORY="UNCHANGED")
    labs = laboratory_of(rows, patients, study)
    return values(recompute_laboratory, labs, worst_of(labs, plan(), study), patients, plan(), study)


def test_changes_at_visits_and_the_visit_of_the_largest(found):
    assert found["labs.HGB.V1.all.change.median"] == pytest.approx(-1.35)
    assert found["labs.HGB.V2.A.change.max"] == pytest.approx(-1.7)
    assert found["labs.HGB.largest.visit"] == 2
    assert found["labs.HGB.V1.all.percent_change.n"] == 8
    assert found["labs.HGB.V3.all.change.n"] == 0
    assert found["labs.HGB.V1.between.kruskal_wallis.p"] == pytest.approx(0.0209, abs=1e-4)
    assert found["labs.HGB.V1.between.holm"] == pytest.approx(
        2 * found["labs.HGB.V1.between.kruskal_wallis.p"]
    )


def test_visits_are_paired_and_the_worst_is_counted(found):
    assert found["labs.HGB.T1_V1.paired.paired_t.difference"] == pytest.approx(-1.35)
    assert found["labs.HGB.nadir.all.looks.mean"] == 2
    assert found["labs.HGB.nadir.modification.B.n_unchanged"] == 4


def test_grades_that_are_certain_and_those_that_are_not(study):
    adlb = pd.DataFrame(
        {
            "SUBJID": ["1", "1", "2", "3"],
            "PARAMCD": "HGB",
            "DTYPE": None,
            "ONTRTFL": [None, "Y", "Y", "Y"],
            "ABLFL": ["Y", None, None, None],
            "ADY": [-3.0, 40.0, 40.0, 40.0],
            "ADT": pd.to_datetime(["2022-01-01", "2022-03-01", "2022-03-01", "2022-03-01"]),
            "ATOXGRMN": [0.0, 2.0, 0.0, 3.0],
            "ATOXGRMX": [0.0, 2.0, 1.0, 3.0],
        }
    )
    patients = pd.DataFrame({"SAFETY": True, "TREATED": "A"}, index=list("1234"))
    found = values(recompute_toxicity, adlb, patients, plan(), study)
    assert found["toxicity.HGB.seen.A"] == 3
    assert found["toxicity.HGB.grade2.A.n"] == 1
    assert "toxicity.HGB.grade2.A.ci_low" not in found  # a lower bound: one patient is undecided
    assert found["toxicity.HGB.undecided.0_1.A.n"] == 1
    assert found["toxicity.HGB.grade_ge3.A.n"] == 1
    assert found["toxicity.HGB.shift.adverse.worst.0.2.A.n"] == 1
    assert found["toxicity.HGB.shift.adverse.worst.0.2.A.pct"] == 100
    assert found["toxicity.HGB.shift.adverse.last.missing.undecided.A.n"] == 1
    assert found["toxicity.HGB.shift.adverse.worst.missing.3.A.n"] == 1
    assert found["toxicity.HGB.shift.adverse.worst.missing.missing.A.n"] == 1
    assert found["toxicity.HGB.worsened.adverse.worst.A.n"] == 1
    assert np.isclose(found["toxicity.HGB.worsened.adverse.worst.A.pct"], 100)
    any_count = "toxicity.any.haematological.grade_ge3.A"
    assert found[f"{any_count}.n"] == 1
    assert found[f"{any_count}.n_unknown"] == 0
    assert np.isclose(found[f"{any_count}.bound_high"], 100 / 3)


def test_a_value_that_the_version_has_no_term_for_is_no_grade(study):
    adlb = pd.DataFrame({"SUBJID": ["1"], "PARAMCD": "LYMPH", "DTYPE": None, "ONTRTFL": "Y", "ABLFL": None})
    adlb = adlb.assign(ADY=40.0, ADT=pd.Timestamp("2022-03-01"), ATOXGRMN=np.nan, ATOXGRMX=np.nan)
    patients = pd.DataFrame({"SAFETY": True, "TREATED": "A"}, index=["1"])
    found = values(recompute_toxicity, adlb, patients, plan(ctcae_version="6.0"), study)
    assert found["toxicity.LYMPH.seen.all"] == 0
