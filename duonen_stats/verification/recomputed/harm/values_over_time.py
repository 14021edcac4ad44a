"""Graded laboratory values after the first administration, and times to a value, once more."""

from dataclasses import dataclass
from types import SimpleNamespace

import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.curves import incidence_rate, month_name
from duonen_stats.verification.recomputed.describe import PANDAS, Floats, each_group
from duonen_stats.verification.second_numbers import SecondNumbers

CENSORED, EVENT, RIVAL = 0, 1, 2


def values_after(adlb: pd.DataFrame, code: str, patients: pd.DataFrame) -> pd.DataFrame:
    """Take the values of an analyte after the first administration, in order.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID, ADT, AVAL, LOW, HIGH`` (the grades that are possible)``, AT_FIRST`` (the highest possible at baseline)
        and ``LBSEQ``.
    """
    own = adlb.loc[adlb["PARAMCD"].eq(code) & adlb["DTYPE"].isna() & adlb["SUBJID"].isin(patients.index)]
    own = own.rename(columns={"ATOXGRMN": "LOW", "ATOXGRMX": "HIGH"})
    base = own.loc[own["ABLFL"].eq("Y")].drop_duplicates("SUBJID").set_index("SUBJID")["HIGH"]
    own = own.loc[own["ADT"] > pd.to_datetime(own["SUBJID"].map(patients["FIRST"]))]
    own = own.assign(AT_FIRST=own["SUBJID"].map(base).astype(float))
    columns = ["SUBJID", "ADT", "AVAL", "LOW", "HIGH", "AT_FIRST", "LBSEQ"]
    return own.sort_values(["SUBJID", "ADT", "LBSEQ"], kind="stable")[columns]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimesTo:
    """Days to an event by ``SUBJID``, its cause, and who has no value or may have had the event before."""

    days: "pd.Series[float]"
    cause: "pd.Series[int]"
    without: "pd.Series[bool]"
    maybe: "pd.Series[bool]"


def first_rival(rivals: pd.DataFrame, start: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    """Date what competes first, not before a start of each patient."""
    own = rivals.reindex(start.index)
    return pd.to_datetime(own.where(own.ge(start, axis=0)).min(axis=1))


def times_to(
    origin: "pd.Series[pd.Timestamp]",
    event: "pd.Series[pd.Timestamp]",
    maybe: "pd.Series[pd.Timestamp]",
    last: "pd.Series[pd.Timestamp]",
    rivals: pd.DataFrame,
) -> TimesTo:
    """Say of each patient with an origin when the event was, or a rival of it, or the last value.

    Parameters
    ----------
    origin, event, maybe, last
        Days by ``SUBJID``: where time begins, of the event, of the first value that may be one, and of the last value.
    rivals
        Days of what competes, a column each; one before the origin does not count, one of the day of the event
        comes after it.
    """
    start = origin.dropna()
    happened, open_, seen = (one.reindex(start.index) for one in (event, maybe, last))
    other = first_rival(rivals, start)
    is_event = happened.notna() & ~(happened > other)
    is_rival = other.notna() & ~is_event
    end = seen.mask(is_rival, other).mask(is_event, happened)
    known = seen.notna()
    cause = pd.Series(CENSORED, index=start.index).mask(is_rival, RIVAL).mask(is_event, EVENT).astype(int)
    return TimesTo(
        days=(end - start).dt.days.clip(lower=0)[known].astype(float),
        cause=cause[known],
        without=~known,
        maybe=(open_.notna() & ~(open_ >= end))[known],
    )


def add_times(
    out: SecondNumbers,
    block: str,
    found: TimesTo,
    treated: pd.DataFrame,
    at: tuple[float, ...],
    plan: SimpleNamespace,
    study: Study,
    *,
    undecided: bool = True,
) -> None:
    """Add counts and the cumulative incidence by arm, which a rival competes with."""
    for group, members in each_group(treated, "TREATED", study):
        own = found.days.index.isin(members.index)
        cause = found.cause.to_numpy()[own]
        month: Floats = found.days.to_numpy()[own] / plan.days_per_month
        base = f"{block}.{group}"
        out.add(f"{base}.n", int(own.sum()), PANDAS)
        without = found.without.index[found.without].isin(members.index)
        out.add(f"{base}.n_without", int(without.sum()), PANDAS)
        if undecided:
            out.add(f"{base}.n_open", int(found.maybe.to_numpy()[own].sum()), PANDAS)
        out.add(f"{base}.events", int((cause == EVENT).sum()), PANDAS)
        out.add(f"{base}.competing", int((cause == RIVAL).sum()), PANDAS)
        for month_at in at:
            incidence_rate(out, f"{base}.rate.{month_name(month_at)}", month, cause, month_at, plan)
