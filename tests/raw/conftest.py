"""A small data cut without any finding, and the means to spoil it one cell at a time."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from duonen_stats.raw.checks.check import CROSS_RULES, check_cut
from duonen_stats.raw.cut import Cut, read_cut
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.findings import Finding, in_order
from duonen_stats.study import Study

FIRST = date(2023, 1, 10)
VALUES = {
    "HGB": ("13.0", "g/dL", "12", "16"),
    "PLAT": ("230", "10^9/L", "150", "400"),
    "WBC": ("6.00", "10^9/L", "4", "10"),
    "NEUT": ("3.50", "10^9/L", "1.8", "7.7"),
    "LYMPH": ("1.50", "10^9/L", "1", "4"),
    "CREAT": ("0.90", "mg/dL", "0.6", "1.2"),
    "EGFR": ("80", "mL/min/1.73m2", "60", "150"),
    "ALT": ("25", "U/L", "5", "40"),
    "AST": ("24", "U/L", "5", "40"),
    "BILI": ("0.550", "mg/dL", "0.2", "1.2"),
}

TUMOUR = {"BMI": "25.1", "PRIMSITE": "MIDGUT", "GRADE": "G2", "KI67": "4"} | dict.fromkeys(
    ("METLIV", "METLN", "METBON", "METOTH"), "N"
)
HARMLESS = {"RELATED": "Y", "SERIOUS": "N", "ACTION": "NONE", "OUTCOME": "RECOVERED"}


def day(number: int) -> str:
    """Date so many days after the first administration of every worked patient."""
    return (FIRST + timedelta(days=number)).isoformat()


class WorkedCut:
    """Rows of the raw tables as strings. P-1 had four cycles in arm A, P-2 two in arm B."""

    def __init__(self, folder: Path, study: Study) -> None:
        self.folder = folder
        self.study = study
        self.checked, self.found = "", ()
        self.tables: dict[str, list[dict[str, str]]] = {table.name: [] for table in study.tables}
        self.add("data_cut", STUDYID="DUONEN", CUTDT=day(400), ORIGIN="SIMULATED", STAGE="INTERIM")
        self._patient("P-1", "A", 4, LU177="7400")
        self._patient("P-2", "B", 2, LU177="3700", Y90="1850")

    def _patient(self, subject: str, arm: str, cycles: int, **activities: str) -> None:
        ending = "STATUS=COMPLETED" if cycles == 4 else "STATUS=DISCONTINUED REASON=PROGRESSION"
        for line in (
            f"subjects SITEID=01 RANDDT={day(-20)} ARM={arm} AGE=60 SEX=F RACE=CAUCASIAN KPS=90 DXDUR=30",
            f"disposition DSDT={day(56 * cycles)} {ending}",
            f"follow_up LASTDT={day(390)} STATUS=ALIVE",
            f"tumour_assessments ASSESSDT={day(-25)} METHOD=CT SUMDIAM=80 NEWLESION=N RESPONSE=NE",
            f"adverse_events AESEQ=1 TERM=Nausea CATEGORY=NAUSEA GRADE=1 STARTDT={day(3)} ENDDT={day(5)}",
        ):
            table, *cells = line.split()
            self.add(table, SUBJID=subject, **dict(cell.split("=") for cell in cells))
        self.one("subjects", SUBJID=subject).update(TUMOUR, BMI="25.1" if arm == "A" else "27.3")
        self.one("adverse_events", SUBJID=subject).update(HARMLESS)
        for number in range(1, cycles + 1):
            self._cycle(subject, number, activities)

    def _cycle(self, subject: str, number: int, activities: dict[str, str]) -> None:
        start, cycle = 56 * (number - 1), f"T{number}"
        given = {f"{isotope}_MBQ": activity for isotope, activity in activities.items()}
        self.add("administrations", SUBJID=subject, CYCLE=cycle, EXDT=day(start), REASON="PLANNED", **given)
        for isotope in activities:
            for organ, dose in (("KIDNEY", "2.5"), ("MARROW", "0.1")):
                self.add("dosimetry", SUBJID=subject, CYCLE=cycle, ORGAN=organ, ISOTOPE=isotope, DOSE_GY=dose)
        for visit, on in ((cycle, start - 3), (f"V{number}", start + 14)):
            # No two blood samples are alike.
            values = VALUES | {"PLAT": (str(220 + len(self.tables["labs"]) // 10), *VALUES["PLAT"][1:])}
            for analyte, (value, unit, low, high) in values.items():
                self.add(
                    "labs",
                    SUBJID=subject,
                    VISIT=visit,
                    LBDT=day(on),
                    ANALYTE=analyte,
                    VALUE=value,
                    UNIT=unit,
                    LLN=low,
                    ULN=high,
                    LABORATORY="L1",
                )

    def add(self, table: str, **cells: str) -> None:
        """Append a row."""
        self.tables[table].append(dict(cells))

    def rows(self, table: str, **where: str) -> list[dict[str, str]]:
        """Rows with these cells."""
        return [row for row in self.tables[table] if where.items() <= row.items()]

    def one(self, table: str, **where: str) -> dict[str, str]:
        """The only row with these cells, to change in place."""
        (row,) = self.rows(table, **where)
        return row

    def change(self, table: str, where: dict[str, str], **cells: str) -> None:
        """Change cells of the rows with some cells, of which there must be one or more."""
        rows = self.rows(table, **where)
        assert rows, (table, where)
        for row in rows:
            row.update(cells)

    def drop(self, table: str, **where: str) -> None:
        """Delete the rows with these cells, of which there must be one or more."""
        assert self.rows(table, **where), (table, where)
        self.tables[table] = [row for row in self.tables[table] if not where.items() <= row.items()]

    def line(self, table: str, **where: str) -> int:
        """Line in the file of the only row with these cells."""
        return self.tables[table].index(self.one(table, **where)) + 2

    def read(self) -> Cut:
        """Write the tables as CSV files and read them."""
        for table in self.study.tables:
            with (self.folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [column.name for column in table.columns], restval="")
                writer.writeheader()
                writer.writerows(self.tables[table.name])
        return read_cut(self.study, self.folder)

    def findings(self) -> tuple[Finding, ...]:
        """All findings of the cut; found anew only if it has changed."""
        state = repr(self.tables)
        if state != self.checked:
            self.checked, self.found = state, check_cut(self.read(), self.study)
        return self.found

    def formal(self) -> tuple[Finding, ...]:
        """Findings of reading and of the dictionary alone, without the rules across tables, which take longest."""
        return check_cut(self.read(), self.study, among=())

    def places(self, rule: str) -> list[tuple[Any, ...]]:
        """Table, line, column and patient of each finding of one cross-record rule, which alone is asked."""
        (asked,) = (one for one in CROSS_RULES if one.rule.id == rule)
        found = in_order(asked.findings(CutView(self.read(), self.study)), self.tables)
        return [(one.table, one.row, one.column, one.subject) for one in found]

    def rules(self) -> set[str]:
        """Rules broken anywhere."""
        return {one.rule for one in self.findings()}


@pytest.fixture
def worked(tmp_path: Path, study: Study) -> WorkedCut:
    folder = tmp_path / "worked"
    folder.mkdir()
    return WorkedCut(folder, study)


@pytest.fixture
def on() -> Callable[[int], str]:
    return day
