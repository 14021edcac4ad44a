"""What all reports on a data cut share: results marked as simulated, and a date that depends on the cut alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pandas as pd

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.raw import Cut
from duonen_stats.results import ResultRow, Results


def marked(rows: Iterable[ResultRow], stamp: Stamp) -> Results:
    """Say in the population of every row that the data are simulated, or the arms permuted, if they are."""
    named = cache(stamp.population)  # thousands of rows are of a dozen populations
    return Results(
        row if named(row.population) == row.population else replace(row, population=named(row.population))
        for row in rows
    )


def date_of(cut: Cut) -> datetime:
    """Date of the PDF: the data cut's, so that the same input gives the same bytes."""
    date = cut.cut_date if cut.cut_date is not None else pd.Timestamp("2000-01-01")
    return datetime(date.year, date.month, date.day, tzinfo=UTC)
