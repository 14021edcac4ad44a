"""The results table as a reporting event of the CDISC Analysis Results Standard (ARS) 1.0, in JSON.

Analysis sets are the populations, data subsets the filters of the rows. ARS asks its conditions of single records, and
of the records of another dataset through the patient. What a filter asks of other records of the same dataset (a value
at both of two visits) has no place in it: it is in the description of the subset, in words.

Source: CDISC Analysis Results Standard, logical data model 1.0.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duonen_stats.results import ResultRow, Results
from duonen_stats.results.record_rules import population_flag, records_behind
from duonen_stats.results.records import Condition, RecordFilter, equal, flagged_with
from duonen_stats.study import Study

_REASON = {"controlledTerm": "SPECIFIED IN SAP"}
_PURPOSE = {"controlledTerm": "EXPLORATORY OUTCOME MEASURE"}
_PRIMARY = {"controlledTerm": "PRIMARY OUTCOME MEASURE"}
_ARM = "TRT01P"
_COMPARATORS = {"=": "EQ", "<>": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE", "in": "IN"}
_PATIENTS = "ADSL"


def ars_json(
    results: Results, study: Study, *, name: str, simulated: bool, primary: str | None = None
) -> bytes:
    """Write the results as a reporting event.

    Parameters
    ----------
    results
        The results table.
    study
        Its identifier, and the arms and parameters that the records of a row are found by.
    name
        Name of the report.
    simulated
        Whether the names must say SIMULATED.
    primary
        How the ids of the pre-specified primary comparison begin; None if the report has none.

    Returns
    -------
    bytes
        JSON in UTF-8; the same results give the same bytes. Each row of the results table is one operation
        result. The ``description`` of an analysis has the ids of its rows, in the order of its results.
    """
    groups = _analyses(results, study)
    sets = _numbered((key.population for key in groups), "AS")
    displays = _numbered((key.display for key in groups), "OUT")
    levels_of: dict[str, dict[str, None]] = {}
    for factor, level in (pair for rows in groups.values() for row in rows for pair in _levels(row)):
        levels_of.setdefault(factor, {}).update({level: None} if level else {})
    factors = _numbered(levels_of, "GF")
    methods = _methods(groups)
    groupings = [_grouping(factor, found, levels_of[factor], study) for factor, found in factors.items()]
    parts = _Parts(
        sets=sets,
        subsets={
            chosen: f"DS{number:04d}"
            for number, chosen in enumerate(dict.fromkeys(key.subset for key in groups if key.subset), 1)
        },
        factors=factors,
        levels={(one["name"], level["name"]): level["id"] for one in groupings for level in one["groups"]},
        methods=methods,
    )
    analyses = [
        _analysis(number, key, rows, parts, primary) for number, (key, rows) in enumerate(groups.items(), 1)
    ]
    event = {
        "id": f"{study.study_id}.{name}".replace(" ", "_"),
        "version": 1,
        "name": f"{study.study_id} {name}{' (SIMULATED DATA)' if simulated else ''}",
        "mainListOfContents": _contents(groups, displays),
        "analysisSets": [
            _analysis_set(text, found, order) for order, (text, found) in enumerate(sets.items(), 1)
        ],
        "dataSubsets": [
            _data_subset(chosen, found, order)
            for order, (chosen, found) in enumerate(parts.subsets.items(), 1)
        ],
        "analysisGroupings": groupings,
        "methods": [*methods.values()],
        "analyses": analyses,
        "outputs": [
            {
                "id": found,
                "version": 1,
                "name": text,
                "displays": [
                    {
                        "order": 1,
                        "display": {"id": f"{found}.D", "version": 1, "name": text, "displayTitle": text},
                    }
                ],
            }
            for text, found in displays.items()
        ],
    }
    return (json.dumps(event, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class _Key:
    """What the rows of one analysis share; ``subset`` are the records beyond being of the population."""

    display: str
    population: str
    variable: str
    variable_level: str
    context: str
    method: str
    dataset: str
    subset: RecordFilter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Identifiers of what analyses refer to."""

    sets: Mapping[str, str]
    subsets: Mapping[RecordFilter, str]
    factors: Mapping[str, str]
    levels: Mapping[tuple[str, str], str]
    methods: Mapping[str, Mapping[str, Any]]


