"""Table 1: are the arms alike before treatment?"""

from collections.abc import Callable
from functools import partial

from duonen_stats.displays.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.display import Display, Layout, Material
from duonen_stats.displays.lookup import Lookup
from duonen_stats.displays.names import analyte_name
from duonen_stats.results import ids
from duonen_stats.results.baseline import BASELINE_ANALYTES, analyse_baseline
from duonen_stats.results.groups import ALL, arm_codes
from duonen_stats.study import Study

GroupBlock = Callable[[str], ids.Block]
"""The block of results of a group."""

GroupId = Callable[[str], str]
"""The id of a number of a group."""


def _level(name: str, level: str) -> GroupBlock:
    return partial(ids.baseline_level, name, level)


def _flag(name: str) -> GroupBlock:
    return partial(ids.baseline_flag, name)


def _measure(name: str) -> GroupBlock:
    return partial(ids.baseline_measure, name)


_CHARACTERISTICS = (
    (
        "Sex, n (%)",
        (
            ("Male", _level("sex", "male")),
            ("Female", _level("sex", "female")),
        ),
    ),
    (
        "Ethnicity, n (%)",
        (
            ("Caucasian", _level("ethnicity", "caucasian")),
            ("Black", _level("ethnicity", "black")),
            ("Asian", _level("ethnicity", "asian")),
        ),
    ),
)
_TUMOUR = (
    (
        "Primary site, n (%)",
        (
            ("Midgut", _level("primary", "midgut")),
            ("Pancreas", _level("primary", "pancreas")),
            ("Stomach", _level("primary", "stomach")),
            ("Hindgut", _level("primary", "hindgut")),
            ("Other/unknown", _level("primary", "other_unknown")),
        ),
    ),
    (
        "Histological grade, n (%)",
        (
            ("NET G1", _level("grade", "g1")),
            ("NET G2", _level("grade", "g2")),
        ),
    ),
    (
        "Sites of metastases, n (%)",
        (
            ("Liver", _flag("mets.liver")),
            ("Lymph nodes", _flag("mets.lymph_nodes")),
            ("Bone", _flag("mets.bone")),
            ("Other", _flag("mets.other")),
        ),
    ),
)
_LAB_DECIMALS = {"HGB": 1, "PLAT": 0, "WBC": 2, "EGFR": 0}


def arm_columns(study: Study, look: Lookup, n_of: GroupId) -> tuple[Column, ...]:
    """Total and one column an arm, each headed by its number of patients: ``n_of`` gives its id."""
    columns = [Column(header="Total", below=_size(look, n_of, ALL))]
    columns += [Column(header=arm.label, below=_size(look, n_of, arm.code)) for arm in study.arms]
    return tuple(columns)


def _size(look: Lookup, n_of: GroupId, group: str) -> Line:
    return ("(N = ", look.count(n_of(group)), ")")


def _layout(material: Material) -> Layout:
    look, study = material.look, material.study
    groups = (ALL, *arm_codes(study))

    def measured(label: str, block: GroupBlock, decimals: int, indent: int = 0) -> TableRow:
        cells = tuple(look.median_range(block(group), decimals) for group in groups)
        return TableRow(cells=((label,), *cells), indent=indent)

    def counted(label: str, block: GroupBlock, indent: int = 0) -> TableRow:
        cells = tuple(look.n_percent(block(group)) for group in groups)
        return TableRow(cells=((label,), *cells), indent=indent)

    def heading(label: str) -> TableRow:
        return TableRow(cells=((label,), *((),) * len(groups)), kind="group")

    def blocks(chosen: tuple[tuple[str, tuple[tuple[str, GroupBlock], ...]], ...]) -> list[TableRow]:
        rows = []
        for label, levels in chosen:
            rows += [heading(label), *(counted(level, block, 1) for level, block in levels)]
        return rows

    labs = [
        measured(
            f"{analyte_name(study.analyte(code))}, {study.analyte(code).display_unit}",
            partial(ids.baseline_lab, code),
            _LAB_DECIMALS[code],
            1,
        )
        for code in BASELINE_ANALYTES
    ]
    rows = [
        measured("Median age, years (range)", _measure("age"), 0),
        *blocks(_CHARACTERISTICS),
        measured("Median BMI, kg/m² (range)", _measure("bmi"), 1),
        *blocks(_TUMOUR),
        measured("Median time from diagnosis, months (range)", _measure("time_from_dx"), 0),
        counted("Karnofsky performance status ≥80, n (%)", _flag("kps80")),
        heading("Baseline laboratory values, median (range)"),
        *labs,
    ]
    columns = (
        Column(header="Characteristic", align="left", weight=2.1),
        *arm_columns(study, look, ids.baseline_size),
    )
    n, age = look.count(ids.baseline_size(ALL)), ids.baseline_measure("age", ALL)
    return Layout(
        content=TableContent(columns=columns, rows=tuple(rows)),
        population=("Randomised patients, N = ", n),
        sentence=(
            "Of ",
            n,
            " randomised patients, ",
            look.percent(ids.baseline_level("sex", "male", ALL).stat("pct")),
            " were men; the median age was ",
            look.fixed(age.stat("median"), 0),
            " years (range ",
            look.fixed(age.stat("min"), 0),
            "–",
            look.fixed(age.stat("max"), 0),
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
