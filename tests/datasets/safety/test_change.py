from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import day

from duonen_stats.datasets.safety.change import add_baseline, add_change, derive_nadir
from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM


def labs(values, base, days=None):
    dates = [day(d) for d in (days or range(1, len(values) + 1))]
    frame = pd.DataFrame({"AVAL": values, "BASE": base, "ADT": pd.to_datetime(dates)})
    return frame.astype({"AVAL": float, "BASE": float}).assign(TRTSDT=pd.Timestamp(day(0)))


def test_differences_are_as_on_paper_and_not_rounded():
    out = add_change(labs([12.1, 12.9], [12.9, 13.7]))
    assert 12.1 - 12.9 != 12.9 - 13.7
    assert out["CHG"].tolist() == [-0.8, -0.8]
    assert add_change(labs([10.0000001], [10.0]))["CHG"].tolist() == [1e-7]


def test_up_to_the_first_administration_there_is_no_change():
    out = add_change(labs([13.0, 12.0, 11.0], 13.0, days=[-3, 0, 1]))
    np.testing.assert_array_equal(out["CHG"], [np.nan, np.nan, -2.0])
    np.testing.assert_allclose(out["PCHG"].iloc[2], -200 / 13)


def test_missing_and_zero_baselines():
    out = add_change(labs([5.0, 5.0], [np.nan, 0.0]))
    assert np.isnan(out["CHG"].iloc[0])
    assert out["CHG"].iloc[1] == 5.0
    assert out["PCHG"].isna().all()


def test_an_absent_column_is_named():
    with pytest.raises(DataError, match="BASE"):
        add_change(labs([1.0], 1.0).drop(columns="BASE"))


@pytest.mark.law
@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 500), min_size=1, max_size=8), st.floats(0, 500), st.floats(-100, 100))
def test_change_adds_up_and_a_constant_drops_out(values, base, constant):
    out = add_change(labs(values, base))
    np.testing.assert_allclose(out["BASE"] + out["CHG"], out["AVAL"], atol=1e-9)
    shifted = add_change(labs([value + constant for value in values], base + constant))
    np.testing.assert_allclose(shifted["CHG"], out["CHG"], atol=1e-9)


def test_the_baseline_is_copied_to_every_record_of_the_analyte():
    rows = pd.DataFrame(
        {
            "SUBJID": ["1", "1", "1", "2"],
            "PARAMCD": ["HGB", "HGB", "WBC", "HGB"],
            "ABLFL": [None, "Y", None, None],
            "AVAL": [11.0, 13.0, 5.0, 12.0],
        }
    )
    out = add_baseline(rows, {"AVAL": "BASE"})
    np.testing.assert_array_equal(out["BASE"], [13.0, 13.0, np.nan, np.nan])
    assert out["AVAL"].tolist() == [11.0, 13.0, 5.0, 12.0]


def test_two_baselines_are_refused():
    rows = pd.DataFrame({"SUBJID": ["1"] * 2, "PARAMCD": ["HGB"] * 2, "ABLFL": ["Y"] * 2, "AVAL": [1.0, 2.0]})
    with pytest.raises(DataError, match="unique"):
        add_baseline(rows, {"AVAL": "BASE"})


ADVERSE = {"HGB": "low", "ALT": "high"}
NUMBERS = {"V1": 1.5, "T2": 2.0, "V2": 2.5, "V3": 3.5, "V4": 4.5}


def labs_nadir(changes, analyte="HGB", subjid="1"):
    """Changes by visit; a visit ``UNS`` is unscheduled and outside every window."""
    frame = pd.DataFrame(list(changes.items()), columns=["VISIT", "CHG"])
    frame = frame.astype({"VISIT": object, "CHG": float})
    visit = frame["VISIT"].where(frame["VISIT"] != "UNS", None)
    return frame.assign(
        SUBJID=subjid,
        PARAMCD=analyte,
        AVISIT=visit,
        AVISITN=visit.map(NUMBERS).astype(float),
        ADT=pd.to_datetime([day(14 * (k + 1)) for k in range(len(frame))]),
        AVAL=10 + frame["CHG"],
        ANL01FL=visit.map(dict.fromkeys(NUMBERS, "Y")).astype(object),
        ONTRTFL="Y",
        LBSEQ=range(1, len(frame) + 1),
    )


def nadir(rows, **changes):
    return derive_nadir(rows, adverse=ADVERSE, plan=replace(INTERIM, **changes))


def test_the_lowest_change_where_low_is_adverse():
    out = nadir(labs_nadir({"V1": -1.0, "T2": -9.0, "V2": -2.0, "V4": -0.5})).iloc[0]
    assert (out["CHG"], out["SRCVISIT"], out["AVISIT"], out["DTYPE"]) == (-2.0, "V2", "NADIR", "MINIMUM")
    assert out["AVAL"] == 8.0


def test_the_highest_change_where_high_is_adverse():
    out = nadir(labs_nadir({"V1": 3.0, "V2": -2.0}, "ALT")).iloc[0]
    assert (out["CHG"], out["SRCVISIT"], out["DTYPE"]) == (3.0, "V1", "MAXIMUM")


