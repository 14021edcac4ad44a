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
    blinded = answer("reestimate", *SUMMARY, "--max-patients", "120")["blinded"]
    assert (blinded["required_events"], blinded["patients_decided"], blinded["capped"]) == (117, 120, True)


def test_a_data_cut_is_used_without_its_arms(tmp_path: Path):
    args = ("--targets", "40", "--simulations", "100")
    whole = answer("project", *args)
    assert whole["simulated"] is True
    assert run("project", *args).stdout.startswith("SIMULATED DATA")
    folder = shutil.copytree(COHORT, tmp_path / "blind")
    pd.read_csv(folder / "subjects.csv").drop(columns="ARM").to_csv(folder / "subjects.csv", index=False)
    blind = answer("project", str(folder), *args)
    assert blind["projection"] == whole["projection"]
    assert answer("reestimate", str(folder))["cut"]["n_events"] == whole["cut"]["n_events"]


def test_a_faulty_cut_stops(tmp_path: Path):
    folder = shutil.copytree(COHORT, tmp_path / "faulty")
    (folder / "tumour_assessments.csv").write_text("SUBJID\n", encoding="utf-8")
    shown = run("project", str(folder))
    assert shown.exit_code == 1
    assert "Traceback" not in shown.output


def test_unblinded_reestimation_shows_the_zone():
    found = answer("reestimate", "--z", "1.5")["unblinded"]
    assert (found["zone"], found["capped"], found["total_events"]) == ("promising", True, 175.5)
    assert "Zone" in run("reestimate", "--z", "3.5").stdout


def test_an_unreachable_need_is_no_decision_to_keep_the_plan():
    shown = run("reestimate", str(COHORT))
    assert "none: at" in shown.stdout
    assert "--max-patients" in shown.stdout


def test_an_unblinded_result_goes_without_a_cut():
    assert run("reestimate", str(COHORT), "--z", "1.5").exit_code == 2


def test_after_a_crossed_boundary_there_is_no_last_stage():
    line = next(
        line for line in run("reestimate", "--z", "4").stdout.splitlines() if "Conditional error" in line
    )
    assert line.split()[-1] == "–"


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
