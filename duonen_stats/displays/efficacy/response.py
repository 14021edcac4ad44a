"""Tumour response: rates with exact limits, best change in a waterfall, duration."""

from math import isnan

from duonen_stats.datasets.efficacy.best_response import NEITHER
from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.bars import ReferenceLine, WaterfallGroup, draw_waterfall
from duonen_stats.displays.efficacy.survival_tables import curve_rows, group_columns, median
from duonen_stats.displays.model.content import (
    FigureContent,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import (
    RANDOMISED,
    compared_groups,
    confidence,
    experimental,
    group_name,
    interval,
    limits_method,
)
from duonen_stats.displays.model.format import MINUS, TO
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.response import analyse_response, best_changes, in_id
from duonen_stats.results.analyses.efficacy.survival import analyse_survival
from duonen_stats.results.rows.groups import ALL, by_arm

_BEST = (
    ("CR", "Complete response"),
    ("PR", "Partial response"),
    ("SD", "Stable disease"),
    (NEITHER, "Neither complete response nor progression"),
    ("PD", "Progressive disease"),
    ("NE", "Not evaluable"),
)
_LINES = (
    ReferenceLine(value=20.0, label="+20%: growth of PD"),
    ReferenceLine(value=-30.0, label=f"{MINUS}30%: response"),
)


def _exact(material: Material, name: str, group: str) -> Line:
    look, block = material.look, ids.response_rate(name, group)
    return (look.fixed(block.stat("ci_low"), 1), "–", look.fixed(block.stat("ci_high"), 1))


def _layout_rates(material: Material) -> Layout:
    look, groups = material.look, compared_groups(material)
    rows = [
        TableRow(
            cells=((f"Best overall response, n (%) [{confidence(material)}]",), *((),) * len(groups)),
            kind="group",
        )
    ]
    for code, name in _BEST:
        if code == NEITHER and not _neither(material):
            continue
        cells = tuple(look.n_percent_limits(ids.best_response(in_id(code), group)) for group in groups)
        rows.append(TableRow(cells=((name,), *cells), indent=1))
    for code, name in (("orr", "Objective response, n (%)"), ("dcr", "Disease control, n (%)")):
        rates = tuple(look.n_percent(ids.response_rate(code, group)) for group in groups)
        exact = tuple(_exact(material, code, group) for group in groups)
        rows.append(TableRow(cells=((name,), *rates)))
        rows.append(TableRow(cells=((f"{confidence(material)}, %",), *exact), indent=1))
    changes = tuple(look.median_range(ids.best_change(group), 1, to=TO) for group in groups)
    rows.append(TableRow(cells=(("Best change, %, median (range)",), *changes)))
    return Layout(
        content=TableContent(
            columns=group_columns(material, "", "pfs", groups),
            rows=tuple(rows),
        ),
        population=(RANDOMISED,),
        sentence=_difference(material, "orr"),
        footnotes=(
            (
                "RECIST 1.1. Objective response: complete or partial; disease control: these or "
                f"{_stable(material)}. All "
                "randomised patients are the denominator. Best change: of the sum of diameters. Limits: "
                f"{limits_method(material)}; those of the difference by Newcombe.",
            ),
            (_judged(material.plan),),
        ),
    )


def _neither(material: Material) -> bool:
    """Whether any patient has the best response of those without measured lesions."""
    found = material.look.results.value(ids.best_response(in_id(NEITHER), ALL).stat("n"))
    return found is not None and found > 0


def _stable(material: Material) -> str:
    """Name what counts as disease control beside a response."""
    more = ", or neither complete response nor progression" if _neither(material) else ""
    return f"stable disease{more}"


def _judged(plan: Plan) -> str:
    """Say what a response needs, and how disease after a complete response is read."""
    most = plan.confirmation_not_evaluable
    between = {
        0: "with no assessment in between that is not evaluable",
        1: "with at most one assessment in between that is not evaluable",
    }.get(most, f"with at most {most} assessments in between that are not evaluable")
    again = (
        f", {plan.confirmation_days} days later or more, {between}"
        if plan.response_confirmation == "confirmed"
        else ""
    )
    return (
        f"Response: {plan.words('response_confirmation')}{again}. SD or PR after a complete response that was not seen "
        f"twice: {plan.words('disease_after_complete_response')}. Baseline: {plan.words('baseline_scan')}; at most "
        f"{plan.baseline_scan_days} days before the start of treatment, {plan.words('baseline_scan_outside')}."
    )


def _difference(material: Material, name: str) -> Line:
    block = ids.response_difference(name)
    names = f"{group_name(material, experimental(material))} less {material.plan.control_arm}"
    return (
        f"Difference of objective response, {names}, in percentage points: ",
        *interval(material.look, block, "estimate", 1), ".",
    )  # fmt: skip


def _layout_waterfall(material: Material) -> Layout:
    changes = by_arm(best_changes(material.data.adrs), "AVAL", material.study)
    groups = [
        WaterfallGroup(
            arm=arm,
            label=group_name(material, arm),
            values=sorted((float(value) for value in values if not isnan(value)), reverse=True),
            n=material.look.count(ids.best_change(arm).stat("n")),
        )
        for arm, values in changes.items()
    ]
    y = "Best change of the sum of diameters from baseline (%)"
    words = "; ".join(f"{group.label}: n = {group.n.text}" for group in groups)
    empty = "" if any(group.values for group in groups) else " There are no data to draw."
    return Layout(
        content=FigureContent(
            draw=lambda: draw_waterfall(groups, y_label=y, lines=_LINES, width_mm=style.FULL_WIDTH),
            alt=f"Waterfall of the best change of tumour size, a bar for every patient, by arm. {words}.{empty}",
            numbers=tuple(group.n for group in groups),
        ),
        population=("Randomised patients measured at baseline and after it",),
        footnotes=(
            (
                "Up to the first progression and to another antitumour treatment. New lesions are not in the sum. "
                f"Baseline: {material.plan.words('baseline_scan')}.",
            ),
        ),
    )


def _layout_duration(material: Material) -> Layout:
    groups = compared_groups(material)
    return Layout(
        content=TableContent(
            columns=group_columns(material, "", "dor", groups),
            rows=tuple(curve_rows(material, "dor", groups, reasons=False)),
        ),
        population=("Patients with an objective response",),
        sentence=(
            "Median duration of response: ",
            *median(material.look, ids.km("dor", ALL)), " months in all responders.",
        ),
        footnotes=(
            (
                "From the first response to progression or death; responders are not a randomised group, so arms are "
                "not compared.",
            ),
        ),
    )  # fmt: skip


RESPONSE_TABLE = Display(
    key="table_e7",
    label="Table E7",
    ich_number="14.2.5",
    title="Tumour response",
    analyses=(analyse_response, analyse_survival),
    layout=_layout_rates,
    datasets=("ADRS",),
    exploratory=True,
)
WATERFALL = Display(
    key="figure_e11",
    label="Figure E11",
    ich_number="14.2.9F",
    title="Best change of tumour size",
    analyses=(analyse_response,),
    layout=_layout_waterfall,
    datasets=("ADRS",),
    exploratory=True,
    individual=True,
)
DURATION_TABLE = Display(
    key="table_e8",
    label="Table E8",
    ich_number="14.2.7",
    title="Duration of response",
    analyses=(analyse_survival,),
    layout=_layout_duration,
    datasets=("ADTTE",),
    exploratory=True,
)
