"""The baseline record of each patient and analyte."""

import pandas as pd

from duonen_stats.datasets.shape import flag, typed
from duonen_stats.frames import require_columns, require_unique
from duonen_stats.sap import Plan


def flag_baseline(labs: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Flag the baseline record and assign it to the baseline visit.

    Only a value on or before the day of the first administration can be it. By the rule
    ``visit_then_last`` the scheduled record of the baseline visit goes first, and the last value of any
    kind is taken if there is none; by ``last_before_treatment`` the last value is taken at once. For a
    patient never treated, records of the baseline visit qualify.

    Parameters
    ----------
    labs
        ``SUBJID``, ``PARAMCD``, ``AVISIT``, ``ADT``, ``TRTSDT``, ``SCHEDULED`` (bool), ``REASON`` and
        a unique ``LBSEQ``.
    plan
        Baseline visit and rule.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ABLFL``; the flagged record's ``AVISIT`` is the baseline visit.

    Raises
    ------
    DataError
        A column is absent or ``LBSEQ`` is not unique.

    References
    ----------
    Interim publication, Table 4 ("Δ vs T1").
    """
    require_columns(labs, "SUBJID", "PARAMCD", "AVISIT", "ADT", "TRTSDT", "SCHEDULED", "REASON")
    require_unique(labs, "LBSEQ")
    at_visit = labs["AVISIT"] == plan.baseline_visit
    early = (labs["ADT"] <= labs["TRTSDT"]) | (labs["TRTSDT"].isna() & at_visit)
    candidates = labs.assign(NAMED=labs["SCHEDULED"] & at_visit).loc[early]
    order = ["NAMED", "ADT", "SCHEDULED", "LBSEQ"]
    if plan.baseline_rule == "last_before_treatment":
        order = ["ADT", "SCHEDULED", "LBSEQ"]
    last = candidates.sort_values(order, ascending=False, kind="stable")
    chosen = labs["LBSEQ"].isin(last.drop_duplicates(["SUBJID", "PARAMCD"])["LBSEQ"])
    return labs.assign(
        ABLFL=flag(chosen),
        AVISIT=labs["AVISIT"].where(~chosen, plan.baseline_visit),
        REASON=typed(labs["REASON"].where(~chosen), "text"),
    )


def add_baseline(labs: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Copy columns of the baseline record to every record of the patient and analyte.

    Parameters
    ----------
    labs
        ``SUBJID``, ``PARAMCD``, ``ABLFL`` and the columns to copy.
    columns
        From which column to which, e.g. ``{"AVAL": "BASE", "ANRIND": "BNRIND"}``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order; without a baseline record the new columns are missing: nothing is imputed.

    Raises
    ------
    DataError
        A column is absent, or a patient has two baseline records of an analyte.
    """
    require_columns(labs, "SUBJID", "PARAMCD", "ABLFL", *columns)
    baseline = labs.loc[labs["ABLFL"] == "Y", ["SUBJID", "PARAMCD", *columns]]
    require_unique(baseline, "SUBJID", "PARAMCD")
    copied = baseline.set_index(["SUBJID", "PARAMCD"]).rename(columns=columns)
    return labs.join(copied, on=["SUBJID", "PARAMCD"])
