"""The raw tables of a simulated trial."""

import pandas as pd
import pytest

from duonen_stats.raw.intake.convert import DTYPES
from duonen_stats.simulated.cut.simulation import USUAL
from duonen_stats.simulated.cut.tables import raw_tables, subject_names
from duonen_stats.simulated.model.trial import simulate_trial


@pytest.fixture(scope="module")
def tables(study):
    return raw_tables(simulate_trial(5, 56, "INTERIM", study, USUAL), study, "SIMULATED")


def test_every_column_of_the_dictionary_is_there_and_typed(tables, study):
    for table in study.tables:
        frame = tables[table.name]
        assert [*frame.columns] == [*(column.name for column in table.columns), "_ROW"]
        for column in table.columns:
            assert str(frame[column.name].dtype) == DTYPES[column.type]
        assert frame["_ROW"].tolist() == [*range(2, len(frame) + 2)]
        assert not frame.duplicated([*table.key]).any()


def test_patients_are_numbered_by_centre(study, tables):
    trial = simulate_trial(5, 56, "INTERIM", study, USUAL)
    names = subject_names(trial)
    assert names[0] == "01-001"
    assert (tables["subjects"]["SUBJID"] == names).all()
    assert (tables["subjects"]["SUBJID"].str[:2] == tables["subjects"]["SITEID"]).all()


def test_reasons_go_with_changes_of_activity(large_cut):
    given = large_cut.tables["administrations"].merge(
        large_cut.tables["subjects"][["SUBJID", "ARM"]], on="SUBJID"
    )
    assert (given.loc[given["ARM"] == "A", "REASON"] == "PLANNED").all()
    assert (given.loc[given["CYCLE"] == "T1", "REASON"] == "PLANNED").all()
    arm_d = given[given["ARM"] == "D"]
    mean = arm_d.groupby("REASON")["LU177_MBQ"].mean()
    assert mean["DOSIMETRY_REDUCTION"] < mean["PLANNED"] < mean["DOSIMETRY_INCREASE"]


def test_the_activity_set_is_what_the_given_one_was_dispensed_from(large_cut):
    given = large_cut.tables["administrations"]
    for isotope in ("LU177", "Y90"):
        own = given.dropna(subset=[f"{isotope}_MBQ"])
        error = own[f"{isotope}_MBQ"] / own[f"{isotope}_SET_MBQ"] - 1
        assert error.abs().max() <= 0.051  # half the tolerance, and whole MBq
        assert error.std() == pytest.approx(0.012, rel=0.1)
        assert given[f"{isotope}_SET_MBQ"].isna().equals(given[f"{isotope}_MBQ"].isna())


def test_dosimetry_stands_for_cycles_and_isotopes_given_only(large_cut):
    given = large_cut.tables["administrations"].melt(
        ["SUBJID", "CYCLE"], ["LU177_MBQ", "Y90_MBQ"], var_name="ISOTOPE", value_name="MBQ"
    )
    given = given.dropna(subset=["MBQ"]).assign(ISOTOPE=lambda rows: rows["ISOTOPE"].str.removesuffix("_MBQ"))
    doses = large_cut.tables["dosimetry"].merge(given, on=["SUBJID", "CYCLE", "ISOTOPE"], how="left")
    assert doses["MBQ"].notna().all()
    specific = doses["DOSE_GY"] / doses["MBQ"] * 1000
    kidney = specific[(doses["ORGAN"] == "KIDNEY") & (doses["ISOTOPE"] == "LU177")]
    assert kidney.between(0.099, 1.51).all()


def test_the_last_contact_is_not_before_any_record(large_cut):
    last = large_cut.tables["follow_up"].set_index("SUBJID")
    dated = {
        "labs": "LBDT",
        "administrations": "EXDT",
        "tumour_assessments": "ASSESSDT",
        "adverse_events": "STARTDT",
    }
    for name, column in dated.items():
        latest = large_cut.tables[name].groupby("SUBJID")[column].max()
        assert (latest <= last["LASTDT"][latest.index]).all(), name
    dead = last["STATUS"] == "DEAD"
    assert (last.loc[dead, "DEATHDT"] == last.loc[dead, "LASTDT"]).all()
    assert last.loc[~dead, "DEATHDT"].isna().all()


def test_disposition_agrees_with_the_cycles(large_cut):
    delivered = large_cut.tables["administrations"].groupby("SUBJID").size()
    status = large_cut.tables["disposition"].set_index("SUBJID")
    assert (status["STATUS"] == "COMPLETED").eq(delivered == 4).all()
    assert status.loc[status["STATUS"] == "DISCONTINUED", "REASON"].notna().all()
    assert status.loc[status["STATUS"] == "COMPLETED", "REASON"].isna().all()
    assert isinstance(status["DSDT"].max(), pd.Timestamp)
