"""Cases on repeated values, rates, strata and doses: options that are refused, and cases that must fail."""

from dataclasses import replace

import pytest

from duonen_stats.qualification.reference_cases import SHIPPED, Case, read_cases
from duonen_stats.qualification.run_cases import run_case

CASES = {case.id: case for case in read_cases(SHIPPED[1])}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_shipped_case_passes(case: Case):
    assert run_case(case).passed


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mmrm_01", {"covariance": "toep"}),
        ("mmrm_01", {"method": "ML"}),
        ("mmrm_01", {"fixed": "base * arm * visit"}),
        ("slope_01", {"random": "intercept by subject"}),
        ("bed_eqd2_01", {"model": "target theory"}),
        ("poisson_rate_01", {"unknown": 1}),
    ],
)
def test_an_option_that_we_do_not_have_fails_the_case(name, options):
    case = CASES[name]
    outcome = run_case(replace(case, options={**case.options, **options}))
    assert not outcome.passed
    assert "known" in outcome.message or "Unknown option" in outcome.message


def test_radionuclides_taken_apart_are_not_the_dose_of_a_cycle():
    case = CASES["bed_eqd2_02"]
    wrong = {**case.expected, "bed": case.expected["bed_if_nuclides_separate"]}
    assert not run_case(replace(case, expected=wrong)).passed


def test_a_level_changes_the_limits():
    case = CASES["poisson_rate_01"]
    assert not run_case(replace(case, options={**case.options, "level": 0.9})).passed


def test_a_rate_may_be_given_per_100_years():
    case = CASES["poisson_rate_01"]
    hundred = {name: 100 * value for name, value in case.expected.items()}
    assert run_case(replace(case, options={**case.options, "per": 100}, expected=hundred)).passed


def test_a_cell_without_estimate_must_be_the_one_named():
    case = CASES["mmrm_08"]
    other = {**case.expected, "cells": [{"arm": "C", "visit": "V4"}]}
    assert not run_case(replace(case, expected=other)).passed


def test_a_model_that_falls_back_says_so():
    case = CASES["mmrm_11"]
    options = {**case.options, "fallback": ["cs"]}
    outcome = run_case(
        replace(case, options=options, expected={"status": "estimable", "covariance_used": "cs"})
    )
    assert {item.quantity: item.passed for item in outcome.comparisons} == {
        "status": True,
        "covariance_used": True,
    }
