"""simulate_cut: the same seed the same cut, and never a finding of severity error."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats import check_cut, load_study, simulate_cut
from duonen_stats.raw.intake.convert import raw_csv
from duonen_stats.simulated.cut.noise import Noise


def text(cut):
    study = load_study()
    return {table.name: raw_csv(cut.tables[table.name], table) for table in study.tables}


@pytest.mark.parametrize("stage", ["INTERIM", "FINAL"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_cohort(stage):
    assert text(simulate_cut(4, stage=stage)) == text(simulate_cut(4, stage=stage))
    one, two = text(simulate_cut(4, stage=stage)), text(simulate_cut(5, stage=stage))
    assert [name for name in one if one[name] == two[name]] == ["reference_ranges"]  # comes with the values


def test_numbers_of_patients_are_the_dictionarys_and_the_cut_says_what_it_is():
    interim, final = simulate_cut(1), simulate_cut(1, stage="FINAL")
    assert len(interim.tables["subjects"]) == 56
    assert len(final.tables["subjects"]) == 92
    assert (interim.origin, interim.stage, final.stage) == ("SIMULATED", "INTERIM", "FINAL")
    assert interim.simulated
    assert "SIMULATED" in interim.label
    assert interim.cut_date == interim.tables["data_cut"]["CUTDT"].iloc[0]


@pytest.mark.law
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**63), st.sampled_from([1, 2, 3, 4, 5, 17]), st.sampled_from(["INTERIM", "FINAL"]))
def test_no_cut_has_an_error_and_warnings_are_few(seed, patients, stage):
    study = load_study()
    found = check_cut(simulate_cut(seed, patients, stage), study)
    rules = Counter((one.severity, one.rule) for one in found)
    assert not [rule for severity, rule in rules if severity == "error"]
    # A small cut, or an arm of it, may lack events, fixed activities go on beyond a limit of dose, and few values are
    # far off by chance.
    usual = {"DD-NOROWS", "DOS-CONTINUED", "LAB-JUMP", "AE-ARM"}
    assert {rule for severity, rule in rules if severity == "warning"} <= usual
    assert rules["warning", "LAB-JUMP"] <= 2


def test_noise_is_added_on_request_and_the_rest_stays(study):
    clean, noisy = simulate_cut(6), simulate_cut(6, noise=Noise(per_thousand=2))
    assert text(clean) != text(noisy)
    assert text(noisy) == text(simulate_cut(6, noise=Noise(per_thousand=2)))
    assert any(one.severity == "error" for one in check_cut(noisy, study))
