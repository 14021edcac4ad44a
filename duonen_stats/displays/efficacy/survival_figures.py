"""Kaplan–Meier curves of PFS and OS: experimental arms against control with bands, four arms without."""

from collections.abc import Callable, Sequence
from functools import partial
from math import exp, log

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.alt_text import describe_step_curves
from duonen_stats.displays.drawings.drawing import Scale, scale_for
from duonen_stats.displays.drawings.scatter import Smooth, draw_residuals
from duonen_stats.displays.drawings.step_curves import StepGroup, draw_step_curves
from duonen_stats.displays.model.content import FigureContent, Line, plain
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    MONTH_DECIMALS,
    OS,
    PFS,
    PFSHYP,
    RANDOMISED,
    RATIO_DECIMALS,
    Endpoint,
    compared_words,
    confidence,
    experimental,
    group_name,
    interval,
    limits,
    numbers_in,
    primary_status,
)
from duonen_stats.displays.model.format import upper_first
from duonen_stats.displays.model.lookup import points_of
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.survival import analyse_primary, analyse_survival
from duonen_stats.results.rows.groups import arm_codes
from duonen_stats.results.rows.survival_curve import NOT_REACHED

SHARES = Scale(0.0, 1.02, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0), ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"))
AT_RISK = "At risk (censored)"
_MONTHS = "Months from randomisation"
_TWO_HEIGHT, _FOUR_HEIGHT = 45.0, 60.0
"""Height of the axes in mm: two curves are low enough for their table to stand on the same page."""


def month_scale(grid: Sequence[float], ends: Sequence[float]) -> Scale:
    """Return an axis of a grid of months of the plan, as far as the curves reach."""
    far = max(ends, default=0.0)
    last = next((month for month in grid if month >= far), max(grid[-1], far))
    ticks = tuple(month for month in grid if month <= last)
    return Scale(0.0, last or 1.0, ticks, tuple(f"{month:g}" for month in ticks))


def survival_group(material: Material, endpoint: str, group: str) -> StepGroup:
    """Read one curve with its legend and its row of counts from the results table."""
    look, block = material.look, ids.km(endpoint, group)
    steps = points_of(look, look.listed(ids.km_step, block), "survival", with_limits=True)
    marks = points_of(look, look.listed(ids.km_mark, block), "survival")
    median = limits(
        look,
        block.stat("median"),
        block.stat("median_ci_low"),
        block.stat("median_ci_high"),
        MONTH_DECIMALS,
    )
    name = group_name(material, group)
    return StepGroup(
        arm=group,
        label=(f"{name} (n = ", look.count(block.stat("n")), "): events ", look.count(block.stat("events")),
               ", median ", *median, *(() if plain(median) == NOT_REACHED else (" months",))),
        short=name,
        time=steps.time,
        value=steps.value,
        low=steps.low,
        high=steps.high,
        end=max(steps.time, default=0.0),
        censored=marks.time,
        counts=[
            (look.count(at.stat("n_risk")), " (", look.count(at.stat("n_censored")), ")")
            for at in (ids.km_grid(block, month) for month in material.plan.grid_months)
        ],
    )  # fmt: skip


def comparison_note(material: Material, endpoint: str) -> Line:
    """Write hazard ratio, interval and log-rank p of the primary comparison."""
    look, block = material.look, ids.primary(endpoint)
    names = (group_name(material, experimental(material)), material.plan.control_arm)
    return (
        f"Hazard ratio {names[0]} against {names[1]} ({confidence(material)}) ",
        *interval(look, ids.hazard_ratio(block), "hr", RATIO_DECIMALS),
        "; log-rank ",
        *look.p_equals(ids.log_rank(block).stat("p")),
    )


