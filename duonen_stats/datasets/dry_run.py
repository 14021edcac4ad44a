"""A blinded dry run: what datasets made of a blinded view of the cut must not pretend to know, and the mark on them."""

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from duonen_stats.datasets.build import Datasets
from duonen_stats.datasets.metadata.shape import missing
from duonen_stats.datasets.metadata.stamp import DRY_RUN
from duonen_stats.raw.blinded_view import TREATMENT_TABLES

WITHHELD = ("ADEX", "ADDOS")
"""Datasets without rows in a dry run: isotopes, activities and doses reveal the arm of every patient."""

_UNKNOWN = ("MODCAT", "DOSFL", "AEACN", "AERELLU", "AERELY90")
"""Variables that follow from what the view withholds."""


def mark_dry_run(data: Datasets) -> Datasets:
    """Say on datasets of a blinded view that they are a dry run, and take out what the view cannot know.

    Parameters
    ----------
    data
        Datasets built from a cut that ``raw.blinded_view`` gives, its arms drawn by chance. They are not changed.

    Returns
    -------
    Datasets
        Same patients, arms and outcomes. ADEX and ADDOS have no rows; ADSL says nothing of modification and dosimetry,
        ADAE nothing of the action taken and of the relation to a product. ``set_aside`` names no line and no record of
        treatment. Every dataset says that it is a dry run.

    References
    ----------
    ICH E9, section 5.1 (programs before the blind is broken); decision record 0015.
    """
    frames: dict[str, Any] = {
        item.name: _marked(frame, item.name.upper())
        for item in fields(data)
        if isinstance(frame := getattr(data, item.name), pd.DataFrame) and "USUBJID" in frame
    }
    aside = data.set_aside.loc[~data.set_aside["table"].isin(TREATMENT_TABLES)].reset_index(drop=True)
    aside = aside.assign(row=missing("integer", aside.index))
    return replace(
        data,
        **frames,
        set_aside=aside,
        cut_line=f"{DRY_RUN}, arms permuted. {data.cut_line}",
        stamp=replace(data.stamp, blinded=True),
    )


def _marked(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    rows = frame.iloc[:0].copy() if name in WITHHELD else frame.copy()
    for column in _UNKNOWN:
        if column in rows:
            rows[column] = missing("text", rows.index)
    if "STUDYID" in rows:
        rows["STUDYID"] = rows["STUDYID"].astype(object) + f" ({DRY_RUN})"
    return rows
