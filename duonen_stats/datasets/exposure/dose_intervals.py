"""Time under each cumulative dose: intervals that start at administrations, for dose as it was at the time."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from duonen_stats.datasets.metadata.shape import numbers, require_columns
from duonen_stats.plan import Plan
from duonen_stats.study.parameter_codes import dose_parameter

_ACTIVITY = "activity_"
ORGANS: Mapping[str, str] = MappingProxyType(
    {organ: dose_parameter(organ.upper()) for organ in ("kidney", "marrow")}
)
"""Measure of dose: its parameter in ADDOS."""

_MBQ_IN_GBQ = 1000.0


def activity_measure(isotope: str) -> str:
    """Name the activity of an isotope as a measure of dose, as in ids.

    Examples
    --------
    >>> activity_measure("LU177")
    'activity_lu177'
    """
    return f"{_ACTIVITY}{isotope.lower()}"


def dose_steps(measure: str, adex: pd.DataFrame, addos: pd.DataFrame) -> tuple[pd.DataFrame, "set[object]"]:
    """List what each administration added to a patient's dose, and who cannot be judged.

    Parameters
    ----------
    measure
        The activity of one isotope (GBq, see :func:`activity_measure`) or a key of ``ORGANS`` (Gy, the absorbed doses
        of the isotopes added). Activities of two isotopes are never added: a GBq of ⁹⁰Y is not one of ¹⁷⁷Lu.
    adex, addos
        Exposure and dosimetry.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID``, ``ADT`` (date of administration) and ``DOSE`` it added; one row per delivered cycle.
    set
        Patients a delivered cycle of whom has no such dose: a sum would be too low.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adex, "SUBJID", "AVISIT", "ASTDT", "AVAL", "DTYPE", "ISOTOPE")
    cycles = adex.loc[adex["DTYPE"].isna() & adex["ASTDT"].notna()]
    if measure.startswith(_ACTIVITY):
        cycles = cycles.loc[cycles["ISOTOPE"].map(activity_measure, na_action="ignore").eq(measure)]
    given = cycles.groupby(["SUBJID", "AVISIT"], sort=True).agg(ADT=("ASTDT", "min"), MBQ=("AVAL", "sum"))
    if measure.startswith(_ACTIVITY):
        steps = given.assign(DOSE=given["MBQ"] / _MBQ_IN_GBQ).reset_index()
        return steps[["SUBJID", "ADT", "DOSE"]], set()
    require_columns(addos, "SUBJID", "AVISIT", "PARAMCD", "AVAL", "DTYPE")
    organ = addos.loc[addos["PARAMCD"].eq(ORGANS[measure]) & addos["DTYPE"].isna()]
    dose = organ.set_index(["SUBJID", "AVISIT"])["AVAL"]
    joined = given.join(dose.rename("DOSE"), how="left").reset_index()
    return joined[["SUBJID", "ADT", "DOSE"]], set(joined.loc[joined["DOSE"].isna(), "SUBJID"])


def dose_intervals(times: pd.DataFrame, steps: pd.DataFrame, rules: Plan) -> pd.DataFrame:
    """Cut each patient's time at the administrations: in each interval the dose given before it is known.

    Parameters
    ----------
    times
        One row per patient: ``SUBJID``, ``STARTDT``, ``AVAL`` (months), ``EVENT`` (0 or 1), and whatever else.
    steps
        ``SUBJID``, ``ADT``, ``DOSE``, as ``dose_steps`` gives them.
    rules
        Days in a month.

    Returns
    -------
    pandas.DataFrame
        Rows of ``times``, one per interval, by patient and time, with ``BEGIN`` and ``END`` (months; open at the
        start), ``EVENT`` (1 only in the last interval) and ``DOSE``, the sum of what was given up to ``BEGIN``,
        that day included. A time of 0 months gives no interval.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Therneau & Grambsch (2000) Modeling survival data, §3.7. A dose is never used before it was given.
    """
    require_columns(times, "SUBJID", "STARTDT", "AVAL", "EVENT")
    require_columns(steps, "SUBJID", "ADT", "DOSE")
    start = times.set_index("SUBJID")["STARTDT"]
    given = steps.loc[steps["SUBJID"].isin(start.index)]
    days = (given["ADT"] - pd.to_datetime(given["SUBJID"].map(start))).dt.days.clip(lower=0)
    at = given.assign(BEGIN=days / rules.days_per_month)[["SUBJID", "BEGIN", "DOSE"]]
    origin = pd.DataFrame({"SUBJID": times["SUBJID"], "BEGIN": 0.0, "DOSE": 0.0})
    cuts = pd.concat([origin, at], ignore_index=True)
    cuts = cuts.groupby(["SUBJID", "BEGIN"], sort=True)["DOSE"].sum().reset_index()
    cuts = cuts.assign(DOSE=cuts.groupby("SUBJID")["DOSE"].cumsum())
    rows = cuts.merge(times, on="SUBJID", how="inner").sort_values(["SUBJID", "BEGIN"], kind="stable")
    rows = rows.loc[rows["BEGIN"] < rows["AVAL"]]
    following = rows.groupby("SUBJID")["BEGIN"].shift(-1)
    last = following.isna()
    return rows.assign(
        END=following.where(~last, rows["AVAL"]),
        EVENT=numbers(rows["EVENT"]).where(last, 0.0).astype("int64"),
    ).reset_index(drop=True)
