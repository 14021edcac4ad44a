import json
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main
from duonen_stats.commands.make_profiles import write_profiles
from duonen_stats.commands.simulate_cut import write_simulation
from duonen_stats.errors import OptionError


def test_pages_of_chosen_patients_are_written(tmp_path):
    seen = []
    pages = write_profiles(
        None, out=tmp_path / "pages", patients=["01-001", "02-001"],
        progress=lambda name, number, of: seen.append((name, number, of)),
    )  # fmt: skip
    assert pages == ("DUONEN-01-001", "DUONEN-02-001")
    assert seen == [("DUONEN-01-001", 1, 2), ("DUONEN-02-001", 2, 2)]
    made = tmp_path / "pages"
    html = (made / "profiles.html").read_text(encoding="utf-8")
    assert html.count("<svg") >= 2
    assert "SIMULATED" in html
    # There is no number to click, and no row behind a drawing.
    assert "Click a number" not in html
    assert 'data-csv="results"' not in html
    assert (made / "profiles.pdf").read_bytes().startswith(b"%PDF")
    manifest = json.loads((made / "manifest.json").read_text())
    assert manifest["kind"] == "patient profiles"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A simulated cut of four patients."""
    folder = tmp_path_factory.mktemp("small") / "cut"
    write_simulation(folder, seed=3, patients=4, stage="FINAL")
    return folder


@pytest.mark.parametrize(("stage", "closed"), [("INTERIM", True), ("FINAL", False)])
def test_pages_with_arm_and_death_are_for_the_committee_until_the_final_analysis(tmp_path, stage, closed):
    write_simulation(tmp_path / "cut", seed=3, patients=4, stage=stage)
    (patient, *_) = write_profiles(tmp_path / "cut", out=tmp_path / "pages", of_concern=False)
    html = (tmp_path / "pages" / "profiles.html").read_text(encoding="utf-8")
    assert ("CLOSED SESSION" in html) == closed
    figures = [path.read_text(encoding="utf-8") for path in (tmp_path / "pages" / "figures").glob("*.svg")]
    assert len(figures) == 4
    assert all(("CLOSED SESSION" in one) == closed for one in figures)
    assert patient in html


def test_two_runs_give_the_same_pages(small, tmp_path):
    patient = pd.read_csv(small / "subjects.csv", dtype=str)["SUBJID"][0]
    for name in ("one", "two"):
        write_profiles(small, out=tmp_path / name, patients=[patient])
    first, second = ((tmp_path / name / "profiles.html").read_bytes() for name in ("one", "two"))
    assert first == second


def test_an_unknown_patient_is_wrong_usage_and_nothing_is_written(small, tmp_path):
    with pytest.raises(OptionError, match="no patient 01-999"):
        write_profiles(small, out=tmp_path / "pages", patients=["01-999"])
    answer = CliRunner().invoke(
        main, ["profiles", str(small), "--out", str(tmp_path / "pages"), "--patient", "01-999"]
    )
    assert answer.exit_code == 2
    assert "--patient: there is no patient 01-999" in answer.output
    assert not (tmp_path / "pages").exists()


def test_options_that_exclude_each_other_are_wrong_usage(tmp_path):
    answer = CliRunner().invoke(
        main, ["profiles", "--out", str(tmp_path / "pages"), "--patient", "01-001", "--of-concern"]
    )
    assert answer.exit_code == 2


def test_an_identifier_of_any_characters_names_a_file_of_its_own(small, tmp_path):
    shutil.copytree(small, tmp_path / "cut")
    subjects = pd.read_csv(tmp_path / "cut" / "subjects.csv", dtype=str)["SUBJID"].tolist()
    names = dict(zip(subjects, ["../../x", "01/002", "ż <b>", "P-4"], strict=True))
    for path in (tmp_path / "cut").glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "SUBJID" in frame:
            frame.assign(SUBJID=frame["SUBJID"].map(names)).to_csv(path, index=False)
    write_profiles(tmp_path / "cut", out=tmp_path / "pages")
    assert len(list((tmp_path / "pages" / "figures").glob("*.svg"))) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"cut", "pages"}