def _analyses(results: Iterable[ResultRow], study: Study) -> dict[_Key, list[ResultRow]]:
    """Put the rows of one analysis together: of one display, population, variable, method and selection of records."""
    groups: dict[_Key, list[ResultRow]] = {}
    for row in results:
        chosen = records_behind(row, study)
        key = _Key(
            row.display,
            row.population,
            row.variable,
            row.variable_level,
            row.context,
            row.method,
            chosen.dataset if chosen else "",
            None if chosen is None else _beyond_population(chosen, row.population),
        )
        groups.setdefault(key, []).append(row)
    return groups


def _beyond_population(chosen: RecordFilter, population: str) -> RecordFilter | None:
    """Take the population out of a selection, since the analysis set has it; None if nothing else is asked."""
    flag = population_flag(population)
    members = None if flag is None else RecordFilter(_PATIENTS, (flagged_with(flag),))
    left = RecordFilter(
        chosen.dataset,
        tuple(
            one
            for one in chosen.conditions
            if members is None or chosen.dataset != _PATIENTS or one not in members.conditions
        ),
        tuple(one for one in chosen.within if one != members),
        chosen.outside,
    )
    return left if left.conditions or left.within or left.outside else None


def _numbered(texts: Iterable[str], prefix: str) -> dict[str, str]:
    return {text: f"{prefix}{number:03d}" for number, text in enumerate(dict.fromkeys(texts), 1)}


def _levels(row: ResultRow) -> list[tuple[str, str]]:
    found = ((row.group1, row.group1_level), (row.group2, row.group2_level))
    return [(factor, level) for factor, level in found if factor]


def _analysis_set(population: str, found: str, order: int) -> dict[str, Any]:
    flag = population_flag(population)
    said = {"id": found, "name": population, "label": population, "level": 1, "order": order}
    if flag is None:  # planned patients, records of a cut: of no flag of a patient
        return said
    return {**said, "condition": _condition(flagged_with(flag), _PATIENTS)}


def _data_subset(chosen: RecordFilter, found: str, order: int) -> dict[str, Any]:
    """Write the records of a row as ARS has them; what it cannot say is in the description."""
    clauses, unsaid = _clauses(chosen, chosen.dataset, 1)
    text = f"{chosen.dataset} where {chosen}"
    said: dict[str, Any] = {"id": found, "name": text, "level": 1, "order": order}
    if unsaid:
        said["description"] = f"Not in the conditions: {' and '.join(unsaid)}."
    if len(clauses) == 1:
        return {**said, **{key: value for key, value in clauses[0].items() if key not in {"level", "order"}}}
    return (
        {**said, "compoundExpression": {"logicalOperator": "AND", "whereClauses": clauses}}
        if clauses
        else said
    )


def _clauses(chosen: RecordFilter, root: str, level: int) -> tuple[list[dict[str, Any]], list[str]]:
    """Write the conditions of a selection as where clauses; those on other records of ``root`` in words."""
    found: list[dict[str, Any]] = [
        {"condition": _condition(one, chosen.dataset)} for one in chosen.conditions
    ]
    unsaid: list[str] = []
    nested = (
        *(("AND", "in", other) for other in chosen.within),
        *(("NOT", "not in", other) for other in chosen.outside),
    )
    for operator, words, other in nested:
        if other.dataset == root or other.within or other.outside:
            unsaid.append(f"USUBJID {words} ({other.dataset} where {other})")
            continue
        if not other.conditions:
            continue
        inner, _ = _clauses(other, root, level + 1)
        found.append({"compoundExpression": {"logicalOperator": operator, "whereClauses": inner}})
    return [{"level": level, "order": order, **one} for order, one in enumerate(found, 1)], unsaid


def _condition(one: Condition, dataset: str) -> dict[str, Any]:
    """Write a condition; a missing value is an empty text."""
    if not one.values:
        comparator, values = ("EQ" if one.comparator == "is missing" else "NE"), [""]
    else:
        comparator, values = _COMPARATORS[one.comparator], [*one.values]
    return {"dataset": dataset, "variable": one.variable, "comparator": comparator, "value": values}


