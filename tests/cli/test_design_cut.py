"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from design_commands import COHORT, SUMMARY, answer, run

from duonen_stats.commands.simulate_cut import write_simulation


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
    assert shown.exit_code == 2
    assert "too few" in shown.stderr


def test_the_final_test_has_p_estimate_and_limits():
    found = answer(*Z, "1.5", "--events", "33", "--final-z", "2.1", "--final-events", "90")["final"]
    assert found["rejects"] is True
    assert 0.01 < found["p_value"] < 0.025
    assert found["lower"] < found["hazard_ratio"] < found["upper"] < 1


@pytest.mark.parametrize("more", [(), ("--max-patients", "140")], ids=["none added", "up to 140"])
def test_one_rule_has_one_set_of_calibrated_values(more):
    shared = ("--looks", "0.5,1", "--planned-events", "64", *more)
    seen = answer("reestimate", "--z", "1.5", "--trials", "3000", *shared)["calibration"]
    found = answer("characteristics", "--trials", "100", "--calibration-trials", "3000", *shared)
    assert seen == found["calibration"]
    assert seen["max_patients"] == (140 if more else 92)


def test_characteristics_on_one_process_and_on_two():
    args = ("characteristics", "--trials", "4000", "--calibration-trials", "4000", "--max-patients", "140")
    found = answer(*args)
    assert answer(*args, "--workers", "2") == found
    assert found["characteristics"]["calibrated_level"]["value"] < found["characteristics"]["level"]["value"]
    assert found["characteristics"]["alternative"]["patients"]["p95"] <= 140


def test_characteristics_kept_in_a_folder_go_on_from_there(tmp_path):
    args = ("characteristics", "--trials", "300", "--calibration-trials", "5500")
    parts = ("--resume", str(tmp_path / "parts"))
    answer(*args[:-1], "5000", *parts)
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "parts").iterdir()}
    assert len(kept) == 4
    assert answer(*args, *parts) == answer(*args)
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "parts").iterdir()}
    assert len(after) == 5
    assert kept.items() <= after.items()
    shown = run("reestimate", "--z", "1.5", "--trials", "3000", *parts)
    assert shown.exit_code == 0, shown.stderr


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


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("--confidence", "90"), "--confidence"),
        (("--confidence", "1"), "--confidence"),
        (("--confidence", "nan"), "--confidence"),
        (("--targets", "93"), "--targets"),
        (("--targets", "0"), "--targets"),
        (("--targets", "40,40"), "--targets"),
        (("--targets", "4.5"), "--targets"),
        (("--patients", "100000000"), "--patients"),
        (("--patients", "10000", "--simulations", "100000"), "--simulations"),
        (("--patients", "40", "--targets", "30"), "--patients"),
        (("--hazard-ratio", "0.5,0.7"), "--hazard-ratio"),
        (("--hazard-ratio", "0"), "--hazard-ratio"),
        (("--hazard-ratio-range", "0.6", "1"), "--hazard-ratio-range"),
        (("--allocation", "-1"), "--allocation"),
        (("--max-followup", "0"), "--max-followup"),
        (("--max-followup", "1e300"), "--max-followup"),
        (("--weibull-shape", "inf"), "--weibull-shape"),
        (("--horizon", "-2"), "--horizon"),
        (("--accrual", "12:2"), "--accrual"),
        (("--accrual", "0:0"), "--accrual"),
        (("--accrual", "soon"), "--accrual"),
        (("--entered-so-far", "55"), "--entered-so-far"),
        (("--entered-so-far", "92", "--accrual", "2"), "--accrual"),
        (("--entered-so-far", "70", "--accrual", "2", "--accrual-window", "12"), "--accrual-window"),
        (("--opened", "2030-01-01"), "--opened"),
        (("--figure", "fan.gif"), "--figure"),
        (("--dropouts", "3"), "--dropouts"),
        ((str(COHORT), "--dropouts", "3"), "--dropouts"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_projection_that_cannot_be_is_wrong_usage_and_names_the_option_as_typed(args, named):
    shown = run("project", *args)
    assert shown.exit_code == 2, shown.output
    assert shown.stdout == ""
    assert named in shown.stderr
    assert "Traceback" not in shown.output


def test_findings_of_a_refused_projection_tell_no_arm(tmp_path: Path):
    folder = shutil.copytree(COHORT, tmp_path / "faulty")
    rows = pd.read_csv(folder / "follow_up.csv", dtype=str)
    rows.loc[[2, 5], "STATUS"] = "arm B: 1850 MBq"
    rows.to_csv(folder / "follow_up.csv", index=False)
    activities = pd.read_csv(folder / "administrations.csv", dtype=str)
    activities["LU177_MBQ"] = "none"
    activities.to_csv(folder / "administrations.csv", index=False)
    shown = run("project", str(folder))
    assert shown.exit_code == 1
    assert "DD-CODE" in shown.output
    for word in ("arm", "MBq", "LU177", "line"):
        assert word not in shown.output


def test_exchanging_whole_treatment_records_changes_no_byte(tmp_path: Path):
    folder = shutil.copytree(COHORT, tmp_path / "cut")
    before = run("project", str(folder), "--targets", "40", "--simulations", "100").stdout
    subjects = pd.read_csv(folder / "subjects.csv", dtype=str, keep_default_na=False)
    subjects["ARM"] = subjects["ARM"].to_numpy()[::-1]
    subjects.sort_values(["ARM", "SUBJID"]).to_csv(folder / "subjects.csv", index=False)
    for name in ("administrations", "dosimetry"):
        rows = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        others = dict(zip(subjects["SUBJID"], subjects["SUBJID"].to_numpy()[::-1], strict=True))
        rows.assign(SUBJID=rows["SUBJID"].map(others)).to_csv(folder / f"{name}.csv", index=False)
    assert run("project", str(folder), "--targets", "40", "--simulations", "100").stdout == before


def test_a_list_of_who_has_entered_and_a_mapping_and_a_date_are_read(tmp_path: Path):
    folder = tmp_path / "cut"
    write_simulation(folder, seed=5)
    found = answer("project", str(folder), "--targets", "40", "--simulations", "100")
    entered = pd.read_csv(folder / "enrolment.csv")
    assert found["cut"]["n_entered"] == len(entered) > 56
    assert found["cut"]["completers"] is True
    (folder / "enrolment.csv").unlink()
    alone = answer("project", str(folder), "--targets", "40", "--simulations", "100")
    assert alone["cut"]["unknown_entry_months"] > 5
    earlier = answer("project", str(folder), "--targets", "40", "--simulations", "100", "--cut", "2024-12-31")
    assert earlier["cut"]["cut_date"] == "2024-12-31"


def test_a_figure_is_written_by_its_ending(tmp_path: Path):
    shown = run(
        "project", *SUMMARY, "--targets", "40", "--simulations", "100", "--figure", str(tmp_path / "fan.svg")
    )
    assert shown.exit_code == 0, shown.output
    assert (tmp_path / "fan.svg").read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_a_stated_hazard_ratio_has_a_prior_range_of_its_own():
    found = answer("project", *SUMMARY, "--hazard-ratio", "0.6", "--targets", "40", "--simulations", "50")
    assert found["assumptions"]["hazard_ratio"] == 0.6
    assert found["assumptions"]["hazard_ratio_limits"] == [pytest.approx(0.36), 1.0]
    stated = answer(
        "project", *SUMMARY, "--hazard-ratio-range", "0.5", "0.5", "--targets", "40", "--simulations", "50"
    )
    assert stated["assumptions"]["hazard_ratio_limits"] == [0.5, 0.5]
