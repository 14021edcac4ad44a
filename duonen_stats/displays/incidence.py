"""First adverse event of grade 3 or higher: cumulative incidence, with death as a competing event."""

from duonen_stats.displays import style
from duonen_stats.displays.alt_text import describe_step_curves
from duonen_stats.displays.content import Column, FigureContent, Line, TableContent, TableRow
from duonen_stats.displays.curve_points import points_of
from duonen_stats.displays.display import Display, Layout, Material
from duonen_stats.displays.drawing import Scale
from duonen_stats.displays.efficacy_words import (
    SHARE_DECIMALS,
    compared_groups,
    confidence,
    group_name,
    interval,
    numbers_in,
)
from duonen_stats.displays.step_curves import StepGroup, draw_step_curves
from duonen_stats.displays.survival_figures import SHARES, month_scale
from duonen_stats.results.groups import arm_codes
from duonen_stats.results.severe_events import analyse_severe_events

_COUNTS = "At risk"
_POPULATION = "Treated patients, from the first administration"
_NOTE: Line = (
    "Cumulative incidence by Aalen–Johansen; death without such an event competes. Groups are compared by Gray's test.",
)


def _group(material: Material, arm: str) -> StepGroup:
    look, block = material.look, f"ae3.cif.{arm}"
    steps = points_of(look, f"{block}.steps", f"{block}.step", "incidence")
    name = group_name(material, arm)
    label: Line = (
        f"{name} (n = ", look.count(f"{block}.n"), "): ", look.count(f"{block}.events"), " events, ",
        look.count(f"{block}.competing"), " competing deaths",
    )  # fmt: skip
    months = material.plan.landmark_months
    return StepGroup(
        arm=arm, label=label, short=name, time=steps.time, value=steps.value, end=max(steps.time, default=0.0),
        counts=[(look.count(f"{block}.n"),), *((look.count(f"{block}.rate.{m:g}.n_risk"),) for m in months)],
    )  # fmt: skip


def _axis(material: Material, groups: list[StepGroup]) -> Scale:
    """Return an axis as far as the curves reach, with ticks at the months for which numbers are stated."""
    months = (0.0, *material.plan.landmark_months)
    end = max(month_scale(material, [group.end for group in groups]).high, months[1])
    ticks = tuple(month for month in months if month <= end)
    return Scale(0.0, end, ticks, tuple(f"{month:g}" for month in ticks))


def _layout_figure(material: Material) -> Layout:
    groups = [_group(material, arm) for arm in arm_codes(material.study)]
    note: Line = ("Gray's test of all arms ", *material.look.p_equals("ae3.gray.four_arm.p"))
    scale = _axis(material, groups)
    y = "Cumulative incidence of an event of grade 3 or higher"
    shown = [cell for group in groups for cell in group.counts[: len(scale.ticks)]]
    return Layout(
        content=FigureContent(
            draw=lambda: draw_step_curves(
                groups, x_scale=scale, y_scale=SHARES, x_label="Months from the first administration", y_label=y,
                counts_title=_COUNTS, notes=(note,), width_mm=style.FULL_WIDTH,
            ),
            alt=describe_step_curves(groups, ticks=scale.labels, measure=y, counts_title=_COUNTS, notes=(note,)),
            numbers=numbers_in([*(group.label for group in groups), note, *shown]),
        ),
        population=(_POPULATION,),
        footnotes=(_NOTE,),
    )  # fmt: skip


def _layout_table(material: Material) -> Layout:
    look, groups = material.look, compared_groups(material)

    def row(label: str, cells: list[Line], indent: int = 0) -> TableRow:
        return TableRow(cells=((label,), *cells), indent=indent)

    rows = [
        row("Patients with the event", [(look.count(f"ae3.cif.{g}.events"),) for g in groups]),
        row("Deaths without the event", [(look.count(f"ae3.cif.{g}.competing"),) for g in groups]),
        TableRow(
            cells=((f"Cumulative incidence ({confidence(material)})",), *((),) * len(groups)), kind="group"
        ),
    ]
    for month in material.plan.landmark_months:
        blocks = [f"ae3.cif.{g}.rate.{month:g}" for g in groups]
        cells = [interval(look, block, "incidence", SHARE_DECIMALS) for block in blocks]
        rows.append(row(f"at {month:g} months", cells, 1))
    columns = (
        Column(header="", align="left", weight=1.7),
        *(
            Column(header=group_name(material, g), below=("(N = ", look.count(f"ae3.cif.{g}.n"), ")"))
            for g in groups
        ),
    )
    tests: Line = (
        "Gray's test: experimental arms against control ", *look.p_equals("ae3.gray.primary.p"), "; all arms ",
        *look.p_equals("ae3.gray.four_arm.p"), ".",
    )  # fmt: skip
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(_POPULATION,),
        sentence=tests,
        footnotes=(_NOTE,),
    )


INCIDENCE_FIGURE = Display(
    key="figure_e12",
    label="Figure E12",
    ich_number="14.3.1.3F",
    title="Cumulative incidence of the first adverse event of grade 3 or higher",
    analyses=(analyse_severe_events,),
    layout=_layout_figure,
    datasets=("ADTTE",),
    exploratory=True,
)
INCIDENCE_TABLE = Display(
    key="table_e10",
    label="Table E10",
    ich_number="14.3.1.3",
    title="First adverse event of grade 3 or higher",
    analyses=(analyse_severe_events,),
    layout=_layout_table,
    datasets=("ADTTE",),
    exploratory=True,
)