def _methods(groups: Mapping[_Key, Sequence[ResultRow]]) -> dict[str, dict[str, Any]]:
    """Give each method, by its words, the operations that all its analyses use."""
    operations: dict[str, dict[str, str]] = {}
    for key, rows in groups.items():
        own = operations.setdefault(key.method, {})
        for row in rows:
            own.setdefault(row.stat_name, row.stat_label)
    return {
        text: {
            "id": f"MTH{number:03d}",
            "name": text or "As recorded",
            "label": text or "As recorded",
            "operations": [
                {"id": f"MTH{number:03d}.{name}", "name": name, "label": label, "order": order}
                for order, (name, label) in enumerate(own.items(), 1)
            ],
        }
        for number, (text, own) in enumerate(operations.items(), 1)
    }


def _analysis(
    number: int, key: _Key, rows: Sequence[ResultRow], parts: _Parts, primary: str | None
) -> dict[str, Any]:
    used = dict.fromkeys(factor for row in rows for factor, _ in _levels(row))
    method = str(parts.methods[key.method]["id"])
    planned = primary is not None and all(row.analysis_id.startswith(f"{primary}.") for row in rows)
    words = (key.display, key.variable, key.variable_level, key.context)
    found: dict[str, Any] = {
        "id": f"AN{number:05d}",
        "version": 1,
        "name": ": ".join(part for part in words if part) or "Analysis",
        "description": " ".join(row.analysis_id for row in rows),
        "reason": _REASON,
        "purpose": _PRIMARY if planned else _PURPOSE,
        "analysisSetId": parts.sets[key.population],
        "orderedGroupings": [
            {"order": order, "groupingId": parts.factors[factor], "resultsByGroup": True}
            for order, factor in enumerate(used, 1)
        ],
        "methodId": method,
        "results": [_result(row, method, parts) for row in rows],
    }
    if key.dataset:
        found["dataset"] = key.dataset
    if key.variable:
        found["variable"] = key.variable
    if key.subset is not None:
        found["dataSubsetId"] = parts.subsets[key.subset]
    return found


def _result(row: ResultRow, method: str, parts: _Parts) -> dict[str, Any]:
    groups = [
        {"groupingId": parts.factors[factor]}
        | ({"groupId": parts.levels[factor, level]} if level else {"groupValue": ""})
        for factor, level in _levels(row)
    ]
    value = {"formattedValue": row.note} if row.stat is None else {"rawValue": repr(float(row.stat))}
    return {"operationId": f"{method}.{row.stat_name}", "resultGroups": groups, **value}


def _grouping(factor: str, found: str, levels: Iterable[str], study: Study) -> dict[str, Any]:
    said = {
        "id": found,
        "name": factor,
        "label": factor,
        "groupingVariable": factor,
        "dataDriven": False,
        "groups": [
            {"id": f"{found}.{order}", "name": level, "label": level, "level": 1, "order": order}
            | _group_condition(factor, level, study)
            for order, level in enumerate(levels, 1)
        ],
    }
    return {**said, "groupingDataset": _PATIENTS} if factor == _ARM else said


def _group_condition(factor: str, level: str, study: Study) -> dict[str, Any]:
    """Say which arms a group of patients is of; two arms that are compared, and all patients, are no such group."""
    arms = level.split(" + ")
    if factor != _ARM or not {*arms} <= {arm.code for arm in study.arms}:
        return {}
    return {"condition": _condition(equal(_ARM, *arms), _PATIENTS)}


def _contents(groups: Mapping[_Key, Sequence[ResultRow]], displays: Mapping[str, str]) -> dict[str, Any]:
    """List the outputs, each with its analyses below it."""
    own: dict[str, list[str]] = {}
    for number, key in enumerate(groups, 1):
        own.setdefault(key.display, []).append(f"AN{number:05d}")
    items = [
        {
            "name": display,
            "level": 1,
            "order": order,
            "outputId": found,
            "sublist": {
                "listItems": [
                    {"name": analysis, "level": 2, "order": place, "analysisId": analysis}
                    for place, analysis in enumerate(own[display], 1)
                ]
            },
        }
        for order, (display, found) in enumerate(displays.items(), 1)
    ]
    return {"name": "Outputs", "label": "Outputs", "contentsList": {"listItems": items}}
