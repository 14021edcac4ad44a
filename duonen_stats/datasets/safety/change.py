"""Baseline, change from it, and the worst change of each patient and analyte."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.limits_compared import difference
from duonen_stats.datasets.metadata.shape import numbers, require_columns, require_unique
from duonen_stats.methods.inputs.midranks import as_ranked
from duonen_stats.plan import Plan

# Change from baseline, absolute and in percent.


def add_change(labs: pd.DataFrame) -> pd.DataFrame:
    """Add each value's change from the patient's own baseline.

    Parameters
    ----------
    labs
        ``AVAL`` and ``BASE`` in one unit; ``ADT`` and ``TRTSDT`` (first administration).

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``CHG`` (unit of ``AVAL``) and ``PCHG`` (%; missing if ``BASE`` is 0).
        Values up to the first administration, the baseline among them, have no change. Nothing is rounded here:
        where changes are ranked, the ranking takes 12.9 - 12.1 and 0.8 as a tie.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, Table 4 ("Δ vs T1").
    """
    require_columns(labs, "AVAL", "BASE", "ADT", "TRTSDT")
    after = labs["ADT"] > labs["TRTSDT"]
    change = pd.Series(difference(numbers(labs["AVAL"]), numbers(labs["BASE"])), index=labs.index).where(
        after
    )
    return labs.assign(CHG=change, PCHG=100 * change / labs["BASE"].where(labs["BASE"] != 0))


# The baseline of each patient and analyte, beside every record.


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


# The worst change of each patient and analyte: the nadir, or the peak where high is adverse.


NADIR, NADIR_NUMBER = "NADIR", 92.0


def derive_nadir(labs: pd.DataFrame, *, adverse: Mapping[str, str], plan: Plan) -> pd.DataFrame:
    """Find the worst change from baseline of each patient and analyte.

    By the scope ``follow_up`` the records that stand for the plan's follow-up visits are searched, by
    ``on_treatment`` every record on treatment. A change reached twice is dated at the first (or last) time.

    Parameters
    ----------
    labs
        ``SUBJID``, ``PARAMCD``, ``AVISIT``, ``AVISITN``, ``VISIT``, ``ADT``, ``CHG``, ``LBSEQ``,
        ``ANL01FL`` or ``ONTRTFL``, and whatever else the row of the nadir should keep.
    adverse
        ``"low"`` or ``"high"`` for each ``PARAMCD``.
    plan
        Scope, follow-up visits, the precision of a tie and the rule for ties.

    Returns
    -------
    pandas.DataFrame
        One row per patient and analyte with any such change, sorted: the record of the worst change with
        ``AVISIT`` "NADIR", ``DTYPE`` MINIMUM or MAXIMUM and ``SRCVISIT``, the visit it occurred at.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §3.5 (nadirs) and §3.6 ("worst Δ").
    """
    require_columns(labs, "SUBJID", "PARAMCD", "AVISIT", "AVISITN", "VISIT", "ADT", "CHG", "LBSEQ")
    searched = worst_is_searched(labs, plan)
    high = searched["PARAMCD"].map(dict(adverse)).eq("high")
    time = "AVISITN" if plan.nadir_scope == "follow_up" else "ADT"
    first = plan.nadir_tie == "first"
    size = as_ranked(searched["CHG"], plan.difference_decimals)
    ranked = searched.assign(WORST=np.where(high, -size, size), HIGH=high).sort_values(
        ["SUBJID", "PARAMCD", "WORST", time, "LBSEQ"],
        ascending=[True, True, True, first, first],
        kind="stable",
    )
    worst = ranked.drop_duplicates(["SUBJID", "PARAMCD"])
    return worst.drop(columns=["WORST", "HIGH"]).assign(
        SRCVISIT=worst["AVISIT"].where(worst["AVISIT"].notna(), worst["VISIT"]),
        AVISIT=NADIR,
        AVISITN=NADIR_NUMBER,
        DTYPE=worst["HIGH"].map({True: "MAXIMUM", False: "MINIMUM"}).astype(object),
    )


def worst_is_searched(labs: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Take the changes among which a patient's worst is searched, by the plan's scope.

    Parameters
    ----------
    labs
        Records of the laboratory dataset without its rows of the nadir: ``CHG`` and, for the scope ``follow_up``,
        ``AVISIT`` and ``ANL01FL``, for ``on_treatment`` ``ONTRTFL``.
    plan
        Scope and follow-up visits.

    Returns
    -------
    pandas.DataFrame
        Some rows of ``labs``, in their order.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(labs, "CHG")
    if plan.nadir_scope == "on_treatment":
        require_columns(labs, "ONTRTFL")
        within = labs["ONTRTFL"].eq("Y")
    else:
        require_columns(labs, "AVISIT", "ANL01FL")
        within = labs["ANL01FL"].eq("Y") & labs["AVISIT"].isin(plan.follow_up_visits)
    return labs.loc[within.fillna(value=False).astype(bool) & labs["CHG"].notna()]
