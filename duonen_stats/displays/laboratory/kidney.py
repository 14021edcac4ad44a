"""Tables S43 and S44, Figure S14: kidney function by category, by year, and patient by patient."""

from functools import partial

from duonen_stats.datasets.laboratory.kidney_course import CATEGORIES, KIDNEY
from duonen_stats.datasets.laboratory.patient_values import kidney_courses
from duonen_stats.displays.drawings.drawing import scale_for
from duonen_stats.displays.drawings.panels import Panel, PanelLine, draw_panels, in_one_column
from duonen_stats.displays.model.content import Column, FigureContent, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, interval, limits_method
from duonen_stats.displays.patients.baseline import arm_columns
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory.kidney import analyse_kidney
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.results.rows.times import experimental_arms

_DECIMALS = 2
_WORDS = {"worst": "Worst value after the first administration", "last": "Last value"}
_SAFETY = "Safety population"


def _layout_categories(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = (ALL, *arm_codes(study))
    rows: list[TableRow] = []
    skipped = []
    for visit in ids.kdigo_times(ids.Scope(study=study, plan=plan)):
        first = ids.kdigo(visit, CATEGORIES[0][0], ALL).stat("n")
        if not look.results.row(first).n:
            skipped.append(_WORDS.get(visit, visit))
            continue
        rows.append(TableRow(cells=((_WORDS.get(visit, visit),), *((),) * len(groups)), kind="group"))
        for category, _ in CATEGORIES:
            blocks = [ids.kdigo(visit, category, group) for group in groups]
            if look.results.value(blocks[0].stat("n")):
                cells = [look.n_percent(block) for block in blocks]
                rows.append(TableRow(cells=((category,), *cells), indent=1))
    rows.append(TableRow(cells=(("Change over all values",), *((),) * len(groups)), kind="group"))
    for label, maker in (
        ("Worse category, and a fall by 25 % or more", ids.kidney_progressed),
        ("Loss of more than 5 mL/min/1.73 m² a year", ids.kidney_rapid),
    ):
        cells = [look.n_percent_limits(maker(group)) for group in groups]
        rows.append(TableRow(cells=((label,), *cells), indent=1))
    columns = (
        Column(header="KDIGO category, patients", align="left", weight=1.7),
        *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
    )
    bounds = "; ".join(f"{name} from {bound:g}" for name, bound in CATEGORIES[:-1])
    notes: list[Line] = [
        (
            f"n (%) of the patients with a value; of changes [{confidence(material)}, {limits_method(material)}]. "
            f"Categories of eGFR in mL/min/1.73 m², by the unrounded value: {bounds}; G5 below 15. A category "
            "with nobody has no row. Yearly loss: the line of least squares, of patients with three values over a year "
            "at least.",
        )
    ]
    if skipped:
        notes.append((f"Nobody has a value yet: {', '.join(skipped)}.",))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(_SAFETY,),
        footnotes=tuple(notes),
    )


