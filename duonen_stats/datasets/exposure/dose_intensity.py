"""How closely each course kept to the protocol: intervals, activity against plan, dose per activity, binding limits."""

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.shape import numbers, require_columns, require_unique
from duonen_stats.plan import Plan
from duonen_stats.raw.derived.cycles import nominal_activities
from duonen_stats.study import Study
from duonen_stats.study.parameter_codes import dose_parameter

_DAYS_IN_WEEK = 7
_MBQ_IN_GBQ = 1000.0
_PATIENT = ["USUBJID", "TRT01P"]

UNKNOWN = "unknown"


def delivered_cycles(adex: pd.DataFrame) -> pd.DataFrame:
    """List the delivered cycles of each patient.

    Parameters
    ----------
    adex
        The exposure dataset.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``AVISIT``, ``AVISITN`` and ``ASTDT``, sorted by patient and cycle.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adex, *_PATIENT, "AVISIT", "AVISITN", "ASTDT", "DTYPE")
    rows = adex.loc[adex["DTYPE"].isna(), [*_PATIENT, "AVISIT", "AVISITN", "ASTDT"]]
    return rows.drop_duplicates(["USUBJID", "AVISIT"]).sort_values(["USUBJID", "AVISITN"], ignore_index=True)


def cycle_intervals(adex: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Count the days between successive delivered cycles, and those beyond what the plan allows.

    Parameters
    ----------
    adex
        The exposure dataset.
    study
        Planned interval and window.
    plan
        ``cycle_delay``: whether a cycle is late once beyond the window or beyond the target.

    Returns
    -------
    pandas.DataFrame
        One row per delivered cycle after a patient's first: ``USUBJID``, ``TRT01P``, ``AVISIT``, ``ASTDT``, ``BEFORE``
        (date of the delivered cycle before it), ``DAYS``, ``ALLOWED`` and ``LATE`` (days beyond what is allowed, 0 if
        none). Where a cycle between them was not given, it is not given, not late: the interval planned is then that
        of two cycles, and so on. The window is allowed once, not once per cycle.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.1: cycles 8 ± 2 weeks apart.
    """
    cycles = delivered_cycles(adex)
    before = cycles.groupby("USUBJID")[["ASTDT", "AVISITN"]].shift()
    design = study.design
    steps = numbers(cycles["AVISITN"]) - numbers(before["AVISITN"])
    planned = _DAYS_IN_WEEK * design.cycle_interval_weeks * steps
    window = _DAYS_IN_WEEK * design.cycle_interval_tolerance_weeks if plan.cycle_delay == "over_window" else 0
    days = (cycles["ASTDT"] - before["ASTDT"]).dt.days.astype("float64")
    rows = cycles.assign(BEFORE=before["ASTDT"], DAYS=days, ALLOWED=planned + window)
    rows = rows.assign(LATE=(rows["DAYS"] - rows["ALLOWED"]).clip(lower=0.0))
    columns = [*_PATIENT, "AVISIT", "ASTDT", "BEFORE", "DAYS", "ALLOWED", "LATE"]
    return rows.loc[rows["DAYS"].notna(), columns].reset_index(drop=True)


