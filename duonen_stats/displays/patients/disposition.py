"""Tables S1 and S8: who is in which population, who stopped and why, how complete are the laboratory data?"""

from collections.abc import Sequence
from functools import partial

from duonen_stats.datasets.efficacy.survival_records import LOST, REASONS, WITHDRAWN
from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.drawings.flow import FlowBox, FlowStage, draw_flow
from duonen_stats.displays.model.content import Column, FigureContent, Line, TableContent, TableRow, plain
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import RANDOMISED, numbers_in
from duonen_stats.displays.model.format import noun_of
from duonen_stats.displays.patients.baseline import GroupBlock, arm_columns
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.survival import analyse_reasons, analyse_survival
from duonen_stats.results.analyses.patients.disposition import analyse_disposition
from duonen_stats.results.rows.groups import ALL, arm_codes

_POPULATIONS = (
    ("Randomised", partial(ids.disposition, "randomised")),
    ("Safety: at least one cycle", partial(ids.disposition, "safety")),
    ("Complete dosimetry of every organ, every delivered cycle", partial(ids.disposition, "dosimetry")),
    ("All {cycles} cycles received", partial(ids.disposition, "completed")),
)


def _randomised(group: str) -> str:
    return ids.disposition("randomised", group).stat("n")


def _rows(
    material: Material, chosen: Sequence[tuple[str, GroupBlock]], indent: int = 0, *, known: bool = False
) -> list[TableRow]:
    """Count patients, with the limits where the count has them; with ``known``, only what some patient has."""
    groups, cycles = (ALL, *arm_codes(material.study)), len(material.study.cycles)
    look = material.look
    return [
        TableRow(
            cells=(
                (label.replace("{cycles}", str(cycles)),),
                *(write(block(group)) for group in groups),
            ),
            indent=indent,
        )
        for label, block in chosen
        if not known or look.results.value(block(ALL).stat("n"))
        for write in (look.n_percent_limits if "ci_low" in block(ALL).stats else look.n_percent,)
    ]


def _heading(label: str, material: Material) -> TableRow:
    return TableRow(cells=((label,), *((),) * (1 + len(material.study.arms))), kind="group")


def _layout_disposition(material: Material) -> Layout:
    look, study = material.look, material.study
    cycles = [(f"{cycle.number}", partial(ids.cycles, cycle.number)) for cycle in study.cycles]
    codes = study.table("disposition").column("REASON").codes
    reasons: list[tuple[str, GroupBlock]] = [
        (code.label, partial(ids.stopping_reason, code.code)) for code in codes
    ]
    if look.results.value(ids.stopping_unrecorded(ALL).stat("n")):
        reasons.append(("Not recorded", ids.stopping_unrecorded))
    rows = [
        *_rows(material, _POPULATIONS),
        _heading("Cycles received, patients", material),
        *_rows(material, cycles, 1),
        *_rows(material, [("Treatment discontinued", partial(ids.disposition, "discontinued"))]),
        _heading("Reason for discontinuation", material),
        *_rows(material, reasons, 1),
        *_rows(
            material,
            [
                ("Treatment going on", partial(ids.disposition, "ongoing")),
                ("Status of treatment unknown", partial(ids.disposition, "status_unknown")),
            ],
            known=True,
        ),
        *_rows(material, [("Known to have died by the data cut", partial(ids.disposition, "died"))]),
        *_rows(
            material, [("Not known whether alive", partial(ids.disposition, "vital_unknown"))], known=True
        ),
    ]
    columns = (
        Column(header="Patients, n (%)", align="left", weight=2.2),
        *arm_columns(study, look, _randomised),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(SHOWN[Population.RANDOMISED],),
        sentence=(
            look.count(ids.disposition("completed", ALL).stat("n")),
            " of ",
            look.count(_randomised(ALL)),
            f" randomised patients received all {len(study.cycles)} cycles; ",
            look.count(ids.disposition("discontinued", ALL).stat("n")),
            " discontinued treatment.",
        ),
        footnotes=(
            (
                "Percentages of cycles, discontinuations and reasons are of the treated patients, the others of the "
                "randomised.",
            ),
        ),
    )


def _layout_completeness(material: Material) -> Layout:
    plan, look = material.plan, material.look
    visits = [(visit, partial(ids.labs_at, visit)) for visit in (plan.baseline_visit, *plan.follow_up_visits)]
    columns = (
        Column(header="Visit", align="left"),
        *arm_columns(material.study, look, _randomised),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(_rows(material, visits))),
        population=(f"{SHOWN[Population.SAFETY]}, patients who received the visit's cycle",),
        sentence=(
            "At ",
            plan.follow_up_visits[-1],
            ", ",
            look.count(ids.labs_at(plan.follow_up_visits[-1], ALL).stat("n")),
            " patients have laboratory values.",
        ),
        footnotes=(
            ("n (%): patients with at least one laboratory value, of those who received the cycle.",),
        ),
    )


