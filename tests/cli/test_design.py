"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

from pathlib import Path

import pytest
from design_commands import SMALL, answer, run

from duonen_stats import INTERIM, load_study
from duonen_stats.cli.design import design
from duonen_stats.design.fixed.fixed_methods import FIXED_METHODS
from duonen_stats.methods import exceedance_boundary, rule_characteristics


def test_every_command_has_help_with_an_example_a_version_and_quiet():
    assert len(design.commands) == 13
    for name in design.commands:
        shown = run(name, "--help")
        assert shown.exit_code == 0
        assert f"Example:  duonen design {name}" in " ".join(shown.stdout.split("\n")).replace("  ", "  ")
        assert "--quiet" in shown.stdout
        assert run(name, "--version").exit_code == 0


def test_the_published_size_is_reproduced():
    result = answer("sample-size")["result"]
    assert (result["n_events_rounded"], result["n_patients_rounded"]) == (117, 167)
    assert result["event_probability"] == pytest.approx(0.70136009, rel=1e-7)


def test_a_control_arm_can_be_given_by_its_median_and_pieces():
    assert answer("power", "--control-median", "29.5")["assumptions"]["control_hazard_per_month"] is None
    pieces = answer(
        "power", "--control-hazard", "0.03,0.02", "--hazard-ratio", "1,0.4", "--hazard-starts", "0,6",
        "--method", "lakatos",
    )  # fmt: skip
    assert pieces["assumptions"]["hazard_starts_months"] == [0.0, 6.0]
    assert 0 < pieces["result"]["power"] < 1


def test_events_never_reached_are_an_error_only_if_asked_for():
    assert "never reached" in run("events").stdout
    shown = run("events", "--target", "117")
    assert shown.exit_code == 1
    assert shown.stderr.startswith("duonen: 117 events are never reached")
    assert "Traceback" not in shown.output
    assert (
        answer("events", "--patients", "167", "--target", "117", "--at", "120")["expected"][0]["at_months"]
        == 120
    )


def test_methods_side_by_side_tell_what_is_reproduced():
    shown = run("methods", *SMALL, "--quiet")
    assert (shown.exit_code, shown.stdout, shown.stderr) == (0, "", "")
    found = answer("methods", *SMALL, "--events", "60")
    assert [check["agrees"] for check in found["published_size"]] == [True] * 3
    rows = {row["method"]: row for row in found["comparison"]["rows"]}
    assert rows["freedman"]["n_events_rounded"] == 88
    assert set(rows) == {*FIXED_METHODS, "simulation"}
    text = run("methods", *SMALL).stdout
    assert "not reproduced: no method" in " ".join(text.split())
    assert "Power, HR 0.667" in text


def test_another_plan_is_not_held_against_the_publication():
    found = answer("methods", "--trials", "0", "--accrual", "48")
    assert found["published_size"] == found["published_power"] == []
    assert found["comparison"]["size"] is None


def test_simulate_gives_power_size_and_a_calibrated_value(tmp_path: Path):
    args = ("simulate", *SMALL, "--calibration-trials", "4000", "--resume", str(tmp_path / "parts"))
    found = answer(*args)["result"]
    assert found["calibration"]["lower"]["value"] < -1.96
    assert found["power"]["n_trials"] == 2000
    assert "z_counts" not in found["power"]
    assert any((tmp_path / "parts").iterdir())
    assert answer(*args)["result"] == found
    shown = run(*args)
    steps = [line.partition("] ")[2] for line in shown.stderr.splitlines()]
    assert [*dict.fromkeys(steps)] == [
        "simulated trials without an effect, for the critical values",
        "simulated trials for power and level, with normal and calibrated critical values",
    ]
    assert "calibrated" in shown.stdout


def test_simulate_with_processes_gives_the_same():
    args = ("simulate", *SMALL, "--calibration-trials", "2000")
    assert answer(*args, "--workers", "2") == answer(*args)


def test_a_scheduler_that_does_not_answer_is_one_paragraph(monkeypatch):
    monkeypatch.setattr("duonen_stats.design.simulation.cluster._PATIENCE", "100ms")
    shown = run("simulate", *SMALL, "--scheduler", "tcp://127.0.0.1:1")
    assert shown.exit_code == 1
    assert "Traceback" not in shown.output
    assert shown.stderr.startswith("duonen: ")


