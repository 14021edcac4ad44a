"""A simulated data cut as a folder."""

import hashlib
import json

import pandas as pd
import pytest

from duonen_stats.commands.simulate_cut import write_simulation
from duonen_stats.errors import DuonenError
from duonen_stats.raw import read_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.simulated.cut.noise import Noise
from duonen_stats.simulated.cut.simulation import USUAL, simulate_cut
from duonen_stats.simulated.model.assumption import stated


def test_the_folder_is_read_as_the_cut_that_was_simulated(study, tmp_path):
    write_simulation(tmp_path / "cut", seed=3, patients=12, stage="FINAL")
    read, made = read_cut(study, tmp_path / "cut"), simulate_cut(3, 12, "FINAL")
    for name, frame in made.tables.items():
        pd.testing.assert_frame_equal(read.tables[name], frame)
    assert read.simulated
    assert not [one for one in check_cut(read, study) if one.severity != "note"]
    assert len(read.files) == len(study.tables)


def test_same_seed_same_bytes_and_an_earlier_simulation_is_replaced(tmp_path):
    write_simulation(tmp_path / "one", seed=3, patients=5)
    write_simulation(tmp_path / "two", seed=4, patients=5)
    write_simulation(tmp_path / "two", seed=3, patients=5)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "README.md" in names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_card_lists_every_assumption_and_the_manifest_every_file(tmp_path):
    told = write_simulation(tmp_path / "cut", seed=3, patients=5, noise=Noise(per_thousand=20))
    assert "SIMULATED" in told
    card = (tmp_path / "cut" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("# Data card: SIMULATED")
    for one in stated(USUAL):
        assert f"| `{one.name}` |" in card
    assert "20 a thousand records" in card
    manifest = json.loads((tmp_path / "cut" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seeds"] == {"simulation": 3}
    assert manifest["assumptions"]["adaptation"]["target"] == USUAL.adaptation.target
    for item in manifest["outputs"]:
        content = (tmp_path / "cut" / item["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == item["sha256"]


def test_what_is_no_simulation_stays(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(DuonenError, match="holds files"):
        write_simulation(tmp_path / "mine", seed=1, patients=2)
    assert (tmp_path / "mine" / "notes.txt").read_text(encoding="utf-8") == "keep"