def _layout_slopes(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    experimental = experimental_arms(study, plan)
    rows: list[TableRow] = []
    order = (plan.egfr_slope, *(kind for kind in ids.SLOPES if kind != plan.egfr_slope))
    words = {
        "total": "Total slope, from baseline on",
        "chronic": "Chronic slope, without the first three months",
    }
    for place, kind in enumerate(order):
        model = ids.egfr_slopes(kind)
        head: Line = (
            f"{words[kind]}{'' if place == 0 else ' (alternative)'}: ", look.count(model.stat("n")), " patients, ",
            look.count(model.stat("values")), " values",
        )  # fmt: skip
        rows.append(TableRow(cells=(head, *((),) * 5), kind="group"))
        for arm in arm_codes(study):
            block = ids.egfr_slope(kind, arm)
            cells: list[Line] = [
                (look.count(block.stat("n")),),
                (look.count(block.stat("values")),),
                (look.fixed(block.stat("span"), 1),),
                interval(look, block, "slope", _DECIMALS, signed=True),
                ("reference",),
            ]
            if arm in experimental:
                other = ids.egfr_slope_difference(kind, arm)
                cell = interval(look, other, "difference", _DECIMALS, signed=True)
                if look.results.value(other.stat("p")) is not None:
                    cell = (*cell, "; ", *look.p_equals(other.stat("p")))
                cells[-1] = cell
            rows.append(TableRow(cells=((study.arm(arm).label,), *cells), indent=1))
    columns = (
        Column(header="Arm", align="left", weight=1.0),
        Column(header="Patients", below=("n",), weight=0.6),
        Column(header="Values", below=("n",), weight=0.6),
        Column(header="Median span", below=("years",), weight=0.7),
        Column(header="Yearly change", below=(f"mL/min/1.73 m² ({confidence(material)})",), weight=1.7),
        Column(
            header=f"Difference to arm {plan.control_arm}",
            below=(f"({confidence(material)}); p",),
            weight=2.0,
        ),
    )
    notes: list[Line] = [
        (
            "A straight line for each patient, with random intercept and slope, fitted by restricted maximum "
            f"likelihood; degrees of freedom after {plan.words('repeated_df')}. Window: baseline and all values after "
            "the first administration, late follow-up among them, but those of the day of an infusion and the three "
            "days after it. Lines over a few months say little of a year.",
        )
    ]
    alone = [
        kind
        for kind in ids.SLOPES
        if any(
            row.note_kind == "no_random_slope"
            for row in (look.results.row(ids.egfr_slope(kind, arm).stat("slope")) for arm in arm_codes(study))
        )
    ]
    if alone:
        notes.append(
            (
                f"Fitted without random slopes, because those of patients vary no more than by error: "
                f"{' and '.join(alone)} slope.",
            )
        )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(f"{_SAFETY}, patients with an eGFR",),
        footnotes=tuple(notes),
    )


def _layout_courses(material: Material) -> Layout:
    study, data = material.study, material.data
    courses = kidney_courses(data.adlb, data.adsl)
    scale = scale_for([value for course in courses for value in course.egfr], ticks=6)
    x_scale = scale_for([year for course in courses for year in course.years], ticks=8)
    by_arm = {arm: [course for course in courses if course.arm == arm] for arm in arm_codes(study)}
    panels = [
        Panel(
            title=study.arm(arm).label,
            lines=[PanelLine(arm=arm, x=course.years, y=course.egfr) for course in own],
            y_scale=scale,
            guides=tuple(
                bound for _, bound in CATEGORIES[:-1] if scale.ticks and scale.low < bound < scale.high
            ),
        )
        for arm, own in by_arm.items()
    ]
    unit = study.analyte(KIDNEY).display_unit
    arms = "; ".join(f"{study.arm(arm).label}: {len(own)} patients" for arm, own in by_arm.items())
    draw = partial(
        draw_panels, panels, x_scale=x_scale, x_label="Years from the first administration", y_label=f"eGFR, {unit}",
        patients=True,
    )  # fmt: skip
    return Layout(
        content=FigureContent(
            draw=lambda: draw(columns=2),
            alt=f"eGFR over time, a line for every patient, a panel for every arm. {arms}.",
            stacked=lambda: draw(**in_one_column(len(panels))),
        ),
        population=(_SAFETY,),
        footnotes=(
            ("Dashed: bounds of KDIGO categories, 90, 60, 45, 30 and 15 mL/min/1.73 m², as far as they are shown.",),
        ),
    )  # fmt: skip


KIDNEY_CATEGORIES = Display(
    key="table_s43",
    label="Table S43",
    ich_number="14.3.4.33",
    title="Kidney function by KDIGO category",
    analyses=(analyse_kidney, analyse_adverse_events),
    layout=_layout_categories,
    datasets=("ADLB",),
)
KIDNEY_SLOPES = Display(
    key="table_s44",
    label="Table S44",
    ich_number="14.3.4.34",
    title="Yearly change of kidney function by arm",
    analyses=(analyse_kidney,),
    layout=_layout_slopes,
    datasets=("ADLB", "ADEX"),
    exploratory=True,
)
KIDNEY_COURSES = Display(
    key="figure_s14",
    label="Figure S14",
    ich_number="14.3.4.34F",
    title="eGFR of every patient over time, by arm",
    analyses=(),
    layout=_layout_courses,
    datasets=("ADLB",),
    individual=True,
)
