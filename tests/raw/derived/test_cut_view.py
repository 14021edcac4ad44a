import pandas as pd
import pytest

from duonen_stats.raw.derived.cut_view import CutView


@pytest.fixture(scope="module")
def records(cut, study):
    return CutView(cut, study)


def test_a_patient_stands_once(records):
    assert records.subjects["SUBJID"].is_unique


def test_cycles_come_in_order_with_the_arm(records):
    cycles = records.cycles
    assert cycles.groupby("SUBJID")["NUMBER"].apply(lambda numbers: numbers.is_monotonic_increasing).all()
    assert cycles["ARM"].isin(list("ABCD")).all()


def test_the_span_embraces_every_administration(records, cut):
    given = cut.tables["administrations"].merge(records.span, left_on="SUBJID", right_index=True)
    assert given["EXDT"].between(given["FIRST"], given["LAST"]).all()


def test_activities_have_a_row_an_isotope_given(records, cut):
    given = cut.tables["administrations"]
    assert len(records.activities) == given[["LU177_MBQ", "Y90_MBQ"]].notna().to_numpy().sum()


def test_nominal_activities_are_those_of_the_protocol(records):
    nominal = records.nominal.set_index(["ARM", "ISOTOPE"])
    assert nominal.loc[("B", "Y90"), "NOMINAL"] == 1850
    assert bool(nominal.loc[("C", "LU177"), "MODIFIED"])
    assert not bool(nominal.loc[("A", "LU177"), "MODIFIED"])


def test_labs_are_in_the_unit_of_their_analyte(records):
    own = records.labs
    assert isinstance(own, pd.DataFrame)
    assert (own["AVAL"] == own["VALUE"].astype(float)).all()  # the shipped cohort is in dictionary units
