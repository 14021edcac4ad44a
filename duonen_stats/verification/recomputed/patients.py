"""Disposition and Table 1 once more."""

from types import SimpleNamespace

import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.describe import ALL, PANDAS, count, describe, each_group, rate
from duonen_stats.verification.second_numbers import SecondNumbers, in_id

_MEASURES = {"age": "AGE", "bmi": "BMI", "time_from_dx": "DXDUR"}
_LEVELS = {
    "sex": ("SEX", {"male": "M", "female": "F"}),
    "ethnicity": ("RACE", {"caucasian": "CAUCASIAN", "black": "BLACK", "asian": "ASIAN", "other": "OTHER"}),
    "primary": (
        "PRIMSITE",
        {
            "midgut": "MIDGUT",
            "pancreas": "PANCREAS",
            "stomach": "STOMACH",
            "hindgut": "HINDGUT",
            "other_unknown": "OTHER",
        },
    ),
    "grade": ("GRADE", {"g1": "G1", "g2": "G2"}),
}
_FLAGS = {"mets.liver": "METLIV", "mets.lymph_nodes": "METLN", "mets.bone": "METBON", "mets.other": "METOTH"}
_KARNOFSKY = 80
_NOT_SEEN_DAYS = 180
_DAYS_PER_MONTH = 365.25 / 12
_SOON = 30
_ANALYTES = ("HGB", "PLAT", "WBC", "EGFR")


