"""Who is analysed in which set, and what departed from the protocol?"""

from collections.abc import Callable

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.protocol import analyse_analysis_sets, analyse_deviations
from duonen_stats.results.rows.groups import ALL, arm_codes

_RANDOMISED = SHOWN[Population.RANDOMISED]
_SETS = {
    "randomised": "Randomised",
    "safety": "Safety: at least one cycle",
    "dosimetry": "Dosimetry: complete for every delivered cycle",
    "completed": "All cycles delivered",
    "per_protocol": "Per protocol",
}
_WHY = {
    "not_treated": "Never treated",
    "treated_otherwise": "Treated as another arm",
    "deviation": "A deviation that excludes",
}


def _groups(material: Material) -> tuple[str, ...]:
    return (*arm_codes(material.study), ALL)


def _columns(material: Material, first: str, below: str) -> tuple[Column, ...]:
    names = [material.study.arm(code).label if code != ALL else "All" for code in _groups(material)]
    return (
        Column(header=first, align="left", weight=2.6),
        *(Column(header=name, below=(below,)) for name in names),
    )


def _layout_sets(material: Material) -> Layout:
    look, groups = material.look, _groups(material)

    def row(label: str, maker: Callable[[str, str], ids.Block], name: str, indent: int = 0) -> TableRow:
        cells = [look.n_percent(maker(name, group)) for group in groups]
        return TableRow(cells=((label,), *cells), indent=indent)

    rows = [row(label, ids.analysis_set, name) for name, label in _SETS.items()]
    rows.append(
        TableRow(cells=(("Not per protocol, by the first reason",), *((),) * len(groups)), kind="group")
    )
    rows += [row(label, ids.excluded, why, indent=1) for why, label in _WHY.items()]
    return Layout(
        content=TableContent(columns=_columns(material, "Analysis set", "n (%)"), rows=tuple(rows)),
        population=(_RANDOMISED,),
        footnotes=(
            (
                "Per protocol: treated at least once, as the arm randomised to, "
                f"{material.plan.words('per_protocol')}. Percentages are of the randomised.",
            ),
        ),
    )


ANALYSIS_SETS = Display(
    key="table_s38",
    label="Table S38",
    ich_number="14.1.1.1",
    title="Analysis sets by arm, and why patients are not in the per-protocol population",
    analyses=(analyse_analysis_sets,),
    layout=_layout_sets,
    datasets=("ADSL",),
)


def _layout_deviations(material: Material) -> Layout:
    look, groups = material.look, _groups(material)
    scope = ids.Scope(study=material.study, plan=material.plan)

    def cell(block: ids.Block) -> Line:
        if look.results.value(block.stat("n")) is None:
            return (look.count(block.stat("n")),)
        return (*look.n_percent(block), "; ", look.count(block.stat("deviations")))

    labels = {"any": "Any deviation", "important": "Important", "excluding": "Excluding from per protocol"}
    rows = [
        TableRow(cells=((label,), *(cell(ids.deviation(which, group)) for group in groups)))
        for which, label in labels.items()
    ]
    categories = ids.deviation_categories(scope)
    if categories:
        rows.append(TableRow(cells=(("Important, by category",), *((),) * len(groups)), kind="group"))
        for category in categories:
            cells = [cell(ids.important_deviation(category, group)) for group in groups]
            rows.append(TableRow(cells=((_category_words(material, category),), *cells), indent=1))
    return Layout(
        content=TableContent(
            columns=_columns(material, "Deviation", "patients (%); deviations"),
            rows=tuple(rows),
            landscape=True,
        ),
        population=(_RANDOMISED,),
        footnotes=(
            (
                "A patient counts once in each row. Which deviations are important, and which exclude from the "
                "per-protocol population, is recorded with them. Percentages are of the randomised.",
            ),
        ),
    )


def _category_words(material: Material, category: str) -> str:
    codes = material.study.table("protocol_deviations").column("CATEGORY").codes
    return next((code.label for code in codes if code.code == category), category)


DEVIATIONS = Display(
    key="table_s39",
    label="Table S39",
    ich_number="14.1.1.2",
    title="Deviations from the protocol by category and arm",
    analyses=(analyse_deviations,),
    layout=_layout_deviations,
    datasets=("ADDV", "ADSL"),
)
