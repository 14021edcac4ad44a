"""Tables S17, S41 and S42: shifts of laboratory grades, and severe grades by arm."""

from collections.abc import Iterable
from functools import partial

from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import confidence, limits_method
from duonen_stats.displays.model.format import analyte_name, upper_first
from duonen_stats.displays.patients.baseline import arm_columns
from duonen_stats.displays.safety.toxicity import without_term
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events
from duonen_stats.results.analyses.safety.grade_shifts import analyse_grade_shifts
from duonen_stats.results.analyses.safety.toxicity import analyse_toxicity
from duonen_stats.results.rows.groups import ALL, arm_codes
from duonen_stats.study import Analyte

_LEVELS = ("0", "1", "2", "3", "4", *ids.SHIFT_UNKNOWN)
_WORDS = {"undecided": "Undecided", "missing": "Missing"}


def _layout_shift(end: str, material: Material) -> Layout:
    study, plan = material.study, material.plan
    arms = arm_codes(study)
    scope = ids.Scope(study=study, plan=plan)
    rows: list[TableRow] = []
    for analyte in study.analytes:
        for direction in ids.SHIFT_DIRECTIONS:
            grades = ids.shift_grades(scope, analyte.code, direction)
            if grades:
                rows += _shift_rows(material, analyte, direction, end, grades)
    words = {grade: _WORDS.get(grade, f"Grade {grade}") for grade in _LEVELS}
    columns = (
        Column(header="At baseline", align="left", weight=1.3),
        *(Column(header=words[grade], below=(f"n ({'/'.join(arms)})",)) for grade in _LEVELS),
    )
    later = {
        "worst": "worst grade on treatment",
        "last": "grade of the last value after the first administration, in late follow-up too",
    }[end]
    version = plan.words("ctcae_version")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Safety population",),
        footnotes=(
            (
                f"Rows: {version} grade of the baseline value; columns: {later}. All patients, in percent of those "
                "whose two grades are certain (patients by arm). Worsened: n (%) "
                f"[{confidence(material)}, {limits_method(material)}] of the same. Undecided: a limit of normal or a "
                "baseline is missing, and the grade depends on it. Missing: no value. A dot: nobody.",
            ),
            *without_term(material),
        ),
    )


def _shift_rows(
    material: Material, analyte: Analyte, direction: str, end: str, grades: tuple[str, ...]
) -> list[TableRow]:
    look, arms = material.look, arm_codes(material.study)
    criteria = analyte.criteria(material.plan.ctcae_version)
    term = criteria.term if criteria is not None else ""
    if direction == "increase" and analyte.ctcae_increase is not None:
        term = analyte.ctcae_increase.term
    worsened = ids.toxicity_worsened(analyte.code, direction, end, ALL)
    head: Line = (f"{analyte_name(analyte)} ({term}): worsened ", *look.n_percent_limits(worsened))
    rows = [TableRow(cells=(head, *((),) * len(_LEVELS)), kind="group")]
    levels = (*grades, *ids.SHIFT_UNKNOWN)
    for before in levels:
        block = partial(ids.toxicity_shift, analyte.code, direction, end, before)
        if not any(look.results.value(block(after, ALL).stat("n")) for after in levels):
            continue
        cells: list[Line] = [
            shift_cell(material, block(after, ALL), [block(after, arm) for arm in arms])
            if after in levels
            else ("not derivable",)
            for after in _LEVELS
        ]
        rows.append(TableRow(cells=((_WORDS.get(before, f"Grade {before}"),), *cells), indent=1))
    return rows


def shift_cell(material: Material, total: ids.Block, arms: Iterable[ids.Block]) -> Line:
    """Write a count, its percentage and the counts of the arms: 12, 25% (3/4/2/3); a dot for nobody."""
    look = material.look
    if not look.results.value(total.stat("n")):
        return ("·",)
    line: Line = (look.count(total.stat("n")),)
    if "pct" in total.stats:
        line = (*line, ", ", look.percent(total.stat("pct")))
    line = (*line, " (")
    for place, block in enumerate(arms):
        line += ("/" if place else "", look.count(block.stat("n")))
    return (*line, ")")


def _layout_severe(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))
    version = material.plan.ctcae_version
    rows = [
        TableRow(
            cells=(
                (upper_first({"haematological": "any blood count"}.get(which, "any but lymphocytes")),),
                *(_severe(material, ids.toxicity_any_severe(which, group)) for group in groups),
            ),
            kind="total",
        )
        for which in ids.HAEMATOLOGICAL
    ]
    rows += [
        TableRow(
            cells=(
                (analyte_name(analyte),),
                *(_severe(material, ids.toxicity_severe(analyte.code, group)) for group in groups),
            )
        )
        for analyte in study.analytes
        if analyte.highest_grade(version)
    ]
    columns = (
        Column(header="Patients with grade ≥3", align="left", weight=1.5),
        *arm_columns(study, look, lambda group: ids.safety_patients(group).stat("n")),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Safety population, patients with a value on treatment",),
        footnotes=(
            (
                f"n (%) [{confidence(material)}, {limits_method(material)}] of the patients for whom it is decided by "
                f"a value on treatment, {material.plan.words('ctcae_version')}. A plus sign: so many more may be of "
                "grade 3 or higher. Lymphocytes are apart: lymphopenia alone is expected, and changes no dose.",
            ),
            *without_term(material),
        ),
    )


def _severe(material: Material, block: ids.Block) -> Line:
    look = material.look
    line = look.n_percent_limits(block)
    if look.results.value(block.stat("n_unknown")):
        line = (*line, " +", look.count(block.stat("n_unknown")))
    return line


LAB_SHIFTS = Display(
    key="table_s17",
    label="Table S17",
    ich_number="14.3.4.7",
    title="Laboratory grades: from baseline to the worst on treatment",
    analyses=(analyse_grade_shifts,),
    layout=partial(_layout_shift, "worst"),
    datasets=("ADLB",),
)
LAB_LAST = Display(
    key="table_s41",
    label="Table S41",
    ich_number="14.3.4.31",
    title="Laboratory grades: from baseline to the last value",
    analyses=(analyse_grade_shifts,),
    layout=partial(_layout_shift, "last"),
    datasets=("ADLB",),
)
LAB_SEVERE = Display(
    key="table_s42",
    label="Table S42",
    ich_number="14.3.4.32",
    title="Laboratory values of grade 3 or higher by arm",
    analyses=(analyse_toxicity, analyse_adverse_events),
    layout=_layout_severe,
    datasets=("ADLB",),
)
