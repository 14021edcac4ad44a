"""How closely courses kept to the protocol: intervals and delays, dose intensity, dose per activity, binding limits."""

from dataclasses import replace
from functools import partial

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.exposure.dose_intensity import (
    binding_limits,
    course_intensity,
    cycle_intervals,
    delayed_by_event,
    delivered_cycles,
    specific_doses,
)
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import count, describe, withheld_count
from duonen_stats.results.rows.groups import ARM, each_group, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

_MBQ_PER_GBQ = 1000.0
_PERCENT = "%"
_NOT_SET = "the activity that dosimetry set for a cycle is not among the data"
_NONE_SET = "0 MBq was set for every cycle"
_REASONS = {"DOSIMETRY_INCREASE": "dosimetry_increase", "DOSIMETRY_REDUCTION": "dosimetry_reduction"}
_about = partial(About, display="Dose intensity", population=Population.SAFETY, group1=ARM)


def analyse_delays(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe the intervals between cycles, and count those that came late or were not given.

    A cycle never given is not given, not late. Cycles still to come of patients whose treatment goes on are neither.

    Source: interim publication, §2.1 (8 ± 2 weeks).
    """
    treated = flagged(data.adsl, "SAFFL")
    intervals = cycle_intervals(data.adex, study, plan)
    intervals = intervals.assign(EVENT=delayed_by_event(intervals, data.adae))
    given = delivered_cycles(data.adex)
    rows: list[ResultRow] = []
    for code, patients in each_group(treated, study):
        own = intervals[intervals["USUBJID"].isin(patients["USUBJID"])]
        about = _about(group1_level=code, context=plan.words("cycle_delay"))
        for cycle in study.cycles:
            received = set(given.loc[given["AVISIT"].eq(cycle.code), "USUBJID"])
            block = about.of(ids.cycle_not_given(cycle.code, code), variable=cycle.code)
            rows += _not_given(patients, received, block, blinded=data.stamp.blinded)
            if cycle is study.cycles[0]:
                continue
            of_cycle = own[own["AVISIT"].eq(cycle.code)]
            rows += _of_cycle(of_cycle, about, cycle.code, code, plan, len(patients))
        late = own[own["LATE"] > 0]
        rows += count(late["USUBJID"].nunique(), len(patients), about.of(ids.delayed_patients(code)))
        by_event = int(late["EVENT"].sum())
        for reason, part in (("event", by_event), ("none", len(late) - by_event)):
            block = about.of(ids.delay_reason(reason, code), population=Population.CYCLES)
            rows += count(part, len(late), block, of="late cycles")
    return rows


def _of_cycle(
    own: pd.DataFrame, about: About, cycle: str, group: str, plan: Plan, treated: int
) -> list[ResultRow]:
    late = own[own["LATE"] > 0]
    block = about.of(ids.cycle_interval(cycle, group), variable=cycle, unit="days")
    size = len(own)
    return [
        *describe(numbers(own["DAYS"]), block, plan, population=treated),
        *count(
            len(late),
            size,
            block.of(ids.cycle_delayed(cycle, group), population=Population.CYCLES),
            of="cycles after another one",
        ),
        *_because(
            describe(
                numbers(late["LATE"]), block.of(ids.cycle_delay(cycle, group)), plan, population=treated
            ),
            "no such cycle came late" if size else "",
        ),
    ]


def _not_given(patients: pd.DataFrame, received: set[str], about: About, *, blinded: bool) -> list[ResultRow]:
    """Count who did not receive a cycle and will not, because treatment is over."""
    if blinded:
        return withheld_count(about)
    over = patients[patients["EOTSTT"].isin(["COMPLETED", "DISCONTINUED"])]
    without = int((~over["USUBJID"].isin(received)).sum())
    return count(without, len(patients), about, of="treated patients")


def analyse_dose_intensity(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe activity by cycle, and relative dose intensity and share of the course by arm and isotope.

    By isotope, never added: a GBq of one is not a GBq of the other. Planned has two meanings where dosimetry adapts
    the activity: the protocol's start activity, and what was set for each cycle; only the second shows whether the
    plan was kept.

    Source: Hryniuk & Goodyear (1990) J Clin Oncol 8:1935-1937; interim publication, §2.2.
    """
    treated = flagged(data.adsl, "SAFFL")
    found = course_intensity(data.adex, study)
    cycles = data.adex[data.adex["DTYPE"].isna()]
    rows: list[ResultRow] = []
    for arm in study.arms:
        patients = treated[treated[ARM].eq(arm.code)]
        n = len(patients)
        about = _about(group1_level=arm.code, unit=_PERCENT)
        goes_on = int(patients["EOTSTT"].eq("ONGOING").sum())
        block = about.of(ids.courses(arm.code), unit="")
        rows += [
            block.row("n", n, n=n, label="Number of treated patients"),
            block.row("ongoing", goes_on, n=n, label="Patients whose treatment goes on"),
        ]
        for isotope in arm.isotopes:
            label = study.isotope(isotope).plain
            own = found[found[ARM].eq(arm.code) & found["ISOTOPE"].eq(isotope)]
            given = cycles[cycles[ARM].eq(arm.code) & cycles["ISOTOPE"].eq(isotope)]
            for against, column, words in (
                ("start", "RDISTART", "the start activity of the protocol"),
                ("set", "RDISET", "the activities set for the cycles given"),
            ):
                block = about.of(
                    ids.dose_intensity(arm.code, isotope, against),
                    variable=label,
                    context=f"relative dose intensity of the course against {words}",
                )
                why = _why_none(given["DOSESET"]) if against == "set" else ""
                rows += _because(describe(numbers(own[column]), block, plan, population=n), why)
            rows += _against_set(
                given,
                about.of(ids.activity_set(arm.code, isotope), variable=label),
                about.of(ids.given_of_set(arm.code, isotope), variable=label),
                plan,
            )
            block = about.of(
                ids.course_share(arm.code, isotope),
                variable=label,
                context="activity given of that of a whole course at the start activity",
            )
            rows += describe(numbers(own["SHARE"]), block, plan, population=n)
            for cycle in study.cycles:
                chosen = given[given["AVISIT"].eq(cycle.code)]
                block = about.of(
                    ids.cycle_activity(arm.code, isotope, cycle.code),
                    variable=label,
                    context=f"activity of {cycle.label.lower()}",
                    unit="GBq",
                )
                rows += describe(numbers(chosen["AVAL"]) / _MBQ_PER_GBQ, block, plan, population=n)
    return rows


def _against_set(own: pd.DataFrame, known: About, given: About, plan: Plan) -> list[ResultRow]:
    """Count the cycles whose activity set is known, and describe the part of it that was given in them."""
    planned = pd.Series(numbers(own["DOSESET"]), index=own.index)
    some = planned.notna()
    # Where 0 MBq was set there is no part of it.
    given_mbq = pd.Series(numbers(own["AVAL"]), index=own.index)
    share = (100 * given_mbq / planned).where(planned > 0)
    known = replace(known, population=Population.CYCLES, context="cycles with a known activity set", unit="")
    given = replace(given, population=Population.CYCLES, context="activity given, of that set for the cycle")
    described = describe(numbers(share), given, plan, population=len(own), of="cycles")
    return [
        *count(int(some.sum()), len(own), known, of="cycles given"),
        *_because(described, _why_none(own["DOSESET"])),
    ]


def _why_none(planned: "pd.Series[float]") -> str:
    """Say why nothing can be related to the activities set for some cycles, if nothing can; empty without a cycle."""
    if planned.isna().any():
        return _NOT_SET
    return _NONE_SET if len(planned) else ""


def _because(rows: list[ResultRow], why: str) -> list[ResultRow]:
    """Say why there is no value, where more is known than that there is none."""
    if rows[0].stat or not why:
        return rows
    return [row.because(why) if row.stat is None else row for row in rows]


def analyse_specific_doses(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe organ dose per activity by cycle, and count cycles by the limit that left least room.

    Source: interim publication, §2.2, §2.3.
    """
    treated = flagged(data.adsl, "SAFFL")
    found = specific_doses(data.adex, data.addos)
    limits = binding_limits(data.adex, data.addos, study)
    limits = limits[limits["USUBJID"].isin(treated["USUBJID"])]
    rows: list[ResultRow] = []
    for arm in study.arms:
        n = int(treated[ARM].eq(arm.code).sum())
        about = _about(group1_level=arm.code)
        own = found[found[ARM].eq(arm.code)]
        for organ in study.organs:
            for isotope in arm.isotopes:
                for cycle in study.cycles:
                    chosen = own[
                        own["ORGAN"].eq(organ.code)
                        & own["ISOTOPE"].eq(isotope)
                        & own["AVISIT"].eq(cycle.code)
                    ]
                    block = about.of(
                        ids.specific_dose(organ.code.lower(), arm.code, isotope, cycle.code),
                        variable=f"{organ.label}, {study.isotope(isotope).plain}",
                        context=f"dose per activity of {cycle.label.lower()}",
                        unit="Gy/GBq",
                    )
                    rows += describe(numbers(chosen["PERGBQ"]), block, plan, population=n)
        if arm.modified_isotope is not None:
            rows += _governed(limits[limits[ARM].eq(arm.code)], about, arm.code, study, plan)
    return rows


def _governed(cycles: pd.DataFrame, about: About, arm: str, study: Study, plan: Plan) -> list[ResultRow]:
    scope = ids.Scope(study=study, plan=plan)
    about = replace(about, population=Population.CYCLES)
    reasons = cycles["DOSREAS"].map(_REASONS).fillna("other_reason")
    rows = [
        about.of(ids.adapted_cycles(arm)).row(
            "n", len(cycles), n=len(cycles), label="Number of cycles after the first"
        )
    ]
    for limit in ids.limit_names(scope):
        for reason in ids.GOVERNED_BY:
            part = int((cycles["LIMIT"].eq(limit) & reasons.eq(reason)).sum())
            block = about.of(ids.governing_limit(arm, limit, reason), variable=limit, variable_level=reason)
            rows += count(part, len(cycles), block, of="cycles after the first")
    return rows
