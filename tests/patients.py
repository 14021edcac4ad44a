"""Worked patients: raw data cuts of a few hand-made rows, in the form that ``read_cut`` returns.

Each builder returns one raw record; whatever a test does not name has an unremarkable value.
``make_cut`` puts records together. Day 0 of ``day`` is 1 January 2024.
"""

from typing import Any

import pandas as pd

from duonen_stats.raw import Cut
from duonen_stats.study import load_study

Record = dict[str, Any]

_TYPES = {"date": "datetime64[ns]", "number": "float64", "integer": "Int64"}

UNITS = {analyte.code: analyte.unit for analyte in load_study().analytes}

RANGES = {
    "HGB": (12.0, 16.0),
    "PLAT": (150.0, 400.0),
    "WBC": (4.0, 10.0),
    "NEUT": (1.8, 7.7),
    "LYMPH": (1.0, 4.0),
    "CREAT": (0.6, 1.2),
    "EGFR": (90.0, None),
    "ALT": (None, 40.0),
    "AST": (None, 40.0),
    "BILI": (0.2, 1.2),
}


def day(number: int) -> str:
    return (pd.Timestamp("2024-01-01") + pd.Timedelta(days=number)).date().isoformat()


def subject(subjid: str, arm: str = "A", **values: Any) -> Record:
    usual = {
        "SITEID": "01",
        "RANDDT": day(-20),
        "AGE": 65,
        "SEX": "F",
        "RACE": "CAUCASIAN",
        "BMI": 25.0,
        "PRIMSITE": "MIDGUT",
        "GRADE": "G2",
        "KI67": 5.0,
        "METLIV": "Y",
        "METLN": "N",
        "METBON": "N",
        "METOTH": "N",
        "KPS": 90,
        "DXDUR": 40.0,
    }
    return {"SUBJID": subjid, "ARM": arm} | usual | values


def administration(
    subjid: str, cycle: str, on: int, lu: float | None = None, y: float | None = None, **values: Any
) -> Record:
    return {
        "SUBJID": subjid,
        "CYCLE": cycle,
        "EXDT": day(on),
        "LU177_MBQ": lu,
        "Y90_MBQ": y,
        "REASON": "PLANNED",
    } | values


def cycles(subjid: str, lu: list[float | None], y: list[float | None] | None = None) -> list[Record]:
    """Give cycles T1, T2, ... every 56 days from day 0, with these activities."""
    seconds = y or [None] * len(lu)
    return [
        administration(subjid, f"T{number}", 56 * (number - 1), first, second)
        for number, (first, second) in enumerate(zip(lu, seconds, strict=True), 1)
    ]


def dose(subjid: str, cycle: str, organ: str, isotope: str, gray: float | None) -> Record:
    return {"SUBJID": subjid, "CYCLE": cycle, "ORGAN": organ, "ISOTOPE": isotope, "DOSE_GY": gray}


def lab(subjid: str, visit: str, on: int, value: float | None, analyte: str = "HGB", **values: Any) -> Record:
    low, high = RANGES[analyte]
    return {
        "SUBJID": subjid,
        "VISIT": visit,
        "LBDT": day(on),
        "ANALYTE": analyte,
        "VALUE": value,
        "UNIT": UNITS[analyte],
        "LLN": low,
        "ULN": high,
        "LABORATORY": "LAB-01",
    } | values


def event(
    subjid: str, number: int, on: int, category: str = "ANEMIA", grade: int = 1, **values: Any
) -> Record:
    usual = {
        "TERM": category.capitalize(),
        "ENDDT": None,
        "RELATED": "Y",
        "SERIOUS": "N",
        "ACTION": "NONE",
        "OUTCOME": "UNKNOWN",
    }
    keys = {"SUBJID": subjid, "AESEQ": number, "STARTDT": day(on), "CATEGORY": category, "GRADE": grade}
    return keys | usual | values


def ended(subjid: str, status: str = "COMPLETED", on: int = 200, reason: str | None = None) -> Record:
    return {"SUBJID": subjid, "STATUS": status, "DSDT": day(on), "REASON": reason, "DETAIL": None}


def contact(subjid: str, on: int = 300, died: bool = False) -> Record:
    return {
        "SUBJID": subjid,
        "LASTDT": day(on),
        "STATUS": "DEAD" if died else "ALIVE",
        "DEATHDT": day(on) if died else None,
        "NEWTRTDT": None,
        "NEWTRT": None,
    }


def make_cut(*, cut_day: int = 500, **tables: list[Record]) -> Cut:
    """Put records together; a table not named is empty. ``_ROW`` is the line in a file with a header."""
    study = load_study()
    about = {
        "STUDYID": "DUONEN",
        "CUTDT": day(cut_day),
        "ORIGIN": "SIMULATED",
        "STAGE": "INTERIM",
        "LABEL": "Worked patients",
    }
    records = {"data_cut": [about]} | tables
    unknown = set(records) - {table.name for table in study.tables}
    assert not unknown, unknown
    return Cut(
        name="worked patients",
        tables={table.name: frame(table.name, records.get(table.name, [])) for table in study.tables},
        files=(),
        findings=(),
        cut_date=pd.Timestamp(day(cut_day)),
        origin="SIMULATED",
        stage="INTERIM",
        label="Worked patients",
    )


def frame(table: str, records: list[Record]) -> pd.DataFrame:
    """One raw table, typed as the data dictionary says."""
    columns = load_study().table(table).columns
    records = [{one.name: None for one in columns if one.optional} | record for record in records]
    assert all(set(record) == {column.name for column in columns} for record in records), table
    typed = {
        column.name: pd.Series([record[column.name] for record in records], dtype=object).astype(
            _TYPES.get(column.type, "object")
        )
        for column in columns
    }
    return pd.DataFrame(typed).assign(_ROW=range(2, len(records) + 2))
