"""Are the hazards proportional? log(−log) survival and scaled Schoenfeld residuals."""

from math import exp, log

from duonen_stats.displays.drawings.alt_text import describe_step_curves
from duonen_stats.displays.drawings.drawing import Scale, scale_for
from duonen_stats.displays.drawings.residual_plot import Smooth, draw_residuals
from duonen_stats.displays.drawings.step_curves import StepGroup, draw_step_curves
from duonen_stats.displays.model.content import FigureContent, Line, plain
from duonen_stats.displays.model.curve_points import points_of
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    RANDOMISED,
    experimental,
    group_name,
    numbers_in,
)
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy import analyse_primary, analyse_survival

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
    title="log(−log) of progression-free survival, experimental arms and control",
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
)
