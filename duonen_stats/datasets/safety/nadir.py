"""The worst change of each patient and analyte: the nadir, or the peak where high is adverse."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.frames import require_columns
from duonen_stats.methods.inputs.midranks import as_ranked
from duonen_stats.plan import Plan

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