@pytest.mark.parametrize("analyte", ["HGB", "ALT"])
def test_ties_are_dated_by_the_plan(analyte):
    worst = -2.0 if analyte == "HGB" else 2.0
    rows = labs_nadir({"V1": 0.0, "V2": worst, "V3": worst}, analyte)
    assert nadir(rows)["SRCVISIT"].tolist() == ["V2"]
    assert nadir(rows, nadir_tie="last")["SRCVISIT"].tolist() == ["V3"]


def test_the_other_scope_takes_every_record_on_treatment():
    rows = labs_nadir({"V1": -1.0, "T2": -3.0, "UNS": -4.0, "V2": -2.0})
    out = nadir(rows, nadir_scope="on_treatment").iloc[0]
    assert (out["CHG"], out["SRCVISIT"]) == (-4.0, "UNS")
    later = rows.assign(ONTRTFL=rows["ONTRTFL"].where(rows["VISIT"] != "UNS"))
    assert nadir(later, nadir_scope="on_treatment")["SRCVISIT"].tolist() == ["T2"]


def test_a_gain_is_a_nadir_too_and_no_change_is_none():
    assert nadir(labs_nadir({"V1": 0.4, "V2": 0.2}))["CHG"].tolist() == [0.2]
    assert nadir(labs_nadir({"V1": np.nan, "V2": np.nan})).empty
    assert nadir(labs_nadir({"T2": -1.0})).empty
    assert nadir(labs_nadir({})).empty


def test_records_that_do_not_stand_for_the_visit_are_passed_over():
    rows = labs_nadir({"V1": -1.0, "V2": -5.0})
    out = nadir(rows.assign(ANL01FL=rows["ANL01FL"].where(rows["VISIT"] != "V2")))
    assert out["CHG"].tolist() == [-1.0]


@pytest.mark.parametrize(("analyte", "worst"), [("HGB", -2.0), ("ALT", 2.0)])
def test_follow_up_visits_are_in_the_order_of_the_plan_and_not_of_their_dates(analyte, worst):
    """V2 was delayed beyond V3: of equal changes the first is that of V2, the last that of V3."""
    rows = labs_nadir({"V3": worst, "V2": worst, "V1": 0.0}, analyte)
    assert nadir(rows)["SRCVISIT"].tolist() == ["V2"]
    assert nadir(rows, nadir_tie="last")["SRCVISIT"].tolist() == ["V3"]


@pytest.mark.parametrize(("analyte", "worst"), [("HGB", -2.0), ("ALT", 2.0)])
def test_records_on_treatment_are_in_the_order_of_their_dates_then_of_the_file(analyte, worst):
    rows = labs_nadir({"V3": worst, "UNS": worst, "V1": worst}, analyte)
    for tie, visit in (("first", "V3"), ("last", "V1")):
        assert nadir(rows, nadir_scope="on_treatment", nadir_tie=tie)["SRCVISIT"].tolist() == [visit]
    one_day = rows.assign(ADT=rows["ADT"].iloc[0], LBSEQ=[2, 3, 1])
    for tie, visit in (("first", "V1"), ("last", "UNS")):
        assert nadir(one_day, nadir_scope="on_treatment", nadir_tie=tie)["SRCVISIT"].tolist() == [visit]


def test_changes_that_differ_by_binary_noise_are_a_tie():
    noise = 1e-12
    for first, second in ((-2.0, -2.0 + noise), (-2.0 + noise, -2.0)):
        assert nadir(labs_nadir({"V1": first, "V2": second}))["SRCVISIT"].tolist() == ["V1"]


def test_each_patient_and_analyte_has_its_own_worst():
    rows = pd.concat(
        [
            labs_nadir({"V1": -1.0, "V2": -3.0}),
            labs_nadir({"V1": 2.0, "V2": 5.0}, "ALT"),
            labs_nadir({"V1": -4.0, "V2": -2.0}, subjid="2"),
            labs_nadir({"V1": 7.0, "V2": -9.0}, "ALT", subjid="2"),
        ],
        ignore_index=True,
    )
    found = nadir(rows).set_index(["SUBJID", "PARAMCD"])["CHG"].to_dict()
    assert found == {("1", "HGB"): -3.0, ("1", "ALT"): 5.0, ("2", "HGB"): -4.0, ("2", "ALT"): 7.0}


@pytest.mark.law
@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([-2.0, -1.0, 0.0, 1.0]), min_size=1, max_size=4),
    st.sampled_from(["HGB", "ALT"]),
    st.randoms(use_true_random=False),
)
def test_no_follow_up_visit_is_worse_whatever_the_order(changes, analyte, shuffle):
    rows = labs_nadir(dict(zip(("V1", "V2", "V3", "V4"), changes, strict=False)), analyte)
    out = nadir(rows).iloc[0]
    worst = min(changes) if analyte == "HGB" else max(changes)
    assert out["CHG"] == worst
    assert out["SRCVISIT"] == f"V{changes.index(worst) + 1}"
    order = list(rows.index)
    shuffle.shuffle(order)
    pd.testing.assert_series_equal(nadir(rows.loc[order]).iloc[0], out)