def recompute_baseline(
    out: SecondNumbers, patients: pd.DataFrame, labs: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add Table 1."""
    baseline = labs.loc[labs["BASELINE"]]
    for group, members in each_group(patients, "ARM", study):
        out.add(f"table1.N.{group}", len(members), PANDAS)
        if group != ALL:
            count(out, f"table1.share.{group}", len(members), len(patients))
        for name, column in _MEASURES.items():
            describe(out, f"table1.{name}.{group}", members[column].astype(float), len(members), plan)
        for name, (column, levels) in _LEVELS.items():
            known = int(members[column].notna().sum())
            out.add(f"table1.{name}.unknown.{group}.n", len(members) - known, PANDAS)
            for key, level in levels.items():
                count(out, f"table1.{name}.{key}.{group}", int(members[column].eq(level).sum()), known)
        active = members["KPS"].astype(float)
        flags = {name: (members[column].notna(), members[column].eq("Y")) for name, column in _FLAGS.items()}
        flags["kps80"] = (active.notna(), active.ge(_KARNOFSKY))
        for name, (known_of, yes) in flags.items():
            out.add(f"table1.{name}.unknown.{group}.n", int((~known_of).sum()), PANDAS)
            count(out, f"table1.{name}.{group}", int(yes.sum()), int(known_of.sum()))
        own = baseline.loc[baseline["SUBJID"].isin(members.index)]
        for code in _ANALYTES:
            describe(
                out,
                f"table1.lab.{code}.{group}",
                own.loc[own["ANALYTE"].eq(code), "AVAL"],
                len(members),
                plan,
            )


def recompute_disposition(
    out: SecondNumbers,
    patients: pd.DataFrame,
    labs: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
    *,
    outcomes: bool,
) -> None:
    """Add disposition; reasons for stopping and deaths only where the report holds the ``outcomes``."""
    stands = labs.loc[labs["STANDS"]]
    for group, members in each_group(patients, "ARM", study):
        block = "disposition.{}." + group
        treated = members.loc[members["SAFETY"]]
        count(out, block.format("randomised"), len(members), len(members))
        count(out, block.format("safety"), len(treated), len(members))
        if "DOSIMETRY" in members:
            count(out, block.format("dosimetry"), int(members["DOSIMETRY"].sum()), len(members))
        rate(out, block.format("completed"), int(members["COMPLETED"].sum()), len(members), plan)
        for number in range(1, len(study.cycles) + 1):
            count(out, block.format(f"cycles_{number}"), int(treated["NCYC"].eq(number).sum()), len(treated))
        stopped = treated.loc[treated["STATUS"].eq("DISCONTINUED")]
        rate(out, block.format("discontinued"), len(stopped), len(treated), plan)
        count(out, block.format("ongoing"), int(treated["STATUS"].eq("ONGOING").sum()), len(treated))
        count(out, block.format("status_unknown"), int(treated["STATUS"].isna().sum()), len(treated))
        if outcomes:
            _reasons(out, block, members, stopped, len(treated), study)
        _seen(out, group, members, stands, plan, study)
    count(out, "disposition.planned", len(patients), study.planned_subjects)


def _reasons(
    out: SecondNumbers, block: str, members: pd.DataFrame, stopped: pd.DataFrame, treated: int, study: Study
) -> None:
    for reason in study.table("disposition").column("REASON").codes:
        name = block.format(f"reason.{reason.code.lower()}")
        count(out, name, int(stopped["REASON"].eq(reason.code).sum()), treated)
    count(out, block.format("reason.not_recorded"), int(stopped["REASON"].isna().sum()), treated)
    count(out, block.format("died"), int(members["DEATH"].notna().sum()), len(members))
    unknown = members["DEATH"].isna() & members["ALIVE"].isna()
    count(out, block.format("vital_unknown"), int(unknown.sum()), len(members))


def _seen(
    out: SecondNumbers,
    group: str,
    members: pd.DataFrame,
    stands: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Count the patients with a laboratory value at each visit, of those who had its cycle."""
    numbers = {cycle.code: cycle.number for cycle in study.cycles}
    for visit in (plan.baseline_visit, *plan.follow_up_visits):
        due = members.index[members["NCYC"] >= numbers[study.visit(visit).cycle]]
        there = stands.loc[stands["AVISIT"].eq(visit) & stands["SUBJID"].isin(due), "SUBJID"]
        count(out, f"disposition.labs_at.{visit}.{group}", there.nunique(), len(due))


def recompute_accrual(
    out: SecondNumbers,
    patients: pd.DataFrame,
    cut: "pd.Timestamp | None",
    study: Study,
    listed: pd.DataFrame | None = None,
) -> None:
    """Add accrual by month of the calendar and centre, and how current the data of each centre are.

    ``listed`` is the raw table of everybody who has entered, if the folder holds it.
    """
    known = patients.loc[patients["RANDDT"].notna()]
    if cut is None:
        return
    entries = dict(zip(known.index, zip(known["SITEID"], known["RANDDT"], strict=True), strict=True))
    if listed is not None:
        until = listed.loc[pd.to_datetime(listed["ENROLDT"]) <= cut]
        for name, site, on in zip(until["SUBJID"], until["SITEID"], until["ENROLDT"], strict=True):
            entries.setdefault(name, (site, on))
    if not entries:
        return
    entered = pd.DataFrame([*entries.values()], columns=["SITEID", "RANDDT"])
    begun = pd.to_datetime(entered["RANDDT"])
    number = begun.dt.year * 12 + begun.dt.month - 1
    sites = sorted(entered["SITEID"].dropna().unique())
    pace = study.design.planned_subjects / study.design.accrual_months
    out.add("accrual.all.n", len(entered), PANDAS)
    out.add("accrual.all.in_report", len(known), PANDAS)
    out.add("accrual.all.no_centre", int(entered["SITEID"].isna().sum()), PANDAS)
    first, last = number.min(), max(number.max(), cut.year * 12 + cut.month - 1)
    for one in range(first, last + 1):
        name = f"{one // 12}-{one % 12 + 1:02d}"
        block = f"accrual.month.{name}"
        out.add(f"{block}.n", int(number.eq(one).sum()), PANDAS)
        out.add(f"{block}.cumulative", int(number.le(one).sum()), PANDAS)
        out.add(f"{block}.planned", min((one - first + 1) * pace, study.design.planned_subjects), PANDAS)
        for site in sites:
            members = int((number.eq(one) & entered["SITEID"].eq(site)).sum())
            out.add(f"accrual.cell.{name}.{in_id(str(site))}.n", members, PANDAS)
    for site in sites:
        own, here = known.loc[known["SITEID"].eq(site)], begun.loc[entered["SITEID"].eq(site)]
        block = f"accrual.site.{in_id(str(site))}"
        count(out, block, len(here), len(entered))
        out.add(f"{block}.in_report", len(own), PANDAS)
        out.add(f"{block}.on_treatment", int(own["STATUS"].eq("ONGOING").sum()), PANDAS)
        months = max((cut - here.min()).days + 1, 1) / _DAYS_PER_MONTH
        out.add(f"{block}.per_month", len(here) / months, PANDAS)
        days = (cut - own.loc[own["DEATH"].isna() & own["ALIVE"].notna(), "ALIVE"]).dt.days
        out.add(f"{block}.days", days.median(), PANDAS)
        out.add(f"{block}.not_seen", int((days > _NOT_SEEN_DAYS).sum()), PANDAS)


def recompute_deaths(
    out: SecondNumbers, patients: pd.DataFrame, causes: pd.Series, plan: SimpleNamespace, study: Study
) -> None:
    """Add deaths by cause, and days from the last cycle; ``causes`` are by patient."""
    codes = [code.code for code in study.table("follow_up").column("DTHCAUSE").codes]
    for group, members in each_group(patients, "ARM", study):
        died = members.loc[members["DEATH"].notna()]
        recorded = causes.reindex(died.index)
        for code in codes:
            count(out, f"deaths.cause.{code.lower()}.{group}", int(recorded.eq(code).sum()), len(died))
        count(out, f"deaths.cause.not_recorded.{group}", int(recorded.isna().sum()), len(died))
        days = (died["DEATH"] - died["LAST"]).dt.days.astype(float).dropna()
        count(out, f"deaths.early.{group}", int(days.between(0, _SOON).sum()), len(died))
        describe(out, f"deaths.days.{group}", days, len(died), plan)
