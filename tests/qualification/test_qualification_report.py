"""The qualification report."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from duonen_stats.document.content_model import Listing
from duonen_stats.document.html import render_html
from duonen_stats.document.pdf import render_pdf
from duonen_stats.errors import DuonenError
from duonen_stats.qualification.qualification_report import (
    qualification_document,
    values_csv,
    write_qualification,
)
from duonen_stats.qualification.run_cases import qualify

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    data = {"groups": {"A": [1, 2, 3], "B": [2, 4, 7]}}
    common = {"kind": "reference", "options": {"center": "mean"}, "data": data, "dataset": "small"}
    common["without"] = ["F", "p", "n", "df2"]
    cases = [
        {**common, "id": "levene_1", "procedure": "levene", "expected": {"df1": 1, "df2": 4}},
        {**common, "id": "levene_2", "procedure": "levene", "expected": {"df1": 2, "df2": 4}},
        {**common, "id": "odd_1", "procedure": "odd", "expected": {"p": None}},
        {**common, "id": "dunn_1", "procedure": "dunn", "options": {}, "expected": {"nothing": None}},
        {**common, "id": "levene_3", "procedure": "levene", "expected": {"df2": 4}},
    ]
    path = tmp_path_factory.mktemp("cases") / "mine.json"
    path.write_text(json.dumps(cases), encoding="utf-8")
    return qualification_document(qualify([path], now=NOW))


def listings(document):
    return {b.key: b for s in document.sections for b in s.blocks if isinstance(b, Listing)}


def test_the_title_page_tells_result_date_and_machine(document):
    meta = dict(document.meta)
    assert meta["Result"] == "FAILED: 1 of 5 cases"
    assert meta["Date"] == "2026-03-01 09:30 UTC"
    assert meta["Cases from"] == "mine.json"
    assert meta["Python"].startswith("CPython 3.")
    assert not document.simulated


def test_failed_cases_come_first_with_their_reason(document):
    rows = listings(document)["failures"].rows
    assert [row[0] for row in rows] == ["levene_2", "odd_1", "dunn_1", "levene_3"]
    assert rows[0][2] == "Outside the tolerance: df1."
    assert rows[1][2] == "The procedure 'odd' is not known."
    assert rows[3][2] == "No expected value of df1. Add it, or name it in `without` of the case."


def test_every_value_stands_with_what_was_expected(document):
    rows = listings(document)["values-levene"].rows
    assert rows[0] == ("levene_1", "small; center mean", "df1", "1", "1", "0", "1e-08 rel.", "passed")
    assert rows[2][-1] == "FAILED"
    assert rows[3][:2] == ("", "")
    assert rows[5] == ("", "", "df1", "not stated", "", "–", "–", "FAILED")
    assert listings(document)["values-odd"].rows[0][-1] == "FAILED"
    assert listings(document)["values-dunn"].rows[0][3:5] == ("not defined", "(absent)")


def test_versions_are_listed(document):
    versions = dict(listings(document)["versions"].rows)
    assert {"Python", "duonen-stats", "scipy"} <= set(versions)


def test_it_can_be_set_as_html_and_pdf(document):
    html = render_html(document, {})
    assert "Operational qualification" in html
    assert "levene_2" in html
    assert render_pdf(document, {}, NOW).startswith(b"%PDF")


CASE = """{"cases": [{"id": "one", "procedure": "%s", "kind": "reference", "options": {}, "dataset": "made up",
  "data": {"x": [1, 2, 3, 4]}, "expected": {"n": 4, "median": 2.5},
  "without": ["n_missing", "mean", "sd", "min", "max", "geometric_mean"], "tool": "base", "version": "R 4.2.2",
  "r_code": ""}]}"""


def run(tmp_path: Path, procedure: str, now: datetime | None = datetime(2026, 1, 2, tzinfo=UTC)):
    (tmp_path / "cases.json").write_text(CASE % procedure, encoding="utf-8")
    return qualify([tmp_path / "cases.json"], now=now)


@pytest.mark.parametrize("now", [None, datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)])
def test_the_report_of_any_moment_is_html_pdf_and_csv(tmp_path: Path, now):
    found = run(tmp_path, "describe", now)
    assert found.passed
    write_qualification(found, tmp_path / "out")
    assert "Operational qualification" in (tmp_path / "out" / "qualification.html").read_text(
        encoding="utf-8"
    )
    assert (tmp_path / "out" / "qualification.pdf").read_bytes().startswith(b"%PDF")


def test_a_qualification_replaces_a_qualification_only(tmp_path: Path):
    found = run(tmp_path, "describe")
    write_qualification(found, tmp_path / "out")
    write_qualification(found, tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "qualification.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(DuonenError, match=r"qualification\.csv"):
        write_qualification(found, tmp_path / "mine")
    assert (tmp_path / "mine" / "qualification.csv").read_text(encoding="utf-8") == "mine"


def test_every_value_is_a_row(tmp_path: Path):
    rows = list(csv.DictReader(StringIO(values_csv(run(tmp_path, "describe")).decode())))
    assert [(row["quantity"], row["expected"], row["passed"]) for row in rows] == [
        ("n", "4", "True"),
        ("median", "2.5", "True"),
    ]


def test_a_case_that_cannot_be_run_is_a_row_with_its_message(tmp_path: Path):
    found = run(tmp_path, "astrology")
    assert not found.passed
    (row,) = csv.DictReader(StringIO(values_csv(found).decode()))
    assert "astrology" in row["message"]


def test_an_expected_value_that_is_not_stated_is_a_row(tmp_path: Path):
    (tmp_path / "cases.json").write_text((CASE % "describe").replace('"mean", ', ""), encoding="utf-8")
    found = qualify([tmp_path / "cases.json"])
    assert not found.passed
    *_, row = csv.DictReader(StringIO(values_csv(found).decode()))
    assert (row["quantity"], row["expected"], row["passed"]) == ("mean", "", "False")
    assert row["message"] == "The case states no expected value."
