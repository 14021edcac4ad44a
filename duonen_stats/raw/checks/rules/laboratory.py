"""Rules about laboratory values: units, limits, plausibility, visits against cycles and windows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Literal

import pandas as pd

from duonen_stats.methods.inputs.bounds import above, below, meets
from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits, one_hit
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.reference_ranges import LIMITS, plausible_limits
from duonen_stats.raw.findings import shown
from duonen_stats.raw.intake.result_cell import bound_parts
from duonen_stats.raw.questions import (
    CHECK_CYCLE,
    CHECK_DATE,
    CHECK_LABORATORY,
    CORRECT_ENTRY,
    ENTER_VALUE,
    SAY_WHICH_RECORD,
)
from duonen_stats.study import Analyte, Study
from duonen_stats.study.unit_spelling import unit_readings

_TABLE = "labs"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_NEEDS = ("subjects", "administrations", "labs")

ROUNDING = 0.015
"""By how much three counts, each rounded to two decimals, may seem to contradict each other (10⁹/L)."""


@cross_rule(
    "LAB-UNIT",
    "error",
    "A value comes in a unit that is not known for its analyte.",
    (_TABLE,),
    question=CHECK_LABORATORY,
)
def _unknown_unit(data: CutView) -> Iterator[Hit]:
    yield from unknown_units(data.labs, data.study, _TABLE)


def unknown_units(rows: pd.DataFrame, study: Study, table: str) -> Iterator[Hit]:
    """Report each unit that is not known for its analyte, once for all the lines that have it.

    Parameters
    ----------
    rows
        ``ANALYTE``, ``UNIT``, ``FACTOR`` (missing where the unit is not known) and ``_ROW``.
    study
        Analytes with their units; an analyte that it does not have has a finding of its own.
    table
        The raw table of the rows.
    """
    analytes = {one.code: one for one in study.all_analytes}
    odd = rows[rows["FACTOR"].isna() & rows["UNIT"].notna() & rows["ANALYTE"].isin([*analytes])]
    for unit, alike in odd.groupby("UNIT", sort=False):
        codes = sorted(alike["ANALYTE"].unique(), key=[*analytes].index)
        known = dict.fromkeys(name for code in codes for name in analytes[code].factors)
        near = get_close_matches(str(unit), known, n=1, cutoff=_NEAR)
        nearest = f"; the nearest known is {near[0]}" if near else ""
        message = (
            f"Unit {shown(str(unit))} is not known for {', '.join(codes)}{nearest}. Known: {', '.join(known)}, in any "
            "spelling. Correct the unit, or translate it in the mapping file."
        )
        yield one_hit(alike, table, "UNIT", message + _without_surface(str(unit), known))


def _without_surface(unit: str, known: Iterable[str]) -> str:
    """Say what decides where a unit differs from a known one in the body surface alone.

    Estimates by CKD-EPI and MDRD are per 1.73 m² by their making (KDIGO 2012, 1.4.3), and laboratories often leave that
    out of the unit; the estimate by Cockcroft and Gault is a clearance in mL/min of the patient's own surface. The unit
    does not say which of them it is, so that only the laboratory can.
    """
    read = unit_readings(unit)
    for name in known:
        bare = [
            replace(one, bases=tuple(base for base in one.bases if base[0] != "BSA"))
            for one in unit_readings(name)
        ]
        if {*read} & {*bare} and name != unit:
            return (
                f" It names no body surface: an estimate by CKD-EPI or MDRD is in {name} all the same (then translate "
                f"it: codes: {{UNIT: {{{unit}: {name}}}}}); a clearance, such as by Cockcroft and Gault, is another "
                "quantity, and is left out."
            )
    return ""


_NEAR = 0.5
"""A name of a unit is near another if at least this share of their characters agrees (``difflib``)."""


@cross_rule(
    "LAB-IMPLAUSIBLE",
    "error",
    "A value lies outside the plausible range of its analyte.",
    (_TABLE,),
    question=CHECK_LABORATORY,
)
def _implausible_value(data: CutView) -> Iterator[Hit]:
    rows = {one.code: (one.plausible_low, one.plausible_high, one.unit) for one in data.study.all_analytes}
    bounds = pd.DataFrame.from_dict(rows, orient="index", columns=["FROM", "TO", "OWNUNIT"])
    # Of a censored result the bound is looked at, as whatever it counts in analyses.
    labs = data.labs.assign(AVAL=data.labs["LIMIT"].fillna(data.labs["AVAL"]))
    labs = labs.dropna(subset=["AVAL"]).join(bounds, on="ANALYTE")
    odd = labs[below(labs["AVAL"], labs["FROM"]) | above(labs["AVAL"], labs["TO"])]
    message = "{ANALYTE} {AVAL:g} {OWNUNIT}, plausible from {FROM:g} to {TO:g}. Check value and unit."
    yield from hits(odd, _TABLE, "VALUE", message)


def implausible_limit(rows: pd.DataFrame, limit: Literal["LLN", "ULN"], study: Study) -> "pd.Series[bool]":
    """Say in which rows a limit of normal is not plausible for its analyte, and not merely crossed with the other.

    Parameters
    ----------
    rows
        ``ANALYTE``, ``UNIT``, ``FACTOR``, ``LLN`` and ``ULN``. A negative limit has a finding of its own.
    limit
        Which of the two.
    study
        Analytes with the plausible bounds of their limits.
    """
    own = {one: rows[one].astype("float64") * rows["FACTOR"] for one in LIMITS}
    odd = ~plausible_limits(rows["ANALYTE"], own[limit], limit, study) & rows[limit].ge(0).fillna(False)
    crossed = (rows["LLN"] >= rows["ULN"]).fillna(False)
    swapped = plausible_limits(rows["ANALYTE"], own["LLN"], "ULN", study)
    swapped &= plausible_limits(rows["ANALYTE"], own["ULN"], "LLN", study)
    explained = ~swapped & pd.Series(
        [
            bool(likely_limit(study.analyte(code), limit, float(value))) if strange else False
            for code, value, strange in zip(rows["ANALYTE"], rows[limit], odd & crossed, strict=True)
        ],
        index=rows.index,
        dtype=bool,
    )
    return (odd & (~crossed | explained)).astype(bool)


def crossed_limits(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Take the rows whose lower limit is not below the upper one, and of which no implausible limit is the reason."""
    reason = implausible_limit(rows, "LLN", study) | implausible_limit(rows, "ULN", study)
    return rows[(rows["LLN"] >= rows["ULN"]).fillna(False).astype(bool) & ~reason]


