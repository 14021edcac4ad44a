"""Table 4: which laboratory values change, when, and do the arms differ?"""

from collections.abc import Iterable
from itertools import pairwise

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import (
    Column,
    Line,
    Number,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import NOT_ESTIMABLE, analyte_name, lower_first
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.laboratory import analyse_laboratory
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
    """Visits at which the test between arms is below alpha, each with its p."""
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


def censored_note(material: Material) -> tuple[Line, ...]:
    """Say what results beyond a bound count as, if there are any."""
    number = ids.lab_censored().stat("n")
    if not material.look.results.value(number):
        return ()
    count = material.look.count(number)
    one = count.text == "1"
    words = material.plan.words("censored_results")
    what = " result is" if one else " results are"
    return ((count, f"{what} known only to lie below or above a bound; such results {words}."),)


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
            *censored_note(material),
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


# Tables S10 to S11: change by visit and arm, who and what is behind it, and changes in the same patients.


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
            *censored_note(material),
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
