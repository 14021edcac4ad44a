import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import administration, cycles, make_cut, subject

from duonen_stats.datasets.exposure.adex import build_adex
from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.plan import INTERIM
from duonen_stats.study import load_study


def adex(study, **tables):
    records = select_records(make_cut(**tables), study)
    return build_adex(records, build_adsl(records, study, INTERIM), study, INTERIM)


def row(frame, parameter, visit):
    (found,) = frame.loc[(frame["PARAMCD"] == parameter) & (frame["AVISIT"] == visit)].to_dict("records")
    return found


@pytest.fixture(scope="module")
def tandem(study):
    """Arm B: 90Y raised, then halved, then left out."""
    given = cycles("001", [3700.0] * 4, [1850.0, 3700.0, 925.0, None])
    return adex(study, subjects=[subject("001", "B")], administrations=given)


def test_a_row_per_cycle_and_isotope_of_the_arm(tandem):
    plain = tandem.loc[tandem["DTYPE"].isna()]
    assert plain[["PARAMCD", "AVISIT"]].to_numpy().tolist() == [
        [code, f"T{k}"] for code in ("A177LU", "A90Y") for k in (1, 2, 3, 4)
    ]
    assert row(tandem, "A90Y", "T2")["CHG"] == 1850
    assert row(tandem, "A90Y", "T2")["PCHG"] == 100
    assert row(tandem, "A90Y", "T1")["BASE"] == 1850
    assert np.isnan(row(tandem, "A90Y", "T1")["CHG"])
    assert row(tandem, "A177LU", "T4")["CHG"] == 0
    assert set(tandem["AVALU"]) == {"MBq"}


def test_an_isotope_left_out_of_a_delivered_cycle_is_zero_activity(tandem):
    left_out = row(tandem, "A90Y", "T4")
    assert (left_out["AVAL"], left_out["CHG"], left_out["PCHG"]) == (0, -1850, -100)


def test_cumulative_activity(tandem):
    assert row(tandem, "A177LU", "CUMULATIVE")["AVAL"] == 14800
    total = row(tandem, "A90Y", "CUMULATIVE")
    assert (total["AVAL"], total["DTYPE"]) == (6475, "SUM")
    assert pd.isna(total["ASTDT"])


def test_modification_row_only_for_the_modified_isotope(tandem):
    rows = tandem.loc[tandem["AVISIT"] == "MODIFICATION"]
    assert rows["PARAMCD"].tolist() == ["A90Y"]
    summary = row(tandem, "A90Y", "MODIFICATION")
    assert summary["DTYPE"] == "AVERAGE"
    assert summary["CHG"] == pytest.approx((1850 - 925 - 1850) / 3, abs=1e-6)
    assert summary["UPCHG"] == 1850
    assert summary["DNCHG"] == pytest.approx(-1387.5)
    assert (summary["AVALC"], summary["NCYMOD"]) == ("DECREASED", 3)
    assert (summary["ANYUPFL"], summary["ANYDNFL"]) == ("Y", "Y")


def test_fixed_arm_has_no_modification_and_no_other_isotope(study):
    out = adex(study, subjects=[subject("001", "A")], administrations=cycles("001", [7400.0, 7400.0]))
    assert set(out["PARAMCD"]) == {"A177LU"}
    assert "MODIFICATION" not in set(out["AVISIT"])


def test_one_cycle_has_a_row_that_says_not_evaluable(study):
    out = adex(study, subjects=[subject("001", "D")], administrations=cycles("001", [7400.0]))
    summary = row(out, "A177LU", "MODIFICATION")
    assert summary["AVALC"] == "NOT EVALUABLE"
    assert np.isnan(summary["CHG"])
    assert summary["NCYMOD"] == 0


def test_an_isotope_foreign_to_the_arm_is_shown_without_percent(study):
    out = adex(
        study, subjects=[subject("001", "A")], administrations=cycles("001", [7400.0] * 2, [500.0, 600.0])
    )
    foreign = row(out, "A90Y", "T2")
    assert (foreign["AVAL"], foreign["CHG"]) == (600, 100)
    assert np.isnan(foreign["PCHG"])


def test_never_treated_has_no_rows_but_all_columns(study):
    out = adex(study, subjects=[subject("001", "C")])
    assert len(out) == 0
    assert "ONLYUNFL" in out
    assert str(out["AVAL"].dtype) == "float64"


@pytest.mark.law
@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("BCD"), st.lists(st.floats(1, 9000), min_size=1, max_size=4)),
        min_size=1,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_sums_changes_and_row_order(patients, shuffle):
    study = load_study()
    rows = []
    for number, (arm, activities) in enumerate(patients):
        second = [1850.0] * len(activities) if arm in "BC" else None
        rows += cycles(str(number), activities, second)
    subjects = [subject(str(number), arm) for number, (arm, _) in enumerate(patients)]
    out = adex(study, subjects=subjects, administrations=rows)
    plain = out.loc[out["DTYPE"].isna()]
    totals = out.loc[out["DTYPE"] == "SUM"].set_index(["USUBJID", "PARAMCD"])["AVAL"]
    expected = plain.groupby(["USUBJID", "PARAMCD"])["AVAL"].sum()
    np.testing.assert_allclose(totals, expected.loc[totals.index], atol=1e-6)
    later = plain.dropna(subset=["CHG"])
    np.testing.assert_allclose(later["CHG"] + later["BASE"], later["AVAL"], atol=1e-6)
    shuffle.shuffle(rows)
    shuffle.shuffle(subjects)
    pd.testing.assert_frame_equal(adex(study, subjects=subjects, administrations=rows), out)


def test_cycles_out_of_order_in_the_file_are_sorted(study):
    given = [administration("001", "T2", 56, 8000.0), administration("001", "T1", 0, 7400.0)]
    out = adex(study, subjects=[subject("001", "D")], administrations=given)
    assert out["AVISIT"].tolist() == ["T1", "T2", "CUMULATIVE", "MODIFICATION"]
