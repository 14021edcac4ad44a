"""Patients by arm: the groups every analysis is made in."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from duonen_stats.study import Study

ALL = "all"
ARM = "TRT01P"


def arm_codes(study: Study) -> tuple[str, ...]:
    """Codes of the trial's arms in protocol order."""
    return tuple(arm.code for arm in study.arms)


def each_group(
    frame: pd.DataFrame, study: Study, *, total: bool = True
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield ``(code, rows)`` for all arms together (``"all"``, if ``total``) and each planned arm, empty or not."""
    if total:
        yield ALL, frame
    for code in arm_codes(study):
        yield code, frame[frame[ARM] == code]


def by_arm(frame: pd.DataFrame, column: str, study: Study) -> Mapping[str, np.ndarray]:
    """Values of ``column`` per planned arm, missing ones kept; an arm without patients is an empty array."""
    return {code: numbers(rows[column]) for code, rows in each_group(frame, study, total=False)}


def numbers(series: pd.Series) -> np.ndarray:
    """Values as floats, missing as NaN, whatever the column's type."""
    return series.to_numpy(dtype=float, na_value=np.nan)


def flagged(frame: pd.DataFrame, flag: str) -> pd.DataFrame:
    """Rows whose ``flag`` is "Y"."""
    return frame[frame[flag].eq("Y").fillna(value=False).astype(bool)]
