"""Raw tables as frozen CSV files with their checksums."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from duonen_stats.study import Study

_DECIMALS = {"DOSE_GY": {"KIDNEY": 3, "MARROW": 4}}
CHECKSUMS = "CHECKSUMS"


def freeze(tables: Mapping[str, pd.DataFrame], folder: Path, study: Study) -> None:
    """Write one CSV file a table and ``CHECKSUMS`` (SHA-256, in the order of the dictionary).

    Numbers are written as sites record them: laboratory values with the analyte's decimals, doses with three
    (kidney) or four (marrow), everything else as short as it is. A file of the same name is replaced.
    """
    lines = []
    for table in (one for one in study.tables if one.name in tables):
        columns = [column.name for column in table.columns]
        text = _text(tables[table.name][columns], study).to_csv(index=False, lineterminator="\n")
        content = text.encode("utf-8")
        (folder / f"{table.name}.csv").write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {table.name}.csv\n")
    (folder / CHECKSUMS).write_text("".join(lines), "utf-8")


def _text(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    out = frame.copy()
    decimals = {one.code: one.decimals for one in study.analytes} | {"EGFR": 1}
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column]):
            out[column] = frame[column].dt.strftime("%Y-%m-%d")
        elif column == "VALUE":
            out[column] = _written(frame[column], frame["ANALYTE"].map(decimals))
        elif column in _DECIMALS:
            out[column] = _written(frame[column], frame["ORGAN"].map(_DECIMALS[column]))
        elif pd.api.types.is_numeric_dtype(frame[column]):
            out[column] = [None if pd.isna(one) else f"{float(one):.10g}" for one in frame[column]]
    return out


def _written(values: pd.Series, decimals: pd.Series) -> list[str]:
    return [f"{value:.{int(places)}f}" for value, places in zip(values, decimals, strict=True)]
