"""How accrual goes against the plan, by centre and month, and how current the data of each centre are."""

from dataclasses import replace

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

NOT_SEEN_DAYS = 180
"""A living patient seen longer ago than this counts as not seen: two visits of the protocol in follow-up."""
_DAYS_PER_MONTH = 365.25 / 12
_NO_DATE = "the data cut has no date"
_NOBODY = "no patient alive"
_NOT_HERE = "no patient in this report"


def analyse_accrual(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:  # noqa: ARG001 - as every analysis
    """Count who has entered, by month and centre, beside those planned, and days since patients were last seen.

    Where the cut has the table ``enrolment``, its patients are counted who are in no other table, as an interim cut
    holds the first who finished treatment; how current the data are is of the patients in the report. Entered is
    randomised, and for a patient of that table alone the date that it has.

    Months are those of the calendar, from that of the first entry to that of the data cut. Planned is an even accrual
    of all patients over the months of the design, counted from the first entry: a cut does not show when a centre was
    opened. A month in progress is planned in full.

    Source: FDA (2006) Establishment and operation of clinical trial data monitoring committees, section 4.4.1.2.
    """
    patients = flagged(data.adsl, "RANDFL").dropna(subset=["RANDDT"])
    entered = who_has_entered(patients, data.entries)
    listed = data.entries is not None
    own = About(display="Accrual", population=Population.RANDOMISED)
    about = replace(own, population=Population.ENTERED) if listed else own
    if entered.empty:
        return []
    month = entered["ENTRYDT"].dt.to_period("M")
    last = month.max() if data.cut_date is None else max(month.max(), pd.Period(data.cut_date, "M"))
    months = pd.period_range(month.min(), last, freq="M")
    sites = sorted(entered["SITEID"].dropna().unique())
    pace = study.design.planned_subjects / study.design.accrual_months
    counted = "Patients entered" if listed else "Patients randomised"
    rows: list[ResultRow] = [
        about.of(ids.accrual_all()).row("n", len(entered), label=counted),
        own.of(ids.accrual_all()).row("in_report", len(patients), label=_IN_REPORT),
        about.of(ids.accrual_all()).row(
            "no_centre", int(entered["SITEID"].isna().sum()), label="Patients without a centre"
        ),
    ]
    for place, one in enumerate(months, 1):
        block = about.of(ids.accrual_month(str(one)), variable="RANDDT", variable_level=str(one))
        then = month == one
        rows += [
            block.row("n", int(then.sum()), label=counted),
            block.row("cumulative", int((month <= one).sum()), label=f"{counted} so far"),
            block.row(
                "planned", min(place * pace, study.design.planned_subjects), label="Patients planned so far"
            ),
        ]
        for site in sites:
            cell = about.of(
                ids.accrual_cell(str(one), site),
                variable="RANDDT",
                variable_level=str(one),
                group1="SITEID",
                group1_level=site,
            )
            rows.append(cell.row("n", int((then & entered["SITEID"].eq(site)).sum()), label=counted))
    for site in sites:
        here = about.of(ids.accrual_site(site), variable="SITEID", variable_level=site)
        rows += _pace(entered.loc[entered["SITEID"].eq(site), "ENTRYDT"], len(entered), data, here, counted)
        rows += _currency(
            patients[patients["SITEID"].eq(site)], data, replace(here, population=own.population)
        )
    return rows


_IN_REPORT = "Patients in this report"


def who_has_entered(patients: pd.DataFrame, entries: pd.DataFrame | None) -> pd.DataFrame:
    """List all who have entered: those of the cut with its dates and centres, and who is in the list alone.

    Parameters
    ----------
    patients
        Patients of the cut: SUBJID, SITEID, RANDDT.
    entries
        The table ``enrolment``: SUBJID, SITEID, ENROLDT; None if there is none.

    Returns
    -------
    pandas.DataFrame
        SUBJID, SITEID, ENTRYDT; a patient a row.
    """
    own = patients[["SUBJID", "SITEID", "RANDDT"]].rename(columns={"RANDDT": "ENTRYDT"})
    if entries is None:
        return own
    others = entries.loc[~entries["SUBJID"].isin(own["SUBJID"]), ["SUBJID", "SITEID", "ENROLDT"]]
    return pd.concat(
        [own.astype({"SITEID": object}), others.rename(columns={"ENROLDT": "ENTRYDT"})]
    ).reset_index(drop=True)


def _pace(
    entries: "pd.Series[pd.Timestamp]", everybody: int, data: Datasets, block: About, counted: str
) -> list[ResultRow]:
    """Count the patients of a centre, and how many entered a month since the first."""
    label = "Patients per month since the first"
    rows = [
        block.row("n", len(entries), label=counted),
        block.row("pct", 100 * len(entries) / everybody, unit="%", n=everybody, label="Percent of all"),
    ]
    if data.cut_date is None:
        return [*rows, block.row("per_month", None, label=label, note=_NO_DATE)]
    open_for = max((data.cut_date - entries.min()).days + 1, 1) / _DAYS_PER_MONTH
    pace = len(entries) / open_for
    return [*rows, block.row("per_month", pace, unit="per month", n=len(entries), label=label)]


def _currency(own: pd.DataFrame, data: Datasets, block: About) -> list[ResultRow]:
    """Say of the patients of a centre who are in the report how lately they were seen."""
    label, unseen = "Median days since last seen", "Patients not seen lately"
    rows = [
        block.row("in_report", len(own), label=_IN_REPORT),
        block.row("on_treatment", int(own["EOTSTT"].eq("ONGOING").sum()), label="Patients on treatment"),
    ]
    if data.cut_date is None:
        rows.append(block.row("days", None, label=label, note=_NO_DATE))
        return [*rows, block.row("not_seen", None, label=unseen, note=_NO_DATE)]
    alive = own[own["DTHDT"].isna() & own["LSTALVDT"].notna()]
    days = (data.cut_date - alive["LSTALVDT"]).dt.days
    if days.empty:
        rows.append(block.row("days", None, label=label, note=_NOBODY if len(own) else _NOT_HERE))
    else:
        rows.append(block.row("days", float(days.median()), unit="days", n=len(days), label=label))
    return [*rows, block.row("not_seen", int((days > NOT_SEEN_DAYS).sum()), n=len(days), label=unseen)]
