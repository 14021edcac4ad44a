"""Frozen files: written as sites record, with the checksums of what was written."""

import hashlib

from duonen_stats import load_study, read_cut
from duonen_stats.simulated.calibration.freeze import freeze
from duonen_stats.simulated.cut.simulation import simulate_cut


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
