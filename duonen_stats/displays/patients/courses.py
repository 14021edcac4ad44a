"""How did each patient fare? A swimmer plot of treatment, response, progression, death and follow-up."""

import pandas as pd

from duonen_stats.datasets.patients.courses import (
    CYCLE,
    DEATH,
    FOLLOWED,
    PROGRESSION,
    RESPONSE,
    build_course_events,
    build_courses,
)
from duonen_stats.displays.drawings.swimmer import Lane, SwimmerGroup, draw_swimmer
from duonen_stats.displays.efficacy.survival_figures import month_scale
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import RANDOMISED, group_name, numbers_in
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.rows.groups import each_group

_NAMES = {
    CYCLE: "Cycle",
    RESPONSE: "First response",
    PROGRESSION: "Progression",
    DEATH: "Death",
    FOLLOWED: "Last known alive",
}


def _lane(patient: pd.Series, events: dict[str, list[tuple[str, float]]]) -> Lane:
    known = pd.notna(patient["FIRST"]) and pd.notna(patient["LAST"])
    return Lane(
        end=float(patient["END"]),
        treated=(float(patient["FIRST"]), float(patient["LAST"])) if known else None,
        events=tuple(events.get(patient["USUBJID"], [])),
    )


def _layout(material: Material) -> Layout:
    data, days = material.data, material.plan.days_per_month
    found = build_course_events(data.adsl, data.adex, data.adrs, data.adtte, days_per_month=days)
    events: dict[str, list[tuple[str, float]]] = {}
    for patient, kind, month in zip(found["USUBJID"], found["KIND"], found["MONTH"], strict=True):
        events.setdefault(str(patient), []).append((kind, float(month)))
    courses = build_courses(data.adsl, days_per_month=days)
    groups = [
        SwimmerGroup(
            arm=arm,
            label=(
                group_name(material, arm),
                " (n = ",
                material.look.count(ids.disposition("randomised", arm).stat("n")),
                ")",
            ),
            lanes=[_lane(row, events) for _, row in members.iterrows()],
        )
        for arm, members in each_group(courses, material.study, total=False)
    ]
    scale = month_scale(material.plan.grid_months, [lane.end for group in groups for lane in group.lanes])
    x = "Months from randomisation"
    counts = "; ".join("".join(p if isinstance(p, str) else p.text for p in group.label) for group in groups)
    kinds = ", ".join(_NAMES.values()).lower()
    empty = "" if any(group.lanes for group in groups) else " There are no data to draw."
    return Layout(
        content=FigureContent(
            draw=lambda: draw_swimmer(groups, x_scale=scale, x_label=x, names=_NAMES),
            alt=f"Swimmer plot, a lane for every patient by arm, longest follow-up on top: {kinds} over months from "
            f"randomisation. {counts}.{empty}",
            numbers=numbers_in([group.label for group in groups]),
        ),
        population=(RANDOMISED,),
        footnotes=(("Progression is that of PFS under the treatment policy; longest follow-up on top.",),),
    )


SWIMMER = Display(
    key="figure_e2",
    label="Figure E2",
    ich_number="14.2.10F",
    title="Course of every patient",
    analyses=(analyse_disposition,),
    layout=_layout,
    datasets=("ADSL", "ADEX", "ADRS", "ADTTE"),
    individual=True,
)
