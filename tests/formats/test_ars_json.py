import json
from dataclasses import replace
from functools import reduce
from operator import and_

import pandas as pd
import pytest
from formats.ars_model import faults

from duonen_stats.formats.ars_json import ars_json
from duonen_stats.plan import FINAL
from duonen_stats.results import ResultRow, Results
from duonen_stats.results.analyses.efficacy.survival import analyse_primary
from duonen_stats.results.record_rules import records_behind
from duonen_stats.results.records import Selections

SAFETY = {"display": "Table 1", "population": "Safety (SIMULATED)", "group1": "TRT01P", "group1_level": "A"}
AGE = {"variable": "AGE", "method": "arithmetic"}
ROWS = Results(
    [
        ResultRow(analysis_id="a.mean", stat_name="mean", stat_label="Mean", stat=0.1 + 0.2, **SAFETY, **AGE),
        ResultRow(
            analysis_id="a.sd", stat_name="sd", stat_label="SD", stat=None, note="one value", **SAFETY, **AGE
        ),
        ResultRow(
            analysis_id="b.n",
            display="Table 2",
            population="Planned",
            stat_name="n",
            stat_label="N",
            stat=3.0,
        ),
    ]
)


def test_a_reporting_event(study):
    data = ars_json(ROWS, study, name="interim report", simulated=True)
    assert data == ars_json(ROWS, study, name="interim report", simulated=True)
    event = json.loads(data)
    assert faults(event) == []
    assert event["name"] == "DUONEN interim report (SIMULATED DATA)"
    first, second = event["analyses"]
    assert first["description"] == "a.mean a.sd"
    mean, sd = first["results"]
    assert float(mean["rawValue"]) == 0.1 + 0.2
    assert "rawValue" not in sd
    assert sd["formattedValue"] == "one value"
    assert mean["resultGroups"] == [{"groupingId": "GF001", "groupId": "GF001.1"}]
    (group,) = event["analysisGroupings"][0]["groups"]
    assert group["condition"] == {
        "dataset": "ADSL", "variable": "TRT01P", "comparator": "EQ", "value": ["A"]
    }  # fmt: skip
    assert "variable" not in second
    safety, planned = event["analysisSets"]
    assert safety["condition"] == {
        "dataset": "ADSL", "variable": "SAFFL", "comparator": "EQ", "value": ["Y"]
    }  # fmt: skip
    assert "condition" not in planned


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda event: event.pop("mainListOfContents"), "event: no mainListOfContents"),
        (lambda event: event["analyses"][0].pop("purpose"), "event.analyses[0]: no purpose"),
        (lambda event: event["methods"][0]["operations"][0].update(unit="x"), "unit is no field of it"),
        (lambda event: event["analysisSets"][0].update(level="1"), "'1' is not int"),
        (lambda event: event["analyses"][0]["reason"].update(controlledTerm="WISH"), "is not a term"),
        (lambda event: event.update(outputs={}), "event.outputs: not a list"),
    ],
)
def test_what_the_model_does_not_allow_is_found(change, said, study):
    event = json.loads(ars_json(ROWS, study, name="x", simulated=True))
    change(event)
    assert any(said in fault for fault in faults(event))


def _check(event):
    sets = {one["id"] for one in event["analysisSets"]}
    subsets = {one["id"] for one in event["dataSubsets"]}
    factors = {one["id"]: {group["id"] for group in one["groups"]} for one in event["analysisGroupings"]}
    methods = {one["id"]: {op["id"] for op in one["operations"]} for one in event["methods"]}
    listed = [
        item["analysisId"]
        for output in event["mainListOfContents"]["contentsList"]["listItems"]
        for item in output["sublist"]["listItems"]
    ]
    assert sorted(listed) == sorted(one["id"] for one in event["analyses"])
    assert len({one["id"] for one in event["outputs"]}) == len(
        event["mainListOfContents"]["contentsList"]["listItems"]
    )
    assert {one["dataSubsetId"] for one in event["analyses"] if "dataSubsetId" in one} == subsets
    for analysis in event["analyses"]:
        assert analysis["analysisSetId"] in sets
        groupings = {one["groupingId"] for one in analysis["orderedGroupings"]}
        assert groupings <= set(factors)
        for result in analysis["results"]:
            assert result["operationId"] in methods[analysis["methodId"]]
            for group in result["resultGroups"]:
                assert group["groupingId"] in groupings
                assert group.get("groupId") in factors[group["groupingId"]] | {None}


def rows_of(event):
    return {
        name: (analysis, result)
        for analysis in event["analyses"]
        for name, result in zip(analysis["description"].split(), analysis["results"], strict=True)
    }


@pytest.fixture(scope="module")
def cohort(results, study):
    """The reporting event of the shipped cohort, written once; for reading only."""
    return json.loads(ars_json(results, study, name="x", simulated=True))