def delayed_by_event(intervals: pd.DataFrame, adae: pd.DataFrame) -> "pd.Series[bool]":
    """Say for which cycles an adverse event between the cycle before and this one is recorded to have delayed it.

    Parameters
    ----------
    intervals
        As :func:`cycle_intervals` gives them.
    adae
        The adverse event dataset: ``AEACN``, ``ASTDT``.

    Returns
    -------
    pandas.Series
        bool, indexed like ``intervals``. The action belongs to the event, not to a cycle, so that the onset dates it.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adae, "USUBJID", "AEACN", "ASTDT")
    chosen = adae.loc[adae["AEACN"].eq("DELAYED").fillna(value=False).astype(bool), ["USUBJID", "ASTDT"]]
    places = intervals.reset_index(names="PLACE")[["PLACE", "USUBJID", "ASTDT", "BEFORE"]]
    pairs = places.merge(chosen.rename(columns={"ASTDT": "ONSET"}), on="USUBJID")
    within = pairs.loc[(pairs["ONSET"] >= pairs["BEFORE"]) & (pairs["ONSET"] <= pairs["ASTDT"]), "PLACE"]
    return pd.Series(intervals.index.isin(within), index=intervals.index)


def course_intensity(adex: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Relate the activity of each isotope, and the time it took, to what was planned, over a patient's whole course.

    Parameters
    ----------
    adex
        The exposure dataset.
    study
        Start activities of the arms, number and interval of the cycles.

    Returns
    -------
    pandas.DataFrame
        One row per treated patient and isotope of the arm: ``USUBJID``, ``TRT01P``, ``ISOTOPE``, ``CYCLES`` delivered,
        ``GIVEN`` (MBq), ``DAYS`` (from first to last administration and one planned interval more, so that a single
        cycle took an interval), and in percent: ``SHARE``, activity given of the protocol's course at the start
        activity; ``RDISTART``, relative dose intensity against the start activity; ``RDISET``, the same against
        the activities set for the cycles that were given (``DOSESET``), NaN if one of them is not known, or if 0 MBq
        were set for all.
        An isotope that is not of the arm has no plan and no row.

    Raises
    ------
    DataError
        A column is absent, or a patient has two activities of an isotope in a cycle.

    References
    ----------
    Hryniuk & Goodyear (1990) J Clin Oncol 8:1935-1937: dose intensity is amount per time over the whole course.

    Example
    -------
    A patient of arm A with two cycles of 7400 MBq 70 days apart took 70 + 56 = 126 days for what was planned in 112:
    the relative dose intensity is 112 / 126 = 88.9 %, and the share of the course 50 %.
    """
    require_columns(adex, *_PATIENT, "ISOTOPE", "AVISIT", "AVISITN", "ASTDT", "DTYPE", "AVAL", "DOSESET")
    rows = adex.loc[adex["DTYPE"].isna()]
    require_unique(rows, "USUBJID", "ISOTOPE", "AVISIT")
    interval = _DAYS_IN_WEEK * study.design.cycle_interval_weeks
    nominal = nominal_activities(study).rename(columns={"ARM": "TRT01P"})
    rows = rows.merge(nominal, on=["TRT01P", "ISOTOPE"], how="inner")
    rows = rows.assign(SET=numbers(rows["DOSESET"]))
    patients = rows.groupby([*_PATIENT, "ISOTOPE"], sort=True)
    found = patients.agg(CYCLES=("AVISIT", "size"), GIVEN=("AVAL", "sum"), NOMINAL=("NOMINAL", "first"))
    found = found.assign(SET=patients["SET"].agg(lambda values: values.sum(skipna=False))).reset_index()
    dates = rows.groupby("USUBJID")["ASTDT"].agg(["min", "max"])
    took = found["USUBJID"].map((dates["max"] - dates["min"]).dt.days) + interval
    rate, start = found["GIVEN"] / took, found["NOMINAL"] / interval
    as_set = numbers(found["SET"]) / (found["CYCLES"] * interval)
    out = found.assign(
        DAYS=took.astype("float64"),
        SHARE=100 * found["GIVEN"] / (len(study.cycles) * found["NOMINAL"]),
        RDISTART=100 * rate / start,
        RDISET=(100 * rate / as_set).where(as_set > 0),
    )
    return out[[*_PATIENT, "ISOTOPE", "CYCLES", "GIVEN", "DAYS", "SHARE", "RDISTART", "RDISET"]]


