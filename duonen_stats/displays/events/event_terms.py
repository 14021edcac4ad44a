"""Adverse events by class and term of the dictionary: patients and events, worst grade, duration and outcome."""

from collections.abc import Callable, Sequence
from functools import partial

from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import noun_of
from duonen_stats.displays.patients.baseline import arm_columns
from duonen_stats.displays.safety.adverse_events import incomplete_notes, reporting_period
from duonen_stats.results import ids
from duonen_stats.results.analyses.events.event_terms import GRADES, analyse_event_terms
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.rows.groups import ALL, arm_codes

_ORDER = (
    "Classes and terms are in decreasing order of the patients of all arms; ties are alphabetical. A patient counts "
    "once in a row, whatever the number of events."
)
_NOBODY = "·"


def group_cells(material: Material, blocks: Sequence[ids.Block], *, share: bool = True) -> list[Line]:
    """Write patients and events of each group: ``5 (31.3%); 7``, or ``5 (7)`` without the ``share``."""
    look = material.look
    cells: list[Line] = []
    for block in blocks:
        events = look.count(block.stat("events"))
        if share:
            cells.append((*look.n_percent(block), "; ", events))
        else:
            cells.append((look.count(block.stat("n")), " (", events, ")"))
    return cells


def event_lines(material: Material, kind: str) -> list[tuple[ids.Block, str, int]]:
    """List the classes of a kind and their terms in order: block, name, and 0 for a class or 1 for a term.

    A term alone in its class that is called as the class is left to the row of the class.
    """
    look, lines = material.look, []
    for block in look.listed(ids.event_class, kind):
        name = look.results.row(block.stat("terms")).variable_level
        terms = [
            (term, look.results.row(term.stat("place")).variable_level)
            for term in look.listed(ids.event_term, block)
        ]
        lines.append((block, name, 0))
        if [one.casefold() for _, one in terms] != [name.casefold()]:
            lines += [(term, one, 1) for term, one in terms]
    return lines


def term_rows(material: Material, kind: str, *, share: bool = True, indent: int = 0) -> list[TableRow]:
    """Set a row for every class and every term of a kind of event: patients and events of each group."""
    groups = (ALL, *arm_codes(material.study))
    return [
        TableRow(
            cells=(
                (name,),
                *group_cells(material, [ids.line_patients(block, group) for group in groups], share=share),
            ),
            indent=depth + indent,
        )
        for block, name, depth in event_lines(material, kind)
    ]


def coding_note(material: Material) -> tuple[Line, ...]:
    """Say which dictionary the terms are of, and how many events have none of its terms or classes."""
    look = material.look
    coded, classed, dictionaries = (
        ids.event_coding(what).stat("n") for what in ("coded", "classed", "dictionaries")
    )
    events = look.results.row(coded).n or 0
    if not events:
        return ()
    named, under = look.results.value(coded), look.results.value(classed)
    versions = look.results.row(dictionaries).variable_level
    if not named:
        terms: Line = (
            "The data have no preferred terms: events are counted under what was reported, spaces and capitals aside.",
        )
    else:
        terms = (f"Preferred terms of {versions or 'a dictionary that the data do not name'}.",)
        if named < events:
            terms += (
                " Coded: ",
                look.count(coded),
                f" of {events} reported {noun_of(events, 'event')}; the others are counted under what was reported.",
            )
    if not under:
        return ((*terms, " Without classes of a dictionary, terms stand under the categories of the trial."),)
    if under < events:
        return ((*terms, " A class is recorded for ", look.count(classed), f" of {events}."),)
    return (terms,)


