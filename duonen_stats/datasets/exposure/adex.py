"""ADEX: what activity each patient received, and how it was modified."""

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.limits_compared import difference, without_noise
from duonen_stats.datasets.metadata.shape import (
    conform,
    flag,
    numbers,
    require_columns,
    require_unique,
    stack,
)
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.datasets.patients.usable_records import UsableRecords
from duonen_stats.methods.inputs.admit import BoolArray
from duonen_stats.methods.inputs.bounds import above, below
from duonen_stats.methods.inputs.midranks import as_ranked
from duonen_stats.plan import Plan
from duonen_stats.raw.derived.cycles import nominal_activities
from duonen_stats.study import Isotope, Study
from duonen_stats.study.parameter_codes import activity_parameter

# Dosimetry-guided modification of activity: its category and size per patient (Table 2).


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


CUMULATIVE, CUMULATIVE_NUMBER = "CUMULATIVE", 90.0
MODIFICATION, MODIFICATION_NUMBER = "MODIFICATION", 91.0


def build_adex(records: UsableRecords, adsl: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Build the exposure dataset.

    Parameters
    ----------
    records
        The usable raw records.
    adsl
        The subject-level dataset.
    study, plan
        Arms with their nominal activities; the tolerance within which an activity is unchanged.

    Returns
    -------
    pandas.DataFrame
        Sorted by patient, parameter and visit; activities in MBq. Rows per delivered cycle and isotope of
        the arm (0 MBq if the isotope was not given in a delivered cycle); a row ``CUMULATIVE``
        (``DTYPE`` SUM) per isotope; in arms with modification a row ``MODIFICATION`` (``DTYPE`` AVERAGE: the
        mean over the delivered cycles after the first) per treated patient.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.2 and Table 2.
    """
    cycles = exposure_by_cycle(records.administrations, adsl, study)
    modified = modification_of_patients(cycles, study, plan)
    rows = stack([cycles, _totals(cycles), modified], "ADEX")
    rows = add_subject(_name_parameters(rows, study), adsl)
    order = ["USUBJID", "PARAMN", "AVISITN"]
    return conform(rows.sort_values(order, kind="stable"), "ADEX")


def exposure_by_cycle(delivered: pd.DataFrame, subjects: pd.DataFrame, study: Study) -> pd.DataFrame:
    """List the activity of each isotope in each delivered cycle, with its change from the first cycle.

    Parameters
    ----------
    delivered
        Delivered cycles as recorded: ``SUBJID``, ``CYCLE``, ``EXDT``, ``REASON`` and the activities (MBq).
    subjects
        ``SUBJID``, ``TRT01A``.
    study
        Isotopes and nominal activities of the arms.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID``, ``TRT01A``, ``ISOTOPE``, ``AVISIT``, ``ASTDT``, ``DOSREAS``, ``AVAL``, ``BASE``, ``CHG``,
        ``PCHG`` (% of ``NOMINAL``), ``NOMINAL``, ``DOSESET`` (MBq), all by the arm treated as. ``DOSESET`` is what
        dosimetry set, if it is recorded; else ``NOMINAL`` where nothing else can have been set. An isotope of the arm
        that was not given in a delivered cycle has 0 MBq: by the data dictionary an empty cell says that it was not
        given. The first cycle has no change.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(delivered, "SUBJID", "CYCLE", "EXDT", "REASON")
    arms = delivered["SUBJID"].map(subjects.set_index("SUBJID")["TRT01A"])
    cycles = delivered.assign(TRT01A=arms, AVISIT=delivered["CYCLE"], ASTDT=delivered["EXDT"])
    cycles = cycles.rename(columns={"REASON": "DOSREAS"})
    pieces = [_of_isotope(cycles, isotope, study) for isotope in study.isotopes]
    rows = pd.concat(pieces, ignore_index=True)
    first = study.cycles[0].code
    base = rows.loc[rows["AVISIT"] == first].set_index(["SUBJID", "ISOTOPE"])["AVAL"]
    rows = rows.join(base.rename("BASE"), on=["SUBJID", "ISOTOPE"])
    change = pd.Series(difference(rows["AVAL"], rows["BASE"]), index=rows.index).where(
        rows["AVISIT"] != first
    )
    return rows.assign(CHG=change, PCHG=100 * change / rows["NOMINAL"])


def _of_isotope(cycles: pd.DataFrame, isotope: Isotope, study: Study) -> pd.DataFrame:
    planned = nominal_activities(study)
    nominal = planned[planned["ISOTOPE"].eq(isotope.code)].set_index("ARM")["NOMINAL"]
    activity = numbers(cycles[f"{isotope.code}_MBQ"])
    of_arm = cycles["TRT01A"].isin([arm.code for arm in study.arms if isotope.code in arm.isotopes])
    rows = cycles.assign(
        ISOTOPE=isotope.code,
        AVAL=activity.fillna(0.0),
        NOMINAL=cycles["TRT01A"].map(nominal).astype("float64"),
    )
    adapted = cycles["TRT01A"].isin([arm.code for arm in study.arms if arm.modified_isotope == isotope.code])
    as_planned = rows["NOMINAL"].where(~adapted | cycles["AVISIT"].eq(study.cycles[0].code))
    # Tables made before the column existed, or by hand, are without it.
    recorded = cycles.get(f"{isotope.code}_SET_MBQ", pd.Series(np.nan, index=cycles.index))
    rows = rows.assign(DOSESET=pd.Series(numbers(recorded), index=cycles.index).fillna(as_planned))
    columns = ["SUBJID", "TRT01A", "ISOTOPE", "AVISIT", "ASTDT", "DOSREAS", "AVAL", "NOMINAL", "DOSESET"]
    return rows.loc[of_arm | (activity > 0), columns]


def modification_of_patients(cycles: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Summarise the modification of each treated patient of the arms that modify an isotope.

    Parameters
    ----------
    cycles
        As ``exposure_by_cycle`` gives it.
    study, plan
        The isotope each arm modifies; the tolerance.

    Returns
    -------
    pandas.DataFrame
        One row per patient, as ``derive_modification`` gives it, with ``ISOTOPE``, ``AVISIT``, ``DTYPE``.

    References
    ----------
    Interim publication, Table 2.
    """
    modified = {arm.code: arm.modified_isotope for arm in study.arms}
    chosen = cycles.loc[cycles["ISOTOPE"] == cycles["TRT01A"].map(modified)]
    summary = derive_modification(
        chosen,
        first_cycle=study.cycles[0].code,
        tolerance=plan.modification_tolerance,
        decimals=plan.difference_decimals,
    )
    isotopes = chosen.drop_duplicates("SUBJID").set_index("SUBJID")["ISOTOPE"]
    return summary.assign(
        ISOTOPE=summary["SUBJID"].map(isotopes),
        AVISIT=MODIFICATION,
        AVISITN=MODIFICATION_NUMBER,
        DTYPE="AVERAGE",
    )


def _totals(cycles: pd.DataFrame) -> pd.DataFrame:
    totals = cycles.groupby(["SUBJID", "ISOTOPE"])["AVAL"].sum()
    totals = pd.Series(without_noise(totals, totals), index=totals.index, name="AVAL")
    rows = totals.reset_index()
    return rows.assign(AVISIT=CUMULATIVE, AVISITN=CUMULATIVE_NUMBER, DTYPE="SUM")


def _name_parameters(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    codes = {isotope.code: activity_parameter(isotope.code) for isotope in study.isotopes}
    names = {isotope.code: f"Activity of {isotope.plain} (MBq)" for isotope in study.isotopes}
    order = {isotope.code: number for number, isotope in enumerate(study.isotopes, 1)}
    visits = rows["AVISIT"].map({cycle.code: float(cycle.number) for cycle in study.cycles})
    return rows.assign(
        PARAM=rows["ISOTOPE"].map(names),
        PARAMCD=rows["ISOTOPE"].map(codes),
        PARAMN=rows["ISOTOPE"].map(order),
        AVISITN=visits.astype("float64").fillna(rows["AVISITN"]),
        AVALU="MBq",
    )
