"""Which laboratory record is a patient's baseline: one definition, for the checks and for the datasets."""

import numpy as np
import pandas as pd

from duonen_stats.plan import Plan
from duonen_stats.raw.derived.visits import place_visits
from duonen_stats.study import Study


def place_records(
    labs: pd.DataFrame, cycles: pd.DataFrame, started: pd.Series, study: Study, plan: Plan
) -> pd.DataFrame:
    """Assign each laboratory record to a visit, and flag the baseline of each patient and analyte.

    Parameters
    ----------
    labs
        Usable laboratory records: ``SUBJID``, ``ANALYTE``, ``VISIT``, ``LBDT``, ``LBTM`` and ``_ROW``.
    cycles
        One row per delivered cycle: ``SUBJID``, ``CYCLE``, ``EXDT``.
    started
        Day of the first administration by ``SUBJID``, as ``treatment_dates`` gives it.
    study, plan
        Visits with their windows; baseline visit and rule.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``TRTSDT``, ``AVISIT``, ``SCHEDULED``, ``REASON`` (of ``place_visits``) and
        ``BASELINE`` (bool).

    Examples
    --------
    >>> from duonen_stats import INTERIM, load_study
    >>> labs = pd.DataFrame({"SUBJID": "1", "ANALYTE": "HGB", "VISIT": ["T1", "UNS", "V1"], "_ROW": [2, 3, 4]})
    >>> labs["LBTM"] = None
    >>> labs["LBDT"] = pd.to_datetime(["2024-01-01", "2024-01-04", "2024-01-19"])
    >>> day = pd.Timestamp("2024-01-05")
    >>> cycles = pd.DataFrame({"SUBJID": ["1"], "CYCLE": ["T1"], "EXDT": [day]})
    >>> placed = place_records(labs, cycles, pd.Series({"1": day}), load_study(), INTERIM)
    >>> placed["AVISIT"].tolist(), placed["BASELINE"].tolist()
    (['T1', 'T1', 'V1'], [True, False, False])
    """
    starts = labs["SUBJID"].map(started).astype("datetime64[ns]")
    return flag_baseline(place_visits(labs.assign(TRTSDT=starts), cycles, study), plan)


def flag_baseline(labs: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Flag the baseline record and assign it to the baseline visit.

    Only a value on or before the day of the first administration can be it. By the rule
    ``visit_then_last`` the scheduled record of the baseline visit goes first, and the last value of any
    kind is taken if there is none; by ``last_before_treatment`` the last value is taken at once. Of several samples
    on a day the last by time is taken, one without a time only if there is no other. For a patient never treated,
    records of the baseline visit qualify.

    Parameters
    ----------
    labs
        ``SUBJID``, ``ANALYTE``, ``AVISIT``, ``LBDT``, ``LBTM``, ``TRTSDT``, ``SCHEDULED`` (bool), ``REASON`` and
        ``_ROW``, by which of two records alike in date and visit the later one is known.
    plan
        Baseline visit and rule.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``BASELINE`` (bool); the flagged record's ``AVISIT`` is the baseline visit.

    References
    ----------
    Interim publication, Table 4 ("Δ vs T1").
    """
    at_visit = labs["AVISIT"] == plan.baseline_visit
    early = (labs["LBDT"] <= labs["TRTSDT"]) | (labs["TRTSDT"].isna() & at_visit)
    places = np.arange(len(labs))
    candidates = labs.assign(NAMED=labs["SCHEDULED"] & at_visit, PLACE=places).loc[early]
    order = ["NAMED", "LBDT", "SCHEDULED", "LBTM", "_ROW"]
    if plan.baseline_rule == "last_before_treatment":
        order = ["LBDT", "SCHEDULED", "LBTM", "_ROW"]
    last = candidates.sort_values(order, ascending=False, kind="stable")
    first = last.drop_duplicates(["SUBJID", "ANALYTE"])["PLACE"]
    chosen = pd.Series(np.isin(places, first), index=labs.index)
    return labs.assign(
        BASELINE=chosen,
        AVISIT=labs["AVISIT"].where(~chosen, plan.baseline_visit),
        REASON=labs["REASON"].where(~chosen, None),
    )