def specific_doses(adex: pd.DataFrame, addos: pd.DataFrame) -> pd.DataFrame:
    """Give the absorbed dose of each organ per activity of the isotope that caused it, cycle by cycle.

    Parameters
    ----------
    adex, addos
        Exposure and dosimetry.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``ORGAN``, ``ISOTOPE``, ``AVISIT``, ``AVISITN``, ``DOSE`` (Gy), ``GBQ``, ``PERGBQ``
        (Gy/GBq), one row per dose of an isotope that was given in the cycle.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.3 and Table 3.
    """
    require_columns(adex, *_PATIENT, "ISOTOPE", "AVISIT", "DTYPE", "AVAL")
    require_columns(addos, *_PATIENT, "ORGAN", "ISOTOPE", "AVISIT", "AVISITN", "DTYPE", "AVAL")
    given = adex.loc[adex["DTYPE"].isna() & (adex["AVAL"] > 0), ["USUBJID", "ISOTOPE", "AVISIT", "AVAL"]]
    given = given.rename(columns={"AVAL": "MBQ"})
    doses = addos.loc[addos["DTYPE"].isna() & addos["ISOTOPE"].notna()]
    doses = doses[[*_PATIENT, "ORGAN", "ISOTOPE", "AVISIT", "AVISITN", "AVAL"]].rename(
        columns={"AVAL": "DOSE"}
    )
    rows = doses.merge(given, on=["USUBJID", "ISOTOPE", "AVISIT"], how="inner")
    gbq = rows["MBQ"] / _MBQ_IN_GBQ
    rows = rows.assign(GBQ=gbq, PERGBQ=rows["DOSE"] / gbq).drop(columns="MBQ")
    return rows.sort_values(["USUBJID", "ORGAN", "ISOTOPE", "AVISITN"], ignore_index=True)


