"""Tables S10 to S11: change by visit and arm, who and what is behind it, and changes in the same patients."""

from collections.abc import Iterable
from itertools import pairwise

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.model.names import analyte_name
from duonen_stats.displays.safety.laboratory import change_at, visit_key
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory import analyse_laboratory
from duonen_stats.results.rows.groups import ALL, arm_codes

FEWER_LOOKS = (
    "A patient who leaves treatment early has fewer values from which the worst change is taken (Table S10a)."
)


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
                n = look.count(ids.lab_change(analyte.code, visit, group).stat("n"))
                cells.append((*change_at(material, analyte, visit, group), "; ", n))
            rows.append(TableRow(cells=((visit,), *cells), indent=1))
    columns = (
        Column(header="Analyte, visit", align="left", weight=1.1),
        Column(header="All arms"),
        *(Column(header=arm.label) for arm in study.arms),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(
            f"{SHOWN[Population.SAFETY]}, patients with a value at the visit and at {plan.baseline_visit}",
        ),
        footnotes=(
            ("Median change (first to third quartile); number of patients.",),
            (f"{visit_key(material)}.",),
        ),
        title=f"Change from {plan.baseline_visit} by visit and arm",
    )


def _by_arm(look: Lookup, blocks: Iterable[ids.Block]) -> Line:
    """Write the number of patients of each block: 13/14/11/10."""
    line: Line = ()
    for block in blocks:
        line += ("/" if line else "", look.count(block.stat("n")))
    return line


def _looks(look: Lookup, block: ids.Block) -> Line:
    """Write the median (and the range) of a number of values: 3.5 (1–4)."""
    if look.results.value(block.stat("median")) is None:
        return (look.fixed(block.stat("median"), 1),)
    low, high = look.count(block.stat("min")), look.count(block.stat("max"))
    return (look.fixed(block.stat("median"), 1), " (", low, "–", high, ")")


def _layout_behind(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    arms = arm_codes(study)
    order = "/".join(arms)
    rows = []
    for analyte in study.analytes:
        cells: list[Line] = []
        for visit in plan.follow_up_visits:
            test = ids.between(ids.lab_visit(analyte.code, visit), plan.between_arm_test)
            seen = _by_arm(look, (ids.lab_change(analyte.code, visit, arm) for arm in arms))
            cells.append((*seen, "; ", look.p(test.stat("p"))))
        looks = [ids.lab_nadir_looks(analyte.code, group) for group in (ALL, *arms)]
        cells += [_by_arm(look, looks[1:]), *(_looks(look, block) for block in looks)]
        rows.append(TableRow(cells=((analyte_name(analyte),), *cells)))
    columns = (
        Column(header="Analyte", align="left", weight=1.2),
        *(
            Column(header=f"Δ at {visit}", below=(f"n {order}; p",), weight=1.7)
            for visit in plan.follow_up_visits
        ),
        Column(header="Worst Δ", below=(f"n {order}",), weight=1.2),
        Column(header="Looks, all", below=("median (range)",), weight=0.9),
        *(Column(header=f"Looks, {arm}", below=("median (range)",), weight=0.9) for arm in arms),
    )
    scope = {
        "follow_up": f"the follow-up visits {', '.join(plan.follow_up_visits)}",
        "on_treatment": "all records on treatment",
    }[plan.nadir_scope]
    first = ids.lab_visit(study.analytes[0].code, plan.follow_up_visits[0])
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=(f"{SHOWN[Population.SAFETY]}, patients with a change from {plan.baseline_visit}",),
        footnotes=(
            (
                f"Δ at a visit: patients of arms {order} with a change; p between arms by "
                f"{material.between_test(first)}, not adjusted for the number of visits (Holm's "
                "adjustment is in Table S12).",
            ),
            (
                f"Looks: number of values per patient, from {scope}, of which the worst Δ is the worst. A patient who "
                "leaves treatment early has fewer looks, so that the worst Δ tends to be smaller; no p-value allows "
                "for this.",
            ),
        ),
    )


def _layout_paired(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    visits = plan.follow_up_visits
    pairs = [*pairwise(visits), *((plan.baseline_visit, visit) for visit in visits)]
    rows = []
    for analyte in study.analytes:
        cells: list[Line] = []
        for earlier, later in pairs:
            pair = ids.lab_pair(analyte.code, earlier, later)
            cells.append((look.p(ids.paired(pair, plan.paired_test).stat("p")),))
        rows.append(TableRow(cells=((analyte_name(analyte),), *cells)))
    columns = (
        Column(header="Analyte", align="left", weight=1.5),
        *(Column(header=f"{earlier}→{later}", below=("p",)) for earlier, later in pairs),
    )
    first = ids.paired(ids.lab_pair("HGB", *pairs[0]), plan.paired_test)
    method = look.results.row(first.stat("p")).method
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(f"{SHOWN[Population.SAFETY]}, patients with values at both visits",),
        footnotes=((f"Test: {method}. Number of pairs: in the results table, beside each p.",),),
    )


CHANGES = Display(
    key="table_s10",
    label="Table S10",
    ich_number="14.3.4.2",
    title="Change from baseline by visit and arm",
    analyses=(analyse_laboratory,),
    layout=_layout_changes,
    datasets=("ADLB",),
)
BEHIND = Display(
    key="table_s10a",
    label="Table S10a",
    ich_number="14.3.4.2a",
    title="Patients and looks behind the changes of Table 4 and the worst changes",
    analyses=(analyse_laboratory,),
    layout=_layout_behind,
    datasets=("ADLB",),
    exploratory=True,
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
