"""The course of a patient's grades: the first low value, recovery, the lowest value, spells that last."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from duonen_stats.datasets.laboratory.support import NO_SUPPORT, Support
from duonen_stats.datasets.metadata.shape import numbers, require_columns
from duonen_stats.methods.inputs.admit import BoolArray

_CENSORED, EVENT, OTHER = 0, 1, 2
MILD = 1
"""The highest grade that counts as recovered, unless the grade at baseline was higher."""

MARROW_ANALYTES = ("HGB", "PLAT", "WBC", "NEUT")
"""Counts that a cytopenia is one of; lymphocytes are left out, as dose rules of the treatment leave them out."""


def graded_values(adlb: pd.DataFrame, code: str) -> pd.DataFrame:
    """Take the values of an analyte after the first administration that have a grade, in order of date.

    They are those of :func:`later_values` whose grade is known, if only between two.
    """
    found = later_values(adlb, code)
    return found[found["LOW"].notna()].reset_index(drop=True)


def later_values(adlb: pd.DataFrame, code: str) -> pd.DataFrame:
    """Take all values of an analyte after the first administration, in order of date.

    Parameters
    ----------
    adlb
        The laboratory dataset.
    code
        The analyte.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``ADT``, ``AVAL``, ``LOW`` and ``HIGH`` (the lowest and highest grade possible, NaN of a value
        that has none, because CTCAE has no term for it),
        ``BASE`` (the highest possible grade at baseline, NaN without one) and ``LBSEQ``; by patient, date and number of
        the record.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(
        adlb, "USUBJID", "PARAMCD", "DTYPE", "ADT", "ADY", "AVAL", "ABLFL", "ATOXGRMN", "ATOXGRMX", "LBSEQ"
    )
    own = adlb[adlb["PARAMCD"].eq(code) & adlb["DTYPE"].isna()]
    at_baseline = own[own["ABLFL"].eq("Y").fillna(value=False).astype(bool)]
    base = at_baseline.set_index("USUBJID")["ATOXGRMX"].astype(float)
    later = own[own["ADY"].gt(1).fillna(value=False).astype(bool)]
    found = pd.DataFrame(
        {
            "USUBJID": later["USUBJID"],
            "ADT": pd.to_datetime(later["ADT"]),
            "AVAL": numbers(later["AVAL"]),
            "LOW": later["ATOXGRMN"].astype(float),
            "HIGH": later["ATOXGRMX"].astype(float),
            "BASE": later["USUBJID"].map(base).astype(float),
            "LBSEQ": later["LBSEQ"],
        }
    )
    return found.sort_values(["USUBJID", "ADT", "LBSEQ"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class TimesToValue:
    """Days to an event, one entry a patient: ``cause`` 0 censored at the last value, 1 the event, 2 a competing one.

    ``without`` patients have no value to begin with and are not among them; ``undecided`` patients have a value before
    their event (or the end) of which it is not known whether it was one. ``supported`` patients were given a growth
    factor or a transfusion meanwhile, and the time or the cause of ``changed`` ones is another for it.
    """

    patient: tuple[str, ...]
    days: "np.typing.NDArray[np.float64]"
    cause: "np.typing.NDArray[np.int64]"
    without: int
    undecided: int
    supported: int = 0
    changed: int = 0


def days_to_grade(values: pd.DataFrame, patients: pd.DataFrame, grade: int) -> TimesToValue:
    """Find when a value is first certainly of a grade or higher.

    Parameters
    ----------
    values
        As ``graded_values`` gives them.
    patients
        Treated patients: ``USUBJID``, ``TRTSDT``, ``DTHDT``, ``NTRTSDT``. Death and another antitumour treatment
        compete.
    grade
        The grade.

    Returns
    -------
    TimesToValue
        Days from the first administration. A value of the day on which another treatment began counts.

    Example
    -------
    Grades 1, 3 and 0 on days 14, 40 and 60: grade 2 or higher on day 40.
    """
    started = patients.set_index("USUBJID")["TRTSDT"]
    first = values[values["LOW"].ge(grade)].drop_duplicates("USUBJID").set_index("USUBJID")["ADT"]
    open_ = values[values["LOW"].lt(grade) & values["HIGH"].ge(grade)].drop_duplicates("USUBJID")
    last = values.drop_duplicates("USUBJID", keep="last").set_index("USUBJID")["ADT"]
    return _times(started, first, last, open_.set_index("USUBJID")["ADT"], patients)


def days_to_recovery(
    values: pd.DataFrame, patients: pd.DataFrame, grade: int, support: Support = NO_SUPPORT
) -> TimesToValue:
    """Find how long after the first value of a grade or higher a patient has recovered.

    Parameters
    ----------
    values, patients
        As for ``days_to_grade``.
    grade
        The grade from which on there is something to recover from.
    support
        Growth factors and transfusions, and how they count: not at all, as no recovery at a value that owes something
        to them, or as the end of what can be seen of recovery, which then competes.

    Returns
    -------
    TimesToValue
        Days from that value, of patients who have one before death and another antitumour treatment: to the first later
        value that is certainly of grade 1 or lower, or no higher than at baseline.

    Example
    -------
    Grades 2, 3, 2 and 1 on days 14, 28, 42 and 70: recovered 56 days after day 14.
    """
    reached = days_to_grade(values, patients, grade)
    started = patients.set_index("USUBJID")["TRTSDT"]
    low = pd.Series(reached.days, index=list(reached.patient))[reached.cause == EVENT]
    origin = (started.reindex(low.index) + pd.to_timedelta(low, unit="D")).rename("ORIGIN")
    after = values.join(origin, on="USUBJID")
    after = after[after["ADT"] > after["ORIGIN"]]
    bound = after["BASE"].fillna(MILD).clip(lower=MILD)
    fine = (after["HIGH"] <= bound).to_numpy()
    open_ = after[(after["LOW"] <= bound) & (after["HIGH"] > bound)].drop_duplicates("USUBJID")
    own = patients[patients["USUBJID"].isin(origin.index)]
    # The value that was low is itself the last one where none follows: observed, and censored at once.
    seen = after.drop_duplicates("USUBJID", keep="last").set_index("USUBJID")["ADT"]
    last = seen.reindex(origin.index).fillna(origin)

    def recovered(counts: BoolArray, rivals: pd.DataFrame) -> TimesToValue:
        good = after[counts].drop_duplicates("USUBJID").set_index("USUBJID")["ADT"]
        return _times(origin, good, last, open_.set_index("USUBJID")["ADT"], rivals)

    observed = found = recovered(fine, own)
    if support.rule == "unsupported":
        found = recovered(fine & ~support.owed(after), own)
    elif support.rule == "not_recovered":
        begun = own["USUBJID"].map(support.first_from(origin)).astype("datetime64[ns]")
        other = pd.to_datetime(own["NTRTSDT"])
        kept = other.where(other >= pd.to_datetime(own["USUBJID"].map(origin)))
        found = recovered(fine, own.assign(NTRTSDT=pd.concat([kept, begun], axis=1).min(axis=1)))
    who = pd.DataFrame({"USUBJID": list(observed.patient)})
    who = who.assign(START=pd.to_datetime(who["USUBJID"].map(origin)))
    who = who.assign(END=who["START"] + pd.to_timedelta(observed.days, unit="D"))
    return replace(
        found,
        supported=int(support.given(who, "START", "END").sum()),
        changed=int(((found.days != observed.days) | (found.cause != observed.cause)).sum()),
    )


def _times(
    origin: "pd.Series[pd.Timestamp]",
    event: "pd.Series[pd.Timestamp]",
    last: "pd.Series[pd.Timestamp]",
    undecided: "pd.Series[pd.Timestamp]",
    patients: pd.DataFrame,
) -> TimesToValue:
    """Find the time of each patient from dates by ``USUBJID``; one that is absent, or missing, has not happened."""
    known = patients[patients["USUBJID"].isin(origin.index)]
    who = pd.Index(known["USUBJID"])
    start, when, end, open_ = (_dates(one.reindex(who)) for one in (origin, event, last, undecided))
    rivals = [_dates(known[name]) for name in ("DTHDT", "NTRTSDT")]
    rival = np.fmin(
        *(np.where(one >= start, one, _NEVER) for one in rivals)
    )  # of a missing date nothing is true
    seen = ~np.isnat(end)
    happened = ~np.isnat(when) & ~(when > rival)
    competing = ~np.isnat(rival) & ~happened
    end = np.where(happened, when, np.where(competing, rival, end))
    days = (end - start).astype("timedelta64[D]").astype(np.float64)
    return TimesToValue(
        patient=tuple(map(str, who[seen])),
        days=np.maximum(days[seen], 0.0),
        cause=np.where(happened, EVENT, np.where(competing, OTHER, _CENSORED))[seen].astype(np.int64),
        without=int((~seen).sum()),
        undecided=int((~np.isnat(open_) & ~(open_ >= end))[seen].sum()),
    )


_NEVER = np.datetime64("NaT", "ns")


def _dates(column: "pd.Series[pd.Timestamp]") -> "np.typing.NDArray[np.datetime64]":
    return pd.to_datetime(column).to_numpy(dtype="datetime64[ns]")


def days_to_lowest(values: pd.DataFrame, patients: pd.DataFrame, window: int) -> "pd.Series[float]":
    """Find when the lowest observed value of the treatment was, the first of equal ones.

    Parameters
    ----------
    values
        As ``later_values`` gives them.
    patients
        Treated patients: ``USUBJID``, ``TRTSDT``, ``TRTEDT``, ``NTRTSDT``.
    window
        Days after the last administration up to which it is looked for, unless another treatment began after the
        first before. A death ends nothing more: nobody has a value after it, and a record that says so is an error of
        the data check. So a report that holds no deaths has the same numbers.

    Returns
    -------
    pandas.Series
        Days from the first administration by ``USUBJID``; who has no value in the period is absent.
    """
    known = patients.set_index("USUBJID")
    start = pd.to_datetime(known["TRTSDT"])
    end = pd.to_datetime(known["TRTEDT"]) + pd.Timedelta(days=window)
    other = pd.to_datetime(known["NTRTSDT"])
    # What began before the treatment ends nothing of it, as for times to a grade.
    end = end.mask((other >= start) & (other < end), other)
    within = values[values["USUBJID"].isin(known.index)]
    within = within[(within["ADT"] <= within["USUBJID"].map(end)) & within["AVAL"].notna()]
    lowest = (
        within.sort_values(["AVAL", "ADT"], kind="stable")
        .drop_duplicates("USUBJID")
        .set_index("USUBJID")["ADT"]
    )
    days = (lowest - start.reindex(lowest.index)).dt.days
    return days.astype(float).sort_index()


def before_next_cycle(
    values: pd.DataFrame, cycles: pd.DataFrame, grade: int, support: Support = NO_SUPPORT
) -> pd.DataFrame:
    """Say of each cycle that another followed whether a low value came after it, and was gone before the next.

    Parameters
    ----------
    values
        As ``graded_values`` gives them.
    cycles
        Delivered cycles: ``USUBJID``, ``ASTDT``.
    grade
        The grade from which on a value is low.
    support
        Growth factors and transfusions, and how they count: not at all, as no recovery if the last value owes something
        to them, or as no recovery if any was given between the cycles.

    Returns
    -------
    pandas.DataFrame
        A row for each cycle but the last of a patient: ``USUBJID``, ``ASTDT``, ``NEXT`` (date of the next), ``LOW``
        (a value after it and up to the next is certainly low) and ``RECOVERED`` (and the last of these values
        is certainly of grade 1 or lower, or no higher than at baseline, as far as support allows); ``SUPPORTED`` (low,
        with support up to the next) and ``CHANGED`` (recovered but for that).
    """
    ordered = cycles.drop_duplicates(["USUBJID", "ASTDT"]).sort_values(["USUBJID", "ASTDT"], kind="stable")
    ordered = ordered.assign(NEXT=ordered.groupby("USUBJID")["ASTDT"].shift(-1))
    ordered = ordered[ordered["NEXT"].notna()].reset_index(drop=True)
    paired = ordered.assign(PLACE=ordered.index).merge(
        values.rename(columns={"LOW": "LEAST", "HIGH": "MOST"}), on="USUBJID", how="inner"
    )
    paired = paired[(paired["ADT"] > paired["ASTDT"]) & (paired["ADT"] <= paired["NEXT"])]
    low = paired.groupby("PLACE")["LEAST"].max().ge(grade)
    last = paired.sort_values("ADT", kind="stable").drop_duplicates("PLACE", keep="last").set_index("PLACE")
    good = last["MOST"] <= last["BASE"].fillna(MILD).clip(lower=MILD)
    found = low.reindex(ordered.index, fill_value=False).to_numpy(dtype=bool)
    gone = good.reindex(ordered.index, fill_value=False).to_numpy(dtype=bool)
    day_after = ordered["ASTDT"] + pd.Timedelta(days=1)
    helped = support.given(ordered.assign(START=day_after), "START", "NEXT")
    owes = np.isin(ordered.index, last.index[support.owed(last)])
    spoils = {"as_observed": np.zeros_like(helped), "unsupported": owes, "not_recovered": helped}[
        support.rule
    ]
    return ordered.assign(
        LOW=found,
        RECOVERED=found & gone & ~spoils,
        SUPPORTED=found & helped,
        CHANGED=found & gone & spoils,
    )


def low_spells(values: pd.DataFrame, grade: int) -> pd.DataFrame:
    """Find the spells over which every value is certainly of a grade or higher, and higher than at baseline.

    Parameters
    ----------
    values
        As ``graded_values`` gives them: of one analyte, after the first administration. Of several on one day the worst
        counts.
    grade
        The grade. One that the patient had before treatment is none of the treatment.

    Returns
    -------
    pandas.DataFrame
        A row per spell: ``USUBJID``; ``FIRST`` and ``LASTBAD``, the dates of its first and last value; ``VALUES``, on
        how many days it was seen; ``WORST``, the highest certain grade; ``BEFORE`` and ``AFTER``, the dates of the
        values on either side (missing if there is none); ``LOWER`` and ``UPPER``, how many days it lasted at least and
        at most: from its first to its last value, and between the values on either side (missing where one is missing).

    Example
    -------
    Grades 0, 2, 3, 2 and 1 on days 0, 30, 150, 230 and 300: at least 200 days, at most 300.
    """
    daily = _worst_of_each_day(values)
    bad = daily["LOW"].ge(grade) & daily["LOW"].gt(daily["BASE"].fillna(0))
    if not bad.any():
        return (
            _NO_SPELL.copy()
        )  # as the steps below leave it, which take as long for no value as for a thousand
    number = (bad.ne(bad.shift()) | daily["USUBJID"].ne(daily["USUBJID"].shift())).cumsum()
    same = daily["USUBJID"].eq(daily["USUBJID"].shift())
    before = daily["ADT"].shift().where(same)
    after = daily["ADT"].shift(-1).where(daily["USUBJID"].eq(daily["USUBJID"].shift(-1)))
    table = daily.assign(NUMBER=number, BEFORE=before, AFTER=after)[bad]
    spells = table.groupby("NUMBER", sort=True).agg(
        USUBJID=("USUBJID", "first"),
        FIRST=("ADT", "min"),
        LASTBAD=("ADT", "max"),
        VALUES=("ADT", "size"),
        WORST=("LOW", "max"),
    )
    # ``first`` and ``last`` skip missing dates: the ends are those of the first and the last value alone.
    ends = table.groupby("NUMBER", sort=True)
    spells["BEFORE"] = ends["BEFORE"].nth(0).to_numpy()
    spells["AFTER"] = ends["AFTER"].nth(-1).to_numpy()
    return spells.assign(
        LOWER=(spells["LASTBAD"] - spells["FIRST"]).dt.days.astype(float),
        UPPER=(spells["AFTER"] - spells["BEFORE"]).dt.days.astype(float),
    ).reset_index(drop=True)


_SPELL = {
    "USUBJID": "object", "FIRST": "datetime64[ns]", "LASTBAD": "datetime64[ns]", "VALUES": "int64", "WORST": "float64",
    "BEFORE": "datetime64[ns]", "AFTER": "datetime64[ns]", "LOWER": "float64", "UPPER": "float64",
}  # fmt: skip
_NO_SPELL = pd.DataFrame([], index=pd.RangeIndex(0), columns=[*_SPELL]).astype(_SPELL)


def _worst_of_each_day(values: pd.DataFrame) -> pd.DataFrame:
    ordered = values.sort_values(["USUBJID", "ADT", "LOW", "LBSEQ"], kind="stable")
    return ordered.drop_duplicates(["USUBJID", "ADT"], keep="last").reset_index(drop=True)


def persistent_spells(values: pd.DataFrame, grade: int, days: int) -> pd.DataFrame:
    """Take the spells of low values of an analyte that lasted longer than some days.

    Parameters
    ----------
    values, grade
        As for ``low_spells``.
    days
        The days that the time from the first to the last low value has to exceed.

    Returns
    -------
    pandas.DataFrame
        As ``low_spells``, with ``SHOWN`` and ``LBSEQ``: date and record of the first value by which it lasted that
        long.
    """
    spells = low_spells(values, grade)
    spells = spells[spells["LOWER"].gt(days)].reset_index(drop=True)
    if spells.empty:
        return spells.assign(SHOWN=values["ADT"].iloc[:0], LBSEQ=values["LBSEQ"].iloc[:0])
    daily = _worst_of_each_day(values)[["USUBJID", "ADT", "LBSEQ"]].rename(columns={"ADT": "SHOWN"})
    pairs = spells[["USUBJID", "FIRST"]].assign(PLACE=spells.index).merge(daily, on="USUBJID", how="left")
    late = pairs[(pairs["SHOWN"] - pairs["FIRST"]).dt.days > days].sort_values("SHOWN", kind="stable")
    first = late.drop_duplicates("PLACE").set_index("PLACE")[["SHOWN", "LBSEQ"]]
    return spells.join(first)


def persistent_cytopenias(adlb: pd.DataFrame, grade: int, days: int) -> pd.DataFrame:
    """Find every cytopenia of a grade that lasted longer than some days.

    Parameters
    ----------
    adlb
        The laboratory dataset.
    grade, days
        As for ``persistent_spells``.

    Returns
    -------
    pandas.DataFrame
        As ``persistent_spells``, with ``PARAMCD`` (one of ``MARROW_ANALYTES``); by patient, analyte and date.
        They are candidates for persistent haematological dysfunction: whether they are explained otherwise is not
        known here.

    References
    ----------
    Bergsma et al. (2018) J Nucl Med 59:452-458.
    """
    pieces = [
        persistent_spells(graded_values(adlb, code), grade, days).assign(PARAMCD=code)
        for code in MARROW_ANALYTES
    ]
    found = pd.concat(pieces, ignore_index=True)
    return found.sort_values(["USUBJID", "PARAMCD", "FIRST"], kind="stable", ignore_index=True)
