"""An output replaces an earlier one of its kind as it was written, and nothing else."""

import json

import pytest
from comparison.small_output import folder_of

from duonen_stats.commands.build_datasets import write_datasets
from duonen_stats.commands.convert_cut import convert_cut
from duonen_stats.commands.simulate_cut import write_simulation
from duonen_stats.errors import DuonenError, OptionError
from duonen_stats.folder import replaceable
from duonen_stats.folder.provenance import (
    AUDIT,
    CONVERTED_CUT,
    DATASETS,
    REPORT,
    SIMULATED_CUT,
)
from duonen_stats.folder.replaceable import require_apart, require_replaceable

FILES = {"results.csv": "a,b\n1,2\n", "tables/table_1.csv": "c\n3\n"}


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("out", ["cut", "cut/", ".", "link", "sub/../cut", "up/place"])
def test_what_is_read_is_never_replaced(tmp_path, monkeypatch, out):
    place = tmp_path / "place"
    folder_of(place / "cut", FILES)
    (place / "sub").mkdir()
    (place / "link").symlink_to("cut")
    (place / "up").symlink_to(tmp_path)
    monkeypatch.chdir(place)
    for read in (place / "cut", "cut", "link", "./sub/../cut"):
        with pytest.raises(DuonenError, match="holds what is read"):
            require_apart(out, None, read)
    require_apart("cut/results", place / "cut")
    require_apart("cut2", place / "cut")


def test_a_folder_that_a_link_among_the_data_leads_into_is_not_replaced(tmp_path):
    folder_of(tmp_path / "kept", FILES)
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "labs.csv").symlink_to(tmp_path / "kept" / "results.csv")
    with pytest.raises(DuonenError, match="kept holds what is read"):
        require_apart(tmp_path / "kept", tmp_path / "cut")


def test_an_unchanged_output_of_the_same_kind_is_replaced(tmp_path):
    out = folder_of(tmp_path / "out", FILES, kind=AUDIT)
    require_replaceable(out, AUDIT)
    (out / "results.csv").unlink()  # nothing of it is left to lose
    require_replaceable(out, AUDIT)
    require_replaceable(tmp_path / "new", AUDIT)


def test_what_the_r_program_of_a_report_wrote_is_made_again(tmp_path):
    out = folder_of(tmp_path / "out", {**FILES, "verification/recompute.R": "1\n"})
    (out / "verification" / "verification_r.csv").write_text("analysis_id\n")
    require_replaceable(out, REPORT)
    (out / "verification" / "notes.txt").write_text("mine\n")
    with pytest.raises(OptionError, match=r"notes\.txt"):
        require_replaceable(out, REPORT)


@pytest.mark.parametrize("changed", ["a,b\n1,3\n", "a,b\n1,2\nmine\n"])
def test_a_file_changed_by_hand_is_kept_and_named(tmp_path, changed):
    out = folder_of(tmp_path / "out", FILES, kind=REPORT)
    (out / "results.csv").write_text(changed)
    before = content(out)
    with pytest.raises(DuonenError, match=r"changed after they were written \(results\.csv\)"):
        require_replaceable(out, REPORT)
    assert content(out) == before


@pytest.mark.parametrize("found", [SIMULATED_CUT, CONVERTED_CUT, DATASETS, AUDIT, None])
def test_an_output_of_another_kind_is_kept_and_one_without_kind_is_a_report(tmp_path, found):
    out = folder_of(tmp_path / "out", FILES, **({} if found is None else {"kind": found}))
    for kind in (SIMULATED_CUT, CONVERTED_CUT, DATASETS, AUDIT, REPORT):
        if kind == (found or REPORT):
            require_replaceable(out, kind)
        else:
            with pytest.raises(DuonenError, match=f"another kind \\({found or REPORT}\\)"):
                require_replaceable(out, kind)


def test_a_link_to_a_folder_of_somebody_is_not_lost(tmp_path):
    out = folder_of(tmp_path / "out", FILES)
    (tmp_path / "mine").mkdir()
    (out / "mine").symlink_to(tmp_path / "mine")
    with pytest.raises(DuonenError, match=r"no run of this package wrote \(mine\)"):
        require_replaceable(out, REPORT)


def test_a_run_that_replaces_the_folder_meanwhile_is_no_change_by_hand(tmp_path, monkeypatch):
    out = folder_of(tmp_path / "out", FILES)
    judge, calls = replaceable._refusal, []

    def late(place, kind, manifest):
        if not calls:
            folder_of(place, {**FILES, "results.csv": "another\n"})
        calls.append(judge(place, kind, manifest))
        return calls[-1]

    monkeypatch.setattr(replaceable, "_refusal", late)
    require_replaceable(out, REPORT)
    assert "results.csv" in calls[0]
    assert calls[1] is None


def test_a_cut_survives_every_command_that_names_it_as_output(tmp_path):
    cut, second = tmp_path / "cut", tmp_path / "second"
    write_simulation(cut, seed=3, patients=5)
    write_simulation(second, seed=4, patients=5)
    assert json.loads((cut / "manifest.json").read_bytes())["kind"] == SIMULATED_CUT
    before = content(tmp_path)
    for data, out in ((cut, cut), (cut, tmp_path), (cut, second), (None, second)):
        with pytest.raises(DuonenError, match="would be lost"):
            write_datasets(data, out=out)
        with pytest.raises(DuonenError, match="would be lost"):
            convert_cut(data, out, kind="csv")
    assert content(tmp_path) == before
    (cut / "labs.csv").write_text("mine")
    with pytest.raises(DuonenError, match=r"labs\.csv"):
        write_simulation(cut, seed=3, patients=5)
    assert (cut / "labs.csv").read_text() == "mine"


def test_a_workbook_does_not_take_the_place_of_a_file_of_its_data(tmp_path):
    cut = tmp_path / "cut"
    write_simulation(cut, seed=3, patients=5)
    before = content(cut)
    for name in ("labs.csv", "."):
        with pytest.raises(OptionError, match=r"would be lost|is a folder"):
            convert_cut(cut, cut / name, kind="workbook")
    assert content(cut) == before
    convert_cut(cut, cut / "all.xlsx", kind="workbook")
