"""Figures S11 to S13 and Table S46: mean changes with limits over the visits, and in late follow-up."""

from functools import partial

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import Key, Scale, scale_for
from duonen_stats.displays.drawings.panels import Panel, PanelLine, draw_panels, in_one_column
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence
from duonen_stats.displays.model.format import analyte_name
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.repeated_values import analyse_late_values, analyse_repeated_values
from duonen_stats.results.rows.groups import arm_codes
from duonen_stats.study import Analyte

_GROUPS = {"HEMATOLOGY": "blood counts", "RENAL": "kidney function", "HEPATIC": "liver values"}


def _line(material: Material, analyte: Analyte, arm: str, visits: tuple[str, ...]) -> PanelLine:
    look, late = material.look, ids.late_visits(ids.Scope(study=material.study, plan=material.plan))
    x, y, low, high = [], [], [], []
    for place, visit in enumerate(visits):
        of_late = visit in late and visit not in material.plan.follow_up_visits
        block = (ids.late_mean if of_late else ids.lab_model_mean)(analyte.code, visit, arm)
        mean = look.results.value(block.stat("mean"))
        if mean is None:
            continue
        x.append(float(place))
        y.append(mean)
        low.append(look.results.value(block.stat("ci_low")))
        high.append(look.results.value(block.stat("ci_high")))
    return PanelLine(arm=arm, x=x, y=y, low=low, high=high)


def _layout(category: str, material: Material) -> Layout:
    study, plan = material.study, material.plan
    late = [
        visit
        for visit in ids.LATE_VISITS
        if any(
            material.look.results.value(ids.late_mean(one.code, visit, arm).stat("mean")) is not None
            for one in study.analytes
            for arm in arm_codes(study)
        )
    ]
    visits = (*plan.follow_up_visits, *late)
    analytes = [one for one in study.analytes if one.category == category]
    panels = []
    for analyte in analytes:
        lines = [_line(material, analyte, arm, visits) for arm in arm_codes(study)]
        ends = [value for line in lines for value in (*line.y, *line.low, *line.high) if value is not None]
        panels.append(
            Panel(
                title=f"{analyte_name(analyte)}, {analyte.display_unit}",
                lines=lines,
                y_scale=scale_for([*ends, 0.0] if ends else [], ticks=5),
                guides=(0.0,),
            )
        )
    count = len(visits)
    x_scale = Scale(-0.5, count - 0.5, tuple(float(place) for place in range(count)), visits)
    keys = [Key(style.arm_mark(arm), (study.arm(arm).label,)) for arm in arm_codes(study)]
    names = ", ".join(analyte_name(one) for one in analytes)
    draw = partial(
        draw_panels, panels, x_scale=x_scale, x_label="Visit", y_label=f"Mean change from {plan.baseline_visit}",
        keys=keys,
    )  # fmt: skip
    shown = " and Table S46" if late else ""
    return Layout(
        content=FigureContent(
            draw=lambda: draw(columns=min(2, len(panels))),
            alt=f"Mean change from {plan.baseline_visit} with limits by visit and arm: {names}. The numbers stand in "
            f"Table S16{shown}.",
            stacked=(lambda: draw(**in_one_column(len(panels)))) if len(panels) > 1 else None,
        ),
        population=("Safety population, patients with a baseline and a value at one of the visits at least",),
        footnotes=(
            (
                f"Points: means of the model of Table S16, at the mean baseline; bars: {confidence(material)}. Arms "
                "stand a little apart. An arm without a value at a visit has no point there."
                + (" Visits of late follow-up are those of the model of Table S46." if late else ""),
            ),
        ),
    )  # fmt: skip


def _figure(number: int, category: str) -> Display:
    return Display(
        key=f"figure_s{number}",
        label=f"Figure S{number}",
        ich_number=f"14.3.4.{number + 27}F",
        title=f"Mean changes over the visits: {_GROUPS[category]}",
        analyses=(analyse_repeated_values, analyse_late_values),
        layout=partial(_layout, category),
        datasets=("ADLB",),
        exploratory=True,
    )


MEANS_BLOOD = _figure(11, "HEMATOLOGY")
MEANS_KIDNEY = _figure(12, "RENAL")
MEANS_LIVER = _figure(13, "HEPATIC")
