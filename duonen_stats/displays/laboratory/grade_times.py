"""Tables E18 and E19: incidence of low blood counts and of recovery, and of confirmed falls of eGFR."""

from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import SHARE_DECIMALS, confidence, group_name, interval
from duonen_stats.displays.model.format import analyte_name
from duonen_stats.displays.safety.toxicity import without_term
from duonen_stats.plan import idle
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory.grade_times import analyse_grade_times, analyse_kidney_declines
from duonen_stats.results.rows.groups import ALL, arm_codes


def _rows(
    material: Material, label: str, blocks: list[ids.Block], rate: ids.RateOf, months: tuple[float, ...]
) -> list[TableRow]:
    look = material.look
    counts: list[Line] = [
        (
            look.count(block.stat("events")), " / ", look.count(block.stat("competing")), " of ",
            look.count(block.stat("n")),
        )
        for block in blocks
    ]  # fmt: skip
    rows = [TableRow(cells=((label,), *counts), indent=1)]
    if not any(look.results.value(block.stat("events")) for block in blocks):
        return rows
    for month in months:
        cells = [interval(look, rate(block, month), "incidence", SHARE_DECIMALS) for block in blocks]
        rows.append(TableRow(cells=((f"by {month:g} months",), *cells), indent=2))
    return rows


def _columns(material: Material) -> tuple[Column, ...]:
    groups = (ALL, *arm_codes(material.study))
    return (
        Column(header="Events / competing, patients", below=(f"cumulative incidence ({confidence(material)})",),
               align="left", weight=1.8),
        *(Column(header=group_name(material, group)) for group in groups),
    )  # fmt: skip


def _layout_counts(material: Material) -> Layout:
    study, plan = material.study, material.plan
    groups = (ALL, *arm_codes(study))
    rows: list[TableRow] = []
    for code in ids.blood_counts(ids.Scope(study=study, plan=plan)):
        rows.append(
            TableRow(cells=((analyte_name(study.analyte(code)),), *((),) * len(groups)), kind="group")
        )
        for grade in ids.TIMED_GRADES:
            blocks = [ids.grade_time(code, grade, group) for group in groups]
            rows += _rows(material, f"Grade ≥{grade}", blocks, ids.course_rate, plan.grade_landmark_months)
        blocks = [ids.grade_recovery(code, group) for group in groups]
        rows += _rows(material, "Recovery from grade ≥2", blocks, ids.course_rate, plan.grade_landmark_months)
        touched: list[Line] = [
            (material.look.count(one.stat("supported")), " / ", material.look.count(one.stat("changed")))
            for one in blocks
        ]
        rows.append(TableRow(cells=(("with support / changed by it",), *touched), indent=2))
    return Layout(
        content=TableContent(columns=_columns(material), rows=tuple(rows), landscape=True),
        population=("Safety population, patients with a value after the first administration",),
        footnotes=(
            (
                f"Cumulative incidence by Aalen–Johansen, {plan.words('ctcae_version')}, certain grades. Death and the "
                "start of another antitumour treatment compete. Months from the first administration; of recovery from "
                "the first value of grade 2 or higher to the first one of grade 1 or lower, or no higher than at "
                "baseline. Censored at the last value, late follow-up among them; a "
                "death or a treatment after that competes, too.",
            ),
            (
                f"{support_words(material)} Patients with either / with another outcome for it stand in a row. A value "
                "is seen at visits alone, so that events are later here than in the patient.",
            ),
            *without_term(material),
        ),
    )


def support_words(material: Material) -> str:
    """Say what support is and how it counts in a recovery; where no therapy is recorded, that it cannot count."""
    if material.data.adcm is None:
        return "Growth factors and transfusions are not recorded here, so that values count as observed."
    rule = material.plan.words("recovery_support")
    days = (
        ""
        if idle(material.plan, "recovery_support_days")
        else f" ({material.plan.recovery_support_days} days)"
    )
    return f"Support is a growth factor or a transfusion: {rule}{days}."


def _layout_declines(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = (ALL, *arm_codes(study))
    rows: list[TableRow] = []
    for fraction in plan.decline_fractions:
        blocks = [ids.egfr_decline(ids.decline_name(fraction), group) for group in groups]
        rows.append(
            TableRow(
                cells=((f"Fall of eGFR by {100 * fraction:g} % or more",), *((),) * len(groups)), kind="group"
            )
        )
        rows += _rows(material, "Events / deaths before", blocks, ids.decline_rate, plan.late_landmark_months)
        cells: list[Line] = [(look.count(block.stat("unconfirmed")),) for block in blocks]
        rows.append(TableRow(cells=(("Events not confirmed by a later value",), *cells), indent=1))
    return Layout(
        content=TableContent(columns=_columns(material), rows=tuple(rows), landscape=True),
        population=("Safety population, patients with a baseline and a later eGFR",),
        footnotes=(
            (
                "Cumulative incidence by Aalen–Johansen, death competing, in months from the first administration. An "
                "event is at the first value that shows the fall, if the next one at least "
                f"{plan.decline_confirmation_days} days later shows it too; at the end of a patient's values it counts "
                "without, and is said not to be confirmed. Censored at the last value; a "
                "death after that competes, too.",
            ),
        ),
    )


GRADE_TIMES = Display(
    key="table_e18",
    label="Table E18",
    ich_number="14.3.4.36",
    title="Low blood counts and recovery: cumulative incidence",
    analyses=(analyse_grade_times,),
    layout=_layout_counts,
    datasets=("ADLB", "ADCM", "ADSL"),
    exploratory=True,
)
KIDNEY_DECLINES = Display(
    key="table_e19",
    label="Table E19",
    ich_number="14.3.4.37",
    title="Confirmed falls of eGFR: cumulative incidence",
    analyses=(analyse_kidney_declines,),
    layout=_layout_declines,
    datasets=("ADLB", "ADSL"),
    exploratory=True,
)
