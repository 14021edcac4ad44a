"""What can be wrong with a dictionary whose every entry is well-formed: repeated, dangling, contradictory."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from duonen_stats.study.entities import (
    Analyte,
    Arm,
    CtcaeCriteria,
    Organ,
    ProtocolRule,
    Study,
    VisitSeries,
    VitalSign,
)
from duonen_stats.study.raw_tables import RawColumn, RawTable
from duonen_stats.study.unit_spelling import unit_factor

_RELIED_ON = {
    "data_cut": "STUDYID CUTDT ORIGIN STAGE LABEL",
    "subjects": "SUBJID SITEID RANDDT ARM AGE SEX RACE BMI PRIMSITE GRADE KI67 METLIV METLN METBON METOTH "
    "KPS DXDUR ACTARM",
    "administrations": "SUBJID CYCLE EXDT REASON",
    "dosimetry": "SUBJID CYCLE ORGAN ISOTOPE DOSE_GY",
    "vital_signs": "SUBJID VISIT VSDT TEST VALUE UNIT",
    "concomitant_therapies": "SUBJID CMSEQ TERM CLASS ANTITUMOUR LINE STARTDT STARTDTC ENDDT ENDDTC",
    "protocol_deviations": "SUBJID DVSEQ DVDT CATEGORY TERM IMPORTANT EXCLUDEPP",
    "labs": "SUBJID VISIT LBDT LBTM ANALYTE VALUE BOUND REASND UNIT LLN ULN LABORATORY",
    "adverse_events": "SUBJID AESEQ TERM CATEGORY GRADE STARTDT STARTDTC ENDDT ENDDTC RELATED SERIOUS "
    "ACTION OUTCOME SOC PT DICTVER RELLU RELY90 GRADEINI",
    "disposition": "SUBJID STATUS DSDT DSDTC REASON DETAIL",
    "tumour_assessments": "SUBJID ASSESSDT METHOD SUMDIAM NEWLESION RESPONSE",
    "follow_up": "SUBJID LASTDT LASTDTC STATUS DEATHDT DEATHDTC NEWTRTDT NEWTRTDTC NEWTRT DTHCAUSE DTHTEXT",
    "reference_ranges": "LABORATORY ANALYTE SEX AGE_LOW AGE_HIGH FROMDT TODT LLN ULN UNIT",
}
"""Columns that checks and analysis datasets ask for by name; a dictionary may have others beside them."""

_NAMING = ("code", "id", "name", "unit")


def items(data: Any) -> list[dict[str, Any]]:
    """Entries of a list of plain data; none if it is no list."""
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def names(data: Any) -> list[str]:
    """Names that the entries of a list of plain data go by."""
    found = (next((item[key] for key in _NAMING if key in item), None) for item in items(data))
    return [name for name in found if isinstance(name, str)]


def find_faults(study: Study, data: dict[str, Any]) -> Iterator[str]:
    """Find the faults that show only when entries are held against each other.

    Parameters
    ----------
    study
        What could be built of the file.
    data
        The file as plain data. References are looked up here, so that a faulty entry is one fault and does
        not make every mention of it another.

    Yields
    ------
    str
        Place and fault.
    """
    yield from _repeated(data)
    yield from (
        f"{section}: is empty" for section in data if isinstance(data[section], list) and not data[section]
    )
    for arm in study.arms:
        yield from (f"arms[{arm.code}]: {fault}" for fault in _arm(arm, names(data["isotopes"])))
    for isotope in study.isotopes:
        if isotope.plausible_low >= isotope.plausible_high:
            yield f"isotopes[{isotope.code}]: plausible_low is not below plausible_high"
        if not isotope.half_life_hours > 0:
            yield f"isotopes[{isotope.code}]: half_life_hours is not above 0"
    for organ in study.organs:
        yield from (f"organs[{organ.code}]: {fault}" for fault in _organ(organ, names(data["isotopes"])))
    planned = sum(arm.planned for arm in study.arms)
    if planned != study.planned_subjects and len(study.arms) == len(items(data["arms"])):
        yield f"design.planned_subjects: {study.planned_subjects}, but the arms add up to {planned}"
    yield from _visits_and_analytes(study, names(data["cycles"]))
    columns = {
        f"{table.get('name')}.{name}"
        for table in items(data["tables"])
        for name in names(table.get("columns"))
    }
    yield from _relied_on(names(data["isotopes"]), columns)
    for rule in (*study.eligibility_rules, *study.stopping_rules):
        yield from (
            f"rule {rule.id}: {fault}" for fault in _rule(rule, study, names(data["analytes"]), columns)
        )
    for table in study.tables:
        yield from (f"tables[{table.name}].{fault}" for fault in _table(table, columns))


def _repeated(data: dict[str, Any]) -> Iterator[str]:
    lists: dict[str, Any] = {
        section: entries for section, entries in data.items() if isinstance(entries, list)
    }
    if isinstance(data["code_lists"], dict):
        lists |= {f"code_lists.{name}": entries for name, entries in data["code_lists"].items()}
    measured = [*items(data["analytes"]), *items(data["further_analytes"])]
    both = [name for name, times in Counter(names(measured)).items() if times > 1]
    yield from (
        f"further_analytes: {name!r} is one of the analytes"
        for name in both
        if name in names(data["analytes"]) and name in names(data["further_analytes"])
    )
    for one in measured:
        listed = one.get("usual_units")
        lists[f"analytes[{one.get('code')}].usual_units"] = [
            {"unit": unit} for unit in (listed if isinstance(listed, list) else [])
        ]
    lists |= {f"analytes[{one.get('code')}].conversions": one.get("conversions") for one in measured}
    lists |= {f"tables[{one.get('name')}].columns": one.get("columns") for one in items(data["tables"])}
    for where, entries in lists.items():
        repeated = [name for name, times in Counter(names(entries)).items() if times > 1]
        yield from (f"{where}: {name!r} stands there more than once" for name in repeated)


def _relied_on(isotopes: list[str], columns: set[str]) -> Iterator[str]:
    needed = [f"{table}.{name}" for table, listed in _RELIED_ON.items() for name in listed.split()]
    needed += [f"administrations.{isotope}_MBQ" for isotope in isotopes]
    yield from (
        f"tables: {column} is missing, which the analyses need" for column in needed if column not in columns
    )


def _organ(organ: Organ, isotopes: list[str]) -> Iterator[str]:
    for bounds in organ.dose_per_activity:
        if bounds.isotope not in isotopes:
            yield f"dose_per_activity: no isotope {bounds.isotope!r}"
        if bounds.low >= bounds.high:
            yield f"dose_per_activity: low of {bounds.isotope} is not below high"


def _arm(arm: Arm, isotopes: list[str]) -> Iterator[str]:
    used = {*arm.isotopes, *arm.initial_activity}
    yield from (f"no isotope {code!r}" for code in sorted(used - {*isotopes}))
    if {*arm.isotopes} != {*arm.initial_activity}:
        yield "isotopes and initial_activity name different isotopes"
    if arm.modified_isotope is not None and arm.modified_isotope not in arm.isotopes:
        yield f"modified_isotope {arm.modified_isotope!r} is not one of the arm's isotopes"


def _visits_and_analytes(study: Study, cycles: list[str]) -> Iterator[str]:
    if [cycle.number for cycle in study.cycles] != [*range(1, len(cycles) + 1)] and len(study.cycles) == len(
        cycles
    ):
        yield "cycles: their numbers must count up from 1"
    for visit in study.visits:
        if visit.cycle not in cycles:
            yield f"visits[{visit.code}].cycle: no cycle {visit.cycle!r}"
        if not visit.day_low <= visit.day_target <= visit.day_high:
            yield f"visits[{visit.code}]: day_target does not lie between day_low and day_high"
    yield from _late_visits(study.follow_up_visits)
    for sign in study.vital_signs:
        yield from (f"vital_signs[{sign.code}]: {fault}" for fault in _sign(sign))
    for analyte in study.all_analytes:
        yield from (f"analytes[{analyte.code}]{fault}" for fault in _analyte(analyte))


def _late_visits(series: VisitSeries) -> Iterator[str]:
    if not series.day_low <= 0 <= series.day_high:
        yield "follow_up_visits: the target day does not lie between day_low and day_high"
    if series.day_high - series.day_low >= 7 * series.interval_weeks:
        yield "follow_up_visits: the windows of two visits overlap"


def _sign(sign: VitalSign) -> Iterator[str]:
    if sign.plausible_low >= sign.plausible_high:
        yield "plausible_low is not below plausible_high"
    if sign.step is not None and sign.step <= 0:
        yield "step is not above 0"


def _analyte(analyte: Analyte) -> Iterator[str]:
    if analyte.plausible_low >= analyte.plausible_high:
        yield ": plausible_low is not below plausible_high"
    if any(other.factor <= 0 for other in analyte.conversions):
        yield ".conversions: a factor is not above 0"
    yield from (f".{fault}" for fault in _units(analyte))
    if analyte.ctcae_term is not None:
        yield from (f".{fault}" for fault in _grades(analyte))
    elif analyte.ctcae_bounds or analyte.ctcae_multiples is not None:
        yield ".ctcae_term: is missing, and criteria of grades are given"


def _units(analyte: Analyte) -> Iterator[str]:
    for unit in analyte.usual_units:
        if analyte.known_factor(unit) is None:
            yield f"usual_units: {unit!r} is not of the dimension of a unit in conversions"
    for first, second in combinations(analyte.conversion_factors.items(), 2):
        factor = unit_factor(second[0], dict([first]))
        if factor is not None and not math.isclose(factor, second[1]):
            yield f"conversions[{second[0]}]: the factor contradicts that of {first[0]}"
    for limit in ("lln", "uln"):
        low, high = getattr(analyte, f"{limit}_low"), getattr(analyte, f"{limit}_high")
        if low is not None and high is not None and low >= high:
            yield f"{limit}_low is not below {limit}_high"


def _grades(analyte: Analyte) -> Iterator[str]:
    criteria = analyte.criteria("5.0")
    if criteria is not None:
        yield from _criteria(analyte, criteria, ("ctcae_bounds", "ctcae_multiples"))
    if analyte.ctcae_6 is not None:
        yield from _criteria(analyte, analyte.ctcae_6, ("ctcae_6.bounds", "ctcae_6.multiples"))
    if (increase := analyte.ctcae_increase) is not None:
        known = [number for number in increase.above if number is not None]
        if not known or known != sorted(set(known)):
            yield "ctcae_increase.above: the bounds do not rise from grade to grade"
        if analyte.adverse == "high":
            yield "ctcae_increase: high values have their grades already, because they are adverse"


def _criteria(analyte: Analyte, criteria: CtcaeCriteria, places: tuple[str, str]) -> Iterator[str]:
    bounds, multiples = criteria.bounds, criteria.multiples
    low, high = places
    if bool(bounds) == (multiples is not None) or bool(bounds) != (analyte.adverse == "low"):
        yield f"{low}: bounds are given where low values are adverse, else {high}, and not both"
        return
    for item in bounds:
        if analyte.known_factor(item.unit) is None:
            yield f"{low}[{item.unit}]: {analyte.code} has no such unit"
        if len(item.below) != len(bounds[0].below) or not item.below:
            yield f"{low}[{item.unit}].below: each unit has one bound per grade"
        if not all(first > second for first, second in pairwise(item.below)):
            yield f"{low}[{item.unit}].below: the bounds do not fall from grade to grade"
    if multiples is not None:
        known = [number for number in multiples.of_baseline if number is not None]
        if len(multiples.of_uln) != len(multiples.of_baseline) or not multiples.of_uln:
            yield f"{high}: of_uln and of_baseline do not have one number per grade"
        if any(list(numbers) != sorted(set(numbers)) for numbers in (multiples.of_uln, known)):
            yield f"{high}: the multiples do not rise from grade to grade"


def _rule(rule: ProtocolRule, study: Study, analytes: list[str], columns: set[str]) -> Iterator[str]:
    known = {analyte.code: analyte for analyte in study.analytes}
    if rule.variable in known:
        if not rule.relative and known[rule.variable].known_factor(rule.unit) is None:
            yield f"{rule.variable} has no unit {rule.unit!r}"
    elif rule.variable not in analytes:
        if f"subjects.{rule.variable}" not in columns:
            yield f"{rule.variable!r} is neither an analyte nor a column of subjects"
        elif rule.relative:
            yield f"{rule.variable} has no upper limit of normal"


def _table(table: RawTable, columns: set[str]) -> Iterator[str]:
    absent = [name for name in table.key if f"{table.name}.{name}" not in columns]
    yield from (f"key: no column {name!r}" for name in absent)
    for column in table.columns:
        yield from (f"columns[{column.name}]: {fault}" for fault in _column(column))
        if column.references is not None and column.references not in columns:
            yield f"columns[{column.name}].references: no column {column.references!r}"
    yield from _companions(table)


def _column(column: RawColumn) -> Iterator[str]:
    if column.low is not None and column.high is not None and column.low > column.high:
        yield "low is above high"
    if (column.low, column.high) != (None, None) and column.type not in {"integer", "number"}:
        yield f"low and high do not go with type {column.type}"
    if column.codes and column.type != "text":
        yield f"codes do not go with type {column.type}"
    if column.optional and column.missing != "allowed":
        yield "an optional column may be absent, so an empty cell of it must be allowed"
    if column.type != "date" and (column.ongoing or (column.partial, column.time) != (None, None)):
        yield f"partial, time and ongoing do not go with type {column.type}"


def _companions(table: RawTable) -> Iterator[str]:
    """Hold the columns that keep what others cannot against what is asked of them."""
    own = {column.name: column for column in table.columns}
    for column in table.columns:
        for field in ("partial", "time", "bound", "reason"):
            name = getattr(column, field)
            kept = own.get(name or "")
            if name is not None and (kept is None or kept.type != "text" or not kept.optional):
                yield f"columns[{column.name}].{field}: {name!r} is no optional column of text of the table"
