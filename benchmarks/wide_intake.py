"""What it costs to read a cut whose laboratory values are a wide worksheet or an ODM file, beside a CSV file of them.

The patients are those of the shipped cohort, repeated under other numbers. Each reading is a process of its own, so
that its processor time and peak memory are those of one file. Run ``python benchmarks/wide_intake.py 1000``.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd

from duonen_stats import load_study, read_cut
from duonen_stats.raw.intake.convert import raw_csv
from duonen_stats.study import Study

MAPPING = """
sources:
  - source: results.xlsx
    sheet: Results
    table: labs
    columns: {Patient: SUBJID, Visit: VISIT, Date: LBDT, Laboratory: LABORATORY}
    long: {value: VALUE, names: ANALYTE}
"""
ODM_MAPPING = """
sources:
  - source: labs.xml
    sheet: IG_LAB
    table: labs
    columns: {SubjectKey: SUBJID, SAMPDT: LBDT, LABNAME: LABORATORY}
    long: {value: VALUE, names: ANALYTE}
"""
_TOP = (
    '<?xml version="1.0" encoding="UTF-8"?><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" '
    'FileType="Snapshot" FileOID="F" CreationDateTime="2025-01-01T00:00:00+00:00"><Study OID="S"><GlobalVariables>'
    "<StudyName>D</StudyName><StudyDescription>S</StudyDescription><ProtocolName>D</ProtocolName></GlobalVariables>"
)


def repeated(study: Study, patients: int) -> dict[str, pd.DataFrame]:
    """Repeat the cohort until there are so many patients; limits of normal are left out, as a wide sheet has none."""
    tables = read_cut(study).tables
    times = math.ceil(patients / len(tables["subjects"]))
    many = {}
    for name, frame in tables.items():
        own = frame.assign(LLN=float("nan"), ULN=float("nan")) if name == "labs" else frame
        if "SUBJID" in own:
            own = pd.concat([own.assign(SUBJID=own["SUBJID"] + f"-{time:03}") for time in range(times)])
        many[name] = own.reset_index(drop=True)
    return many


def written(folder: Path, study: Study, tables: dict[str, pd.DataFrame]) -> None:
    """Write the cut three times: as CSV files, and with a wide worksheet and an ODM file in place of ``labs``."""
    long, wide, odm = folder / "csv", folder / "xlsx", folder / "odm"
    for place in (long, wide, odm):
        place.mkdir()
        for table in study.tables:
            if len(tables[table.name]) and (place == long or table.name != "labs"):
                (place / f"{table.name}.csv").write_bytes(raw_csv(tables[table.name], table))
    (wide / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Results")
    for row in _wide_rows(tables["labs"]):
        sheet.append(row)
    book.save(wide / "results.xlsx")
    (odm / "mapping.yaml").write_text(ODM_MAPPING, encoding="utf-8")
    with (odm / "labs.xml").open("w", encoding="utf-8") as file:
        file.writelines(_odm_parts(tables["labs"]))


def _odm_parts(labs: pd.DataFrame) -> Iterator[str]:
    """Write an item group per sample, its items with the reference to their unit, as EDC systems do."""
    rows = _wide_rows(labs)
    codes = [str(name).partition(" [") for name in next(rows)[4:]]
    yield _TOP + "<BasicDefinitions>"
    for code, _, unit in codes:
        name = escape(unit.rstrip("]"))
        yield (
            f'<MeasurementUnit OID="MU_{code}" Name="{name}"><Symbol><TranslatedText>{name}</TranslatedText></Symbol>'
            "</MeasurementUnit>"
        )
    yield '</BasicDefinitions></Study><ClinicalData StudyOID="S" MetaDataVersionOID="v1">'
    for subject, samples in groupby(rows, key=lambda row: row[0]):
        yield f'<SubjectData SubjectKey="{subject}">'
        for number, (_, visit, date, laboratory, *values) in enumerate(samples, 1):
            yield (
                f'<StudyEventData StudyEventOID="SE" StudyEventRepeatKey="{number}"><FormData FormOID="F">'
                '<ItemGroupData ItemGroupOID="IG_LAB" ItemGroupRepeatKey="1">'
                f'<ItemData ItemOID="VISIT" Value="{visit}"/>'
                f'<ItemData ItemOID="SAMPDT" Value="{date:%Y-%m-%d}"/>'
                f'<ItemData ItemOID="LABNAME" Value="{laboratory}"/>'
            )
            for (code, _, _), value in zip(codes, values, strict=True):
                if value is not None:
                    yield (
                        f'<ItemData ItemOID="{code}" Value="{value}">'
                        f'<MeasurementUnitRef MeasurementUnitOID="MU_{code}"/></ItemData>'
                    )
            yield "</ItemGroupData></FormData></StudyEventData>"
        yield "</SubjectData>"
    yield "</ClinicalData></ODM>"


def _wide_rows(labs: pd.DataFrame) -> Iterator[list[Any]]:
    units = labs.groupby("ANALYTE", sort=False)["UNIT"].first()
    key = ["SUBJID", "VISIT", "LBDT", "LABORATORY"]
    filled = labs.dropna(subset=["VALUE"]).drop_duplicates([*key, "ANALYTE"])
    wide = filled.set_index([*key, "ANALYTE"])["VALUE"].unstack().reset_index()  # noqa: PD010 - a key is there once
    yield [
        "Patient",
        "Visit",
        "Date",
        "Laboratory",
        *(f"{code} [{units[code]}]" for code in wide.columns[4:]),
    ]
    for row in wide.itertuples(index=False, name=None):
        yield [
            row[0],
            row[1],
            row[2].to_pydatetime(),
            row[3],
            *(None if math.isnan(one) else one for one in row[4:]),
        ]


def measured(folder: Path) -> None:
    """Read a cut and print what it cost: records, processor seconds, peak memory in MB."""
    study = load_study()
    before = time.process_time()
    cut = read_cut(study, folder)
    spent = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([len(cut.tables["labs"]), len(cut.findings), spent, peak]))


def main() -> None:
    """Print what each costs, and how many times more than the CSV file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", type=int, nargs="?", default=1000)
    parser.add_argument("--read", type=Path)
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    if chosen.read is not None:
        measured(chosen.read)
        return
    if chosen.write is not None:
        study = load_study()
        written(chosen.write, study, repeated(study, chosen.patients))
        return
    with tempfile.TemporaryDirectory() as folder:
        # A process begins with the peak memory of the one that started it: this one must stay small.
        program = [sys.executable, __file__, str(chosen.patients)]
        subprocess.run([*program, "--write", folder], check=True)  # noqa: S603 - our own command
        costs = []
        for kind in ("csv", "xlsx", "odm"):
            command = [*program, "--read", str(Path(folder) / kind)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - as above
            records, findings, spent, peak = json.loads(answer.stdout)
            print(
                f"{kind:>5}: {records} laboratory records, {findings} findings, {spent:.2f} s, {peak:.0f} MB"
            )
            costs.append((spent, peak))
    (csv_time, csv_peak), *others = costs
    for kind, (spent, peak) in zip(("worksheet", "ODM"), others, strict=True):
        print(
            f"{kind}: time {spent / csv_time:.2f} times, peak memory {peak / csv_peak:.2f} times that of CSV"
        )


if __name__ == "__main__":
    main()
