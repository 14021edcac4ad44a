"""Blood counts around cycles: when the lowest value came, recovery before the next cycle, cycles late or reduced."""

from dataclasses import replace

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.exposure.dose_intensity import cycle_intervals
from duonen_stats.datasets.laboratory.grade_course import (
    before_next_cycle,
    days_to_lowest,
    graded_values,
    later_values,
    persistent_cytopenias,
)
from duonen_stats.datasets.laboratory.support import NO_SUPPORT, Support, support_of
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory.grade_times import LOW_GRADE, support_rows
from duonen_stats.results.rows.describe import describe
from duonen_stats.results.rows.grades import why_no_grade, without_grade
from duonen_stats.results.rows.groups import ARM, each_group, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

_DAYS_PER_WEEK = 7
_REDUCED = "TOXICITY"
_GOVERNING = ("HEMATOLOGY", "RENAL")
"""Values for which a cycle is put off or reduced."""


def analyse_cycles(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe the lowest counts of the treatment, recovery before the next cycle, and cycles given late or reduced.

    Everybody with a value has a lowest one, so its time is described, not estimated from censored times. Visits two
    weeks after a cycle and just before the next can miss the nadir: it is the lowest observed value. Cycles of one
    patient are not independent, so that their counts have no limits.

    Late is what ``analyse_delays`` counts as late, by ``cycle_delay`` of the plan.

    Source: protocol, cycles 8 ± 2 weeks apart (§2.1); not in the publication.
    """
    patients = flagged(data.adsl, "SAFFL")
    cycles = given_cycles(data)
    cycles = cycles[cycles["USUBJID"].isin(patients["USUBJID"])]
    rows: list[ResultRow] = []
    low_before: list[pd.DataFrame] = []
    blood = ids.blood_counts(ids.Scope(study=study, plan=plan))
    support = support_of(data.adcm, plan, data.why_no_adcm)
    for analyte in study.analytes:
        values = graded_values(data.adlb, analyte.code)
        values = values[values["USUBJID"].isin(patients["USUBJID"])]
        helps = support if analyte.code in blood else NO_SUPPORT
        followed = before_next_cycle(values, cycles, LOW_GRADE, helps)
        if analyte.category in _GOVERNING:
            low_before.append(followed)
        if analyte.code not in blood:
            continue
        days = days_to_lowest(later_values(data.adlb, analyte.code), patients, plan.lowest_value_days)
        why = why_no_grade(analyte, plan, LOW_GRADE)
        for group, members in each_group(patients, study):
            about = _about(group, analyte.code)
            own = members["USUBJID"].map(days).dropna()
            block = about.of(
                ids.lowest_value(analyte.code, group),
                unit="weeks",
                context="time to the lowest observed value",
            )
            rows += describe(numbers(own) / _DAYS_PER_WEEK, block, plan, population=len(members))
            rows += _followed(
                followed[followed["USUBJID"].isin(members["USUBJID"])],
                about.of(ids.next_cycle(analyte.code, group), context="cycles that another followed"),
                why,
                support,
                plan,
            )
    late = _late(low_before, cycle_intervals(data.adex, study, plan))
    for group, members in each_group(patients, study):
        chosen = late[late["USUBJID"].isin(members["USUBJID"])]
        rows += _changed(chosen, cycles[cycles["USUBJID"].isin(members["USUBJID"])], group, plan)
    return rows + _persistent(data, study, plan)


def given_cycles(data: Datasets) -> pd.DataFrame:
    """List the delivered cycles: ``USUBJID``, ``ASTDT``, ``AVISITN``, ``DOSREAS``, one row each."""
    own = data.adex[data.adex["DTYPE"].isna() & data.adex["ASTDT"].notna()]
    own = own.drop_duplicates(["USUBJID", "AVISIT"])[["USUBJID", "ASTDT", "AVISITN", "DOSREAS"]]
    return own.assign(ASTDT=pd.to_datetime(own["ASTDT"])).reset_index(drop=True)


def _about(group: str, variable: str) -> About:
    return About(
        display="Blood counts and cycles",
        population=Population.SAFETY,
        group1=ARM,
        group1_level=group,
        variable=variable,
    )


def _followed(
    followed: pd.DataFrame, block: About, why: str, support: Support, plan: Plan
) -> list[ResultRow]:
    low = followed[followed["LOW"]]
    counts = {
        "cycles": (len(followed), "Cycles that another followed"),
        "low": (len(low), "Of these, with a value of grade 2 or higher before the next"),
        "recovered": (int(low["RECOVERED"].sum()), "Of these, recovered before the next"),
        "patients": (low["USUBJID"].nunique(), "Patients with such a cycle"),
    }
    of_cycles = replace(block, population=Population.CYCLES)
    rows = [
        (block if name == "patients" else of_cycles).row(name, number, label=label)
        for name, (number, label) in counts.items()
    ]
    touched = {name: int(low[name.upper()].sum()) for name in ("supported", "changed")}
    rows += support_rows(touched, "Such cycles", of_cycles, support, plan)
    return [rows[0], *without_grade(rows[1:], why)] if why else rows


def _late(low_before: list[pd.DataFrame], intervals: pd.DataFrame) -> pd.DataFrame:
    """Say of each cycle but the first whether it was late, and whether a value was low before it."""
    late = pd.MultiIndex.from_frame(intervals.loc[intervals["LATE"] > 0, ["USUBJID", "ASTDT"]])
    table = low_before[0][["USUBJID", "ASTDT", "NEXT"]].assign(
        LOW=pd.concat([one["LOW"] for one in low_before], axis=1).any(axis=1)
    )
    return table.assign(DELAYED=pd.MultiIndex.from_frame(table[["USUBJID", "NEXT"]]).isin(late))


def _changed(late: pd.DataFrame, cycles: pd.DataFrame, group: str, plan: Plan) -> list[ResultRow]:
    block = _about(group, "Cycles after the first").of(
        ids.changed_cycles(group), population=Population.CYCLES
    )
    later = cycles.sort_values("ASTDT", kind="stable").groupby("USUBJID").cumcount().gt(0)
    reduced = later.reindex(cycles.index) & cycles["DOSREAS"].eq(_REDUCED).fillna(value=False)
    counts = {
        "cycles": (len(late), "Cycles after the first"),
        "delayed": (int(late["DELAYED"].sum()), f"Of these, late: {plan.words('cycle_delay')}"),
        "delayed_low": (
            int((late["DELAYED"] & late["LOW"]).sum()),
            "Of these, after a blood count or kidney value of grade 2 or higher",
        ),
        "reduced": (int(reduced.sum()), "Cycles with an activity reduced for toxicity"),
    }
    return [block.row(name, number, label=label) for name, (number, label) in counts.items()]


def candidates(data: Datasets, plan: Plan) -> pd.DataFrame:
    """List the spells of cytopenia that make a patient a candidate for persistent haematological dysfunction.

    Returns
    -------
    pandas.DataFrame
        As ``persistent_cytopenias`` gives them.
    """
    return persistent_cytopenias(data.adlb, plan.persistent_grade, plan.persistent_days)


def _persistent(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    found = candidates(data, plan)
    rows = []
    for group, members in each_group(flagged(data.adsl, "SAFFL"), study):
        own = found[found["USUBJID"].isin(members["USUBJID"])]
        block = _about(group, "Persistent cytopenia").of(
            ids.persistent(group),
            context=f"grade {plan.persistent_grade} or higher for more than {plan.persistent_days} days",
        )
        rows += [
            block.row("patients", own["USUBJID"].nunique(), n=len(members), label="Candidates, patients"),
            block.row("spells", len(own), n=len(members), label="Spells of cytopenia"),
        ]
    return rows
