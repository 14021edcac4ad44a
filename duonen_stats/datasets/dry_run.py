"""A blinded dry run: arms drawn again, so that programs can be finished while results by arm mean nothing."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from duonen_stats.datasets.build import Datasets
from duonen_stats.datasets.metadata.shape import missing, typed
from duonen_stats.datasets.metadata.stamp import DRY_RUN
from duonen_stats.datasets.metadata.variables import Kind
from duonen_stats.errors import DataError
from duonen_stats.raw import Cut
from duonen_stats.study import Study

WITHHELD = ("ADEX", "ADDOS")
"""Datasets without rows in a dry run: isotopes, activities and doses tell the arm of every patient."""

TREATMENT_TABLES = ("administrations", "dosimetry")
"""Raw tables whose records, and whatever is said of one of them, tell the arm."""

TELLING_COLUMNS = ("ARM", "ACTION")
"""Raw columns that tell it in other tables: an activity is reduced in the arms with dosimetry only."""

_ARM = ("TRT01P", "TRT01PN", "TRT01A", "TRT01AN")
_TELLING = ("MODCAT", "AEACN")


def permute_arms(data: Datasets, study: Study, seed: int) -> Datasets:
    """Give every randomised patient an arm drawn by chance, and withhold what would tell the true one.

    Parameters
    ----------
    data
        The datasets as built. They are not changed.
    study
        The arms in order.
    seed
        Of the random order, 0 or more. The arms drawn depend on the seed and on how many patients each arm has, not on
        who is in which arm: knowing the seed does not undo the blinding.

    Returns
    -------
    Datasets
        Same patients and outcomes, arms as large as before. ADEX and ADDOS have no rows, ADSL no category of
        modification and ADAE no action taken; raw records of treatment are left out of ``set_aside``. Every dataset
        says that it is a dry run.

    Raises
    ------
    DataError
        The seed is negative.

    References
    ----------
    ICH E9, section 5.1 (programs before the blind is broken); decision record 0015.
    """
    if seed < 0:
        raise DataError(f"The seed of a blinded dry run is {seed}; give 0 or more.")
    arms = draw_arms(data.adsl, study, seed)
    frames: dict[str, Any] = {
        item.name: _masked(frame, item.name.upper(), arms, study)
        for item in fields(data)
        if isinstance(frame := getattr(data, item.name), pd.DataFrame) and "USUBJID" in frame
    }
    aside = data.set_aside.loc[~data.set_aside["table"].isin(TREATMENT_TABLES)].reset_index(drop=True)
    return replace(
        data,
        **frames,
        set_aside=aside,
        cut_line=f"{DRY_RUN}, arms permuted. {data.cut_line}",
        stamp=replace(data.stamp, blinded=True),
    )


def without_treatment(cut: Cut) -> Cut:
    """Return a cut whose read-out says nothing of treatment: how many doses a record of it lost tells the arm."""
    kept = tuple(one for one in cut.readout if not tells_the_arm(one.table, one.column))
    return replace(cut, readout=kept)


def tells_the_arm(table: str, column: str | None) -> bool:
    """Return whether a remark on a raw table, or on one of its columns, could give a patient's arm away."""
    return table in TREATMENT_TABLES or column in TELLING_COLUMNS


def draw_arms(adsl: pd.DataFrame, study: Study, seed: int) -> dict[str, str]:
    """Draw an arm for each randomised patient.

    Parameters
    ----------
    adsl
        The subject-level dataset. Of ``TRT01P`` only the sizes of the arms are used: the arms are put in order before
        they are permuted, so that who had which is lost.
    study, seed
        As in :func:`permute_arms`.

    Returns
    -------
    dict
        Code of the arm by ``USUBJID``.
    """
    randomised = adsl.loc[adsl["RANDFL"].eq("Y"), ["USUBJID", "TRT01P"]]
    order = [arm.code for arm in study.arms]
    sizes = [int(randomised["TRT01P"].eq(code).sum()) for code in order]
    drawn = np.random.default_rng(seed).permutation(np.repeat(order, sizes))
    return dict(zip(sorted(randomised["USUBJID"]), drawn.tolist(), strict=True))


def _masked(frame: pd.DataFrame, name: str, arms: dict[str, str], study: Study) -> pd.DataFrame:
    rows = frame.iloc[:0].copy() if name in WITHHELD else frame.copy()
    numbers = {arm.code: place for place, arm in enumerate(study.arms, 1)}
    for column in _ARM:
        if column in rows:
            drawn = rows["USUBJID"].map(arms).where(rows[column].notna())
            kind: Kind = "integer" if column.endswith("N") else "text"
            rows[column] = typed(drawn.map(numbers) if kind == "integer" else drawn, kind)
    for column in _TELLING:
        if column in rows:
            rows[column] = missing("text", rows.index)
    if "STUDYID" in rows:
        rows["STUDYID"] = rows["STUDYID"].astype(object) + f" ({DRY_RUN})"
    return rows
