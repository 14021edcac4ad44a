"""Figures 1 to 7: three drawings, each with an argument."""

from collections.abc import Sequence

import pandas as pd

from duonen_stats.datasets.pairs import pair_activity_with_dose, pair_dose_with_worst
from duonen_stats.displays import alt_text
from duonen_stats.displays.bars import CATEGORIES, ModificationBar, ModificationGroup, draw_modification_bars
from duonen_stats.displays.boxes import BoxGroup, BoxPanel, LimitLine, draw_box_panels, draw_boxes
from duonen_stats.displays.content import FigureContent, Line, Number
from duonen_stats.displays.display import Display, Layout, Material
from duonen_stats.displays.names import analyte_name, lower_first
from duonen_stats.displays.organ_doses import ORGANS, comparison_note, dose_sentence
from duonen_stats.displays.scatter import ScatterGroup, draw_scatter
from duonen_stats.results.dose_effect import analyse_dose_effect
from duonen_stats.results.groups import ARM, by_arm, flagged
from duonen_stats.results.laboratory import analyse_laboratory
from duonen_stats.results.modifications import analyse_modifications
from duonen_stats.results.organ_doses import analyse_organ_doses

_EVERY_POINT: Line = (
    "Box: quartiles and median as in the tables; whiskers: furthest value within 1.5 box lengths; "
    "a point for every patient.",
)


def _box_group(
    material: Material, arm: str, block: str, values: Sequence[float], decimals: int, *, signed: bool
) -> BoxGroup:
    look = material.look
    found = {
        stat: look.results.value(f"{block}.{stat}")
        for stat in ("median", "q1", "q3", "whisker_low", "whisker_high")
    }
    median = None
    if found["median"] is not None:
        median = look.fixed(f"{block}.median", decimals, signed=signed)
    return BoxGroup(
        arm=arm,
        label=material.study.arm(arm).label,
        values=[float(value) for value in values if value == value],  # noqa: PLR0124 - NaN is no patient
        n=look.count(f"{block}.n"),
        median_number=median,
        **found,
    )


def _of_groups(groups: Sequence[BoxGroup]) -> tuple[Number, ...]:
    return tuple(
        number for group in groups for number in (group.n, group.median_number) if number is not None
    )


