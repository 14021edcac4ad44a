"""Where laboratory-derived grades and reported events disagree. They are compared here and never merged."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from duonen_stats.datasets.metadata.shape import require_columns, typed
from duonen_stats.datasets.metadata.variables import Variable
from duonen_stats.datasets.safety.toxicity_grade import SEVERE

CATEGORY_OF: Mapping[str, str] = MappingProxyType(
    {
        "HGB": "ANEMIA",
        "PLAT": "THROMBOCYTOPENIA",
        "WBC": "LEUKOPENIA_NEUTROPENIA",
        "NEUT": "LEUKOPENIA_NEUTROPENIA",
        "CREAT": "RENAL_IMPAIRMENT",
        "EGFR": "RENAL_IMPAIRMENT",
    }
)
"""Category an event of an analyte is reported in. Lymphocytes and liver tests have none of their own."""

LAB_ONLY = "LAB WITHOUT EVENT"
EVENT_ONLY = "EVENT WITHOUT LAB"
EVENT_UNDECIDED = "EVENT, LAB UNDECIDED"

COLUMNS = (
    Variable("USUBJID", "Unique Subject Identifier"),
    Variable("TRT01P", "Planned Treatment Arm"),
    Variable("FINDING", "Kind of Disagreement"),
    Variable("AECAT", "Category of the Event"),
    Variable("PARAMCD", "Parameter Code"),
    Variable("LABGR", "Worst Laboratory-Derived Grade", "integer"),
    Variable("LABGRMX", "Highest Worst Laboratory Grade Possible", "integer"),
    Variable("LABDT", "Date of the Worst Laboratory Grade", "date"),
    Variable("AVAL", "Value of the Worst Laboratory Grade", "number"),
    Variable("AEGR", "Worst Grade by the Investigator", "integer"),
    Variable("AEDT", "Start of the Worst Event", "date"),
)


def reconcile_grades(adlb: pd.DataFrame, adae: pd.DataFrame) -> pd.DataFrame:
    """List where only one of laboratory and investigator gives grade 3 or more.

    Parameters
    ----------
    adlb
        The laboratory dataset; all records on treatment count, whether or not they stand for a visit.
    adae
        The adverse events; those that are treatment-emergent count.

    Returns
    -------
    pandas.DataFrame
        One row per patient and analyte (``LAB WITHOUT EVENT``: no event of its category reached grade 3) or
        per patient and category (``EVENT WITHOUT LAB``: no analyte of the category reached grade 3; ``EVENT, LAB
        UNDECIDED``: one may have, as a limit of normal or a baseline is missing), with what the other side has, if
        anything; sorted by patient, finding, category and analyte. Dates are not matched. ``LABGR`` is certain;
        ``LABGRMX`` is what the worst grade may be at most.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.4 and Table 5, which reports events and not laboratory grades.
    """
    labs, events = worst_lab_grades(adlb), worst_event_grades(adae)
    order = {"SEVERE": False, "LABGRMX": False, "LABGR": False, "LABDT": True}
    of_category = labs.assign(SEVERE=_severe(labs["LABGR"]))
    of_category = of_category.sort_values([*order], ascending=[*order.values()], kind="stable")
    of_category = of_category.drop_duplicates(["USUBJID", "AECAT"]).drop(columns="SEVERE")
    keys = ["USUBJID", "TRT01P", "AECAT"]
    lab_side = labs.loc[labs["LABGR"] >= SEVERE].merge(events, on=keys, how="left")
    event_side = events.loc[(events["AEGR"] >= SEVERE) & events["AECAT"].isin(set(CATEGORY_OF.values()))]
    event_side = event_side.merge(of_category, on=keys, how="left")
    event_side = event_side.loc[~_severe(event_side["LABGR"])]
    undecided = _severe(event_side["LABGRMX"])
    unmatched = [
        lab_side.loc[~_severe(lab_side["AEGR"])].assign(FINDING=LAB_ONLY),
        event_side.loc[~undecided].assign(FINDING=EVENT_ONLY),
        event_side.loc[undecided].assign(FINDING=EVENT_UNDECIDED),
    ]
    rows = pd.concat([_conform(piece) for piece in unmatched], ignore_index=True)
    return rows.sort_values(["USUBJID", "FINDING", "AECAT", "PARAMCD"], kind="stable", ignore_index=True)


def worst_lab_grades(adlb: pd.DataFrame) -> pd.DataFrame:
    """Find the worst laboratory-derived grade of each patient and analyte on treatment, at its first date.

    Parameters
    ----------
    adlb
        The laboratory dataset.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``AECAT`` (None if the analyte has no category), ``PARAMCD``, ``LABGR`` (certain: the
        highest of the lowest possible grades), ``LABGRMX``, ``LABDT``, ``AVAL``; one row per patient and analyte.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(
        adlb, "USUBJID", "TRT01P", "PARAMCD", "ATOXGRMN", "ATOXGRMX", "ADT", "AVAL", "ONTRTFL", "DTYPE"
    )
    keys = ["USUBJID", "PARAMCD"]
    counted = adlb["ONTRTFL"].eq("Y") & adlb["DTYPE"].isna() & adlb["ATOXGRMN"].notna()
    ranked = adlb.loc[counted].sort_values(["ATOXGRMN", "ADT"], ascending=[False, True], kind="stable")
    highest = ranked.groupby(keys, observed=True)["ATOXGRMX"].max().rename("LABGRMX")
    worst = ranked.drop_duplicates(keys).join(highest, on=keys)
    worst = worst.assign(AECAT=typed(worst["PARAMCD"].map(dict(CATEGORY_OF)), "text"))
    worst = worst.rename(columns={"ATOXGRMN": "LABGR", "ADT": "LABDT"})
    return worst[["USUBJID", "TRT01P", "AECAT", "PARAMCD", "LABGR", "LABGRMX", "LABDT", "AVAL"]]


def worst_event_grades(adae: pd.DataFrame) -> pd.DataFrame:
    """Find the worst treatment-emergent event of each patient and category, at its first start.

    Parameters
    ----------
    adae
        The dataset of adverse events.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``AECAT``, ``AEGR``, ``AEDT``; one row per patient and category.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adae, "USUBJID", "TRT01P", "AECAT", "AETOXGR", "ASTDT", "TRTEMFL")
    emergent = adae.loc[adae["TRTEMFL"].eq("Y")]
    ranked = emergent.sort_values(["AETOXGR", "ASTDT"], ascending=[False, True], kind="stable")
    worst = ranked.drop_duplicates(["USUBJID", "AECAT"])
    worst = worst.rename(columns={"AETOXGR": "AEGR", "ASTDT": "AEDT"})
    return worst[["USUBJID", "TRT01P", "AECAT", "AEGR", "AEDT"]]


def _severe(grades: pd.Series) -> pd.Series:
    return (grades >= SEVERE).fillna(value=False).astype(bool)


def _conform(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({item.name: typed(rows[item.name], item.kind) for item in COLUMNS}, index=rows.index)
