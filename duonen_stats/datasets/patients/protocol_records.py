"""Deviations from the protocol and further therapies, as far as a cut has them; who is per protocol."""

import pandas as pd

from duonen_stats.datasets.metadata.shape import flag, require_columns, require_unique
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut

DEVIATIONS, THERAPIES = "protocol_deviations", "concomitant_therapies"
"""Raw tables that a cut may lack: without a record of them, what follows has a reason, not a zero."""

_DEVIATION = ("SUBJID", "DVSEQ", "DVDT", "CATEGORY", "IMPORTANT", "EXCLUDEPP")
_THERAPY = ("SUBJID", "CMSEQ", "CLASS", "ANTITUMOUR", "LINE", "STARTDT")


def deviation_records(cut: Cut, adsl: pd.DataFrame) -> pd.DataFrame | None:
    """Take the deviations of the randomised patients up to the data cut.

    Parameters
    ----------
    cut
        The raw data cut. It is not changed.
    adsl
        The subject-level dataset.

    Returns
    -------
    pandas.DataFrame or None
        ``USUBJID``, ``TRT01P`` and so on, with ``DVSEQ``, ``ADT`` (missing if not recorded), ``CATEGORY``, and the
        flags ``IMPFL`` and ``EXCLFL`` ("Y"), by patient and number. None if the cut has no such record at all. A
        deviation without a date is kept: it was seen before the cut was made.

    Raises
    ------
    DataError
        A column is absent, or a patient has two deviations of one number.
    """
    rows = _known(cut, adsl, DEVIATIONS, _DEVIATION, "DVDT")
    if rows is None:
        return None
    require_unique(rows, "SUBJID", "DVSEQ")
    rows = rows.assign(
        ADT=pd.to_datetime(rows["DVDT"]),
        IMPFL=flag(rows["IMPORTANT"].eq("Y")),
        EXCLFL=flag(rows["EXCLUDEPP"].eq("Y")),
    )
    rows = add_subject(rows.drop(columns=["DVDT", "IMPORTANT", "EXCLUDEPP"]), adsl)
    return rows.sort_values(["USUBJID", "DVSEQ"], kind="stable", ignore_index=True)


def antitumour_therapies(cut: Cut, adsl: pd.DataFrame) -> pd.DataFrame | None:
    """Take the therapies against the tumour that randomised patients began after randomisation, up to the data cut.

    Parameters
    ----------
    cut, adsl
        As for :func:`deviation_records`.

    Returns
    -------
    pandas.DataFrame or None
        ``USUBJID``, ``TRT01P`` and so on, with ``CMSEQ``, ``ADT``, ``CLASS`` (missing if not recorded) and ``LINE``, by
        patient, date and number. None if the cut has no such record at all. A therapy begun on the day of
        randomisation or before is no further one; one of which it is not recorded that it is against the tumour is
        left out.

    Raises
    ------
    DataError
        A column is absent, or a patient has two therapies of one number.
    """
    rows = _known(cut, adsl, THERAPIES, _THERAPY, "STARTDT")
    if rows is None:
        return None
    require_unique(rows, "SUBJID", "CMSEQ")
    start = pd.to_datetime(rows["SUBJID"].map(adsl.set_index("SUBJID")["RANDDT"]))
    begun = pd.to_datetime(rows["STARTDT"])
    against = rows["ANTITUMOUR"].eq("Y").fillna(value=False).astype(bool)
    rows = rows.assign(ADT=begun).loc[against & (begun > start)]
    rows = add_subject(rows.drop(columns=["STARTDT", "ANTITUMOUR"]), adsl)
    return rows.sort_values(["USUBJID", "ADT", "CMSEQ"], kind="stable", ignore_index=True)


def _known(
    cut: Cut, adsl: pd.DataFrame, table: str, columns: tuple[str, ...], date: str
) -> pd.DataFrame | None:
    """Take these columns of the records of randomised patients that are not dated after the cut."""
    rows = cut.tables.get(table)
    if rows is None or rows.empty:
        return None
    require_columns(rows, *columns)
    late = pd.to_datetime(rows[date]) > cut.cut_date if cut.cut_date is not None else False
    return rows.loc[rows["SUBJID"].isin(adsl["SUBJID"]) & ~late, [*columns]].reset_index(drop=True)


def add_per_protocol(adsl: pd.DataFrame, deviations: pd.DataFrame | None, rules: Plan) -> pd.DataFrame:
    """Flag the patients of the per-protocol population.

    Parameters
    ----------
    adsl
        One row per randomised patient: ``USUBJID``, ``TRT01P``, ``TRT01A``, ``SAFFL``.
    deviations
        As :func:`deviation_records` gives them; None if the cut has none.
    rules
        ``per_protocol``: which deviations exclude.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``PPROTFL``: "Y" for who was treated at least once, as the arm randomised to, and has
        no deviation that excludes. Missing for everybody if the cut has no record of deviations: then nobody knows.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    ICH E9, §5.2.2; ADaM Implementation Guide 1.3 (PPROTFL).
    """
    require_columns(adsl, "USUBJID", "TRT01P", "TRT01A", "SAFFL")
    if deviations is None:
        return adsl.assign(PPROTFL=flag(pd.Series(data=False, index=adsl.index, dtype=bool)))
    excluding = deviations.loc[deviations[_EXCLUDES[rules.per_protocol]].eq("Y").astype(bool), "USUBJID"]
    as_planned = adsl["SAFFL"].eq("Y") & adsl["TRT01A"].eq(adsl["TRT01P"])
    return adsl.assign(PPROTFL=flag(as_planned & ~adsl["USUBJID"].isin(excluding)))


_EXCLUDES = {"excluding": "EXCLFL", "important": "IMPFL"}