def in_other_unit(analyte: Analyte, value: float, unit: str, factor: float) -> str:
    """Write a value as it would be in a unit, and what that is in the analyte's own unit if it is another.

    Example
    -------
    In g/L a haemoglobin of 121 is "121 g/L = 12.1 g/dL"; in g/dL, 12.1 is "12.1 g/dL".
    """
    own = "" if unit == analyte.unit else f" = {value * factor:g} {analyte.unit}"
    return f"{value:g} {unit}{own}"


def likely_limit(analyte: Analyte, limit: Literal["LLN", "ULN"], value: float) -> str:
    """Say what an implausible limit probably is: one in another unit, or a code for missing; empty if unclear."""
    low, high = analyte.plausible_limits(limit)
    units = {factor: unit for unit, factor in reversed(analyte.factors.items())}
    fitting = [
        in_other_unit(analyte, value, unit, factor)
        for factor, unit in units.items()
        if value and meets(value * factor, ">=", low) and meets(value * factor, "<=", high)
    ]
    if fitting:
        return f"{' or '.join(fitting)} would be: correct the limit or its unit."
    if value in _CODES_FOR_MISSING:
        return (
            "It is probably a code for missing: leave the cell empty, or state the code in the mapping file."
        )
    return ""


_CODES_FOR_MISSING = frozenset([0.0, *(10.0**digits - 1 for digits in range(2, 8))])
"""What databases write for missing where a number is wanted: 0, and nines."""


@cross_rule(
    "LAB-TIME", "error", "A time of sampling is not a time of day.", (_TABLE,), question=CORRECT_ENTRY
)
def _no_time_of_day(data: CutView) -> Iterator[Hit]:
    labs = data.tables[_TABLE]
    odd = labs[labs["LBTM"].notna() & ~labs["LBTM"].astype(object).str.fullmatch(_TIME, na=False)]
    yield from hits(odd, _TABLE, "LBTM", "{LBTM!r} is not a time from 00:00 to 23:59; correct the cell.")