def test_boundaries_with_and_without_futility():
    found = answer("boundaries", "--looks", "0.5,1", "--efficacy", "obrien_fleming")
    assert found["plan"]["efficacy_z"] == pytest.approx([2.796511, 1.977432], rel=1e-5)
    assert found["calendar"]["look_months"][-1] == pytest.approx(120)
    text = run("boundaries", "--futility", "hwang_shih_decani", "--futility-parameter", "-2").stdout
    assert "Futility if Z below" in text
    assert (
        answer("boundaries", "--futility", "stated_values", "--futility-parameter", "0")["plan"][
            "futility_z"
        ][0]
        == 0
    )


def test_a_boundary_without_stopping_has_no_number_in_json():
    found = answer("boundaries", "--looks", "0.01,1")
    assert found["plan"]["efficacy_z"][0] is None or found["plan"]["efficacy_z"][0] > 8


def test_conditional_power_needs_the_events_of_an_assumed_ratio():
    found = answer("conditional-power", "--z", "1.2", "--hazard-ratio", "0.6", "--max-events", "117")
    assert found["conditional"]["under_null"] < found["conditional"]["under_trend"]
    assert found["conditional"]["at_drift"] == pytest.approx(0.543, abs=5e-4)
    shown = run("conditional-power", "--z", "1.2", "--hazard-ratio", "0.6")
    assert shown.exit_code == 2
    assert "--hazard-ratio also needs --max-events" in shown.stderr
    events = answer("conditional-power", "--z", "1.2", "--hazard-ratio", "0.6", "--looks", "58,117")
    assert events["max_events"] == 117


def test_precision_of_the_trial_and_of_an_arm():
    text = run("precision", "--rates", "0.1", "--half-width", "0.05", "--event-rate", "0.01").stdout
    assert "6.2" in text
    assert "12.7" in text
    assert "141 patients" in text
    found = answer(
        "precision", "--patients", "92", "--rates", "0.1", "--half-width", "0.05", "--method", "wald"
    )
    assert found["precision"][0]["half_width"] == pytest.approx(0.0613, abs=5e-5)


def test_a_harmful_assumption_is_answered_in_its_own_direction():
    assert answer("power", "--hazard-ratio", "2")["detectable"]["hazard_ratio"] > 1


def test_power_is_shown_even_if_nothing_is_detectable():
    shown = run("power", "--patients", "2")
    assert shown.exit_code == 0
    assert "none" in shown.stdout


def test_a_crossed_boundary_is_named():
    assert "crossed at this look" in run("conditional-power", "--z", "4").stdout
    assert "crossed" not in run("conditional-power", "--z", "1.2").stdout


def test_a_rule_on_severe_events_is_simulated_beside_its_exact_characteristics():
    found = answer("toxicity", "--trials", "2000", "--rates", "0.1,0.5", "--window", "0")
    exact = rule_characteristics(exceedance_boundary(23, bound=0.3, threshold=0.9, first=3), [0.1, 0.5])
    for one, wanted in zip(found["toxicity"], exact, strict=True):
        assert one["signals_at_once"] == pytest.approx(wanted.signals)
        assert one["signals"]["value"] == pytest.approx(wanted.signals, abs=0.04)
    text = " ".join(run("toxicity", "--trials", "300", "--every", "5").stdout.split())
    assert "after every 5 patients, just before the next enters, with the events known by then" in text
    assert "events come within 6 months of entry" in text
    assert "treatment-emergent adverse event of grade 3 or higher" in text
    assert text.count("no delay") == 2
    ones = ("--every", "1", "--first", "1", "--window")
    for window, words in (("0", "events are known at entry"), ("1", "events come within 1 month of entry")):
        text = " ".join(run("toxicity", "--trials", "300", *ones, window).stdout.split())
        assert words in text
        assert "after every patient, just before" in text
        assert "from 1 patient on" in text
        assert "within 0" not in text
    for bad in (
        ("--first", "30"),
        ("--every", "24"),
        ("--prior", "0", "1"),
        ("--patients", "501"),
        ("--bound", "1"),
    ):
        assert run("toxicity", *bad).exit_code == 2, bad


def test_the_rule_on_severe_events_is_that_of_the_plan():
    taken = {param.name: param.default for param in design.commands["toxicity"].params}
    assert [taken[name] for name in ("bound", "threshold", "rates", "first")] == [
        INTERIM.toxicity_bound, INTERIM.toxicity_threshold, INTERIM.toxicity_rates, INTERIM.min_group,
    ]  # fmt: skip
    assert taken["prior"] == (INTERIM.toxicity_prior_events, INTERIM.toxicity_prior_others)
    assert taken["patients"] == max(arm.planned for arm in load_study().arms)
