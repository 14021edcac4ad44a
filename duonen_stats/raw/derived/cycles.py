"""Which cycles a patient was given, with which isotopes, and from when to when: for checks and datasets alike."""

import pandas as pd

from duonen_stats.study import Study


def activities(administrations: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the activity of each isotope in each recorded administration.

    Parameters
    ----------
    administrations
        The raw table, with a column of activity per isotope.
    study
        Names the isotopes.

    Returns
    -------
    pandas.DataFrame
        float64 in MBq, indexed like ``administrations``, one column per isotope, named by its code; missing where
        nothing is recorded, which the data dictionary reads as not given.
    """
    columns = {isotope.code: administrations[f"{isotope.code}_MBQ"] for isotope in study.isotopes}
    return pd.DataFrame({code: amounts.astype("float64") for code, amounts in columns.items()})


def nominal_activities(study: Study) -> pd.DataFrame:
    """Return the activity of each isotope that the protocol has at the first cycle of each arm.

    Parameters
    ----------
    study
        The study with its arms.

    Returns
    -------
    pandas.DataFrame
        One row per arm and isotope of it: ``ARM``, ``ISOTOPE``, ``NOMINAL`` (float64, MBq), and ``MODIFIED``: whether
        dosimetry adapts it later.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> nominal_activities(load_study()).query("ARM == 'B'")[["ISOTOPE", "NOMINAL", "MODIFIED"]].values.tolist()
    [['LU177', 3700.0, False], ['Y90', 1850.0, True]]
    """
    rows = [
        (arm.code, isotope, float(activity), isotope == arm.modified_isotope)
        for arm in study.arms
        for isotope, activity in arm.initial_activity.items()
    ]
    return pd.DataFrame(rows, columns=["ARM", "ISOTOPE", "NOMINAL", "MODIFIED"])


def treated_as(subjects: pd.DataFrame) -> "pd.Series[str]":
    """Say as which arm each patient was, or was to be, treated.

    Parameters
    ----------
    subjects
        The raw table: ``ARM``, and ``ACTARM``, empty where treatment was that of the arm randomised to.

    Returns
    -------
    pandas.Series
        Codes of arms, indexed like ``subjects``.
    """
    return subjects["ACTARM"].where(subjects["ACTARM"].notna(), subjects["ARM"])


def delivered(
    administrations: pd.DataFrame, study: Study, *, until: pd.Timestamp | None = None
) -> "pd.Series[bool]":
    """Say which recorded administrations are delivered cycles: dated, not after the data cut, with any activity.

    In a table without a single activity they were withheld to blind it, and every dated record counts.

    Parameters
    ----------
    administrations
        The raw table: ``SUBJID``, ``EXDT`` and a column of activity (MBq) per isotope.
    study
        Names the isotopes.
    until
        The data cut: what is dated later is not known.

    Returns
    -------
    pandas.Series
        bool, indexed like ``administrations``. A cycle with 0 MBq of every isotope was not given.

    References
    ----------
    Interim publication, §2.2.
    """
    date = pd.to_datetime(administrations["EXDT"])
    known = administrations["SUBJID"].notna() & date.notna()
    if until is not None:
        known &= date <= until
    amounts = activities(administrations, study)
    return known if amounts.isna().all(axis=None) else known & amounts.gt(0).any(axis=1)


def given_isotopes(administrations: pd.DataFrame, study: Study) -> pd.DataFrame:
    """List the isotopes given in each cycle: those with an activity above 0 MBq.

    Parameters
    ----------
    administrations
        Rows of the raw table: ``SUBJID``, ``CYCLE`` and a column of activity per isotope.
    study
        Names the isotopes.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID``, ``CYCLE``, ``ISOTOPE`` (objects), isotope by isotope; numbered from 0.
    """
    amounts = activities(administrations, study)
    pieces = [
        administrations.loc[amounts[isotope.code] > 0, ["SUBJID", "CYCLE"]].assign(ISOTOPE=isotope.code)
        for isotope in study.isotopes
    ]
    return pd.concat([piece.astype("object") for piece in pieces], ignore_index=True)


def treatment_dates(cycles: pd.DataFrame) -> pd.DataFrame:
    """Give the day of the first and of the last delivered cycle of each patient, and how many there were.

    Parameters
    ----------
    cycles
        Delivered cycles: ``SUBJID``, ``EXDT``.

    Returns
    -------
    pandas.DataFrame
        ``FIRST``, ``LAST`` and ``CYCLES`` by ``SUBJID``. A patient without a delivered cycle is absent.

    Examples
    --------
    >>> from duonen_stats import load_study, read_cut
    >>> study = load_study()
    >>> rows = read_cut(study).tables["administrations"]
    >>> len(rows), int(treatment_dates(rows[delivered(rows, study)])["CYCLES"].sum())
    (210, 210)
    """
    dates = pd.to_datetime(cycles["EXDT"]).groupby(cycles["SUBJID"].astype(object))
    return pd.DataFrame({"FIRST": dates.min(), "LAST": dates.max(), "CYCLES": dates.size()})