def binding_limits(adex: pd.DataFrame, addos: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Find for each cycle after the first which limit of dose left least room for the isotope that the arm adapts.

    Parameters
    ----------
    adex, addos
        Exposure and dosimetry.
    study
        Arms, organs with their limits, number of cycles.

    Returns
    -------
    pandas.DataFrame
        One row per delivered cycle after the first in an arm that adapts an isotope: ``USUBJID``, ``TRT01P``,
        ``AVISIT``, ``DOSREAS`` and ``LIMIT``: ``kidney_course``, ``marrow_cycle`` and so on, or ``unknown`` where the
        doses of a cycle before are not all known.

        Known before a cycle are the Gy per GBq of each isotope, the mean over the cycles so far, and the dose so far.
        What is left of an organ's limit over all cycles is shared evenly by the cycles that remain; from that share,
        and from the limit of a cycle, the dose of the isotope that does not change is taken off, at its start
        activity. The limit that binds is the one that allows the smallest activity of the isotope that changes.
        This asks the data which limit was nearest. That it governed what was given is what the recorded reason says.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.2, §2.3: from cycle 2 on activities approach and do not exceed the limits.
    """
    require_columns(adex, *_PATIENT, "ISOTOPE", "AVISIT", "AVISITN", "DTYPE", "DOSREAS", "AVAL")
    specific = specific_doses(adex, addos)
    by_patient = dict(tuple(specific.groupby("USUBJID")))
    given = adex.loc[adex["DTYPE"].isna()]
    wanted = given.loc[given["AVAL"] > 0].groupby("USUBJID")[["AVISITN", "ISOTOPE"]]
    isotopes_given = {
        patient: set(zip(*map(rows.get, ["AVISITN", "ISOTOPE"]), strict=True)) for patient, rows in wanted
    }
    modified = {arm.code: arm.modified_isotope for arm in study.arms}
    chosen = given.loc[given["ISOTOPE"].eq(given["TRT01P"].map(modified)) & given["AVISITN"].gt(1)]
    rows = chosen[[*_PATIENT, "AVISIT", "AVISITN", "DOSREAS"]].sort_values(["USUBJID", "AVISITN"])
    found = [
        _binding(
            by_patient.get(patient, specific.iloc[:0]),
            {one for one in isotopes_given.get(patient, set()) if one[0] < number},
            str(arm),
            float(number),
            study,
        )
        for patient, arm, number in zip(rows["USUBJID"], rows["TRT01P"], rows["AVISITN"], strict=True)
    ]
    out = rows.assign(LIMIT=pd.Series(found, index=rows.index, dtype=object))
    return out[[*_PATIENT, "AVISIT", "DOSREAS", "LIMIT"]].reset_index(drop=True)


def _binding(
    specific: pd.DataFrame, given: "set[tuple[float, str]]", arm: str, cycle: float, study: Study
) -> str:
    """Name the limit that allows the smallest activity in a cycle, ``unknown`` without all doses before it."""
    before = specific.loc[specific["AVISITN"] < cycle]
    plan = study.arm(arm)
    isotope = str(plan.modified_isotope)
    remaining = len(study.cycles) - int(cycle) + 1
    allowed: dict[str, float] = {}
    for organ in study.organs:
        own = before.loc[before["ORGAN"].eq(organ.code)]
        if not given or set(zip(own["AVISITN"], own["ISOTOPE"], strict=True)) != given:
            return UNKNOWN
        per_gbq = own.groupby("ISOTOPE")["PERGBQ"].mean()
        if isotope not in per_gbq.index or not per_gbq[isotope] > 0:
            return UNKNOWN
        others = [one for one in plan.isotopes if one != isotope]
        if not {*others} <= {*per_gbq.index}:
            return UNKNOWN
        fixed = sum(float(per_gbq[one]) * plan.initial_activity[one] / _MBQ_IN_GBQ for one in others)
        left = (organ.limit_total - float(own["DOSE"].sum())) / remaining - fixed
        name = organ.code.lower()
        allowed[f"{name}_course"] = left / float(per_gbq[isotope])
        if organ.limit_cycle is not None:
            allowed[f"{name}_cycle"] = (organ.limit_cycle - fixed) / float(per_gbq[isotope])
    return min(allowed, key=allowed.__getitem__)


# Biologically effective dose: what is put into the model of the kidney.


def effective_half_life(physical_hours: float, biological_hours: float) -> float:
    """Combine physical decay and biological clearance (hours).

    Examples
    --------
    >>> round(effective_half_life(159.5, 75.0), 1), round(effective_half_life(64.1, 75.0), 1)
    (51.0, 34.6)
    """
    return physical_hours * biological_hours / (physical_hours + biological_hours)


def doses_by_cycle(addos: pd.DataFrame, organ: str) -> dict[str, list[dict[str, float]]]:
    """Collect the doses of an organ, isotope by isotope, of the patients whose dosimetry of it is complete.

    Parameters
    ----------
    addos
        The dosimetry dataset.
    organ
        Code of the organ.

    Returns
    -------
    dict
        By ``USUBJID`` one entry per cycle, in order: Gy by code of the isotope.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(addos, "USUBJID", "ORGAN", "ISOTOPE", "AVISITN", "DTYPE", "DOSCMPFL", "AVAL", "PARAMCD")
    whole = addos["PARAMCD"].eq(dose_parameter(organ)) & addos["DTYPE"].eq("SUM") & addos["DOSCMPFL"].eq("Y")
    complete = addos.loc[whole, "USUBJID"]
    rows = addos.loc[
        addos["ORGAN"].eq(organ)
        & addos["DTYPE"].isna()
        & addos["ISOTOPE"].notna()
        & addos["USUBJID"].isin(complete)
    ]
    found: dict[str, list[dict[str, float]]] = {}
    for (patient, _), own in rows.groupby(["USUBJID", "AVISITN"], sort=True):
        doses = dict(zip(own["ISOTOPE"].astype(str), np.asarray(numbers(own["AVAL"])).tolist(), strict=True))
        found.setdefault(str(patient), []).append(doses)
    return found
