import json

from duonen_stats.formats.ars_json import ars_json
from duonen_stats.results import ResultRow, Results

SAFETY = {"display": "Table 1", "population": "Safety (SIMULATED)", "group1": "Arm", "group1_level": "A"}
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
            population="Randomised",
            stat_name="n",
            stat_label="N",
            stat=3.0,
        ),
    ]
)


def test_a_reporting_event():
    data = ars_json(ROWS, study_id="DUONEN", name="interim report", simulated=True)
    assert data == ars_json(ROWS, study_id="DUONEN", name="interim report", simulated=True)
    event = json.loads(data)
    assert event["name"] == "DUONEN interim report (SIMULATED DATA)"
    first, second = event["analyses"]
    assert [one["description"] for one in first["results"]] == ["a.mean", "a.sd"]
    mean, sd = first["results"]
    assert float(mean["rawValue"]) == 0.1 + 0.2
    assert (sd["rawValue"], sd["formattedValue"]) == ("", "one value")
    assert mean["resultGroups"] == [{"groupingId": "GF001", "groupValue": "A"}]
    assert "variable" not in second


def _check(event):
    sets = {one["id"] for one in event["analysisSets"]}
    factors = {one["id"]: {group["name"] for group in one["groups"]} for one in event["analysisGroupings"]}
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
    for analysis in event["analyses"]:
        assert analysis["analysisSetId"] in sets
        groupings = {one["groupingId"] for one in analysis["orderedGroupings"]}
        assert groupings <= set(factors)
        for result in analysis["results"]:
            assert result["operationId"] in methods[analysis["methodId"]]
            for group in result["resultGroups"]:
                assert group["groupingId"] in groupings
                assert group["groupValue"] in factors[group["groupingId"]] | {""}


def test_no_reference_dangles_and_every_row_of_the_cohort_is_there(results):
    event = json.loads(ars_json(results, study_id="DUONEN", name="x", simulated=True))
    _check(event)
    found = {one["description"]: one for analysis in event["analyses"] for one in analysis["results"]}
    assert set(found) == {row.analysis_id for row in results}
    for row in results:
        raw = found[row.analysis_id]["rawValue"]
        assert (float(raw) if raw else None) == row.stat
