"""Vital signs by visit, change of body weight, and the worst Karnofsky status after the first administration."""

from collections import Counter

import numpy as np
import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.methods.inputs.midranks import as_ranked
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import describe, rate
from duonen_stats.results.rows.groups import ARM, each_group, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

NO_RECORD = "the data cut has no record of vital signs"

_COLUMNS = ["USUBJID", "PARAMCD", "AVISIT", "ADY", "AVAL", "BASE", "CHG", "ABLFL", "ANL01FL"]
_BOTH = "patients with a value at baseline and later"
_LOWEST_TEN, _HIGHEST = 60, 100
_DISPLAY = "Vital signs"


def analyse_vital_signs(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe each vital sign and its change from baseline by visit, and count losses of weight and of status.

    The baseline is the last value up to the first administration. A visit has the value that stands for it; the last,
    the lowest and the worst value are among all after the first administration, unscheduled ones and those of late
    follow-up too. Nothing is imputed: a patient without a value is counted as one.

    Source: ICH E3, section 12.5; Karnofsky & Burchenal (1949), in Evaluation of Chemotherapeutic Agents, 191-205;
    CTCAE, term weight loss.
    """
    safety = flagged(data.adsl, "SAFFL")
    records = pd.DataFrame(columns=_COLUMNS) if data.advs is None else data.advs[_COLUMNS]
    records = records[records["USUBJID"].isin(safety["USUBJID"]) & records["AVAL"].notna()]
    rows: list[ResultRow] = []
    for sign in study.vital_signs:
        own = records[records["PARAMCD"].eq(sign.code)]
        about = About(
            display=_DISPLAY, population=Population.SAFETY, group1=ARM, variable=sign.code, unit=sign.unit
        )
        rows += _by_visit(own, safety, about, study, plan)
        if sign.code == ids.WEIGHT:
            rows += _losses(own, safety, about, study, plan)
        if sign.code == ids.KARNOFSKY:
            rows += _shifts(own, safety, about, study, plan)
    if data.advs is not None:
        return rows
    return [row if row.stat is not None else row.because(NO_RECORD, row.note_kind) for row in rows]


def _after(records: pd.DataFrame) -> pd.DataFrame:
    """Take the values after the first administration, which is day 1, in the order of time."""
    return records[records["ADY"].gt(1).fillna(value=False).astype(bool)]


def _at(records: pd.DataFrame, visit: str, plan: Plan) -> pd.DataFrame:
    """Take one record per patient: the baseline, that of a visit, or the last after the first administration."""
    if visit == plan.baseline_visit:
        chosen = flagged(records, "ABLFL")
    elif visit == ids.LAST_SIGN:
        chosen = _after(records).drop_duplicates("USUBJID", keep="last")
    else:
        chosen = flagged(records[records["AVISIT"].eq(visit)], "ANL01FL")
    return chosen.set_index("USUBJID")


def _percent(records: pd.DataFrame) -> "pd.Series[float]":
    base = pd.Series(numbers(records["BASE"]), index=records.index)
    return 100 * pd.Series(numbers(records["CHG"]), index=records.index) / base.where(base > 0)


def _by_visit(
    own: pd.DataFrame, safety: pd.DataFrame, about: About, study: Study, plan: Plan
) -> list[ResultRow]:
    rows: list[ResultRow] = []
    for visit in ids.sign_times(ids.Scope(study=study, plan=plan)):
        found = _at(own, visit, plan)
        percent = _percent(found)
        changed = visit != plan.baseline_visit
        for group, members in each_group(safety, study):
            inside = found.index.isin(members["USUBJID"])
            here = about.of(
                ids.sign_value(about.variable, visit, group),
                group1_level=group,
                group2="AVISIT",
                group2_level=visit,
                context="Value" if changed else "Baseline",
            )
            rows += describe(numbers(found.loc[inside, "AVAL"]), here, plan, population=len(members))
            if not changed:
                continue
            block = here.of(
                ids.sign_change(about.variable, visit, group), context=f"Change from {plan.baseline_visit}"
            )
            rows += describe(numbers(found.loc[inside, "CHG"]), block, plan, population=len(members))
            if about.variable == ids.WEIGHT:
                block = here.of(
                    ids.weight_change(visit, group),
                    context=f"Percent change from {plan.baseline_visit}",
                    unit="%",
                )
                rows += describe(numbers(percent[inside]), block, plan, population=len(members))
    return rows


def _losses(
    own: pd.DataFrame, safety: pd.DataFrame, about: About, study: Study, plan: Plan
) -> list[ResultRow]:
    """Count patients by the largest loss of weight in percent; a loss on a bound has reached it."""
    after = _after(own).set_index("USUBJID")
    largest = (-_percent(after)).groupby(level=0).max().dropna()
    size = pd.Series(as_ranked(numbers(largest), plan.difference_decimals), index=largest.index)
    rows: list[ResultRow] = []
    for group, members in each_group(safety, study):
        chosen = size[size.index.isin(members["USUBJID"])]
        for least in ids.LOSSES:
            block = about.of(
                ids.weight_lost(least, group),
                group1_level=group,
                variable_level=f"≥ {least} %",
                context="Largest loss of weight after the first administration",
            )
            rows += rate(int((chosen >= float(least)).sum()), len(chosen), block, plan, of=_BOTH)
    return rows


def karnofsky_level(points: float) -> str:
    """Name the level of a Karnofsky status in a shift table.

    Parameters
    ----------
    points
        0 to 100; NaN if there is no value.

    Returns
    -------
    str
        Tens of points, ``below_60``, or ``missing``. A value between two tens, which the scale does not have, counts to
        the lower one.

    Examples
    --------
    >>> karnofsky_level(80.0), karnofsky_level(50.0), karnofsky_level(float("nan"))
    ('80', 'below_60', 'missing')
    """
    if np.isnan(points):
        return ids.NO_STATUS
    if points < _LOWEST_TEN:
        return ids.KARNOFSKY_LEVELS[-1]
    return str(min(int(points // 10) * 10, _HIGHEST))


def _shifts(
    own: pd.DataFrame, safety: pd.DataFrame, about: About, study: Study, plan: Plan
) -> list[ResultRow]:
    patients = safety["USUBJID"]
    before = _at(own, plan.baseline_visit, plan)["AVAL"].reindex(patients).astype(float)
    worst = _after(own).groupby("USUBJID")["AVAL"].min().reindex(patients).astype(float)
    levels = (*ids.KARNOFSKY_LEVELS, ids.NO_STATUS)
    context = "Status at baseline to the worst after the first administration"
    rows: list[ResultRow] = []
    for group, members in each_group(safety, study):
        chosen = [*members["USUBJID"]]
        first, low = numbers(before[chosen]), numbers(worst[chosen])
        pairs = Counter(zip(map(karnofsky_level, first), map(karnofsky_level, low), strict=True))
        both = int((np.isfinite(first) & np.isfinite(low)).sum())
        for start in levels:
            for end in levels:
                block = about.of(
                    ids.karnofsky_shift(start, end, group),
                    group1_level=group,
                    variable_level=f"{start} to {end}",
                    context=context,
                )
                number = pairs[start, end]
                rows.append(
                    block.row("n", number, unit="", n=len(chosen), label="Number of treated patients")
                )
                if ids.NO_STATUS not in {start, end}:
                    share = 100 * number / both if both else None
                    rows.append(
                        block.row(
                            "pct",
                            share,
                            unit="%",
                            n=both,
                            method=f"denominator: {_BOTH}",
                            note="" if both else f"no {_BOTH}",
                        )
                    )
        block = about.of(
            ids.karnofsky_worsened(group), group1_level=group, variable_level="worsened", context=context
        )
        rows += rate(int((low < first).sum()), both, block, plan, of=_BOTH)
    return rows
