import csv
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from duonen_stats.errors import DuonenError
from duonen_stats.qualification.qualification_files import values_csv, write_qualification
from duonen_stats.qualification.run_cases import qualify

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
