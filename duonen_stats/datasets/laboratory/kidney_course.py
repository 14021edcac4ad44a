"""The course of a patient's kidney function: categories, confirmed falls, the yearly change."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.laboratory.grade_course import EVENT, OTHER, TimesToValue
from duonen_stats.datasets.metadata.shape import numbers, require_columns
from duonen_stats.methods.inputs.bounds import above, meets

KIDNEY = "EGFR"
CATEGORIES = (("G1", 90.0), ("G2", 60.0), ("G3a", 45.0), ("G3b", 30.0), ("G4", 15.0), ("G5", 0.0))
"""KDIGO categories with the eGFR from which on each holds, in mL/min/1.73 m²."""

DAYS_PER_YEAR = 365.25
NEAR_INFUSION_DAYS = 3
"""Values up to this many days after an administration are of the infusion, not of the kidney."""

RAPID = 5.0
"""Loss in mL/min/1.73 m² a year above which a decline is rapid (KDIGO)."""

_QUARTER = 0.25
_FEWEST_VALUES = 3


def category_of(values: NDArray[np.float64]) -> "NDArray[np.str_]":
    """Give the KDIGO category of each eGFR, from its unrounded value; empty without one.

    Examples
    --------
    >>> category_of(np.array([90.0, 89.6, 60.0, 59.9, 44.0, 14.9])).tolist()
    ['G1', 'G2', 'G2', 'G3a', 'G3b', 'G5']

    References
    ----------
    KDIGO (2012) Kidney Int Suppl 3:1-150, table 5.
    """
    found = np.full(values.shape, "", dtype="U3")
    for name, bound in reversed(CATEGORIES):
        found[meets(values, ">=", bound)] = name
    return found


def kidney_values(adlb: pd.DataFrame) -> pd.DataFrame:
    """Take the eGFR of each patient in order of date.

    Parameters
    ----------
    adlb
        The laboratory dataset.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``ADT``, ``ADY``, ``AVISIT``, ``AVAL``, ``BASE``, ``BASELINE`` (bool: the baseline
        record), ``STANDS`` (bool: it stands for its visit); by patient, date and number of the record.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(
        adlb, "USUBJID", "TRT01P", "PARAMCD", "DTYPE", "ADT", "ADY", "AVISIT", "AVAL", "BASE", "LBSEQ"
    )
    own = adlb[adlb["PARAMCD"].eq(KIDNEY) & adlb["DTYPE"].isna() & adlb["AVAL"].notna()]
    own = own.sort_values(["USUBJID", "ADT", "LBSEQ"], kind="stable")
    return pd.DataFrame(
        {
            "USUBJID": own["USUBJID"],
            "TRT01P": own["TRT01P"],
            "ADT": pd.to_datetime(own["ADT"]),
            "ADY": numbers(own["ADY"]),
            "AVISIT": own["AVISIT"],
            "AVAL": numbers(own["AVAL"]),
            "BASE": numbers(own["BASE"]),
            "BASELINE": own["ABLFL"].eq("Y").fillna(value=False).astype(bool),
            "STANDS": own["ANL01FL"].eq("Y").fillna(value=False).astype(bool),
        }
    ).reset_index(drop=True)


def days_to_fall(
    values: pd.DataFrame, patients: pd.DataFrame, fraction: float, confirmation_days: int
) -> tuple[TimesToValue, int]:
    """Find when eGFR first fell by a fraction of the baseline, if the next value some days later shows it too.

    Parameters
    ----------
    values
        As ``kidney_values`` gives them.
    patients
        Treated patients: ``USUBJID``, ``TRTSDT``, ``DTHDT``. Death competes.
    fraction
        The fall, as a fraction of the baseline.
    confirmation_days
        The first value at least so many days later has to show the fall. A fall with no such value after it counts, and
        is not confirmed.

    Returns
    -------
    TimesToValue, int
        Days from the first administration to the first of the two values, of patients with a baseline and a value after
        the first administration; and how many events are not confirmed.

    Example
    -------
    From 90: 60, 85 after 40 days, 62 and 58 a month apart: a fall by 30 % at 62.

    References
    ----------
    Levey et al. (2014) Am J Kidney Dis 64:821-835.
    """
    later = values[(values["ADY"] > 1) & values["BASE"].notna()]
    started = pd.to_datetime(patients.set_index("USUBJID")["TRTSDT"])
    death = pd.to_datetime(patients.set_index("USUBJID")["DTHDT"])
    names, days, causes, unconfirmed = [], [], [], 0
    by_patient = dict(iter(later.groupby("USUBJID", sort=False)))
    for patient in patients["USUBJID"]:
        own = by_patient.get(patient)
        if own is None:
            continue
        found = _first_fall(own, fraction, confirmation_days)
        died = death[patient]
        end, cause = own["ADT"].iloc[-1], 0
        if found is not None and (pd.isna(died) or found[0] <= died):
            end, cause = found[0], EVENT
            unconfirmed += not found[1]
        elif pd.notna(died):
            end, cause = died, OTHER
        names.append(str(patient))
        days.append(max((end - started[patient]).days, 0))
        causes.append(cause)
    times = TimesToValue(
        patient=tuple(names),
        days=np.array(days, dtype=float),
        cause=np.array(causes, dtype=np.int64),
        without=len(patients) - len(names),
        undecided=0,
    )
    return times, unconfirmed