def worsened_note(material: Material) -> tuple[Line, ...]:
    """Say how many events began before treatment and got worse at an unknown time; nothing if there are none."""
    look, block = material.look, ids.events_worsened()
    number = look.results.value(block.stat("n"))
    if not number:
        return ()
    return (
        (
            "Began before the first cycle, with a worst grade above that at the start, and not counted because it is "
            "not recorded when it got worse: ",
            look.count(block.stat("n")),
            f" {noun_of(number, 'event')} in ",
            look.count(block.stat("patients")),
            f" {noun_of(look.results.value(block.stat('patients')), 'patient')}.",
        ),
    )


def _layout_kind(material: Material, kind: str, which: str) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))
    whole = [ids.kind_patients(kind, group) for group in groups]
    rows = [TableRow(cells=(("Any",), *group_cells(material, whole)))]
    rows += term_rows(material, kind)
    return Layout(
        content=TableContent(
            columns=(
                Column(header="Class, term", below=("n (%); events",), align="left", weight=1.9),
                *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
            ),
            rows=tuple(rows),
        ),
        population=("Safety population",),
        footnotes=(
            (f"Patients, n (%); number of events. {which} {reporting_period(material)}. {_ORDER}",),
            *coding_note(material),
            *incomplete_notes(material),
        ),
    )


def _split(material: Material, block_of: Callable[[str], ids.Block]) -> Line:
    """Write a number and those of the arms: 12 (3/4/2/3); a dot for nobody."""
    look = material.look
    if not look.results.value(block_of(ALL).stat("n")):
        return (_NOBODY,)
    line: Line = (look.count(block_of(ALL).stat("n")), " (")
    for place, arm in enumerate(arm_codes(material.study)):
        line += ("/" if place else "", look.count(block_of(arm).stat("n")))
    return (*line, ")")


def _layout_worst(material: Material) -> Layout:
    look = material.look
    lines = event_lines(material, "any")
    columns: dict[int | str, str] = {grade: f"Grade {grade}" for grade in GRADES}
    if any(look.results.value(ids.line_worst(block, "unknown", ALL).stat("n")) for block, _, _ in lines):
        columns["unknown"] = "Not known"
    arms = "/".join(arm_codes(material.study))
    rows = [
        TableRow(
            cells=(
                (name,),
                _split(material, partial(ids.line_patients, block)),
                *(_split(material, partial(ids.line_worst, block, grade)) for grade in columns),
            ),
            indent=depth,
        )
        for block, name, depth in lines
    ]
    return Layout(
        content=TableContent(
            columns=(
                Column(header="Class, term", align="left", weight=1.9),
                Column(header="Patients", below=(f"n ({arms})",)),
                *(Column(header=words, below=(f"n ({arms})",)) for words in columns.values()),
            ),
            rows=tuple(rows),
            landscape=True,
        ),
        population=("Safety population, N = ", look.count(ids.safety_patients(ALL).stat("n"))),
        footnotes=(
            (
                "Patients of all arms (by arm) by the worst grade of their events of the row (CTCAE v5.0, by the "
                f"investigator). Treatment-emergent events, {reporting_period(material)}. {_ORDER} A dot: nobody."
                + (
                    " Not known: a patient has an event without a grade, and none of grade 5."
                    if "unknown" in columns
                    else ""
                ),
            ),
            *coding_note(material),
        ),
    )


_OUTCOMES = {
    "recovered": "Recovered",
    "sequelae": "With sequelae",
    "recovering": "Recovering",
    "not_recovered": "Not recovered",
    "fatal": "Fatal",
    "unknown": "Not known",
}


