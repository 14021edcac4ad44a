"""Table 1: are the arms alike before treatment?"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import analyte_name
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.baseline import BASELINE_ANALYTES, analyse_baseline
from duonen_stats.results.rows.groups import ALL, arm_codes
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


_Characteristic = tuple[str, tuple[tuple[str, GroupBlock], ...], tuple[tuple[str, str], ...]]
"""Heading, levels with their blocks, and what of it may be unknown, with the words of that row."""

_IF_ANY = "Other ethnicity"
"""The level that is shown only if a patient has it."""

_CHARACTERISTICS: tuple[_Characteristic, ...] = (
    (
        "Sex, n (%)",
        (
            ("Male", _level("sex", "male")),
            ("Female", _level("sex", "female")),
        ),
        (("sex", "Unknown, n"),),
    ),
    (
        "Ethnicity, n (%)",
        (
            ("Caucasian", _level("ethnicity", "caucasian")),
            ("Black", _level("ethnicity", "black")),
            ("Asian", _level("ethnicity", "asian")),
            (_IF_ANY, _level("ethnicity", "other")),
        ),
        (("ethnicity", "Unknown, n"),),
    ),
)
_TUMOUR: tuple[_Characteristic, ...] = (
    (
        "Primary site, n (%)",
        (
            ("Midgut", _level("primary", "midgut")),
            ("Pancreas", _level("primary", "pancreas")),
            ("Stomach", _level("primary", "stomach")),
            ("Hindgut", _level("primary", "hindgut")),
            ("Other/unknown", _level("primary", "other_unknown")),
        ),
        (("primary", "Unknown, n"),),
    ),
    (
        "Histological grade, n (%)",
        (
            ("NET G1", _level("grade", "g1")),
            ("NET G2", _level("grade", "g2")),
        ),
        (("grade", "Unknown, n"),),
    ),
    (
        "Sites of metastases, n (%)",
        (
            ("Liver", _flag("mets.liver")),
            ("Lymph nodes", _flag("mets.lymph_nodes")),
            ("Bone", _flag("mets.bone")),
            ("Other", _flag("mets.other")),
        ),
        (  # each site may be recorded or not
            ("mets.liver", "Liver unknown, n"),
            ("mets.lymph_nodes", "Lymph nodes unknown, n"),
            ("mets.bone", "Bone unknown, n"),
            ("mets.other", "Other unknown, n"),
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


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of Table 1: one cell per group, and a row of unknowns where there are any."""

    look: Lookup
    groups: tuple[str, ...]

    def unknown(self, blocks: tuple[str, ...], label: str) -> list[TableRow]:
        """Count the patients without a value in a row, if there are any: percentages and medians leave them out."""
        if not self.look.results.value(blocks[0]):
            return []
        return [TableRow(cells=((label,), *((self.look.count(block),) for block in blocks)), indent=1)]

    def measured(self, label: str, block: GroupBlock, decimals: int, indent: int = 0) -> list[TableRow]:
        """Write median and range."""
        cells = tuple(self.look.median_range(block(group), decimals) for group in self.groups)
        missing = tuple(block(group).stat("n_missing") for group in self.groups)
        words = (
            f"{label.split(',', maxsplit=1)[0].removeprefix('Median ')} unknown, n"
            if indent
            else "Unknown, n"
        )
        return [TableRow(cells=((label,), *cells), indent=indent), *self.unknown(missing, words)]

    def counted(self, label: str, block: GroupBlock, indent: int = 0) -> TableRow:
        """Write number and percentage of those known."""
        cells = tuple(self.look.n_percent(block(group)) for group in self.groups)
        return TableRow(cells=((label,), *cells), indent=indent)

    def any(self, block: GroupBlock) -> bool:
        """Whether any patient of any group is counted."""
        return any(self.look.results.value(block(group).stat("n")) for group in self.groups)

    def not_recorded(self, name: str, label: str = "Unknown, n") -> list[TableRow]:
        """Count the patients of whom a characteristic is not recorded."""
        blocks = tuple(ids.baseline_unknown(name, group).stat("n") for group in self.groups)
        return self.unknown(blocks, label)

    def heading(self, label: str) -> TableRow:
        """Head the indented rows that follow."""
        return TableRow(cells=((label,), *((),) * len(self.groups)), kind="group")

    def blocks(self, chosen: tuple[_Characteristic, ...]) -> list[TableRow]:
        """Write each characteristic with its levels and its unknowns."""
        rows = []
        for label, levels, recorded in chosen:
            some = [(level, block) for level, block in levels if level != _IF_ANY or self.any(block)]
            rows += [self.heading(label), *(self.counted(level, block, 1) for level, block in some)]
            for name, words in recorded:
                rows += self.not_recorded(name, words)
        return rows


def _layout(material: Material) -> Layout:
    look, study, plan = material.look, material.study, material.plan
    table = _Rows(look, (ALL, *arm_codes(study)))
    labs = [
        row
        for code in BASELINE_ANALYTES
        for row in table.measured(
            f"{analyte_name(study.analyte(code))}, {study.analyte(code).display_unit}",
            partial(ids.baseline_lab, code),
            _LAB_DECIMALS[code],
            1,
        )
    ]
    rows = [
        *table.measured("Median age, years (range)", _measure("age"), 0),
        *table.blocks(_CHARACTERISTICS),
        *table.measured("Median BMI, kg/m² (range)", _measure("bmi"), 1),
        *table.blocks(_TUMOUR),
        *table.measured("Median time from diagnosis, months (range)", _measure("time_from_dx"), 0),
        table.counted("Karnofsky performance status ≥80, n (%)", _flag("kps80")),
        *table.not_recorded("kps80"),
        table.heading("Baseline laboratory values, median (range)"),
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
            (f"Baseline laboratory value: of visit {plan.baseline_visit}, {plan.words('baseline_rule')}.",),
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
