"""How accrual goes against the plan, by centre and month, and how current the data of each centre are."""

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


def analyse_accrual(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:  # noqa: ARG001 - as every analysis
    """Count patients randomised by month and centre beside those planned, and days since patients were last seen.

    Months are those of the calendar, from that of the first randomisation to that of the data cut. Planned is an even
    accrual of all patients over the months of the design, counted from the first randomisation: a cut does not tell
    when a centre was opened. A month in progress is planned in full.

    Source: FDA (2006) Establishment and operation of clinical trial data monitoring committees, section 4.4.1.2.
    """
    patients = flagged(data.adsl, "RANDFL").dropna(subset=["RANDDT"])
    about = About(display="Accrual", population=Population.RANDOMISED)
    if patients.empty:
        return []
    month = patients["RANDDT"].dt.to_period("M")
    last = month.max() if data.cut_date is None else max(month.max(), pd.Period(data.cut_date, "M"))
    months = pd.period_range(month.min(), last, freq="M")
    sites = sorted(patients["SITEID"].dropna().unique())
    pace = study.design.planned_subjects / study.design.accrual_months
    rows: list[ResultRow] = []
    for place, one in enumerate(months, 1):
        block = about.of(ids.accrual_month(str(one)), variable="RANDDT", variable_level=str(one))
        own = month == one
        rows += [
            block.row("n", int(own.sum()), label="Patients randomised"),
            block.row("cumulative", int((month <= one).sum()), label="Patients randomised so far"),
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
            number = int((own & patients["SITEID"].eq(site)).sum())
            rows.append(cell.row("n", number, label="Patients randomised"))
    for site in sites:
        rows += _centre(patients[patients["SITEID"].eq(site)], site, len(patients), data, about)
    return rows


def _centre(own: pd.DataFrame, site: str, everybody: int, data: Datasets, about: About) -> list[ResultRow]:
    block = about.of(ids.accrual_site(site), variable="SITEID", variable_level=site)
    rows = [
        block.row("n", len(own), label="Patients randomised"),
        block.row("pct", 100 * len(own) / everybody, unit="%", n=everybody, label="Percent of all"),
        block.row("on_treatment", int(own["EOTSTT"].eq("ONGOING").sum()), label="Patients on treatment"),
    ]
    currency = {"per_month": "Patients per month since the first", "days": "Median days since last seen"}
    if data.cut_date is None:
        rows += [block.row(name, None, label=label, note=_NO_DATE) for name, label in currency.items()]
        return [*rows, block.row("not_seen", None, label="Patients not seen lately", note=_NO_DATE)]
    open_for = max((data.cut_date - own["RANDDT"].min()).days + 1, 1) / _DAYS_PER_MONTH
    rows.append(
        block.row("per_month", len(own) / open_for, unit="per month", n=len(own), label=currency["per_month"])
    )
    alive = own[own["DTHDT"].isna() & own["LSTALVDT"].notna()]
    days = (data.cut_date - alive["LSTALVDT"]).dt.days
    if days.empty:
        rows.append(block.row("days", None, label=currency["days"], note=_NOBODY))
    else:
        rows.append(block.row("days", float(days.median()), unit="days", n=len(days), label=currency["days"]))
    seen = int((days > NOT_SEEN_DAYS).sum())
    return [*rows, block.row("not_seen", seen, n=len(days), label="Patients not seen lately")]
