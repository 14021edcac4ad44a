"""The results table in the shape of the CDISC Analysis Results Standard (ARS) 1.0, as JSON.

A documented subset (docs/outputs.md): a reporting event with its analysis sets, groupings, methods with their
operations, analyses with results, and outputs. A result that could not be estimated has an empty ``rawValue``
and its reason as ``formattedValue``.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duonen_stats.results import ResultRow, Results

_REASON = {"controlledTerm": "SPECIFIED IN SAP"}
_PURPOSE = {"controlledTerm": "EXPLORATORY OUTCOME MEASURE"}


def ars_json(results: Results, *, study_id: str, name: str, simulated: bool) -> bytes:
    """Write the results as a reporting event.

    Parameters
    ----------
    results
        The results table.
    study_id, name
        Identifier of the study and name of the report.
    simulated
        Whether the names must say SIMULATED.

    Returns
    -------
    bytes
        JSON in UTF-8; the same results give the same bytes. Each row of the results table is one operation
        result, whose ``description`` is its id there.
    """
    groups = _analyses(results)
    sets = _numbered((key[1] for key in groups), "AS")
    displays = _numbered((key[0] for key in groups), "OUT")
    factors = _numbered(
        (factor for rows in groups.values() for row in rows for factor, _ in _levels(row)), "GF"
    )
    methods = _methods(groups)
    analyses = [
        _analysis(number, key, rows, sets, factors, methods)
        for number, (key, rows) in enumerate(groups.items(), 1)
    ]
    event = {
        "id": f"{study_id}.{name}".replace(" ", "_"),
        "version": 1,
        "name": f"{study_id} {name}{' (SIMULATED DATA)' if simulated else ''}",
        "mainListOfContents": _contents(groups, displays),
        "analysisSets": [
            {"id": found, "name": text, "label": text, "level": 1, "order": order}
            for order, (text, found) in enumerate(sets.items(), 1)
        ],
        "analysisGroupings": [_grouping(factor, found, groups) for factor, found in factors.items()],
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


_Key = tuple[str, str, str, str, str, str]


def _analyses(results: Iterable[ResultRow]) -> dict[_Key, list[ResultRow]]:
    """Put the rows of one analysis together: same display, population, variable, context and method."""
    groups: dict[_Key, list[ResultRow]] = {}
    for row in results:
        key = (row.display, row.population, row.variable, row.variable_level, row.context, row.method)
        groups.setdefault(key, []).append(row)
    return groups


def _numbered(texts: Iterable[str], prefix: str) -> dict[str, str]:
    return {text: f"{prefix}{number:03d}" for number, text in enumerate(dict.fromkeys(texts), 1)}


def _levels(row: ResultRow) -> list[tuple[str, str]]:
    found = ((row.group1, row.group1_level), (row.group2, row.group2_level))
    return [(factor, level) for factor, level in found if factor]


def _methods(groups: Mapping[_Key, Sequence[ResultRow]]) -> dict[str, dict[str, Any]]:
    """Give each method, by its words, the operations that all its analyses use."""
    operations: dict[str, dict[str, str]] = {}
    for key, rows in groups.items():
        own = operations.setdefault(key[5], {})
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
    number: int,
    key: _Key,
    rows: Sequence[ResultRow],
    sets: Mapping[str, str],
    factors: Mapping[str, str],
    methods: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    display, population, variable, level, context, method = key
    used = dict.fromkeys(factor for row in rows for factor, _ in _levels(row))
    found: dict[str, Any] = {
        "id": f"AN{number:05d}",
        "version": 1,
        "name": ": ".join(part for part in (display, variable, level, context) if part),
        "reason": _REASON,
        "purpose": _PURPOSE,
        "analysisSetId": sets[population],
        "orderedGroupings": [
            {"order": order, "groupingId": factors[factor], "resultsByGroup": True}
            for order, factor in enumerate(used, 1)
        ],
        "methodId": methods[method]["id"],
        "results": [_result(row, str(methods[method]["id"]), factors) for row in rows],
    }
    return {**found, "variable": variable} if variable else found


def _result(row: ResultRow, method: str, factors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "operationId": f"{method}.{row.stat_name}",
        "resultGroups": [
            {"groupingId": factors[factor], "groupValue": level} for factor, level in _levels(row)
        ],
        "rawValue": "" if row.stat is None else repr(float(row.stat)),
        "formattedValue": row.note if row.stat is None else "",
        "description": row.analysis_id,
    }


def _grouping(factor: str, found: str, groups: Mapping[_Key, Sequence[ResultRow]]) -> dict[str, Any]:
    levels = dict.fromkeys(
        level
        for rows in groups.values()
        for row in rows
        for name, level in _levels(row)
        if name == factor and level
    )
    return {
        "id": found,
        "name": factor,
        "label": factor,
        "groupingVariable": factor,
        "dataDriven": False,
        "groups": [
            {"id": f"{found}.{order}", "name": level, "label": level, "level": 1, "order": order}
            for order, level in enumerate(levels, 1)
        ],
    }


def _contents(groups: Mapping[_Key, Sequence[ResultRow]], displays: Mapping[str, str]) -> dict[str, Any]:
    """List the outputs, each with its analyses below it."""
    own: dict[str, list[str]] = {}
    for number, key in enumerate(groups, 1):
        own.setdefault(key[0], []).append(f"AN{number:05d}")
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
