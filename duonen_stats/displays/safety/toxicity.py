"""Tables S3 to S5: worst changes by modification, derived laboratory grades, events by arm."""

from collections.abc import Iterable

from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, limits_method
from duonen_stats.displays.model.format import analyte_name, grade_range
from duonen_stats.displays.patients.baseline import arm_columns
from duonen_stats.displays.safety.adverse_events import incomplete_notes, outside_note, reporting_period
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.analyses.safety.adverse_events import GRADES as EVENT_GRADES
from duonen_stats.results.analyses.safety.adverse_events import OF_INTEREST, analyse_adverse_events
from duonen_stats.results.analyses.safety.laboratory import analyse_laboratory
from duonen_stats.results.analyses.safety.toxicity import GRADES, analyse_toxicity
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.study import Analyte


def _layout_modification(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    follow_up = ", ".join(plan.follow_up_visits)
    scope = follow_up if plan.nadir_scope == "follow_up" else plan.words("nadir_scope")
    arms = [arm for arm in study.arms if arm.modified_isotope is not None]
    rows = []
    for analyte in study.analytes:
        cells: list[Line] = []
        for arm in arms:
            block = ids.lab_modification(analyte.code, arm.code)
            counts = [look.count(block.stat(f"n_{name}")) for name in ("increased", "decreased", "unchanged")]
            cells += [
                (counts[0], " / ", counts[1], " / ", counts[2]),
                (look.p(ids.modification_test(analyte.code, arm.code).stat("p")),),
                (look.p(ids.modification_test(analyte.code, arm.code, changed=True).stat("p")),),
            ]
        rows.append(TableRow(cells=((analyte_name(analyte),), *cells)))
    columns = [Column(header="Worst Δ of", align="left", weight=1.4)]
    for arm in arms:
        columns += [
            Column(header=arm.label, below=("n ↑ / ↓ / =",), weight=1.6),
            Column(header=arm.label, below=("p (3)",), weight=0.8),
            Column(header=arm.label, below=("p (2)",), weight=0.8),
        ]
    return Layout(
        content=TableContent(columns=tuple(columns), rows=tuple(rows)),
        population=("Safety population, arms with a modified isotope",),
        footnotes=(
            (
                f"Worst change from {plan.baseline_visit} over {scope}, compared within the arm by Kruskal–Wallis: "
                "increased, decreased and unchanged (3), one category per patient; "
                "changed either way against unchanged (2). No p if a category has fewer than "
                f"{plan.min_group} patients.",
            ),
            *_other_test(plan),
        ),
    )


def _other_test(plan: Plan) -> tuple[Line, ...]:
    """Say why the test within an arm is not the one that the plan chooses between arms, if it is another."""
    if plan.between_arm_test == "kruskal_wallis":
        return ()
    return (
        (
            f"Between arms this plan has {plan.words('between_arm_test')}. Categories within an arm are compared by "
            "Kruskal–Wallis under every plan, because they have too few patients for a test of means.",
        ),
    )


def _layout_grades(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    rows = []
    for analyte in study.analytes:
        highest = analyte.highest_grade(plan.ctcae_version)
        cells: list[Line] = [
            look.n_percent_limits(ids.toxicity_grade(analyte.code, grade, ALL))
            if grade <= highest > 0
            else ("not derivable",)
            for grade in GRADES
        ]
        severe = look.n_percent_limits(ids.toxicity_severe(analyte.code, ALL))
        cells.append(severe if highest else ("not derivable",))
        cells.append((look.count(ids.toxicity_undecided(analyte.code, ALL).stat("n")),))
        seen = (look.count(ids.toxicity_seen(analyte.code, ALL)),)
        rows.append(TableRow(cells=((analyte_name(analyte),), seen, *cells)))
    columns = (
        Column(header="Analyte", align="left", weight=1.2),
        Column(header="Patients", below=("n",), weight=0.7),
        *(Column(header=f"Grade {grade}") for grade in GRADES),
        Column(header="Grade ≥3"),
        Column(header="Undecided", below=("n",), weight=0.8),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Safety population, patients with a value on treatment",),
        footnotes=(
            (
                f"n (%) [{confidence(material)}, {limits_method(material)}]. Worst {plan.words('ctcae_version')} grade "
                "derived from laboratory values; grade 4 anemia is a clinical verdict and cannot be derived. Not "
                "merged with the events investigators reported (Table 5).",
            ),
            *_undecided_notes(material),
            *without_term(material),
        ),
    )


def without_term(material: Material) -> tuple[Line, ...]:
    """Say which analytes the version of CTCAE has no term for in the direction that is adverse, if there are any."""
    version = material.plan.ctcae_version
    missing = [one for one in material.study.analytes if not one.highest_grade(version)]
    lines: list[Line] = []
    for direction in ("low", "high"):
        names = [analyte_name(one) for one in missing if one.adverse == direction]
        if names:
            words = material.plan.words("ctcae_version")
            lines.append((f"{words} has no term for {direction} values of: {', '.join(names)}.",))
    return tuple(lines)


def _undecided_notes(material: Material) -> tuple[Line, ...]:
    """Say between which grades patients are undecided, and how many more may be of grade 3 or higher."""
    found = [part for analyte in material.study.analytes if (part := _undecided(material, analyte))]
    if not found:
        return ()
    line: Line = (
        "Undecided: a limit of normal or a baseline is missing, or a result is known only to lie beyond a bound, and "
        "the worst grade depends on it. ",
    )
    for index, part in enumerate(found):
        line += ("; " if index else "", *part)
    line += (
        ". Undecided patients are in no other column but Grade ≥3, where that is certain. In such a row a single grade "
        "is in percent of all patients, undecided ones included, and has no limits.",
    )
    severe = [ids.toxicity_severe(analyte.code, ALL) for analyte in material.study.analytes]
    if any(material.look.results.value(block.stat("n_unknown")) for block in severe):
        line += (
            " Grade ≥3 and its limits are of the patients for whom it is decided; the range above is of all patients.",
        )
    return (line,)


def _undecided(material: Material, analyte: Analyte) -> Line:
    """Patients of an analyte by the grades that are possible: ``ALT 2 (0 to 4), 1 (3 or 4)``."""
    look = material.look
    pairs = [
        (ids.toxicity_between(analyte.code, low, high, ALL).stat("n"), grade_range(low, high))
        for low, high in analyte.undecided_grades(material.plan.ctcae_version)
    ]
    seen = [pair for pair in pairs if look.results.value(pair[0])]
    if not seen:
        return ()
    line: Line = (f"{analyte_name(analyte)} ",)
    for index, (number, grades) in enumerate(seen):
        line += (", " if index else "", look.count(number), f" (grade {grades})")
    severe = ids.toxicity_severe(analyte.code, ALL)
    if not look.results.value(severe.stat("n_unknown")):
        return line
    unknown = look.count(severe.stat("n_unknown"))
    share = look.limits(severe, low="bound_low", high="bound_high")
    return (*line, ", so grade ≥3 is undecided for ", unknown, " and lies in ", *share, "%")


def _layout_events(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))

    def row(label: str, blocks: Iterable[ids.Block]) -> TableRow:
        return TableRow(cells=((label,), *(look.n_percent_limits(block) for block in blocks)), indent=1)

    def heading(label: str) -> TableRow:
        return TableRow(cells=((label,), *((),) * len(groups)), kind="group")

    def having(label: str, code: str, severity: str) -> TableRow:
        return row(label, (ids.event_patients(code, severity, group) for group in groups))

    others = look.results.value(ids.events("OTHER", "any").stat("n"))
    categories = [(c.label, c.code) for c in study.ae_categories if c.code != "OTHER" or others]
    unknown = (
        (row("Not known, an event without a grade", (ids.worst_event("unknown", g) for g in groups)),)
        if look.results.value(ids.worst_event("unknown", ALL).stat("n"))
        else ()
    )
    rows = [
        heading("Patients with at least one event"),
        *(having(label, code, "any") for label, code in (*categories, ("Any event", "total"))),
        heading("Patients with an event of grade 3 or higher"),
        having("Any event", "total", "grade_ge3"),
        heading("Patients by worst grade"),
        *(
            row(
                "No event" if grade == 0 else f"Grade {grade}",
                (ids.worst_event(grade, group) for group in groups),
            )
            for grade in (0, *EVENT_GRADES)
        ),
        *unknown,
        heading("Late or lasting harm, whenever it began after the first cycle"),
    ]
    for name, (label, _, _) in OF_INTEREST.items():
        harm = ids.event_of_interest(name)
        rows.append(row(label, (harm, *(ids.event_of_interest_arm(harm, arm) for arm in arm_codes(study)))))
    columns = (
        Column(header="Patients, n (%)", align="left", weight=1.8),
        *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Safety population",),
        footnotes=(
            (
                f"n (%) [{confidence(material)}, {limits_method(material)}]. Treatment-emergent events, "
                f"{reporting_period(material)}; a patient counts once in a row.",
            ),
            *outside_note(material),
            *incomplete_notes(material),
        ),
    )


MODIFICATION_AND_NADIR = Display(
    key="table_s3",
    label="Table S3",
    ich_number="14.3.4.4",
    title="Worst laboratory change by category of activity modification",
    analyses=(analyse_laboratory,),
    layout=_layout_modification,
    datasets=("ADLB", "ADEX"),
    exploratory=True,
)
LAB_GRADES = Display(
    key="table_s5",
    label="Table S5",
    ich_number="14.3.4.5",
    title="Worst laboratory grade on treatment",
    analyses=(analyse_toxicity,),
    layout=_layout_grades,
    datasets=("ADLB",),
)
EVENTS_BY_ARM = Display(
    key="table_s4",
    label="Table S4",
    ich_number="14.3.1.2",
    title="Patients with adverse events by arm and worst grade",
    analyses=(analyse_adverse_events, analyse_disposition),
    layout=_layout_events,
    datasets=("ADAE", "ADSL"),
)