def _layout(
    material: Material,
    endpoint: Endpoint,
    groups_of: Callable[[Material], Sequence[str]],
    note_of: Callable[[Material, str], Line],
    *,
    bands: bool,
    footnotes: tuple[Line, ...] = (),
    primary: bool = False,
    named: bool = False,
) -> Layout:
    groups = [survival_group(material, endpoint.code, group) for group in groups_of(material)]
    note = note_of(material, endpoint.code)
    scale = month_scale(material.plan.grid_months, [group.end for group in groups])
    y = f"Probability of {endpoint.name.partition(',')[0]}"
    shown = [cell for group in groups for cell in group.counts[: len(scale.ticks)]]
    height = _TWO_HEIGHT if bands else _FOUR_HEIGHT
    about = f"Shaded: pointwise {confidence(material)}s. " if bands else ""
    return Layout(
        content=FigureContent(
            draw=lambda: draw_step_curves(
                groups, x_scale=scale, y_scale=SHARES, x_label=_MONTHS, y_label=y, counts_title=AT_RISK,
                notes=(note,), bands=bands, marked=(0.5,), width_mm=style.FULL_WIDTH, height_mm=height,
            ),
            alt=describe_step_curves(groups, ticks=scale.labels, measure=y, counts_title=AT_RISK, notes=(note,)),
            numbers=numbers_in([*(group.label for group in groups), note, *shown]),
        ),
        population=(RANDOMISED,),
        footnotes=((f"Kaplan–Meier; ticks are censored patients. {about}At risk just before the month, in brackets "
                    "the patients censored up to it.",), *footnotes, *((primary_status(material),) if primary else ())),
        title=f"{upper_first(endpoint.name)}, {compared_words(material)}" if named else "",
    )  # fmt: skip


def _two(material: Material) -> tuple[str, ...]:
    return (experimental(material), material.plan.control_arm)


def _four(material: Material) -> tuple[str, ...]:
    return arm_codes(material.study)


def four_arm_note(material: Material, endpoint: str) -> Line:
    """Write the log-rank test of all arms."""
    return ("Log-rank test of all arms ", *material.look.p_equals(ids.four_arm_log_rank(endpoint).stat("p")))


_ESTIMAND: Line = (
    "Hypothetical estimand: censored at another antitumour treatment and after missed assessments.",
)


def _display(number: int, ich: int, title: str, *, exploratory: bool = True, **layout: object) -> Display:
    return Display(
        key=f"figure_e{number}",
        label=f"Figure E{number}",
        ich_number=f"14.2.{ich}F",
        title=title,
        analyses=(analyse_primary, analyse_survival),
        layout=partial(_layout, **layout),  # type: ignore[arg-type]
        datasets=("ADTTE",),
        exploratory=exploratory,
    )


PFS_TWO = _display(
    3, 1, "Progression-free survival, the other arms against the control arm", exploratory=False, endpoint=PFS,
    named=True, groups_of=_two, note_of=comparison_note, bands=True, primary=True,
)  # fmt: skip
PFS_FOUR = _display(
    4,
    2,
    "Progression-free survival by arm",
    endpoint=PFS,
    groups_of=_four,
    note_of=four_arm_note,
    bands=False,
)
PFS_HYPOTHETICAL = _display(
    5, 3, "Progression-free survival, hypothetical estimand", endpoint=PFSHYP, groups_of=_two,
    note_of=comparison_note, bands=True, footnotes=(_ESTIMAND,),
)  # fmt: skip
OS_TWO = _display(
    9, 4, "Overall survival, the other arms against the control arm", endpoint=OS, groups_of=_two, named=True,
    note_of=comparison_note, bands=True,
)  # fmt: skip
OS_FOUR = _display(
    10, 5, "Overall survival by arm", endpoint=OS, groups_of=_four, note_of=four_arm_note, bands=False
)


# Are the hazards proportional? log(−log) survival and scaled Schoenfeld residuals.


_LOG_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)

_HAZARDS = ids.hazards(ids.primary("pfs"))


