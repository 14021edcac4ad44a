"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from design_commands import COHORT, SUMMARY, answer, run

pytestmark = pytest.mark.worked


def test_projection_and_blinded_reestimation_from_numbers():
    found = answer("project", *SUMMARY, "--targets", "30,64", "--simulations", "200")
    assert [one["n_events"] for one in found["projection"]["targets"]] == [30, 64]
    assert found["cut"]["n_events"] == 15
    assert "simulated" not in found
    fixed = ("--method", "schoenfeld", "--trials", "0")
    blinded = answer("reestimate", *SUMMARY, *fixed, "--max-patients", "120")["blinded"]
    assert (blinded["required_events"], blinded["patients_decided"], blinded["capped"]) == (117, 120, True)


def test_blinded_patients_by_simulation_nominal_and_calibrated():
    few = ("--trials", "2000", "--calibration-trials", "4000")
    found = answer("reestimate", *SUMMARY, *few)["blinded"]
    assert found["method"] == "simulation"
    assert found["patients_decided"] % 4 == 0
    assert (
        found["outcomes"][0]["simulated"]["calibrated"]["value"]
        < found["outcomes"][0]["simulated"]["nominal"]["value"]
    )
    other = answer("reestimate", *SUMMARY, *few, "--method", "simulation_calibrated")["blinded"]
    assert (other["patients_decided"] or 200) > found["patients_decided"]
    aimed = answer("reestimate", *SUMMARY, "--target-events", "64", "--trials", "0")["blinded"]
    assert (aimed["required_events"], aimed["power"], aimed["patients_decided"]) == (64, None, 92)


def test_a_data_cut_is_used_without_its_arms(tmp_path: Path):
    args = ("--targets", "40", "--simulations", "100")
    whole = answer("project", *args)
    assert whole["simulated"] is True
    assert run("project", *args).stdout.startswith("SIMULATED DATA")
    folder = shutil.copytree(COHORT, tmp_path / "blind")
    pd.read_csv(folder / "subjects.csv").drop(columns="ARM").to_csv(folder / "subjects.csv", index=False)
    blind = answer("project", str(folder), *args)
    assert blind["projection"] == whole["projection"]
    assert (
        answer("reestimate", str(folder), "--method", "lakatos", "--trials", "0")["cut"]["n_events"]
        == whole["cut"]["n_events"]
    )


def test_a_faulty_cut_stops(tmp_path: Path):
    folder = shutil.copytree(COHORT, tmp_path / "faulty")
    (folder / "tumour_assessments.csv").write_text("SUBJID\n", encoding="utf-8")
    shown = run("project", str(folder))
    assert shown.exit_code == 1
    assert "Traceback" not in shown.output


Z = ("reestimate", "--trials", "0", "--z")


def test_unblinded_reestimation_shows_the_zone():
    found = answer(*Z, "1.5", "--planned-events", "117")["unblinded"]
    assert (found["zone"], found["capped"], found["events_decided"]) == ("promising", True, 175)
    assert "efficacy" in run(*Z, "3.5").stdout
    assert answer(*Z, "1.5")["unblinded"]["planned_events"] == 64


def test_events_out_of_reach_of_the_patients_are_said_to_be():
    found = answer(*Z, "1.5", "--planned-events", "117")
    assert found["reach"]["months"] is None
    assert "out of reach of the 92 patients planned" in run(*Z, "1.5", "--planned-events", "117").stdout


def test_events_seen_at_the_look_and_the_pooled_data():
    found = answer(*Z, "1.5", "--events", "35")
    assert found["unblinded"]["interim_events"] == 35
    with_cut = answer(*Z, "2.5", "--events", "33", "--entered", "92", "--cut-month", "72")
    assert with_cut["from_cut"]["required_events"] == with_cut["unblinded"]["events_decided"]


