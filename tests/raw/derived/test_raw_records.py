import pytest

from duonen_stats.raw.derived.cut_view import CutView


@pytest.fixture
def records(worked, study):
    return lambda: CutView(worked.read(), study)


def test_cycles_of_randomised_patients_once_each_and_in_order(worked, records):
    worked.tables["administrations"].reverse()
    worked.add("administrations", SUBJID="P-1", CYCLE="T1", EXDT="2024-01-01", LU177_MBQ="1")
    worked.add("administrations", SUBJID="P-9", CYCLE="T1", EXDT="2024-01-01", LU177_MBQ="1")
    worked.add("administrations", SUBJID="P-1", CYCLE="T7", EXDT="2024-01-01", LU177_MBQ="1")
    cycles = records().cycles
    assert [*zip(cycles["SUBJID"], cycles["NUMBER"], strict=True)] == [
        ("P-1", 1), ("P-1", 2), ("P-1", 3), ("P-1", 4), ("P-2", 1), ("P-2", 2),
    ]  # fmt: skip
    assert cycles["EXDT"].iloc[0].year == 2023
    assert cycles["ARM"].to_list() == ["A"] * 4 + ["B"] * 2


def test_activities_have_a_row_for_each_isotope_given(records):
    given = records().activities
    assert given.groupby(["SUBJID", "ISOTOPE"]).size().to_dict() == {
        ("P-1", "LU177"): 4,
        ("P-2", "LU177"): 2,
        ("P-2", "Y90"): 2,
    }


def test_span_of_treatment(records, on):
    span = records().span
    assert [f"{one:%Y-%m-%d}" for one in span.loc["P-2", ["FIRST", "LAST"]]] == [on(0), on(56)]


def test_values_and_limits_come_in_the_unit_of_the_analyte(worked, records):
    where = {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": "HGB"}
    worked.change("labs", where, VALUE="125", UNIT="g/L", LLN="120", ULN="")
    row = records().labs.query("SUBJID == 'P-1' and VISIT == 'V1' and ANALYTE == 'HGB'").iloc[0]
    assert (row["AVAL"], row["ANRLO"]) == (12.5, 12.0)
    assert row["ANRHI"] != row["ANRHI"]  # missing
    worked.change("labs", where, UNIT="spoons")
    assert records().labs["AVAL"].isna().sum() == 1


def test_the_last_value_before_the_first_cycle(worked, records, on):
    where = {"SUBJID": "P-1", "VISIT": "T1", "ANALYTE": "HGB"}
    worked.add("labs", **{**worked.one("labs", **where), "LBDT": on(-1), "VALUE": "11"})
    worked.add("labs", **{**where, "LBDT": on(0), "UNIT": "g/dL"})
    start = records().baseline_labs
    assert start.loc[(start["SUBJID"] == "P-1") & (start["ANALYTE"] == "HGB"), "AVAL"].to_list() == [11.0]
    assert len(start) == 20


def test_samplings_are_one_row_a_visit_and_date(records):
    samplings = records().samplings
    assert len(samplings) == 12
    assert set(samplings["DAY"]) == {-3, 14}
    assert samplings["GIVEN"].all()


def test_every_date_of_every_patient(worked, records):
    dates = records().dates
    counts = dates.groupby(["TABLE", "COLUMN"]).size()
    assert counts["labs", "LBDT"] == len(worked.tables["labs"])
    assert counts["adverse_events", "ENDDT"] == 2
    assert "data_cut" not in counts.index.get_level_values(0)
    assert ("follow_up", "DEATHDT") not in counts.index
