"""ADSL: one row per randomised patient, with baseline, treatment, populations and modification category."""

import numpy as np
import pandas as pd

from duonen_stats.datasets.exposure.adex import NOT_EVALUABLE, exposure_by_cycle, modification_of_patients
from duonen_stats.datasets.metadata.shape import conform, missing, numbers
from duonen_stats.datasets.patients.imputed_dates import imputation_flags
from duonen_stats.datasets.patients.populations import (
    add_populations,
    add_treatment,
    dosimetry_status,
    reporting_ends,
)
from duonen_stats.datasets.patients.subjects import add_identifiers, arm_numbers
from duonen_stats.datasets.patients.usable_records import UsableRecords
from duonen_stats.plan import Plan
from duonen_stats.raw.derived.cycles import treated_as
from duonen_stats.study import Study

_KARNOFSKY_REPORTED = 80
"""The bound of Table 1."""

_METASTASES = {"METLIV": "METLIVFL", "METLN": "METLNFL", "METBON": "METBONFL", "METOTH": "METOTHFL"}

_RENAMED = {"BMI": "BMIBL", "GRADE": "GRADEH", "KPS": "KARNOFBL", "KI67": "KI67BL"} | _METASTASES


def build_adsl(records: UsableRecords, study: Study, plan: Plan) -> pd.DataFrame:
    """Build the subject-level dataset.

    Parameters
    ----------
    records
        The usable raw records.
    study, plan
        Arms, cycles and organs; the tolerance within which an activity is unchanged.

    Returns
    -------
    pandas.DataFrame
        One row per patient randomised up to the data cut, sorted by ``USUBJID``. What happened after the
        cut is not known: a later death is none, and a later last contact is the date of the cut.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.1, Table 1; populations after §2.3.
    """
    patients = add_baseline_characteristics(add_identifiers(records.subjects, study))
    patients = add_treatment(patients, records.administrations)
    patients = add_populations(patients, dosimetry_status(records, study), cycles=len(study.cycles))
    patients = add_outcome(add_actual_treatment(patients, study), records)
    ends = reporting_ends(records, study, plan)["ADT"]
    patients = patients.assign(AERPTEDT=pd.to_datetime(patients["SUBJID"].map(ends)))
    patients = add_modification_category(patients, records.administrations, study, plan)
    return conform(patients.sort_values("USUBJID", kind="stable"), "ADSL")


def add_baseline_characteristics(subjects: pd.DataFrame) -> pd.DataFrame:
    """Give the recorded characteristics their names in the dataset.

    Parameters
    ----------
    subjects
        Records of the raw table of subjects.

    Returns
    -------
    pandas.DataFrame
        Same rows and order; ``KPS80FL`` and the flags of metastases are Y, N, or None if not recorded.
    """
    karnofsky = numbers(subjects["KPS"])
    enough = np.where(karnofsky >= _KARNOFSKY_REPORTED, "Y", "N").astype(object)
    years = np.full(len(subjects), "YEARS", dtype=object)
    enough[karnofsky.isna()], years[subjects["AGE"].isna()] = None, None
    return subjects.rename(columns=_RENAMED).assign(AGEU=years, KPS80FL=enough)


def add_actual_treatment(subjects: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the arm of the treatment received: the one recorded, else the planned one; missing if never treated.

    Parameters
    ----------
    subjects
        ``ARM``, ``ACTARM``, ``SAFFL``.
    study
        Gives the order of the arms.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``TRT01A`` and ``TRT01AN``. Whether what was given fits the arm is for the
        checks of the raw data.

    References
    ----------
    ICH E9, §5.2 (who is analysed as what); ADaM Implementation Guide 1.3, TRTxxP and TRTxxA.
    """
    arm = treated_as(subjects).where(subjects["SAFFL"] == "Y").astype(object)
    return subjects.assign(
        TRT01A=arm.where(arm.notna(), None), TRT01AN=arm.map(arm_numbers(study)).astype("Int64")
    )


def add_outcome(subjects: pd.DataFrame, records: UsableRecords) -> pd.DataFrame:
    """Add end of treatment, death and last contact as known at the data cut.

    Parameters
    ----------
    subjects
        One row per patient: ``SUBJID``.
    records
        The usable raw records, with the date of the cut.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``EOTSTT``, ``DCSREAS``, ``DTHDT``, ``DTHDTF``, ``DTHCAUS``, ``DTHCAUSP``,
        ``LSTALVDT``, ``LSTALVDF``, ``NTRTSDT``, ``DCUTDT``. A cut without causes of death has none here.
    """
    end = records.disposition.set_index("SUBJID")
    contact = records.follow_up.set_index("SUBJID")
    patients = subjects["SUBJID"]
    death = pd.to_datetime(patients.map(contact["DEATHDT"]))
    last = pd.to_datetime(patients.map(contact["LASTDT"]))
    other = pd.to_datetime(patients.map(contact["NEWTRTDT"]))
    return subjects.assign(
        EOTSTT=patients.map(end["STATUS"]),
        DCSREAS=patients.map(end["REASON"]),
        DTHDT=death.where(death <= records.cut_date),
        DTHDTF=patients.map(imputation_flags(contact, "DEATHDT")).where(death <= records.cut_date, None),
        DTHCAUS=_of_death(contact, "DTHCAUSE", patients).where(death <= records.cut_date, None),
        DTHCAUSP=_of_death(contact, "DTHTEXT", patients).where(death <= records.cut_date, None),
        LSTALVDT=last.mask(last > records.cut_date, records.cut_date),
        LSTALVDF=patients.map(imputation_flags(contact, "LASTDT")).where(last <= records.cut_date, None),
        NTRTSDT=other.where(other <= records.cut_date),
        DCUTDT=records.cut_date,
    )


def _of_death(contact: pd.DataFrame, column: str, patients: "pd.Series[str]") -> "pd.Series[str]":
    """Look up what a cut says of a death; missing if it has no such column."""
    if column not in contact:
        return missing("text", patients.index)
    return patients.map(contact[column]).astype(object)


def add_modification_category(
    subjects: pd.DataFrame, delivered: pd.DataFrame, study: Study, plan: Plan
) -> pd.DataFrame:
    """Add how the patient's modified isotope was changed after the first cycle.

    Parameters
    ----------
    subjects
        One row per patient: ``SUBJID``, ``TRT01P``, ``TRT01A``.
    delivered
        Delivered cycles as recorded.
    study, plan
        The isotope each arm modifies; the tolerance.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``MODCAT``: missing in an arm of fixed activity, not evaluable without a
        second cycle.

    References
    ----------
    Interim publication, Table 2.
    """
    cycles = exposure_by_cycle(delivered, subjects, study)
    categories = modification_of_patients(cycles, study, plan).set_index("SUBJID")["AVALC"]
    arms = subjects["TRT01A"].where(subjects["TRT01A"].notna(), subjects["TRT01P"])
    modified = arms.isin([arm.code for arm in study.arms if arm.modified_isotope])
    category = subjects["SUBJID"].map(categories).astype(object)
    return subjects.assign(MODCAT=category.where(category.notna(), NOT_EVALUABLE).where(modified))
