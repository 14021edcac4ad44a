"""Table 2 and Figure 1: how were the activities modified?"""

from functools import partial

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.drawings import alt_text
from duonen_stats.displays.drawings.bars import (
    CATEGORIES,
    ModificationBar,
    ModificationGroup,
    draw_modification_bars,
)
from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import upper_first
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import rule_of
from duonen_stats.results import ids
from duonen_stats.results.analyses.exposure.modifications import analyse_modifications
from duonen_stats.study import Arm

_COUNTED = (("N increased", "increased"), ("N decreased", "decreased"), ("N unchanged", "unchanged"))


def _modified(material: Material) -> tuple[Arm, ...]:
    return tuple(arm for arm in material.study.arms if arm.modified_isotope is not None)


def _isotope(material: Material, arm: Arm) -> str:
    return material.study.isotope(str(arm.modified_isotope)).label


def _size(look: Lookup, block: ids.Block) -> Line:
    """Write a mean change as +2338 (+126.4%)."""
    if look.results.value(block.stat("mean_mbq")) is None:
        return (look.fixed(block.stat("mean_mbq"), 0),)
    mean = look.fixed(block.stat("mean_mbq"), 0, signed=True)
    return (mean, " (", look.fixed(block.stat("mean_pct"), 1, signed=True), "%)")


def _row(material: Material, arm: Arm, counting: str) -> TableRow:
    look, block = material.look, partial(ids.modification, arm.code, counting)
    counts = tuple((look.count(block(category).stat("n")),) for _, category in _COUNTED)
    return TableRow(
        cells=(
            (arm.code,),
            (_isotope(material, arm),),
            (look.count(ids.modified_size(arm.code)),),
            *counts,
            (look.count(block("not_evaluable").stat("n")),),
            _size(look, block("increased")),
            _size(look, block("decreased")),
        ),
        indent=1,
    )


_COUNTINGS = rule_of("modification_counting").choices


def _layout(material: Material) -> Layout:
    columns = (
        Column(header="Arm", align="left", weight=0.8),
        Column(header="Isotope"),
        Column(header="N", weight=0.6),
        *(Column(header=header) for header, _ in _COUNTED),
        Column(header="N not evaluable"),
        Column(header="Mean ↑", below=("MBq (%)",), weight=1.7),
        Column(header="Mean ↓", below=("MBq (%)",), weight=1.7),
    )
    first = material.plan.modification_counting
    rows = []
    for counting in sorted(_COUNTINGS, key=lambda name: name != first):
        title = upper_first(_COUNTINGS[counting])
        rows.append(TableRow(cells=((title,), *((),) * (len(columns) - 1)), kind="group"))
        rows += [_row(material, arm, counting) for arm in _modified(material)]
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(f"{SHOWN[Population.SAFETY]}, arms with a modified isotope",),
        sentence=_sentence(material),
        footnotes=(
            (
                f"Unchanged: within ±{100 * material.plan.modification_tolerance:g} % of the nominal first activity; "
                "if there is one category per patient, that is the mean change, else that of every cycle. Percentages "
                "are of the nominal first activity.",
            ),
            ("Not evaluable: no second cycle. N: patients with at least one cycle.",),
        ),
    )


def _sentence(material: Material) -> Line:
    parts: list[Line] = []
    for arm in _modified(material):
        block = partial(ids.modification, arm.code, material.plan.modification_counting)
        look = material.look
        parts.append(
            (
                f"in arm {arm.code} ({_isotope(material, arm)}) ",
                look.count(block("increased").stat("n")),
                " increased and ",
                look.count(block("decreased").stat("n")),
                " decreased of ",
                look.count(ids.modified_size(arm.code)),
            )
        )
    joined = [part for index, line in enumerate(parts) for part in ((("; ",) if index else ()) + line)]
    return ("Patients by category of modification: ", *joined, ".")


