"""PFS and follow-up of all arms together, for blinded planning: made without the arm, also where it was taken out."""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats.datasets.efficacy.adtte import last_without_progression, treatment_policy
from duonen_stats.datasets.efficacy.sourced_dates import DateOf
from duonen_stats.datasets.efficacy.survival_records import (
    LOST,
    PUBLISHED_RULES,
    WITHDRAWN,
    SurvivalRecords,
    select_survival_records,
)
from duonen_stats.errors import DataError
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut
from duonen_stats.study import Study

READ = ("data_cut", "subjects", "tumour_assessments", "follow_up", "disposition")
"""The raw tables that are looked into."""

PROGRESSED, DIED = "Progression", "Death"
FOLLOWED = "Followed to the data cut"
SILENT = "Called alive, last contact longer ago than a missed scan explains"
CALLED_LOST = "Lost to follow-up by the follow-up status"
WITHDREW = "Withdrew, and not seen after"
UNKNOWN = "No follow-up status, last seen longer ago than a missed scan explains"
UNKNOWN_RECENT = "No follow-up status, last seen lately"

ENDS = (PROGRESSED, DIED, CALLED_LOST, WITHDREW, UNKNOWN, SILENT, UNKNOWN_RECENT, FOLLOWED)
"""Why a patient's follow-up for PFS ends, in the order of listing; the reasons exclude one another."""

LOST_ENDS = (CALLED_LOST, WITHDREW, UNKNOWN)
"""Those that count as lost."""


def blinded_follow_up(
    cut: Cut, study: Study, *, rules: Plan = PUBLISHED_RULES, lag_days: float | None = None
) -> pd.DataFrame:
    """Give entry, follow-up and event of each patient, why follow-up ends, and nothing that distinguishes the arms.

    Of the raw tables only these columns are read: patient, randomisation, assessments, follow-up with its status,
    deaths, and date and reason of the disposition. ``ARM``, activities, doses and dates of administration are not.

    Parameters
    ----------
    cut
        A raw data cut; ``subjects`` may lack ``ARM``, and there may be no ``administrations``. It is not changed.
    study
        Gives the columns of a table that did not arrive.
    rules
        What progression is, the days in a month, and the interval of assessments.
    lag_days
        Longest time unseen, before the cut, of a patient who counts as followed to the cut; None: two intervals of
        assessments, so that one may have been missed. Who is unseen for longer is lost if there is no follow-up
        status; with a status that says otherwise the patient is not lost, and is observed up to the last contact.

    Returns
    -------
    pandas.DataFrame
        One row per patient randomised up to the cut, by ``SUBJID``: ``ENTRYDT`` (date of randomisation), ``MONTHS``
        to progression or death, or to the last evaluable assessment (treatment policy, as PFS of ADTTE), ``EVENT``
        (1 seen, 0 not; int64), ``DEATH`` (1 if the event is one), ``FREE``, months to the last evaluable assessment
        before the event or of all, ``OBSERVED``, months to the event, the loss, or the last time the status was known
        (the cut, if the last contact lies within ``lag_days`` of it), and ``END``, one of ``ENDS``.

    Raises
    ------
    DataError
        As ``build_adtte``.

    References
    ----------
    ICH E9(R1); FDA (2019) Adaptive designs, section IV: sample size from non-comparative data.
    """
    view = replace(cut, tables={name: frame for name, frame in cut.tables.items() if name in READ})
    records = select_survival_records(view, study, rules)
    outcome = treatment_policy(records)
    entry, ended = records.series(records.randomised.date), records.series(outcome.date)
    seen = records.series(outcome.event)
    died = records.series(outcome.event & (outcome.source == DateOf.DEATH))
    # Up to the day before the event: the assessment that showed progression is not one without it.
    before = np.where(outcome.event, outcome.date - np.timedelta64(1, "D"), outcome.date)
    free = records.series(last_without_progression(records, before).date)
    allowed = 2 * rules.assessment_interval_days if lag_days is None else lag_days
    end, until = _ends(records, view, seen, died, pd.Timedelta(days=allowed))
    until = until.where(~seen, ended)

    def months(dates: "pd.Series[pd.Timestamp]") -> object:
        return ((dates - entry).dt.days / rules.days_per_month).to_numpy()

    out = pd.DataFrame(
        {
            "SUBJID": records.subject, "ENTRYDT": entry.to_numpy(), "MONTHS": months(ended),
            "EVENT": seen.astype("int64").to_numpy(), "DEATH": died.astype("int64").to_numpy(),
            "FREE": months(free), "OBSERVED": months(until), "END": end.to_numpy(dtype=object),
        }
    )  # fmt: skip
    return out.sort_values("SUBJID", kind="stable", ignore_index=True)


def _ends(
    records: SurvivalRecords,
    cut: Cut,
    seen: "pd.Series[bool]",
    died: "pd.Series[bool]",
    allowed: pd.Timedelta,
) -> "tuple[pd.Series[str], pd.Series[pd.Timestamp]]":
    """Say why each patient's follow-up ends, and up to when the status was known."""
    patients = seen.index.to_series()
    alive = records.series(records.alive.date)
    silent = alive < end_of(cut) - allowed
    left = records.series(records.left)
    has_status = patients.isin(_with_status(cut))
    end = pd.Series(FOLLOWED, index=patients, dtype=object)
    # The last condition that holds decides.
    for condition, reason in (
        (~has_status, UNKNOWN_RECENT), (has_status & silent, SILENT), (~has_status & silent, UNKNOWN),
        (left.eq(WITHDRAWN), WITHDREW),
        (left.eq(LOST), CALLED_LOST), (seen, PROGRESSED), (died, DIED),
    ):  # fmt: skip
        end = end.mask(condition, reason)
    # A status that is up to date holds on the day of the cut: losses and deaths since the last contact are recorded.
    current = end.eq(FOLLOWED)
    return end, alive.mask(current, end_of(cut))


def end_of(cut: Cut) -> pd.Timestamp:
    """Return the date of a cut; ``DataError`` if it has none."""
    if cut.cut_date is None:
        raise DataError(f"{cut.name} has no date of the data cut; give CUTDT in the table data_cut.")
    return cut.cut_date


def _with_status(cut: Cut) -> "pd.Series[str]":
    follow_up = cut.tables.get("follow_up")
    if follow_up is None:
        return pd.Series(dtype=object)
    return follow_up.loc[follow_up["STATUS"].notna(), "SUBJID"]
