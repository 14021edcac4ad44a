"""A whole calibration, cut short: the tables are a valid data cut of the right patients, told stage by stage."""

from functools import cache

import pytest
from calibration_parts import published_targets

from duonen_stats import load_study
from duonen_stats.simulated.calibration.cohort import build_cohort
from duonen_stats.simulated.calibration.stage import Settings

pytestmark = pytest.mark.worked


@cache
def made():
    told = []
    settings = Settings(seed=20260101, candidates=2500, starts=1, report=told.append)
    return build_cohort(published_targets(), load_study(), settings, pool=2500), told


def test_every_stage_is_told_and_recorded():
    cohort, told = made()
    assert list(cohort.records) == told
    stages = [record.stage for record in told]
    assert stages[0] == "patients"
    assert "doses KIDNEY" in stages
    assert stages[-1] == "laboratory BILI"
    assert cohort.loss == sum(record.loss for record in told)


def test_the_tables_are_those_of_the_dictionary():
    cohort, _ = made()
    for table in load_study().tables:
        assert list(cohort.tables[table.name].columns) == [column.name for column in table.columns]
    assert cohort.tables["subjects"]["ARM"].value_counts().to_dict() == {"A": 16, "B": 16, "C": 12, "D": 12}
    assert cohort.tables["data_cut"]["ORIGIN"].tolist() == ["SIMULATED"]
    assert len(cohort.tables["adverse_events"]) == 38


def test_patients_are_numbered_within_their_centre():
    subjects = made()[0].tables["subjects"]
    assert subjects["SUBJID"].is_unique
    assert (subjects["SUBJID"].str[:2] == subjects["SITEID"]).all()
    assert subjects.groupby("SITEID")["RANDDT"].apply(lambda dates: dates.is_monotonic_increasing).all()
