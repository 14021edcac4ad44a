import numpy as np
import pandas as pd
import pytest
from two_maxima import MEAN_A_V1, two_maxima
from verification.made_folder import plan, values

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import mmrm
from duonen_stats.verification.recomputed.repeated import recompute_repeated


def made(visits=("V1", "V2"), n=10):
    rng = np.random.default_rng(5)
    subjects = [f"{arm}{number}" for arm in "AB" for number in range(n)]
    patients = pd.DataFrame({"SAFETY": True, "TREATED": [one[0] for one in subjects]}, index=subjects)
    rows = [
        {
            "SUBJID": one,
            "ANALYTE": "HGB",
            "AVISIT": visit,
            "STANDS": True,
            "BASE": 13.0 + n,
            "CHG": rng.normal(),
        }
        for n, one in enumerate(subjects)
        for visit in visits
    ]
    return pd.DataFrame(rows), patients


def test_means_differences_and_sizes_of_an_analyte(study):
    labs, patients = made()
    found = values(recompute_repeated, labs, patients, plan(), study)
    assert found["labs.HGB.model.n"] == 20
    assert found["labs.HGB.model.values"] == 40
    assert found["labs.HGB.model.V1.B.difference.difference"] == pytest.approx(
        found["labs.HGB.model.V1.B.mean"] - found["labs.HGB.model.V1.A.mean"]
    )
    assert found["labs.HGB.model.V1.B.ci_low"] < found["labs.HGB.model.V1.B.mean"]
    assert "labs.HGB.model.V3.A.n" not in found


def test_without_the_control_arm_there_are_means_and_no_differences(study):
    labs, patients = made()
    labs = labs.loc[~labs["SUBJID"].str.startswith("A")]
    found = values(recompute_repeated, labs, patients, plan(), study)
    own = mmrm(
        labs["SUBJID"], ["B"] * len(labs), labs["AVISIT"], labs["CHG"],
        reference="B", base=labs["BASE"], fallback=("cs",),
    ).means[0]  # fmt: skip
    assert found["labs.HGB.model.n"] == 10
    assert found["labs.HGB.model.V1.B.mean"] == pytest.approx(own.satterthwaite.estimate, rel=1e-8)
    assert found["labs.HGB.model.V1.B.se"] == pytest.approx(own.satterthwaite.se, rel=1e-8)
    assert not [name for name in found if "difference" in name]


def test_of_values_that_never_change_nobody_is_in_a_model(study):
    """No model leaves a variance to estimate: the report says so, and counts nobody."""
    labs, patients = made()
    found = values(recompute_repeated, labs.assign(CHG=0.0), patients, plan(), study)
    assert (found["labs.HGB.model.n"], found["labs.HGB.model.values"]) == (0, 0)
    assert "labs.HGB.model.base_at" not in found


def test_where_the_likelihood_rises_towards_a_singular_matrix_nobody_is_in_a_model(study):
    """What a patient gains at one visit is lost at the next: the likelihood has no maximum, and no engine a model."""
    labs, patients = made(n=4)
    first = labs["AVISIT"].eq("V1")
    labs.loc[~first, "CHG"] = -labs.loc[first, "CHG"].to_numpy()
    found = values(recompute_repeated, labs, patients, plan(), study)
    assert (found["labs.HGB.model.n"], found["labs.HGB.model.values"]) == (0, 0)
    with pytest.raises(NotEstimable):
        mmrm(
            labs["SUBJID"].tolist(), labs["SUBJID"].str[0].tolist(), labs["AVISIT"].tolist(), labs["CHG"].tolist(),
            reference="A", base=labs["BASE"], covariance="cs",
        )  # fmt: skip


def test_of_two_maxima_the_higher_is_the_model(study):
    labs = two_maxima().assign(ANALYTE="EGFR", STANDS=True)
    arms = labs.drop_duplicates("SUBJID").set_index("SUBJID")["ARM"]
    patients = pd.DataFrame({"SAFETY": True, "TREATED": arms})
    found = values(recompute_repeated, labs.drop(columns="ARM"), patients, plan(), study)
    assert found["labs.EGFR.model.V1.A.mean"] == pytest.approx(MEAN_A_V1, abs=1e-5)


def test_a_maximum_counts_though_the_likelihood_is_higher_at_the_edge(study):
    labs = two_maxima(edge=True).assign(ANALYTE="EGFR", STANDS=True)
    arms = labs.drop_duplicates("SUBJID").set_index("SUBJID")["ARM"]
    patients = pd.DataFrame({"SAFETY": True, "TREATED": arms})
    found = values(recompute_repeated, labs.drop(columns="ARM"), patients, plan(), study)
    assert (found["labs.EGFR.model.n"], found["labs.EGFR.model.values"]) == (12, 20)
    rows = two_maxima(edge=True)
    first = mmrm(
        *(rows[name].tolist() for name in ("SUBJID", "ARM", "AVISIT", "CHG")),
        reference="A", base=rows["BASE"], covariance="cs",
    )  # fmt: skip
    means = {(one.arm, one.visit): one.satterthwaite.estimate for one in first.means}
    for arm, visit in (("A", "V1"), ("D", "V3")):
        assert found[f"labs.EGFR.model.{visit}.{arm}.mean"] == pytest.approx(means[arm, visit], abs=1e-9)


def test_the_late_model_begins_with_the_last_visit_after_a_cycle(study):
    last = plan().follow_up_visits[-1]
    labs, patients = made(("V1", last, "F4"))
    found = values(recompute_repeated, labs, patients, plan(), study)
    assert found["labs.HGB.late.values"] == 40
    assert "labs.HGB.late.F4.B.difference.p" in found
    assert "labs.HGB.late.V1.A.n" not in found
    assert "labs.HGB.model.F4.A.n" not in found


def test_without_a_late_value_there_is_no_late_model(study):
    labs, patients = made(("V1", plan().follow_up_visits[-1]))
    found = values(recompute_repeated, labs, patients, plan(), study)
    assert found["labs.HGB.late.n"] == 0
    assert "labs.HGB.late.base_at" not in found
