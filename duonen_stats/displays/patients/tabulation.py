"""A table of one's own: any variables of a dataset by any groups, as a display like every other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.variables import DATASETS
from duonen_stats.displays.model.content import Column, Line, TableContent, TableRow
from duonen_stats.displays.model.display import Display, Layout, Material
from duonen_stats.displays.model.format import noun_of
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.errors import DataError
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.patients.tabulation import (
    FISHER,
    ReadVariable,
    Tabulated,
    Tabulation,
    analyse_tabulation,
    read_tabulation,
    records_of,
)
from duonen_stats.results.rows.groups import ALL
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.study import Study

Rows = Sequence[str | tuple[str, str] | Tabulated]
Choice = Callable[[Datasets], pd.DataFrame]

_WIDE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnTable:
    """What a table of one's own is made of; its methods are its analysis and its layout."""

    key: str
    rows: Rows
    by: str
    chosen: Choice
    population: str
    test: bool

    def analyse(self, data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
        """Describe the variables, and compare the groups."""
        frame = self.chosen(data)
        return analyse_tabulation(frame, self._read(frame, study), plan, test=self.test)

    def _read(self, frame: pd.DataFrame, study: Study) -> Tabulation:
        return read_tabulation(frame, self.rows, self.by, study, key=self.key, population=self.population)

    def lay_out(self, material: Material) -> Layout:
        """Set the table: a block of rows for each variable, a column for each group."""
        table = self._read(self.chosen(material.data), material.study)
        return lay_out_tabulation(table, material, test=self.test and bool(table.groups))


def table_of(
    *,
    key: str,
    rows: Rows,
    by: str = "TRT01P",
    dataset: str = "ADSL",
    condition: Callable[[pd.DataFrame], "pd.Series[bool]"] | None = None,
    title: str = "",
    label: str = "",
    population: str = "",
    test: bool = True,
) -> Display:
    """Declare a table of any variables of a dataset, for ``produce`` and ``write_report(displays=[...])``.

    Parameters
    ----------
    key
        Name of the table, such as ``"by_sex"``: that of its file, and the beginning of the ids of its results.
    rows
        Columns, as names, as ``(name, label)`` or as ``Tabulated``.
    by
        Column of the groups; empty for the total alone.
    dataset
        Name of the dataset, with one record for each patient after ``condition``.
    condition
        Chooses records: a function of the dataset that returns which to take.
    title, label, population
        Words of the heading; a report gives a table without a label a number.
    test
        Whether groups are compared.

    Raises
    ------
    DataError
        There is no such dataset, or the key cannot be that of a display.

    Examples
    --------
    >>> from duonen_stats import INTERIM, build_datasets, load_study, produce, read_cut
    >>> study = load_study()
    >>> by_sex = table_of(key="by_sex", rows=["AGE"], by="SEX", title="Age by sex", test=False)
    >>> print(produce(by_sex, build_datasets(read_cut(study), study, INTERIM), study, INTERIM).to_frame().iloc[1, 1])
    65.6 (13.3)
    """
    name = dataset.upper()
    if name not in DATASETS:
        raise DataError(f"There is no dataset {dataset!r}; there are {', '.join(DATASETS)}.")

    chosen = partial(records_of, dataset=name, condition=condition)
    return own_table(
        key=key, rows=rows, by=by, chosen=chosen, source=name, title=title, label=label,
        population=population, test=test,
    )  # fmt: skip


def own_table(
    *,
    key: str,
    rows: Rows,
    by: str,
    chosen: Choice,
    source: str,
    title: str = "",
    label: str = "",
    population: str = "",
    test: bool = True,
) -> Display:
    """Declare a table of the records that ``chosen`` takes; ``source`` says where they are from."""
    if not key.isidentifier() or not key.isascii():
        raise DataError(f"{key!r} cannot be the key of a display: use letters, digits and _, as in 'by_sex'.")
    table = _OwnTable(
        key=key,
        rows=tuple(rows),
        by=by,
        chosen=chosen,
        population=population or f"Patients of {source}",
        test=test,
    )
    return Display(
        key=key,
        label=label,
        ich_number="",
        title=title or "Characteristics of the patients",
        analyses=(table.analyse,),
        layout=table.lay_out,
        datasets=(source,),
        exploratory=test and bool(by),
    )


def lay_out_tabulation(table: Tabulation, material: Material, *, test: bool) -> Layout:
    """Set a table of one's own from its results."""
    look = material.look
    groups = (ALL, *(code for code, _ in table.groups))
    words = {ALL: "Total", **dict(table.groups)}
    columns = [Column(header="Characteristic", align="left", weight=2.0)]
    columns += [Column(header=words[code], below=_size(look, table, code)) for code in groups]
    rows = []
    for variable in table.variables:
        rows += _rows(look, table, variable, groups, material.plan, test=test)
    if test:
        columns.append(Column(header="p"))
    notes = [_statistics_note(table)]
    if test:
        notes.append(_tests_note(look, table, material))
    if table.ungrouped:
        noun = noun_of(table.ungrouped, "patient")
        notes.append((f"{table.ungrouped} {noun} without a value of {table.by} in the total only.",))
    return Layout(
        content=TableContent(columns=tuple(columns), rows=tuple(rows), landscape=len(columns) > _WIDE + 1),
        population=(f"{table.population}, N = ", look.count(ids.own_size(table.key, ALL).stat("n"))),
        footnotes=tuple(note for note in notes if note),
    )


def _size(look: Lookup, table: Tabulation, group: str) -> Line:
    return ("(N = ", look.count(ids.own_size(table.key, group).stat("n")), ")")


def _rows(
    look: Lookup, table: Tabulation, variable: ReadVariable, groups: Sequence[str], plan: Plan, *, test: bool
) -> list[TableRow]:
    empty: tuple[Line, ...] = ((),) * len(groups)
    tested: tuple[Line, ...] = ()
    padding: tuple[Line, ...] = ()
    if test:
        tested, padding = ((look.p(_p_id(table.key, variable, plan)),),), ((),)
    measured = variable.kind == "measure"
    label = variable.label if measured else f"{variable.label}, n (%)"
    head = TableRow(cells=((label,), *empty, *tested), kind="group")
    lines = _measured(look, table, variable, groups) if measured else _counted(look, table, variable, groups)
    return [head, *(TableRow(cells=((name,), *cells, *padding), indent=1) for name, cells in lines)]


def _p_id(key: str, variable: ReadVariable, plan: Plan) -> str:
    if variable.kind == "categories":
        return ids.own_fisher(key, variable.column).stat("p")
    return ids.between(ids.own_compared(key, variable.column), plan.between_arm_test).stat("p")


def _measured(
    look: Lookup, table: Tabulation, variable: ReadVariable, groups: Sequence[str]
) -> list[tuple[str, tuple[Line, ...]]]:
    decimals = variable.decimals
    blocks = [ids.own_measure(table.key, variable.column, group) for group in groups]
    lines = [
        ("Mean (SD)", tuple(_mean(look, block, decimals + 1) for block in blocks)),
        ("Median (IQR)", tuple(look.median_quartiles(block, decimals, to=" to ") for block in blocks)),
        ("Range", tuple(look.limits(block, decimals, low="min", high="max") for block in blocks)),
    ]
    return lines + _unknown(look, [block.stat("n_missing") for block in blocks])


def _mean(look: Lookup, block: ids.Block, decimals: int) -> Line:
    if look.results.value(block.stat("mean")) is None:
        return (look.fixed(block.stat("mean"), decimals),)
    return (look.fixed(block.stat("mean"), decimals), " (", look.fixed(block.stat("sd"), decimals), ")")


def _counted(
    look: Lookup, table: Tabulation, variable: ReadVariable, groups: Sequence[str]
) -> list[tuple[str, tuple[Line, ...]]]:
    lines: list[tuple[str, tuple[Line, ...]]] = [
        (
            words,
            tuple(look.n_percent(ids.own_level(table.key, variable.column, code, group)) for group in groups),
        )
        for code, words in variable.levels
    ]
    return lines + _unknown(
        look, [ids.own_unknown(table.key, variable.column, group).stat("n") for group in groups]
    )


def _unknown(look: Lookup, numbers: Sequence[str]) -> list[tuple[str, tuple[Line, ...]]]:
    """Count the patients without a value, if there are any: the statistics leave them out."""
    if not look.results.value(numbers[0]):
        return []
    return [("Unknown, n", tuple((look.count(number),) for number in numbers))]


def _statistics_note(table: Tabulation) -> Line:
    if any(variable.kind == "categories" for variable in table.variables):
        return ("Percentages are of the patients of the group with a known value.",)
    return ()


def _tests_note(look: Lookup, table: Tabulation, material: Material) -> Line:
    """Name the tests; the plan has one between arms, and none for categories."""
    tests = []
    measured = [variable for variable in table.variables if variable.kind == "measure"]
    if measured:
        tests.append(
            f"measured variables, {material.between_test(ids.own_compared(table.key, measured[0].column))}"
        )
    categories = [variable for variable in table.variables if variable.kind == "categories"]
    if categories:
        methods = {
            look.results.row(ids.own_fisher(table.key, one.column).stat("p")).method for one in categories
        }
        tests.append(f"categories, {'; '.join(sorted(methods)) or FISHER}")
    return (f"Tests between groups: {'; '.join(tests)}.",)
