"""A finished report as the second engine sees it: results, raw records, datasets and plan, read from its folder."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from duonen_stats.errors import DataError, OptionError
from duonen_stats.folder.regular_file import file_bytes

_LISTS = ("findings", "set_aside", "audit")
RESULTS, MANIFEST = "results.csv", "manifest.json"
_NUMBERS = frozenset(
    {"AGE", "BMI", "KI67", "KPS", "DXDUR", "DOSE_GY", "VALUE", "LLN", "ULN", "GRADE_NUMBER", "AGE_LOW", "AGE_HIGH"}
    | {"SUMDIAM", "AESEQ", "_ROW", "_SEQ"}
)  # fmt: skip
_NEEDED = ("analysis_id", "stat_name", "stat", "n", "method", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFolder:
    """What a report folder holds.

    Parameters
    ----------
    path
        The folder.
    results
        ``results.csv``: texts, but ``stat`` as float (NaN where there is a reason instead).
    plan
        The fields of the plan, as the manifest has them.
    manifest
        The manifest, as read.
    raw, datasets
        Tables by name (``labs``, ``adlb``): dates as datetimes, numbers as floats, missing texts as None. A table that
        the report does not hold is absent.
    lists
        ``findings``, ``set_aside`` and ``audit`` beside the results, as texts; absent where the report has none.
    altered
        Files that are not, or no longer, what the manifest says, each with what is wrong.
    """

    path: Path
    results: pd.DataFrame
    plan: SimpleNamespace
    manifest: Mapping[str, Any]
    raw: Mapping[str, pd.DataFrame]
    datasets: Mapping[str, pd.DataFrame]
    lists: Mapping[str, pd.DataFrame]
    altered: tuple[str, ...] = ()

    @property
    def cut_date(self) -> pd.Timestamp:
        """Day of the data cut."""
        return pd.Timestamp(self.manifest["data_cut"]["date"])


def read_folder(path: Path) -> ReportFolder:
    """Read a finished report.

    Parameters
    ----------
    path
        Folder that ``duonen report`` wrote.

    Raises
    ------
    OptionError
        It is not the folder of a report.
    DataError
        A file of it is missing or cannot be read.

    Examples
    --------
    >>> read_folder(Path("no such folder"))
    Traceback (most recent call last):
        ...
    duonen_stats.errors.OptionError: no such folder is not a report: it has no manifest.json. ...
    """
    manifest = read_manifest(path)
    results = _results(path)  # before the tables: a folder without it needs no more reading
    return replace(read_sources(path), results=results, altered=_altered(path, manifest))


def read_sources(path: Path) -> ReportFolder:
    """Read a report that has no results yet, or whose results are not looked at; errors as :func:`read_folder`."""
    manifest = read_manifest(path)
    return ReportFolder(
        path=path,
        results=pd.DataFrame(columns=[*_NEEDED]),
        plan=SimpleNamespace(**manifest["plan"]),
        manifest=manifest,
        raw=_tables(path / "raw"),
        datasets=_tables(path / "datasets"),
        lists=_lists(path),
    )


def with_results(sources: ReportFolder) -> ReportFolder:
    """Add the results, which have been written since; errors as :func:`read_folder`."""
    path = sources.path
    manifest = read_manifest(path)
    return replace(
        sources,
        manifest=manifest,
        results=_results(path),
        lists=_lists(path),
        altered=_altered(path, manifest),
    )


def _lists(path: Path) -> dict[str, pd.DataFrame]:
    return {
        name: _csv(_bytes(file), file.name) for name in _LISTS if (file := path / f"{name}.csv").is_file()
    }


def _results(path: Path) -> pd.DataFrame:
    results = _csv(_bytes(path / RESULTS), RESULTS)
    lacking = [name for name in _NEEDED if name not in results]
    if lacking:
        raise DataError(f"{path / RESULTS} has no column {', '.join(lacking)}: it is not a results table.")
    return results.assign(stat=_as_numbers(results["stat"], f"{RESULTS}, column stat"))


def read_manifest(path: Path) -> Mapping[str, Any]:
    """Read the manifest of a report; ``OptionError`` if it is of none, ``DataError`` if it is damaged."""
    file = path / MANIFEST
    if not file.is_file():
        raise OptionError(
            "report",
            f"{path} is not a report: it has no {MANIFEST}. Name a folder that duonen report wrote.",
        )
    try:
        content = json.loads(_bytes(file))
        known = content["made_by"] == "duonen_stats" and content.get("kind", "report") == "report"
        whole = known and isinstance(content["plan"], dict) and isinstance(content["outputs"], list)
        dated = isinstance(content["data_cut"]["date"], str)
    except (ValueError, KeyError, TypeError) as fault:
        raise DataError(f"{file} cannot be read as the manifest of a report ({fault}).") from fault
    if not (whole and dated):
        raise OptionError("report", f"{path} is not a report: {MANIFEST} is of another output of duonen.")
    return dict(content)


def _bytes(file: Path) -> bytes:
    try:
        return file_bytes(file)
    except OSError as fault:
        raise DataError(f"{file} cannot be read: {fault.strerror}.") from fault


def _csv(content: bytes, name: str) -> pd.DataFrame:
    try:
        frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as fault:
        raise DataError(f"{name} cannot be read as CSV: {fault}.") from fault
    texts = frame.astype(object)
    return texts.where(texts != "", None)


def _as_numbers(column: "pd.Series[Any]", where: str) -> "pd.Series[float]":
    try:
        return column.map(lambda text: float("nan") if text is None else float(text)).astype("float64")
    except ValueError as fault:
        raise DataError(f"{where}: {fault}; it has to be a number or empty.") from fault


def _tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {file.stem: _typed(_csv(_bytes(file), str(file)), file) for file in sorted(folder.glob("*.csv"))}


def _typed(frame: pd.DataFrame, file: Path) -> pd.DataFrame:
    """Give dates and numbers their types, by the names that the data dictionary and ADaM give their columns."""
    columns: dict[str, pd.Series[Any]] = {}
    for name in map(str, frame.columns):
        where = f"{file}, column {name}"
        if name.endswith("DT") and len(name) > len("DT"):
            columns[name] = _as_dates(frame[name], where)
        elif (
            name in _NUMBERS
            or name.endswith("_MBQ")
            or (file.parent.name == "datasets" and name in _MEASURED)
        ) or (name == "GRADE" and file.stem == "adverse_events"):
            columns[name] = _as_numbers(frame[name], where)
        else:
            columns[name] = frame[name]
    return pd.DataFrame(columns, index=frame.index)


_MEASURED = frozenset(
    {"AVAL", "BASE", "CHG", "PCHG", "UPCHG", "DNCHG", "AVISITN", "CNSR", "AETOXGR", "NCYC", "AGE", "BMIBL", "DXDUR"}
    | {"ATOXGRMN", "ATOXGRMX", "ATOXHMN", "ATOXHMX", "ASTDY", "ANRLO", "ANRHI", "LBSEQ", "AWTDIFF", "ADY", "NCYDOS"}
)  # fmt: skip


def _as_dates(column: "pd.Series[Any]", where: str) -> "pd.Series[pd.Timestamp]":
    try:
        return pd.to_datetime(column, format="ISO8601")
    except ValueError as fault:
        raise DataError(f"{where}: {fault}; dates are written YYYY-MM-DD.") from fault


def _altered(path: Path, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the data files of the folder that the manifest does not account for as they are."""
    found = []
    for item in manifest["outputs"]:
        name, digest = str(item["name"]), str(item["sha256"])
        if not (name == RESULTS or (name.startswith(("raw/", "datasets/")) and name.endswith(".csv"))):
            continue
        file = path / name
        if not file.exists():
            found.append(f"{name} is missing")
        elif hashlib.sha256(_bytes(file)).hexdigest() != digest:
            found.append(f"{name} was changed after the report was made")
    return tuple(found)