@cross_rule(
    "LAB-BOUND",
    "error",
    "A bound is not written as the dictionary has it, or is given next to a value.",
    (_TABLE,),
    question=CORRECT_ENTRY,
)
def _faulty_bound(data: CutView) -> Iterator[Hit]:
    labs = data.tables[_TABLE]
    labs = labs[labs["BOUND"].notna()]
    known = {text for text in labs["BOUND"].unique() if bound_parts(str(text)) is not None}
    message = (
        "{BOUND!r} is not a bound such as <0.3 or >=90, with a point; correct the cell. It was not used."
    )
    yield from hits(labs[~labs["BOUND"].isin([*known])], _TABLE, "BOUND", message)
    both = labs[labs["BOUND"].isin([*known]) & labs["VALUE"].notna()]
    yield from hits(
        both, _TABLE, "BOUND", "{BOUND} beside the value {VALUE:g}; keep the one that was reported."
    )


@cross_rule(
    "LAB-LIMITS",
    "error",
    "The lower limit of normal is not below the upper one.",
    (_TABLE,),
    question=CHECK_LABORATORY,
)
def _crossed_limits(data: CutView) -> Iterator[Hit]:
    crossed = crossed_limits(data.labs, data.study)
    yield from hits(crossed, _TABLE, "LLN", "LLN {LLN:g} is not below ULN {ULN:g}; correct the limits.")


@cross_rule(
    "LAB-NOLIMIT",
    "note",
    "The limit of normal that grading needs is missing.",
    (_TABLE,),
    question=ENTER_VALUE,
)
def _missing_limit(data: CutView) -> Iterator[Hit]:
    labs = data.labs.dropna(subset=["VALUE"])
    for analyte in data.study.analytes:
        limit, filled = ("LLN", "ANRLO") if analyte.adverse == "low" else ("ULN", "ANRHI")
        own = labs[labs["ANALYTE"] == analyte.code]
        for laboratory, held in own.groupby(own["LABORATORY"].fillna(""), sort=True):
            lacking = held[held[limit].isna() & held[filled].isna()]
            if lacking.empty:
                continue
            where = f" of laboratory {laboratory}" if laboratory else ""
            message = (
                f"{limit} is missing for {len(lacking)} of {len(held)} values of {analyte.code}{where}: not all can be "
                "graded. Add them, or the range of the laboratory to table reference_ranges."
            )
            yield one_hit(lacking, _TABLE, limit, message)


@cross_rule(
    "LAB-AFTERNOTHING",
    "error",
    "A visit after a cycle is recorded though the cycle was not given.",
    _NEEDS,
    question=CHECK_CYCLE,
)
def _visit_after_no_cycle(data: CutView) -> Iterator[Hit]:
    labs = data.samplings
    odd = labs[(labs["POSITION"] == "after") & ~labs["GIVEN"]]
    message = "Visit {VISIT}, but cycle {CYCLE} was not given; correct the visit, or add the administration."
    yield from hits(odd, _TABLE, "VISIT", message)


@cross_rule(
    "LAB-BEFORENOTHING",
    "note",
    "A visit before a cycle is recorded, and the cycle was not given.",
    _NEEDS,
    question=CHECK_CYCLE,
)
def _visit_before_no_cycle(data: CutView) -> Iterator[Hit]:
    labs = data.samplings
    odd = labs[(labs["POSITION"] == "before") & ~labs["GIVEN"]]
    message = "Visit {VISIT}; cycle {CYCLE} was not given. That is right if treatment ended there."
    yield from hits(odd, _TABLE, "VISIT", message)


@cross_rule(
    "LAB-SIDE",
    "error",
    "A visit before a cycle is dated after it, or a visit after it not after it.",
    _NEEDS,
    question=CHECK_DATE,
)
def _wrong_side(data: CutView) -> Iterator[Hit]:
    labs = data.samplings
    before = labs["POSITION"] == "before"
    odd = labs[(before & (labs["DAY"] > 0)) | (~before & (labs["DAY"] <= 0))]
    message = "{VISIT} on {LBDT:%Y-%m-%d}, not {POSITION} {CYCLE} on {EXDT:%Y-%m-%d}; correct the dates."
    yield from hits(odd, _TABLE, "LBDT", message)


@cross_rule(
    "LAB-WINDOW",
    "warning",
    "A visit lies outside its window, though on the right side of its cycle.",
    _NEEDS,
    question=CHECK_DATE,
)
def _outside_window(data: CutView) -> Iterator[Hit]:
    labs = data.samplings
    right = (labs["DAY"] > 0) == (labs["POSITION"] == "after")
    odd = labs[right & labs["DAY"].notna() & ~labs["DAY"].between(labs["DAYLOW"], labs["DAYHIGH"])]
    message = "{VISIT} on day {DAY:.0f} of cycle {CYCLE}, window {DAYLOW} to {DAYHIGH}. Check date and visit."
    yield from hits(odd, _TABLE, "LBDT", message)


