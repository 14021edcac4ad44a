"""Tables S10 and S11: change from baseline by visit and arm, and between visits in the same patients."""

from itertools import pairwise

from duonen_stats.displays.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.display import Display, Layout, Material
from duonen_stats.displays.names import analyte_name
from duonen_stats.displays.safety import change_at
from duonen_stats.results.groups import ALL, arm_codes
from duonen_stats.results.laboratory import analyse_laboratory


def _layout_changes(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = (ALL, *arm_codes(study))
    rows: list[TableRow] = []
    for analyte in study.analytes:
        heading = f"{analyte_name(analyte)}, {analyte.display_unit}"
        rows.append(TableRow(cells=((heading,), *((),) * len(groups)), kind="group"))
        for visit in plan.follow_up_visits:
            cells: list[Line] = []
            for group in groups:
                n = look.count(f"labs.{analyte.code}.{visit}.{group}.change.n")
                cells.append((*change_at(material, analyte, visit, group), "; ", n))
            rows.append(TableRow(cells=((visit,), *cells), indent=1))
    columns = (
        Column(header="Analyte, visit", align="left", weight=1.1),
        Column(header="All arms"),
        *(Column(header=arm.label) for arm in study.arms),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(f"Safety population, patients with a value at the visit and at {plan.baseline_visit}",),
        footnotes=(("Median change (first to third quartile); number of patients.",),),
    )


def _layout_paired(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    visits = plan.follow_up_visits
    pairs = [*pairwise(visits), *((plan.baseline_visit, visit) for visit in visits)]
    test = {"wilcoxon": "wilcoxon", "paired_t": "paired_t"}[plan.paired_test]
    rows = []
    for analyte in study.analytes:
        cells: list[Line] = []
        for earlier, later in pairs:
            block = f"labs.{analyte.code}.{earlier}_{later}.paired.{test}"
            cells.append((look.p(f"{block}.p"),))
        rows.append(TableRow(cells=((analyte_name(analyte),), *cells)))
    columns = (
        Column(header="Analyte", align="left", weight=1.5),
        *(Column(header=f"{earlier}→{later}", below=("p",)) for earlier, later in pairs),
    )
    method = look.results.row(f"labs.HGB.{visits[0]}_{visits[1]}.paired.{test}.p").method
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Safety population, patients with values at both visits",),
        footnotes=((f"Test: {method}. Number of pairs: in the results table, beside each p.",),),
    )


CHANGES = Display(
    key="table_s10",
    label="Table S10",
    ich_number="14.3.4.2",
    title="Change from T1 by visit and arm",
    analyses=(analyse_laboratory,),
    layout=_layout_changes,
    datasets=("ADLB",),
)
PAIRED = Display(
    key="table_s11",
    label="Table S11",
    ich_number="14.3.4.3",
    title="Changes between visits in the same patients",
    analyses=(analyse_laboratory,),
    layout=_layout_paired,
    datasets=("ADLB",),
    exploratory=True,
)