TABLE_2 = Display(
    key="table_2",
    label="Table 2",
    ich_number="14.1.6",
    title="Patterns of isotope modification in the arms with dosimetry-guided activities",
    analyses=(analyse_modifications,),
    layout=_layout,
    datasets=("ADEX",),
)


def _layout_bars(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    groups = []
    for arm in study.arms:
        if arm.modified_isotope is None:
            continue
        bars = []
        for category in CATEGORIES:
            name = category.lower().replace(" ", "_")
            block = ids.modification(arm.code, plan.modification_counting, name)
            share = look.results.value(block.stat("pct"))
            if share is not None:
                bars.append(
                    ModificationBar(
                        category=category,
                        share=share,
                        count=look.count(block.stat("n")),
                        percent=look.percent(block.stat("pct")),
                    )
                )
        groups.append(
            ModificationGroup(
                arm=arm.code,
                label=arm.label,
                isotope=study.isotope(arm.modified_isotope).label,
                n=look.count(ids.modified_size(arm.code)),
                bars=bars,
            )
        )
    counting = upper_first(plan.words("modification_counting"))
    return Layout(
        content=FigureContent(
            draw=lambda: draw_modification_bars(groups),
            alt=alt_text.describe_modification_bars(groups),
            numbers=tuple(
                n for g in groups for n in (g.n, *(m for b in g.bars for m in (b.count, b.percent) if m))
            ),
        ),
        population=(f"{SHOWN[Population.SAFETY]}, arms with a modified isotope",),
        footnotes=((f"{counting}; numbers on the bars: patients and percent of the arm.",),),
    )


FIGURE_1 = Display(
    key="figure_1",
    label="Figure 1",
    ich_number="14.1.6F",
    title="Patterns of activity modification by arm",
    analyses=(analyse_modifications,),
    layout=_layout_bars,
    datasets=("ADEX",),
)


# Table S9: how much activity did the patients get in all?


_DECIMALS = 2


def _activities_layout(material: Material) -> Layout:
    look, study = material.look, material.study
    rows = []
    for arm in study.arms:
        for isotope in arm.isotopes:
            block = ids.activity(arm.code, isotope)
            spread: Line = (look.fixed(block.stat("min"), _DECIMALS),)
            if look.results.value(block.stat("min")) is not None:
                spread = (*spread, "–", look.fixed(block.stat("max"), _DECIMALS))
            cells = (
                (arm.code,),
                (study.isotope(isotope).label,),
                (look.count(block.stat("n")),),
                look.median_quartiles(block, _DECIMALS),
                spread,
            )
            rows.append(TableRow(cells=cells))
    columns = (
        Column(header="Arm", align="left", weight=0.6),
        Column(header="Isotope", weight=0.8),
        Column(header="Patients", below=("n",), weight=0.8),
        Column(header="Cumulative activity", below=("GBq, median (IQR)",), weight=1.8),
        Column(header="Range", below=("GBq",), weight=1.5),
    )
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(SHOWN[Population.SAFETY],),
        sentence=_modified_activities(material),
        footnotes=(("Sum over the delivered cycles of each patient.",),),
    )


def _modified_activities(material: Material) -> Line:
    """Write the cumulative activity of each isotope that an arm modifies."""
    look, study = material.look, material.study
    line: Line = ()
    for arm in study.arms:
        if arm.modified_isotope is None:
            continue
        block = ids.activity(arm.code, arm.modified_isotope)
        isotope = study.isotope(arm.modified_isotope).label
        line = (
            *line,
            f"{'; ' if line else ''}arm {arm.code}, {isotope} ",
            *look.median_range(block, _DECIMALS),
            " GBq",
        )
    return ("Median cumulative activity (range) of what is modified: ", *line, ".") if line else ()


EXPOSURE = Display(
    key="table_s9",
    label="Table S9",
    ich_number="14.1.5",
    title="Cumulative administered activity by arm and isotope",
    analyses=(analyse_modifications,),
    layout=_activities_layout,
    datasets=("ADEX",),
)
