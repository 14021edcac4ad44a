"""Each patient's course in months from randomisation: treatment, response, progression, death, follow-up."""

import pandas as pd

from duonen_stats.datasets.metadata.shape import require_columns

CYCLE, RESPONSE, PROGRESSION, DEATH, FOLLOWED = "cycle", "response", "progression", "death", "followed"
_PATIENT = ["USUBJID", "TRT01P"]


def build_courses(adsl: pd.DataFrame, *, days_per_month: float) -> pd.DataFrame:
    """Give start and end of treatment and the last month known of.

    Parameters
    ----------
    adsl
        The subject-level dataset.
    days_per_month
        Days in a month, as the plan has it.

    Returns
    -------
    pandas.DataFrame
        One row per randomised patient: ``USUBJID``, ``TRT01P``, ``FIRST`` and ``LAST`` (months of the first and the
        last administration, NaN without any) and ``END`` (death, else last known alive, else the last administration,
        0 if nothing is known after randomisation); longest follow-up first within an arm.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adsl, *_PATIENT, "RANDFL", "RANDDT", "TRTSDT", "TRTEDT", "DTHDT", "LSTALVDT")
    rows = adsl.loc[adsl["RANDFL"].eq("Y") & adsl["RANDDT"].notna()]
    end = rows["DTHDT"].fillna(rows["LSTALVDT"]).fillna(rows["TRTEDT"]).fillna(rows["RANDDT"])
    out = rows[_PATIENT].assign(
        FIRST=_months(rows["TRTSDT"], rows["RANDDT"], days_per_month),
        LAST=_months(rows["TRTEDT"], rows["RANDDT"], days_per_month),
        END=_months(end, rows["RANDDT"], days_per_month).clip(lower=0.0),
    )
    return out.sort_values(["TRT01P", "END", "USUBJID"], ascending=[True, False, True], ignore_index=True)


def build_course_events(
    adsl: pd.DataFrame, adex: pd.DataFrame, adrs: pd.DataFrame, adtte: pd.DataFrame, *, days_per_month: float
) -> pd.DataFrame:
    """Give what happened to each patient, and when.

    Parameters
    ----------
    adsl, adex, adrs, adtte
        The datasets: administrations, first responses (``FRESP``), progressions (events of PFS seen at an assessment).
    days_per_month
        Days in a month, as the plan has it.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``KIND`` (``"cycle"``, ``"response"``, ``"progression"``, ``"death"``; ``"followed"`` for the last
        day known alive) and ``MONTH``, sorted by patient, month and kind.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adex, "USUBJID", "ASTDT", "DTYPE")
    require_columns(adrs, "USUBJID", "PARAMCD", "ADT")
    require_columns(adtte, "USUBJID", "PARAMCD", "CNSR", "SRCDOM", "ADT")
    given = adex.loc[adex["DTYPE"].isna(), ["USUBJID", "ASTDT"]].rename(columns={"ASTDT": "ADT"})
    progressed = adtte["PARAMCD"].eq("PFS") & adtte["CNSR"].eq(0) & adtte["SRCDOM"].eq("tumour_assessments")
    dead = adsl["DTHDT"].notna()
    pieces = {
        CYCLE: given.drop_duplicates(),
        RESPONSE: adrs.loc[adrs["PARAMCD"].eq("FRESP"), ["USUBJID", "ADT"]],
        PROGRESSION: adtte.loc[progressed, ["USUBJID", "ADT"]],
        DEATH: adsl.loc[dead, ["USUBJID", "DTHDT"]].rename(columns={"DTHDT": "ADT"}),
        FOLLOWED: adsl.loc[~dead, ["USUBJID", "LSTALVDT"]].rename(columns={"LSTALVDT": "ADT"}),
    }
    rows = pd.concat([piece.assign(KIND=kind) for kind, piece in pieces.items()], ignore_index=True)
    randomised = rows["USUBJID"].map(adsl.set_index("USUBJID")["RANDDT"])
    rows = rows.assign(MONTH=_months(rows["ADT"], randomised, days_per_month)).dropna(subset=["MONTH"])
    return rows[["USUBJID", "KIND", "MONTH"]].sort_values(["USUBJID", "MONTH", "KIND"], ignore_index=True)


def _months(date: pd.Series, start: pd.Series, days_per_month: float) -> pd.Series:
    return (pd.to_datetime(date) - pd.to_datetime(start)).dt.days / days_per_month