def test_the_unweighted_test_raises_only_where_it_is_valid():
    unweighted = (*Z, "1.2", "--test", "unweighted")
    found = answer(*unweighted)["unblinded"]
    assert (found["zone"], found["events_decided"]) == ("not valid", 64)
    assert answer(*Z, "1.2")["unblinded"]["events_decided"] == 96
    assert answer(*unweighted, "--events", "36")["rule"]["design"]["information"] == [36 / 64, 1.0]


def test_the_level_is_simulated_and_mended():
    found = answer("reestimate", "--z", "1.5", "--trials", "4000")["calibration"]
    assert found["n_trials"] == 4000
    assert found["final"]["value"] > 1.9686
    shown = run("reestimate", "--z", "1.5", "--trials", "100", "--quiet")
    assert shown.exit_code == 1
    assert "too few" in shown.stderr


def test_the_final_test_has_p_estimate_and_limits():
    found = answer(*Z, "1.5", "--events", "33", "--final-z", "2.1", "--final-events", "90")["final"]
    assert found["rejects"] is True
    assert 0.01 < found["p_value"] < 0.025
    assert found["lower"] < found["hazard_ratio"] < found["upper"] < 1


def test_characteristics_on_one_process_and_on_two():
    args = ("characteristics", "--trials", "4000", "--max-patients", "140")
    found = answer(*args)
    assert answer(*args, "--workers", "2") == found
    assert found["characteristics"]["calibrated_level"]["value"] < found["characteristics"]["level"]["value"]
    assert found["characteristics"]["alternative"]["patients"]["p95"] <= 140


def test_an_unreachable_need_is_no_decision_to_keep_the_plan():
    shown = run("reestimate", str(COHORT), "--method", "schoenfeld", "--trials", "0")
    assert "–: no number of patients is enough" in shown.stdout
    assert "--max-patients" in shown.stdout
    assert (
        answer("reestimate", str(COHORT), "--method", "schoenfeld", "--trials", "0")["blinded"][
            "patients_decided"
        ]
        is None
    )


def test_an_unblinded_result_goes_without_a_cut():
    assert run("reestimate", str(COHORT), "--z", "1.5").exit_code == 2


def test_after_a_crossed_boundary_there_is_no_last_stage():
    shown = run(*Z, "4").stdout
    assert "Conditional error" not in shown
    assert "the null hypothesis is rejected" in shown


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((str(COHORT), "--dropouts", "3"), "--dropouts"),
        ((str(COHORT), "--exposure", "900"), "--exposure"),
        (("--dropouts", "3"), "--dropouts"),
        ((*SUMMARY, "--lag", "6"), "--lag"),
        ((*SUMMARY, "--entered-so-far", "70"), "--entered-so-far"),
        ((*SUMMARY, "--cut", "2025-01-01"), "--cut"),
        ((*SUMMARY[:4], "--cut-month", "inf"), "--cut-month"),
        ((*SUMMARY[:4], "--cut-month", "-3"), "--cut-month"),
        ((*SUMMARY, "--accrual-window", "0"), "--accrual-window"),
        (("--opened", "2022"), "--opened"),
    ],
)
@pytest.mark.parametrize("command", ["project", "reestimate"])
def test_options_of_a_cut_that_do_not_belong_together_are_wrong_usage(command, args, named):
    shown = run(command, *args)
    assert shown.exit_code == 2, shown.output
    assert named in shown.output


def test_the_rules_of_progression_come_from_the_plan(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text("days_per_month: 30\nevaluable_responses: [PD]\n", encoding="utf-8")
    preset = run("project", "--targets", "30", "--simulations", "50", "--json")
    changed = run("project", "--targets", "30", "--simulations", "50", "--json", "--plan", str(plan))
    assert (preset.exit_code, changed.exit_code) == (0, 0)
    assert preset.stdout != changed.stdout
    for wrong in (("--set", "alfa=1"), ("--set", "control_arm=Z"), ("--plan", str(tmp_path / "none.yaml"))):
        assert run("project", *wrong).exit_code == 2
