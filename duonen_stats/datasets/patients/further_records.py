"""ADVS, ADCM, ADDV: vital signs, therapies beside the study treatment, deviations; and who is per protocol."""

import pandas as pd

from duonen_stats.datasets.metadata.limits_compared import difference
from duonen_stats.datasets.metadata.shape import conform, flag, numbers, require_columns, require_unique
from duonen_stats.datasets.patients.imputed_dates import imputation_flags
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.datasets.patients.usable_records import UsableRecords
from duonen_stats.plan import Plan
from duonen_stats.study import Study

VITAL_SIGNS, THERAPIES, DEVIATIONS = "vital_signs", "concomitant_therapies", "protocol_deviations"
"""Raw tables that a cut may lack: without a record of them there is no dataset, and what follows has a reason."""

_SUPPORT = ("GROWTH_FACTOR", "TRANSFUSION")
_UNSCHEDULED = "UNS"


def build_advs(records: UsableRecords, adsl: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Build the dataset of vital signs and performance status.

    Parameters
    ----------
    records
        The usable raw records: ``vital_signs``.
    adsl
        The subject-level dataset.
    study
        Parameters with their units; visits.

    Returns
    -------
    pandas.DataFrame
        One row per record, sorted by patient, parameter, date and visit; of one day unscheduled values stand first, so
        that one of a visit is the last of its day. ``AVISIT`` is the visit as recorded. The
        baseline is the last value on or before the first administration (on or before randomisation for who was never
        treated); ``CHG`` is missing on it and before. ``ANL01FL`` marks the last value of a visit.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    ADaM Implementation Guide 1.3, basic data structure.
    """
    found = records.beside[VITAL_SIGNS]
    require_columns(found, "SUBJID", "VISIT", "VSDT", "TEST", "VALUE")
    signs = {sign.code: (number, sign) for number, sign in enumerate(study.vital_signs, 1)}
    order = {visit.code: visit.number for visit in study.visits}
    late = study.follow_up_visits
    places = {code: late.place(code) for code in found["VISIT"].dropna().unique()}
    order |= {code: late.number + place for code, place in places.items() if place is not None}
    rows = add_subject(found, adsl, "TRTSDT", "RANDDT")
    rows = rows.assign(
        PARAMCD=rows["TEST"],
        PARAM=rows["TEST"].map({code: f"{sign.label} ({sign.unit})" for code, (_, sign) in signs.items()}),
        PARAMN=rows["TEST"].map({code: number for code, (number, _) in signs.items()}),
        AVAL=numbers(rows["VALUE"]),
        AVALU=rows["TEST"].map({code: sign.unit for code, (_, sign) in signs.items()}),
        ADT=pd.to_datetime(rows["VSDT"]),
        AVISIT=rows["VISIT"].where(rows["VISIT"].ne(_UNSCHEDULED), "UNSCHEDULED"),
        AVISITN=rows["VISIT"].map(order).astype("float64"),
    )
    in_order = ["USUBJID", "PARAMN", "ADT", "AVISITN"]
    rows = rows.sort_values(in_order, kind="stable", ignore_index=True, na_position="first")
    start = rows["TRTSDT"].where(rows["TRTSDT"].notna(), rows["RANDDT"])
    series, known = ["USUBJID", "PARAMCD"], rows["AVAL"].notna()
    first = rows.loc[known & (rows["ADT"] <= start)].drop_duplicates(series, keep="last")
    at_visit = rows.loc[known & rows["AVISITN"].notna()].drop_duplicates([*series, "AVISIT"], keep="last")
    rows = rows.join(first.set_index(series)["AVAL"].rename("BASE"), on=series)
    after = (rows["ADT"] > start).to_numpy()
    change = pd.Series(difference(numbers(rows["AVAL"]), numbers(rows["BASE"])), index=rows.index)
    rows = rows.assign(
        ADY=_study_day(rows["ADT"], rows["TRTSDT"]),
        CHG=change.where(after),
        ABLFL=flag(pd.Series(rows.index.isin(first.index), index=rows.index)),
        ANL01FL=flag(pd.Series(rows.index.isin(at_visit.index), index=rows.index)),
    )
    return conform(rows, "ADVS")


def build_adcm(records: UsableRecords, adsl: pd.DataFrame) -> pd.DataFrame:
    """Build the dataset of therapies beside and after the study treatment.

    Parameters
    ----------
    records, adsl
        As for :func:`build_advs`: ``concomitant_therapies``.

    Returns
    -------
    pandas.DataFrame
        One row per therapy begun up to the data cut, sorted by patient, start and number. ``FURTHFL`` marks one against
        the tumour that began after randomisation; one of which it is not recorded that it is against the tumour has no
        mark. ``SUPPFL`` marks growth factors and transfusions. An end after the cut is not known.

    Raises
    ------
    DataError
        A column is absent, or a patient has two therapies of one number.

    References
    ----------
    ADaM Implementation Guide 1.3, occurrence data structure.
    """
    found = records.beside[THERAPIES]
    require_columns(found, "SUBJID", "CMSEQ", "TERM", "CLASS", "ANTITUMOUR", "LINE", "STARTDT", "ENDDT")
    require_unique(found, "SUBJID", "CMSEQ")
    rows = add_subject(found, adsl, "TRTSDT", "TRTEDT", "RANDDT")
    begun, end = pd.to_datetime(rows["STARTDT"]), pd.to_datetime(rows["ENDDT"])
    known_end = end <= records.cut_date
    further = rows["ANTITUMOUR"].eq("Y").fillna(value=False).astype(bool) & (begun > rows["RANDDT"])
    rows = rows.assign(
        CMTRT=rows["TERM"],
        CMCLAS=rows["CLASS"],
        CMANTI=rows["ANTITUMOUR"],
        CMLINE=rows["LINE"],
        ASTDT=begun,
        ASTDTF=imputation_flags(found, "STARTDT"),
        AENDT=end.where(known_end),
        AENDTF=imputation_flags(found, "ENDDT").where(known_end, None),
        ASTDY=_study_day(begun, rows["TRTSDT"]),
        PREFL=flag(begun < rows["TRTSDT"]),
        FURTHFL=flag(further),
        SUPPFL=flag(rows["CLASS"].isin(_SUPPORT)),
    )
    return conform(rows.sort_values(["USUBJID", "ASTDT", "CMSEQ"], kind="stable"), "ADCM")


def build_addv(records: UsableRecords, adsl: pd.DataFrame) -> pd.DataFrame:
    """Build the dataset of deviations from the protocol.

    Parameters
    ----------
    records, adsl
        As for :func:`build_advs`: ``protocol_deviations``.

    Returns
    -------
    pandas.DataFrame
        One row per deviation up to the data cut, sorted by patient and number. One without a date is kept: it was seen
        before the cut was made.

    Raises
    ------
    DataError
        A column is absent, or a patient has two deviations of one number.

    References
    ----------
    ICH E3, §10.2; ADaM Implementation Guide 1.3, occurrence data structure.
    """
    found = records.beside[DEVIATIONS]
    require_columns(found, "SUBJID", "DVSEQ", "DVDT", "CATEGORY", "TERM", "IMPORTANT", "EXCLUDEPP")
    require_unique(found, "SUBJID", "DVSEQ")
    rows = add_subject(found, adsl, "TRTSDT")
    day = pd.to_datetime(rows["DVDT"])
    rows = rows.assign(
        DVTERM=rows["TERM"],
        DVCAT=rows["CATEGORY"],
        ASTDT=day,
        ASTDY=_study_day(day, rows["TRTSDT"]),
        IMPDVFL=flag(rows["IMPORTANT"].eq("Y")),
        EXCLPPFL=flag(rows["EXCLUDEPP"].eq("Y")),
    )
    return conform(rows.sort_values(["USUBJID", "DVSEQ"], kind="stable"), "ADDV")


def add_per_protocol(adsl: pd.DataFrame, deviations: pd.DataFrame | None, rules: Plan) -> pd.DataFrame:
    """Flag the patients of the per-protocol population.

    Parameters
    ----------
    adsl
        One row per randomised patient: ``USUBJID``, ``TRT01P``, ``TRT01A``, ``SAFFL``.
    deviations
        As :func:`build_addv` gives them; None if the cut has none.
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


_EXCLUDES = {"excluding": "EXCLPPFL", "important": "IMPDVFL"}


def _study_day(date: "pd.Series[pd.Timestamp]", start: "pd.Series[pd.Timestamp]") -> "pd.Series[float]":
    """Count days from a start, which is day 1; the day before is -1."""
    days = (date - start).dt.days.astype("float64")
    return days + (days >= 0)
