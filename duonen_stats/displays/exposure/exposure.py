"""Table S9: how much activity did the patients get in all?"""

from duonen_stats.datasets.patients.populations import SHOWN, Population
from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.results import ids
from duonen_stats.results.analyses.modifications import analyse_modifications

_DECIMALS = 2


def _layout(material: Material) -> Layout:
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
    block = ids.activity("D", "LU177")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(SHOWN[Population.SAFETY],),
        sentence=(
            "Median cumulative ¹⁷⁷Lu activity in arm D: ",
            look.fixed(block.stat("median"), _DECIMALS),
            " GBq (range ",
            look.fixed(block.stat("min"), _DECIMALS),
            "–",
            look.fixed(block.stat("max"), _DECIMALS),
            ").",
        ),
        footnotes=(("Sum over the delivered cycles of each patient.",),),
    )


EXPOSURE = Display(
    key="table_s9",
    label="Table S9",
    ich_number="14.1.5",
    title="Cumulative administered activity by arm and isotope",
    analyses=(analyse_modifications,),
    layout=_layout,
    datasets=("ADEX",),
)
