"""Rules about units and reference ranges: what a value would be in another unit, ranges that contradict."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.methods.inputs.bounds import above, below, meets
from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, one_hit
from duonen_stats.raw.checks.rules.laboratory import (
    crossed_limits,
    implausible_limit,
    in_other_unit,
    likely_limit,
    unknown_units,
)
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.reference_ranges import (
    LIMITS,
    RANGE_HIGH,
    RANGE_LOW,
    RANGES,
    in_own_unit,
    usable_limits,
)
from duonen_stats.raw.questions import CHECK_LABORATORY
from duonen_stats.study import Study

_LABS = "labs"
_TABLE = "reference_ranges"
_NEEDS = ("subjects", _LABS, _TABLE)

_DIFFERENT = 1e-9
"""Limits differ if they do by more than this fraction: conversions leave binary noise."""


@cross_rule(
    "LAB-OTHERUNIT",
    "note",
    "A value implausible in its unit would be plausible in another one.",
    (_LABS,),
    question=CHECK_LABORATORY,
)
def _plausible_elsewhere(data: CutView) -> Iterator[Hit]:
    for analyte in data.study.all_analytes:
        low, high = analyte.plausible_low, analyte.plausible_high
        labs = data.labs[(data.labs["ANALYTE"] == analyte.code) & data.labs["VALUE"].notna()]
        odd = labs[below(labs["AVAL"], low) | above(labs["AVAL"], high)]
        # Of units with one factor the first stands for all: they are spellings.
        units = {factor: unit for unit, factor in reversed(analyte.factors.items())}
        for row in odd.to_dict("records"):
            fitting = [
                in_other_unit(analyte, row["VALUE"], unit, factor)
                for factor, unit in units.items()
                if meets(row["VALUE"] * factor, ">=", low) and meets(row["VALUE"] * factor, "<=", high)
            ]
            if fitting:
                message = (
                    f"Not plausible in {row['UNIT']}, but {' or '.join(fitting)} would be. Ask for the unit; "
                )
                yield Hit(
                    _LABS,
                    f"{message}the value was not changed.",
                    row=int(row["_ROW"]),
                    column="UNIT",
                    subject=str(row["SUBJID"]),
                )


@cross_rule(
    "LAB-LIMITUNIT",
    "error",
    "A limit of normal is not plausible for its analyte in the unit of the value: another unit, or a code for missing.",
    (_LABS,),
    question=CHECK_LABORATORY,
)
def _limits_in_another_unit(data: CutView) -> Iterator[Hit]:
    yield from _implausible_limits(data.labs, data.study, _LABS)


@cross_rule(
    "RANGE-LIMITUNIT",
    "error",
    "A limit of a reference range is not plausible for its analyte in its unit: another unit, or a code for missing.",
    (_TABLE,),
    question=CHECK_LABORATORY,
)
def _ranges_in_another_unit(data: CutView) -> Iterator[Hit]:
    yield from _implausible_limits(in_own_unit(data.tables[_TABLE], data.study), data.study, _TABLE)


def _implausible_limits(rows: pd.DataFrame, study: Study, table: str) -> Iterator[Hit]:
    """Report each implausible limit once for all lines of a laboratory that have it."""
    for limit in LIMITS:
        odd = rows[implausible_limit(rows, limit, study)]
        key = [odd["ANALYTE"], odd["UNIT"], odd[limit], odd["LABORATORY"].fillna("")]
        for _, alike in odd.groupby(key, sort=True):
            first = alike.iloc[0]
            analyte, value = study.analyte(str(first["ANALYTE"])), float(first[limit])
            low, high = analyte.plausible_limits(limit)
            where = "" if pd.isna(first["LABORATORY"]) else f" of laboratory {first['LABORATORY']}"
            span = f"up to {high:g}" if low == 0 else f"from {low:g} to {high:g}"
            message = (
                f"{limit} {value:g} of {analyte.code}{where} in {first['UNIT']}; plausible is {span} {analyte.unit}. "
                f"{likely_limit(analyte, limit, value) or 'Correct it.'} The limit is not used."
            )
            yield one_hit(alike, table, limit, message)


@cross_rule(
    "RANGE-UNIT",
    "error",
    "A reference range has a unit that is not known for its analyte.",
    (_TABLE,),
    question=CHECK_LABORATORY,
)
def _unknown_unit(data: CutView) -> Iterator[Hit]:
    ranges = in_own_unit(data.tables[_TABLE], data.study)
    yield from unknown_units(ranges, data.study, _TABLE)


@cross_rule(
    "RANGE-LIMITS",
    "error",
    "A reference range has no limit, or its limits are crossed.",
    (_TABLE,),
    question=CHECK_LABORATORY,
)
def _faulty_limits(data: CutView) -> Iterator[Hit]:
    ranges = data.tables[_TABLE]
    for row in crossed_limits(in_own_unit(ranges, data.study), data.study).to_dict("records"):
        message = f"LLN {row['LLN']:g} is not below ULN {row['ULN']:g}; correct the limits."
        yield Hit(_TABLE, message, row=int(row["_ROW"]), column="LLN")
    for row in ranges[ranges["LLN"].isna() & ranges["ULN"].isna()].to_dict("records"):
        yield Hit(_TABLE, "Neither LLN nor ULN; fill one in.", row=int(row["_ROW"]), column="ULN")


@cross_rule(
    "RANGE-SEVERAL",
    "error",
    "Several different reference ranges hold for values that have no limits.",
    _NEEDS,
    question=CHECK_LABORATORY,
)
def _several_ranges(data: CutView) -> Iterator[Hit]:
    labs = data.labs
    odd = labs[(labs[RANGES] > 1) & (labs["LLN"].isna() | labs["ULN"].isna())]
    for (laboratory, analyte), rows in odd.groupby(["LABORATORY", "ANALYTE"], sort=True):
        message = f"{len(rows)} values of {analyte} of {laboratory} fall into several ranges; none was used."
        yield Hit(_TABLE, f"{message} Separate them by sex, age and date.", column="LLN")


@cross_rule(
    "RANGE-DIFFERS",
    "warning",
    "The limits of a value are not those of its laboratory's reference range.",
    _NEEDS,
    question=CHECK_LABORATORY,
)
def _own_limits_differ(data: CutView) -> Iterator[Hit]:
    labs = data.labs
    usable = usable_limits(labs, labs["FACTOR"], data.study)
    for limit, ranged in (("LLN", RANGE_LOW), ("ULN", RANGE_HIGH)):
        own = usable[limit]
        odd = labs[_differs(own, labs[ranged])]
        for (laboratory, analyte), rows in odd.groupby(["LABORATORY", "ANALYTE"], sort=True):
            first = rows.iloc[0]
            message = (
                f"{len(rows)} values of {analyte} of {laboratory} have another {limit} than its reference range, "
                f"the first {first[limit]:g} {first['UNIT']}. The value's own was used; ask which is right."
            )
            yield Hit(_LABS, message, row=int(first["_ROW"]), column=limit)


def _differs(own: pd.Series, ranged: pd.Series) -> pd.Series:
    return (own - ranged).abs() > _DIFFERENT * ranged.abs()
