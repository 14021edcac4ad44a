"""Why the analyses do not use a raw record: the rules of each table, stated once, for checks and datasets alike.

A record is used if it is of a patient who was randomised, is known by the data cut and says something. Checks ask the
same rules where they look at what the datasets will be made of (baseline, first and last cycle).
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from duonen_stats.raw.derived.cycles import delivered
from duonen_stats.raw.derived.units import unit_factors
from duonen_stats.raw.intake.result_cell import bound_parts
from duonen_stats.study import Study

NO_SUBJECT = "patient is not among the randomised"
AFTER_CUT = "dated after the data cut"
NOT_DELIVERED = "cycle was not delivered"
NOT_GIVEN = "isotope was not given in the cycle"
_UNIT = "unit cannot be converted"
_NO_NUMBER = "no patient number"

_Rules = Sequence[tuple[Any, str]]
"""Whether a record fails a rule, and the reason that it is then not used for; the first one counts."""


def unused_subjects(rows: pd.DataFrame, until: pd.Timestamp | None) -> "pd.Series[str]":
    """Say of each row of ``subjects`` why the patient is not analysed, None if the patient is.

    Parameters
    ----------
    rows
        The raw table: ``SUBJID``, ``RANDDT``.
    until
        The day of the data cut; None if it is not known.

    Returns
    -------
    pandas.Series
        The reason as text or None, indexed like ``rows``.
    """
    rules = [
        (rows["SUBJID"].isna(), _NO_NUMBER),
        (_after(rows["RANDDT"], until), "randomised after the data cut"),
    ]
    return _first(rules, rows.index)


def unused_entries(rows: pd.DataFrame, until: pd.Timestamp | None) -> "pd.Series[str]":
    """Say of each row of ``enrolment`` why it is not counted; its patients need not be in another table."""
    rules = [
        (rows["SUBJID"].isna(), _NO_NUMBER),
        (rows["ENROLDT"].isna(), "no date of entry"),
        (_after(rows["ENROLDT"], until), AFTER_CUT),
    ]
    return _first(rules, rows.index)


@dataclass(frozen=True, slots=True)
class RecordScreen:
    """The rules of a cut: of its patients, the day of the cut (None if it is unknown) and the study.

    Each function says of every record of a raw table why it is not used: a text, or None if it is used.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> rows = pd.DataFrame({"SUBJID": ["1", "2", "1"], "ASSESSDT": pd.to_datetime(["2024-01-01", "2024-01-01", None])})
    >>> RecordScreen({"1"}, None, load_study()).unused_tumour_assessments(rows).tolist()
    [None, 'patient is not among the randomised', 'no date of assessment']
    """

    patients: AbstractSet[object]
    until: pd.Timestamp | None
    study: Study

    def unused_administrations(self, rows: pd.DataFrame) -> "pd.Series[str]":
        """Of ``administrations``: cycles that were not delivered among them."""
        rules = [
            (rows["EXDT"].isna(), "no date of administration"),
            (_after(rows["EXDT"], self.until), AFTER_CUT),
            (~delivered(rows, self.study, until=self.until), "no activity given"),
        ]
        return self._first(rules, rows)

    def unused_dosimetry(self, rows: pd.DataFrame, given: pd.DataFrame) -> "pd.Series[str]":
        """Of ``dosimetry``; ``given`` lists the isotopes of delivered cycles: ``SUBJID``, ``CYCLE``, ``ISOTOPE``."""
        keys = ["SUBJID", "CYCLE", "ISOTOPE"]
        cycle_given, isotope_given = (
            pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(given[key]))
            for key in (keys[:2], keys)
        )
        rules = [
            (~cycle_given, NOT_DELIVERED),
            (~isotope_given, NOT_GIVEN),
            (rows["DOSE_GY"].isna(), "no dose"),
        ]
        return self._first(rules, rows)

    def unused_labs(self, rows: pd.DataFrame) -> "pd.Series[str]":
        """Of ``labs``: a value beyond a bound is one too."""
        bounds = {text for text in rows["BOUND"].dropna().unique() if bound_parts(str(text)) is not None}
        finite = np.isfinite(rows["VALUE"].to_numpy(dtype="float64", na_value=np.nan))
        rules = [
            (rows["LBDT"].isna(), "no date of sampling"),
            (_after(rows["LBDT"], self.until), AFTER_CUT),
            (~finite & ~rows["BOUND"].isin([*bounds]), "no value"),
            (unit_factors(rows, self.study).isna(), _UNIT),
        ]
        return self._first(rules, rows)

    def unused_tumour_assessments(self, rows: pd.DataFrame) -> "pd.Series[str]":
        """Of ``tumour_assessments``."""
        rules = [
            (rows["ASSESSDT"].isna(), "no date of assessment"),
            (_after(rows["ASSESSDT"], self.until), AFTER_CUT),
        ]
        return self._first(rules, rows)

    def unused_dated(self, rows: pd.DataFrame, column: str) -> "pd.Series[str]":
        """Of a table whose records are used whether they have a date in ``column`` or not."""
        return self._first([(_after(rows[column], self.until), AFTER_CUT)], rows)

    def unused_follow_up(self, rows: pd.DataFrame) -> "pd.Series[str]":
        """Of ``follow_up``: a contact after the cut is used, because the patient was alive at the cut."""
        return self._first([], rows)

    def _first(self, rules: _Rules, rows: pd.DataFrame) -> "pd.Series[str]":
        return _first([(~rows["SUBJID"].isin(self.patients), NO_SUBJECT), *rules], rows.index)


def unused_ranges(rows: pd.DataFrame) -> "pd.Series[str]":
    """Say of each reference range, as ``in_own_unit`` gives it, why no limit is taken of it, None if one is."""
    rules = [
        (rows["FACTOR"].isna(), _UNIT),
        (rows["RANGELO"].isna() & rows["RANGEHI"].isna(), "no limit"),
    ]
    return _first(rules, rows.index)


def _after(dates: pd.Series, until: pd.Timestamp | None) -> "pd.Series[bool]":
    return pd.to_datetime(dates) > (pd.Timestamp.max if until is None else until)


def _first(rules: _Rules, index: pd.Index) -> "pd.Series[str]":
    """Give each record the reason of the first rule that it fails, None if it fails none."""
    reasons = np.full(len(index), None, dtype=object)
    for fails, reason in reversed(rules):
        reasons[pd.Series(fails, index=index).to_numpy(dtype=bool, na_value=False)] = reason
    return pd.Series(reasons, index=index)
