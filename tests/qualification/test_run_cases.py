"""The qualification run: all shipped cases, and what happens to cases that go wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from duonen_stats.qualification import run_cases
from duonen_stats.qualification.compare_case import compare, unstated
from duonen_stats.qualification.reference_cases import SHIPPED, Case, read_cases
from duonen_stats.qualification.run_cases import (
    ADAPTERS,
    _obtain,
    error_text,
    failure_lines,
    qualification_text,
    qualify,
    run_case,
)

CASES = tuple(case for path in SHIPPED for case in read_cases(path))
ANOVA = {"groups": {"A": [1, 2, 3], "B": [2, 4, 7]}}
REST = ("F", "df2", "p", "eta_squared", "epsilon_squared", "omega_squared", "n")


def case(**parts):
    plain = {"id": "x_1", "procedure": "anova", "kind": "reference", "options": {}, "data": ANOVA}
    plain["without"] = REST
    return Case(**{**plain, "expected": {"df1": 1}, **parts})


@pytest.mark.reference
@pytest.mark.parametrize("shipped", CASES, ids=lambda c: c.id)
def test_every_shipped_case_passes(shipped):
    outcome = run_case(shipped)
    wrong = [item for item in outcome.comparisons if not item.passed]
    assert not outcome.message
    assert not wrong
    assert outcome.passed


@pytest.mark.reference
def test_every_case_can_fail():
    """Each number of each case is moved by more than any tolerance: nothing may pass unseen."""
    for shipped in CASES:
        if shipped.kind == "policy":
            changed = {"status": "not_estimable", "reason": "another"}
        else:
            changed = _moved(shipped.expected)
        outcome = run_case(replace(shipped, expected=changed))
        passed = [item for item in outcome.comparisons if item.passed and item.quantity != "status"]
        assert not passed, shipped.id
        assert not outcome.passed


@pytest.mark.reference
def test_no_expected_value_can_be_removed_unseen():
    """Each value of each case is taken out, parts of lists and pairs too: the case fails and names it."""
    for shipped in CASES:
        obtained = _obtain(shipped, ADAPTERS[shipped.procedure])
        for name, changed in _without_one(shipped.expected):
            left = replace(shipped, expected=changed)
            failed = [item for item in compare(left, obtained) if not item.passed]
            assert failed or unstated(left, obtained), (shipped.id, name)


def _without_one(value):
    """Every way to leave out one member at the top, or one of a list or of parts by name."""
    for key, item in value.items():
        yield key, {name: other for name, other in value.items() if name != key}
        if isinstance(item, list) and item:
            yield f"{key}[-1]", {**value, key: item[:-1]}
        if isinstance(item, dict):
            for part, changed in _without_one(item):
                yield f"{key}.{part}", {**value, key: changed}


@pytest.mark.reference
@pytest.mark.parametrize("name", ["hedges_g_01", "hedges_g_04", "hedges_g_06"])
@pytest.mark.parametrize("tolerance", [{}, {"rel": 0.002}])
def test_g_and_d_are_exact_whatever_the_limits_are(name, tolerance):
    (shipped,) = (one for one in CASES if one.id == name)
    for quantity in ("g", "d"):
        off = {**shipped.expected, quantity: shipped.expected[quantity] * 1.001}
        outcome = run_case(replace(shipped, expected=off, tolerance=tolerance))
        assert [item.quantity for item in outcome.comparisons if not item.passed] == [quantity]
        assert not outcome.passed


def test_what_we_do_not_return_or_the_case_does_not_expect_is_said():
    less = case(without=REST[1:])
    assert not run_case(less).passed
    assert run_case(less).unstated == ("F",)
    more = run_case(case(expected={"df1": 1, "median": 2}))
    assert [item.quantity for item in more.comparisons if not item.passed] == ["median"]
    assert failure_lines(run_case(less)) == (
        "FAILED x_1: No expected value of F. Add it, or name it in `without` of the case.",
    )


def _moved(value):
    if isinstance(value, dict):
        return {key: item if key in ("group1", "group2") else _moved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item) for item in value]
    if isinstance(value, bool):
        return not value
    if value is None or isinstance(value, str):
        return 12345.678
    return value * 1.5 + 1


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"procedure": "mood_median"}, "The procedure 'mood_median' is not known."),
        ({"options": {"trim": 0.2}}, "Unknown option: trim."),
        ({"procedure": "levene", "options": {"center": "mode"}}, "Option center = 'mode' is not known"),
        ({"data": {"x": [1, 2]}}, "The case holds no 'groups'."),
        ({"data": {"groups": [1, 2]}}, "AttributeError"),
        ({"data": {"groups": {"A": ["one"], "B": [2]}}}, "The data are not numbers"),
        ({"data": {"groups": {"A": [1, 1], "B": [1, 1]}}}, "Not estimable: zero_variance."),
        ({"expected": {}}, "The case expects nothing."),
    ],
)
def test_a_case_that_cannot_be_run_fails_with_a_reason(parts, words):
    outcome = run_case(case(**parts))
    assert not outcome.passed
    assert words in outcome.message


def test_a_policy_case_wants_its_own_reason():
    data = {"groups": {"A": [1, 1], "B": [1, 1]}}
    refused = {"status": "not_estimable", "reason": "zero_variance"}
    assert run_case(case(kind="policy", data=data, expected=refused)).passed
    assert not run_case(case(kind="policy", data=data, expected={**refused, "reason": "all_tied"})).passed
    assert not run_case(case(kind="policy", expected=refused)).passed


def test_files_given_are_run_and_counted(tmp_path):
    good = {
        "id": "a_1",
        "procedure": "anova",
        "kind": "reference",
        "options": {},
        "data": ANOVA,
        "expected": {"df1": 1},
        "without": list(REST),
    }
    bad = {**good, "id": "a_2", "expected": {"df1": 2}, "tool": "stats::aov", "version": "R 4.2.2, car 3.1.1"}
    odd = {**good, "id": "z_1", "procedure": "zeta"}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"cases": [good, bad, odd]}), encoding="utf-8")
    result = qualify([path], now=datetime(2026, 3, 1, tzinfo=UTC))
    assert (result.n_passed, len(result.outcomes), result.passed) == (1, 3, False)
    anova, zeta = result.procedures
    assert (anova.procedure, anova.cases, anova.passed, anova.largest_relative) == ("anova", 2, 1, 0.5)
    assert anova.reference == "stats::aov (R 4.2.2, car 3.1.1)"
    assert (zeta.passed, zeta.largest_relative) == (0, None)
    assert result.sources == ("mine.json",)
    assert result.started.year == 2026
    text = qualification_text(result)
    assert "FAILED a_2: df1 expected 2, obtained 1" in text
    assert "FAILED z_1: The procedure 'zeta' is not known." in text
    assert text.endswith("1 of 3 cases passed.")


def test_without_files_the_shipped_cases_are_run(monkeypatch):
    monkeypatch.setattr(run_cases, "read_cases", lambda path: CASES[:3] if path == SHIPPED[0] else ())
    result = qualify()
    assert len(result.outcomes) == 3
    assert result.passed
    names = [name for name, _ in result.environment.packages]
    assert names[0] == "duonen-stats"
    assert result.environment.cores >= 1


def test_every_procedure_of_the_shipped_cases_has_an_adapter_and_no_other():
    assert set(ADAPTERS) == {c.procedure for c in CASES}


def test_errors_are_written_short():
    assert [error_text(e) for e in (None, 0, 3.21e-9)] == ["–", "0", "3.2e-09"]
