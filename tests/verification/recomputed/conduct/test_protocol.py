import pandas as pd
import pytest
from scipy import stats
from verification.made_folder import day, folder, plan, values

from duonen_stats.verification.derived.times import EVENT, NO_EVENT
from duonen_stats.verification.recomputed.conduct.protocol import (
    deviations_of,
    per_protocol,
    recompute_per_protocol,
    recompute_protocol,
)

PATIENTS = pd.DataFrame(
    {
        "ARM": list("AAABBB"),
        "ACTUAL": list("AACBBB"),
        "SAFETY": [True, True, True, True, False, True],
        "COMPLETED": [True, False, False, True, False, True],
        "DOSIMETRY": [True, True, False, True, False, False],
    },
    index=list("123456"),
)


def deviation(subjid, on=5, *, important="Y", excludes="N", category="VISIT"):
    return {
        "SUBJID": subjid,
        "DVDT": None if on is None else day(on),
        "CATEGORY": category,
        "IMPORTANT": important,
        "EXCLUDEPP": excludes,
    }


ROWS = [
    deviation("1"),
    deviation("1", None, excludes="Y"),
    deviation("5", excludes="Y"),
    deviation("6", important=None, category="DOSE"),
    deviation("6", 2000, excludes="Y"),  # after the cut
    deviation("9", excludes="Y"),  # never randomised
]


def found_in(rows, study, **rules):
    known = deviations_of(folder(protocol_deviations=rows), PATIENTS)
    return values(recompute_protocol, PATIENTS, known, plan(**rules), study)


def test_a_patient_is_left_out_by_the_first_reason(study):
    found = found_in(ROWS, study, per_protocol="excluding")
    assert found["protocol.set.randomised.all.n"] == 6
    assert found["protocol.set.safety.B.pct"] == pytest.approx(200 / 3)
    assert found["protocol.set.dosimetry.A.n"] == 2
    assert found["protocol.set.completed.all.n"] == 3
    assert found["protocol.excluded.not_treated.B.n"] == 1
    assert found["protocol.excluded.treated_otherwise.A.n"] == 1
    assert found["protocol.excluded.deviation.A.n"] == 1  # without a date
    assert found["protocol.excluded.deviation.B.n"] == 0
    assert found["protocol.set.per_protocol.all.n"] == 3


def test_the_plan_says_which_deviations_exclude():
    known = deviations_of(folder(protocol_deviations=[deviation("2")]), PATIENTS)
    assert [*per_protocol(PATIENTS, known, plan(per_protocol="excluding"))].count(True) == 4
    assert [*per_protocol(PATIENTS, known, plan(per_protocol="important"))].count(True) == 3


def test_deviations_are_counted_and_so_are_the_patients_with_one(study):
    found = found_in(ROWS, study)
    assert (found["protocol.deviation.any.all.n"], found["protocol.deviation.any.all.deviations"]) == (3, 4)
    assert found["protocol.deviation.important.A.deviations"] == 2
    assert found["protocol.deviation.excluding.B.n"] == 1
    codes = [one.code for one in study.table("protocol_deviations").column("CATEGORY").codes]
    assert {f"protocol.important.{one}.all.n" for one in codes} <= {*found}


def test_without_records_of_deviations_only_the_other_sets_are_counted(study):
    assert deviations_of(folder(), PATIENTS) is None
    found = values(recompute_protocol, PATIENTS, None, plan(), study)
    assert found["protocol.set.safety.all.n"] == 5
    assert not any("per_protocol" in name or "deviation" in name for name in found)


def test_the_comparison_is_of_those_inside(study):
    times = PATIENTS[["ARM"]].assign(
        MONTHS=[3.0, 9.0, 20.0, 4.0, 6.0, 8.0], CNSR=[EVENT, NO_EVENT, EVENT, EVENT, EVENT, EVENT]
    )
    inside = pd.Series([True, True, False, True, True, True], index=PATIENTS.index)
    arms = plan(control_arm="B", min_group=1)
    found = values(recompute_per_protocol, times, inside, arms, study)
    assert found["pfs.per_protocol.n"] == 5
    assert found["pfs.per_protocol.events"] == 4
    assert found["pfs.per_protocol.excluded"] == 1
    # Of A one dies, 2 of 5 being at risk; then three of B, 1 of 4, 1 of 3 and 1 of 2 at risk being of A.
    expected = 2 / 5 + 1 / 4 + 1 / 3 + 1 / 2
    variance = 2 * 3 / 25 + 3 / 16 + 2 / 9 + 1 / 4
    assert found["pfs.per_protocol.log_rank_p"] == pytest.approx(
        stats.chi2.sf((1 - expected) ** 2 / variance, 1)
    )
    assert 0 < found["pfs.per_protocol.ci_low"] < found["pfs.per_protocol.hr"]
