"""A report for circulation: numbers of groups of patients, and nothing of a single one.

What names a patient, or is a patient's own value or date, is left out: listings, datasets, raw records, findings and
points of figures. A number of a group may still be that of one patient; the tables say where.

Source: EMA (2018) External guidance on the implementation of policy 0070, chapter 3, on data of small groups.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from duonen_stats.displays.model.display import Display
from duonen_stats.document.content_model import Paragraph
from duonen_stats.results import Results

AGGREGATE_ONLY = "For circulation: aggregate only, without listings, records, datasets and points of patients"
"""What the title page says."""

PATIENT_LISTINGS = (
    "discontinuations",
    "deaths",
    "modifications",
    "above_limit",
    "severe_events",
    "reconciliation",
    "set_aside",
    "cut_readout",
    "findings",
    "individual_efficacy",
)
"""Listings with a line for a patient or a record."""

_PATIENT_FILES = re.compile(r"(datasets|raw)/|(set_aside|findings|cut_readout)\.csv$")
_POINTS = re.compile(r"(?<!boundary)\.(step|mark|log_log|residual|smooth|path)\.")
"""Results whose place is a patient's time: corners and ticks of curves, residuals, events in order of accrual."""


def without_patients(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Leave out the files of a report that hold a row for a patient or a record.

    Examples
    --------
    >>> sorted(without_patients({"raw/labs.csv": b"", "findings.csv": b"", "tables/table_1.csv": b""}))
    ['tables/table_1.csv']
    """
    return {name: text for name, text in files.items() if not _PATIENT_FILES.match(name)}


def without_points(results: Results) -> Results:
    """Leave out results that are the time or the value of a single patient, and values that a whisker ends at."""
    return Results(
        row
        if row.stat is None or not row.stat_name.startswith("whisker")
        else replace(row, stat=None, note="left out: a patient's value")
        for row in results
        if not _POINTS.search(row.analysis_id)
    )


def left_out(display: Display) -> Paragraph:
    """Say instead of a figure why it is not there."""
    return Paragraph(
        (f"{display.label}, {display.title.lower()}, is left out: what it draws are single patients.",)
    )