def _layout_modification(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = []
    for arm in study.arms:
        if arm.modified_isotope is None:
            continue
        bars = []
        for category in CATEGORIES:
            block = f"table2.{arm.code}.{plan.modification_counting}.{category.lower().replace(' ', '_')}"
            share = look.results.value(f"{block}.pct")
            if share is not None:
                bars.append(
                    ModificationBar(
                        category=category,
                        share=share,
                        count=look.count(f"{block}.n"),
                        percent=look.percent(f"{block}.pct"),
                    )
                )
        groups.append(
            ModificationGroup(
                arm=arm.code,
                label=arm.label,
                isotope=study.isotope(arm.modified_isotope).label,
                n=look.count(f"table2.{arm.code}.N"),
                bars=bars,
            )
        )
    counting = {"partition": "One category a patient", "any_cycle": "A patient may count in two categories"}
    return Layout(
        content=FigureContent(
            draw=lambda: draw_modification_bars(groups),
            alt=alt_text.describe_modification_bars(groups),
            numbers=tuple(
                n for g in groups for n in (g.n, *(m for b in g.bars for m in (b.count, b.percent) if m))
            ),
        ),
        population=("Safety population, arms with a modified isotope",),
        footnotes=(
            (
                f"{counting[plan.modification_counting]}; numbers on the bars: patients and percent of the arm.",
            ),
        ),
    )


def _layout_doses(material: Material) -> Layout:
    data, study = material.data, material.study
    panels: list[BoxPanel] = []
    numbers: tuple[Number, ...] = ()
    words: list[str] = []
    for letter, (organ, (code, label, decimals)) in zip("AB", ORGANS.items(), strict=True):
        parameter = {"KIDNEY": "KIDTOT", "MARROW": "MARTOT"}[code]
        complete = data.addos[data.addos["PARAMCD"].eq(parameter) & data.addos["AVISIT"].eq("CUMULATIVE")]
        values = by_arm(flagged(complete, "DOSCMPFL"), "AVAL", study)
        groups = [
            _box_group(
                material, arm, f"table3.{organ}_total.{arm}", values[arm].tolist(), decimals, signed=False
            )
            for arm in values
        ]
        limit = LimitLine(
            value=study.organ(code).limit_total, label=f"Limit {study.organ(code).limit_total:g} Gy"
        )
        panels.append(
            BoxPanel(
                groups=groups,
                y_label=f"Cumulative {label.lower()} dose (Gy)",
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
        content=FigureContent(draw=lambda: draw_box_panels(panels), alt=" ".join(words), numbers=numbers),
        population=("Dosimetry population: complete dosimetry for every delivered cycle",),
        sentence=dose_sentence(material, "marrow"),
        footnotes=(_EVERY_POINT, *(comparison_note(material, organ) for organ in ORGANS)),
    )


def _scatter_groups(
    material: Material, pairs: pd.DataFrame, x: str, y: str, n_of: str | None
) -> list[ScatterGroup]:
    complete = pairs.dropna(subset=[x, y])
    groups = []
    for arm in material.study.arms:
        members = complete[complete[ARM].eq(arm.code)]
        n = None if n_of is None else material.look.count(n_of.format(arm.code))
        groups.append(
            ScatterGroup(
                arm=arm.code,
                label=arm.label,
                x=members[x].astype(float).tolist(),
                y=members[y].astype(float).tolist(),
                n=n,
            )
        )
    return groups


def _correlation(material: Material, block: str) -> Line:
    look = material.look
    kind, letter, sign = {"spearman": ("spearman", "rho", "ρ"), "pearson": ("pearson", "r", "r")}[
        material.plan.correlation
    ]
    return (
        f"{kind.capitalize()} {sign} = ",
        look.fixed(f"{block}.{kind}.{letter}", 2),
        ", p = ",
        look.p(f"{block}.{kind}.p"),
        ", n = ",
        look.count(f"{block}.n"),
    )


def _numbers(line: Line) -> tuple[Number, ...]:
    return tuple(part for part in line if isinstance(part, Number))


def _layout_modification_and_dose(material: Material) -> Layout:
    arm = material.study.arm("C")
    isotope = material.study.isotope(str(arm.modified_isotope))
    pairs = pair_activity_with_dose(
        material.data.adex, material.data.addos, arm=arm.code, isotope=isotope.code, dose="KIDTOT"
    )
    groups = [
        group for group in _scatter_groups(material, pairs, "CHANGE", "DOSE", None) if group.arm == arm.code
    ]
    note = _correlation(material, f"dose_effect.modification.{arm.code}")
    x, y = (
        f"Mean change of {isotope.label} activity, cycles 2–4 against 1 (MBq)",
        "Cumulative kidney dose (Gy)",
    )
    return Layout(
        content=FigureContent(
            draw=lambda: draw_scatter(
                groups, x_label=x, y_label=y, notes=(note,), zero_x=True, from_zero_y=True, legend=False
            ),
            alt=alt_text.describe_scatter(groups, x_measure=x, y_measure=y, notes=(note,)),
            numbers=_numbers(note),
        ),
        population=(f"Patients of arm {arm.code} with a second cycle and complete dosimetry",),
        sentence=(f"In arm {arm.code}, change of activity against kidney dose: ", *note, "."),
    )


def _layout_dose_effect(material: Material) -> Layout:
    analyte = material.study.analyte("LYMPH")
    pairs = pair_dose_with_worst(material.data.addos, material.data.adlb, dose="MARTOT", analyte=analyte.code)
    block = f"dose_effect.marrow.{analyte.code}"
    groups = _scatter_groups(material, pairs, "DOSE", "WORST", f"{block}.arm.{{}}.n")
    note = _correlation(material, block)
    x, y = (
        "Cumulative marrow dose (Gy)",
        f"Worst change of {lower_first(analyte_name(analyte))} from T1 ({analyte.display_unit})",
    )
    in_legend = tuple(group.n for group in groups if group.n is not None)
    return Layout(
        content=FigureContent(
            draw=lambda: draw_scatter(
                groups, x_label=x, y_label=y, notes=(note,), zero_y=True, from_zero_x=True, width_mm=120.0
            ),
            alt=alt_text.describe_scatter(groups, x_measure=x, y_measure=y, notes=(note,)),
            numbers=(*in_legend, *_numbers(note)),
        ),
        population=("Patients with complete dosimetry and a worst change, all arms",),
        sentence=("Worst change of lymphocytes against marrow dose: ", *note, "."),
    )


def _change_figure(number: int, code: str, visit: str, ich_number: str) -> Display:
    """Change of one analyte at one visit by arm: Figures 4, 5 and 7 are this, with an argument."""

    def layout(material: Material) -> Layout:
        analyte = material.study.analyte(code)
        labs = material.data.adlb
        at_visit = labs[labs["PARAMCD"].eq(code) & labs["AVISIT"].eq(visit) & labs["DTYPE"].isna()]
        safety = flagged(material.data.adsl, "SAFFL")["USUBJID"]
        values = by_arm(flagged(at_visit[at_visit["USUBJID"].isin(safety)], "ANL01FL"), "CHG", material.study)
        groups = [
            _box_group(
                material,
                arm,
                f"labs.{code}.{visit}.{arm}.change",
                values[arm].tolist(),
                analyte.change_decimals,
                signed=True,
            )
            for arm in values
        ]
        name, baseline = analyte_name(analyte), material.plan.baseline_visit
        measure = f"{name}, change from {baseline} at {visit} ({analyte.display_unit})"
        test = f"labs.{code}.{visit}.between.{material.plan.between_arm_test}.p"
        between: Line = (
            f"Between arms: {material.look.results.row(test).method}, p = ",
            material.look.p(test),
            ".",
        )
        return Layout(
            content=FigureContent(
                draw=lambda: draw_boxes(groups, y_label=measure, zero_line=True),
                alt=alt_text.describe_boxes(groups, measure=measure),
                numbers=_of_groups(groups),
            ),
            population=(
                f"Safety population, patients with a value at {visit} and at {material.plan.baseline_visit}",
            ),
            sentence=(
                f"{analyte_name(analyte)} at {visit} against {material.plan.baseline_visit}: ",
                *_medians(groups),
                ".",
            ),
            footnotes=(_EVERY_POINT, between),
        )

    return Display(
        key=f"figure_{number}",
        label=f"Figure {number}",
        ich_number=ich_number,
        title={
            "HGB": "Hemoglobin change at V4 by arm",
            "NEUT": "Neutrophil change at V4 by arm",
            "EGFR": "eGFR change at V4 by arm",
        }[code],
        analyses=(analyse_laboratory,),
        layout=layout,
        datasets=("ADLB",),
        exploratory=True,
    )


def _medians(groups: Sequence[BoxGroup]) -> Line:
    line: Line = ()
    for group in groups:
        if group.median_number is not None:
            line += (
                ", " if line else "median ",
                group.median_number,
                f" in {group.label.lower().replace(group.arm.lower(), group.arm)}",
            )
    return line or ("no values",)


FIGURE_1 = Display(
    key="figure_1",
    label="Figure 1",
    ich_number="14.1.6F",
    title="Patterns of activity modification by arm",
    analyses=(analyse_modifications,),
    layout=_layout_modification,
    datasets=("ADEX",),
)
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
FIGURE_3 = Display(
    key="figure_3",
    label="Figure 3",
    ich_number="14.1.8F",
    title="Change of ¹⁷⁷Lu activity and kidney dose in arm C",
    analyses=(analyse_dose_effect,),
    layout=_layout_modification_and_dose,
    datasets=("ADEX", "ADDOS"),
    exploratory=True,
)
FIGURE_4 = _change_figure(4, "HGB", "V4", "14.3.4.1F")
FIGURE_5 = _change_figure(5, "NEUT", "V4", "14.3.4.2F")
FIGURE_6 = Display(
    key="figure_6",
    label="Figure 6",
    ich_number="14.3.4.9F",
    title="Worst lymphocyte change and cumulative marrow dose",
    analyses=(analyse_dose_effect,),
    layout=_layout_dose_effect,
    datasets=("ADDOS", "ADLB"),
    exploratory=True,
)
FIGURE_7 = _change_figure(7, "EGFR", "V4", "14.3.4.3F")
