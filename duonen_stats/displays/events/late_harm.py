"""Late harm of the marrow and the kidneys: cumulative incidence by arm, with the patients at risk."""

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.alt_text import describe_step_curves
from duonen_stats.displays.drawings.step_curves import StepGroup, draw_step_curves
from duonen_stats.displays.efficacy.survival_figures import AT_RISK, month_scale
from duonen_stats.displays.model.content import Column, FigureContent, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    SHARE_DECIMALS,
    compared_groups,
    confidence,
    group_name,
    interval,
    numbers_in,
)
from duonen_stats.displays.model.lookup import points_of
from duonen_stats.displays.safety.severe_events import incidence_scale
from duonen_stats.results import ids
from duonen_stats.results.analyses.events.late_harm import analyse_late_harm
from duonen_stats.results.rows.groups import ALL, arm_codes

_POPULATION = "Treated patients, from the first administration"
_DRAWN = "dysfunction"


def _names(material: Material) -> dict[str, str]:
    plan = material.plan
    return {
        "neoplasm": "Myeloid neoplasm",
        "dysfunction": "Persistent haematological dysfunction, as diagnosed",
        "severe_cytopenia": f"Cytopenia of grade 3 or 4 for more than {plan.persistent_days} days, or transfusion",
        "cytopenia": f"Cytopenia of grade {plan.persistent_grade} or higher for more than {plan.persistent_days} days, "
        "cause not judged",
        "renal": "Renal event of grade 3 or higher",
    }


def _definitions(material: Material) -> tuple[Line, ...]:
    plan = material.plan
    return (
        (
            "Cumulative incidence by Aalen–Johansen; death without the event competes. There is no end of reporting. "
            "Myeloid neoplasm: an event reported, or coded, as myelodysplastic syndrome, acute myeloid leukaemia, "
            "myeloproliferative neoplasm or an overlap of them. Persistent haematological dysfunction, as diagnosed "
            "(Bergsma 2018): one of these, or a marrow failure or cytopenia that was reported as unexplained. "
            "Cytopenia of grade 3 or 4, or transfusion (Bergsma 2016): another definition of the same name, without a "
            "verdict on the cause. Cytopenia of unjudged cause: candidates for the first definition, whose cause "
            "somebody has to judge.",
        ),
        (
            "Counts: hemoglobin, platelets, leukocytes or neutrophils of the grade, and above the grade at baseline, "
            f"from a first count to one more than {plan.persistent_days} days later, with no better count between "
            "them; the later count dates the event. Lymphocytes do not count. Patients are followed to their last "
            f"count; death competes if it came within {plan.persistent_days} days of it.",
        ),
    )


def _undated(material: Material) -> tuple[Line, ...]:
    look, found = material.look, []
    for harm in ("neoplasm", "dysfunction", "renal"):
        key = ids.late_undated(harm).stat("n")
        if look.results.value(key):
            found.append((f"{_names(material)[harm]}: ", look.count(key)))
    if not found:
        return ()
    line: Line = ("Reported without a date of onset, so not counted here. ",)
    for place, part in enumerate(found):
        line += ("; " if place else "", *part)
    return ((*line, "."),)


def _layout_table(material: Material) -> Layout:
    look, groups = material.look, (*compared_groups(material), ALL)
    rows = []
    for harm, name in _names(material).items():
        blocks = [ids.late_incidence(harm, group) for group in groups]
        rows.append(TableRow(cells=((name,), *((),) * len(groups)), kind="group"))
        counts = [
            (look.count(block.stat("events")), " / ", look.count(block.stat("competing"))) for block in blocks
        ]
        rows.append(TableRow(cells=(("Patients with it / dead without it",), *counts), indent=1))
        for month in material.plan.late_months:
            cells = [_at(material, ids.late_rate(block, month)) for block in blocks]
            rows.append(TableRow(cells=((f"at {month:g} months",), *cells), indent=1))
    columns = (
        Column(header="", align="left", weight=1.9),
        *(
            Column(
                header=group_name(material, group),
                below=("(N = ", look.count(ids.late_incidence(_DRAWN, group).stat("n")), ")"),
            )
            for group in groups
        ),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(_POPULATION,),
        footnotes=(
            (
                f"At a month: cumulative incidence ({confidence(material)}); patients at risk just before it. Limits "
                "of an incidence of 0 are exact (Clopper–Pearson), of no event in the patients at risk at that time, "
                "or in all patients if nobody was censored before.",
            ),
            *_definitions(material),
            *_undated(material),
        ),
    )


def _at(material: Material, block: ids.Block) -> Line:
    """Write the incidence with limits, and the patients at risk: 0.04 (0.01–0.12); 48."""
    look = material.look
    return (
        *interval(look, block, "incidence", SHARE_DECIMALS),
        "; ",
        look.count(block.stat("n_risk")),
    )


def _layout_figure(material: Material) -> Layout:
    look = material.look
    months = ids.late_grid_months(ids.Scope(study=material.study, plan=material.plan))
    groups = []
    for arm in arm_codes(material.study):
        block = ids.late_incidence(_DRAWN, arm)
        steps = points_of(look, look.listed(ids.incidence_step, block), "incidence")
        name = group_name(material, arm)
        label: Line = (
            f"{name} (n = ", look.count(block.stat("n")), "): events ", look.count(block.stat("events")),
            ", competing deaths ", look.count(block.stat("competing")),
        )  # fmt: skip
        groups.append(
            StepGroup(
                arm=arm, label=label, short=name, time=steps.time, value=steps.value, end=max(steps.time, default=0.0),
                counts=[
                    (look.count(at.stat("n_risk")), " (", look.count(at.stat("n_censored")), ")")
                    for at in (ids.late_grid(block, month) for month in months)
                ],
            )
        )  # fmt: skip
    scale = month_scale(months, [group.end for group in groups])
    y = "Cumulative incidence"
    shown = [cell for group in groups for cell in group.counts[: len(scale.ticks)]]
    return Layout(
        content=FigureContent(
            draw=lambda: draw_step_curves(
                groups, x_scale=scale, y_scale=incidence_scale(groups), y_label=y,
                x_label="Months from the first administration", counts_title=AT_RISK, width_mm=style.FULL_WIDTH,
            ),
            alt=describe_step_curves(groups, ticks=scale.labels, measure=y, counts_title=AT_RISK),
            numbers=numbers_in([*(group.label for group in groups), *shown]),
        ),
        population=(_POPULATION,),
        footnotes=(
            *_definitions(material)[:1],
            *_undated(material),
            ("At risk just before the month, in brackets the patients censored up to it; who died is neither.",),
        ),
    )  # fmt: skip


LATE_FIGURE = Display(
    key="figure_e13",
    label="Figure E13",
    ich_number="14.3.1.20F",
    title="Cumulative incidence of persistent haematological dysfunction, as diagnosed",
    analyses=(analyse_late_harm,),
    layout=_layout_figure,
    datasets=("ADTTE",),
)
LATE_TABLE = Display(
    key="table_e16",
    label="Table E16",
    ich_number="14.3.1.20",
    title="Late harm of the marrow and the kidneys",
    analyses=(analyse_late_harm,),
    layout=_layout_table,
    datasets=("ADTTE", "ADAE"),
)
