"""Which visit a laboratory record belongs to, and which record stands for the visit: for checks and datasets."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from duonen_stats.plan import Plan
from duonen_stats.study import Study, Visit
from duonen_stats.study.entities import LAST

OUTSIDE = "unscheduled, outside every visit window"
NO_CYCLE = "follow-up visit of a cycle that was not delivered"
TOO_LATE = "dated after the administration its visit precedes"
TOO_EARLY = "dated before the administration its visit follows"
ANOTHER = "another record stands for the visit"


def visit_windows(study: Study, late: int = 0) -> pd.DataFrame:
    """List the visits with their windows.

    Parameters
    ----------
    study
        Visits around the cycles, and the rule of those of late follow-up.
    late
        How many visits of late follow-up to list: they have no end.

    Returns
    -------
    pandas.DataFrame
        ``AVISIT``, ``AVISITN``, ``CYCLE``, ``FOLLOWS`` (bool: after the administration), ``LOW``, ``HIGH``,
        ``TARGET`` (days from the administration of the cycle; of late follow-up ``CYCLE`` is ``LAST``).
    """
    visits: Sequence[Visit] = (*study.visits, *study.follow_up_visits.visits(late))
    rows = [
        (v.code, v.number, v.cycle, v.position == "after", v.day_low, v.day_high, v.day_target)
        for v in visits
    ]
    names = ["AVISIT", "AVISITN", "CYCLE", "FOLLOWS", "LOW", "HIGH", "TARGET"]
    return pd.DataFrame(rows, columns=names).astype({"AVISIT": object, "CYCLE": object})


def _late_visits(codes: pd.Series, dates: pd.Series, cycles: pd.DataFrame, study: Study) -> int:
    """Count the visits of late follow-up that records may belong to: by name, or by their day."""
    series = study.follow_up_visits
    named = [place for code in codes.dropna().unique() if (place := series.place(code)) is not None]
    first = pd.to_datetime(cycles["EXDT"]).min() if len(cycles) else pd.NaT
    days = (dates.max() - first).days if len(dates) else np.nan
    weeks = 0 if pd.isna(days) else max(int(days) // 7, 0)
    return max([0, *named, weeks // series.interval_weeks + 1])


def last_administrations(cycles: pd.DataFrame) -> pd.DataFrame:
    """Add to the delivered cycles a row per patient for the last of them: what late follow-up is counted from.

    Parameters
    ----------
    cycles
        One row per delivered cycle: ``SUBJID``, ``CYCLE``, ``EXDT``.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID``, ``CYCLE`` and ``EXDT``, the added rows with the ``CYCLE`` ``LAST``.
    """
    own = cycles[["SUBJID", "CYCLE", "EXDT"]]
    last = own.sort_values("EXDT", kind="stable").drop_duplicates("SUBJID", keep="last")
    return pd.concat([own, last.assign(CYCLE=LAST)], ignore_index=True)


def place_visits(labs: pd.DataFrame, cycles: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Assign each record to a visit.

    A scheduled record belongs to the visit it names, whatever its day, unless its date contradicts the
    visit. An unscheduled one belongs to the visit whose window holds its day, of two the one whose target
    day is closer. Visits of late follow-up (F1, F2, ...) are counted from the last of the cycles given.

    Parameters
    ----------
    labs
        ``SUBJID``, ``VISIT``, ``LBDT``.
    cycles
        One row per delivered cycle: ``SUBJID``, ``CYCLE``, ``EXDT``.
    study
        Visits with their windows.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``AVISIT`` (None if there is none), ``SCHEDULED`` (bool: it names the visit
        it is assigned to) and ``REASON`` (why there is none).

    References
    ----------
    Interim publication, §2.4; windows from the data dictionary.
    """
    windows = visit_windows(study, _late_visits(labs["VISIT"], labs["LBDT"], cycles, study))
    cycles = last_administrations(cycles)
    fault = _contradiction(labs, cycles, windows)
    named = labs["VISIT"].isin(windows["AVISIT"])
    scheduled = named & fault.isna()
    placed = labs.assign(PLACE=np.arange(len(labs)))
    by_window = placed["PLACE"].map(_place_by_window(placed.loc[~named], cycles, windows)).astype(object)
    visit = labs["VISIT"].where(scheduled, by_window.where(~named))
    reason = fault.where(named, OUTSIDE).where(visit.isna())
    return labs.assign(AVISIT=_texts(visit), SCHEDULED=scheduled, REASON=_texts(reason))


def _contradiction(labs: pd.DataFrame, cycles: pd.DataFrame, windows: pd.DataFrame) -> pd.Series:
    """Say how the date of a record contradicts the visit it names; None where it does not."""
    day, follows = _day_of(labs["SUBJID"], labs["VISIT"], labs["LBDT"], cycles, windows)
    # Missing for unscheduled records, which contradict nothing.
    after = follows.eq(True).to_numpy()
    before = follows.eq(False).to_numpy()
    faults = [
        (after & day.isna().to_numpy(), NO_CYCLE),
        (after & (day <= 0).to_numpy(), TOO_EARLY),
        (before & (day > 0).to_numpy(), TOO_LATE),
    ]
    found = pd.Series(None, index=labs.index, dtype=object)
    for holds, label in faults:
        found[holds] = label  # no two of them hold together
    return found


