from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import administration, cycles, day, lab, make_cut, subject

from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.datasets.safety.adlb import add_stopping_rule, build_adlb
from duonen_stats.plan import INTERIM
from duonen_stats.study import load_study


def adlb(labs, *, given=None, subjects=None, plan=INTERIM):
    study = load_study()
    cut = make_cut(
        subjects=subjects or [subject("001")],
        administrations=cycles("001", [7400.0] * 4) if given is None else given,
        labs=labs,
    )
    records = select_records(cut, study)
    return build_adlb(records, build_adsl(records, study, plan), study, plan)


def row(frame, visit, code="HGB"):
    chosen = (frame["AVISIT"] == visit) & (frame["PARAMCD"] == code) & (frame["ANL01FL"] == "Y")
    (found,) = frame.loc[chosen].to_dict("records")
    return found


def test_a_patient_from_baseline_to_nadir():
    out = adlb(
        [
            lab("001", "T1", -2, 13.0),
            lab("001", "V1", 14, 12.2),
            lab("001", "T2", 55, 12.5),
            lab("001", "V2", 70, 9.5),
            lab("001", "V3", 126, 10.9),
        ]
    )
    assert out["AVISIT"].tolist() == ["T1", "V1", "T2", "V2", "V3", "NADIR"]
    first, last = row(out, "T1"), row(out, "V2")
    assert (first["ABLFL"], first["BASE"], first["ADY"]) == ("Y", 13.0, -2)
    assert np.isnan(first["CHG"])
    assert np.isnan(first["PCHG"])
    assert first["ONTRTFL"] is None
    assert (last["CHG"], last["ADY"], last["AWTDIFF"], last["ONTRTFL"]) == (-3.5, 71, 0, "Y")
    assert (last["ATOXGR"], last["BTOXGR"], last["ATOXDSC"]) == (2, 0, "Anemia")
    assert (last["ANRIND"], last["BNRIND"]) == ("LOW", "NORMAL")
    assert (last["PARAM"], last["PARCAT1"], last["AVALU"]) == ("Hemoglobin (g/dL)", "HEMATOLOGY", "g/dL")
    nadir = row(out, "NADIR")
    assert (nadir["CHG"], nadir["SRCVISIT"], nadir["DTYPE"], nadir["LBSEQ"]) == (-3.5, "V2", "MINIMUM", 5)
    assert nadir["CRIT1FL"] is None
    assert pd.isna(nadir["ATOXGR"])


def test_units_differ_between_visits_and_the_change_does_not_care():
    out = adlb([lab("001", "T1", 0, 130.0, UNIT="g/L", LLN=120.0, ULN=160.0), lab("001", "V1", 14, 12.0)])
    assert row(out, "V1")["CHG"] == -1.0
    assert row(out, "T1")["ANRLO"] == pytest.approx(12.0)


def test_without_a_baseline_there_is_no_change_and_no_nadir():
    out = adlb([lab("001", "V1", 14, 12.0), lab("001", "V2", 70, 7.5)])
    assert out[["BASE", "CHG", "PCHG", "BNRIND"]].isna().all(axis=None)
    assert "NADIR" not in set(out["AVISIT"])
    assert row(out, "V2")["CRIT1FL"] == "Y"  # the protocol's rule needs no baseline
    assert row(out, "V2")["ATOXGR"] == 3


def test_two_records_in_a_window_keep_one_for_the_visit():
    out = adlb([lab("001", "T1", 0, 13.0), lab("001", "UNS", 10, 9.0), lab("001", "V1", 14, 12.0)])
    assert out.loc[out["AVISIT"] == "V1", "ANL01FL"].tolist() == [None, "Y"]
    assert row(out, "NADIR")["CHG"] == -1.0
    worst = adlb(
        [lab("001", "T1", 0, 13.0), lab("001", "UNS", 10, 9.0), lab("001", "V1", 14, 12.0)],
        plan=replace(INTERIM, nadir_scope="on_treatment"),
    )
    assert row(worst, "NADIR")["CHG"] == -4.0


def test_a_patient_with_one_cycle_has_its_visits_only():
    out = adlb(
        [lab("001", "T1", 0, 13.0), lab("001", "V1", 14, 12.0), lab("001", "V2", 70, 5.0)],
        given=cycles("001", [7400.0]),
    )
    assert row(out, "NADIR")["SRCVISIT"] == "V1"
    stray = out.loc[out["VISIT"] == "V2"].iloc[0]
    assert stray["AVISIT"] is None
    assert stray["ANL01FL"] is None
    assert stray["ONTRTFL"] is None


