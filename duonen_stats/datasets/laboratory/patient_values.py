"""What figures of single patients draw: kidney function over time, the highest liver values, grades by visit."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from duonen_stats.datasets.laboratory.kidney_course import DAYS_PER_YEAR, kidney_values
from duonen_stats.datasets.metadata.shape import numbers

ALT, BILIRUBIN = "ALT", "BILI"
UNCERTAIN = -1
"""Stands for a grade that is not certain."""


def treated_patients(adsl: pd.DataFrame) -> pd.DataFrame:
    """Take the patients of the safety population, by arm and identifier."""
    safe = adsl["SAFFL"].eq("Y").fillna(value=False).astype(bool)
    return adsl[safe].sort_values(["TRT01PN", "USUBJID"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class KidneyCourse:
    """eGFR of one patient by years from the first administration, below 0 before it."""

    patient: str
    arm: str
    years: tuple[float, ...]
    egfr: tuple[float, ...]


def kidney_courses(adlb: pd.DataFrame, adsl: pd.DataFrame) -> tuple[KidneyCourse, ...]:
    """Give the course of eGFR of every treated patient with a value, in order of the identifiers."""
    started = pd.to_datetime(treated_patients(adsl).set_index("USUBJID")["TRTSDT"])
    values = kidney_values(adlb)
    values = values[values["USUBJID"].isin(started.index)]
    years = (values["ADT"] - values["USUBJID"].map(started)).dt.days / DAYS_PER_YEAR
    return tuple(
        KidneyCourse(
            patient=str(patient),
            arm=str(own["TRT01P"].iloc[0]),
            years=tuple(own["YEARS"]),
            egfr=tuple(own["AVAL"]),
        )
        for patient, own in values.assign(YEARS=years).groupby("USUBJID", sort=True)
    )


def liver_peaks(adlb: pd.DataFrame, adsl: pd.DataFrame) -> pd.DataFrame:
    """Give the highest ALT and bilirubin after the first administration, each over the upper limit of its record.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``ALT``, ``BILI``; treated patients with both, as far as the limits are known.

    Example
    -------
    ALT of 80 and 60 with limits of 40 and 20: 3 times the limit.
    """
    treated = treated_patients(adsl).set_index("USUBJID")["TRT01P"]
    later = adlb["ADY"].gt(1).fillna(value=False).astype(bool)
    own = adlb[adlb["DTYPE"].isna() & later & adlb["PARAMCD"].isin([ALT, BILIRUBIN])]
    own = own[own["USUBJID"].isin(treated.index)]
    ratio = numbers(own["AVAL"]) / numbers(own["ANRHI"])
    known = own.assign(RATIO=ratio)[ratio.gt(0)]
    peaks = {
        code: known[known["PARAMCD"].eq(code)].groupby("USUBJID", observed=True)["RATIO"].max()
        for code in (ALT, BILIRUBIN)
    }
    table = pd.DataFrame(peaks).dropna().rename_axis("USUBJID").reset_index()
    return table.assign(TRT01P=table["USUBJID"].map(treated))


def visits_with_grades(adlb: pd.DataFrame, visits: Sequence[str]) -> tuple[str, ...]:
    """Return those of the visits at which anybody has a grade, in their order."""
    graded = adlb[adlb["DTYPE"].isna() & adlb["ATOXGRMN"].notna()]["AVISIT"]
    seen = {str(visit) for visit in graded.dropna().unique()}
    return tuple(visit for visit in visits if visit in seen)


def grade_grid(
    adlb: pd.DataFrame, code: str, patients: Sequence[str], visits: Sequence[str]
) -> tuple[tuple[int | None, ...], ...]:
    """Give the grade of the record that stands for each visit: a row a patient, a column a visit.

    Returns
    -------
    tuple of tuple
        The grade, ``UNCERTAIN`` where it is not certain, None without a value.
    """
    stands = adlb["ANL01FL"].eq("Y").fillna(value=False).astype(bool)
    own = adlb[adlb["DTYPE"].isna() & stands & adlb["PARAMCD"].eq(code) & adlb["ATOXGRMN"].notna()]
    grades = {
        (str(patient), str(visit)): int(low) if low == high else UNCERTAIN
        for patient, visit, low, high in zip(
            own["USUBJID"], own["AVISIT"], own["ATOXGRMN"], own["ATOXGRMX"], strict=True
        )
    }
    return tuple(tuple(grades.get((patient, visit)) for visit in visits) for patient in patients)
