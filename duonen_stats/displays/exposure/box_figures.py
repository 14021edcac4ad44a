"""Figures 2, 4, 5 and 7: how a dose or a change is spread in each arm."""

from collections.abc import Sequence

import pandas as pd

from duonen_stats.datasets.patients.populations import SHOWN, Population, complete_dosimetry
from duonen_stats.displays.drawings import alt_text
from duonen_stats.displays.drawings.boxes import (
    BoxGroup,
    BoxPanel,
    LimitLine,
    draw_box_panels,
    draw_boxes,
)
from duonen_stats.displays.exposure.organ_doses import ORGANS, comparison_note, dose_sentence
from duonen_stats.displays.model.content import FigureContent, Line, Number, PatientPoints
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import analyte_name, fixed
from duonen_stats.results import ids
from duonen_stats.results.analyses.exposure.organ_doses import TOTALS, analyse_organ_doses, course_doses
from duonen_stats.results.analyses.safety.laboratory import analyse_laboratory, values_at, visit_values
from duonen_stats.results.rows.groups import by_arm, each_group
from duonen_stats.study import Study

_EVERY_POINT: Line = (
    "Box: quartiles and median as in the tables. Whiskers: to the furthest patient within 1.5 box lengths of the "
    "box; where there is none on a side, no whisker is drawn. Every patient is a point.",
)


_NO_POINT: Line = (
    "Box: quartiles and median as in the tables. Whiskers and points are left out: each would be a patient's value.",
)


def _box_notes(material: Material) -> Line:
    return _NO_POINT if material.aggregate else _EVERY_POINT


def _patients(frame: pd.DataFrame, study: Study) -> dict[str, list[str]]:
    """List the patients of each arm in the order of their values."""
    return {arm: rows["USUBJID"].tolist() for arm, rows in each_group(frame, study, total=False)}


def _box_group(
    material: Material,
    arm: str,
    block: ids.Block,
    values: Sequence[float],
    decimals: int,
    *,
    signed: bool,
    patients: Sequence[str],
    measure: str,
    limits: Sequence[float] = (),
) -> tuple[BoxGroup, tuple[PatientPoints, ...]]:
    """Make the box of an arm, and say which patients its points are."""
    look = material.look
    known = [(float(value), one) for value, one in zip(values, patients, strict=True) if pd.notna(value)]
    found = {
        stat: look.results.value(block.stat(stat))
        for stat in ("median", "q1", "q3", "whisker_low", "whisker_high")
    }
    if material.aggregate:  # a whisker ends at a patient's value
        known, found["whisker_low"], found["whisker_high"] = [], None, None
    median = None
    if found["median"] is not None:
        median = look.fixed(block.stat("median"), decimals, signed=signed)
    shown = (fixed(value, decimals, signed=signed, bounds=limits) for value, _ in known)
    points = material.points(block, (measure,), (one for _, one in known), shown)
    group = BoxGroup(
        arm=arm,
        label=material.study.arm(arm).label,
        values=[value for value, _ in known],
        links=material.links(one for _, one in known),
        mark=block,
        n=look.count(block.stat("n")),
        median_number=median,
        **found,
    )
    return group, points


def _of_groups(groups: Sequence[BoxGroup]) -> tuple[Number, ...]:
    return tuple(
        number for group in groups for number in (group.n, group.median_number) if number is not None
    )