def test_the_time_on_treatment_ends_with_the_last_window():
    out = adlb(
        [
            lab("001", visit, on, 12.0)
            for visit, on in (("T1", 0), ("UNS", 1), ("UNS", 28), ("UNS", 29), ("V1", 40))
        ],
        given=[administration("001", "T1", 0, 7400.0)],
    )
    assert out.loc[out["DTYPE"].isna(), "ONTRTFL"].tolist() == [None, "Y", "Y", None, "Y"]


def test_never_treated_has_a_baseline_and_nothing_else():
    out = adlb([lab("001", "T1", -3, 13.0), lab("001", "V1", 14, 12.0)], given=[])
    assert out["ABLFL"].tolist() == ["Y", None]
    assert out["ADY"].isna().all()
    assert out["CHG"].isna().all()


def test_no_labs_at_all():
    out = adlb([])
    assert len(out) == 0
    assert str(out["ATOXGR"].dtype) == "Int64"
    assert str(out["ADT"].dtype) == "datetime64[ns]"


def test_rows_are_sorted_by_patient_analyte_and_date():
    subjects = [subject("002"), subject("001")]
    labs = [
        lab("002", "T1", -1, 13.0),
        lab("001", "V1", 14, 5.0, "WBC"),
        lab("001", "V1", 14, 12.0),
        lab("001", "T1", -1, 13.0),
    ]
    out = adlb(labs, subjects=subjects)
    assert out[["SUBJID", "PARAMCD", "AVISIT"]].to_numpy().tolist() == [
        ["001", "HGB", "T1"],
        ["001", "HGB", "V1"],
        ["001", "HGB", "NADIR"],
        ["001", "WBC", "V1"],
        ["002", "HGB", "T1"],
    ]


VISITS = (("T1", -2), ("V1", 14), ("T2", 55), ("V2", 70), ("UNS", 16), ("UNS", 100))


@pytest.mark.law
@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.integers(50, 200), min_size=6, max_size=6),
    st.integers(0, 300),
    st.permutations(range(6)),
)
def test_order_of_the_file_is_irrelevant_and_a_constant_drops_out(values, constant, order):
    labs = [lab("001", visit, on, value / 10) for (visit, on), value in zip(VISITS, values, strict=True)]
    out = adlb(labs)
    shuffled = adlb([labs[place] for place in order])
    pd.testing.assert_frame_equal(shuffled.drop(columns="LBSEQ"), out.drop(columns="LBSEQ"))
    later = out.dropna(subset=["CHG"])
    np.testing.assert_allclose(later["CHG"] + later["BASE"], later["AVAL"], atol=1e-6)
    shifted = adlb([record | {"VALUE": record["VALUE"] + constant} for record in labs])
    np.testing.assert_array_equal(shifted["CHG"], out["CHG"])
    assert shifted["SRCVISIT"].tolist() == out["SRCVISIT"].tolist()


def met(study, code, value, high=np.nan, on=14):
    row = pd.DataFrame(
        {
            "PARAMCD": [code],
            "AVAL": [value],
            "ANRHI": [high],
            "ADT": [pd.Timestamp(day(on))],
            "TRTSDT": [pd.Timestamp(day(0))],
        }
    )
    return add_stopping_rule(row, study)[["CRIT1", "CRIT1FL"]].to_numpy().tolist()[0]


@pytest.mark.parametrize(
    ("code", "at", "beyond", "high"),
    [
        ("HGB", 8.0, 7.9, np.nan),
        ("WBC", 3.0, 2.99, np.nan),
        ("NEUT", 1.0, 0.99, np.nan),
        ("PLAT", 80, 79, np.nan),
        ("EGFR", 30, 29.9, np.nan),
        ("CREAT", 150 / 88.42, 151 / 88.42, np.nan),
        ("ALT", 120, 121, 40.0),
        ("AST", 120, 121, 40.0),
        ("BILI", 3.6, 3.61, 1.2),
    ],
)
def test_rules_of_the_protocol(study, code, at, beyond, high):
    assert met(study, code, at, high)[1] is None
    assert met(study, code, beyond, high)[1] == "Y"
    assert met(study, code, beyond, high)[0] in {rule.label for rule in study.stopping_rules}


def test_before_treatment_no_rule_applies(study):
    assert met(study, "HGB", 7.0, on=0) == [None, None]


def test_without_uln_a_multiple_of_it_is_not_met(study):
    assert met(study, "ALT", 5000.0)[1] is None


def test_an_analyte_without_rule_is_left_alone(study):
    assert met(study, "LYMPH", 0.01) == [None, None]


def test_a_bound_may_be_included(study):
    (rule,) = [rule for rule in study.stopping_rules if rule.variable == "HGB"]
    included = replace(study, stopping_rules=(replace(rule, comparator="<="),))
    assert met(included, "HGB", 8.0)[1] == "Y"
    assert met(included, "HGB", 8.1)[1] is None
