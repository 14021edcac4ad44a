"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

import pytest
from design_commands import COHORT, SUMMARY, answer, run

pytestmark = pytest.mark.worked


def test_power_by_text_and_by_json_agree():
    found = answer("power", "--method", "lakatos")
    assert found["result"]["power"] == pytest.approx(0.73930943, rel=1e-6)
    assert found["assumptions"]["control_hazard_per_month"] == 0.0235
    assert "73.9%" in run("power", "--method", "lakatos").stdout


@pytest.mark.parametrize(
    "args",
    [
        ("power", "--alpha", "x"),
        ("power", "--hazard-ratio", "0.5;0.6"),
        ("power", "--patients", "0"),
        ("power", "--method", "guess"),
        ("simulate", "--trials", "0"),
        ("project", "--entered", "60"),
        ("project", str(COHORT), *SUMMARY),
        ("conditional-power",),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(args):
    shown = run(*args)
    assert shown.exit_code == 2
    assert "Traceback" not in shown.output


@pytest.mark.parametrize(
    "args",
    [
        ("power", "--control-median", "20", "--control-hazard", "0.02"),
        ("power", "--alpha", "2"),
        ("sample-size", "--hazard-ratio", "1"),
        ("project", "--entered", "10", "--events", "11", "--cut-month", "36"),
        ("project", *SUMMARY, "--exposure", "5000"),
        ("reestimate", *SUMMARY, "--patients", "50"),
    ],
    ids=" ".join,
)
def test_an_impossible_design_is_one_paragraph_and_exits_1(args):
    shown = run(*args)
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr.startswith("duonen: ")
    assert shown.stderr.count("\n") == 1
