"""``duonen records``: from a number of a finished report to the records and patients it is of."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from duonen_stats.comparison.read_output import RESULTS, Output, read_output
from duonen_stats.errors import DataError
from duonen_stats.raw.findings import first_few
from duonen_stats.report.session import is_left_out
from duonen_stats.results.records import RecordFilter, read_filter

_KEYS = ("USUBJID", "TRT01P")
_TELLING = (
    "PARAMCD", "AVISIT", "ADT", "ASTDT", "AEDECOD", "AVAL", "AVALC", "AVALU", "BASE", "CHG", "PCHG", "ATOXGR",
    "AETOXGR", "CNSR", "EVNTDESC", "CNSDTDSC",
)  # fmt: skip
"""Variables that are shown of a record beside those of the filter, where its dataset has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRecords:
    """A number of a report and what it is of.

    ``row`` is its row of the results table by column; ``chosen`` is None, with ``why``, where the number is of no
    single selection of records, or where the report holds none. ``records`` has the columns that matter only.
    """

    row: Mapping[str, str]
    chosen: RecordFilter | None
    records: pd.DataFrame
    why: str = ""

    @property
    def patients(self) -> tuple[str, ...]:
        """The patients of the records, each once, in the order of the dataset."""
        return tuple(dict.fromkeys(self.records["USUBJID"])) if len(self.records) else ()

    def text(self) -> str:
        """Write it for a terminal."""
        value = self.row["stat"].removesuffix(".0") or f"no number ({self.row['note']})"
        unit = f" {self.row['unit']}" if self.row.get("unit") and self.row["stat"] else ""
        about = ", ".join(
            self.row[name]
            for name in ("variable", "variable_level", "group1_level", "context")
            if self.row.get(name)
        )
        lines = [
            f"{self.row['analysis_id']}: {value}{unit}",
            f"{self.row['stat_label']}; {about or 'no variable'}; population: {self.row['population']}",
        ]
        if self.row.get("method"):
            lines.append(f"Method: {self.row['method']}")
        if self.chosen is None:
            return "\n".join([*lines, self.why])
        lines += [f"Dataset: {self.chosen.dataset}", f"Filter: {self.chosen}"]
        if self.why:
            return "\n".join([*lines, self.why])
        one, many = len(self.records), len(self.patients)
        lines.append(f"{one} record{'' if one == 1 else 's'} of {many} patient{'' if many == 1 else 's'}")
        if one:
            lines.append(self.records.to_string(index=False, na_rep=""))
        return "\n".join(lines)

    def as_json(self) -> str:
        """Write it for machines: the row, dataset, filter, patients and records."""
        found: dict[str, Any] = {
            **self.row,
            "dataset": "" if self.chosen is None else self.chosen.dataset,
            "filter": "" if self.chosen is None else str(self.chosen),
            "why_no_records": self.why,
            "patients": [*self.patients],
            "records": self.records.to_dict(orient="records"),
        }
        return json.dumps(found, ensure_ascii=False, indent=2)


def find_records(report: Path, analysis_id: str) -> NumberRecords:
    """Find the records behind a number of a finished report, from the files of its folder alone.

    Parameters
    ----------
    report
        A folder that ``duonen report`` wrote; every file of it is held against its manifest.
    analysis_id
        Id of a row of its results table, such as ``"limit.kidney.course.all.n"``.

    Returns
    -------
    NumberRecords
        Of a count the records that are counted, else those that the statistic was computed from.

    Raises
    ------
    DuonenError
        The folder is no report of this package, or a file of it is no longer what was written.
    DataError
        There is no such number; the message names the nearest.
    """
    output = read_output(report)
    sheet = output.sheet(RESULTS, "analysis_id", "stat")
    if sheet is None:
        raise DataError(f"{report} has no {RESULTS}: give the folder of a report.")
    rows = {row["analysis_id"]: row for row in sheet.records()}
    if analysis_id not in rows:
        near = get_close_matches(analysis_id, rows, n=3, cutoff=0.7)
        hint = f"; the nearest are {first_few(near, 3)}" if near else ""
        raise DataError(
            f"No number of {report} has the id {analysis_id!r}{hint}. displays.csv lists the ids of what is shown, "
            f"{RESULTS} those of all numbers."
        )
    row = rows[analysis_id]
    nothing = pd.DataFrame()
    if "filter" not in row:
        why = "This report was made by an earlier version, which did not say which records a number is of."
        return NumberRecords(row=row, chosen=None, records=nothing, why=why)
    if not row["dataset"]:
        why = "This number is of no single selection of records: see its method, and the numbers it is computed from."
        return NumberRecords(row=row, chosen=None, records=nothing, why=why)
    chosen = read_filter(row["dataset"], row["filter"])
    datasets = _datasets(output)
    needed = {chosen.dataset, *(one.dataset for one in (*chosen.within, *chosen.outside))}
    if lacking := sorted(needed - set(datasets)):
        why = f"The report holds no records of {', '.join(lacking)}: it is for circulation, or for the open session."
        return NumberRecords(row=row, chosen=chosen, records=nothing, why=why)
    if left_out := _left_out(chosen, output):
        why = f"The report is for the open session, whose records do not say {', '.join(left_out)} of a patient."
        return NumberRecords(row=row, chosen=chosen, records=nothing, why=why)
    found = chosen.select(datasets)
    named = dict.fromkeys((*_KEYS, *(one.variable for one in chosen.conditions), *_TELLING))
    shown = found[[name for name in named if name in found.columns]]
    filled = [name for name in shown.columns if name in _KEYS or shown[name].ne("").any()]
    return NumberRecords(row=row, chosen=chosen, records=shown[filled].reset_index(drop=True))


def _left_out(chosen: RecordFilter, output: Output) -> list[str]:
    """Name the variables of a filter that the records of an open session cannot answer."""
    if output.manifest.get("session") != "open":
        return []
    every = (chosen, *chosen.within, *chosen.outside)
    asked = ((each.dataset, one.variable) for each in every for one in each.conditions)
    return sorted({variable for dataset, variable in asked if is_left_out(dataset, variable)})


def _datasets(output: Output) -> dict[str, pd.DataFrame]:
    return {
        name: pd.DataFrame([*sheet.rows], columns=[*sheet.columns], dtype=object)
        for name, sheet in output.datasets().items()
    }
