"""A report for circulation: numbers of groups of patients, and nothing of a single one.

What names a patient, or is a patient's own value or date, is left out: listings, datasets, raw records, findings and
points of figures. A number of a group may still be that of one patient; the tables say where.

Source: EMA (2018) External guidance on the implementation of policy 0070, chapter 3, on data of small groups.
"""

import re
from collections.abc import Mapping

from duonen_stats.datasets.metadata.stamp import OF_ONE_PATIENT
from duonen_stats.displays.model.display import Display
from duonen_stats.document.content_model import Paragraph
from duonen_stats.results import ResultRow, Results

AGGREGATE_ONLY = "For circulation: aggregate only, without listings, records, datasets and points of patients"
"""What the title page says."""

PATIENT_LISTINGS = (
    "discontinuations",
    "toxicity_discontinuations",
    "deaths",
    "modifications",
    "above_limit",
    "serious_events",
    "severe_events",
    "reconciliation",
    "persistent",
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


_ENDS = frozenset({"min", "max", "whisker_low", "whisker_high"})
"""Statistics that are a value of one patient, however many there are."""
_SUMMARIES = frozenset({"mean", "sd", "median", "q1", "q3", "mean_mbq", "mean_pct", "se", "years"})
"""Statistics that give the values of one patient or two away."""
_FEWEST = 3
"""Patients from which on a mean and its spread reveal no single value."""


def without_values(results: Results) -> Results:
    """Leave out values of single patients: ends of ranges, and summaries of one patient or two.

    A number of patients is no value, and stays; the tables say where it is of one patient.
    """
    return Results(
        row.because(OF_ONE_PATIENT, "withheld", stat=None) if row.stat is not None and _is_own(row) else row
        for row in results
    )


def _is_own(row: ResultRow) -> bool:
    few = row.n is not None and 0 < row.n < _FEWEST
    return row.stat_name in _ENDS or (few and row.stat_name in _SUMMARIES)


def without_points(results: Results) -> Results:
    """Leave out results that are the time of a single patient."""
    return Results(row for row in results if not _POINTS.search(row.analysis_id))


def left_out(display: Display) -> Paragraph:
    """Say instead of a figure why it is not there."""
    return Paragraph(
        (f"{display.label}, {display.title.lower()}, is left out: what it draws are single patients.",)
    )
