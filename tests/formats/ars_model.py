"""What the ARS 1.0 model demands of a reporting event: the fields of each class, and their kinds.

Written from the classes of the model, as far as a reporting event of this package uses them; a field that a class does
not have is a fault, as it is in the model, but for the reporting event itself.
"""

CONDITIONED = {"condition": "WhereClauseCondition", "compoundExpression": "CompoundExpression"}
NAMED = {"label": str, "description": str}
PLACED = {"id": str, "name": str, "level": int, "order": int}

CLASSES = {
    "ReportingEvent": (
        {"id": str, "name": str, "mainListOfContents": "ListOfContents"},
        {
            **NAMED, "version": int, "analysisSets": ["AnalysisSet"], "dataSubsets": ["AnalysisSet"],
            "analysisGroupings": ["GroupingFactor"], "methods": ["AnalysisMethod"], "analyses": ["Analysis"],
            "outputs": ["Output"],
        },
    ),
    "AnalysisSet": (PLACED, {**NAMED, **CONDITIONED}),  # and a data subset, and a group
    "WhereClause": ({"level": int, "order": int}, CONDITIONED),
    "WhereClauseCondition": (
        {},
        {
            "dataset": str, "variable": str, "value": [str],
            "comparator": {"EQ", "NE", "GT", "GE", "LT", "LE", "IN", "NOTIN"},
        },
    ),
    "CompoundExpression": ({"logicalOperator": {"AND", "OR", "NOT"}}, {"whereClauses": ["WhereClause"]}),
    "GroupingFactor": (
        {"id": str, "name": str, "dataDriven": bool},
        {**NAMED, "groupingDataset": str, "groupingVariable": str, "groups": ["AnalysisSet"]},
    ),
    "AnalysisMethod": ({"id": str, "name": str, "operations": ["Operation"]}, NAMED),
    "Operation": ({"id": str, "name": str, "order": int}, {**NAMED, "resultPattern": str}),
    "Analysis": (
        {"id": str, "name": str, "methodId": str, "reason": "Reason", "purpose": "Purpose"},
        {
            **NAMED, "version": int, "analysisSetId": str, "dataSubsetId": str, "dataset": str, "variable": str,
            "orderedGroupings": ["OrderedGroupingFactor"], "results": ["OperationResult"],
        },
    ),
    "Reason": (
        {
            "controlledTerm": {
                "SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY",
            }
        },
        {},
    ),
    "Purpose": (
        {
            "controlledTerm": {
                "PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE",
            }
        },
        {},
    ),
    "OrderedGroupingFactor": ({"order": int, "groupingId": str, "resultsByGroup": bool}, {}),
    "OperationResult": (
        {"operationId": str}, {"resultGroups": ["ResultGroup"], "rawValue": str, "formattedValue": str}
    ),
    "ResultGroup": ({"groupingId": str}, {"groupId": str, "groupValue": str}),
    "Output": ({"id": str, "name": str, "displays": ["OrderedDisplay"]}, {**NAMED, "version": int}),
    "OrderedDisplay": ({"order": int, "display": "OutputDisplay"}, {}),
    "OutputDisplay": ({"id": str, "name": str}, {**NAMED, "version": int, "displayTitle": str}),
    "ListOfContents": ({"name": str, "contentsList": "NestedList"}, NAMED),
    "NestedList": ({}, {"listItems": ["OrderedListItem"]}),
    "OrderedListItem": (
        {"name": str, "level": int, "order": int},
        {**NAMED, "analysisId": str, "outputId": str, "sublist": "NestedList"},
    ),
}  # fmt: skip


def faults(value, kind="ReportingEvent", place="event"):
    """Return what in a reporting event the model does not allow, each with its place."""
    if isinstance(kind, list):
        if not isinstance(value, list):
            return [f"{place}: not a list"]
        return [fault for n, one in enumerate(value) for fault in faults(one, kind[0], f"{place}[{n}]")]
    if isinstance(kind, set):
        return [] if value in kind else [f"{place}: {value!r} is not a term"]
    if isinstance(kind, type):
        whole = kind is int and isinstance(value, bool)
        return [] if isinstance(value, kind) and not whole else [f"{place}: {value!r} is not {kind.__name__}"]
    if not isinstance(value, dict):
        return [f"{place}: not an object"]
    required, further = CLASSES[kind]
    known = {**required, **further}
    return [
        *(f"{place}: no {name}" for name in required if name not in value),
        *(f"{place}: {name} is no field of it" for name in value if name not in known),
        *(
            fault
            for name, one in value.items()
            if name in known
            for fault in faults(one, known[name], f"{place}.{name}")
        ),
    ]
