"""The manifest accounts for everything that went in and came out."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from duonen_stats.folder.provenance import (
    account_of,
    data_fingerprint,
    files_of,
    manifest,
    outputs_manifest,
)
from duonen_stats.plan import INTERIM
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.intake.sheet import Converted
from duonen_stats.raw.source_file import SourceFile

FILES = (
    SourceFile(name="labs.csv", sha256="ab" * 32, rows=120, columns=10),
    SourceFile(
        name="subjects.csv",
        sha256="cd" * 32,
        rows=61,
        used=61,
        columns=18,
        table="subjects",
        form={"format": "CSV", "encoding": "Windows-1250"},
        converted=(Converted("decimal commas", "BMI", 61),),
    ),
)
CUT = Cut(
    name="a cut",
    tables={},
    files=FILES,
    findings=(),
    cut_date=pd.Timestamp("2024-03-31"),
    origin="SIMULATED",
    stage="INTERIM",
    label="first",
)
START = datetime(2024, 4, 1, 8, tzinfo=UTC)


def made(**changes):
    given = {
        "cut": CUT,
        "plan": INTERIM,
        "outputs": {"report.html": b"<p>", "datasets/adsl.csv": b"A\n"},
        "versions": {"python": "3.11.7"},
        "started": START,
        "finished": START,
        "seconds": {"HTML": 0.12345},
    }
    return manifest(**(given | changes))


def test_of_a_blinded_run_no_hash_of_a_single_file_is_given():
    """All but the arms of a centre's few patients is in ADSL: of four, 256 guesses give the arms by the hash."""
    content = json.loads(made(blinded=True))
    assert [one["sha256"] for one in content["inputs"]] == ["withheld"] * len(FILES)
    assert not [one for one in FILES if one.sha256 in made(blinded=True).decode()]
    assert content["data_cut"]["fingerprint"] == data_fingerprint(FILES)
    assert content["outputs"] == json.loads(made())["outputs"]


def test_inputs_outputs_and_plan_are_accounted_for():
    content = json.loads(made(plan=replace(INTERIM, alpha=0.01), seeds={"exact": 7}))
    assert content["inputs"][1] == {
        "name": "subjects.csv",
        "sha256": "cd" * 32,
        "rows": 61,
        "columns": 18,
        "table": "subjects",
        "form": {"format": "CSV", "encoding": "Windows-1250"},
        "converted": [{"what": "decimal commas", "column": "BMI", "cells": 61}],
        "used": 61,
    }
    digest = hashlib.sha256(b"<p>").hexdigest()
    assert {"name": "report.html", "sha256": digest, "bytes": 3} in content["outputs"]
    assert content["deviations"] == [{"field": "alpha", "planned": 0.05, "used": 0.01}]
    assert content["plan"]["alpha"] == 0.01
    assert content["data_cut"]["date"] == "2024-03-31"
    assert content["data_cut"]["fingerprint"] == data_fingerprint(FILES)
    assert (content["simulated"], content["seeds"], content["software"]) == (
        True,
        {"exact": 7},
        {"python": "3.11.7"},
    )


def test_only_the_times_differ_between_runs():
    later = datetime(2025, 1, 1, tzinfo=UTC)
    one, two = (json.loads(m) for m in (made(), made(started=later, finished=later, seconds={"HTML": 9.0})))
    assert one.pop("times") == {
        "started": "2024-04-01T08:00:00+00:00",
        "finished": "2024-04-01T08:00:00+00:00",
        "seconds": {"HTML": 0.123},
    }
    assert two.pop("times")["seconds"] == {"HTML": 9.0}
    assert one == two


def test_a_run_that_does_not_say_when_it_ended_ended_now():
    ended = datetime.fromisoformat(json.loads(made(finished=None))["times"]["finished"])
    assert abs((datetime.now(UTC) - ended).total_seconds()) < 60


def test_a_cut_without_a_date_has_none():
    assert json.loads(made(cut=replace(CUT, cut_date=None)))["data_cut"]["date"] is None


def test_the_fingerprint_sees_every_change_and_no_order():
    print_ = data_fingerprint(FILES)
    assert print_ == data_fingerprint(reversed(FILES))
    assert print_ == hashlib.sha256(f"labs.csv {'ab' * 32}\nsubjects.csv {'cd' * 32}\n".encode()).hexdigest()
    for changed in (replace(FILES[0], sha256="ac" * 32), replace(FILES[0], name="lab.csv")):
        assert data_fingerprint([changed, FILES[1]]) != print_
    assert data_fingerprint(FILES[:1]) != print_


def test_a_manifest_knows_its_files():
    assert files_of(made()) == {"manifest.json", "report.html", "datasets/adsl.csv"}
    account = account_of(made(kind="audit"))
    assert account.kind == "audit"
    assert account.files["report.html"] == (3, hashlib.sha256(b"<p>").hexdigest())


def test_a_manifest_that_names_no_kind_is_of_a_report():
    older = json.loads(made(kind="audit"))
    del older["kind"]
    assert account_of(json.dumps(older).encode()).kind == "report"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"made_by": "another"}',
        b'{"made_by": "duonen_stats"}',
        b'{"made_by": "duonen_stats", "outputs": ["a"]}',
        b"\xff",
    ],
)
def test_the_manifest_of_something_else_is_not_taken_for_one(text):
    assert files_of(text) is None


def test_an_output_that_is_no_report_has_a_manifest_without_times():
    text = outputs_manifest(CUT, {"adsl.xpt": b"x"}, "converted cut")
    content = json.loads(text)
    assert files_of(text) == {"manifest.json", "adsl.xpt"}
    assert account_of(text).kind == "converted cut"
    assert (content["simulated"], content["data_cut"]["label"], "times" in content) == (True, "first", False)
    assert [item["name"] for item in content["inputs"]] == ["labs.csv", "subjects.csv"]


def test_definitions_are_told_apart_noun_by_noun(study):
    before = json.loads(made(study=study))["definitions"]
    assert {
        "arms.A",
        "analytes.HGB",
        "tables.labs",
        "organs.KIDNEY",
        "eligibility_rules.1",
        "study_id",
    } <= set(before)
    organs = tuple(replace(one, limit_total=25) if one.code == "KIDNEY" else one for one in study.organs)
    after = json.loads(made(study=replace(study, organs=organs, arms=study.arms[::-1])))["definitions"]
    assert {name for name in before if before[name] != after[name]} == {"organs.KIDNEY", "arms.order"}
    assert json.loads(made())["definitions"] == {}
