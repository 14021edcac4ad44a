"""What is known of each patient's survival at the data cut, from the raw tables, and without the arm."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import pandas as pd

from duonen_stats.datasets.efficacy.adrs import judge_assessments
from duonen_stats.datasets.efficacy.dated_records import dated, described, latest
from duonen_stats.datasets.metadata.shape import require_columns, require_unique
from duonen_stats.errors import DataError
from duonen_stats.plan import FINAL, Plan
from duonen_stats.raw import Cut
from duonen_stats.study import Study

# Why a time to an event is censored, and the published rules of PFS and OS.


EVENT = 0
NO_EVENT, LOST, WITHDRAWN, NO_ASSESSMENT, NEW_THERAPY, MISSED, COMPETING, NOT_REPORTED = range(1, 9)

REASONS: Mapping[int, str] = MappingProxyType(
    {
        NO_EVENT: "No event up to the data cut",
        LOST: "Lost to follow-up",
        WITHDRAWN: "Withdrawal of consent",
        NO_ASSESSMENT: "No evaluable assessment after randomization",
        NEW_THERAPY: "Another antitumor treatment",
        MISSED: "Missed assessments before the event",
        COMPETING: "Death without the event (competing)",
        NOT_REPORTED: "End of adverse event reporting",
    }
)
"""Why a time is censored, by ``CNSR``; 0 is an event."""

SURVIVAL_REASONS = tuple(code for code in REASONS if code not in {COMPETING, NOT_REPORTED})
"""Those of PFS and OS; the others belong to the first adverse event."""

PUBLISHED_RULES: Plan = FINAL
"""The rules of event and censoring as the preset has them."""


DEATH = "Death"
RANDOMIZATION = "Randomization"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalRecords:
    """Dated records of the randomised patients up to the data cut, with their places (``SOURCED``).

    Attributes
    ----------
    patients
        One row per patient; ``ADT`` is the date of randomisation.
    assessments
        Judged tumour assessments after randomisation, as ``judge_assessments`` gives them.
    deaths
        At most one row per patient, with ``EVNTDESC``.
    new_therapy
        At most one row per patient: start of another antitumour treatment, on or after randomisation.
    alive
        One row per patient: the last date known alive, with ``CNSDTDSC``, what the date is.
    left
        Why a patient is observed no longer (``LOST``, ``WITHDRAWN``), by ``SUBJID``; others are absent.
    """

    patients: pd.DataFrame
    assessments: pd.DataFrame
    deaths: pd.DataFrame
    new_therapy: pd.DataFrame
    alive: pd.DataFrame
    left: "pd.Series[int]"


def select_survival_records(cut: Cut, study: Study, rules: Plan) -> SurvivalRecords:
    """Select what PFS and OS are made from. The column ``ARM`` is never looked at and may be absent.

    Parameters
    ----------
    cut
        The raw data cut. It is not changed.
    study
        Gives the columns of a table that did not arrive.
    rules
        What an evaluable assessment and a progression are.

    Returns
    -------
    SurvivalRecords
        Of the patients randomised up to the data cut.

    Raises
    ------
    DataError
        The cut has no date, a column is absent, a patient stands twice in a table of one row per patient, or a
        randomised patient has no date of randomisation or died before it.
    """
    if cut.cut_date is None:
        raise DataError(f"The cut {cut.name} has no date of data cut; give it in the table data_cut (CUTDT).")
    end = cut.cut_date
    patients = _patients(_raw(cut, study, "subjects", "SUBJID", "RANDDT"), end)
    take = partial(_of, patients)
    contact = take(_raw(cut, study, "follow_up", "SUBJID", "LASTDT", "STATUS", "DEATHDT", "NEWTRTDT"))
    require_unique(contact, "SUBJID")
    scans = take(_raw(cut, study, "tumour_assessments", "SUBJID", "ASSESSDT", "RESPONSE", "NEWLESION"))
    given = take(_raw(cut, study, "administrations", "SUBJID", "EXDT"))
    disposed = take(_raw(cut, study, "disposition", "SUBJID", "DSDT", "REASON"))
    deaths = dated(contact, "follow_up", "DEATHDT", until=end)
    started = dated(contact, "follow_up", "NEWTRTDT", until=end)
    _refuse_early_deaths(deaths, patients)
    alive = latest(pd.concat(_signs_of_life(patients, scans, given, contact, end), ignore_index=True))
    return SurvivalRecords(
        patients=patients,
        assessments=judge_assessments(scans, patients, rules, until=end),
        deaths=described(deaths, "EVNTDESC", DEATH),
        new_therapy=started.loc[started["ADT"] >= _start(started, patients)].reset_index(drop=True),
        alive=alive.reset_index(),
        left=_left(contact, disposed, alive, end),
    )


def _raw(cut: Cut, study: Study, name: str, *columns: str) -> pd.DataFrame:
    """Take these columns of a raw table and no others; one that did not arrive is empty."""
    study.table(name)
    if name not in cut.tables:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in [*columns, "_ROW"]})
    require_columns(cut.tables[name], *columns, "_ROW")
    return cut.tables[name][[*columns, "_ROW"]].reset_index(drop=True)


def _of(patients: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.loc[rows["SUBJID"].isin(patients["SUBJID"])].reset_index(drop=True)


def _patients(rows: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    undated = int((rows["SUBJID"].notna() & rows["RANDDT"].isna()).sum())
    if undated:
        raise DataError(f"{undated} patient(s) have no date of randomisation; no time can start without it.")
    patients = dated(rows, "subjects", "RANDDT", until=end)
    require_unique(patients, "SUBJID")
    return patients


def _start(records: pd.DataFrame, patients: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(records["SUBJID"].map(patients.set_index("SUBJID")["ADT"]))


def _refuse_early_deaths(deaths: pd.DataFrame, patients: pd.DataFrame) -> None:
    early = int((deaths["ADT"] < _start(deaths, patients)).sum())
    if early:
        raise DataError(f"{early} patient(s) died before randomisation; correct DEATHDT or RANDDT.")


def _signs_of_life(
    patients: pd.DataFrame, scans: pd.DataFrame, given: pd.DataFrame, contact: pd.DataFrame, end: pd.Timestamp
) -> list[pd.DataFrame]:
    """List dates known alive, the strongest evidence last: of several on one day it is the source."""
    later = contact.loc[pd.to_datetime(contact["LASTDT"]) > end]
    at_cut = later.assign(LASTDT=pd.Series(end, index=later.index, dtype="datetime64[ns]"))
    return [
        described(patients, "CNSDTDSC", RANDOMIZATION),
        described(dated(given, "administrations", "EXDT", until=end), "CNSDTDSC", "Last administration"),
        described(dated(scans, "tumour_assessments", "ASSESSDT", until=end), "CNSDTDSC", "Last assessment"),
        described(dated(contact, "follow_up", "LASTDT", until=end), "CNSDTDSC", "Last date known alive"),
        described(dated(at_cut, "follow_up", "LASTDT", until=end), "CNSDTDSC", "Data cut, known alive later"),
    ]


def _left(
    contact: pd.DataFrame, disposed: pd.DataFrame, alive: pd.DataFrame, end: pd.Timestamp
) -> "pd.Series[int]":
    """Tell who left: withdrawn and never seen later, or lost. Leaving treatment is not leaving the trial."""
    withdrawal = disposed.loc[disposed["REASON"].eq("WITHDRAWAL").astype(bool)]
    last = dated(withdrawal, "disposition", "DSDT", until=end)
    seen = pd.to_datetime(last["SUBJID"].map(alive["ADT"]))
    withdrawn = pd.Series(WITHDRAWN, index=last.loc[seen <= last["ADT"], "SUBJID"], dtype="int64")
    status = contact.loc[contact["STATUS"].eq("LOST").astype(bool)]
    gone = dated(status, "follow_up", "LASTDT", until=end)["SUBJID"]
    lost = pd.Series(LOST, index=gone, dtype="int64")
    left = pd.concat([withdrawn, lost])
    return left.loc[~left.index.duplicated()]
