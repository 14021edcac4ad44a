"""Table 5: which adverse events, how severe, in how many patients?"""

from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, limits_method
from duonen_stats.displays.model.format import noun_of
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.rows.groups import ALL


def _row(material: Material, label: str, code: str, kind: str = "body") -> TableRow:
    look = material.look
    cells = (
        (label,),
        look.n_percent(ids.events(code, "any")),
        look.n_percent(ids.events(code, "grade_ge3")),
        look.n_percent_limits(ids.event_patients(code, "any", ALL)),
        look.n_percent_limits(ids.event_patients(code, "grade_ge3", ALL)),
    )
    return TableRow(cells=cells, kind="total" if kind == "total" else "body")


def reporting_period(material: Material) -> str:
    """Say from when to when an event is treatment-emergent."""
    if material.plan.ae_reporting == "as_collected":
        return "from the first cycle on, as long as they were collected"
    days = f"{material.plan.ae_reporting_days} {noun_of(material.plan.ae_reporting_days, 'day')}"
    return f"from the first cycle to {days} after the last, or to discontinuation if that is later"


def outside_note(material: Material) -> tuple[Line, ...]:
    """Say how many events are not counted, because they began before or after the period; nothing if there are none."""
    look, parts = material.look, []
    for when, words in (("before", "before the first cycle"), ("after", "after the end of the period")):
        block, severe = (ids.events_outside(when, severity) for severity in ("any", "grade_ge3"))
        number = look.results.value(block.stat("n"))
        if number:
            events: Line = (look.count(block.stat("n")), f" {noun_of(number, 'event')} in ")
            events += (
                look.count(block.stat("patients")),
                " ",
                noun_of(look.results.value(block.stat("patients")), "patient"),
            )
            parts.append((*events, f" {words}, of grade 3 or higher: ", look.count(severe.stat("n"))))
    if not parts:
        return ()
    line: Line = ("Not counted: ",)
    for index, part in enumerate(parts):
        line += ("; " if index else "", *part)
    return ((*line, "."),)


def incomplete_notes(material: Material) -> tuple[Line, ...]:
    """Say how many counted events have no date of onset, or no grade and what that leaves open; nothing if none."""
    look, notes = material.look, []
    for what in ("date", "grade"):
        block = ids.events_without(what)
        number, patients = (look.results.value(block.stat(name)) for name in ("n", "patients"))
        if not number:
            continue
        line: Line = (
            look.count(block.stat("n")), f" {noun_of(number, 'event')} in ", look.count(block.stat("patients")),
            f" {noun_of(patients, 'patient')}",
        )  # fmt: skip
        if what == "date":
            why = "Without a date of onset, and counted because not known to have ended before the first cycle: "
            notes.append((why, *line, "."))
            continue
        open_ = ids.events_ungraded("total", ALL)
        words: Line = ("Without a grade, and counted only under any grade: ", *line, ". ")
        if look.results.value(open_.stat("n")):
            words += (
                "Whether it was grade 3 or higher is not known of ", look.count(open_.stat("n")),
                f" {noun_of(look.results.value(open_.stat('n')), 'patient')} without another such event: with none or "
                "all of them, patients with an event of grade 3 or higher are ",
                *look.limits(open_, low="bound_low", high="bound_high"), "%.",
            )  # fmt: skip
        notes.append(words)
    return tuple(notes)


def _layout(material: Material) -> Layout:
    look = material.look
    of_patients = f"n (%) [{confidence(material)}]"
    columns = (
        Column(header="Category", align="left", weight=1.6),
        Column(header="All reported events", below=("n (% of events)",), weight=1.1),
        Column(header="Events grade ≥3", below=("n (% of events)",)),
        Column(header="Patients with an event", below=(of_patients,), weight=1.3),
        Column(header="Patients, grade ≥3", below=(of_patients,), weight=1.3),
    )
    seen = [
        category
        for category in material.study.ae_categories
        if category.code != "OTHER" or look.results.value(ids.events("OTHER", "any").stat("n"))
    ]
    rows = [_row(material, category.label, category.code) for category in seen]
    rows.append(_row(material, "Total", "total", "total"))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Safety population, N = ", look.count(ids.disposition("safety", ALL).stat("n"))),
        sentence=(
            look.count(ids.events("total", "any").stat("n")),
            " events were reported in ",
            look.count(ids.event_patients("total", "any", ALL).stat("n")),
            " patients; ",
            look.count(ids.events("total", "grade_ge3").stat("n")),
            " events were of grade 3 or higher.",
        ),
        footnotes=(
            (
                f"Treatment-emergent events, {reporting_period(material)}, as graded by investigators (CTCAE v5.0). "
                "Percentages of events are rounded one by one, so they need not add up to 100; they have no limits, "
                "because the events of one patient are not independent. A patient counts once in a row. Limits: "
                f"{limits_method(material)}.",
            ),
            *outside_note(material),
            *incomplete_notes(material),
            (
                "Grades derived from laboratory values are another dataset and are not merged with these reports.",
            ),
        ),
    )


TABLE_5 = Display(
    key="table_5",
    label="Table 5",
    ich_number="14.3.1.1",
    title="Adverse events reported during treatment",
    analyses=(analyse_adverse_events, analyse_disposition),
    layout=_layout,
    datasets=("ADAE", "ADSL"),
)
