"""What came between randomisation and progression, and which therapies followed, by arm."""

from duonen_stats.displays.model.content import Column, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import RANDOMISED, compared_groups, group_name
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.intercurrent import (
    analyse_further_therapies,
    analyse_intercurrent,
)
from duonen_stats.results.rows.groups import ALL

_WORDS = {
    "not_treated": "Never treated",
    "treated_otherwise": "Treated as another arm than the one randomised to",
    "discontinued": "Treatment discontinued before the last cycle",
    "further_therapy": "Another antitumour treatment before progression or death",
    "missed_assessments": "Progression or death after missed assessments",
    "death": "Death without recorded progression",
    "lost": "Lost to follow-up",
    "withdrawn": "Withdrawal",
}
_LINES = {
    "first": "First line after the trial's treatment",
    "second": "Second line",
    "later": "Third line or later",
    "not_recorded": "Line not recorded",
}


def _columns(material: Material, first: str) -> tuple[Column, ...]:
    return (
        Column(header=first, align="left", weight=2.8),
        *(
            Column(header=group_name(material, group), below=("n (%)",))
            for group in (*compared_groups(material), ALL)
        ),
    )


def _layout(material: Material) -> Layout:
    groups = (*compared_groups(material), ALL)
    rows = [
        TableRow(
            cells=(
                (_WORDS[what],),
                *(material.look.n_percent(ids.intercurrent(what, group)) for group in groups),
            )
        )
        for what in ids.INTERCURRENT
    ]
    gap = material.plan.longest_gap_days
    return Layout(
        content=TableContent(columns=_columns(material, "Intercurrent event"), rows=tuple(rows)),
        population=(RANDOMISED,),
        footnotes=(
            (
                "A patient may have several. Another treatment and missed assessments are those that the hypothetical "
                f"estimand censors at; assessments are missed if more than {gap} days lie between the last evaluable "
                "one and the event. The treatment policy takes progression and death whatever happened before.",
            ),
        ),
    )


INTERCURRENT_EVENTS = Display(
    key="table_e14",
    label="Table E14",
    ich_number="14.2.13",
    title="Intercurrent events by arm",
    analyses=(analyse_intercurrent,),
    layout=_layout,
    datasets=("ADSL", "ADTTE"),
    exploratory=True,
)


def _class_words(material: Material, name: str) -> str:
    if name == "not_recorded":
        return "Class not recorded"
    codes = material.study.table("concomitant_therapies").column("CLASS").codes
    return next((code.label for code in codes if code.code == name), name)


def _layout_therapies(material: Material) -> Layout:
    look, groups = material.look, (*compared_groups(material), ALL)
    scope = ids.Scope(study=material.study, plan=material.plan)
    empty = ((),) * len(groups)
    any_of = (look.n_percent(ids.further_therapy(group)) for group in groups)
    rows = [
        TableRow(cells=(("Any",), *any_of)),
        TableRow(cells=(("By class",), *empty), kind="group"),
        *(
            TableRow(
                cells=(
                    (_class_words(material, name),),
                    *(look.n_percent(ids.therapy_class(name, group)) for group in groups),
                ),
                indent=1,
            )
            for name in ids.therapy_classes(scope)
        ),
        TableRow(cells=(("By line",), *empty), kind="group"),
        *(
            TableRow(
                cells=((_LINES[line],), *(look.n_percent(ids.therapy_line(line, group)) for group in groups)),
                indent=1,
            )
            for line in ids.LINES
        ),
    ]
    return Layout(
        content=TableContent(columns=_columns(material, "Further antitumour therapy"), rows=tuple(rows)),
        population=(RANDOMISED,),
        footnotes=(
            (
                "Therapies against the tumour that began after randomisation. A patient counts once in each row. What "
                "follows progression may change overall survival; a difference between arms is not an effect on it.",
            ),
        ),
    )


FURTHER_THERAPIES = Display(
    key="table_e15",
    label="Table E15",
    ich_number="14.2.14",
    title="Further antitumour therapies by arm, class and line",
    analyses=(analyse_further_therapies,),
    layout=_layout_therapies,
    datasets=("ADCM", "ADSL"),
    exploratory=True,
)
