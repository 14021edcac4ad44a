import numpy as np
import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.verification.recomputed.efficacy import (
    recompute_dose_response,
    recompute_response,
    recompute_survival,
)


@pytest.fixture(scope="module")
def patients():
    rng = np.random.default_rng(11)
    index = [f"{arm}{n}" for arm in "ABCD" for n in range(10)]
    frame = pd.DataFrame(
        {
            "ARM": [one[0] for one in index],
            "SEX": rng.choice(["M", "F"], 40),
            "AGE": rng.integers(50, 80, 40).astype(float),
            "PRIMSITE": rng.choice(["MIDGUT", "PANCREAS"], 40),
            "GRADE": rng.choice(["G1", "G2"], 40),
            "METLIV": "Y",
        },
        index=index,
    )
    frame.attrs["cut"] = day(1000)
    return frame


@pytest.fixture(scope="module")
def times(patients):
    rng = np.random.default_rng(12)
    days = rng.integers(50, 900, 40)
    frame = pd.DataFrame(
        {
            "START": day(0),
            "MONTHS": days / 30.4375,
            "CNSR": rng.choice([0, 1, 2], 40),
            "ARM": patients["ARM"],
        },
        index=patients.index,
    )
    return dict.fromkeys(("PFS", "PFSHYP", "OS", "TTAE3"), frame) | {"DOR": frame.iloc[:5]}


def test_the_parts_of_the_final_report_hang_together(times, patients, study):
    found = values(recompute_survival, times, patients, plan(), study)
    pfs = times["PFS"]
    assert found["pfs.km.BCD.n"] + found["pfs.km.A.n"] == found["pfs.km.all.n"] == 40
    assert found["pfs.censored.2.all.n"] == (pfs["CNSR"] == 2).sum()
    assert found["pfs.primary.hr.hr"] == found["pfs.primary.cox.hr"]
    assert found["pfs.factor.guidance.with"] == 30
    assert found["pfs.subgroup.sex.M.n_control"] + found["pfs.subgroup.sex.F.n_control"] == 10
    assert found["pfs.subgroup.age.interaction.df"] == 1
    women = patients["SEX"].eq("F") & patients["ARM"].eq("A")
    assert not (pfs["CNSR"].eq(0) & women).any()  # so that the ratio of one model has no maximum
    assert "pfs.subgroup.sex.interaction.statistic" not in found
    assert found["pfs.subgroup.age.lt65.n_experimental"] == (patients["AGE"] < 65)[10:].sum()
    assert "pfs.subgroup.liver.interaction.p" not in found
    lost = (pfs["CNSR"].eq(2) & pfs["ARM"].ne("A")).sum()
    assert found["pfs.sensitivity.worst_case.changed"] == lost
    room = (1000 / 30.4375 - pfs["MONTHS"])[pfs["CNSR"].ne(0)]
    assert found["pfs.sensitivity.delta.1.months"] == pytest.approx(room.sum())


def test_subgroups_are_cut_where_the_plan_says(times, patients, study):
    known = patients.assign(KI67=np.r_[[10.0, np.nan], np.tile([3.0, 20.0], 19)])
    known.attrs = patients.attrs
    chosen = plan(subgroups=("AGE:60:70", "KI67BL:9.5"))
    found = values(recompute_survival, times, known, chosen, study)
    assert found["pfs.subgroup.factors"] == 2
    for level, inside in (("lt60", known["AGE"].lt(60)), ("60to70", known["AGE"].between(60, 69))):
        block = f"pfs.subgroup.age.{level}"
        assert found[f"{block}.n_experimental"] + found[f"{block}.n_control"] == inside.sum()
    high = known["KI67"].ge(9.5)
    assert found["pfs.subgroup.ki67.ge9_5.n_control"] == high[:10].sum()
    assert found["pfs.subgroup.ki67.unknown.n_control"] == 1
    assert found["pfs.subgroup.ki67.interaction.df"] == 1
    assert "pfs.subgroup.sex.M.n_control" not in found


def test_dose_is_what_was_given_before(times, patients, study):
    given = pd.DataFrame(
        [
            {"SUBJID": one, "CYCLE": cycle, "EXDT": day(on), "ISOTOPE": "LU177", "MBQ": 3000.0 * (1 + n % 3)}
            for n, one in enumerate(patients.index)
            for cycle, on in (("T1", 10), ("T2", 400))
        ]
    )
    doses = pd.DataFrame({"SUBJID": ["A0"], "ORGAN": "KIDNEY", "SOURCE": "TOTAL", "CYCLE": "T1", "GY": 3.0})
    found = values(recompute_dose_response, times["PFS"], given, doses, plan(), study)
    late = times["PFS"]["MONTHS"] > 8
    assert found["pfs.dose.activity_lu177.landmark.n"] == late.sum()
    assert found["pfs.dose.activity_lu177.landmark.excluded"] == 40 - late.sum()
    assert found["pfs.dose.activity_lu177.time_dependent.n"] == 40
    assert found["pfs.dose.kidney.time_dependent.unknown"] == 40
    assert found["pfs.dose.kidney.time_dependent.n"] == 0
    assert np.isfinite(found["pfs.dose.activity_lu177.time_dependent.hr"])


def test_responses_are_counted_by_group(study):
    rows = [
        ("A", "OBJRESP", "Y"),
        ("A", "OBJRESP", "N"),
        ("B", "OBJRESP", "Y"),
        ("A", "BOR", "PR"),
        ("B", "BOR", "CR"),
    ]
    rows += [("A", "BOR", "SD"), ("A", "DISCTRL", "Y"), ("B", "DISCTRL", "Y")]
    adrs = pd.DataFrame(rows, columns=["TRT01P", "PARAMCD", "AVALC"]).assign(AVAL=np.nan)
    adrs.loc[len(adrs)] = ["A", "BESTCHG", None, -31.0]
    found = values(recompute_response, adrs, plan(), study)
    assert found["response.orr.A.pct"] == 50
    assert found["response.bor.CR.BCD.n"] == 1
    assert found["response.best_change.all.mean"] == -31
    assert found["response.best_change.all.n_missing"] == 2
    assert found["response.orr.difference.estimate"] == 50
