"""Laboratory values once more: units, visits, baseline, change, worst change."""

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study, Visit
from duonen_stats.study.entities import LAST
from duonen_stats.verification.derived.patients import DECIMALS, delivered_cycles, table
from duonen_stats.verification.report_folder import ReportFolder


def laboratory_of(folder: ReportFolder, patients: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Derive the laboratory records that can be used.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID, ANALYTE, LBDT, AVAL`` (analyte's unit)``, CENSORED, AVISIT, BASELINE, STANDS, BASE, CHG, PCHG,
        ON_TREATMENT, LBSEQ``. ``STANDS`` marks the one record of a visit, ``CHG`` exists after the first cycle.
    """
    rows = _usable(folder, patients, study)
    counted = rows["AVAL"].notna()
    cycles = delivered_cycles(folder, study, [*patients.index])
    dates = {(s, c): day for s, c, day in zip(cycles["SUBJID"], cycles["CYCLE"], cycles["EXDT"], strict=True)}
    dates |= {(one, LAST): day for one, day in cycles.groupby("SUBJID")["EXDT"].max().items()}
    rows = _placed(rows, dates, study)
    rows = rows.assign(
        TRTSDT=rows["SUBJID"].map(patients["FIRST"]), TRTEDT=rows["SUBJID"].map(patients["LAST"])
    )
    rows = _with_baseline(rows, counted, folder.plan)
    rows = _with_standing(rows, counted, dates, folder.plan, study)
    base = rows.loc[rows["BASELINE"]].set_index(["SUBJID", "ANALYTE"])["AVAL"].rename("BASE")
    rows = rows.join(base, on=["SUBJID", "ANALYTE"])
    after = rows["LBDT"] > rows["TRTSDT"]
    change = (rows["AVAL"] - rows["BASE"]).round(DECIMALS).where(after)
    margin = pd.Timedelta(days=max(visit.day_high for visit in study.visits))
    around = rows["AVISIT"].isin([visit.code for visit in study.visits])
    treated = after & ((rows["LBDT"] <= rows["TRTEDT"] + margin) | around)
    percent = 100 * change / rows["BASE"].where(rows["BASE"].ne(0))
    return rows.assign(CHG=change, PCHG=percent, ON_TREATMENT=treated)


def _usable(folder: ReportFolder, patients: pd.DataFrame, study: Study) -> pd.DataFrame:
    rows = table(
        folder, "labs", "SUBJID", "VISIT", "LBDT", "LBTM", "ANALYTE", "VALUE", "BOUND", "UNIT", "_SEQ", "_ROW"
    )
    known = {analyte.code: analyte for analyte in study.analytes}
    rows = rows.loc[
        rows["SUBJID"].isin(patients.index) & rows["LBDT"].notna() & ~(rows["LBDT"] > folder.cut_date)
    ]
    pairs = zip(rows["ANALYTE"], rows["UNIT"], strict=True)
    factors = [known[a].known_factor(u) if a in known and isinstance(u, str) else None for a, u in pairs]
    factor = pd.Series(factors, index=rows.index, dtype="float64")
    value = rows["VALUE"].astype(float)
    bound = rows["BOUND"].astype(object).where(rows["BOUND"].notna(), "").astype(str)
    parts = bound.str.extract(r"^\s*(<=|>=|<|>|≤|≥)\s*([\d.]+(?:[eE][+-]?\d+)?)\s*$")
    limit = parts[1].astype(float).where(~np.isfinite(value))
    rows = rows.assign(CENSORED=limit.notna(), AVAL=_counted(value, limit, parts[0], folder.plan) * factor)
    return rows.loc[factor.notna() & (np.isfinite(value) | limit.notna())].reset_index(drop=True)


def _counted(
    value: "pd.Series[float]", limit: "pd.Series[float]", sign: "pd.Series[str]", plan: SimpleNamespace
) -> "pd.Series[float]":
    """Return the value that each result counts as: a censored one by the plan."""
    if plan.censored_results == "excluded":
        return value.where(limit.isna())
    low = sign.isin(["<", "<=", "≤"])
    return value.where(limit.isna(), limit.where(~(low & (plan.censored_results == "half")), limit / 2))


def _placed(rows: pd.DataFrame, dates: dict[tuple[str, str], pd.Timestamp], study: Study) -> pd.DataFrame:
    """Assign each record to the visit it names, unless its date says otherwise, or by window where it names none."""
    visits = {visit.code: visit for visit in study.visits}
    placed, scheduled = [], []
    for subject, name, day in zip(rows["SUBJID"], rows["VISIT"], rows["LBDT"], strict=True):
        visit = _named(name, visits, study)
        if visit is None:
            near = [
                (abs(days - one.day_target), one.number, one.code)
                for one in (*study.visits, *_late_around(day, dates.get((subject, LAST)), study))
                if (start := dates.get((subject, one.cycle))) is not None
                and one.day_low <= (days := (day - start).days) <= one.day_high
            ]
            placed.append(min(near)[2] if near else None)
            scheduled.append(False)
            continue
        start = dates.get((subject, visit.cycle))
        passed = None if start is None else (day - start).days
        follows = passed is not None and passed > 0
        fits = follows if visit.position == "after" else not follows
        placed.append(name if fits else None)
        scheduled.append(fits)
    return rows.assign(AVISIT=pd.Series(placed, index=rows.index, dtype=object), SCHEDULED=scheduled)


def _named(name: object, visits: Mapping[str, Visit], study: Study) -> Visit | None:
    """Find the visit that a code names, around a cycle or of late follow-up."""
    place = study.follow_up_visits.place(name)
    return visits.get(str(name)) if place is None else study.follow_up_visits.visit(place)


def _late_around(day: pd.Timestamp, last: pd.Timestamp | None, study: Study) -> list[Visit]:
    """List the visits of late follow-up next to a day: their target days are whole intervals after the last cycle."""
    if last is None:
        return []
    series = study.follow_up_visits
    before = (day - last).days // (7 * series.interval_weeks)
    return [series.visit(place) for place in (before, before + 1) if place > 0]


def _with_baseline(rows: pd.DataFrame, counted: "pd.Series[bool]", plan: SimpleNamespace) -> pd.DataFrame:
    """Mark the baseline of each patient and analyte: by the plan at the visit, or the last before treatment."""
    at_visit = rows["AVISIT"].eq(plan.baseline_visit)
    early = (rows["LBDT"] <= rows["TRTSDT"]) | (rows["TRTSDT"].isna() & at_visit)
    order = ["LBDT", "SCHEDULED", "LBTM", "_SEQ"]
    ranked = rows.assign(NAMED=rows["SCHEDULED"] & at_visit, LBTM=rows["LBTM"].fillna(""))
    if plan.baseline_rule != "last_before_treatment":
        order = ["NAMED", *order]
    ranked = ranked.loc[early & counted].sort_values(order, kind="stable")
    chosen = ranked.drop_duplicates(["SUBJID", "ANALYTE"], keep="last").index
    is_base = pd.Series(rows.index.isin(chosen), index=rows.index)
    return rows.assign(BASELINE=is_base, AVISIT=rows["AVISIT"].where(~is_base, plan.baseline_visit))


def _with_standing(
    rows: pd.DataFrame,
    counted: "pd.Series[bool]",
    dates: dict[tuple[str, str], pd.Timestamp],
    plan: SimpleNamespace,
    study: Study,
) -> pd.DataFrame:
    """Mark the record that stands for each follow-up visit: a scheduled one first, then the nearest, then the last."""
    visits = {visit.code: visit for visit in study.visits}
    away = []
    for subject, name, day in zip(rows["SUBJID"], rows["AVISIT"], rows["LBDT"], strict=True):
        visit = _named(name, visits, study)
        start = None if visit is None else dates.get((subject, visit.cycle))
        away.append(np.nan if visit is None or start is None else abs((day - start).days - visit.day_target))
    second = ~rows["SCHEDULED"] if plan.visit_record_rule == "scheduled_then_closest" else False
    ranked = rows.assign(SECOND=second, AWAY=away, LBTM=rows["LBTM"].fillna(""))
    ranked = ranked.loc[counted & rows["AVISIT"].notna() & rows["AVISIT"].ne(plan.baseline_visit)]
    ranked = ranked.sort_values(
        ["SECOND", "AWAY", "LBDT", "LBTM", "_SEQ"], ascending=[True, True, False, False, False], kind="stable"
    )
    chosen = ranked.drop_duplicates(["SUBJID", "ANALYTE", "AVISIT"]).index
    return rows.assign(STANDS=rows.index.isin(chosen) | rows["BASELINE"])


def searched_for_worst(rows: pd.DataFrame, plan: SimpleNamespace) -> pd.DataFrame:
    """Select the changes among which the worst of a patient is searched."""
    if plan.nadir_scope == "on_treatment":
        within = rows["ON_TREATMENT"]
    else:
        within = rows["STANDS"] & rows["AVISIT"].isin(plan.follow_up_visits)
    return rows.loc[within & rows["CHG"].notna()]


def worst_of(rows: pd.DataFrame, plan: SimpleNamespace, study: Study) -> pd.DataFrame:
    """Take the worst change of each patient and analyte: the lowest, or the highest where high values are adverse."""
    high = {analyte.code: analyte.adverse == "high" for analyte in study.analytes}
    searched = searched_for_worst(rows, plan)
    sign = np.where(searched["ANALYTE"].map(high), -1.0, 1.0)
    size = (sign * searched["CHG"]).round(plan.difference_decimals)
    times = ["AVISITN", "_SEQ"] if plan.nadir_scope == "follow_up" else ["LBDT", "_SEQ"]
    numbers = {visit.code: visit.number for visit in study.visits}
    ranked = searched.assign(SIZE=size, AVISITN=searched["AVISIT"].map(numbers))
    first = plan.nadir_tie == "first"
    ranked = ranked.sort_values(["SIZE", *times], ascending=[True, first, first], kind="stable")
    return ranked.drop_duplicates(["SUBJID", "ANALYTE"])