def _group(material: Material, group: str) -> StepGroup:
    look, block = material.look, ids.km("pfs", group)
    found = points_of(look, look.listed(ids.km_log_log, block), "value")
    events = look.count(block.stat("events"))
    name = group_name(material, group)
    positive = [(x, y) for x, y in zip(found.time, found.value, strict=True) if x > 0]
    return StepGroup(
        arm=group, label=(f"{name}: events ", events), short=name, time=[x for x, _ in positive],
        value=[y for _, y in positive], end=max(found.time, default=0.0),
    )  # fmt: skip


def _months(groups: list[StepGroup]) -> Scale:
    times = [time for group in groups for time in group.time]
    if not times:
        return Scale(1.0, 10.0, (), ())
    low, high = min(times), max(times)
    low, high = (low / 1.1, high * 1.1) if low < high else (low / 2, high * 2)
    ticks = tuple(tick for tick in _LOG_TICKS if low <= tick <= high) or (exp((log(low) + log(high)) / 2),)
    return Scale(low, high, ticks, tuple(f"{tick:g}" for tick in ticks))


def _layout_log_log(material: Material) -> Layout:
    groups = [_group(material, group) for group in (experimental(material), material.plan.control_arm)]
    x_scale, y_scale = _months(groups), scale_for([value for group in groups for value in group.value])
    y = "log(−log(PFS probability))"
    note = _test(material)
    return Layout(
        content=FigureContent(
            draw=lambda: draw_step_curves(
                groups, x_scale=x_scale, y_scale=y_scale, x_label="Months from randomisation, logarithmic",
                y_label=y, notes=(note,), log_time=True,
            ),
            alt=describe_step_curves(groups, ticks=x_scale.labels, measure=y, notes=(note,)),
            numbers=numbers_in([*(group.label for group in groups), note]),
        ),
        population=(RANDOMISED,),
        footnotes=(("Proportional hazards make the curves parallel.",),),
        title=f"log(−log) of progression-free survival, {compared_words(material)}",
    )  # fmt: skip


def _test(material: Material) -> Line:
    return ("Test of proportional hazards ", *material.look.p_equals(_HAZARDS.stat("p")))


def _layout_residuals(material: Material) -> Layout:
    look = material.look
    found = points_of(look, look.listed(ids.residual, _HAZARDS), "value")
    curve = points_of(look, look.listed(ids.smooth, _HAZARDS), "value", with_limits=True)
    smooth = Smooth(time=curve.time, value=curve.value, low=curve.low, high=curve.high)
    constant = look.results.value(ids.cox(ids.primary("pfs")).stat("coef"))
    x, y = "Months from randomisation", "Scaled Schoenfeld residual (log hazard ratio)"
    note = _test(material)
    return Layout(
        content=FigureContent(
            draw=lambda: draw_residuals(
                found.time, found.value, smooth, constant=constant, x_label=x, y_label=y, notes=(note,)
            ),
            alt=f"{y} of each event over time, with a smooth curve. {plain(note)}."
            + ("" if found.time else " There are no data to draw."),
            numbers=numbers_in([note]),
        ),
        population=(RANDOMISED,),
        footnotes=(
            (
                "Points: events. Curve: smooth estimate of the log hazard ratio over time with its limits. Dashed: the "
                "constant of the Cox model; thin line: no effect.",
            ),
        ),
    )


LOG_LOG = Display(
    key="figure_e6",
    label="Figure E6",
    ich_number="14.2.7F",
    title="log(−log) of progression-free survival, the other arms and the control arm",
    analyses=(analyse_primary, analyse_survival),
    layout=_layout_log_log,
    datasets=("ADTTE",),
    exploratory=True,
)
RESIDUALS = Display(
    key="figure_e7",
    label="Figure E7",
    ich_number="14.2.8F",
    title="Scaled Schoenfeld residuals of the primary comparison",
    analyses=(analyse_primary, analyse_survival),
    layout=_layout_residuals,
    datasets=("ADTTE",),
    exploratory=True,
    individual=True,
)