def _layout_doses(material: Material) -> Layout:
    data, study = material.data, material.study
    panels: list[BoxPanel] = []
    numbers: tuple[Number, ...] = ()
    points: tuple[PatientPoints, ...] = ()
    words: list[str] = []
    for letter, (organ, (code, label, decimals)) in zip("AB", ORGANS.items(), strict=True):
        doses = course_doses(data, TOTALS[code])
        values, patients = by_arm(doses, "AVAL", study), _patients(doses, study)
        measure = f"Cumulative {label.lower()} dose (Gy)"
        limit = LimitLine(
            value=study.organ(code).limit_total, label=f"Limit {study.organ(code).limit_total:g} Gy"
        )
        made = [
            _box_group(
                material,
                arm,
                ids.organ_dose(organ, "total", arm),
                values[arm].tolist(),
                decimals,
                signed=False,
                patients=patients[arm],
                measure=measure,
                limits=(limit.value,),
            )
            for arm in values
        ]
        groups = [group for group, _ in made]
        points += tuple(one for _, own in made for one in own)
        panels.append(
            BoxPanel(
                groups=groups,
                y_label=measure,
                title=f"{letter}  {label}",
                limit_lines=(limit,),
                from_zero=True,
            )
        )
        numbers += _of_groups(groups)
        words.append(
            alt_text.describe_boxes(
                groups, measure=f"cumulative {label.lower()} dose (Gy)", limit_lines=(limit,)
            )
        )
    return Layout(
        content=FigureContent(
            draw=lambda: draw_box_panels(panels),
            alt=" ".join(words),
            numbers=numbers,
            points=points,
            stacked=lambda: draw_box_panels(panels, stacked=True),
        ),
        population=(f"{SHOWN[Population.SAFETY]}, {complete_dosimetry('the organ')}",),
        sentence=(*dose_sentence(material, "kidney"), " ", *dose_sentence(material, "marrow")),
        footnotes=(_box_notes(material), *(comparison_note(material, organ) for organ in ORGANS)),
    )


def _change_figure(number: int, code: str, ich_number: str) -> Display:
    """Change of one analyte at the last follow-up visit by arm: Figures 4, 5 and 7 are this, with an argument."""
    names = {"HGB": "Hemoglobin", "NEUT": "Neutrophil", "EGFR": "eGFR"}

    def layout(material: Material) -> Layout:
        analyte, visit = material.study.analyte(code), material.plan.follow_up_visits[-1]
        changes = values_at(visit_values(material.data), code, visit)
        values, patients = by_arm(changes, "CHG", material.study), _patients(changes, material.study)
        name, baseline = analyte_name(analyte), material.plan.baseline_visit
        measure = f"{name}, change from {baseline} at {visit} ({analyte.display_unit})"
        made = [
            _box_group(
                material,
                arm,
                ids.lab_change(code, visit, arm),
                values[arm].tolist(),
                analyte.change_decimals,
                signed=True,
                patients=patients[arm],
                measure=measure,
            )
            for arm in values
        ]
        groups = [group for group, _ in made]
        compared = ids.lab_visit(code, visit)
        between: Line = (
            f"Between arms: {material.between_test(compared)}, ",
            *material.look.p_equals(ids.between(compared, material.plan.between_arm_test).stat("p")),
            ".",
        )
        return Layout(
            content=FigureContent(
                draw=lambda: draw_boxes(groups, y_label=measure, zero_line=True),
                alt=alt_text.describe_boxes(groups, measure=measure),
                numbers=_of_groups(groups),
                points=tuple(one for _, own in made for one in own),
            ),
            population=(
                f"{SHOWN[Population.SAFETY]}, patients with a value at {visit} and at {material.plan.baseline_visit}",
            ),
            sentence=(
                f"{analyte_name(analyte)} at {visit} against {material.plan.baseline_visit}: ",
                *_medians(groups),
                ".",
            ),
            footnotes=(_box_notes(material), between),
            title=f"{names[code]} change at {visit} by arm",
        )

    return Display(
        key=f"figure_{number}",
        label=f"Figure {number}",
        ich_number=ich_number,
        title=f"{names[code]} change at the last follow-up visit by arm",
        analyses=(analyse_laboratory,),
        layout=layout,
        datasets=("ADLB",),
        exploratory=True,
    )


def _medians(groups: Sequence[BoxGroup]) -> Line:
    line: Line = ()
    for group in groups:
        if group.median_number is not None:
            line += (", " if line else "median ", group.median_number, f" in arm {group.arm}")
    return line or ("no values",)


FIGURE_2 = Display(
    key="figure_2",
    label="Figure 2",
    ich_number="14.1.7F",
    title="Cumulative kidney (A) and marrow (B) dose by arm",
    analyses=(analyse_organ_doses,),
    layout=_layout_doses,
    datasets=("ADDOS",),
    exploratory=True,
)
FIGURE_4 = _change_figure(4, "HGB", "14.3.4.1F")
FIGURE_5 = _change_figure(5, "NEUT", "14.3.4.2F")
FIGURE_7 = _change_figure(7, "EGFR", "14.3.4.3F")
