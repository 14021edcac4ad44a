import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import cycles, dose, make_cut, subject

from duonen_stats.datasets.exposure.addos import add_limits, build_addos, dose_limits
from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.plan import INTERIM
from duonen_stats.study import load_study


def addos(study, **tables):
    records = select_records(make_cut(**tables), study)
    return build_addos(records, build_adsl(records, study, INTERIM), study)


def row(frame, parameter, visit):
    (found,) = frame.loc[(frame["PARAMCD"] == parameter) & (frame["AVISIT"] == visit)].to_dict("records")
    return found


def tandem(study, doses):
    given = cycles("001", [3700.0, 3700.0], [1850.0, 1850.0])
    return addos(study, subjects=[subject("001", "B")], administrations=given, dosimetry=doses)


COMPLETE = [
    dose("001", cycle, organ, isotope, gray)
    for cycle, organ, isotope, gray in [
        ("T1", "KIDNEY", "LU177", 4.0),
        ("T1", "KIDNEY", "Y90", 8.0),
        ("T2", "KIDNEY", "LU177", 4.0),
        ("T2", "KIDNEY", "Y90", 8.5),
        ("T1", "MARROW", "LU177", 0.1),
        ("T1", "MARROW", "Y90", 0.4),
        ("T2", "MARROW", "LU177", 0.2),
        ("T2", "MARROW", "Y90", 0.4),
    ]
]


def test_isotopes_cycles_and_sums_of_a_complete_patient(study):
    out = tandem(study, COMPLETE)
    assert out["PARAMCD"].drop_duplicates().tolist() == ["KIDLU", "KIDY", "KIDTOT", "MARLU", "MARY", "MARTOT"]
    assert len(out) == 18
    assert row(out, "KIDTOT", "T1")["AVAL"] == 12
    assert row(out, "KIDTOT", "CUMULATIVE")["AVAL"] == 24.5
    assert row(out, "KIDY", "CUMULATIVE")["AVAL"] == 16.5
    assert row(out, "MARTOT", "CUMULATIVE")["AVAL"] == pytest.approx(1.1)
    assert set(out["DOSCMPFL"]) == {"Y"}
    assert row(out, "KIDTOT", "CUMULATIVE")["NCYDOS"] == 2
    assert row(out, "KIDTOT", "CUMULATIVE")["DTYPE"] == "SUM"
    assert set(out["AVALU"]) == {"Gy"}


def test_limits(study):
    out = tandem(study, COMPLETE)
    assert row(out, "KIDTOT", "CUMULATIVE")["CRIT1FL"] == "Y"
    assert row(out, "MARTOT", "T1")["CRIT2FL"] is None  # exactly 0.5 Gy
    assert row(out, "MARTOT", "T2")["CRIT2FL"] == "Y"
    assert row(out, "MARTOT", "CUMULATIVE")["CRIT3FL"] is None


def test_a_missing_isotope_makes_no_total_and_no_complete_organ(study):
    out = tandem(study, [record for record in COMPLETE if record != COMPLETE[3]])
    kidney = out.loc[out["ORGAN"] == "KIDNEY"]
    assert kidney["DOSCMPFL"].isna().all()
    assert out.loc[out["ORGAN"] == "MARROW", "DOSCMPFL"].eq("Y").all()
    totals = kidney.loc[kidney["PARAMCD"] == "KIDTOT", ["AVISIT", "AVAL", "NCYDOS"]].to_numpy().tolist()
    assert totals == [["T1", 12.0, 1], ["CUMULATIVE", 12.0, 1]]


def test_one_isotope_arm_has_total_equal_to_it(study):
    out = addos(
        study,
        subjects=[subject("001", "D")],
        administrations=cycles("001", [7400.0]),
        dosimetry=[dose("001", "T1", "KIDNEY", "LU177", 5.0)],
    )
    assert out[["PARAMCD", "AVISIT", "AVAL"]].to_numpy().tolist() == [
        ["KIDLU", "T1", 5.0],
        ["KIDLU", "CUMULATIVE", 5.0],
        ["KIDTOT", "T1", 5.0],
        ["KIDTOT", "CUMULATIVE", 5.0],
    ]


def test_no_dosimetry_gives_an_empty_dataset_with_columns(study):
    out = addos(study, subjects=[subject("001", "D")], administrations=cycles("001", [7400.0]))
    assert len(out) == 0
    assert str(out["AVAL"].dtype) == "float64"
    assert "CRIT3FL" in out


def test_the_only_cycle_of_a_patient_is_enough(study):
    out = addos(
        study,
        subjects=[subject("001", "A"), subject("002", "A")],
        administrations=cycles("001", [7400.0]),
        dosimetry=[dose("001", "T1", "MARROW", "LU177", 0.1)],
    )
    assert row(out, "MARTOT", "CUMULATIVE")["DOSCMPFL"] == "Y"


@pytest.mark.law
@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(0, 20), min_size=8, max_size=8), st.randoms(use_true_random=False))
def test_cumulative_is_the_sum_whatever_the_order(grays, shuffle):
    study = load_study()
    doses = [record | {"DOSE_GY": gray} for record, gray in zip(COMPLETE, grays, strict=True)]
    shuffle.shuffle(doses)
    out = tandem(study, doses)
    for organ, code in (("KIDNEY", "KID"), ("MARROW", "MAR")):
        total = sum(record["DOSE_GY"] for record in doses if record["ORGAN"] == organ)
        parts = [row(out, code + ending, "CUMULATIVE")["AVAL"] for ending in ("LU", "Y", "TOT")]
        np.testing.assert_allclose(parts[2], total, atol=2e-6)
        np.testing.assert_allclose(parts[0] + parts[1], parts[2], atol=2e-6)


def test_limits_of_the_protocol_in_order(study):
    limits = dose_limits(study)
    assert [(x.criterion, x.organ, x.per_cycle, x.gray) for x in limits] == [
        ("CRIT1", "KIDNEY", False, 23),
        ("CRIT2", "MARROW", True, 0.5),
        ("CRIT3", "MARROW", False, 2),
    ]
    assert limits[1].text == "Bone marrow dose of a cycle > 0.5 Gy"


def test_only_totals_beyond_their_own_limit_are_flagged(study):
    doses = pd.DataFrame(
        [
            ("KIDNEY", None, "SUM", 23.0),
            ("KIDNEY", None, "SUM", 23.01),
            ("KIDNEY", "Y90", "SUM", 30.0),
            ("KIDNEY", None, None, 30.0),
            ("MARROW", None, None, 0.1 + 0.2 + 0.2),
            ("MARROW", None, None, 0.51),
            ("MARROW", None, "SUM", 2.01),
        ],
        columns=["ORGAN", "ISOTOPE", "DTYPE", "AVAL"],
    )
    out = add_limits(doses, dose_limits(study))
    assert out["CRIT1FL"].tolist() == [None, "Y", None, None, None, None, None]
    assert out["CRIT2FL"].tolist() == [None, None, None, None, None, "Y", None]
    assert out["CRIT3FL"].tolist() == [None, None, None, None, None, None, "Y"]
    assert out["CRIT1"].notna().tolist() == [True, True, False, False, False, False, False]