def test_no_reference_dangles_and_every_row_of_the_cohort_is_there(results, cohort):
    event = cohort
    assert faults(event) == []
    _check(event)
    found = rows_of(event)
    assert set(found) == {row.analysis_id for row in results}
    for row in results:
        raw = found[row.analysis_id][1].get("rawValue")
        assert (float(raw) if raw else None) == row.stat


# The conditions as a reader of the standard would follow them, written without the package.


class Frames(dict):
    """Datasets by name, and what was asked of them before: many numbers share conditions."""

    def __init__(self, datasets):
        super().__init__({name.upper(): frame for name, frame in datasets})
        self.asked = {}


def members(frames, dataset, variable, comparator, value):
    """Tell of each record of a dataset whether it meets a condition."""
    key = (dataset, variable, comparator, *value)
    if key not in frames.asked:
        frames.asked[key] = met(frames, dataset, variable, comparator, value)
    return frames.asked[key]


def met(frames, dataset, variable, comparator, value):
    column = frames[dataset][variable]
    blank = column.isna() | column.astype(str).isin(["", "<NA>"])
    if value == [""]:
        return blank if comparator == "EQ" else ~blank
    if comparator in {"EQ", "IN"}:
        return ~blank & (
            column.astype(str).isin(value) | pd.to_numeric(column, errors="coerce").isin(map(_number, value))
        )
    numbers, limit = pd.to_numeric(column, errors="coerce"), float(value[0])
    compared = {"GT": numbers > limit, "GE": numbers >= limit, "LT": numbers < limit, "LE": numbers <= limit}
    return ~blank & compared[comparator].astype("boolean").fillna(False).astype(bool)


def _number(text):
    return float(text) if text.replace(".", "").isdigit() else None


def chosen_by(frames, root, clause):
    """Tell of each record of a dataset whether it meets a where clause; another dataset is met by its patients."""
    if "condition" in clause:
        condition = clause["condition"]
        found = members(frames, **condition)
        if condition["dataset"] == root:
            return found
        return frames[root]["USUBJID"].isin(frames[condition["dataset"]].loc[found, "USUBJID"])
    expression = clause["compoundExpression"]
    inner = expression["whereClauses"]
    named = {one["condition"]["dataset"] for one in inner if "condition" in one}
    if named and named != {root} and len(named) == 1:
        (other,) = named
        every = reduce(and_, [members(frames, **one["condition"]) for one in inner])
        found = frames[root]["USUBJID"].isin(frames[other].loc[every, "USUBJID"])
    else:
        found = reduce(and_, [chosen_by(frames, root, one) for one in inner])
    return ~found if expression["logicalOperator"] == "NOT" else found


@pytest.mark.independent
def test_conditions_choose_the_records_behind_the_numbers(results, cohort, datasets, study):
    frames, event = Frames(datasets), cohort
    by_id = {one["id"]: one for one in (*event["analysisSets"], *event["dataSubsets"])}
    tried, unsaid = set(), 0
    selections = Selections(frames)
    for name, (analysis, _) in rows_of(event).items():
        wanted = records_behind(results.row(name), study)
        assert (analysis.get("dataset") or None) == (wanted.dataset if wanted else None)
        key = (analysis["analysisSetId"], analysis.get("dataSubsetId"))
        if wanted is None or key in tried:
            continue
        tried.add(key)
        parts = [by_id[one] for one in key if one is not None]
        unsaid += any("description" in one for one in parts)
        if any("description" in one for one in parts):
            continue
        kept = pd.Series(data=True, index=frames[wanted.dataset].index)
        for part in parts:
            if "condition" in part or "compoundExpression" in part:
                kept &= chosen_by(frames, wanted.dataset, part)
        assert list(frames[wanted.dataset].index[kept]) == list(selections.records(wanted).index), name
    assert len(tried) > 500
    assert 0 < unsaid < len(tried) / 3


def test_the_primary_comparison_is_the_primary_outcome(datasets, study):
    rows = Results(analyse_primary(datasets, study, replace(FINAL, permutations=99)))
    event = json.loads(ars_json(rows, study, name="x", simulated=True, primary="pfs.primary.log_rank"))
    found = {
        name
        for name, (one, _) in rows_of(event).items()
        if one["purpose"]["controlledTerm"].startswith("PRIMARY")
    }
    assert found
    assert len(found) < len(rows)
    assert all(name.startswith("pfs.primary.log_rank.") for name in found)
    assert faults(event) == []


def test_what_is_asked_of_other_records_of_the_dataset_is_in_words(cohort):
    said = [one for one in cohort["dataSubsets"] if "description" in one]
    assert all(one["description"].startswith("Not in the conditions: USUBJID ") for one in said)
