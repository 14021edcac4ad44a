"""Table 1: are the arms alike before treatment?"""

from duonen_stats.displays.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.display import Display, Layout, Material
from duonen_stats.displays.lookup import Lookup
from duonen_stats.displays.names import analyte_name
from duonen_stats.results.baseline import BASELINE_ANALYTES, analyse_baseline
from duonen_stats.results.groups import ALL, arm_codes
from duonen_stats.study import Study

_CHARACTERISTICS = (
    ("Sex, n (%)", (("Male", "sex.male"), ("Female", "sex.female"))),
    (
        "Ethnicity, n (%)",
        (("Caucasian", "ethnicity.caucasian"), ("Black", "ethnicity.black"), ("Asian", "ethnicity.asian")),
    ),
)
_TUMOUR = (
    (
        "Primary site, n (%)",
        (
            ("Midgut", "primary.midgut"),
            ("Pancreas", "primary.pancreas"),
            ("Stomach", "primary.stomach"),
            ("Hindgut", "primary.hindgut"),
            ("Other/unknown", "primary.other_unknown"),
        ),
    ),
    ("Histological grade, n (%)", (("NET G1", "grade.g1"), ("NET G2", "grade.g2"))),
    (
        "Sites of metastases, n (%)",
        (
            ("Liver", "mets.liver"),
            ("Lymph nodes", "mets.lymph_nodes"),
            ("Bone", "mets.bone"),
            ("Other", "mets.other"),
        ),
    ),
)
_LAB_DECIMALS = {"HGB": 1, "PLAT": 0, "WBC": 2, "EGFR": 0}


def arm_columns(study: Study, look: Lookup, n_of: str) -> tuple[Column, ...]:
    """Total and one column an arm, each headed by its number of patients: ``n_of`` is an id with ``{}``."""
    columns = [Column(header="Total", below=_size(look, n_of, ALL))]
    columns += [Column(header=arm.label, below=_size(look, n_of, arm.code)) for arm in study.arms]
    return tuple(columns)


def _size(look: Lookup, n_of: str, group: str) -> Line:
    return ("(N = ", look.count(n_of.format(group)), ")")


def _layout(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))

    def measured(label: str, block: str, decimals: int, indent: int = 0) -> TableRow:
        cells = tuple(look.median_range(f"table1.{block}.{group}", decimals) for group in groups)
        return TableRow(cells=((label,), *cells), indent=indent)

    def counted(label: str, block: str, indent: int = 0) -> TableRow:
        cells = tuple(look.n_percent(f"table1.{block}.{group}") for group in groups)
        return TableRow(cells=((label,), *cells), indent=indent)

    def heading(label: str) -> TableRow:
        return TableRow(cells=((label,), *((),) * len(groups)), kind="group")

    def blocks(chosen: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> list[TableRow]:
        rows = []
        for label, levels in chosen:
            rows += [heading(label), *(counted(level, block, 1) for level, block in levels)]
        return rows

    labs = [
        measured(
            f"{analyte_name(study.analyte(code))}, {study.analyte(code).display_unit}",
            f"lab.{code}",
            _LAB_DECIMALS[code],
            1,
        )
        for code in BASELINE_ANALYTES
    ]
    rows = [
        measured("Median age, years (range)", "age", 0),
        *blocks(_CHARACTERISTICS),
        measured("Median BMI, kg/m² (range)", "bmi", 1),
        *blocks(_TUMOUR),
        measured("Median time from diagnosis, months (range)", "time_from_dx", 0),
        counted("Karnofsky performance status ≥80, n (%)", "kps80"),
        heading("Baseline laboratory values, median (range)"),
        *labs,
    ]
    columns = (
        Column(header="Characteristic", align="left", weight=2.1),
        *arm_columns(study, look, "table1.N.{}"),
    )
    n = look.count("table1.N.all")
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Randomised patients, N = ", n),
        sentence=(
            "Of ",
            n,
            " randomised patients, ",
            look.percent("table1.sex.male.all.pct"),
            " were men; the median age was ",
            look.fixed("table1.age.all.median", 0),
            " years (range ",
            look.fixed("table1.age.all.min", 0),
            "–",
            look.fixed("table1.age.all.max", 0),
            ").",
        ),
        footnotes=(
            ("Percentages are of the patients of the column with a known value.",),
            ("Baseline laboratory value: the record of visit T1, before the first cycle.",),
        ),
    )


TABLE_1 = Display(
    key="table_1",
    label="Table 1",
    ich_number="14.1.2",
    title="Baseline characteristics of the patients",
    analyses=(analyse_baseline,),
    layout=_layout,
    datasets=("ADSL", "ADLB"),
)
