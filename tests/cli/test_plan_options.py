import json
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main
from duonen_stats.cli.options import chosen_plan
from duonen_stats.plan import FINAL, INTERIM, decisions
from duonen_stats.plan.plan_file import read_plan


def run(*args):
    return CliRunner().invoke(main, list(map(str, args)), prog_name="duonen")


def written(folder, text):
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_plan_is_shown_with_reasons_and_deviations_marked():
    shown = run("plan", "--set", "alpha=0.01", "--set", "follow_up_visits=V2,V4")
    assert shown.exit_code == 0, shown.output
    assert "Plan INTERIM, of the interim report: 2 decisions other than in the preset." in shown.stdout
    assert "* alpha = 0.01   (preset: 0.05)" in shown.stdout
    assert "  confidence = 0.95\n    Level of every interval. [§4.4]" in shown.stdout
    assert all(f" {item.name} = " in shown.stdout for item in decisions())
    assert "no decision other than in the preset" in run("plan", "--report", "final").stdout


def test_a_written_plan_is_the_same_plan_again(tmp_path):
    out = tmp_path / "plan.yaml"
    assert run("plan", "--report", "final", "--set", "control_arm=B", "--out", out).exit_code == 0
    assert read_plan(out) == replace(FINAL, control_arm="B")
    assert run("plan", "--plan", out, "--set", "alpha=0.01", "--out", out).exit_code == 0
    assert read_plan(out) == replace(FINAL, control_arm="B", alpha=0.01)
    shown = run("plan", "--out", out)
    assert shown.exit_code == 2
    assert "is there already and says something else" in " ".join(shown.stderr.split())
    assert read_plan(out) == replace(FINAL, control_arm="B", alpha=0.01)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alpha: [1\n", "is not valid YAML"),
        ("alpha: 0.1\nalpha: 0.1\n", "given twice"),
        ("alfa: 0.1\n", "Is alpha meant?"),
        ("alpha: high\n", "alpha is 'high'; it has to be a number"),
        ("baseline_visit: T9\n", "baseline_visit is 'T9'; it has to be T1"),
        (
            "alpha: 3\nfirth: 1\n",
            "has 2 faults: line 1: alpha is 3; it has to be a number above 0 and below 1. line 2",
        ),
        ("name: a: b\n", "line 1, column 8: a colon where no field can begin"),
        ("control_arm: Z\n", "arm Z is not in the data dictionary, which has A, B, C, D"),
        ("", None),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "command", [("report", "interim"), ("report", "final"), ("build",), ("audit",), ("plan",)], ids=" ".join
)
def test_a_faulty_plan_file_is_wrong_usage_and_nothing_is_written(command, text, words, tmp_path):
    if words is None:
        path = tmp_path / "none.yaml"
        words = "does not exist"
    else:
        path = written(tmp_path, text)
    out = () if command == ("plan",) else ("--out", tmp_path / "out")
    shown = run(*command, "--plan", path, *out)
    assert shown.exit_code == 2
    assert words in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["alpha"], "is not FIELD=VALUE"),
        (["alpha=0.01", "alpha=0.02"], "alpha is set twice"),
        (["contrl_arm=B"], "Is control_arm meant?"),
        (["between_arm_test=anva"], "Is anova meant?"),
        (["control_arm=E"], "arm E is not in the data dictionary"),
        (["follow_up_visits=V1"], "follow_up_visits is [V1]; it has to be a list of 2 or more"),
    ],
)
@pytest.mark.parametrize("command", [("report", "interim"), ("build",), ("audit",)], ids=" ".join)
def test_a_faulty_setting_is_wrong_usage(command, settings, words, tmp_path):
    asked = [part for setting in settings for part in ("--set", setting)]
    shown = run(*command, *asked, "--out", tmp_path / "out")
    assert shown.exit_code == 2
    assert words in " ".join(shown.stderr.split())
    assert not (tmp_path / "out").exists()


def test_a_plan_of_the_other_report_is_refused(tmp_path):
    shown = run(
        "report", "interim", "--plan", written(tmp_path, "report: final\n"), "--out", tmp_path / "out"
    )
    assert shown.exit_code == 2
    assert "this is the plan of the final report" in " ".join(shown.stderr.split())


def test_settings_stand_on_top_of_the_file(tmp_path):
    path = written(tmp_path, "alpha: 0.01\nquantile_type: 7\n")
    assert chosen_plan(path, ("alpha=0.1",), preset=INTERIM) == replace(INTERIM, alpha=0.1, quantile_type=7)
    assert chosen_plan(None, (), preset=FINAL) is FINAL or chosen_plan(None, (), preset=FINAL) == FINAL
    with pytest.raises(click.UsageError):
        chosen_plan(path, ("alpha=2",))


def test_datasets_are_built_by_the_plan_and_the_deviation_is_listed(tmp_path):
    out = tmp_path / "sets"
    assert run("build", "--out", out, "--set", "days_per_month=30").exit_code == 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["plan"]["days_per_month"] == 30
    assert manifest["deviations"] == [{"field": "days_per_month", "planned": 30.4375, "used": 30.0}]


@pytest.mark.whole_report
def test_the_audit_takes_plan_mapping_and_day(tmp_path, cohort_copy):
    (tmp_path / "map.yaml").write_text("sources: []\n", encoding="utf-8")
    out = tmp_path / "audit"
    shown = run(
        "audit", cohort_copy, "--out", out, "--set", "quantile_type=7", "--mapping", tmp_path / "map.yaml",
        "--cut", "2024-01-31",
    )  # fmt: skip
    assert shown.exit_code == 0, shown.output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["data_cut"]["date"] == "2024-01-31"
    assert manifest["deviations"] == [{"field": "quantile_type", "planned": 6, "used": 7}]
    assert "INTERIM, 1 deviation" in (out / "audit.html").read_text(encoding="utf-8")


def test_a_converted_cut_may_be_reduced(tmp_path):
    out = tmp_path / "cut"
    assert run("convert", "--format", "csv", "--out", out, "--cut", "2024-01-31").exit_code == 0
    assert "2024-01-31" in (Path(out) / "data_cut.csv").read_text(encoding="utf-8")
