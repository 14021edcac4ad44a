"""Table 4: which laboratory values change, when, and do the arms differ?"""

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import (
    Column,
    Line,
    Number,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import NOT_ESTIMABLE
from duonen_stats.displays.model.names import analyte_name, lower_first
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory import analyse_laboratory
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.study import Analyte


def visit_named(material: Material, analysis_id: str) -> Line:
    """Write the visit a results row names: V4."""
    return (Number(analysis_id, material.look.results.row(analysis_id).variable_level or NOT_ESTIMABLE),)


def change_at(material: Material, analyte: Analyte, visit: str, group: str = ALL) -> Line:
    """Write the median change (first to third quartile) of an analyte at a visit."""
    block = ids.lab_change(analyte.code, visit, group)
    return material.look.median_quartiles(block, analyte.change_decimals, to=" to ", signed=True)


def _between(material: Material, analyte: Analyte) -> Line:
    """Visits at which the planned test between arms is below alpha, each with its p."""
    look, plan = material.look, material.plan
    line: Line = ()
    for visit in plan.follow_up_visits:
        test = ids.between(ids.lab_visit(analyte.code, visit), plan.between_arm_test).stat("p")
        if look.below(test, plan.alpha):
            line += (", " if line else "", f"{visit} (", *look.p_equals(test), ")")
    return line or ("none",)


def patients_at(material: Material, analyte: Analyte, visit: str) -> Line:
    """Write the number of patients with a change at a visit, in all and by arm: 48 (13/14/11/10)."""
    look = material.look
    line: Line = (look.count(ids.lab_change(analyte.code, visit, ALL).stat("n")), " (")
    for place, arm in enumerate(arm_codes(material.study)):
        line += ("/" if place else "", look.count(ids.lab_change(analyte.code, visit, arm).stat("n")))
    return (*line, ")")


def _least_favourable(material: Material, analyte: Analyte) -> Line:
    """Write the visit least favourable for the analyte, the median change there and its patients: V3 (+0.02; 50)."""
    name = ids.lab_extreme(analyte.code, "least_favourable").stat("visit")
    visit = material.look.results.row(name).variable_level
    line = visit_named(material, name)
    if visit:
        change, look = ids.lab_change(analyte.code, visit, ALL), material.look
        median = look.fixed(change.stat("median"), analyte.change_decimals, signed=True)
        line = (*line, " (", median, "; ", look.count(change.stat("n")), ")")
    return line


def _row(material: Material, analyte: Analyte) -> TableRow:
    look = material.look
    largest = look.results.row(ids.lab_extreme(analyte.code, "largest").stat("visit")).variable_level
    change: Line = ("–",)
    seen: Line = ("0",)
    if largest:
        change = change_at(material, analyte, largest)
        seen = patients_at(material, analyte, largest)
    return TableRow(
        cells=(
            (f"{analyte_name(analyte)}, {analyte.display_unit}",),
            visit_named(material, ids.lab_extreme(analyte.code, "largest").stat("visit")),
            seen,
            change,
            _between(material, analyte),
            _least_favourable(material, analyte),
        )
    )


def _layout(material: Material) -> Layout:
    plan, study = material.plan, material.study
    visits = plan.follow_up_visits
    high = [lower_first(analyte_name(analyte)) for analyte in study.analytes if analyte.adverse == "high"]
    highest = f" (the highest for {', '.join(high)})" if high else ""
    columns = (
        Column(header="Analyte, unit", align="left", weight=2.0),
        Column(header="Visit of largest", below=("median Δ",)),
        Column(header="Patients", below=(f"n ({'/'.join(arm_codes(study))})",), weight=1.3),
        Column(header="Median Δ (IQR)", weight=1.9),
        Column(header=f"Between-arm p < {plan.alpha:g}", below=("visits",), weight=2.2),
        Column(header="Least favourable", below=("visit (median Δ; n)",), weight=1.6),
    )
    rows = tuple(_row(material, analyte) for analyte in study.analytes)
    test = material.between_test(ids.lab_visit("HGB", plan.follow_up_visits[0]))
    return Layout(
        content=TableContent(columns=columns, rows=rows),
        population=(
            f"{SHOWN[Population.SAFETY]}, patients with a value at the visit and at {plan.baseline_visit}",
        ),
        sentence=_sentence(material),
        footnotes=(
            (
                f"Δ: change from {plan.baseline_visit}, all arms. Largest: the visit whose median Δ is largest in "
                f"size. Least favourable: the visit with the lowest median Δ{highest}.",
            ),
            (
                f"Both visits are chosen from the data, among {', '.join(visits)}; no p-value and no interval allows "
                "for the choice. n is the number of patients with both values; nothing is carried forward, so that "
                "medians of different visits need not be of the same patients.",
            ),
            (
                f"Between arms: {test}, at each visit; a visit not named here has no p below {plan.alpha:g}. "
                "Table S10a shows the patients and the p of every visit.",
            ),
            (f"{visit_key(material)}.",),
        ),
        title=f"Laboratory safety summary (Δ vs {plan.baseline_visit})",
    )


def visit_key(material: Material) -> str:
    """Say what the visits of the plan are called in the data dictionary: T1: before cycle 1; V1: after cycle 1."""
    plan, study = material.plan, material.study
    visits = (plan.baseline_visit, *plan.follow_up_visits)
    return "; ".join(f"{visit}: {lower_first(study.visit(visit).label)}" for visit in visits)


def _sentence(material: Material) -> Line:
    parts: list[Line] = []
    for analyte in material.study.analytes:
        visit = material.look.results.row(
            ids.lab_extreme(analyte.code, "largest").stat("visit")
        ).variable_level
        if analyte.category != "HEMATOLOGY" or not visit:
            continue
        block, look = ids.lab_change(analyte.code, visit, ALL), material.look
        parts.append(
            (
                f"{lower_first(analyte_name(analyte))} ",
                look.fixed(block.stat("median"), analyte.change_decimals, signed=True),
                f" {analyte.display_unit} at {visit} (n = ",
                look.count(block.stat("n")),
                ")",
            )
        )
    if not parts:
        return ("No blood count has a change from baseline.",)
    joined = [part for place, line in enumerate(parts) for part in ((", ",) if place else ()) + line]
    return ("Largest median change among blood counts, at the visit chosen for it: ", *joined, ".")


SUMMARY = Display(
    key="table_4",
    label="Table 4",
    ich_number="14.3.4.1",
    title="Laboratory safety summary",
    analyses=(analyse_laboratory,),
    layout=_layout,
    datasets=("ADLB",),
    exploratory=True,
)
