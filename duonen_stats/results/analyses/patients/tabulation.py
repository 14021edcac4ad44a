"""Tables of a reader's own: any variables of a dataset, by any groups, with the plan's statistics and tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.metadata.variables import DATASETS, code_lists
from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.compare_groups import compare_groups
from duonen_stats.results.rows.describe import count, describe
from duonen_stats.results.rows.groups import ALL, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

_MOST_LEVELS = 30
_MOST_DECIMALS = 2
_YES = {"Y": "Yes"}
_KNOWN = "patients with a known value"
FISHER = "Fisher's exact test"

Level = tuple[str, str]
"""Code and words of a level or of a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabulated:
    """A variable of a table of one's own.

    Parameters
    ----------
    column
        Name of the column.
    label
        What the row is called, with its unit; the label of the dataset's dictionary if empty.
    decimals
        Decimals of the median, its quartiles and the range; the mean and its standard deviation have one more. As
        many as the values have, at most two, if None.
    categories
        Whether values are counted as categories although they are numbers.

    Examples
    --------
    >>> Tabulated(column="BMIBL", label="Body mass index, kg/m²", decimals=1).column
    'BMIBL'
    """

    column: str
    label: str = ""
    decimals: int | None = None
    categories: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadVariable:
    """A variable as found: what it is called, how it is described, its levels or its decimals."""

    column: str
    label: str
    kind: Literal["measure", "categories"]
    decimals: int = 0
    levels: tuple[Level, ...] = ()
    absent_is_no: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabulation:
    """What a table of one's own is of; ``key`` begins the ids of its results. Without ``by`` it has no groups."""

    key: str
    variables: tuple[ReadVariable, ...]
    by: str
    groups: tuple[Level, ...]
    population: str
    ungrouped: int = 0


def records_of(
    data: Datasets, *, dataset: str, condition: Callable[[pd.DataFrame], "pd.Series[bool]"] | None = None
) -> pd.DataFrame:
    """Return a dataset, or those of its records for which a condition holds; one that is not known does not hold.

    Raises
    ------
    DataError
        There is no record that the dataset is made of: the data cut has none, or an open session leaves them out.
    """
    frame: pd.DataFrame | None = getattr(data, dataset.lower())
    if frame is None:
        raise DataError(
            f"There is no {dataset}: the data cut has no such records, or an open session leaves them out."
        )
    return frame if condition is None else frame[condition(frame).fillna(value=False).astype(bool)]


def read_tabulation(
    frame: pd.DataFrame,
    rows: Sequence[str | tuple[str, str] | Tabulated],
    by: str,
    study: Study,
    *,
    key: str,
    population: str,
) -> Tabulation:
    """Find out how each variable of a table is described, and which groups there are.

    Parameters
    ----------
    frame
        A dataset with one record for each patient (``USUBJID``).
    rows
        Names of columns, names with labels, or ``Tabulated``.
    by
        Column of the groups; empty for none.
    study
        Its codes give levels and groups their words and their order.
    key, population
        Key of the table, and whom it is of, in words.

    Raises
    ------
    DataError
        A column is not there, patients have several records, or a variable is neither number nor category.
    """
    wanted = [_wanted(row) for row in rows]
    if not wanted:
        raise DataError("A table has at least one row: name columns, such as rows=['AGE', 'SEX'].")
    _require_columns(frame, ["USUBJID", *([by] if by else []), *(one.column for one in wanted)])
    repeated = frame["USUBJID"].duplicated()
    if repeated.any():
        raise DataError(
            f"{int(repeated.sum())} records of the dataset are further ones of a patient, and a table counts patients. "
            "Choose one record for each, such as adlb[(adlb.PARAMCD == 'HGB') & (adlb.ABLFL == 'Y')]."
        )
    doubled = {one.column for one in wanted if [other.column for other in wanted].count(one.column) > 1}
    if doubled:
        raise DataError(f"{', '.join(sorted(doubled))} is named in two rows.")
    groups = () if not by else _levels(frame[by], by, study)
    if ALL in dict(groups):
        raise DataError(
            f"{by} has the value {ALL!r}, by which the total is known. Name that group otherwise."
        )
    return Tabulation(
        key=key,
        variables=tuple(_read(frame[one.column], one, study) for one in wanted),
        by=by,
        groups=groups,
        population=population,
        ungrouped=int(frame[by].isna().sum()) if by else 0,
    )


def _wanted(row: str | tuple[str, str] | Tabulated) -> Tabulated:
    if isinstance(row, Tabulated):
        return row
    if isinstance(row, str):
        return Tabulated(column=row)
    try:
        column, label = row
    except (TypeError, ValueError):
        raise DataError(f"{row!r} is no row of a table: name a column, or (column, label).") from None
    return Tabulated(column=column, label=label)


def _require_columns(frame: pd.DataFrame, wanted: Sequence[str]) -> None:
    lacking = [name for name in dict.fromkeys(wanted) if name not in frame.columns]
    if lacking:
        raise DataError(
            f"The dataset has no column {', '.join(map(repr, lacking))}; it has {', '.join(map(str, frame.columns))}."
        )


def _label(column: str) -> str:
    """Return what the datasets' own dictionary calls a column; its name, if it does not know it."""
    found = (item.label for dataset in DATASETS.values() for item in dataset.variables if item.name == column)
    return next(found, column)