DISPOSITION = Display(
    key="table_s1",
    label="Table S1",
    ich_number="14.1.1",
    title="Populations, cycles received and discontinuation",
    analyses=(analyse_disposition,),
    layout=_layout_disposition,
    datasets=("ADSL",),
)
COMPLETENESS = Display(
    key="table_s8",
    label="Table S8",
    ich_number="14.1.3",
    title="Completeness of laboratory data by visit",
    analyses=(analyse_disposition,),
    layout=_layout_completeness,
    datasets=("ADSL", "ADLB"),
)


# Where did every patient go? The CONSORT flow, from randomisation through treatment to analysis.


def _counted(material: Material, words: str, block: ids.Block) -> Line:
    return (f"{words} (n = ", material.look.count(block.stat("n")), ")")


def _line(material: Material, words: str, block: ids.Block) -> Line:
    return (f"{words}: ", material.look.count(block.stat("n")))


def _allocated(material: Material, arm: str) -> FlowBox:
    found = material.study.arm(arm)
    description = found.description
    for isotope in material.study.isotopes:
        description = description.replace(isotope.plain, isotope.label)
    described = "Drawn by chance: dry run" if material.blinded else description
    return FlowBox(
        head=_counted(material, f"{found.label}: allocated", ids.disposition("randomised", arm)),
        lines=((described,), _line(material, "Received a cycle", ids.disposition("safety", arm))),
    )


def _treated(material: Material, arm: str) -> FlowBox:
    *fewer, last = (cycle.number for cycle in material.study.cycles)
    lines = [_line(material, f"All {last} cycles", ids.cycles(last, arm))]
    lines += [
        _line(material, f"{number} {noun_of(number, 'cycle')}", ids.cycles(number, arm))
        for number in reversed(fewer)
    ]
    return FlowBox(head=("Cycles received",), lines=lines)


def _stopped(material: Material, arm: str) -> FlowBox:
    """Reasons that no patient of the arm had are left out."""
    value = material.look.results.value
    codes = material.study.table("disposition").column("REASON").codes
    reasons = [(code.label, ids.stopping_reason(code.code, arm)) for code in codes]
    reasons.append(("Reason not recorded", ids.stopping_unrecorded(arm)))
    lines = [_line(material, label, block) for label, block in reasons if value(block.stat("n"))]
    return FlowBox(
        head=_counted(material, "Discontinued treatment", ids.disposition("discontinued", arm)), lines=lines
    )


def _followed(material: Material, arm: str) -> FlowBox:
    look = material.look
    return FlowBox(
        head=("In follow-up",),
        lines=(
            ("Progression or death: ", look.count(ids.km("pfs", arm).stat("events"))),
            ("Died: ", look.count(ids.km("os", arm).stat("events"))),
            *(
                (f"{REASONS[code]}: ", look.count(ids.censored("os", code, arm).stat("n")))
                for code in (LOST, WITHDRAWN)
                if code == LOST or look.results.value(ids.censored("os", code, ALL).stat("n"))
            ),
        ),
    )


def _analysed(material: Material, arm: str) -> FlowBox:
    look = material.look
    return FlowBox(
        head=("PFS and OS (n = ", look.count(ids.km("pfs", arm).stat("n")), ")"),
        lines=(
            _line(material, "Safety", ids.disposition("safety", arm)),
            _line(material, "Dosimetry, complete", ids.disposition("dosimetry", arm)),
        ),
    )


def _layout(material: Material) -> Layout:
    arms = arm_codes(material.study)
    top = FlowBox(
        head=_counted(material, "Randomised", ids.disposition("randomised", ALL)),
        lines=(_line(material, "Received at least one cycle", ids.disposition("safety", ALL)),),
    )
    made = (
        ("Allocation", _allocated),
        ("Treatment", _treated),
        ("Discontinuation", _stopped),
        ("Follow-up", _followed),
        ("Analysis", _analysed),
    )
    stages = [FlowStage(name=name, boxes=[make(material, arm) for arm in arms]) for name, make in made]
    boxes = [top, *(box for stage in stages for box in stage.boxes)]
    lines = [line for box in boxes for line in (box.head, *box.lines)]
    alt = "; ".join(plain(line) for line in lines)
    return Layout(
        content=FigureContent(
            draw=lambda: draw_flow(top, stages),
            alt=f"Flow of patients by arm. {alt}.",
            numbers=numbers_in(lines),
        ),
        population=(RANDOMISED,),
        footnotes=(("CONSORT 2025. Patients screened and not randomised are not in the data cut.",),),
    )


CONSORT = Display(
    key="figure_e1",
    label="Figure E1",
    ich_number="14.1.1F",
    title="Flow of patients",
    analyses=(analyse_disposition, analyse_survival, analyse_reasons),
    layout=_layout,
    datasets=("ADSL", "ADTTE"),
)
