"""Two numbers a patient, side by side: dose against worst change, activity against dose, visit against visit.

Every ``pair_...`` gives one row per patient who has at least one of the two, sorted by ``USUBJID``; a missing
one is NaN, so that anyone who uses the pairs can count them. The complete pairs are ``pairs.dropna()``. All
raise ``DataError`` if a column is absent or a patient has two values where one is expected.
"""

import pandas as pd

from duonen_stats.datasets.exposure.adex import MODIFICATION
from duonen_stats.datasets.metadata.shape import require_columns, require_unique
from duonen_stats.datasets.safety.change import NADIR

_PATIENT = ["USUBJID", "TRT01P", "TRT01PN"]


def cumulative_dose(addos: pd.DataFrame, dose: str) -> pd.DataFrame:
    """Take the cumulative dose of the patients whose dosimetry of the organ is complete.

    Parameters
    ----------
    addos
        The dosimetry dataset.
    dose
        ``PARAMCD``, e.g. ``"KIDTOT"``.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``TRT01PN``, ``DOSE`` (Gy), sorted by patient.

    Raises
    ------
    DataError
        A column is absent, or a patient has two such sums.

    References
    ----------
    Interim publication, Table 3.
    """
    require_columns(addos, *_PATIENT, "PARAMCD", "DTYPE", "DOSCMPFL", "AVAL")
    complete = addos["DTYPE"].eq("SUM") & addos["DOSCMPFL"].eq("Y")
    return _one_value(addos.loc[complete & addos["PARAMCD"].eq(dose)], "AVAL", "DOSE")


def worst_change(adlb: pd.DataFrame, analyte: str) -> pd.DataFrame:
    """Take the worst change from baseline of each patient: the nadir, or the peak where high is adverse.

    Parameters
    ----------
    adlb
        The laboratory dataset.
    analyte
        ``PARAMCD``, e.g. ``"LYMPH"``.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``TRT01PN``, ``WORST`` (unit of the analyte), sorted by patient.

    Raises
    ------
    DataError
        A column is absent, or a patient has two such rows.

    References
    ----------
    Interim publication, §3.5, §3.6.
    """
    require_columns(adlb, *_PATIENT, "PARAMCD", "AVISIT", "CHG")
    chosen = adlb["PARAMCD"].eq(analyte) & adlb["AVISIT"].eq(NADIR)
    return _one_value(adlb.loc[chosen], "CHG", "WORST")


def activity_change(adex: pd.DataFrame, isotope: str) -> pd.DataFrame:
    """Take the mean change of the activity of the isotope an arm modifies.

    Parameters
    ----------
    adex
        The exposure dataset.
    isotope
        Code of the isotope, e.g. ``"LU177"``.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``TRT01PN``, ``CHANGE`` (MBq; NaN if not evaluable), sorted by patient.

    Raises
    ------
    DataError
        A column is absent, or a patient has two such rows.

    References
    ----------
    Interim publication, Table 2 and Figure 3.
    """
    require_columns(adex, *_PATIENT, "AVISIT", "ISOTOPE", "CHG")
    chosen = adex["AVISIT"].eq(MODIFICATION) & adex["ISOTOPE"].eq(isotope)
    return _one_value(adex.loc[chosen], "CHG", "CHANGE")


def pair_dose_with_worst(addos: pd.DataFrame, adlb: pd.DataFrame, *, dose: str, analyte: str) -> pd.DataFrame:
    """Set each patient's cumulative dose (``DOSE``, Gy) beside the worst change of an analyte (``WORST``).

    Source: interim publication, §3.5 and Figure 6.
    """
    return join_patients(cumulative_dose(addos, dose), worst_change(adlb, analyte))


def pair_activity_with_dose(
    adex: pd.DataFrame, addos: pd.DataFrame, *, arm: str, isotope: str, dose: str
) -> pd.DataFrame:
    """Set the change of activity (``CHANGE``, MBq) of an arm's patients beside their dose (``DOSE``, Gy).

    Source: interim publication, Figure 3.
    """
    pairs = join_patients(activity_change(adex, isotope), cumulative_dose(addos, dose))
    return pairs.loc[pairs["TRT01P"] == arm].reset_index(drop=True)


def join_patients(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Join two frames with one row per patient; who is missing on one side has NaN there.

    Parameters
    ----------
    left, right
        ``USUBJID``, ``TRT01P``, ``TRT01PN`` and one column each.

    Returns
    -------
    pandas.DataFrame
        One row per patient of either, sorted by ``USUBJID``.

    Raises
    ------
    DataError
        A patient is in a frame twice.
    """
    require_unique(left, "USUBJID")
    require_unique(right, "USUBJID")
    joined = left.merge(right, on=_PATIENT, how="outer")
    return joined.sort_values("USUBJID", kind="stable").reset_index(drop=True)


def _one_value(rows: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    require_unique(rows, "USUBJID")
    chosen = rows[[*_PATIENT, column]].rename(columns={column: name})
    return chosen.sort_values("USUBJID", kind="stable").reset_index(drop=True)