def _layout_outcome(material: Material) -> Layout:
    look, study = material.look, material.study
    everything = ids.event_outcome(ALL)
    shown = {
        name: words
        for name, words in _OUTCOMES.items()
        if name != "sequelae" or look.results.value(everything.stat(name))
    }
    graded = bool(look.results.value(everything.stat("graded_twice")))

    def row(label: str, block: ids.Block, indent: int) -> TableRow:
        cells: list[Line] = [(look.count(block.stat("events")),)]
        cells += [(look.count(block.stat(name)),) for name in shown]
        cells.append((look.count(block.stat("no_end")),))
        cells.append(look.median_quartiles(block, 0))
        cells.append((look.count(block.stat("n")),))
        if graded:
            cells.append((look.count(block.stat("worsened")), " of ", look.count(block.stat("graded_twice"))))
        return TableRow(cells=((label,), *cells), indent=indent)

    rows = [row("All arms", everything, 0)]
    rows += [row(study.arm(arm).label, ids.event_outcome(arm), 1) for arm in arm_codes(study)]
    rows += [row(name, ids.line_outcome(block), depth) for block, name, depth in event_lines(material, "any")]
    columns = [
        Column(header="Class, term", align="left", weight=1.9),
        Column(header="Events"),
        *(Column(header=words) for words in shown.values()),
        Column(header="No end recorded"),
        Column(header="Days", below=("median (quartiles)",), weight=1.3),
        Column(header="Of", below=("events",), weight=0.7),
    ]
    if graded:
        columns.append(Column(header="Grade rose", below=("of events",)))
    notes: tuple[Line, ...] = (
        (
            f"Treatment-emergent events, {reporting_period(material)}. Outcome as recorded; not known includes events "
            "without an answer. Days from the first to the last day of the event, both included, of the events whose "
            "two dates are recorded in full; events that go on are not in the median, so that it is too short.",
        ),
    )
    if graded:
        notes += (("Grade rose: the worst grade is above that at the start, of events that have both.",),)
    else:
        notes += (("The data have no grade at the start of events beside the worst one.",),)
    return Layout(
        content=TableContent(columns=tuple(columns), rows=tuple(rows), landscape=True),
        population=("Safety population, events",),
        footnotes=(*notes, *coding_note(material)),
    )


_EMERGENT = "Treatment-emergent events,"
BY_TERM = Display(
    key="table_s51",
    label="Table S51",
    ich_number="14.3.1.11",
    title="Adverse events by class and term",
    analyses=(analyse_event_terms, analyse_adverse_events),
    layout=lambda material: _layout_kind(material, "any", _EMERGENT),
    datasets=("ADAE", "ADSL"),
)
WORST_GRADE = Display(
    key="table_s52",
    label="Table S52",
    ich_number="14.3.1.12",
    title="Adverse events by class, term and worst grade",
    analyses=(analyse_event_terms, analyse_adverse_events),
    layout=_layout_worst,
    datasets=("ADAE", "ADSL"),
)
RELATED = Display(
    key="table_s53",
    label="Table S53",
    ich_number="14.3.1.13",
    title="Related adverse events by class and term",
    analyses=(analyse_event_terms, analyse_adverse_events),
    layout=lambda material: _layout_kind(material, "related", f"Related to the treatment. {_EMERGENT}"),
    datasets=("ADAE", "ADSL"),
)
SEVERE_TERMS = Display(
    key="table_s54",
    label="Table S54",
    ich_number="14.3.1.14",
    title="Adverse events of grade 3 or higher by class and term",
    analyses=(analyse_event_terms, analyse_adverse_events),
    layout=lambda material: _layout_kind(material, "severe", f"Of grade 3 or higher. {_EMERGENT}"),
    datasets=("ADAE", "ADSL"),
)
SERIOUS_TERMS = Display(
    key="table_s55",
    label="Table S55",
    ich_number="14.3.1.15",
    title="Serious adverse events by class and term",
    analyses=(analyse_event_terms, analyse_adverse_events),
    layout=lambda material: _layout_kind(material, "serious", f"Serious. {_EMERGENT}"),
    datasets=("ADAE", "ADSL"),
)
OUTCOMES = Display(
    key="table_s56",
    label="Table S56",
    ich_number="14.3.1.16",
    title="Duration and outcome of adverse events",
    analyses=(analyse_event_terms, analyse_adverse_events),
    layout=_layout_outcome,
    datasets=("ADAE", "ADSL"),
)
