"""Adverse events by the time patients were at risk, and how the arms differ from the control arm."""

from dataclasses import dataclass

import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import ARM, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

DAYS_PER_YEAR = 365.25
SEVERITIES = ("any", "grade_ge3")
_LIMITS = ("ci_low", "ci_high")
_LABELS = {
    "rate": "Events per patient-year",
    "ratio": "Rate divided by that of the control arm",
    "difference": "Difference of percentages of patients to the control arm",
    "ci_low": "Lower limit",
    "ci_high": "Upper limit",
}


@dataclass(frozen=True, slots=True)
class _Counted:
    """Events of an arm, patients with one, all its patients, their years at risk, and events without a grade."""

    events: int
    affected: int
    patients: int
    years: float
    ungraded: int


TO_END_OF_REPORTING = "to the end of reporting or the data cut, whether or not the patient died before"
"""How the time at risk is counted where nothing may reveal a death."""


def analyse_event_rates(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Relate treatment-emergent events to the time at risk, by category and arm, and compare with the control arm.

    A patient is at risk from the first administration to the end of reporting of the plan, or to the last day known
    alive if that is earlier. A rate counts every event; the difference of percentages counts each patient once. Where
    events have no grade, rates of severe ones are lower bounds and have no limits, and nothing is compared.

    Source: Garwood (1936) Biometrika 28:437-442; Newcombe (1998) Stat Med 17:873-890; not in the publication.
    """
    patients = flagged(data.adsl, "SAFFL")
    years = years_at_risk(data)
    events = flagged(data.adae[data.adae["USUBJID"].isin(patients["USUBJID"])], "TRTEMFL")
    rows: list[ResultRow] = []
    for arm, members in each_group(patients, study):
        block = About(
            id=ids.event_time(arm),
            display="Adverse event rates",
            population=Population.SAFETY,
            group1=ARM,
            group1_level=arm,
            variable="Time at risk of an adverse event",
        )
        rows += [
            block.row("n", len(members), unit="", n=len(members), label="Number of patients"),
            block.row("years", years.reindex(members["USUBJID"]).sum(), unit="years", n=len(members),
                      label="Patient-years at risk"),
        ]  # fmt: skip
    for code, label in [("total", "Total"), *((c.code, c.label) for c in study.ae_categories)]:
        of_category = events if code == "total" else events[events["AECAT"].eq(code)]
        for severity in SEVERITIES:
            counted = {
                arm: _count(of_category, severity, members, years)
                for arm, members in each_group(patients, study)
            }
            about = About(
                display="Adverse event rates",
                population=Population.SAFETY,
                variable="AECAT",
                variable_level=label,
                context="any grade" if severity == "any" else f"grade {SEVERE} or higher",
            )
            for arm, own in counted.items():
                block = about.of(ids.event_rate(code, severity, arm), group1=ARM, group1_level=arm)
                rows += _rate(own, block, plan)
            control = counted[plan.control_arm]
            for arm, own in counted.items():
                if arm not in (ids.ALL, plan.control_arm):
                    rows += _compared(own, control, code, severity, arm, about, plan)
    return rows


def years_at_risk(data: Datasets) -> pd.Series:
    """Find for how long events of each treated patient would have been reported.

    Returns
    -------
    pandas.Series
        Years by ``USUBJID``: from the first administration to the earlier of ``AERPTEDT`` and the last day known alive,
        both days included.
    """
    treated = flagged(data.adsl, "SAFFL").set_index("USUBJID")
    alive = data.adtte.loc[data.adtte["PARAMCD"].eq("OS")].set_index("USUBJID")["ADT"]
    last = pd.to_datetime(alive.reindex(treated.index))
    ends = pd.to_datetime(treated["AERPTEDT"])
    end = ends.where(ends.notna() & ~(ends > last), last)
    days = (end - pd.to_datetime(treated["TRTSDT"])).dt.days + 1
    return days.clip(lower=1).astype(float) / DAYS_PER_YEAR


def _count(events: pd.DataFrame, severity: str, members: pd.DataFrame, years: pd.Series) -> _Counted:
    own = events[events["USUBJID"].isin(members["USUBJID"])]
    severe = severity != "any"
    part = own[own["AETOXGR"].ge(SEVERE).fillna(value=False).astype(bool)] if severe else own
    return _Counted(
        events=len(part),
        affected=int(part["USUBJID"].nunique()),
        patients=len(members),
        years=float(years.reindex(members["USUBJID"]).sum()),
        ungraded=int(own["AETOXGR"].isna().sum()) if severe else 0,
    )


def _open(counted: _Counted) -> str:
    """Say why a count is a lower bound; empty if it is not."""
    if not counted.ungraded:
        return ""
    return f"{counted.ungraded} event{'s have' if counted.ungraded > 1 else ' has'} no grade"


def _rate(own: _Counted, block: About, plan: Plan) -> list[ResultRow]:
    rows = [block.row("events", own.events, unit="", n=own.patients, label="Number of events")]
    try:
        found = methods.poisson_rate(own.events, own.years, confidence=plan.confidence)
    except NotEstimable as verdict:
        return [*rows, *block.refused(verdict, "rate", *_LIMITS)]
    stats = {"rate": found.rate, "ci_low": found.lower, "ci_high": found.upper}
    note = f"no limits: {_open(own)}" if _open(own) else ""
    return rows + [
        block.row(
            name,
            None if note and name != "rate" else stat,
            label=_LABELS[name],
            unit="per patient-year",
            n=own.patients,
            method="exact Poisson limits",
            note=note if name != "rate" else "",
        )
        for name, stat in stats.items()
    ]


def _compared(
    own: _Counted, control: _Counted, code: str, severity: str, arm: str, about: About, plan: Plan
) -> list[ResultRow]:
    why = _open(own) or _open(control)
    level = f"{arm} against {plan.control_arm}"
    ratio = about.of(ids.event_rate_ratio(code, severity, arm), group1=ARM, group1_level=level)
    difference = about.of(ids.event_difference(code, severity, arm), group1=ARM, group1_level=level)
    n = own.patients + control.patients
    if why:
        return [
            *(
                ratio.row(name, None, n=n, label=_LABELS.get(name), note=why)
                for name in ("ratio", *_LIMITS, "p")
            ),
            *(
                difference.row(name, None, n=n, label=_LABELS.get(name), note=why)
                for name in ("difference", *_LIMITS)
            ),
        ]
    return [*_ratio(own, control, ratio, n, plan), *_difference(own, control, difference, n, plan)]


def _ratio(own: _Counted, control: _Counted, block: About, n: int, plan: Plan) -> list[ResultRow]:
    method = "exact conditional test of Poisson counts"
    try:
        found = methods.poisson_rate_ratio(
            own.events, own.years, control.events, control.years, confidence=plan.confidence
        )
    except NotEstimable as verdict:
        return block.refused(verdict, "ratio", *_LIMITS, "p", method=method)
    endless = f"no finite value: no event in arm {plan.control_arm}"
    few = f"a compared group has fewer than {plan.min_group} patients"
    stats = {
        "ratio": (found.ratio, endless if found.ratio == float("inf") else ""),
        "ci_low": (found.lower, ""),
        "ci_high": (found.upper, endless if found.upper == float("inf") else ""),
        "p": (found.p_value, few if min(own.patients, control.patients) < plan.min_group else ""),
    }
    return [
        block.row(
            name, None if note else stat, label=_LABELS.get(name), unit="", n=n, method=method, note=note
        )
        for name, (stat, note) in stats.items()
    ]


def _difference(own: _Counted, control: _Counted, block: About, n: int, plan: Plan) -> list[ResultRow]:
    method = "Newcombe's limits (method 10)"
    try:
        found = methods.proportion_difference(
            own.affected, own.patients, control.affected, control.patients, confidence=plan.confidence
        )
    except NotEstimable as verdict:
        return block.refused(verdict, "difference", *_LIMITS, method=method)
    stats = {"difference": found.difference, "ci_low": found.lower, "ci_high": found.upper}
    return [
        block.row(name, 100 * stat, label=_LABELS[name], unit="percentage points", n=n, method=method)
        for name, stat in stats.items()
    ]
