from dataclasses import replace

import pytest

from duonen_stats.raw import apply_cut, read_cut
from duonen_stats.raw.shipped_cohort import origin_of
from duonen_stats.simulated.cut.simulation import simulate_cut


def changed(cut, table, frame):
    return replace(cut, tables={**cut.tables, table: frame})


def test_the_shipped_cohort_is_known_by_its_records_not_by_its_name_or_order(study, cut, cohort_copy):
    assert origin_of(cut, study) == "shipped"
    about = cut.tables["data_cut"].assign(LABEL="another name")
    assert origin_of(changed(cut, "data_cut", about), study) == "shipped"
    labs = cut.tables["labs"]
    turned = labs.iloc[::-1].reset_index(drop=True).assign(_ROW=range(len(labs)))[labs.columns[::-1]]
    assert origin_of(changed(cut, "labs", turned), study) == "shipped"
    assert origin_of(read_cut(study, cohort_copy), study) == "shipped"


@pytest.mark.parametrize("table", ["labs", "subjects", "adverse_events", "dosimetry", "follow_up"])
def test_a_record_less_or_twice_is_another_cohort(study, cut, table):
    frame = cut.tables[table]
    assert origin_of(changed(cut, table, frame.iloc[1:]), study) == "simulated"
    twice = frame.iloc[[*range(len(frame)), 0]]
    assert origin_of(changed(cut, table, twice), study) == "simulated"


def test_one_other_value_is_another_cohort(study, cut):
    labs = cut.tables["labs"].copy()
    labs.loc[labs.index[7], "VALUE"] += 1e-9
    assert origin_of(changed(cut, "labs", labs), study) == "simulated"
    subjects = cut.tables["subjects"].copy()
    subjects.loc[subjects.index[0], "AGE"] += 1
    subjects.loc[subjects.index[1], "AGE"] -= 1  # the same sum, other patients
    assert origin_of(changed(cut, "subjects", subjects), study) == "simulated"


def test_other_simulated_data_and_an_earlier_day_are_not_the_shipped_cohort(study, cut):
    assert origin_of(simulate_cut(3, patients=12, study=study), study) == "simulated"
    assert origin_of(apply_cut(cut, study, "2025-01-31"), study) == "simulated"


def test_data_of_the_trial_are_of_the_trial_whatever_they_are(study, cut):
    assert origin_of(replace(cut, origin="TRIAL"), study) == "trial"
    assert origin_of(replace(cut, origin=None), study) == "shipped"  # unstated: taken to be simulated
