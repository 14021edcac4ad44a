"""Dosimetry-guided modification of activity: its category and size per patient (Table 2)."""

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.frames import require_columns, require_unique
from duonen_stats.datasets.metadata.shape import flag
from duonen_stats.methods.inputs.admit import BoolArray
from duonen_stats.methods.inputs.bounds import above, below
from duonen_stats.methods.inputs.midranks import as_ranked

INCREASED, DECREASED, UNCHANGED = "INCREASED", "DECREASED", "UNCHANGED"
NOT_EVALUABLE = "NOT EVALUABLE"


def derive_modification(
    cycles: pd.DataFrame, *, first_cycle: str, tolerance: float, decimals: int
) -> pd.DataFrame:
    """Summarise how a patient's modified isotope was changed after the first cycle.

    The category goes by the mean change over the delivered cycles after the first; the flags go by single
    cycles, so that a patient may have both.

    Parameters
    ----------
    cycles
        One row per patient and delivered cycle: ``SUBJID``, ``AVISIT``, ``AVAL``, ``BASE``, ``CHG`` (MBq) of
        the isotope, and ``NOMINAL``, the arm's nominal activity of the first cycle (MBq).
    first_cycle
        Code of the cycle the others are compared with.
    tolerance
        Fraction of ``NOMINAL``; only a change beyond it counts.
    decimals
        Precision at which a change is compared with the limit, so that binary noise decides nothing. The changes
        themselves are not rounded.

    Returns
    -------
    pandas.DataFrame
        One row per patient, sorted by ``SUBJID``: ``AVAL`` (mean activity), ``BASE``, ``CHG`` (mean change),
        ``PCHG`` (% of nominal), ``AVALC`` (category), ``NCYMOD``, ``UPCHG``, ``DNCHG`` (mean over the cycles
        changed that way), ``ANYUPFL``, ``ANYDNFL``, ``ONLYUNFL``. Without a first or a later cycle the
        category is not evaluable and no change is given.

    Raises
    ------
    DataError
        A column is absent, or a patient has a cycle twice.

    References
    ----------
    Interim publication, Table 2; the tolerance is a decision of the plan.
    """
    require_columns(cycles, "SUBJID", "AVISIT", "AVAL", "BASE", "CHG", "NOMINAL")
    require_unique(cycles, "SUBJID", "AVISIT")
    later = _mark_cycles(cycles.loc[cycles["AVISIT"] != first_cycle], tolerance, decimals)
    patients = cycles.groupby("SUBJID")[["BASE", "NOMINAL"]].first()
    by_patient = later.groupby("SUBJID")
    out = patients.assign(
        AVAL=by_patient["AVAL"].mean(),
        CHG=by_patient["CHG"].mean(),
        NCYMOD=by_patient.size(),
        UPCHG=later.loc[later["UP"]].groupby("SUBJID")["CHG"].mean(),
        DNCHG=later.loc[later["DOWN"]].groupby("SUBJID")["CHG"].mean(),
        ANYUP=by_patient["UP"].any(),
        ANYDOWN=by_patient["DOWN"].any(),
    )
    return _categorise(out.reset_index(), tolerance, decimals)


def _beyond(changes: pd.DataFrame, tolerance: float, decimals: int) -> tuple[BoolArray, BoolArray]:
    """Say which changes are beyond the limit upwards, and which downwards."""
    limit = as_ranked(tolerance * changes["NOMINAL"], decimals)
    change = as_ranked(changes["CHG"], decimals)
    return above(change, limit), below(change, -limit)


def _mark_cycles(later: pd.DataFrame, tolerance: float, decimals: int) -> pd.DataFrame:
    up, down = _beyond(later, tolerance, decimals)
    return later.assign(UP=up, DOWN=down)


def _categorise(patients: pd.DataFrame, tolerance: float, decimals: int) -> pd.DataFrame:
    up, down = _beyond(patients, tolerance, decimals)
    evaluable = (patients["CHG"].notna() & patients["NOMINAL"].notna()).to_numpy()
    any_up = patients["ANYUP"].to_numpy(dtype=bool, na_value=False) & evaluable
    any_down = patients["ANYDOWN"].to_numpy(dtype=bool, na_value=False) & evaluable
    category = np.select([~evaluable, up, down], [NOT_EVALUABLE, INCREASED, DECREASED], UNCHANGED)
    return patients.drop(columns=["ANYUP", "ANYDOWN"]).assign(
        AVAL=patients["AVAL"].where(evaluable),
        PCHG=100 * patients["CHG"] / patients["NOMINAL"],
        AVALC=pd.Series(category, index=patients.index, dtype=object),
        NCYMOD=patients["NCYMOD"].fillna(0),
        ANYUPFL=flag(pd.Series(any_up, index=patients.index)),
        ANYDNFL=flag(pd.Series(any_down, index=patients.index)),
        ONLYUNFL=flag(pd.Series(evaluable & ~any_up & ~any_down, index=patients.index)),
    )
