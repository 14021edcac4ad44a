"""Table S2: does harm grow with dose, and does it within arms too?"""

from collections.abc import Callable, Sequence

import pandas as pd

from duonen_stats.datasets.patients.populations import SHOWN, Population, complete_dosimetry
from duonen_stats.displays.drawings import alt_text
from duonen_stats.displays.drawings.scatter import ScatterGroup, draw_scatter
from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    Number,
    PatientPoints,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import analyte_name, fixed, lower_first
from duonen_stats.displays.safety.laboratory import FEWER_LOOKS
from duonen_stats.results import ids
from duonen_stats.results.analyses.exposure.dose_effect import (
    ORGAN_EFFECTS,
    activity_pairs,
    analyse_dose_effect,
    complete_pairs,
    dose_effect_pairs,
)
from duonen_stats.results.rows.groups import each_group


def _layout(material: Material) -> Layout:
    look = material.look
    rows = []
    for organ, (_, category) in ORGAN_EFFECTS.items():
        rows.append(TableRow(cells=((f"Cumulative {organ} dose",), *((),) * 7), kind="group"))
        for analyte in material.study.analytes:
            if analyte.category != category:
                continue
            block = ids.dose_effect(organ, analyte.code)
            spearman, partial = ids.correlation(block, "spearman"), ids.partial_correlation(block)
            limits: Line = (look.fixed(spearman.stat("ci_low"), 2),)
            if look.results.value(spearman.stat("ci_low")) is not None:
                limits = (*limits, " to ", look.fixed(spearman.stat("ci_high"), 2))
            cells = (
                (f"Worst Δ of {lower_first(analyte_name(analyte))}",),
                (look.count(block.stat("n")),),
                (look.fixed(spearman.stat("rho"), 2),),
                limits,
                (look.p(spearman.stat("p")),),
                (look.fixed(partial.stat("rho"), 2),),
                (look.p(partial.stat("p")),),
                (look.fixed(ids.correlation(block, "pearson").stat("r"), 2),),
            )
            rows.append(TableRow(cells=cells, indent=1))
    columns = (
        Column(header="Analyte", align="left", weight=2),
        Column(header="Pairs", below=("n",), weight=0.6),
        Column(header="Spearman", below=("ρ",)),
        Column(header=f"{100 * material.plan.confidence:g} % interval", below=("of ρ",), weight=1.5),
        Column(header="Spearman", below=("p",)),
        Column(header="Adjusted for arm", below=("partial ρ",)),
        Column(header="Adjusted for arm", below=("p",)),
        Column(header="Pearson", below=("r",)),
    )
    method = look.results.row(
        ids.correlation(ids.dose_effect("marrow", "HGB"), "spearman").stat("rho")
    ).method
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(
            f"{SHOWN[Population.SAFETY]}, patients with {complete_dosimetry('the organ')} and a worst change",
        ),
        footnotes=((f"Spearman: {method}. Partial ρ: ranks adjusted for the arms' means.",), (FEWER_LOOKS,)),
    )


DOSE_EFFECT = Display(
    key="table_s2",
    label="Table S2",
    ich_number="14.3.4.6",
    title="Worst laboratory change against organ dose",
    analyses=(analyse_dose_effect,),
    layout=_layout,
    datasets=("ADDOS", "ADLB"),
    exploratory=True,
)


# Figures 3 and 6: does the dose follow the activity, does harm follow the dose?


def _scatter_groups(
    material: Material, pairs: pd.DataFrame, x: str, y: str, n_of: Callable[[str], str] | None
) -> list[ScatterGroup]:
    groups = []
    for code, members in each_group(complete_pairs(pairs, x, y), material.study, total=False):
        arm = material.study.arm(code)
        n = None if n_of is None else material.look.count(n_of(arm.code))
        groups.append(
            ScatterGroup(
                arm=arm.code,
                label=arm.label,
                x=members[x].astype(float).tolist(),
                y=members[y].astype(float).tolist(),
                n=n,
                links=material.links(members["USUBJID"]) if "USUBJID" in members else (),
                mark=f"{x}-{y}-{arm.code}",
            )
        )
    return groups


