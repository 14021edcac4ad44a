"""Table S2: does harm grow with dose, and does it within arms too?"""

from duonen_stats.datasets.patients.populations import SHOWN, Population, complete_dosimetry
from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.names import analyte_name, lower_first
from duonen_stats.displays.safety.laboratory_detail import FEWER_LOOKS
from duonen_stats.results import ids
from duonen_stats.results.analyses.dose_effect import ORGAN_EFFECTS, analyse_dose_effect


def _layout(material: Material) -> Layout:
    look = material.look
    rows = []
    for organ, (_, category) in ORGAN_EFFECTS.items():
        rows.append(TableRow(cells=((f"Cumulative {organ} dose",), *((),) * 7), kind="group"))
        for analyte in material.study.analytes:
            if analyte.category != category:
                continue
            block = ids.dose_effect(organ, analyte.code)
            spearman, partial = ids.correlation(block, "spearman"), ids.partial_correlation(block)
            limits: Line = (look.fixed(spearman.stat("ci_low"), 2),)
            if look.results.value(spearman.stat("ci_low")) is not None:
                limits = (*limits, " to ", look.fixed(spearman.stat("ci_high"), 2))
            cells = (
                (f"Worst Δ of {lower_first(analyte_name(analyte))}",),
                (look.count(block.stat("n")),),
                (look.fixed(spearman.stat("rho"), 2),),
                limits,
                (look.p(spearman.stat("p")),),
                (look.fixed(partial.stat("rho"), 2),),
                (look.p(partial.stat("p")),),
                (look.fixed(ids.correlation(block, "pearson").stat("r"), 2),),
            )
            rows.append(TableRow(cells=cells, indent=1))
    columns = (
        Column(header="Analyte", align="left", weight=2),
        Column(header="Pairs", below=("n",), weight=0.6),
        Column(header="Spearman", below=("ρ",)),
        Column(header=f"{100 * material.plan.confidence:g} % interval", below=("of ρ",), weight=1.5),
        Column(header="Spearman", below=("p",)),
        Column(header="Adjusted for arm", below=("partial ρ",)),
        Column(header="Adjusted for arm", below=("p",)),
        Column(header="Pearson", below=("r",)),
    )
    method = look.results.row(
        ids.correlation(ids.dose_effect("marrow", "HGB"), "spearman").stat("rho")
    ).method
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(
            f"{SHOWN[Population.SAFETY]}, patients with {complete_dosimetry('the organ')} and a worst change",
        ),
        footnotes=((f"Spearman: {method}. Partial ρ: ranks adjusted for the arms' means.",), (FEWER_LOOKS,)),
    )


DOSE_EFFECT = Display(
    key="table_s2",
    label="Table S2",
    ich_number="14.3.4.6",
    title="Worst laboratory change against organ dose",
    analyses=(analyse_dose_effect,),
    layout=_layout,
    datasets=("ADDOS", "ADLB"),
    exploratory=True,
)
