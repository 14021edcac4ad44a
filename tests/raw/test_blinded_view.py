"""Non-interference: whatever the records of treatment hold, and in whichever order the files stand, the view is one."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exchanged_cuts import ERRORS, GAPS, exchanged, ordered, tables_of, write_tables
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from duonen_stats import load_study
from duonen_stats.commands.convert_cut import convert_cut
from duonen_stats.errors import DataError, DuonenError
from duonen_stats.raw import apply_cut, read_cut
from duonen_stats.raw.blinded_view import (
    NAMES_TREATMENT,
    blinded_view,
    check_blinded_cut,
    draw_arms,
    read_blinded_cut,
    readable,
    with_drawn_arms,
)
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.simulated.cut.simulation import simulate_cut

STUDY = load_study()


def _seen(folder: Path, cut_date: str | None = None):
    """Everything that a blinded report is made of, hashes of the files aside."""
    cut = read_blinded_cut(STUDY, folder)
    try:
        cut = cut if cut_date is None else apply_cut(cut, STUDY, cut_date)
    except DuonenError as refusal:
        return str(refusal)
    found = check_blinded_cut(cut, STUDY)
    drawn = with_drawn_arms(cut, STUDY, 7)
    files = [replace(file, sha256="") for file in cut.files]
    about = (cut.name, cut.label, cut.stage, cut.cut_date, cut.readout, cut.set_aside, cut.findings)
    return {name: frame.to_csv() for name, frame in drawn.tables.items()}, found, files, about


@pytest.fixture(scope="module")
def cuts(tmp_path_factory):
    """Small simulated cuts, sound, with gaps in treatment and dosimetry, and with errors; each in a folder "cut"."""
    found = {}
    for seed, mend in enumerate([None, *GAPS, *ERRORS]):
        folder = tmp_path_factory.mktemp("cuts") / "cut"
        tables = tables_of(simulate_cut(40 + seed, patients=9, stage="FINAL" if seed % 2 else "INTERIM"))
        write_tables(tables if mend is None else mend(tables), folder)
        found[seed] = folder
    return found


@settings(max_examples=24, phases=[Phase.explicit, Phase.generate])
@given(
    which=st.integers(0, len(GAPS) + len(ERRORS)),
    seed=st.integers(0, 2**32 - 1),
    how=st.sampled_from(["whole records", "cells", "garbage"]),
    order=st.sampled_from(["arm", "shuffled", "activity"]),
    day=st.sampled_from([None, "2023-03-01"]),
)
def test_what_a_blinded_report_sees_does_not_depend_on_treatment(
    cuts, tmp_path_factory, which, seed, how, order, day
):
    folder = tmp_path_factory.mktemp("other") / "cut"
    tables = tables_of(cuts[which])
    write_tables(ordered(exchanged(tables, seed, how), seed, order), folder)
    assert _seen(folder, day) == _seen(cuts[which], day)
    shutil.rmtree(folder.parent)


@pytest.mark.parametrize("form", ["xlsx", "sav", "parquet", "xpt8", "workbook"])
def test_nor_in_another_format_of_the_files(cuts, tmp_path, form):
    for name, tables in (
        ("one", tables_of(cuts[0])),
        ("other", exchanged(tables_of(cuts[0]), 3, "whole records")),
    ):
        write_tables(ordered(tables, 3, "arm"), tmp_path / name / "csv")
        out = tmp_path / name / ("cut.xlsx" if form == "workbook" else "cut")
        convert_cut(tmp_path / name / "csv", out=out, kind=form)
    paths = [next((tmp_path / name).glob("cut*")) for name in ("one", "other")]
    assert _seen(paths[0]) == _seen(paths[1])


def test_a_cut_blinded_at_its_source_is_enough(cuts, tmp_path):
    tables = tables_of(cuts[0])
    del tables["dosimetry"]
    columns = readable(STUDY)
    write_tables({name: frame[[*columns[name]]] for name, frame in tables.items()}, tmp_path / "cut")
    seen, whole = _seen(tmp_path / "cut"), _seen(cuts[0])
    assert seen[:2] == whole[:2]


def test_the_view_of_a_cut_in_memory_is_that_of_its_files(cuts):
    one, other = read_blinded_cut(STUDY, cuts[0]), blinded_view(read_cut(STUDY, cuts[0]), STUDY)
    again = blinded_view(one, STUDY)
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name], check_like=True)
        pd.testing.assert_frame_equal(frame, again.tables[name], check_like=True)
    assert one.readout == other.readout == ()


def test_the_view_finds_nothing_that_the_whole_check_does_not_find(cuts):
    """What is withheld is not reported as missing; of the rest, each finding stands, without its line."""
    for folder in cuts.values():
        told = {
            (one.rule, one.table, one.column, one.subject)
            for one in check_blinded_cut(read_blinded_cut(STUDY, folder), STUDY)
        }
        full = check_cut(read_cut(STUDY, folder), STUDY)
        assert told <= {(one.rule, one.table, one.column, one.subject) for one in full}
        labs = {(one.rule, one.table, one.column, one.subject) for one in full if one.table == "labs"}
        assert labs <= told


def test_a_finding_names_no_line(cuts):
    found = [
        one for folder in cuts.values() for one in check_blinded_cut(read_blinded_cut(STUDY, folder), STUDY)
    ]
    assert any(one.severity == "error" for one in found)
    assert {one.row for one in found} == {None}
    assert not [one.message for one in found if "line " in one.message and any(map(str.isdigit, one.message))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nausea", "Nausea"),
        ("Alopecia grade 1", "Alopecia grade 1"),
        ("Fatigue after 90Y", NAMES_TREATMENT),
        ("y-90 related nausea", NAMES_TREATMENT),
        ("Lu177 extravasation", NAMES_TREATMENT),
        ("Cytopenia at 24.5 Gy", NAMES_TREATMENT),
        ("given 3700MBq", NAMES_TREATMENT),
        ("reduced dose", NAMES_TREATMENT),
        ("patient of arm B", NAMES_TREATMENT),
        ("Pain in arm", "Pain in arm"),
        ("Armpit swelling", "Armpit swelling"),
    ],
)
def test_a_free_text_that_names_treatment_is_withheld(text, told):
    cut = simulate_cut(5, patients=24)
    events = cut.tables["adverse_events"].assign(TERM=text)
    view = blinded_view(replace(cut, tables={**cut.tables, "adverse_events": events}), STUDY)
    assert set(view.tables["adverse_events"]["TERM"]) == {told}


@given(st.integers(0, 400), st.integers(0, 2**32 - 1))
def test_arms_are_drawn_by_the_allocation(patients, seed):
    names = [f"{number:03}" for number in range(patients)]
    drawn = draw_arms(names, STUDY, seed)
    assert drawn == draw_arms(names[::-1], STUDY, seed)
    sizes = Counter(drawn.values())
    assert all(abs(sizes[arm.code] - patients / 4) < 1 for arm in STUDY.arms)


@pytest.mark.law
def test_over_seeds_every_patient_is_in_every_arm_as_often():
    names = [f"{number:03}" for number in range(10)]
    counts = Counter(pair for seed in range(2000) for pair in draw_arms(names, STUDY, seed).items())
    assert np.allclose([counts[name, arm.code] for name in names for arm in STUDY.arms], 500, atol=90)


def test_a_negative_seed_is_refused():
    with pytest.raises(DataError, match="give 0 or more"):
        with_drawn_arms(blinded_view(simulate_cut(5, patients=4), STUDY), STUDY, -1)