def _points(
    material: Material,
    pairs: pd.DataFrame,
    groups: Sequence[ScatterGroup],
    columns: tuple[str, str],
    measures: tuple[str, str],
    decimals: tuple[int, int],
) -> tuple[PatientPoints, ...]:
    """Say which patients the points of the groups are; ``decimals`` are those of either measure."""
    members = dict(each_group(complete_pairs(pairs, *columns), material.study, total=False))
    return tuple(
        one
        for group in groups
        for one in material.points(
            group.mark,
            measures,
            members[group.arm]["USUBJID"],
            (fixed(value, decimals[0]) for value in group.x),
            (fixed(value, decimals[1]) for value in group.y),
        )
    )


def _correlation(material: Material, block: ids.Block) -> Line:
    look = material.look
    kind, letter, sign = {"spearman": ("spearman", "rho", "ρ"), "pearson": ("pearson", "r", "r")}[
        material.plan.correlation
    ]
    found = ids.correlation(block, kind)
    return (
        f"{kind.capitalize()} {sign} = ",
        look.fixed(found.stat(letter), 2),
        ", ",
        *look.p_equals(found.stat("p")),
        ", n = ",
        look.count(block.stat("n")),
    )


def _numbers(line: Line) -> tuple[Number, ...]:
    return tuple(part for part in line if isinstance(part, Number))


def _layout_modification_and_dose(material: Material) -> Layout:
    arm = material.study.arm("C")
    isotope = material.study.isotope(str(arm.modified_isotope))
    pairs = activity_pairs(material.data, arm.code, material.study)
    groups = [
        group for group in _scatter_groups(material, pairs, "CHANGE", "DOSE", None) if group.arm == arm.code
    ]
    note = _correlation(material, ids.activity_effect(arm.code))
    x, y = (
        f"Mean change of {isotope.label} activity, cycles 2–{len(material.study.cycles)} against 1 (MBq)",
        "Cumulative kidney dose (Gy)",
    )
    return Layout(
        content=FigureContent(
            draw=lambda: draw_scatter(
                groups, x_label=x, y_label=y, notes=(note,), zero_x=True, from_zero_y=True, legend=False
            ),
            alt=alt_text.describe_scatter(groups, x_measure=x, y_measure=y, notes=(note,)),
            numbers=_numbers(note),
            points=_points(material, pairs, groups, ("CHANGE", "DOSE"), (x, y), (0, 1)),
        ),
        population=(
            f"{SHOWN[Population.SAFETY]}, arm {arm.code}, patients with a second cycle and "
            f"{complete_dosimetry('the kidney')}",
        ),
        sentence=(f"In arm {arm.code}, change of activity against kidney dose: ", *note, "."),
    )


def _layout_dose_effect(material: Material) -> Layout:
    analyte = material.study.analyte("LYMPH")
    pairs = dose_effect_pairs(material.data, "marrow", analyte.code)
    block = ids.dose_effect("marrow", analyte.code)

    def pairs_of(arm: str) -> str:
        return ids.dose_effect_arm("marrow", analyte.code, arm).stat("n")

    groups = _scatter_groups(material, pairs, "DOSE", "WORST", pairs_of)
    note = _correlation(material, block)
    x, y = (
        "Cumulative marrow dose (Gy)",
        f"Worst change of {lower_first(analyte_name(analyte))} from {material.plan.baseline_visit} "
        f"({analyte.display_unit})",
    )
    in_legend = tuple(group.n for group in groups if group.n is not None)
    return Layout(
        content=FigureContent(
            draw=lambda: draw_scatter(
                groups, x_label=x, y_label=y, notes=(note,), zero_y=True, from_zero_x=True, width_mm=120.0
            ),
            alt=alt_text.describe_scatter(groups, x_measure=x, y_measure=y, notes=(note,)),
            numbers=(*in_legend, *_numbers(note)),
            points=_points(material, pairs, groups, ("DOSE", "WORST"), (x, y), (3, analyte.change_decimals)),
        ),
        population=(
            f"{SHOWN[Population.SAFETY]}, patients with {complete_dosimetry('the marrow')} and a worst change",
        ),
        sentence=("Worst change of lymphocytes against marrow dose: ", *note, "."),
        footnotes=((FEWER_LOOKS,),),
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
    individual=True,
)
FIGURE_6 = Display(
    key="figure_6",
    label="Figure 6",
    ich_number="14.3.4.9F",
    title="Worst lymphocyte change and cumulative marrow dose",
    analyses=(analyse_dose_effect,),
    layout=_layout_dose_effect,
    datasets=("ADDOS", "ADLB"),
    exploratory=True,
    individual=True,
)
