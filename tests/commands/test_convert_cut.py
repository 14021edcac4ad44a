"""A cut written in every format and read back: the same tables, findings and results, byte for byte."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from duonen_stats.commands.convert_cut import (
    KINDS,
    cut_files,
    short_names,
    write_cut,
)
from duonen_stats.datasets import build_datasets
from duonen_stats.errors import DataError
from duonen_stats.formats.csv_files import dataset_csv, results_csv
from duonen_stats.plan import INTERIM
from duonen_stats.raw import Cut, read_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.results import run_analysis

MIXED = ("csv", "xlsx", "parquet", "xpt", "xpt8", "sav")


@pytest.fixture(scope="module")
def polish(cut: Cut) -> Cut:
    """The shipped cohort with Polish letters and a binary fraction of 17 digits where no result depends on them."""
    disposition = cut.tables["disposition"].copy()
    disposition.loc[0, "DETAIL"] = "Zażółć gęślą jaźń; świąd, ból głowy"
    tumour = cut.tables["tumour_assessments"].copy()
    tumour.loc[0, "SUMDIAM"] = 0.1 + 0.2
    return replace(cut, tables={**cut.tables, "disposition": disposition, "tumour_assessments": tumour})


def _save(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _delimited(frame: pd.DataFrame, separator: str, decimal: str) -> str:
    """A table as a program of another country writes it."""
    numbers = {
        name: [
            None if pd.isna(value) else repr(value).replace(".", decimal) for value in frame[name].tolist()
        ]
        for name in frame.columns
        if frame[name].dtype == "float64"
    }
    return dataset_csv(frame.assign(**numbers).drop(columns=ROW), separator=separator).decode()


def _written(kind: str, cut: Cut, study, out: Path) -> Path:
    if kind == "mixed":
        kinds = {table.name: MIXED[place % len(MIXED)] for place, table in enumerate(study.tables)}
        return _save(out, cut_files(cut, study, kinds))
    if kind.startswith("delimited"):
        _, encoding, separator, decimal = kind.split(" ")
        sign = {"semicolon": ";", "tab": "\t", "bar": "|"}[separator]
        files = {
            f"{name}.csv": _delimited(frame, sign, decimal).encode(encoding)
            for name, frame in cut.tables.items()
        }
        return _save(out, files)
    write_cut(cut, study, out.with_suffix(".xlsx") if kind == "workbook" else out, kind=kind)
    return out.with_suffix(".xlsx") if kind == "workbook" else out


FORMS = (
    *KINDS,
    "mixed",
    "delimited cp1250 semicolon ,",
    "delimited iso8859_2 bar ,",
    "delimited utf-16 tab .",
)


@pytest.mark.parametrize("kind", FORMS)
def test_every_format_gives_the_same_tables_to_the_last_bit(kind, polish, study, tmp_path):
    back = read_cut(study, _written(kind, polish, study, tmp_path / "cut"))
    assert back.findings == ()
    for name, table in polish.tables.items():
        assert table.dtypes.equals(back.tables[name].dtypes), name
        assert table.drop(columns="_ROW").equals(back.tables[name].drop(columns="_ROW")), name


def test_the_results_table_is_the_same_byte_for_byte(polish, results, study, tmp_path):
    """Of a cut with every format in it: of single formats the tables are equal, and results depend on nothing else."""
    back = read_cut(study, _written("mixed", polish, study, tmp_path / "cut"))
    assert len({file.form["format"] for file in back.files}) >= len(MIXED)
    found = run_analysis(build_datasets(back, study, INTERIM), study, INTERIM)
    assert results_csv(found) == results_csv(results)


def test_findings_are_the_same_wherever_they_come_from(polish, study, tmp_path):
    back = read_cut(study, _written("mixed", polish, study, tmp_path / "cut"))
    assert [(one.rule, one.table, one.subject) for one in check_cut(back, study)] == [
        (one.rule, one.table, one.subject) for one in check_cut(polish, study)
    ]


def test_the_intake_record_says_how_each_file_was_read(polish, study, tmp_path):
    cut = read_cut(study, _written("delimited cp1250 semicolon ,", polish, study, tmp_path / "cut"))
    found = {file.table: (file.described, file.conversions) for file in cut.files}
    assert found["disposition"] == ("CSV, Windows-1250, semicolon", "")
    broken = int((polish.tables["dosimetry"]["DOSE_GY"] % 1 != 0).sum())
    assert found["dosimetry"] == ("CSV, UTF-8, semicolon", f"decimal commas: DOSE_GY {broken}")


def test_shortened_names_come_with_the_mapping_file_that_leads_back(polish, study, tmp_path):
    write_cut(polish, study, tmp_path / "cut", kind="xpt")
    names = {path.name for path in (tmp_path / "cut").iterdir()}
    assert {"mapping.yaml", "manifest.json", "labs.xpt"} <= names
    assert read_cut(study, tmp_path / "cut").files[0].form == {"format": "mapping file"}
    assert short_names(["LABORATORY", "LABORATO", "LABORATORIES", "A"], 8) == {
        "LABORATORY": "LABORAT2",
        "LABORATO": "LABORATO",
        "LABORATORIES": "LABORAT3",
        "A": "A",
    }


def test_the_same_cut_gives_the_same_bytes(polish, study):
    for kind in ("xlsx", "sav", "xpt", "parquet"):
        tables = dict.fromkeys((table.name for table in study.tables), "csv") | {"disposition": kind}
        assert cut_files(polish, study, tables) == cut_files(polish, study, tables)


def test_what_cannot_be_written_is_refused(polish, study, tmp_path):
    with pytest.raises(DataError, match="no format of a cut"):
        write_cut(polish, study, tmp_path / "cut", kind="dbf")
    assert not (tmp_path / "cut").exists()
