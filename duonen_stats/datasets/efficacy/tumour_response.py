"""Tumour assessments after randomisation: which are evaluable, and which show progression."""

import pandas as pd

from duonen_stats.datasets.efficacy.dated_records import dated
from duonen_stats.datasets.metadata.frames import require_columns
from duonen_stats.datasets.metadata.shape import first_label
from duonen_stats.plan import Plan

PROGRESSION = "Progressive disease (RECIST 1.1)"
NEW_LESION = "New lesion"


def recorded_assessments(rows: pd.DataFrame, rules: Plan, *, until: pd.Timestamp) -> pd.DataFrame:
    """Judge each assessment, those before treatment included.

    Parameters
    ----------
    rows
        The raw table of tumour assessments, with ``RESPONSE`` and ``NEWLESION``; others are handed on.
    rules
        Evaluable responses, and whether a new lesion is progression.
    until
        Data cut; later assessments are not known.

    Returns
    -------
    pandas.DataFrame
        One row per assessment, by date and line: the columns ``SOURCED``, ``EVALUABLE`` and ``PROGRESSION``
        (bool), ``EVNTDESC``, what shows the progression, None without one, and ``RESPONSE`` (and
        ``SUMDIAM``, if there) as recorded.
        A new lesion makes an assessment evaluable: it is progression whatever else could be measured.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247.
    """
    require_columns(rows, "RESPONSE", "NEWLESION")
    progressed = rows["RESPONSE"].eq("PD").astype(bool)
    new_lesion = (rows["NEWLESION"].eq("Y") & rules.new_lesion_is_progression).astype(bool)
    judged = rows.assign(
        EVALUABLE=rows["RESPONSE"].isin(rules.evaluable_responses).astype(bool) | new_lesion,
        PROGRESSION=progressed | new_lesion,
        EVNTDESC=first_label([(progressed, PROGRESSION), (new_lesion, NEW_LESION)], rows.index),
    )
    columns = ["EVALUABLE", "PROGRESSION", "EVNTDESC", "RESPONSE", *({"SUMDIAM"} & {*rows})]
    return dated(judged, "tumour_assessments", "ASSESSDT", until=until, keep=tuple(columns))


def judge_assessments(
    rows: pd.DataFrame, patients: pd.DataFrame, rules: Plan, *, until: pd.Timestamp
) -> pd.DataFrame:
    """Judge each assessment after randomisation.

    Parameters
    ----------
    rows, rules, until
        As in :func:`recorded_assessments`.
    patients
        One row per randomised patient: ``SUBJID`` and ``ADT``, the date of randomisation. An assessment on
        that day or before is the baseline, whatever its response.

    Returns
    -------
    pandas.DataFrame
        Rows of :func:`recorded_assessments`, numbered from 0.

    Raises
    ------
    DataError
        A column is absent.
    """
    known = recorded_assessments(rows, rules, until=until)
    randomised = known["SUBJID"].map(patients.set_index("SUBJID")["ADT"])
    return known.loc[known["ADT"] > pd.to_datetime(randomised)].reset_index(drop=True)
