"""Figures S15 and S16: liver values of every patient between guides, and grades by patient and visit."""

import math
from functools import partial

from duonen_stats.datasets.laboratory.patient_values import (
    ALT,
    BILIRUBIN,
    grade_grid,
    liver_peaks,
    treated_patients,
    visits_with_grades,
)
from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import Key, Scale
from duonen_stats.displays.drawings.panels import (
    GradeCells,
    PanelLine,
    draw_grade_cells,
    draw_guided_points,
)
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import analyte_name, fixed
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import arm_codes, each_group

_ALT_GUIDE, _BILIRUBIN_GUIDE = 3.0, 2.0
_ALT_LABEL = "Highest ALT, multiple of the upper limit of normal"
_BILIRUBIN_LABEL = "Highest total bilirubin, multiple of that limit"
_CORNERS = ("Hyperbilirubinemia", "Possible Hy's law", "Near normal", "Temple's corollary")
_KEYS = ("Grade 0", "1", "2", "3", "4", "Not certain", "No value")


def _log_scale(values: list[float], guide: float) -> Scale:
    if not values:
        return Scale(0.0, 1.0, (), ())
    low, high = min(*values, guide) / 1.3, max(1.3 * max(values), 2.5 * guide)
    steps = [base * 10.0**power for power in range(math.floor(math.log10(low)), 4) for base in (1, 2, 3, 5)]
    ticks = tuple(step for step in steps if low <= step <= high)
    return Scale(low, high, ticks, tuple(fixed(tick, 1 if tick < 1 else 0) for tick in ticks))


def _layout_liver(material: Material) -> Layout:
    study = material.study
    peaks = liver_peaks(material.data.adlb, material.data.adsl)
    groups = [
        PanelLine(arm=arm, x=own[ALT].tolist(), y=own[BILIRUBIN].tolist(), mark=arm)
        for arm, own in each_group(peaks, study, total=False)
    ]
    points = tuple(
        one
        for arm, own in each_group(peaks, study, total=False)
        for one in material.points(
            arm,
            (_ALT_LABEL, _BILIRUBIN_LABEL),
            own["USUBJID"],
            (fixed(value, 1, bounds=(_ALT_GUIDE,)) for value in own[ALT]),
            (fixed(value, 1, bounds=(_BILIRUBIN_GUIDE,)) for value in own[BILIRUBIN]),
        )
    )
    x_scale = _log_scale(peaks[ALT].tolist(), _ALT_GUIDE)
    y_scale = _log_scale(peaks[BILIRUBIN].tolist(), _BILIRUBIN_GUIDE)
    keys = [Key(style.arm_mark(arm), (study.arm(arm).label,)) for arm in arm_codes(study)]
    arms = "; ".join(f"{study.arm(group.arm).label}: {len(group.x)} patients" for group in groups)
    return Layout(
        content=FigureContent(
            draw=lambda: draw_guided_points(
                groups, x_scale=x_scale, y_scale=y_scale, x_guide=_ALT_GUIDE, y_guide=_BILIRUBIN_GUIDE,
                x_label=_ALT_LABEL, y_label=_BILIRUBIN_LABEL, keys=keys, corners=_CORNERS,
            ),
            alt=f"Highest bilirubin against highest ALT, a point for every patient. {arms}.",
            points=points,
        ),
        population=("Safety population, patients with both values and their upper limits of normal",),
        footnotes=(
            (
                "Highest values after the first administration, late follow-up among them, each over the upper limit "
                "of normal of its own record; the two need not be of one day. Dashed: 3 times that limit of ALT, "
                "2 times that of bilirubin. A point in the upper right field asks for a review of the patient, and is "
                "no diagnosis.",
            ),
        ),
    )  # fmt: skip


def _layout_grades(material: Material) -> Layout:
    study, plan = material.study, material.plan
    adlb = material.data.adlb
    by_arm = {
        arm: [str(one) for one in own["USUBJID"]]
        for arm, own in each_group(treated_patients(material.data.adsl), study, total=False)
    }
    patients = [one for members in by_arm.values() for one in members]
    arms = [(study.arm(arm).label, len(members)) for arm, members in by_arm.items() if members]
    visits = (*(one.code for one in study.visits), *visits_with_grades(adlb, ids.LATE_VISITS))
    shown = [
        one
        for one in study.analytes
        if one.category in {"HEMATOLOGY", "RENAL"} and one.highest_grade(plan.ctcae_version)
    ]
    tables = [
        GradeCells(title=analyte_name(one), cells=grade_grid(adlb, one.code, patients, visits))
        for one in shown
    ]
    words = ", ".join(analyte_name(one) for one in shown)
    draw = partial(draw_grade_cells, tables, visits=visits, arms=arms, keys=[(key,) for key in _KEYS])
    return Layout(
        content=FigureContent(
            draw=draw,
            stacked=lambda: draw(stacked=True),
            alt=f"Grade of every patient at every visit as a coloured cell, {words}: {len(patients)} patients in "
            f"{len(arms)} arms, {len(visits)} visits.",
        ),
        population=("Safety population, a row a patient, by arm",),
        footnotes=(
            (
                f"{plan.words('ctcae_version')} grade of the record that stands for the visit. Rows are patients in "
                "the order of their identifiers within the arm, columns the visits in their order, "
                f"{visits[0]} to {visits[-1]}.",
            ),
        ),
    )


LIVER = Display(
    key="figure_s15",
    label="Figure S15",
    ich_number="14.3.4.42F",
    title="Highest bilirubin against highest ALT",
    analyses=(),
    layout=_layout_liver,
    datasets=("ADLB",),
    individual=True,
)
GRADES_BY_VISIT = Display(
    key="figure_s16",
    label="Figure S16",
    ich_number="14.3.4.43F",
    title="Laboratory grades by patient and visit",
    analyses=(),
    layout=_layout_grades,
    datasets=("ADLB",),
    individual=True,
)
