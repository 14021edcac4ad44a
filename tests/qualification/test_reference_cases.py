"""Reading reference cases."""

import json
import math

import pytest

from duonen_stats.errors import DataError, UnsupportedCaseError
from duonen_stats.qualification.reference_cases import (
    SHIPPED,
    Options,
    number,
    numbers,
    read_cases,
)

CASE = {
    "id": "a_1",
    "procedure": "anova",
    "kind": "reference",
    "options": {},
    "data": {},
    "expected": {"p": 1},
}


def write(folder, content):
    path = folder / "cases.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_shipped_cases_are_all_read():
    cases = [case for path in SHIPPED for case in read_cases(path)]
    assert len(cases) == 266
    assert len({case.procedure for case in cases}) == 43
    assert {case.kind for case in cases} == {"reference", "policy"}


def test_a_case_is_read_with_and_without_its_optional_parts(tmp_path):
    full = {
        **CASE,
        "tool": "stats::oneway.test",
        "version": "R 4.2.2",
        "tol": {"abs": 0.1},
        "r_code": "x",
        "note": None,
    }
    (bare,) = read_cases(write(tmp_path, {"cases": [CASE]}))
    (case,) = read_cases(write(tmp_path, [full]))
    assert (bare.tool, dict(bare.tolerance)) == ("", {})
    assert (case.tool, case.command, case.note) == ("stats::oneway.test", "x", "")
    assert dict(case.tolerance) == {"abs": 0.1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not a JSON file"),
        ({"cases": []}, "no list of cases"),
        ({"other": 1}, "no list of cases"),
        ([{"id": "a"}], "case 1: procedure, kind"),
        ([{**CASE, "kind": "guess"}], "kind is not of the required form"),
        ([{**CASE, "data": [1, 2]}], "data is not of the required form"),
        ([CASE, CASE], "two cases have the id a_1"),
        (["text"], "case 1"),
    ],
)
def test_what_is_no_case_is_refused_in_clear_words(tmp_path, content, words):
    with pytest.raises(DataError, match=words):
        read_cases(write(tmp_path, content))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_cases(tmp_path / "none.json")


def test_options_that_nobody_reads_do_not_pass_unseen():
    options = Options({"center": "mean", "alpha": None, "odd": 3})
    assert options.choose("center", {"mean": "m"}) == "m"
    assert options.get("alpha", 0.05) == 0.05
    assert options.confidence == 0.95
    with pytest.raises(UnsupportedCaseError, match="Unknown option: odd"):
        options.require_all_read()
    with pytest.raises(UnsupportedCaseError, match="odd = 3 is not known; known are 1, 2"):
        options.choose("odd", {1: 1, 2: 2})
    options.require_all_read()


def test_numbers_of_a_case():
    assert numbers([1, "Inf", "-Inf"]) == [1, math.inf, -math.inf]
    assert math.isnan(number(None))
    assert math.isnan(number("NaN"))
    assert numbers(3) == [3]
    with pytest.raises(UnsupportedCaseError, match="not numbers"):
        numbers(["three"])


@pytest.mark.parametrize(
    "tolerance",
    ['{"rel": "much"}', '{"g": "0.1"}', '{"g": {"per": 1}}', '{"abs": -1}', "[1]", '{"rel": true}'],
)
def test_a_tolerance_of_another_form_is_refused(tmp_path, tolerance):
    path = tmp_path / "cases.json"
    case = '{"id": "a", "procedure": "p", "kind": "reference", "options": {}, "data": {}, "expected": {}, "tol": %s}'
    path.write_text(f"[{case % tolerance}]", encoding="utf-8")
    with pytest.raises(DataError, match="case 1: tol is"):
        read_cases(path)


def test_a_plain_tolerance_of_a_quantity_is_relative(tmp_path):
    path = write(tmp_path, [{**CASE, "tol": {"se": 1e-6, "p": {"abs": 0.1}}}])
    assert read_cases(path)[0].tolerance == {"se": {"rel": 1e-6}, "p": {"abs": 0.1}}
