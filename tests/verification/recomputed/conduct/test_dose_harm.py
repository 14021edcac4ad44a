import numpy as np
import pandas as pd
import pytest
from verification.made_folder import day, plan, values

from duonen_stats.methods import cox_model, firth_logistic
from duonen_stats.verification.recomputed.conduct import dose_harm
from duonen_stats.verification.recomputed.conduct.dose_harm import recompute_dose_harm


@pytest.fixture(scope="module")
def records():
    """Twenty-four patients with four cycles of growing kidney dose; the eGFR falls by a third in half of them."""
    rng = np.random.default_rng(31)
    names = [f"P{number}" for number in range(24)]
    patients = pd.DataFrame({"ARM": ["A", "B"] * 12, "SAFETY": True, "FIRST": day(0)}, index=names)
    cycles = [(name, f"T{n + 1}", day(56 * n)) for name in names for n in range(4)]
    given = pd.DataFrame(cycles, columns=["SUBJID", "CYCLE", "EXDT"])
    doses = given[["SUBJID", "CYCLE"]].assign(
        ORGAN="KIDNEY", SOURCE="TOTAL", GY=rng.uniform(2, 6, len(given))
    )
    labs = []
    for number, name in enumerate(names):
        fall = int(rng.integers(1, 6)) if number % 2 else 9
        labs.append((name, day(-3), 90.0, "Y"))
        labs += [(name, day(56 * n - 2), 55.0 if n >= fall else 85.0, None) for n in range(1, 6)]
    adlb = pd.DataFrame(labs, columns=["SUBJID", "ADT", "AVAL", "ABLFL"])
    adlb = adlb.assign(PARAMCD="EGFR", DTYPE=None, BASE=90.0, ATOXGRMN=np.nan)
    return adlb, given, doses, patients


def test_models_agree_with_those_of_the_first_engine(records, study, monkeypatch):
    chosen = plan(dose_effect_decline=0.3)
    seen = {}
    for name in ("_hazard", "_odds"):
        own = getattr(dose_harm, name)

        def kept(out, block, rows, step, rules, own=own, name=name):
            seen[name] = rows
            own(out, block, rows, step, rules)

        monkeypatch.setattr(dose_harm, name, kept)
    found = values(recompute_dose_harm, *records, chosen, study)
    block, rows = "dose_harm.kidney.EGFR", seen["_hazard"]
    model = cox_model(rows["END"], rows["EVENT"], rows["DOSE"], entry=rows["BEGIN"], strata=rows["ARM"])
    assert found[f"{block}.hazard.ratio"] == pytest.approx(model.terms[0].hazard_ratio, rel=1e-6)
    rows = seen["_odds"]
    term = firth_logistic(rows["EVENT"], rows[["DOSE", "CYCLE"]].to_numpy(dtype=float)).terms[0]
    expected = {"ratio": term.odds_ratio, "ci_low": term.lower, "ci_high": term.upper, "p": term.p_value}
    for name, value in expected.items():
        assert found[f"{block}.odds.{name}"] == pytest.approx(value, rel=1e-6)
    assert found[f"{block}.odds.n"] == 24
    assert found[f"{block}.hazard.events"] == 12
    assert found[f"{block}.odds.events"] == rows["EVENT"].sum() == 9  # three came long after the last cycle


def test_a_patient_without_the_dose_of_a_cycle_is_left_out(records, study):
    adlb, given, doses, patients = records
    fewer = doses.loc[~(doses["SUBJID"].eq("P0") & doses["CYCLE"].eq("T2"))]
    found = values(recompute_dose_harm, adlb, given, fewer, patients, plan(), study)
    assert found["dose_harm.kidney.EGFR.hazard.unknown"] == 1
    assert found["dose_harm.kidney.EGFR.hazard.n"] == 23


def test_who_is_never_at_risk_is_not_counted(records, study):
    found = values(recompute_dose_harm, *records, plan(), study)
    assert found["dose_harm.marrow.any_count.hazard.n"] == 0