def _first_fall(own: pd.DataFrame, fraction: float, wait: int) -> "tuple[pd.Timestamp, bool] | None":
    """Date of the first fall that its next value confirms, or that no later value can; and whether it is confirmed."""
    bound = (1 - fraction) * own["BASE"].to_numpy()
    fallen = meets(own["AVAL"].to_numpy(), "<=", bound)
    dates = own["ADT"].tolist()
    for place in np.flatnonzero(fallen):
        later = [at for at in range(place + 1, len(dates)) if (dates[at] - dates[place]).days >= wait]
        if not later:
            # No value can confirm it: of values of the last days all have to show it.
            if fallen[place:].all():
                return dates[place], False
            continue
        if fallen[later[0]]:
            return dates[place], True
    return None


def has_progressed(values: pd.DataFrame) -> "pd.Series[bool]":
    """Say of each patient whether eGFR fell to a worse KDIGO category and by a quarter of the baseline at least.

    Parameters
    ----------
    values
        As ``kidney_values`` gives them.

    Returns
    -------
    pandas.Series
        By ``USUBJID``, of patients with a baseline and a later value.

    References
    ----------
    KDIGO (2012) Kidney Int Suppl 3:1-150, 2.1.3.
    """
    later = values[(values["ADY"] > 1) & values["BASE"].notna()]
    order = {name: place for place, (name, _) in enumerate(CATEGORIES)}
    now = pd.Series(category_of(later["AVAL"].to_numpy()), index=later.index).map(order)
    before = pd.Series(category_of(later["BASE"].to_numpy()), index=later.index).map(order)
    fallen = meets(later["AVAL"].to_numpy(), "<=", (1 - _QUARTER) * later["BASE"].to_numpy())
    worse = (now > before) & fallen
    return worse.groupby(later["USUBJID"]).any().astype(bool)


def slope_values(
    values: pd.DataFrame, given: pd.DataFrame, started: "pd.Series[pd.Timestamp]", after_days: float
) -> pd.DataFrame:
    """Take the values that a yearly change is estimated from, with their time in years.

    Parameters
    ----------
    values
        As ``kidney_values`` gives them.
    given
        Delivered cycles: ``USUBJID``, ``ASTDT``. Values of their day, and of the next three, are not of the kidney
        alone and are left out; the baseline stays.
    started
        First administration by ``USUBJID``.
    after_days
        Values up to so many days after it are left out; 0 keeps the baseline.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``YEARS`` (from the first administration; below 0 at baseline), ``AVAL``.
    """
    own = values[values["USUBJID"].isin(started.index)]
    days = (own["ADT"] - own["USUBJID"].map(started)).dt.days.astype(float)
    pairs = own.assign(PLACE=own.index).merge(given[["USUBJID", "ASTDT"]], on="USUBJID")
    gap = (pairs["ADT"] - pd.to_datetime(pairs["ASTDT"])).dt.days
    near = set(pairs.loc[gap.between(0, NEAR_INFUSION_DAYS), "PLACE"])
    kept = own["BASELINE"] | ((days > 0) & ~own.index.isin(near))
    if after_days > 0:
        kept = kept & (days > after_days)
    timed = own.assign(YEARS=days / DAYS_PER_YEAR)[kept.to_numpy(dtype=bool)]
    return pd.DataFrame(timed[["USUBJID", "TRT01P", "YEARS", "AVAL"]])


def is_rapid(slopes: pd.DataFrame) -> "pd.Series[bool]":
    """Say of each patient whether the least-squares line loses more than 5 mL/min/1.73 m² a year.

    Parameters
    ----------
    slopes
        As ``slope_values`` gives them.

    Returns
    -------
    pandas.Series
        By ``USUBJID``, of patients with three values over a year at least: of fewer, or a shorter time, no one can say
        that a loss was sustained.

    References
    ----------
    KDIGO (2012) Kidney Int Suppl 3:1-150, 2.1.3.
    """
    found: dict[object, bool] = {}
    for patient, own in slopes.groupby("USUBJID", sort=True):
        years = own["YEARS"].to_numpy()
        if years.size < _FEWEST_VALUES or not meets(np.ptp(years), ">=", 1.0):
            continue
        centred = years - years.mean()
        slope = float(centred @ own["AVAL"].to_numpy() / (centred @ centred))
        found[patient] = bool(above(-slope, RAPID))
    return pd.Series(list(found.values()), index=list(found), dtype=bool)