@cross_rule(
    "LAB-ORDER",
    "error",
    "A visit after a cycle is not dated after the visit before that cycle.",
    (_TABLE,),
    question=CHECK_DATE,
)
def _visits_out_of_order(data: CutView) -> Iterator[Hit]:
    cycle = {visit.code: visit.cycle for visit in data.study.visits}
    after = [visit.code for visit in data.study.visits if visit.position == "after"]
    labs = data.tables[_TABLE].dropna(subset=["SUBJID", "LBDT"])
    labs = labs.drop_duplicates(["SUBJID", "VISIT", "LBDT"])
    labs = labs.assign(CYCLE=labs["VISIT"].map(cycle)).dropna(subset=["CYCLE"])
    late, early = labs[labs["VISIT"].isin(after)], labs[~labs["VISIT"].isin(after)]
    latest = early.groupby(["SUBJID", "CYCLE"], as_index=False)["LBDT"].max()
    pairs = late.merge(latest, on=["SUBJID", "CYCLE"], suffixes=("", "_T"))
    odd = pairs[pairs["LBDT"] <= pairs["LBDT_T"]]
    message = "{VISIT} on {LBDT:%Y-%m-%d}, not after {CYCLE} on {LBDT_T:%Y-%m-%d}; correct the dates."
    yield from hits(odd, _TABLE, "LBDT", message)


@cross_rule(
    "LAB-REPEAT",
    "note",
    "An analyte was measured several times at one visit.",
    (_TABLE,),
    question=SAY_WHICH_RECORD,
)
def _repeated_visit(data: CutView) -> Iterator[Hit]:
    planned = [visit.code for visit in data.study.visits]
    labs = data.labs[data.labs["VISIT"].isin(planned) & data.labs["LBDT"].notna()]
    dated = labs.drop_duplicates(["SUBJID", "VISIT", "ANALYTE", "LBDT", "LBTM"])
    again = dated[dated.duplicated(["SUBJID", "VISIT", "ANALYTE"])]
    message = "Another {ANALYTE} at {VISIT}; the plan's rule picks one for analysis."
    yield from hits(again, _TABLE, "LBDT", message)


@cross_rule(
    "LAB-DIFFERENTIAL",
    "warning",
    "Neutrophils and lymphocytes together exceed the white blood cells.",
    (_TABLE,),
    question=CHECK_LABORATORY,
)
def _differential_above_total(data: CutView) -> Iterator[Hit]:
    key = ["SUBJID", "VISIT", "LBDT", "LBTM"]
    labs = data.labs.dropna(subset=["LOWEST", *key[:3]]).drop_duplicates([*key, "ANALYTE"])
    counts = {code: labs[labs["ANALYTE"] == code] for code in ("WBC", "NEUT", "LYMPH")}
    joined = counts["WBC"]
    for code in ("NEUT", "LYMPH"):
        joined = joined.merge(counts[code][[*key, "LOWEST"]].rename(columns={"LOWEST": code}), on=key)
    odd = joined[above(joined["NEUT"] + joined["LYMPH"], joined["HIGHEST"] + ROUNDING)]
    message = "NEUT {NEUT:g} and LYMPH {LYMPH:g} exceed WBC {HIGHEST:g} at {VISIT}. Check the three values."
    yield from hits(odd, _TABLE, "VALUE", message)


@cross_rule(
    "LAB-NOBASELINE",
    "note",
    "An analyte of a treated patient has no value that can be the baseline.",
    _NEEDS,
    question=ENTER_VALUE,
)
def _no_baseline(data: CutView) -> Iterator[Hit]:
    start = data.baseline_labs
    randomised = data.labs.loc[data.labs["SUBJID"].isin(data.subjects["SUBJID"]), "SUBJID"]
    held = set(zip(start["SUBJID"], start["ANALYTE"], strict=True))
    for subject in data.span.index[data.span.index.isin(randomised)]:
        codes = (analyte.code for analyte in data.study.analytes)
        lacking = ", ".join(code for code in codes if (subject, code) not in held)
        if lacking:
            message = f"No value of {lacking} at or before the first cycle. Check that it is really missing."
            yield Hit(_TABLE, message, column="VISIT", subject=str(subject))
