"""Where did every patient go? The CONSORT flow, from randomisation through treatment to analysis."""

from duonen_stats.datasets.efficacy.survival_rules import LOST, REASONS, WITHDRAWN
from duonen_stats.displays.drawings.flow import FlowBox, FlowStage, draw_flow
from duonen_stats.displays.model.content import FigureContent, Line, plain
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.efficacy_words import RANDOMISED, numbers_in
from duonen_stats.displays.model.format import noun_of
from duonen_stats.results import ids
from duonen_stats.results.analyses.censored import analyse_reasons
from duonen_stats.results.analyses.disposition import analyse_disposition
from duonen_stats.results.analyses.efficacy import analyse_survival
from duonen_stats.results.rows.groups import ALL, arm_codes


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
