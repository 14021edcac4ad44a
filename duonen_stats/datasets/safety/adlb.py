"""ADLB: laboratory values by visit, with baseline, change, worst change, grade and protocol rules."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.metadata.limits_compared import without_noise
from duonen_stats.datasets.metadata.shape import conform, first_label, flag, require_columns, stack
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.datasets.patients.usable_records import UsableRecords
from duonen_stats.datasets.safety.change import add_baseline, add_change, derive_nadir
from duonen_stats.datasets.safety.toxicity_grade import GRADES, add_range_indicator, add_toxicity_grade
from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.plan import Plan
from duonen_stats.raw.derived.baseline_record import place_records
from duonen_stats.raw.derived.censored_results import ends
from duonen_stats.raw.derived.cycles import treatment_dates
from duonen_stats.raw.derived.reference_ranges import laboratory_values
from duonen_stats.raw.derived.visits import add_target_distance, flag_visit_record, place_visits
from duonen_stats.study import StoppingRule, Study

# The protocol's discontinuation rules on laboratory values; they are not CTCAE grades.


def add_stopping_rule(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Flag the values after the first administration that meet a discontinuation rule of the protocol.

    Parameters
    ----------
    labs
        ``PARAMCD``, ``AVAL`` and ``ANRHI`` in the unit of the dictionary; ``ADT``, ``TRTSDT``.
    study
        Discontinuation rules; those on other variables than analytes are passed over.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``CRIT1`` (the rule's words, on the values it applies to) and ``CRIT1FL``
        ("Y" where it is met). A rule in multiples of the upper limit of normal is not met without one.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.2.
    """
    require_columns(labs, "PARAMCD", "AVAL", "ANRHI", "ADT", "TRTSDT")
    treated = (labs["ADT"] > labs["TRTSDT"]).to_numpy()
    applying = [
        (labs["PARAMCD"].eq(rule.variable).to_numpy() & treated, rule) for rule in study.stopping_rules
    ]
    met = np.zeros(len(labs), dtype=bool)  # of a censored result: whatever its value may be
    for applies, rule in applying:
        met[applies] |= _meets(labs.loc[applies], rule, study.threshold(rule))
    return labs.assign(
        CRIT1=first_label([(applies, rule.label) for applies, rule in applying], labs.index),
        CRIT1FL=flag(pd.Series(met, index=labs.index)),
    )


def _meets(labs: pd.DataFrame, rule: StoppingRule, threshold: float) -> NDArray[np.bool_]:
    lowest, highest = ends(labs)
    bound = threshold * labs["ANRHI"].to_numpy() if rule.relative else np.full(len(labs), threshold)
    return meets(lowest, rule.comparator, bound) & meets(highest, rule.comparator, bound)


NOT_COUNTED = "censored result, which the plan does not count"
"""Why such a record stands for no visit."""

_RENAMED = {"ANALYTE": "PARAMCD", "LBDT": "ADT", "LABORATORY": "LBNAM", "_ROW": "LBSEQ"}


