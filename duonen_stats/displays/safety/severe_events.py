"""First adverse event of grade 3 or higher: cumulative incidence, with death as a competing event."""

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.alt_text import describe_step_curves
from duonen_stats.displays.drawings.drawing import Scale
from duonen_stats.displays.drawings.step_curves import StepGroup, draw_step_curves
from duonen_stats.displays.efficacy.survival_figures import AT_RISK, month_scale
from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    SHARE_DECIMALS,
    compared_groups,
    compared_words,
    confidence,
    group_name,
    interval,
    numbers_in,
)
from duonen_stats.displays.model.format import fixed
from duonen_stats.displays.model.lookup import points_of
from duonen_stats.displays.safety.adverse_events import reporting_period
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.severe_events import analyse_severe_events
from duonen_stats.results.rows.groups import ALL, arm_codes

_MONTHS = "Months from the first administration"
_POPULATION = "Treated patients, from the first administration"
_NOTE = (
    "Cumulative incidence by Aalen–Johansen; death without such an event competes. Groups are compared by Gray's "
    "test. "
)
_COUNTED: Line = (
    "At risk just before the month, in brackets the patients censored up to it; who died is neither.",
)
_FOUR = (ids.gray("four_arm"), "all arms")


def _group(material: Material, arm: str) -> StepGroup:
    look, block = material.look, ids.severe_incidence(arm)
    steps = points_of(look, look.listed(ids.incidence_step, block), "incidence")
    name = group_name(material, arm)
    label: Line = (
        f"{name} (n = ", look.count(block.stat("n")), "): events ", look.count(block.stat("events")),
        ", competing deaths ", look.count(block.stat("competing")),
    )  # fmt: skip
    return StepGroup(
        arm=arm, label=label, short=name, time=steps.time, value=steps.value, end=max(steps.time, default=0.0),
        counts=[
            (look.count(at.stat("n_risk")), " (", look.count(at.stat("n_censored")), ")")
            for at in (ids.severe_grid(block, month) for month in material.plan.ae_grid_months)
        ],
    )  # fmt: skip


def _gray(material: Material, block: ids.Block, compared: str) -> Line:
    """Write the p-value of Gray's test, or why there is none."""
    look = material.look
    if look.results.value(block.stat("p")) is None:
        return (f"Gray's test of {compared}: not estimable, {look.results.row(block.stat('p')).note}",)
    return (f"Gray's test of {compared}: ", *look.p_equals(block.stat("p")))


def _tests(material: Material, *tests: tuple[ids.Block, str]) -> Line:
    """Write Gray's tests one after the other; without any event there is nothing to compare."""
    if not material.look.results.value(ids.severe_incidence(ALL).stat("events")):
        return ("No event of grade 3 or higher",)
    lines = [_gray(material, *test) for test in tests]
    return tuple(part for place, line in enumerate(lines) for part in ((("; ",) if place else ()) + line))


def _notes(material: Material) -> tuple[Line, ...]:
    """Say how the curves were made, and how many events have no place in them."""
    look, key = material.look, ids.severe_undated().stat("n")
    note = (
        f"{_NOTE}Treatment-emergent events, {reporting_period(material)}; patients are censored when it ends.",
    )
    if material.plan.ae_reporting == "as_collected":
        note = (f"{_NOTE}Treatment-emergent events, {reporting_period(material)}.",)
    if not look.results.value(key):
        return (note,)
    words = (
        "Without a date of onset, so not counted here: ",
        look.count(key),
        " event(s) of grade 3 or higher.",
    )
    return (note, (*words, " They stand in the listing of severe events."))


def incidence_scale(groups: list[StepGroup]) -> Scale:
    """Return an axis from 0 that is not mostly empty: events of grade 3 may be rare."""
    highest = max((value for group in groups for value in group.value), default=1.0)
    top = next(top for top in (0.1, 0.25, 0.5, 1.0) if highest <= top)
    ticks = tuple(top * step / 5 for step in range(6))
    return Scale(0.0, 1.02 * top, ticks, tuple(fixed(tick, 2) for tick in ticks))


def _layout_figure(material: Material) -> Layout:
    groups = [_group(material, arm) for arm in arm_codes(material.study)]
    note = _tests(material, _FOUR)
    scale = month_scale(material.plan.ae_grid_months, [group.end for group in groups])
    y = "Cumulative incidence, grade 3 or higher"
    shown = [cell for group in groups for cell in group.counts[: len(scale.ticks)]]
    return Layout(
        content=FigureContent(
            draw=lambda: draw_step_curves(
                groups, x_scale=scale, y_scale=incidence_scale(groups), y_label=y, x_label=_MONTHS,
                counts_title=AT_RISK, notes=(note,), width_mm=style.FULL_WIDTH,
            ),
            alt=describe_step_curves(groups, ticks=scale.labels, measure=y, counts_title=AT_RISK, notes=(note,)),
            numbers=numbers_in([*(group.label for group in groups), note, *shown]),
        ),
        population=(_POPULATION,),
        footnotes=(*_notes(material), _COUNTED),
    )  # fmt: skip


def _layout_table(material: Material) -> Layout:
    look, groups = material.look, compared_groups(material)

    def row(label: str, cells: list[Line], indent: int = 0) -> TableRow:
        return TableRow(cells=((label,), *cells), indent=indent)

    rows = [
        row(
            "Patients with the event", [(look.count(ids.severe_incidence(g).stat("events")),) for g in groups]
        ),
        row(
            "Deaths without the event",
            [(look.count(ids.severe_incidence(g).stat("competing")),) for g in groups],
        ),
        TableRow(
            cells=((f"Cumulative incidence ({confidence(material)})",), *((),) * len(groups)), kind="group"
        ),
    ]
    for month in material.plan.ae_landmark_months:
        blocks = [ids.severe_rate(ids.severe_incidence(g), month) for g in groups]
        cells = [interval(look, block, "incidence", SHARE_DECIMALS) for block in blocks]
        rows.append(row(f"at {month:g} months", cells, 1))
    notes = _notes(material)
    if not all(look.results.value(ids.severe_incidence(g).stat("events")) for g in groups):
        notes += (
            (
                "Limits of an incidence of 0: exact (Clopper–Pearson), of no event in the patients at risk at that "
                "time, or in all patients if nobody was censored before.",
            ),
        )
    columns = (
        Column(header="", align="left", weight=1.7),
        *(
            Column(
                header=group_name(material, g),
                below=("(N = ", look.count(ids.severe_incidence(g).stat("n")), ")"),
            )
            for g in groups
        ),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(_POPULATION,),
        sentence=(*_tests(material, (ids.gray("primary"), compared_words(material)), _FOUR), "."),
        footnotes=notes,
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
