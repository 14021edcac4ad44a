"""The shipped cohort with twelve known edits, each in one place of a raw table."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from duonen_stats.report.session import OUTCOME_TABLES


@dataclass(frozen=True)
class Edit:
    """One edit: the table, the record (by what stands in it), and what is done to it."""

    table: str
    kind: str
    record: dict[str, str]
    column: str = ""
    old: str = ""
    new: str = ""


EDITS = (
    Edit("subjects", "changed", {"SUBJID": "01-011"}, "KPS", "80", "70"),
    Edit("administrations", "changed", {"SUBJID": "03-018", "CYCLE": "T3"}, "Y90_MBQ", "424", "524"),
    Edit("administrations", "changed", {"SUBJID": "01-004", "CYCLE": "T2"}, "EXDT", "2022-10-10", "2022-10-11"),
    Edit(
        "dosimetry",
        "changed",
        {"SUBJID": "01-003", "CYCLE": "T2", "ORGAN": "KIDNEY", "ISOTOPE": "Y90"},
        "DOSE_GY",
        "2.629",
        "9.629",
    ),
    Edit("dosimetry", "removed", {"SUBJID": "01-011", "CYCLE": "T1", "ORGAN": "MARROW", "ISOTOPE": "Y90"}),
    Edit("labs", "changed", {"SUBJID": "01-011", "VISIT": "V2", "ANALYTE": "HGB"}, "VALUE", "13.3", "11.3"),
    Edit(
        "labs",
        "changed",
        {"SUBJID": "01-011", "VISIT": "V1", "ANALYTE": "CREAT"},
        "LBDT",
        "2023-12-06",
        "2023-12-07",
    ),
    Edit("labs", "removed", {"SUBJID": "01-011", "VISIT": "V3", "ANALYTE": "PLAT"}),
    Edit(
        "labs",
        "added",
        {
            "SUBJID": "01-011", "VISIT": "UNS", "LBDT": "2024-04-09", "ANALYTE": "WBC", "VALUE": "2.60",
            "UNIT": "10^9/L", "LLN": "4", "ULN": "10", "LABORATORY": "LAB-01",
        },
    ),
    Edit("adverse_events", "changed", {"SUBJID": "01-008", "AESEQ": "1"}, "GRADE", "2", "3"),
    Edit(
        "adverse_events",
        "added",
        {
            "SUBJID": "01-003", "AESEQ": "2", "TERM": "Anemia", "CATEGORY": "ANEMIA", "GRADE": "1",
            "STARTDT": "2022-09-20", "ENDDT": "2022-11-02", "RELATED": "Y", "SERIOUS": "N", "ACTION": "NONE",
            "OUTCOME": "RECOVERED",
        },
    ),
    Edit(
        "tumour_assessments",
        "changed",
        {"SUBJID": "01-003", "ASSESSDT": "2022-09-21"},
        "SUMDIAM",
        "84",
        "93",
    ),
)  # fmt: skip


SHOWN = tuple(edit for edit in EDITS if edit.table not in OUTCOME_TABLES)
"""Those that a report of the open session can tell of: it holds no tumour assessments."""


def apply_edits(folder: Path, edits: tuple[Edit, ...] = EDITS) -> None:
    """Make the edits in the CSV files of a copied cut; each must find exactly the record it means."""
    for edit in edits:
        path = folder / f"{edit.table}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if edit.kind == "added":
            # Beside its patient's other records: all lines below move.
            place = int(frame.index[frame["SUBJID"] == edit.record["SUBJID"]][-1]) + 1
            fresh = pd.DataFrame([edit.record], columns=frame.columns)
            frame = pd.concat([frame.iloc[:place], fresh, frame.iloc[place:]], ignore_index=True)
        else:
            found = (frame[list(edit.record)] == pd.Series(edit.record)).all(axis=1)
            assert found.sum() == 1, edit
            if edit.kind == "removed":
                frame = frame[~found]
            else:
                assert frame.loc[found, edit.column].item() == edit.old, edit
                frame.loc[found, edit.column] = edit.new
        frame.to_csv(path, index=False)
