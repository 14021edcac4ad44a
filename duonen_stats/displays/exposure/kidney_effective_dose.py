"""What are the kidney's doses worth biologically, and how much does that depend on constants that nobody knows well?"""

from duonen_stats.datasets.patients.populations import SHOWN, Population, complete_dosimetry
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.results import ids
from duonen_stats.results.analyses.exposure.kidney_effective_dose import analyse_kidney_effective_dose
from duonen_stats.results.rows.groups import ALL, arm_codes

_POPULATION = f"{SHOWN[Population.SAFETY]}, {complete_dosimetry('the kidney')}"
_NO_LIMIT: Line = (
    "A biologically effective dose is not an absorbed dose: the protocol's limit is one of absorbed dose, and nothing "
    "here is compared with it.",
)


def _name(material: Material, code: str) -> str:
    return "All" if code == ALL else material.study.arm(code).label


def _layout(material: Material) -> Layout:
    look, plan, study = material.look, material.plan, material.study
    columns = (
        Column(header="Arm", align="left"),
        Column(header="Patients", below=("n",), weight=0.7),
        Column(header="Absorbed dose", below=("Gy, median (IQR)",), weight=1.5),
        Column(header="BED", below=("Gy, median (IQR)",), weight=1.5),
        Column(header="BED", below=("Gy, range",), weight=1.2),
        Column(header="EQD2", below=("Gy, median (IQR)",), weight=1.5),
    )
    rows = []
    for code in (*arm_codes(study), ALL):
        absorbed, bed, eqd2 = (ids.kidney_effective(scale, code) for scale in ("absorbed", "bed", "eqd2"))
        spread: Line = (look.fixed(bed.stat("min"), 1),)
        if look.results.value(bed.stat("min")) is not None:
            spread = (*spread, "–", look.fixed(bed.stat("max"), 1))
        cells: tuple[Line, ...] = (
            (_name(material, code),),
            (look.count(bed.stat("n")),),
            look.median_quartiles(absorbed, 1),
            look.median_quartiles(bed, 1),
            spread,
            look.median_quartiles(eqd2, 1),
        )
        rows.append(TableRow(cells=cells))
    half_lives: Line = ()
    for isotope in study.isotopes:
        hours = look.fixed(ids.kidney_half_life(isotope.code).stat("hours"), 1)
        half_lives = (*half_lives, f"{', ' if half_lives else ''}{isotope.label} ", hours, " h")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(_POPULATION,),
        footnotes=(
            (
                "BED: biologically effective dose, summed over cycles; isotopes of one cycle act together, so that "
                "the quadratic part has a term of both. EQD2: the dose in fractions of 2 Gy with the same BED. "
                f"Assumed: α/β {plan.bed_alpha_beta:g} Gy, half-time of repair {plan.bed_repair_hours:g} h, effective "
                "half-lives in the kidney ",
                *half_lives,
                f" (biological half-life {plan.bed_biological_hours:g} h, the same for each isotope and patient).",
            ),
            _NO_LIMIT,
        ),
    )


KIDNEY_BED = Display(
    key="table_s35",
    label="Table S35",
    ich_number="14.1.7.3",
    title="Biologically effective dose of the kidney",
    analyses=(analyse_kidney_effective_dose,),
    layout=_layout,
    datasets=("ADDOS",),
)


def _layout_grid(material: Material) -> Layout:
    look, plan, study = material.look, material.plan, material.study
    groups = (*arm_codes(study), ALL)
    columns = (
        Column(header="α/β, Gy", align="left", weight=0.8),
        Column(header="Repair, h", weight=0.8),
        *(Column(header=_name(material, code), below=("median; maximum",), weight=1.2) for code in groups),
    )
    rows = []
    for ratio in plan.bed_alpha_beta_grid:
        for repair in plan.bed_repair_grid:
            cells: list[Line] = []
            for code in groups:
                block = ids.kidney_grid(ratio, repair, code)
                cell: Line = (look.fixed(block.stat("median"), 1),)
                if look.results.value(block.stat("median")) is not None:
                    cell = (*cell, "; ", look.fixed(block.stat("max"), 1))
                cells.append(cell)
            rows.append(TableRow(cells=((f"{ratio:g}",), (f"{repair:g}",), *cells)))
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=(_POPULATION,),
        footnotes=(
            (
                "Biologically effective dose in Gy at other ratios of the linear and quadratic coefficient (α/β) and "
                "other half-times of repair. The effective half-lives are those of the plan throughout.",
            ),
            _NO_LIMIT,
        ),
    )


KIDNEY_BED_GRID = Display(
    key="table_s36",
    label="Table S36",
    ich_number="14.1.7.4",
    title="Biologically effective dose of the kidney under other assumptions",
    analyses=(analyse_kidney_effective_dose,),
    layout=_layout_grid,
    datasets=("ADDOS",),
)
