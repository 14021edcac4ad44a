"""A whole calibration, of loosened targets so that it takes seconds: what it gives is a cohort fit to ship."""

import hashlib
from dataclasses import replace

import pytest
from calibration_parts import loosened_targets, published_targets

from duonen_stats import load_study, read_cut
from duonen_stats.errors import NotEstimable
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.simulated.calibration import stages
from duonen_stats.simulated.calibration.analytes import ANALYTES
from duonen_stats.simulated.calibration.cohort import build_cohort, freeze
from duonen_stats.simulated.calibration.stage import SearchSettings
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def cohort():
    """Analytes without what is asked of doses and of arms, which takes minutes."""
    plain = tuple(replace(plan, organ="", steady=0.0, tolerance=0.6) for plan in ANALYTES)
    settings = SearchSettings(seed=1, candidates=6_000, starts=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "ANALYTES", plain)
        return build_cohort(loosened_targets(), load_study(), settings, pool=1500)


def test_every_stage_met_its_targets(cohort):
    stages = [record.stage for record in cohort.records]
    assert all(record.loss == 0 for record in cohort.records)
    assert stages[0] == "patients"
    for kind, number in (("baseline", 7), ("activities", 3), ("doses", 2), ("laboratory", 10)):
        assert sum(stage.startswith(kind) for stage in stages) >= number


def test_counts_are_the_printed_ones(cohort):
    targets, subjects = published_targets(), cohort.tables["subjects"]
    for arm, own in subjects.groupby("ARM"):
        assert len(own) == targets.count(f"table1.N.{arm}")
        assert (own["SEX"] == "M").sum() == targets.count(f"table1.sex.male.{arm}.n")
        assert own["AGE"].max() == targets.value(f"table1.age.{arm}.max")
    assert len(cohort.tables["adverse_events"]) == 38


def test_a_check_of_the_frozen_files_finds_no_error(cohort, tmp_path):
    study = load_study()
    freeze(cohort.tables, tmp_path, study)
    found = check_cut(read_cut(study, tmp_path), study)
    assert [one.rule for one in found if one.severity == "error"] == []
    assert sum(one.severity == "warning" for one in found) < 40


def test_a_trial_too_small_to_choose_from_is_refused():
    with pytest.raises(NotEstimable, match="simulate more"):
        build_cohort(published_targets(), load_study(), SearchSettings(seed=1, starts=1), pool=40)


def test_what_is_frozen_is_read_back_and_has_its_checksum(tmp_path):
    study = load_study()
    tables = simulate_cut(1, 12).tables
    freeze(tables, tmp_path, study)
    back = read_cut(study, tmp_path)
    for table in study.tables:
        assert len(back.tables[table.name]) == len(tables[table.name])
    lines = (tmp_path / "CHECKSUMS").read_text("utf-8").splitlines()
    assert len(lines) == len(study.tables)
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_numbers_have_the_decimals_of_their_record(tmp_path):
    study = load_study()
    freeze(simulate_cut(1, 12).tables, tmp_path, study)
    labs = (tmp_path / "labs.csv").read_text("utf-8").splitlines()
    assert all(len(line.split(",")[4].split(".")[1]) == 2 for line in labs if ",WBC," in line)
    doses = (tmp_path / "dosimetry.csv").read_text("utf-8").splitlines()
    assert all(len(line.rsplit(".", 1)[1]) == 4 for line in doses if ",MARROW," in line)
