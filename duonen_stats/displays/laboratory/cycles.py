"""Table S45: lowest blood counts, recovery before the next cycle, cycles late or reduced, persistent cytopenia."""

from duonen_stats.displays.laboratory.grade_times import support_words
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import group_name
from duonen_stats.displays.model.format import analyte_name
from duonen_stats.displays.safety.toxicity import without_term
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory.cycles import analyse_cycles
from duonen_stats.results.rows.groups import ALL, arm_codes


def _heading(words: str, columns: int) -> TableRow:
    return TableRow(cells=((words,), *((),) * columns), kind="group")


def _ended_by(material: Material) -> str:
    """Say what else ends the time in which the lowest value is looked for, as far as it is recorded."""
    if material.data.adsl["NTRTSDT"].isna().all():
        return ""
    return " or the start of another antitumour treatment"


def _layout(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = (ALL, *arm_codes(study))
    blood = ids.blood_counts(ids.Scope(study=study, plan=plan))
    rows = [_heading("Weeks to the lowest observed value: median (quartiles); patients", len(groups))]
    for code in blood:
        cells: list[Line] = []
        for group in groups:
            block = ids.lowest_value(code, group)
            line = look.median_quartiles(block, 1)
            cells.append((*line, "; ", look.count(block.stat("n"))))
        rows.append(TableRow(cells=((analyte_name(study.analyte(code)),), *cells), indent=1))
    rows.append(
        _heading("Cycles with a count of grade ≥2 before the next: recovered / low / all", len(groups))
    )
    for code in blood:
        cells = []
        for group in groups:
            block = ids.next_cycle(code, group)
            parts = [look.count(block.stat(name)) for name in ("recovered", "low", "cycles")]
            cells.append((parts[0], " / ", parts[1], " / ", parts[2]))
        rows.append(TableRow(cells=((analyte_name(study.analyte(code)),), *cells), indent=1))
    rows.append(_heading("Of the low ones: with support / not recovered for it", len(groups)))
    for code in blood:
        cells = []
        for group in groups:
            block = ids.next_cycle(code, group)
            cells.append((look.count(block.stat("supported")), " / ", look.count(block.stat("changed"))))
        rows.append(TableRow(cells=((analyte_name(study.analyte(code)),), *cells), indent=1))
    rows.append(_heading("Cycles after the first", len(groups)))
    for label, name in (
        ("Given", "cycles"),
        ("Late", "delayed"),
        ("of these, with a count or kidney value of grade ≥2", "delayed_low"),
        ("Activity reduced for toxicity", "reduced"),
    ):
        cells = [(look.count(ids.changed_cycles(group).stat(name)),) for group in groups]
        rows.append(TableRow(cells=((label,), *cells), indent=1))
    rows.append(_heading("Candidates for persistent haematological dysfunction", len(groups)))
    cells = [(look.count(ids.persistent(group).stat("patients")),) for group in groups]
    rows.append(TableRow(cells=(("Patients",), *cells), indent=1))
    columns = (
        Column(header="", align="left", weight=1.9),
        *(Column(header=group_name(material, group)) for group in groups),
    )
    version = plan.words("ctcae_version")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows), landscape=True),
        population=("Safety population",),
        footnotes=(
            (
                f"Grades: {version}, where certain. Lowest value: from the first administration to "
                f"{plan.lowest_value_days} days after the last{_ended_by(material)}; of equal values the first. "
                "Everybody with a value has one: its time is described, not estimated from censored times. Visits can "
                "miss the nadir.",
            ),
            (
                "Recovered: the last value before the next cycle is of grade 1 or lower, or no higher than at "
                f"baseline. {support_words(material)} Cycles of one patient are not "
                f"independent, so that they have no limits. Late, as in Table S31: {plan.words('cycle_delay')}; where "
                "a cycle in between was not given, the interval planned is that of two cycles. That a cycle was late "
                "after a low value does not say that it was late because of it; the reason for a reduction is "
                "the one recorded.",
            ),
            (
                "Candidates: every value of hemoglobin, platelets, leukocytes or neutrophils of grade "
                f"{plan.persistent_grade} or higher, and above the grade at baseline, over more than "
                f"{plan.persistent_days} days, late follow-up among them. Lymphocytes do not count. Whether that is "
                "explained otherwise is a clinical judgement; the patients are listed in the appendix.",
            ),
            *without_term(material),
        ),
    )


CYCLES = Display(
    key="table_s45",
    label="Table S45",
    ich_number="14.3.4.35",
    title="Lowest blood counts, recovery, and cycles given late or reduced",
    analyses=(analyse_cycles,),
    layout=_layout,
    datasets=("ADLB", "ADEX", "ADCM", "ADSL"),
)
