"""The study, read from ``data_dictionary.yaml`` and checked for faults of the dictionary itself."""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from duonen_stats.errors import DictionaryError
from duonen_stats.study.entities import (
    Analyte,
    Arm,
    Cycle,
    DesignFacts,
    EligibilityRule,
    Isotope,
    Organ,
    StoppingRule,
    Study,
    Visit,
    VisitSeries,
    VitalSign,
)
from duonen_stats.study.faults import find_faults, items
from duonen_stats.study.raw_tables import Code, RawTable
from duonen_stats.study.shipped_files import dictionary_path
from duonen_stats.study.strict_yaml import build, build_list, read_yaml

_LISTS: dict[str, tuple[str, type]] = {
    "isotopes": ("isotopes", Isotope),
    "arms": ("arms", Arm),
    "cycles": ("cycles", Cycle),
    "visits": ("visits", Visit),
    "organs": ("organs", Organ),
    "analytes": ("analytes", Analyte),
    "further_analytes": ("further_analytes", Analyte),
    "vital_signs": ("vital_signs", VitalSign),
    "ae_categories": ("ae_categories", Code),
    "eligibility": ("eligibility_rules", EligibilityRule),
    "discontinuation": ("stopping_rules", StoppingRule),
    "tables": ("tables", RawTable),
}
"""Section of the file, field of ``Study``, what its items are."""

_SERIES = "follow_up_visits"
"""The section whose codes go on without an end."""

_CODED = (
    "arms",
    "cycles",
    "visits",
    "isotopes",
    "organs",
    "analytes",
    "further_analytes",
    "vital_signs",
    "ae_categories",
)
"""Sections that columns of raw tables may use as code lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    study_id: str
    title: str
    registration: str


def load_study(path: Path | None = None) -> Study:
    """Read the study from a data dictionary.

    Parameters
    ----------
    path
        A dictionary other than the shipped one, which is read once and kept.

    Raises
    ------
    DictionaryError
        The dictionary has faults; the message lists every one.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> [arm.code for arm in load_study().arms]
    ['A', 'B', 'C', 'D']
    """
    return _shipped() if path is None else _read(Path(path), shipped=False)


@cache
def _shipped() -> Study:
    return _read(dictionary_path(), shipped=True)


def _read(path: Path, *, shipped: bool) -> Study:
    faults: list[str] = []
    study = _build(read_yaml(path, shipped=shipped), faults)
    if study is None or faults:
        listed = "".join(f"\n  {number}. {fault}" for number, fault in enumerate(faults, 1))
        raise DictionaryError(f"The data dictionary {path} has {len(faults)} fault(s):{listed}")
    return study


def _build(data: Any, faults: list[str]) -> Study | None:
    """Build the study of a whole file; ``None`` if a fact that occurs once is faulty."""
    if not isinstance(data, dict):
        faults.append("the file: expected named sections")
        return None
    known = {"study", "design", _SERIES, "code_lists", *_LISTS}
    faults.extend(f"the file: unknown section {key!r}" for key in data if key not in known)
    faults.extend(f"the file: section {key} is missing" for key in sorted(known - data.keys()))
    if not known <= data.keys():
        return None
    codes = _code_lists(data, faults)
    sections = {**data, "tables": _with_codes(data["tables"], codes, data[_SERIES], faults)}
    lists: dict[str, Any] = {
        name: build_list(kind, sections[section], section, faults) for section, (name, kind) in _LISTS.items()
    }
    facts = build(_Facts, data["study"], "study", faults)
    design = build(DesignFacts, data["design"], "design", faults)
    follow_up = build(VisitSeries, data[_SERIES], _SERIES, faults)
    if facts is None or design is None or follow_up is None:
        return None
    study = Study(**asdict(facts), design=design, follow_up_visits=follow_up, **lists)
    faults.extend(find_faults(study, data))
    return study


def _code_lists(data: dict[str, Any], faults: list[str]) -> dict[str, list[Any]]:
    """Every code list by name, as plain data: those under ``code_lists`` and the coded sections."""
    lists = {name: [_coded(item) for item in items(data[name])] for name in _CODED}
    declared = data["code_lists"]
    if not isinstance(declared, dict):
        faults.append("code_lists: expected named lists")
        return lists
    for name, entries in declared.items():
        if name in lists:
            faults.append(f"code_lists.{name}: is the name of a section of the file")
        build_list(Code, entries, f"code_lists.{name}", faults)
        lists[name] = [_coded(item) for item in items(entries)]
    return lists


def _coded(item: dict[str, Any]) -> dict[str, Any]:
    return {"code": item.get("code"), "label": item.get("label")}


def _with_codes(tables: Any, codes: dict[str, list[Any]], series: Any, faults: list[str]) -> Any:
    """Give the tables as plain data, with the codes themselves in place of the names of code lists."""
    if not isinstance(tables, list):
        return tables
    return [
        {**table, "columns": [_resolved(column, table, codes, series, faults) for column in table["columns"]]}
        if isinstance(table, dict) and isinstance(table.get("columns"), list)
        else table
        for table in tables
    ]


def _resolved(
    column: Any, table: dict[str, Any], codes: dict[str, list[Any]], series: Any, faults: list[str]
) -> Any:
    if not isinstance(column, dict) or not isinstance(column.get("codes"), list):
        return column
    wanted = [name for name in column["codes"] if isinstance(name, str)]
    where = f"tables[{table.get('name')}].columns[{column.get('name')}].codes"
    faults.extend(
        f"{where}: no code list {name!r}" for name in column["codes"] if name not in [*codes, _SERIES]
    )
    # A faulty code has been noted where it stands; here it would only be noted once more.
    found = [
        code
        for name in wanted
        for code in codes.get(name, [])
        if all(isinstance(part, str) for part in code.values())
    ]
    endless = _SERIES in wanted and isinstance(series, dict)
    ends = {"series": {"prefix": series.get("code"), "label": series.get("label")}} if endless else {}
    return {**column, **ends, "codes": found}
