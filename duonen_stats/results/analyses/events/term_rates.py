"""Terms of adverse events by the time patients were at risk of a first one, and differences to the control arm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.events.event_terms import (
    ReportedEvents,
    about_events,
    ordered_lines,
    reported_events,
    tally,
)
from duonen_stats.results.analyses.safety.event_rates import DAYS_PER_YEAR
from duonen_stats.results.rows.describe import count
from duonen_stats.results.rows.groups import ALL, ARM, arm_codes, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import experimental_arms
from duonen_stats.study import Study

TO_DATA_CUT = "to the data cut, whether or not the patient died before"
"""How the time at risk of follow-up is counted where nothing may reveal a death."""
PER = 100
"""Rates are per so many patient-years."""

_UNIT = f"per {PER} patient-years"
_LIMITS = ("ci_low", "ci_high")
_RATE_LABELS = {
    "rate": f"Patients with the event {_UNIT} to the first one",
    "ci_low": "Lower limit",
    "ci_high": "Upper limit",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Risk:
    """First and last day at risk of each patient, by ``USUBJID``, in one part of the trial, and the patients' arms."""

    start: "pd.Series[pd.Timestamp]"
    end: "pd.Series[pd.Timestamp]"
    members: Mapping[str, pd.Index]


def analyse_term_rates(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Relate patients with an event of a class or a term to their time at risk, and compare terms with the control arm.

    The time of a patient runs from the first day of the part of the trial (the first administration; the day after the
    end of reporting) to the first such event, or to the last day of that part on which the patient was known alive. An
    event counts on its day. One without a date of onset is counted, and takes its patient no time away.

    Source: Garwood (1936) Biometrika 28:437-442; Newcombe (1998) Stat Med 17:873-890; not in the publication.
    """
    reported = reported_events(data, study)
    rows: list[ResultRow] = []
    for kind, risk in _periods(data, study).items():
        events = reported.of_kind(kind)
        about = about_events(context=kind)
        rows += _rates(events, risk, about, partial(ids.kind_rate, kind), plan)
        for name, terms in ordered_lines(events):
            block = ids.event_class(kind, name)
            own = events[events["CLASS"].eq(name)]
            of_class = about_events(variable="AESOC", variable_level=name, context=kind)
            rows += _rates(own, risk, of_class, partial(ids.line_rate, block), plan)
            for term in terms:
                line = ids.event_term(block, term)
                of_term = about_events(variable="AEDECOD", variable_level=term, context=kind)
                chosen = own[own["TERM"].eq(term)]
                rows += _rates(chosen, risk, of_term, partial(ids.line_rate, line), plan)
    return rows + _compared(reported, study, plan)


def _periods(data: Datasets, study: Study) -> dict[str, _Risk]:
    """Find from when to when each treated patient was at risk, in the period of treatment and after it."""
    treated = flagged(data.adsl, "SAFFL")
    members = {arm: pd.Index(own["USUBJID"]) for arm, own in each_group(treated, study)}
    patients = treated.set_index("USUBJID")
    alive = data.adtte.loc[data.adtte["PARAMCD"].eq("OS")].set_index("USUBJID")["ADT"]
    last = pd.to_datetime(alive.reindex(patients.index))
    ends = pd.to_datetime(patients["AERPTEDT"])
    first = pd.to_datetime(patients["TRTSDT"])
    until = ends.where(ends.notna() & ~(ends > last), last)
    until = until.where(until >= first, first)  # a day at least, as whoever was treated was at risk on it
    after = ends + pd.Timedelta(days=1)
    return {
        "any": _Risk(first, until, members),
        "follow_up": _Risk(after.where(after <= last), last.where(after <= last), members),
    }


def _rates(
    events: pd.DataFrame, risk: _Risk, about: About, block_of: Callable[[str], ids.Block], plan: Plan
) -> list[ResultRow]:
    first = pd.to_datetime(events.groupby("USUBJID", observed=True)["ASTDT"].min())
    affected = set(events["USUBJID"])
    stop = first.reindex(risk.start.index)
    stop = stop.where(stop.notna() & ~(stop > risk.end), risk.end)
    days = ((stop - risk.start).dt.days + 1).clip(lower=0).fillna(0).astype(float)
    rows = []
    for group, members in risk.members.items():
        block = about.of(block_of(group), group1=ARM, group1_level=group)
        n = sum(1 for patient in members if patient in affected)
        years = float(days.reindex(members).sum()) / DAYS_PER_YEAR
        rows += [
            block.row("n", n, n=len(members), unit="", label="Number of patients"),
            block.row("years", years, n=len(members), unit="years", label="Patient-years to the first event"),
        ]
        try:
            found = methods.poisson_rate(n, years, confidence=plan.confidence)
        except NotEstimable as verdict:
            rows += block.refused(verdict, *_RATE_LABELS)
            continue
        values = {"rate": found.rate, "ci_low": found.lower, "ci_high": found.upper}
        rows += [
            block.row(
                name, PER * value, n=len(members), unit=_UNIT, label=_RATE_LABELS[name],
                method="exact Poisson limits; denominator: time to the first event",
            )
            for name, value in values.items()
        ]  # fmt: skip
    return rows


def _compared(reported: ReportedEvents, study: Study, plan: Plan) -> list[ResultRow]:
    """Compare with the control arm every term that is frequent in an arm, by the patients with an event of it."""
    events = reported.of_kind("any")
    patients = tally(events, "TERM", once=True)
    groups = (ALL, *arm_codes(study))
    totals = {key[0]: n for key, n in patients.items() if key[1] == ALL}
    chosen = {
        key[0]
        for key, n in patients.items()
        if key[1] != ALL and key[1] in groups and 100 * n >= plan.ae_term_percent * reported.sizes[key[1]]
    }
    rows: list[ResultRow] = []
    for rank, term in enumerate(sorted(chosen, key=lambda name: (-totals[name], name.casefold(), name)), 1):
        block = ids.compared_term(term)
        about = about_events(variable="AEDECOD", variable_level=term, context="compared with the control arm")
        rows.append(about.of(block).row("rank", rank, unit="", label="Place among the terms compared"))
        for group in groups:
            own = about.of(ids.compared_patients(block, group), group1=ARM, group1_level=group)
            rows += count(patients[term, group], reported.sizes[group], own)
        for arm in experimental_arms(study, plan):
            difference = about.of(
                ids.compared_difference(block, arm), group1=ARM, group1_level=f"{arm} against {plan.control_arm}"
            )  # fmt: skip
            rows += _difference(term, arm, patients, reported.sizes, difference, plan)
    return rows


def _difference(
    term: str, arm: str, patients: Mapping[tuple[str, ...], int], sizes: Mapping[str, int], block: About, plan: Plan
) -> list[ResultRow]:  # fmt: skip
    method, control = "Newcombe's limits (method 10)", plan.control_arm
    try:
        found = methods.proportion_difference(
            patients[term, arm], sizes[arm], patients[term, control], sizes[control], confidence=plan.confidence
        )  # fmt: skip
    except NotEstimable as verdict:
        return block.refused(verdict, "difference", *_LIMITS, method=method)
    values = {"difference": found.difference, "ci_low": found.lower, "ci_high": found.upper}
    labels = {"difference": "Difference of percentages to the control arm", "ci_low": "Lower limit"}
    return [
        block.row(
            name, 100 * value, label=labels.get(name, "Upper limit"), unit="percentage points",
            n=sizes[arm] + sizes[control], method=method,
        )
        for name, value in values.items()
    ]  # fmt: skip
