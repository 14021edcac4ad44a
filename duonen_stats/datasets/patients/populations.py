"""Who belongs where: treatment dates, cycles received and the analysis populations."""

from enum import StrEnum

import pandas as pd

from duonen_stats.datasets.efficacy.dated_records import dated, latest
from duonen_stats.datasets.metadata.shape import flag, require_columns
from duonen_stats.datasets.patients.usable_records import UsableRecords
from duonen_stats.plan import Plan
from duonen_stats.raw.derived.cycles import treatment_dates
from duonen_stats.study import Study


class Population(StrEnum):
    """Of whom, or of what, a row of results speaks: the only place where populations are named.

    Randomised, safety and dosimetry are sets of patients, each with its flag in ADSL. A statistic of fewer patients of
    a population names the condition in its context and their number in ``n``; ``n_missing`` is the rest of the
    population. Who has entered is more than are randomised in a cut that does not hold everybody. Of the others ``n``
    counts no patients: the cycles, assessments and events are several of a patient.
    """

    RANDOMISED = "Randomised"
    ENTERED = "All who have entered"
    SAFETY = "Safety"
    DOSIMETRY = "Dosimetry"
    PLANNED = "Planned"
    CYCLES = "Delivered cycles"
    ASSESSMENTS = "Tumour assessments"
    EVENTS = "Treatment-emergent events"
    RECORDS = "All records"
    PROTOCOL = "Protocol"


SHOWN = {
    Population.RANDOMISED: "Randomised patients",
    Population.ENTERED: "All who have entered",
    Population.SAFETY: "Safety population",
    Population.DOSIMETRY: "Dosimetry population",
}
"""What a display calls each population of patients."""


def complete_dosimetry(organ: str) -> str:
    """Say in words whose dose of an organ is analysed: those whose sum over cycles is the whole.

    Examples
    --------
    >>> complete_dosimetry("the kidney")
    'complete dosimetry of the kidney for every delivered cycle'
    """
    return f"complete dosimetry of {organ} for every delivered cycle"


def add_treatment(subjects: pd.DataFrame, delivered: pd.DataFrame) -> pd.DataFrame:
    """Add the dates of the first and last administration and the number of cycles.

    Parameters
    ----------
    subjects
        One row per patient: ``SUBJID``.
    delivered
        One row per delivered cycle: ``SUBJID``, ``EXDT``.

    Returns
    -------
    pandas.DataFrame
        ``subjects``, same rows and order, with ``TRTSDT``, ``TRTEDT`` (missing if never treated) and
        ``NCYC`` (0 if never treated).

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(subjects, "SUBJID")
    require_columns(delivered, "SUBJID", "EXDT")
    dates = treatment_dates(delivered)
    patients = subjects["SUBJID"]
    return subjects.assign(
        TRTSDT=pd.to_datetime(patients.map(dates["FIRST"])),
        TRTEDT=pd.to_datetime(patients.map(dates["LAST"])),
        NCYC=patients.map(dates["CYCLES"]).astype("Int64").fillna(0),
    )


def reporting_ends(records: UsableRecords, study: Study, plan: Plan) -> pd.DataFrame:
    """Find until when adverse events of each treated patient were reported, with the record the date follows from.

    Parameters
    ----------
    records
        The usable raw records: administrations and disposition.
    study
        Number and interval of the cycles.
    plan
        ``ae_reporting`` and ``ae_reporting_days``.

    Returns
    -------
    pandas.DataFrame
        ``ADT``, ``SRCDOM``, ``SRCVAR``, ``SRCSEQ`` by ``SUBJID``: ``ae_reporting_days`` after the last cycle, or the
        day on which treatment was discontinued if that is later. A patient whose treatment goes on is not there. Where
        the status is not recorded and cycles are left, reporting ends that many days after the next one was due at
        the latest. Without rows if events count as long as they were collected.

    References
    ----------
    Customary (30 days); interim publication, §2.1 (8±2 weeks between cycles).
    """
    last = latest(dated(records.administrations, "administrations", "EXDT", until=records.cut_date))
    status = records.disposition.set_index("SUBJID")["STATUS"].reindex(last.index)
    given = records.administrations.groupby("SUBJID").size().reindex(last.index)
    waiting = given.lt(len(study.cycles)) & status.isna()
    weeks = study.design.cycle_interval_weeks + study.design.cycle_interval_tolerance_weeks
    days = plan.ae_reporting_days + 7 * weeks * waiting.astype(int)
    ends = last.assign(ADT=last["ADT"] + pd.to_timedelta(days, unit="D"))
    stopped = records.disposition.loc[records.disposition["STATUS"].eq("DISCONTINUED").astype(bool)]
    stops = dated(stopped, "disposition", "DSDT", until=records.cut_date).set_index("SUBJID")
    stops = stops.loc[stops.index.isin(ends.index)]
    later = stops.loc[stops["ADT"] > ends["ADT"].reindex(stops.index)]
    ends = pd.concat([ends.loc[~ends.index.isin(later.index)], later])
    goes_on = status.eq("ONGOING") & given.lt(len(study.cycles))
    if plan.ae_reporting == "as_collected":
        return ends.iloc[:0]
    return ends.loc[~ends.index.isin(goes_on.index[goes_on.to_numpy(dtype=bool)])]


def dosimetry_status(records: UsableRecords, study: Study) -> pd.DataFrame:
    """Say for each patient and organ whether every given isotope of every delivered cycle has a dose.

    Parameters
    ----------
    records
        The usable raw records.
    study
        The organs.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID``, ``ORGAN``, ``COMPLETE`` (bool): one row per treated patient and organ.

    References
    ----------
    Interim publication, §2.3 (dosimetry after each cycle) and Table 3.
    """
    organs = pd.DataFrame({"ORGAN": [organ.code for organ in study.organs]}, dtype="object")
    keys = ["SUBJID", "CYCLE", "ORGAN", "ISOTOPE"]
    wanted = records.given.merge(organs, how="cross")
    found = wanted.merge(records.dosimetry[keys].assign(FOUND=1.0), on=keys, how="left")
    status = found["FOUND"].notna().groupby([found["SUBJID"], found["ORGAN"]]).all()
    return status.rename("COMPLETE").reset_index()


def add_populations(subjects: pd.DataFrame, status: pd.DataFrame, *, cycles: int) -> pd.DataFrame:
    """Add the population flags.

    Parameters
    ----------
    subjects
        One row per patient: ``SUBJID``, ``NCYC``.
    status
        As ``dosimetry_status`` gives it.
    cycles
        Number of cycles of a complete treatment.

    Returns
    -------
    pandas.DataFrame
        ``subjects``, same rows and order, with ``RANDFL`` (all), ``SAFFL`` (at least one administration),
        ``DOSFL`` (dosimetry of every organ complete) and ``COMPLFL`` (all cycles delivered).

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(subjects, "SUBJID", "NCYC")
    complete = status["COMPLETE"].groupby(status["SUBJID"]).all()
    with_dosimetry = set(complete.index[complete.to_numpy(dtype=bool)])
    return subjects.assign(
        RANDFL=flag(subjects["SUBJID"].notna()),
        SAFFL=flag(subjects["NCYC"] >= 1),
        DOSFL=flag((subjects["NCYC"] >= 1) & subjects["SUBJID"].isin(with_dosimetry)),
        COMPLFL=flag(subjects["NCYC"] >= cycles),
    )