def _read(values: "pd.Series[Any]", wanted: Tabulated, study: Study) -> ReadVariable:
    column, label = wanted.column, wanted.label or _label(wanted.column)
    if pd.api.types.is_datetime64_any_dtype(values):
        raise DataError(f"{column} is a date. Tabulate a duration, such as the days since another date.")
    measured = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if measured and not wanted.categories:
        decimals = _decimals(values) if wanted.decimals is None else wanted.decimals
        return ReadVariable(column=column, label=label, kind="measure", decimals=decimals)
    codes = code_lists(study, [column]).get(column)
    alone = codes == _YES and set(values.dropna().astype(str)) <= {"Y"}
    levels = (("Y", "Yes"),) if alone else _levels(values, column, study)
    return ReadVariable(column=column, label=label, kind="categories", levels=levels, absent_is_no=alone)


def _levels(values: "pd.Series[Any]", column: str, study: Study) -> tuple[Level, ...]:
    """Give the levels of a variable: those of the dictionary in its order, then others that are found."""
    if column in {"TRT01P", "TRT01A"}:
        codes: Mapping[str | int, str] = {arm.code: arm.label for arm in study.arms}
    else:
        codes = code_lists(study, [column]).get(column, {})
    known = {str(code): words for code, words in codes.items()}
    present = [_code(value) for value in pd.unique(values.dropna())]
    others = sorted(set(present) - set(known), key=_in_order)
    if len(others) > _MOST_LEVELS:
        raise DataError(
            f"{column} has {len(others)} different values; a table counts at most {_MOST_LEVELS}. Put them into "
            "groups first."
        )
    words = {"True": "Yes", "False": "No"}
    return tuple(known.items()) + tuple((code, words.get(code, code)) for code in others)


def _code(value: object) -> str:
    """Write a value as a code: a whole number without a decimal point."""
    return f"{value:g}" if isinstance(value, float | np.floating) else str(value)


def _in_order(code: str) -> tuple[float, str]:
    try:
        return float(code), code
    except ValueError:
        return float("inf"), code


def _decimals(values: "pd.Series[Any]") -> int:
    known = numbers(values)
    known = known[np.isfinite(known)]
    exact = (d for d in range(_MOST_DECIMALS) if np.allclose(known, np.round(known, d), rtol=0, atol=1e-9))
    return next(exact, _MOST_DECIMALS)


def analyse_tabulation(frame: pd.DataFrame, table: Tabulation, plan: Plan, *, test: bool) -> list[ResultRow]:
    """Describe every variable in all patients and in each group, and compare the groups.

    A measured variable is compared by the plan's test between arms, a category by Fisher's exact test of the patients
    of whom it is known. Comparisons are of the groups of ``by``; patients without a group are in the total only.

    Source: plan, ``between_arm_test``, ``quantile_type``; Fisher (1935) JRSS 98:39-82.
    """
    codes = frame[table.by].map(_code, na_action="ignore") if table.by else None
    members = {ALL: frame}
    if codes is not None:
        members |= {code: frame[codes.eq(code).fillna(value=False).astype(bool)] for code, _ in table.groups}
    rows: list[ResultRow] = []
    base = About(display=table.key, population=table.population, group1=table.by)
    for group, own in members.items():
        about = replace(base, group1_level=group)
        size = about.of(ids.own_size(table.key, group))
        rows.append(size.row("n", len(own), n=len(own), label="Number of patients"))
        for variable in table.variables:
            rows += [*_described(own, variable, table.key, group, about, plan)]
    if test and table.groups:
        grouped = {code: members[code] for code, _ in table.groups}
        for variable in table.variables:
            rows += _compared(grouped, variable, table, base, plan)
    return rows


def _described(
    own: pd.DataFrame, variable: ReadVariable, key: str, group: str, about: About, plan: Plan
) -> Iterator[ResultRow]:
    column = variable.column
    if variable.kind == "measure":
        block = about.of(ids.own_measure(key, column, group), variable=column, context=variable.label)
        yield from describe(numbers(own[column]), block, plan, population=len(own))
        return
    codes = own[column].map(_code, na_action="ignore")
    known = len(own) if variable.absent_is_no else int(codes.notna().sum())
    for code, words in variable.levels:
        block = about.of(
            ids.own_level(key, column, code, group),
            variable=column,
            variable_level=words,
            context=variable.label,
        )
        of = "patients" if variable.absent_is_no else _KNOWN
        yield from count(int(codes.eq(code).fillna(value=False).sum()), known, block, of=of)
    unknown = about.of(ids.own_unknown(key, column, group), variable=column, context="not recorded")
    yield unknown.row("n", len(own) - known, n=len(own), unit="", label="Number of patients, unknown")


def _compared(
    grouped: Mapping[str, pd.DataFrame], variable: ReadVariable, table: Tabulation, base: About, plan: Plan
) -> list[ResultRow]:
    column = variable.column
    if variable.kind == "measure":
        about = base.of(ids.own_compared(table.key, column), variable=column, context=variable.label)
        found = compare_groups({code: numbers(own[column]) for code, own in grouped.items()}, about, plan)
        planned = ids.between(about.id, plan.between_arm_test)
        return [row for row in found if row.analysis_id.startswith(f"{planned}.")]
    block = base.of(ids.own_fisher(table.key, column), variable=column, context=variable.label)
    counts = np.array([_counts(own[column], variable) for own in grouped.values()])
    try:
        result = methods.fisher_exact(counts, seed=plan.seed)
    except NotEstimable as verdict:
        return block.refused(verdict, "p", method=FISHER)
    sampled = (
        "" if result.method == "exact" else f", {result.resamples} tables sampled with seed {result.seed}"
    )
    return [block.row("p", result.p_value, unit="", n=int(counts.sum()), method=f"{FISHER}{sampled}")]


def _counts(values: "pd.Series[Any]", variable: ReadVariable) -> list[int]:
    codes = values.map(_code, na_action="ignore")
    found = [int(codes.eq(code).fillna(value=False).sum()) for code, _ in variable.levels]
    return [*found, len(values) - sum(found)] if variable.absent_is_no else found
