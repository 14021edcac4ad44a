"""Table 4: which laboratory values change, when, and do the arms differ?"""

from duonen_stats.displays.content import Column, Line, Number, TableContent, TableRow
from duonen_stats.displays.display import Display, Layout, Material
from duonen_stats.displays.format import NOT_ESTIMABLE
from duonen_stats.displays.names import analyte_name, lower_first
from duonen_stats.results.groups import ALL
from duonen_stats.results.laboratory import analyse_laboratory
from duonen_stats.study import Analyte


def visit_named(material: Material, analysis_id: str) -> Line:
    """Write the visit a results row names: V4."""
    return (Number(analysis_id, material.look.results.row(analysis_id).variable_level or NOT_ESTIMABLE),)


def change_at(material: Material, analyte: Analyte, visit: str, group: str = ALL) -> Line:
    """Write the median change (first to third quartile) of an analyte at a visit."""
    block = f"labs.{analyte.code}.{visit}.{group}.change"
    return material.look.median_quartiles(block, analyte.change_decimals, to=" to ", signed=True)


def _between(material: Material, analyte: Analyte) -> Line:
    """Visits at which the planned test between arms is below alpha, each with its p."""
    look, plan = material.look, material.plan
    line: Line = ()
    for visit in plan.follow_up_visits:
        test = f"labs.{analyte.code}.{visit}.between.{plan.between_arm_test}.p"
        if look.below(test, plan.alpha):
            line += (", " if line else "", f"{visit} (", *look.p_equals(test), ")")
    return line or ("none",)


def _least_favourable(material: Material, analyte: Analyte) -> Line:
    """Write the visit least favourable for the analyte, and the median change there: V3 (+0.02)."""
    name = f"labs.{analyte.code}.least_favourable.visit"
    visit = material.look.results.row(name).variable_level
    line = visit_named(material, name)
    if visit:
        median = f"labs.{analyte.code}.{visit}.{ALL}.change.median"
        line = (*line, " (", material.look.fixed(median, analyte.change_decimals, signed=True), ")")
    return line


def _row(material: Material, analyte: Analyte) -> TableRow:
    look = material.look
    largest = look.results.row(f"labs.{analyte.code}.largest.visit").variable_level
    change: Line = ("–",)
    seen: Line = ("0",)
    if largest:
        change = change_at(material, analyte, largest)
        seen = (look.count(f"labs.{analyte.code}.{largest}.{ALL}.change.n"),)
    return TableRow(
        cells=(
            (f"{analyte_name(analyte)}, {analyte.display_unit}",),
            visit_named(material, f"labs.{analyte.code}.largest.visit"),
            seen,
            change,
            _between(material, analyte),
            _least_favourable(material, analyte),
        )
    )


def _layout(material: Material) -> Layout:
    plan = material.plan
    columns = (
        Column(header="Analyte, unit", align="left", weight=1.6),
        Column(header="Visit of largest", below=("median Δ",)),
        Column(header="Patients", below=("n",), weight=0.7),
        Column(header="Median Δ (IQR)", weight=1.9),
        Column(header=f"Between-arm p < {plan.alpha:g}", below=("visits",), weight=2.2),
        Column(header="Least favourable", below=("visit (median Δ)",), weight=1.3),
    )
    rows = tuple(_row(material, analyte) for analyte in material.study.analytes)
    test = material.between_test(f"labs.HGB.{plan.follow_up_visits[0]}.between")
    return Layout(
        content=TableContent(columns=columns, rows=rows),
        population=("Safety population, patients with a value at the visit and at ", plan.baseline_visit),
        sentence=_sentence(material),
        footnotes=(
            (
                f"Δ: change from {plan.baseline_visit}, all arms. Largest: the visit whose median Δ is largest in "
                "size. Least favourable: the visit with the lowest median Δ (the highest for creatinine, ALT, AST, "
                "bilirubin).",
            ),
            (
                f"Between arms: {test}, at each visit. T1–T4: before cycles 1–4; V1–V4: the visit after each cycle.",
            ),
            ("Nothing is carried forward: n is the number of patients with both values.",),
        ),
    )


def _sentence(material: Material) -> Line:
    line: Line = ("Largest median change among blood counts: ",)
    counts = [analyte for analyte in material.study.analytes if analyte.category == "HEMATOLOGY"]
    for analyte in counts:
        visit = material.look.results.row(f"labs.{analyte.code}.largest.visit").variable_level
        block = f"labs.{analyte.code}.{visit}.{ALL}.change.median"
        if not visit:
            continue
        line += (
            ", " if len(line) > 1 else "",
            f"{lower_first(analyte_name(analyte))} ",
            material.look.fixed(block, analyte.change_decimals, signed=True),
            f" {analyte.display_unit} at {visit}",
        )
    return (*line, ".")


SUMMARY = Display(
    key="table_4",
    label="Table 4",
    ich_number="14.3.4.1",
    title="Laboratory safety summary (Δ vs T1)",
    analyses=(analyse_laboratory,),
    layout=_layout,
    datasets=("ADLB",),
    exploratory=True,
)
