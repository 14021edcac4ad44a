"""Who a record belongs to: the identifying columns of every dataset."""

import pandas as pd

from duonen_stats.datasets.metadata.shape import require_columns, require_unique
from duonen_stats.study import Study

KEYS = ("STUDYID", "USUBJID", "SUBJID", "TRT01P", "TRT01PN")


def add_identifiers(subjects: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Name each patient across studies and number the arm.

    Parameters
    ----------
    subjects
        One row per patient: ``SUBJID``, ``ARM``.
    study
        Gives the study's identifier and the order of the arms.

    Returns
    -------
    pandas.DataFrame
        ``subjects``, same rows and order, with ``STUDYID``, ``USUBJID``, ``TRT01P`` and ``TRT01PN`` (from 1).

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(subjects, "SUBJID", "ARM")
    return subjects.assign(
        STUDYID=study.study_id,
        USUBJID=study.study_id + "-" + subjects["SUBJID"].astype(object),
        TRT01P=subjects["ARM"],
        TRT01PN=subjects["ARM"].map(arm_numbers(study)).astype("Int64"),
    )


def arm_numbers(study: Study) -> dict[str, int]:
    """Give each arm its number in the order of the protocol, from 1."""
    return {arm.code: number for number, arm in enumerate(study.arms, 1)}


def add_subject(records: pd.DataFrame, subjects: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Add the identifying columns of the patient, and further ones, to each record.

    Parameters
    ----------
    records
        Any rows with ``SUBJID``.
    subjects
        One row per patient: the identifying columns and ``columns``.
    columns
        Further columns of ``subjects`` to add.

    Returns
    -------
    pandas.DataFrame
        ``records``, same rows and order.

    Raises
    ------
    DataError
        A column is absent, or a patient is in ``subjects`` twice.
    """
    require_columns(records, "SUBJID")
    require_columns(subjects, *KEYS, *columns)
    require_unique(subjects, "SUBJID")
    added = [name for name in (*KEYS, *columns) if name != "SUBJID"]
    return records.drop(columns=added, errors="ignore").join(subjects.set_index("SUBJID")[added], on="SUBJID")
