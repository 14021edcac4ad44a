"""Simulated patients in the layouts that hospitals have, read by the mappings of the documentation and by others."""

import re
from dataclasses import fields
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from other_shapes import OTHERS, redcap
from source_shapes import SHIPPED, Tables

from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.cut import Cut, read_cut
from duonen_stats.raw.intake.convert import raw_csv
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.mapping_file import read_mapping

MAPPINGS = Path(__file__).parents[3] / "docs" / "mappings"
PATIENTS, LATER = 8, 2
MOST_LINES = 40
WHOLE = (
    "subjects",
    "administrations",
    "dosimetry",
    "labs",
    "tumour_assessments",
    "adverse_events",
    "disposition",
    "follow_up",
    "vital_signs",
    "concomitant_therapies",
    "protocol_deviations",
)


def _texts(cut: Cut, study) -> Tables:
    return {
        table.name: pd.read_csv(
            BytesIO(raw_csv(cut.tables[table.name], table)), dtype=str, keep_default_na=False
        )
        for table in study.tables
    }


@pytest.fixture(scope="module")
def tables(cut, study) -> Tables:
    """Raw tables of some patients of the cohort, of several centres, with adverse events and later therapies."""
    subjects = cut.tables["subjects"]
    affected = subjects["SUBJID"].isin(cut.tables["adverse_events"]["SUBJID"])
    chosen = {*subjects[affected].groupby("ARM").head(PATIENTS // 4)["SUBJID"]}  # each arm is there
    therapies = cut.tables["concomitant_therapies"]
    chosen |= {*therapies.loc[therapies["LINE"].notna(), "SUBJID"].head(LATER)}
    return {
        name: (frame[frame["SUBJID"].isin(chosen)] if "SUBJID" in frame else frame).reset_index(drop=True)
        for name, frame in _texts(cut, study).items()
    }


def _read(folder: Path, study, files: dict[str, bytes], tables: Tables, held: tuple[str, ...], mapping: Path):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    for table in study.tables:
        if table.name not in held and len(tables[table.name]):
            tables[table.name].to_csv(folder / f"{table.name}.csv", index=False)
    cut = read_cut(study, folder, mapping=mapping)
    errors = [
        one
        for one in check_cut(cut, study, among=())
        if one.severity == "error" and one.rule.startswith(("RD-", "DD-"))
    ]
    assert errors == []
    return cut


def _same(cut: Cut, study, wanted: Tables, held: tuple[str, ...]) -> None:
    found = _texts(cut, study)
    for name in (one.name for one in study.tables if one.name in held or len(wanted[one.name])):
        columns = [
            column
            for column in wanted[name].columns
            if column in found[name].columns or wanted[name][column].ne("").any()
        ]
        numbers = [
            one.name
            for one in study.table(name).columns
            if one.type in {"number", "integer"} and one.name in columns
        ]
        own, other = (
            frame[columns].assign(**{column: pd.to_numeric(frame[column]) for column in numbers})
            for frame in (found[name], wanted[name])
        )
        pd.testing.assert_frame_equal(
            own.sort_values(columns, ignore_index=True),
            other.sort_values(columns, ignore_index=True),
            check_dtype=False,
            rtol=1e-12,
        )
    assert all(file.rows == file.used + _aside(cut, file) for file in cut.files if file.table)


def _aside(cut: Cut, file) -> int:
    first = file.table.split(", ")[0]
    others = [one for one in cut.files if one.table.split(", ")[0] == first]
    aside = sum(one.table == first for one in cut.set_aside)
    return aside - sum(one.rows - one.used for one in others if one is not file)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_reads_its_layout(name, tables, study, tmp_path):
    make, held = SHIPPED[name]
    files, wanted = make(tables)
    _same(_read(tmp_path, study, files, tables, held, MAPPINGS / f"{name}.yaml"), study, wanted, held)


def test_the_shipped_mapping_reads_a_redcap_project(tables, study, tmp_path):
    files, wanted = redcap(tables)
    _same(_read(tmp_path, study, files, tables, WHOLE, MAPPINGS / "redcap.yaml"), study, wanted, WHOLE)


@pytest.mark.parametrize("name", OTHERS)
def test_other_layouts_are_read_by_a_mapping_of_their_own(name, tables, study, tmp_path):
    make, held = OTHERS[name]
    (files, wanted), mapping = make(tables)
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    _same(_read(tmp_path, study, files, tables, held, path), study, wanted, held)


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_mapping_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


PAGE = (MAPPINGS.parent / "intake.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(sources:.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_page_has_no_fault(number, study, tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text(EXAMPLES[number], encoding="utf-8")
    assert read_mapping(path, study).sources


def test_the_page_describes_every_field():
    table = PAGE.split("### Fields")[1].split("### One example")[0]
    assert {*re.findall(r"`(\w+)", table)} >= {one.name for one in fields(SourceMapping)}
