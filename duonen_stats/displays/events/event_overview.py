"""Adverse events in an overview, and as a registry wants them: patients and events by arm."""

from duonen_stats.displays.events.event_terms import coding_note, group_cells, term_rows, worsened_note
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, limits_method
from duonen_stats.displays.patients.baseline import arm_columns
from duonen_stats.displays.safety.adverse_events import incomplete_notes, outside_note, reporting_period
from duonen_stats.results import ids
from duonen_stats.results.analyses.events.event_overview import analyse_event_overview
from duonen_stats.results.analyses.events.event_terms import analyse_event_terms
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.rows.groups import ALL, arm_codes

_LINES = {
    "any": "Any event",
    "related": "Related to the treatment",
    "severe": "Grade 3 or higher",
    "severe_related": "Grade 3 or higher and related",
    "serious": "Serious",
    "serious_related": "Serious and related",
    "delayed": "Led to delay of a cycle",
    "reduced": "Led to a reduced activity",
    "discontinued": "Led to discontinuation of treatment",
    "fatal": "Led to death",
}
_AFTER = ("any", "related", "severe", "serious", "fatal")


def _cell(material: Material, block: ids.Block) -> Line:
    """Write patients with limits, and events: 5 (31.3%) [11.0–58.7]; 7."""
    look = material.look
    if look.results.value(block.stat("n")) is None:
        return (look.count(block.stat("n")),)
    return (*look.n_percent_limits(block), "; ", look.count(block.stat("events")))


def _deaths(material: Material, group: str) -> Line:
    """Write deaths with limits, or the dash alone where they are not shown by arm."""
    look, block = material.look, ids.deaths_from_treatment(group)
    if look.results.value(block.stat("n")) is None:
        return (look.count(block.stat("n")),)
    return look.n_percent_limits(block)


def _lines(material: Material) -> dict[str, str]:
    """Name the lines of the overview; those of single products stand below that of all, if the data name them."""
    study, results = material.study, material.look.results
    products = {
        f"related_{isotope.code.lower()}": f"Related to {isotope.label}"
        for isotope in study.isotopes
        if results.row(
            ids.event_overview(f"related_{isotope.code.lower()}", "treatment", ALL).stat("n")
        ).note_kind
        != "no_product"
    }
    found = {}
    for line, words in _LINES.items():
        found[line] = words
        if line == "related":
            found |= products
    return found


def follow_up_words(material: Material) -> str:
    """Say from when on events are of follow-up: ``on day 31 after the last cycle or later``."""
    first = material.plan.ae_reporting_days + 1
    return f"on day {first} after the last cycle or later, or after discontinuation if that is later"


def _layout_overview(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))

    def heading(words: str) -> TableRow:
        return TableRow(cells=((words,), *((),) * len(groups)), kind="group")

    def row(words: str, line: str, phase: str) -> TableRow:
        cells = [_cell(material, ids.event_overview(line, phase, group)) for group in groups]
        return TableRow(cells=((words,), *cells), indent=1)

    lines = _lines(material)
    rows = [heading("Treatment-emergent events")]
    rows += [row(words, line, "treatment") for line, words in lines.items()]
    late: tuple[Line, ...] = ()
    if material.plan.ae_reporting != "as_collected":
        rows.append(heading("Events of follow-up"))
        rows += [row(_LINES[line], line, "follow_up") for line in _AFTER]
        late = (
            (
                f"Events of follow-up began {follow_up_words(material)}. If only some events were asked for then, "
                "their numbers say nothing of the others.",
            ),
        )
    rows.append(heading("Deaths of treated patients"))
    deaths = [_deaths(material, group) for group in groups]
    rows.append(TableRow(cells=(("Any cause, from the first cycle on",), *deaths), indent=1))
    return Layout(
        content=TableContent(
            columns=(
                Column(header="Patients; events", align="left", weight=1.7),
                *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
            ),
            rows=tuple(rows),
            landscape=True,
        ),
        population=("Safety population",),
        footnotes=(
            (
                f"Patients: n (%) [{confidence(material)}, {limits_method(material)}]; number of events. A patient "
                f"counts once in a row. Treatment-emergent events: {reporting_period(material)}. An event led to death "
                "if its outcome is fatal or its grade 5. Where an answer is missing, a patient may belong to a row: "
                "the percentage is then a lower bound and has no limits.",
            ),
            *late,
            *_product_note(material, lines),
            *outside_note(material),
            *worsened_note(material),
            *incomplete_notes(material),
        ),
    )


def _product_note(material: Material, lines: dict[str, str]) -> tuple[Line, ...]:
    if any(line.startswith("related_") for line in lines) or material.blinded:
        return ()
    return (("The data do not say to which product an event is related.",),)


def _layout_registry(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = (ALL, *arm_codes(study))
    sections = (
        ("registry_serious", "Serious events, from the first cycle on"),
        ("registry_other", f"Other events, terms in at least {plan.ae_term_percent:g} % of an arm"),
    )
    heading: Line = ("Deaths of any cause, from the first cycle on",)
    deaths = [(look.count(ids.deaths_from_treatment(group).stat("n")),) for group in groups]
    rows = [
        TableRow(cells=(heading, *((),) * len(groups)), kind="group"),
        TableRow(cells=(("Patients",), *deaths), indent=1),
    ]
    for kind, words in sections:
        rows.append(TableRow(cells=((words,), *((),) * len(groups)), kind="group"))
        rows.append(
            TableRow(
                cells=(
                    ("Any",),
                    *group_cells(material, [ids.kind_patients(kind, group) for group in groups], share=False),
                ),
                indent=1,
            )
        )
        rows += term_rows(material, kind, share=False, indent=1)
    return Layout(
        content=TableContent(
            columns=(
                Column(header="Patients affected (events)", align="left", weight=1.9),
                *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
            ),
            rows=tuple(rows),
        ),
        population=("Safety population; N: patients at risk",),
        footnotes=(
            (
                "As a registry of trials wants it: serious events and deaths whenever they began after the first "
                f"cycle; other events while they are treatment-emergent, {reporting_period(material)}, if at least "
                f"{plan.ae_term_percent:g} % of the patients of any arm have one of the term. An event of which nobody "
                "said that it is serious is among the others. Deaths are counted whether or not an event led to them.",
            ),
            *coding_note(material),
        ),
    )


OVERVIEW = Display(
    key="table_s50",
    label="Table S50",
    ich_number="14.3.1.10",
    title="Overview of adverse events by arm",
    analyses=(analyse_event_overview, analyse_event_terms, analyse_adverse_events),
    layout=_layout_overview,
    datasets=("ADAE", "ADSL"),
)
REGISTRY = Display(
    key="table_s59",
    label="Table S59",
    ich_number="14.3.1.19",
    title="Adverse events for a registry of trials",
    analyses=(analyse_event_terms, analyse_event_overview, analyse_adverse_events),
    layout=_layout_registry,
    datasets=("ADAE", "ADSL"),
)
