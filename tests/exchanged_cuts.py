"""Data cuts that differ in records of treatment and in the order of files only, to attack blinding with."""

from pathlib import Path

import numpy as np
import pandas as pd

from duonen_stats.formats.csv_files import dataset_csv

ACTIVITIES = ["LU177_MBQ", "Y90_MBQ", "LU177_SET_MBQ", "Y90_SET_MBQ"]
TREATMENT = {
    "subjects": ["ARM"],
    "administrations": [*ACTIVITIES, "REASON"],
    "adverse_events": ["ACTION", "RELLU", "RELY90"],
    "disposition": ["DETAIL"],
    "protocol_deviations": ["CATEGORY", "TERM"],
}


def tables_of(source):
    """Return the raw tables of a cut, or of a folder of CSV files, as texts."""
    if isinstance(source, Path):
        return {
            path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
            for path in sorted(source.glob("*.csv"))
        }
    texts = {}
    for name, frame in source.tables.items():
        if len(frame) or name not in {"reference_ranges", "enrolment"}:
            columns = {
                column: [_text(value) for value in frame[column]]
                for column in frame.columns
                if column != "_ROW"
            }
            texts[name] = pd.DataFrame(columns, dtype=object)
    return texts


def _text(value):
    if pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def write_tables(tables, folder):
    folder.mkdir(parents=True)
    for name, frame in tables.items():
        (folder / f"{name}.csv").write_bytes(dataset_csv(frame))


def exchanged(tables, seed, how):
    """Give patients each other's records of treatment; or their cells one by one; or cells that make no sense."""
    draw = np.random.default_rng(seed)
    out = {name: frame.copy() for name, frame in tables.items()}
    if how == "whole records":
        return _records_exchanged(out, draw)
    for name, columns in TREATMENT.items():
        for column in columns:
            values = out[name][column].to_numpy()
            out[name][column] = draw.permutation(values) if how == "cells" else [f"?{one}" for one in values]
    doses = out["dosimetry"]
    kept = draw.random(len(doses)) < 0.7
    out["dosimetry"] = doses.assign(SUBJID=draw.permutation(doses["SUBJID"].to_numpy())).loc[kept]
    return out


def _records_exchanged(out, draw):
    """Exchange arm, activities, reasons and doses between patients of as many cycles, and actions between events."""
    given = out["administrations"].groupby("SUBJID").size()
    patients = out["subjects"]["SUBJID"]
    place = {}
    for _, alike in patients.groupby(patients.map(given).fillna(0)):
        place |= dict(zip(alike, draw.permutation(alike.to_numpy()), strict=True))
    arms = dict(zip(patients, out["subjects"]["ARM"], strict=True))
    out["subjects"]["ARM"] = [arms[place[one]] for one in patients]
    rows = out["administrations"]
    key = list(zip(rows["SUBJID"], rows["CYCLE"], strict=True))
    for column in TREATMENT["administrations"]:
        held = dict(zip(key, rows[column], strict=False))
        rows[column] = [held.get((place.get(who), cycle), "") for who, cycle in key]
    doses = out["dosimetry"]
    back = {new: old for old, new in place.items()}
    out["dosimetry"] = doses.assign(SUBJID=[back.get(one, one) for one in doses["SUBJID"]])
    for table in ("adverse_events", "protocol_deviations"):
        for column in TREATMENT[table]:
            out[table][column] = draw.permutation(out[table][column].to_numpy())
    return out


def ordered(tables, seed, order):
    """Put the records of each file in another order: by arm, by first activity, or shuffled."""
    draw = np.random.default_rng(seed + 1)
    subjects = tables["subjects"]
    arms = dict(zip(subjects["SUBJID"], subjects["ARM"], strict=True))
    rows = tables["administrations"]
    first = dict(zip(rows["SUBJID"], rows[ACTIVITIES].agg(" ".join, axis=1), strict=True))
    by = {"arm": arms, "activity": first}.get(order)
    out = {}
    for name, frame in tables.items():
        if by is None:
            out[name] = frame.iloc[draw.permutation(len(frame))]
        elif "SUBJID" in frame:
            keys = [str(by.get(one, "")) for one in frame["SUBJID"]]
            out[name] = frame.iloc[np.argsort(keys, kind="stable")]
        else:
            out[name] = frame
    return out


def moved(tables, seed):
    """Put the withheld columns of each table at other places."""
    draw = np.random.default_rng(seed + 2)
    out = {}
    for name, frame in tables.items():
        withheld = [column for column in frame if column in TREATMENT.get(name, ())]
        columns = [column for column in frame if column not in withheld]
        for column in withheld:
            columns.insert(int(draw.integers(1, len(columns) + 1)), column)
        out[name] = frame[columns]
    return out


def _edited(table, column, value, place=0):
    def edit(tables):
        frame = tables[table].copy()
        frame.loc[frame.index[place], column] = value
        return tables | {table: frame}

    return edit


def _without_doses(tables):
    """No dosimetry of a third of the patients, and none of one organ in every other cycle of the rest."""
    doses = tables["dosimetry"]
    third = set(sorted(tables["subjects"]["SUBJID"])[::3])
    gone = doses["SUBJID"].isin(third) | (doses["ORGAN"].eq("KIDNEY") & doses["CYCLE"].isin(["T2", "T4"]))
    return tables | {"dosimetry": doses.loc[~gone]}


def _twice(table):
    return lambda tables: tables | {table: pd.concat([tables[table], tables[table].iloc[[0]]])}


GAPS = [
    _without_doses,
    _edited("administrations", "Y90_MBQ", ""),
    _edited("administrations", "LU177_MBQ", "", 3),
    _edited("subjects", "ARM", ""),
    _edited("subjects", "ARM", "E"),
    _edited("adverse_events", "ACTION", "HALVED"),
    _edited(
        "administrations", "EXDT", "", 2
    ),  # allowed where nothing was given, which a blinded run cannot know
]
"""What a blinded run has to pass over, because it lies in records of treatment."""

ERRORS = [
    _edited("labs", "UNIT", "stone", 5),
    _edited("subjects", "RANDDT", "2035-01-01"),
    _edited("subjects", "SEX", "Y-90"),
    _edited("follow_up", "DEATHDT", "2019-01-01"),
    _edited("administrations", "CYCLE", "T9", 2),
    _twice("subjects"),
    _twice("administrations"),
    _twice("labs"),
]
"""What makes any run refuse: it lies in records that a blinded run reads."""
