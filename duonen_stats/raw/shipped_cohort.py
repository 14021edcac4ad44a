"""Whether a data cut is the simulated cohort shipped with the package, which alone was built to agree."""

import hashlib
from functools import cache
from typing import Any, Literal

import pandas as pd

from duonen_stats.raw.cut import Cut, read_cut
from duonen_stats.study import Study

Origin = Literal["shipped", "simulated", "trial"]
"""What data are: the shipped cohort, other simulated data, or data of the trial."""

_LINE = "_ROW"
_NAMES = {"data_cut": ("LABEL",)}
"""Columns that only name a cut: what it is called does not make it another."""


def origin_of(cut: Cut, study: Study) -> Origin:
    """Say what the data of a cut are, by its tables: their name and form, and the order of records, say nothing.

    A cut with one other value, a record more or less, or reduced to an earlier day is not the shipped cohort.

    Examples
    --------
    >>> from duonen_stats import load_study, read_cut, simulate_cut
    >>> study = load_study()
    >>> origin_of(read_cut(study), study), origin_of(simulate_cut(1, patients=8), study)
    ('shipped', 'simulated')
    """
    if not cut.simulated:
        return "trial"
    return "shipped" if _digest(cut) == _shipped_digest(study) else "simulated"


@cache
def _shipped_digest(study: Study) -> str:
    return _digest(read_cut(study))


def _digest(cut: Cut) -> str:
    """Return the sha256 of the records of every table, each table in one order of records and columns."""
    found = hashlib.sha256()
    for name, frame in sorted(cut.tables.items()):
        columns = sorted({*frame.columns} - {_LINE, *_NAMES.get(name, ())})
        values = [_texts(frame[column]) for column in columns]
        records = sorted("\x1f".join(record) for record in zip(*values, strict=True))
        found.update("\x1e".join((name, *columns, *records)).encode())
    return found.hexdigest()


def _texts(values: "pd.Series[Any]") -> list[str]:
    """Write each value, equal ones once: a column of many thousand records has few different ones."""
    codes, different = pd.factorize(values)
    texts = [*map(_text, different), ""]  # the code of what is missing is -1, the last
    return [texts[code] for code in codes]


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    return repr(float(value)) if isinstance(value, int | float) else str(value)
