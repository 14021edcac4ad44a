"""The datasets by the arm whose treatment was given, for analyses of harm and exposure."""

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from duonen_stats.datasets.build import Datasets
from duonen_stats.plan import Plan


def treated_otherwise(data: Datasets) -> "pd.Series[bool]":
    """Say of each patient of ADSL whether treatment was that of another arm than the planned one."""
    actual = data.adsl["TRT01A"]
    return (actual.notna() & actual.ne(data.adsl["TRT01P"]).fillna(value=False)).astype(bool)


def as_treated(data: Datasets, plan: Plan) -> Datasets:
    """Put patients in the arm that the plan shows harm and exposure by.

    Parameters
    ----------
    data
        The analysis datasets. They are not changed.
    plan
        ``safety_arm``.

    Returns
    -------
    Datasets
        The same object if the plan takes the arm randomised to, or everybody was treated as it says; otherwise
        ``TRT01P`` and ``TRT01PN`` of every dataset hold the arm treated as, for who was treated.

    References
    ----------
    ICH E9, §5.2.3 (populations of safety analyses).
    """
    others = treated_otherwise(data)
    if plan.safety_arm == "randomised" or not others.any():
        return data
    patients = data.adsl.loc[others].set_index("USUBJID")
    frames: dict[str, Any] = {
        item.name: _by_arm(frame, patients)
        for item in fields(data)
        if isinstance(frame := getattr(data, item.name), pd.DataFrame)
        and {"USUBJID", "TRT01P"} <= {*frame.columns}
    }
    return replace(data, **frames)


def _by_arm(frame: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    chosen = frame["USUBJID"].isin(patients.index)
    out = frame.copy()
    for planned, actual in (("TRT01P", "TRT01A"), ("TRT01PN", "TRT01AN")):
        if planned in out:
            out.loc[chosen, planned] = (
                out.loc[chosen, "USUBJID"].map(patients[actual]).astype(out[planned].dtype)
            )
    return out
