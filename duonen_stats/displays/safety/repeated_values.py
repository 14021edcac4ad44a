"""Table S16: laboratory values over all visits in one model."""

from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, interval
from duonen_stats.displays.model.format import analyte_name
from duonen_stats.displays.safety.laboratory import visit_key
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.repeated_values import STRUCTURES, analyse_repeated_values
from duonen_stats.results.rows.times import experimental_arms
from duonen_stats.study import Analyte


def _rows(material: Material, analyte: Analyte) -> list[TableRow]:
    look, plan = material.look, material.plan
    experimental = experimental_arms(material.study, plan)
    model = ids.lab_model(analyte.code)
    head: Line = (
        f"{analyte_name(analyte)}, {analyte.display_unit}: ",
        look.count(model.stat("n")),
        " patients, ",
        look.count(model.stat("values")),
        " values",
    )
    used = look.results.row(model.stat("n")).variable_level
    if used and used != STRUCTURES["un" if plan.repeated_covariance == "unstructured" else "cs"]:
        head = (*head, f"; covariance matrix: {used}")
    rows = [TableRow(cells=(head, *((),) * (1 + len(experimental))), kind="group")]
    for visit in plan.follow_up_visits:
        control = ids.lab_model_mean(analyte.code, visit, plan.control_arm)
        cells: list[Line] = [(visit,), interval(look, control, "mean", analyte.change_decimals, signed=True)]
        for arm in experimental:
            block = ids.lab_model_difference(analyte.code, visit, arm)
            cell = interval(look, block, "difference", analyte.change_decimals, signed=True)
            if look.results.value(block.stat("p")) is not None:
                cell = (*cell, "; ", *look.p_equals(block.stat("p")))
            cells.append(cell)
        rows.append(TableRow(cells=tuple(cells), indent=1))
    return rows


def _layout(material: Material) -> Layout:
    plan, study = material.plan, material.study
    control = plan.control_arm
    experimental = experimental_arms(study, plan)
    columns = (
        Column(header="Visit", align="left", weight=0.6),
        Column(header=f"Arm {control}", below=(f"mean Δ ({confidence(material)})",), weight=1.5),
        *(
            Column(
                header=f"Arm {arm} − {control}",
                below=(f"difference ({confidence(material)}); p",),
                weight=2.0,
            )
            for arm in experimental
        ),
    )
    rows = [row for analyte in study.analytes for row in _rows(material, analyte)]
    slope = plan.words("repeated_baseline")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Safety population, patients with a baseline and a value at one of the visits at least",),
        footnotes=(
            (
                f"Δ: change from {plan.baseline_visit}. Mixed model for repeated measures: arm, visit, arm by visit "
                f"and baseline ({slope}), fitted by restricted maximum likelihood; covariance of a patient's values: "
                f"{plan.words('repeated_covariance')}; degrees of freedom after {plan.words('repeated_df')}. Means "
                "are given at the mean baseline of the values used.",
            ),
            (
                "A patient takes part with the visits there are, which is right if what is missing depends on what was "
                "seen. Exploratory: no p-value is adjusted for the number of analytes, visits and arms.",
            ),
            (f"{visit_key(material)}.",),
        ),
    )


REPEATED_VALUES = Display(
    key="table_s16",
    label="Table S16",
    ich_number="14.3.4.8",
    title="Laboratory values over the visits: mean changes and differences to the control arm",
    analyses=(analyse_repeated_values,),
    layout=_layout,
    datasets=("ADLB",),
    exploratory=True,
)