def build_adlb(records: UsableRecords, adsl: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Build the laboratory dataset.

    Parameters
    ----------
    records
        The usable raw records.
    adsl
        The subject-level dataset.
    study, plan
        Analytes, visits and rules; which record is the baseline, the visit's and the nadir.

    Returns
    -------
    pandas.DataFrame
        Sorted by patient, analyte, date and visit; the derived row ``NADIR`` last. Every usable record is
        there; those with ``ANL01FL`` "Y" stand for their visit.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Interim publication, §2.4, §3.5 to §3.7, Table 4.
    """
    return assemble_adlb(derive_labs(records, adsl, study, plan), study, plan)


def assemble_adlb(labs: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Put the records and the rows of the nadir together, with the columns of ADLB.

    Parameters
    ----------
    labs
        As ``derive_labs`` gives them.
    study, plan
        As for ``build_adlb``.

    Returns
    -------
    pandas.DataFrame
        As ``build_adlb`` gives it.

    Raises
    ------
    DataError
        A column is absent.
    """
    # Grade and rule stay with the record they were found in, so that counting rows counts records.
    nadirs = derive_nadir(labs, adverse={a.code: a.adverse for a in study.all_analytes}, plan=plan).drop(
        columns=[*GRADES, "CRIT1", "CRIT1FL"]
    )
    rows = stack([labs, nadirs.assign(ANL01FL="Y")], "ADLB")
    rows = rows.assign(DERIVED=rows["DTYPE"].notna())
    order = ["USUBJID", "PARAMN", "DERIVED", "ADT", "AVISITN", "LBSEQ"]
    return conform(rows.sort_values(order, kind="stable"), "ADLB")


def derive_labs(records: UsableRecords, adsl: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Derive every record of the laboratory dataset, without the rows of the nadir.

    Parameters
    ----------
    records, adsl, study, plan
        As for ``build_adlb``.

    Returns
    -------
    pandas.DataFrame
        One row per usable raw record, in raw order, with the columns of ADLB, ``TRTSDT``, ``SCHEDULED`` and
        ``REASON`` (why the record stands for no visit).

    Raises
    ------
    DataError
        A column is absent.
    """
    cycles = records.administrations
    values = laboratory_values(records.labs, records.ranges, records.subjects, study, plan.censored_results)
    labs = _placed(values.assign(LBDT=pd.to_datetime(values["LBDT"])), cycles, study, plan)
    labs = labs.assign(ABLFL=flag(labs["BASELINE"]), ANL01FL=flag(labs["STANDS"])).rename(columns=_RENAMED)
    labs = add_subject(labs, adsl, "TRTSDT", "TRTEDT")
    labs = add_analysis_day(add_range_indicator(labs, study))
    labs = labs.assign(CENSFL=flag(labs["LIMIT"].notna()), AVALC=_bound_texts(labs))
    labs = add_baseline(labs, {"AVAL": "BASE", "ANRIND": "BNRIND", "CENSFL": "BCENSFL", "ANRLO": "BANRLO"})
    labs = add_change(labs)
    labs = add_baseline(add_toxicity_grade(labs, study, plan.ctcae_version), {"ATOXGR": "BTOXGR"})
    labs = flag_on_treatment(add_stopping_rule(labs, study), study)
    return _name_parameters(labs, study)


def _placed(labs: pd.DataFrame, cycles: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Assign records to visits and flag those that stand for one; a censored result without a value cannot."""
    started = treatment_dates(cycles)["FIRST"]
    counted = labs["AVAL"].notna()
    used = place_records(labs[counted], cycles, started, study, plan)
    used = flag_visit_record(add_target_distance(used, cycles, study), plan)
    if counted.all():
        return used
    others = labs[~counted].assign(TRTSDT=labs["SUBJID"].map(started).astype("datetime64[ns]"))
    others = add_target_distance(place_visits(others, cycles, study), cycles, study)
    others = others.assign(BASELINE=False, STANDS=False, REASON=NOT_COUNTED)
    parts = [part for part in (used, others) if len(part)]
    return pd.concat([part[[*used.columns]] for part in parts]).reindex(labs.index)


def _bound_texts(labs: pd.DataFrame) -> "pd.Series[str]":
    """Write the bound of each censored result in the unit of the dataset, such as ``">90"``; None for the others."""
    limits = without_noise(labs["LIMIT"], labs["LIMIT"])
    texts = [
        f"{sign}{str(limit).removesuffix('.0')}" if isinstance(sign, str) else None
        for sign, limit in zip(labs["SIGN"], limits.tolist(), strict=True)
    ]
    return pd.Series(texts, index=labs.index, dtype=object)


def add_analysis_day(labs: pd.DataFrame) -> pd.DataFrame:
    """Add the day relative to the first administration, which is day 1; the day before it is -1.

    Parameters
    ----------
    labs
        ``ADT``, ``TRTSDT``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ADY`` (missing if never treated).

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(labs, "ADT", "TRTSDT")
    days = (labs["ADT"] - labs["TRTSDT"]).dt.days.astype("float64")
    return labs.assign(ADY=days + (days >= 0))


def flag_on_treatment(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Flag the records from the first administration to the end of the last follow-up window.

    Parameters
    ----------
    labs
        ``ADT``, ``TRTSDT``, ``TRTEDT``, ``AVISIT``.
    study
        Visits with their windows.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ONTRTFL``: dated after the first administration, and either assigned to a visit
        around the cycles (not one of late follow-up), or no later after the last administration than such a visit may
        be.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(labs, "ADT", "TRTSDT", "TRTEDT", "AVISIT")
    margin = pd.Timedelta(days=max(visit.day_high for visit in study.visits))
    within = labs["ADT"] <= labs["TRTEDT"] + margin
    around = labs["AVISIT"].isin([visit.code for visit in study.visits])
    return labs.assign(ONTRTFL=flag((labs["ADT"] > labs["TRTSDT"]) & (within | around)))


def _name_parameters(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    codes = labs["PARAMCD"]
    return labs.assign(
        AVALU=codes.map({item.code: item.unit for item in study.all_analytes}),
        PARAM=codes.map({item.code: f"{item.label} ({item.unit})" for item in study.all_analytes}),
        PARAMN=codes.map({item.code: number for number, item in enumerate(study.all_analytes, 1)}),
        PARCAT1=codes.map({item.code: item.category for item in study.all_analytes}),
    )
