"""Which records each family of results is of: one rule a family, held against the numbers by the tests.

A rule reads what a row says of itself (population, group, variable and its level) and what its id names. Families that
are of no single selection of records, such as facts of the plan, boundaries or counts of findings, have no rule.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from duonen_stats.datasets.exposure.addos import dose_limits
from duonen_stats.plan.subgroups import source_of
from duonen_stats.results.records import (
    Condition,
    RecordFilter,
    absent,
    equal,
    flagged_with,
    present,
)
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.study import Study
from duonen_stats.study.parameter_codes import activity_parameter, dose_parameter

_ARM = "TRT01P"
POPULATION_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "Safety": "SAFFL",
        "Treatment-emergent": "SAFFL",
        "Delivered cycles": "SAFFL",
        "Randomised": "RANDFL",
        "Tumour assessments": "RANDFL",
    }
)
"""How the name of a population begins, and the flag of ADSL that marks its patients."""

_ENDPOINTS = MappingProxyType({"pfs": "PFS", "pfshyp": "PFSHYP", "os": "OS", "dor": "DOR", "ae3": "TTAE3"})
_NOT_OF_RECORDS = frozenset(
    {"boundary", "rule", "planned", "fixed_course", "half_life", "landmark_months", "factors"}
)

_COUNTS = frozenset({"n", "pct", "ci_low", "ci_high"})
"""Statistics of a count: of these the records are the ones that are counted."""

_MODIFIED = MappingProxyType({"increased": "INCREASED", "decreased": "DECREASED", "unchanged": "UNCHANGED"})

Rule = Callable[[ResultRow, tuple[str, ...], Study], RecordFilter | None]


def records_behind(row: ResultRow, study: Study) -> RecordFilter | None:
    """Say which records a row of the results table is of.

    Parameters
    ----------
    row
        A row of the results table.
    study
        Its arms and dose limits.

    Returns
    -------
    RecordFilter or None
        Of a count the records that are counted, of a percentage those of its numerator, of any other statistic those
        that it was computed from. None if the row is of no single selection of records.

    Examples
    --------
    >>> from duonen_stats.study import load_study
    >>> row = ResultRow(
    ...     analysis_id="table1.sex.female.B.n", display="Table 1", population="Randomised", group1="TRT01P",
    ...     group1_level="B", variable="SEX", variable_level="F", stat_name="n", stat_label="", stat=4.0,
    ... )
    >>> str(records_behind(row, load_study()))
    'SEX = "F" and RANDFL = "Y" and TRT01P = "B"'
    """
    parts = tuple(row.analysis_id.split("."))
    rule = _RULES.get(parts[0])
    if rule is None or _NOT_OF_RECORDS.intersection(parts):
        return None
    found = rule(row, parts, study)
    return None if found is None else _of_group(found, row, study)


def population_flag(population: str) -> str | None:
    """Return the flag of ADSL of a population by its name; None if it is not one of patients.

    Examples
    --------
    >>> population_flag("Randomised patients"), population_flag("Planned")
    ('RANDFL', None)
    """
    return next((flag for name, flag in POPULATION_FLAGS.items() if population.startswith(name)), None)


def _of_group(found: RecordFilter, row: ResultRow, study: Study) -> RecordFilter:
    """Restrict a selection to the arms and the population of a row."""
    arms = _arms_of(row, study)
    conditions = found.conditions
    if arms and not any(one.variable == _ARM for one in conditions):
        conditions = (*conditions, equal(_ARM, *arms))
    flag = population_flag(row.population)
    if flag is None:
        return RecordFilter(found.dataset, conditions, found.within, found.outside)
    if found.dataset == "ADSL":
        own = [one for one in conditions if one.variable not in {_ARM, flag}]
        rest = [one for one in conditions if one.variable == _ARM]
        return RecordFilter("ADSL", (*own, flagged_with(flag), *rest), found.within, found.outside)
    patients = RecordFilter("ADSL", (flagged_with(flag),))
    return RecordFilter(found.dataset, conditions, (patients, *found.within), found.outside)


def _arms_of(row: ResultRow, study: Study) -> tuple[str, ...]:
    """Name the arms of a row, in the order of the study; none if it is of all of them."""
    levels = [
        level
        for group, level in ((row.group1, row.group1_level), (row.group2, row.group2_level))
        if group == _ARM
    ]
    return _arms_named(tuple(levels), tuple(arm.code for arm in study.arms))


@lru_cache(maxsize=1024)
def _arms_named(levels: tuple[str, ...], codes: tuple[str, ...]) -> tuple[str, ...]:
    named = set()
    for level in levels:
        if level not in {"", "all"}:
            named |= {part for piece in level.split(" against ") for part in piece.split(" + ")}
    named &= set(codes)
    return () if len(named) == len(codes) else tuple(code for code in codes if code in named)


def _parameter(code: str, study: Study) -> str:
    return code if code in {analyte.code for analyte in study.analytes} else ""


def _characteristics(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    conditions: tuple[Condition, ...] | None = None
    if parts[1] == "lab":
        code = _parameter(parts[2], study)
        baseline = RecordFilter("ADLB", (equal("PARAMCD", code), flagged_with("ABLFL"), present("AVAL")))
        return baseline if code and row.stat_name != "n_missing" else None
    if parts[1] == "N":
        conditions = ()
    elif row.stat_name == "n_missing":
        conditions = (absent(row.variable),) if row.variable in _NUMERIC else None
    elif not row.variable or "between" in parts:
        conditions = (present(row.variable),) if row.variable in _NUMERIC else None
    elif "unknown" in parts:
        conditions = (absent(row.variable),)
    elif row.variable_level:
        conditions = (equal(row.variable, row.variable_level),)
    else:
        conditions = (present(row.variable),)
    return None if conditions is None else RecordFilter("ADSL", conditions)


_NUMERIC = frozenset({"AGE", "BMIBL", "DXDUR", "KARNOFBL", "KI67BL"})


_DISPOSITION: Mapping[str, tuple[Condition, ...]] = MappingProxyType(
    {
        "randomised": (flagged_with("RANDFL"),),
        "safety": (flagged_with("SAFFL"),),
        "dosimetry": (flagged_with("DOSFL"),),
        "completed": (flagged_with("COMPLFL"),),
        "died": (present("DTHDT"),),
        "discontinued": (equal("EOTSTT", "DISCONTINUED"),),
        "ongoing": (equal("EOTSTT", "ONGOING"),),
        "status_unknown": (absent("EOTSTT"),),
        "vital_unknown": (absent("LSTALVDT"),),
    }
)


def _disposition(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    if parts[1] in _DISPOSITION:
        return RecordFilter("ADSL", _DISPOSITION[parts[1]])
    if parts[1].startswith("cycles_"):
        return RecordFilter("ADSL", (equal("NCYC", row.variable_level),))
    if parts[1] == "reason":
        left = equal("EOTSTT", "DISCONTINUED")
        if not row.variable_level:
            return RecordFilter("ADSL", (absent("DCSREAS"), left))
        codes = {reason.label: reason.code for reason in study.table("disposition").column("REASON").codes}
        return RecordFilter("ADSL", (equal("DCSREAS", codes[row.variable_level]), left))
    if parts[1] == "labs_at":
        return RecordFilter("ADLB", (equal("AVISIT", parts[2]), flagged_with("ANL01FL")))
    return None


def _deaths(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    died = present("DTHDT")
    if parts[1] == "days":
        return RecordFilter("ADSL", (died, present("TRTEDT")))
    if parts[1] != "cause":
        return None
    if not row.variable_level:
        return RecordFilter("ADSL", (absent("DTHCAUS"), died))
    codes = {cause.label: cause.code for cause in study.table("follow_up").column("DTHCAUSE").codes}
    return RecordFilter("ADSL", (equal("DTHCAUS", codes[row.variable_level]), died))


def _isotope(words: str, study: Study) -> str | None:
    """Return the code of the isotope that a row names in words."""
    return next((one.code for one in study.isotopes if one.plain == words), None)


def _activity(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    isotope = _isotope(row.variable, study)
    if isotope is None:
        return None
    at = (equal("AVISIT", "CUMULATIVE"),) if "cumulative" in parts else ()
    return RecordFilter("ADEX", (equal("PARAMCD", activity_parameter(isotope)), *at, present("AVAL")))


def _organ_dose(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    if row.variable not in {organ.code for organ in study.organs}:
        return None
    if parts[0] != "limit":
        code = dose_parameter(row.variable, _isotope(row.variable_level, study))
        whole = (equal("AVISIT", "CUMULATIVE"), flagged_with("DOSCMPFL"))
        return RecordFilter("ADDOS", (equal("PARAMCD", code), *whole))
    per_cycle = parts[2] == "cycle"
    limit = next(
        (one for one in dose_limits(study) if one.organ == row.variable and one.per_cycle == per_cycle), None
    )
    if limit is None or row.stat_name not in _COUNTS:
        return None
    return RecordFilter(
        "ADDOS", (equal("PARAMCD", dose_parameter(row.variable)), flagged_with(f"{limit.criterion}FL"))
    )


def _modification(row: ResultRow, parts: tuple[str, ...], _study: Study) -> RecordFilter | None:
    if parts[2] != "partition" or row.stat_name not in {"n", "pct"}:
        return None
    level = {**_MODIFIED, "not_evaluable": "NOT EVALUABLE"}[row.variable_level]
    return RecordFilter("ADSL", (equal("MODCAT", level), equal(_ARM, parts[1])))


def _change_values(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    code = _parameter(parts[1], study)
    visits = [visit.code for visit in study.visits]
    if not code or row.stat_name == "n_missing":
        return None
    at = equal("PARAMCD", code)
    if "paired" in parts:
        return _pairs(at, parts[2].split("_"))
    if parts[2] == "nadir":
        return _nadir(row, parts, at)
    if parts[2] == "model":
        one = "difference" not in parts and parts[3] in visits
        when = (
            equal("AVISIT", parts[3])
            if one
            else equal("AVISIT", *(visit for visit in visits if visit != "T1"))
        )
        return RecordFilter("ADLB", (at, when, flagged_with("ANL01FL"), present("CHG")))
    if parts[2] not in visits:
        return None
    value = "PCHG" if "percent_change" in parts else "CHG"
    return RecordFilter("ADLB", (at, equal("AVISIT", parts[2]), flagged_with("ANL01FL"), present(value)))


def _nadir(row: ResultRow, parts: tuple[str, ...], at: Condition) -> RecordFilter | None:
    worst = (at, equal("AVISIT", "NADIR"), present("CHG"))
    if "modification" not in parts:
        return RecordFilter("ADLB", worst)
    if row.stat_name.startswith("n_"):
        return None
    arm = parts[parts.index("modification") + 1]
    return RecordFilter(
        "ADLB", worst, (RecordFilter("ADSL", (equal("MODCAT", *_MODIFIED.values()), equal(_ARM, arm))),)
    )


def _pairs(at: Condition, visits: list[str]) -> RecordFilter:
    """Take the records of two visits of the patients who have a value at both."""
    used = (flagged_with("ANL01FL"), present("AVAL"))
    each = tuple(RecordFilter("ADLB", (at, equal("AVISIT", visit), *used)) for visit in visits)
    return RecordFilter("ADLB", (at, equal("AVISIT", *visits), *used), each)


def _events(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    emergent = (flagged_with("TRTEMFL"),)
    if parts[0] == "ae" and parts[1] == "patients":
        return RecordFilter("ADSL")
    if parts[0] == "ae" and parts[1] == "patients_with_event":
        return RecordFilter("ADAE", emergent)
    if row.variable == "AESER":
        return RecordFilter("ADAE", (*emergent, equal("AESER", "Y")))
    if row.variable != "AECAT" or parts[1] in {"interest", "ungraded", "difference"}:
        return None
    codes = {one.label: one.code for one in study.ae_categories}
    category = () if "total" in parts else (equal("AECAT", codes[row.variable_level]),)
    severe = (Condition("AETOXGR", ">=", ("3",)),) if "grade_ge3" in parts else ()
    return RecordFilter("ADAE", (*emergent, *category, *severe))


def _toxicity(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    code = _parameter(parts[1], study)
    at = (equal("PARAMCD", code), flagged_with("ONTRTFL"))
    if not code or (parts[2] != "seen" and row.stat_name not in _COUNTS):
        return None
    if parts[2] == "seen":
        return RecordFilter("ADLB", (*at, present("ATOXGRMN")))
    if parts[2] == "grade_ge3":
        return RecordFilter("ADLB", (*at, Condition("ATOXGRMN", ">=", ("3",))))
    if parts[2].startswith("grade") and row.variable_level.isdigit():
        # The worst grade is certain where no other record of the patient may be of a higher one.
        higher = RecordFilter("ADLB", (*at, Condition("ATOXGRMX", ">", (row.variable_level,))))
        return RecordFilter("ADLB", (*at, equal("ATOXGRMN", row.variable_level)), (), (higher,))
    return None


def _vital_signs(row: ResultRow, parts: tuple[str, ...], _study: Study) -> RecordFilter | None:
    """Take the records of a visit; the last value and counts of the worst are of no single selection."""
    described = parts[-2] in {"value", "change", "percent_change"}
    if not described or not row.n or row.stat_name == "n_missing":
        return None
    at = equal("PARAMCD", row.variable)
    if row.context == "Baseline":
        return RecordFilter("ADVS", (at, flagged_with("ABLFL"), present("AVAL")))
    if parts[2] == "last":
        return None
    value = "AVAL" if parts[-2] == "value" else "CHG"
    return RecordFilter("ADVS", (at, equal("AVISIT", parts[2]), flagged_with("ANL01FL"), present(value)))


def _dose_effect(row: ResultRow, _parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    code, total = _parameter(row.variable, study), row.group2_level
    if not code or row.group2 != "PARAMCD":
        return None
    dosed = RecordFilter(
        "ADDOS", (equal("PARAMCD", total), equal("AVISIT", "CUMULATIVE"), flagged_with("DOSCMPFL"))
    )
    return RecordFilter("ADLB", (equal("PARAMCD", code), equal("AVISIT", "NADIR"), present("CHG")), (dosed,))


def _times(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    if parts[1] == "subgroup":
        return _subgroup(row, parts, study)
    if parts[1] not in _OF_ALL_TIMES and "_vs_" not in parts[1]:
        return None
    at = (equal("PARAMCD", _ENDPOINTS[parts[0]]), present("AVAL"))
    if parts[1] == "censored":
        return (
            RecordFilter("ADTTE", (*at, equal("CNSR", parts[2]))) if row.stat_name in {"n", "pct"} else None
        )
    arms = (equal(_ARM, *_compared(parts[1], study)),) if "_vs_" in parts[1] else ()
    if parts[1] == "primary" or "primary" in parts[2:3]:
        arms = (equal(_ARM, *(arm.code for arm in study.arms)),)
    event = (equal("CNSR", 0),) if row.stat_name == "events" else ()
    return RecordFilter("ADTTE", (*at, *event, *arms))


def _subgroup(row: ResultRow, parts: tuple[str, ...], study: Study) -> RecordFilter | None:
    variable, column = source_of(parts[2])
    level = parts[3]
    if level == "interaction":
        return None
    if level == "unknown":
        member: tuple[Condition, ...] = (absent(variable),)
    elif level in {code.code for code in study.table("subjects").column(column).codes}:
        member = (equal(variable, level),)
    else:
        bounds = _INTERVAL.fullmatch(level.replace("_", "."))
        if bounds is None:
            return None
        low, high = bounds["low"] or bounds["least"], bounds["high"] or bounds["below"]
        member = (
            *((Condition(variable, ">=", (low,)),) if low else ()),
            *((Condition(variable, "<", (high,)),) if high else ()),
        )
    counted, _, side = row.stat_name.partition("_")
    event = (equal("CNSR", 0),) if counted == "events" else ()
    named = {"experimental": row.group1_level, "control": row.group2_level}.get(side, "").split(" + ")
    arms = [arm.code for arm in study.arms if arm.code in named]
    return RecordFilter(
        "ADTTE",
        (
            equal("PARAMCD", _ENDPOINTS[parts[0]]),
            present("AVAL"),
            *event,
            *((equal(_ARM, *arms),) if arms else ()),
        ),
        (RecordFilter("ADSL", member),),
    )


_INTERVAL = re.compile(r"lt(?P<below>[\d.]+)|ge(?P<least>[\d.]+)|(?P<low>[\d.]+)to(?P<high>[\d.]+)")

_OF_ALL_TIMES = frozenset(
    {"km", "cif", "cif_death", "censored", "followup", "primary", "four_arm", "heterogeneity", "gray"}
)
"""Analyses of every time of an endpoint in the arms they name."""


def _compared(name: str, study: Study) -> tuple[str, ...]:
    named = set(name.split("_vs_"))
    return tuple(arm.code for arm in study.arms if arm.code in named)


def _response(row: ResultRow, parts: tuple[str, ...], _study: Study) -> RecordFilter | None:
    if parts[1] == "best_change":
        return (
            None
            if row.stat_name == "n_missing"
            else RecordFilter("ADRS", (equal("PARAMCD", "BESTCHG"), present("AVAL")))
        )
    if "difference" in parts or row.stat_name not in _COUNTS:
        return None
    if parts[1] == "bor":
        return RecordFilter("ADRS", (equal("PARAMCD", "BOR"), equal("AVALC", row.variable_level)))
    code = {"orr": "OBJRESP", "dcr": "DISCTRL"}.get(parts[1])
    return None if code is None else RecordFilter("ADRS", (equal("PARAMCD", code), equal("AVALC", "Y")))


_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "table1": _characteristics,
        "disposition": _disposition,
        "deaths": _deaths,
        "activity": _activity,
        "table3": _organ_dose,
        "dose": _organ_dose,
        "limit": _organ_dose,
        "table2": _modification,
        "labs": _change_values,
        "table5": _events,
        "ae": _events,
        "toxicity": _toxicity,
        "vitals": _vital_signs,
        "dose_effect": _dose_effect,
        "response": _response,
        **dict.fromkeys(_ENDPOINTS, _times),
    }
)
