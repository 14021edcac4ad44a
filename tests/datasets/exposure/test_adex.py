import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import administration, cycles, make_cut, subject

from duonen_stats.datasets.exposure.adex import build_adex, derive_modification
from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.errors import DataError
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


def patient(activities, nominal=1000.0, subjid="1"):
    """Activities of T1, T2, ...; None is a cycle that was not delivered."""
    rows = [(f"T{k}", value) for k, value in enumerate(activities, 1) if value is not None]
    frame = pd.DataFrame(rows, columns=["AVISIT", "AVAL"]).astype({"AVAL": float})
    change = (frame["AVAL"] - activities[0] if activities[0] is not None else np.nan * frame["AVAL"]).round(6)
    base = activities[0] if activities[0] is not None else np.nan
    return frame.assign(SUBJID=subjid, BASE=base, CHG=change.where(frame["AVISIT"] != "T1"), NOMINAL=nominal)


def derive(*frames, tolerance=0.10):
    cycles = pd.concat(frames, ignore_index=True)
    return derive_modification(cycles, first_cycle="T1", tolerance=tolerance, decimals=6)


@pytest.mark.parametrize(
    ("activities", "category", "mean"),
    [
        ([1000, 1101, 1101], "INCREASED", 101),
        ([1000, 1100, 1100], "UNCHANGED", 100),  # exactly 10 % is within
        ([1000, 900, 900], "UNCHANGED", -100),
        ([1000, 899, 899], "DECREASED", -101),
        ([1000, 1000, 1000, 1000], "UNCHANGED", 0),
        ([1000, 0, None, 0], "DECREASED", -1000),
        ([1000, None, 2000], "INCREASED", 1000),
    ],
)
def test_the_category_goes_by_the_mean_change(activities, category, mean):
    out = derive(patient(activities)).iloc[0]
    assert out["AVALC"] == category
    assert out["CHG"] == mean
    assert out["PCHG"] == pytest.approx(mean / 10)


def test_a_patient_may_go_up_and_down():
    out = derive(patient([1850, 5550, 925, 1850], nominal=1850)).iloc[0]
    assert (out["ANYUPFL"], out["ANYDNFL"], out["ONLYUNFL"]) == ("Y", "Y", None)
    assert (out["UPCHG"], out["DNCHG"]) == (3700, -925)
    assert out["CHG"] == 925
    assert out["PCHG"] == 50
    assert out["AVALC"] == "INCREASED"
    assert out["AVAL"] == 2775
    assert out["NCYMOD"] == 3


def test_up_and_down_may_cancel():
    out = derive(patient([1000, 1500, 500])).iloc[0]
    assert out["AVALC"] == "UNCHANGED"
    assert (out["ANYUPFL"], out["ANYDNFL"], out["ONLYUNFL"]) == ("Y", "Y", None)


def test_percent_is_of_the_nominal_activity_not_of_the_patients_own():
    out = derive(patient([800, 1200], nominal=1000)).iloc[0]
    assert out["PCHG"] == 40


@pytest.mark.parametrize("activities", [[1000], [1000, None, None], [None, 1200, 1200]])
def test_without_first_or_later_cycle_nothing_is_evaluable(activities):
    out = derive(patient(activities)).iloc[0]
    assert out["AVALC"] == "NOT EVALUABLE"
    assert out[["CHG", "PCHG", "AVAL", "UPCHG", "DNCHG", "ANYUPFL", "ANYDNFL", "ONLYUNFL"]].isna().all()


def test_a_cycle_twice_is_refused():
    with pytest.raises(DataError, match="unique"):
        derive(patient([1000, 1100]), patient([1000]))


@pytest.mark.law
@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, 3000), min_size=1, max_size=4).map(lambda values: [1000, *values[1:]]),
        min_size=1,
        max_size=6,
    )
)
def test_categories_partition_and_agree_with_single_cycles(patients):
    out = derive(*(patient(values, subjid=str(k)) for k, values in enumerate(patients)))
    assert len(out) == len(patients)
    assert out["AVALC"].isin(["INCREASED", "DECREASED", "UNCHANGED", "NOT EVALUABLE"]).all()
    # Whoever is increased on average has an increased cycle; likewise decreased.
    assert out.loc[out["AVALC"] == "INCREASED", "ANYUPFL"].eq("Y").all()
    assert out.loc[out["AVALC"] == "DECREASED", "ANYDNFL"].eq("Y").all()
    neither = out["ANYUPFL"].isna() & out["ANYDNFL"].isna() & (out["AVALC"] != "NOT EVALUABLE")
    assert out["ONLYUNFL"].eq("Y").equals(neither)
