"""Tables S16 and S46: laboratory values over the visits of the cycles, and of late follow-up, in one model each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, interval
from duonen_stats.displays.model.format import analyte_name, lower_first
from duonen_stats.displays.safety.laboratory import visit_key
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.repeated_values import (
    STRUCTURES,
    analyse_late_values,
    analyse_repeated_values,
)
from duonen_stats.results.rows.times import experimental_arms
from duonen_stats.study import Analyte


@dataclass(frozen=True, slots=True)
class _ShownModel:
    """What the blocks of a model are called."""

    model: Callable[[str], ids.Block]
    mean: Callable[[str, str, str], ids.Block]
    difference: Callable[[str, str, str], ids.Block]


_AT_CYCLES = _ShownModel(ids.lab_model, ids.lab_model_mean, ids.lab_model_difference)
_LATE = _ShownModel(ids.late_model, ids.late_mean, ids.late_difference)


def _visits(names: _ShownModel, material: Material) -> tuple[str, ...]:
    if names is _LATE:
        return ids.late_visits(ids.Scope(study=material.study, plan=material.plan))
    return material.plan.follow_up_visits


def _rows(names: _ShownModel, material: Material, analyte: Analyte) -> list[TableRow]:
    look, plan = material.look, material.plan
    experimental = experimental_arms(material.study, plan)
    model = names.model(analyte.code)
    named = f"{analyte_name(analyte)}, {analyte.display_unit}"
    if not look.results.value(model.stat("n")):
        # No number of patients: those who have values are not few, there is no model of them.
        reason = look.results.row(model.stat("base_at")).note
        head: Line = (f"{named}: no model could be fitted: {reason}",)
        return [TableRow(cells=(head, *((),) * (1 + len(experimental))), kind="group")]
    head = (
        f"{named}: ",
        look.count(model.stat("n")),
        " patients, ",
        look.count(model.stat("values")),
        " values",
    )
    used = look.results.row(model.stat("n")).variable_level
    if used and used != STRUCTURES["un" if plan.repeated_covariance == "unstructured" else "cs"]:
        head = (*head, f"; covariance matrix: {used}")
    rows = [TableRow(cells=(head, *((),) * (1 + len(experimental))), kind="group")]
    for visit in _visits(names, material):
        control = names.mean(analyte.code, visit, plan.control_arm)
        cells: list[Line] = [(visit,), interval(look, control, "mean", analyte.change_decimals, signed=True)]
        for arm in experimental:
            block = names.difference(analyte.code, visit, arm)
            cell = interval(look, block, "difference", analyte.change_decimals, signed=True)
            if look.results.value(block.stat("p")) is not None:
                cell = (*cell, "; ", *look.p_equals(block.stat("p")))
            cells.append(cell)
        rows.append(TableRow(cells=tuple(cells), indent=1))
    return rows


def _layout(names: _ShownModel, material: Material) -> Layout:
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
    rows = [row for analyte in study.analytes for row in _rows(names, material, analyte)]
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
            (f"{_visit_words(names, material)}.",),
        ),
    )


def _visit_words(names: _ShownModel, material: Material) -> str:
    """Say what the visits of the model are."""
    if names is not _LATE:
        return visit_key(material)
    first, *late = _visits(names, material)
    return f"{first}: {lower_first(material.study.visit(first).label)}; {', '.join(late)}: visits of late follow-up"


REPEATED_VALUES = Display(
    key="table_s16",
    label="Table S16",
    ich_number="14.3.4.8",
    title="Laboratory values over the visits: mean changes and differences to the control arm",
    analyses=(analyse_repeated_values,),
    layout=partial(_layout, _AT_CYCLES),
    datasets=("ADLB",),
    exploratory=True,
)
LATE_VALUES = Display(
    key="table_s46",
    label="Table S46",
    ich_number="14.3.4.41",
    title="Laboratory values in late follow-up: mean changes and differences to the control arm",
    analyses=(analyse_late_values,),
    layout=partial(_layout, _LATE),
    datasets=("ADLB",),
    exploratory=True,
)