def _texts(values: pd.Series) -> pd.Series:
    """Texts as objects, None where there is none."""
    objects = values.astype(object)
    return objects.where(objects.notna(), None)


def _day_of(
    patients: pd.Series, visits: pd.Series, dates: pd.Series, cycles: pd.DataFrame, windows: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    """Days from the administration of the visit's cycle, and whether the visit follows it."""
    by_visit = windows.set_index("AVISIT")
    cycle = visits.map(by_visit["CYCLE"]).astype(object)
    wanted = pd.DataFrame({"SUBJID": patients, "CYCLE": cycle})
    dated = wanted.join(cycles.set_index(["SUBJID", "CYCLE"])["EXDT"], on=["SUBJID", "CYCLE"])
    return (dates - pd.to_datetime(dated["EXDT"])).dt.days.astype("float64"), visits.map(
        by_visit["FOLLOWS"]
    ).astype(object)


def _place_by_window(labs: pd.DataFrame, cycles: pd.DataFrame, windows: pd.DataFrame) -> pd.Series:
    """Map ``PLACE`` to the visit whose window holds the record's day."""
    dated = cycles[["SUBJID", "CYCLE", "EXDT"]].merge(windows, on="CYCLE")
    tried = labs[["SUBJID", "LBDT", "PLACE"]].merge(dated, on="SUBJID")
    tried = tried.assign(DAY=(tried["LBDT"] - pd.to_datetime(tried["EXDT"])).dt.days)
    inside = tried.loc[tried["DAY"].between(tried["LOW"], tried["HIGH"])]
    inside = inside.assign(AWAY=(inside["DAY"] - inside["TARGET"]).abs())
    best = inside.sort_values(["AWAY", "AVISITN"], kind="stable").drop_duplicates("PLACE")
    return best.set_index("PLACE")["AVISIT"]


def add_target_distance(labs: pd.DataFrame, cycles: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the number of the visit and the days between the record and the visit's target day.

    Parameters
    ----------
    labs
        ``SUBJID``, ``AVISIT``, ``LBDT``.
    cycles
        One row per delivered cycle: ``SUBJID``, ``CYCLE``, ``EXDT``.
    study
        Visits with their windows.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``AVISITN`` and ``AWTDIFF`` (days, 0 or more; missing without a visit or
        if the visit's cycle was not delivered).
    """
    windows = visit_windows(study, _late_visits(labs["AVISIT"], labs["LBDT"], cycles, study))
    by_visit = windows.set_index("AVISIT")
    dated = last_administrations(cycles)
    day, _ = _day_of(labs["SUBJID"], labs["AVISIT"], labs["LBDT"], dated, windows)
    target = labs["AVISIT"].map(by_visit["TARGET"]).astype("float64")
    return labs.assign(
        AVISITN=labs["AVISIT"].map(by_visit["AVISITN"]).astype("float64"), AWTDIFF=(day - target).abs()
    )


def flag_visit_record(labs: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Flag the one record that stands for each visit of a patient and analyte.

    At the baseline visit it is the baseline. At the others it is the scheduled record (unless the plan's
    rule is ``closest``); of several the one closest to the target day, then the later, by date and by time of day (a
    sample without a time goes last), then the one with the greater ``_ROW``.

    Parameters
    ----------
    labs
        ``SUBJID``, ``ANALYTE``, ``AVISIT``, ``LBDT``, ``LBTM``, ``AWTDIFF``, ``SCHEDULED``, ``BASELINE``, ``_ROW``.
    plan
        Baseline visit and rule.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``STANDS`` (bool); ``REASON`` is filled for the records of a visit that do not
        stand for it.

    """
    unscheduled = ~labs["SCHEDULED"] if plan.visit_record_rule == "scheduled_then_closest" else False
    ranked = labs.assign(LATER_CHOICE=unscheduled, PLACE=np.arange(len(labs)))
    ranked = ranked.loc[ranked["AVISIT"].notna() & (ranked["AVISIT"] != plan.baseline_visit)]
    ranked = ranked.sort_values(
        ["LATER_CHOICE", "AWTDIFF", "LBDT", "LBTM", "_ROW"],
        ascending=[True, True, False, False, False],
        kind="stable",
    )
    chosen = ranked.drop_duplicates(["SUBJID", "ANALYTE", "AVISIT"])["PLACE"]
    stands = np.isin(np.arange(len(labs)), chosen) | labs["BASELINE"]
    reason = labs["REASON"].where(labs["AVISIT"].isna(), ANOTHER).where(~stands)
    return labs.assign(STANDS=stands, REASON=_texts(reason))
