"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

from dataclasses import fields

import pytest
from design_commands import COHORT, SUMMARY, answer, run

from duonen_stats.cli import design as answers
from duonen_stats.cli import design_cut, design_reestimation

design = answers.design
OPTION_OBJECTS = [
    value
    for module in (answers, design_cut, design_reestimation)
    for name, value in vars(module).items()
    if isinstance(value, type) and name.endswith("Options")
]


def test_power_by_text_and_by_json_agree():
    found = answer("power", "--method", "lakatos")
    assert found["result"]["power"] == pytest.approx(0.73930943, rel=1e-6)
    assert found["assumptions"]["control_hazard_per_month"] == 0.0235
    assert "73.9%" in run("power", "--method", "lakatos").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("power", "--alpha", "x"), "'--alpha'"),
        (("power", "--alpha", "2"), "above 0 and below 1"),
        (("power", "--hazard-ratio", "0.5;0.6"), "'--hazard-ratio'"),
        (("power", "--hazard-ratio", "-0.5"), "'--hazard-ratio'"),
        (("power", "--control-hazard", "-0.01"), "'--control-hazard'"),
        (("power", "--control-hazard", "nan"), "finite"),
        (("power", "--patients", "0"), "'--patients'"),
        (("power", "--method", "guess"), "'--method'"),
        (("power", "--control-median", "20", "--control-hazard", "0.02"), "--control-hazard and --control-median"),
        (("power", "--total", "90", "--followup", "30"), "--total and --followup"),
        (("power", "--far-tail", "--sides", "1"), "--far-tail has an effect only with --sides 2"),
        (("power", "--gamma", "1"), "--gamma has an effect only with --method lakatos"),
        (("power", "--events", "50", "--total", "100"), "--total has an effect only without --events"),
        (("power", "--hazard-ratio", "1,0.5", "--hazard-starts", "0,6"), "needs --method lakatos"),
        (("power", "--hazard-ratio", "1,0.5"), "one per interval"),
        (("power", "--accrual-starts", "0,12"), "one value per period"),
        (("sample-size", "--power", "90"), "0.9 for 90%"),
        (("sample-size", "--power", "0.04"), "--power must be above the level --alpha"),
        (("simulate", "--trials", "0"), "'--trials'"),
        (("simulate", "--scheduler", "nonsense"), "tcp://10.0.0.5:8786"),
        (("methods", "--trials", "0", "--seed", "3"), "--seed has an effect only with --trials above 0"),
        (("boundaries", "--max-events", "0"), "'--max-events'"),
        (("boundaries", "--looks", "30,60.5"), "whole numbers of events"),
        (("boundaries", "--looks", "0.5,0.9"), "end at 1"),
        (("boundaries", "--looks", "30,60", "--max-events", "70"), "leave out --max-events"),
        (("boundaries", "--efficacy", "hwang_shih_decani"), "--efficacy-parameter must be given"),
        (("boundaries", "--efficacy-parameter", "2"), "--efficacy-parameter has an effect only"),
        (("boundaries", "--binding"), "--binding has an effect only with --futility"),
        (("conditional-power",), "--z"),
        (("conditional-power", "--z", "1", "--look", "2"), "--look is an interim look"),
        (("precision", "--patients", "1" + 23 * "0"), "'--patients'"),
        (("project", "--entered", "60"), "--events and --cut-month"),
        (("project", str(COHORT), *SUMMARY), "DATA and --entered"),
        (("project", "--dropouts", "3"), "--dropouts has an effect only with --entered"),
        (("project", "--entered", "100000000", "--events", "3", "--cut-month", "9"), "'--entered'"),
        (("project", "--entered", "10", "--events", "11", "--cut-month", "36"),
         "--events and --dropouts must together be no more than --entered."),
        (("project", *SUMMARY, "--exposure", "5000"), "--exposure: 5000 patient-months do not fit"),
        (("project", "--entered", "60", "--events", "15", "--cut-month", "inf"), "'--cut-month'"),
        (("reestimate", "--zone", "0.2", "0.8"), "--zone has an effect only with --z"),
        (("reestimate", "--z", "1", "--max-patients", "120", "--trials", "0"),
         "--max-patients has an effect only without --z or with --trials"),
        (("reestimate", "--z", "1", "--max-patients", "80"), "--max-patients must be no less than --patients"),
        (("reestimate", str(COHORT), "--max-patients", "60"), "--max-patients must be no less than --patients"),
        (("reestimate", *SUMMARY, "--total", "30"),
         "--total 30: the analysis must not come before the cut at month 36.0"),
        (("reestimate", "--z", "1", *SUMMARY, "--total", "30", "--planned-events", "64", "--trials", "0"),
         "--total 30: the analysis must not come before the cut at month 36.0"),
        (("reestimate", "--z", "1.5", "--events", "33", "--trials", "500"),
         "--trials: 500 trials are too few to find a critical value"),
        (("characteristics", "--trials", "50", "--calibration-trials", "500"),
         "--calibration-trials: 500 trials are too few to find a critical value"),
        (("simulate", "--trials", "50", "--calibration-trials", "5"),
         "--calibration-trials: 5 trials are too few to find a critical value"),
        (("reestimate", str(COHORT), "--z", "1.5", "--events", "33"), "DATA has an effect only without --z"),
        (("reestimate", "--z", "1", "--zone", "0.8", "0.2"), "The limits of --zone must increase."),
        (("reestimate", "--z", "1", "--final-z", "2"), "--final-z also needs --final-events"),
        (("reestimate", "--z", "1", "--planned-events", "64", "--max-events", "50"),
         "--max-events 50 lies below the 64 planned"),
        (("reestimate", "--z", "1", "--trials", "0", "--events", "64"), "--events 64: those seen at the look"),
        (("reestimate", "--z", "1", "--trials", "0", "--control-hazard", "1e-9"), "of the plan by --planned-events"),
        (("reestimate", *SUMMARY, "--patients", "50"), "--patients 50: 60 have entered already"),
        (("characteristics", "--looks", "0.3,0.6,1"), "two looks"),
        (("reestimate", "--z", "1", "--entered", "100", "--events", "20", "--cut-month", "36", "--trials", "0"),
         "--patients 92: 100 have entered already (--entered)"),
        (("project", "--entered-so-far", "100"), "--patients 92: 100 have entered already (--entered-so-far)"),
        (("reestimate", "--entered", "60", "--events", "20", "--cut-month", "136"),
         "--total 120: the analysis must not come before the cut at month 136.0"),
        (("characteristics", "--planned-events", "300"), "--patients 92: 92 patients cannot have the 150 events"),
        (("reestimate", "--z", "1", "--planned-events", "300"), "--patients 92: 92 patients cannot have the 150"),
        (("characteristics", "--power", "0.8"), "--power has an effect only with --futility"),
        (("reestimate", "--z", "1", "--power", "0.8"), "--power has an effect only without --z or with --futility"),
        (("reestimate", "--conditional-power", "0.8"), "--conditional-power has an effect only with --z"),
        (("reestimate", "--futility", "kim_demets", "--futility-parameter", "2"), "--futility has an effect only with"),
        (("reestimate", "--z", "1", "--trials", "3000", "--calibration-trials", "3000"),
         "--trials and --calibration-trials state the same thing with --z"),
        (("reestimate", "--z", "1", "--trials", "0", "--calibration-trials", "3000"),
         "--calibration-trials has an effect only with --trials above 0"),
        (("reestimate", "--z", "3.5", "--opened", "2022-01-01"), "--opened has no effect: the trial stops at the look"),
        (("reestimate", "--z", "3.5", "--entered", "60", "--events", "20", "--cut-month", "36"),
         "--entered has no effect: the trial stops at the look"),
        (("reestimate", "--z", "1", "--test", "unweighted", "--efficacy", "pocock", "--events", "30"),
         "--efficacy pocock with --test unweighted and a look at 30 events: A plan with the boundary pocock has no"),
        (("reestimate", "--z", "1", "--final-z", "2", "--final-events", "32"),
         "--final-events 32 must be more than the 32 events of the look (--events)"),
        (("reestimate", "--z", "3.5", "--trials", "0", "--final-z", "2", "--final-events", "80"),
         "--final-z has no place: Z = 3.5 at the look already crosses its boundary of 2.963"),
        (("reestimate", "--z", "1", "--test", "unweighted", "--final-z", "2", "--final-events", "96"),
         "--final-events 96 with --test unweighted: The usual test of 96 events does not hold its level"),
        (("reestimate", "--z", "1", "--planned-events", "2", "--looks", "0.9,1"), "leave no event after the look"),
        (("reestimate", *SUMMARY, "--calibration-trials", "100"), "--calibration-trials: 100 trials are too few"),
        (("reestimate", "--z", "1", "--effect", "planned", "--hazard-ratio", "2"), "--effect, --hazard-ratio: The"),
        (("boundaries", "--efficacy", "haybittle_peto", "--efficacy-parameter", "1"),
         "--looks, --efficacy: The interim looks spend"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_wrong_usage_exits_2_and_names_the_option(args, words):
    shown = run(*args)
    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert words in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.output
    assert "simulated trials" not in shown.stderr  # found out before anything is simulated


@pytest.mark.parametrize(
    "args",
    [
        ("sample-size", "--hazard-ratio", "1"),
        ("events", "--target", "117"),
        ("simulate", "--scheduler", "tcp://127.0.0.1:1"),
    ],
    ids=" ".join,
)
def test_an_impossible_design_is_one_paragraph_and_exits_1(args):
    shown = run(*args)
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr.startswith("duonen: ")
    assert shown.stderr.count("\n") == 1


def test_any_answer_can_be_filed(tmp_path):
    out = tmp_path / "filed"
    shown = run("power", "--out", str(out))
    assert shown.exit_code == 0
    assert "Written to" in shown.stdout
    assert {path.name for path in out.iterdir()} >= {
        "report.html",
        "report.pdf",
        "results.csv",
        "manifest.json",
    }
    found = run("power", "--json", "--out", str(out))
    assert found.stdout.strip().endswith("}")
    assert "Written to" in found.stderr
    (out / "own.txt").write_text("mine", encoding="utf-8")
    refused = run("power", "--out", str(out))
    assert refused.exit_code == 2
    assert (out / "own.txt").exists()


@pytest.mark.parametrize("name", sorted(design.commands))
def test_the_options_of_a_command_are_the_fields_of_its_typed_object(name):
    """Every option is declared once, in the order of the help, and none is passed beside the object."""
    command = design.commands[name]
    names = [param.name for param in command.params if param.name not in {"version", "help"}]
    assert len(names) == len(set(names))
    made = [one for one in OPTION_OBJECTS if {field.name for field in fields(one)} == set(names)]
    assert made, names


FIGURED = {
    "power": (), "sample-size": (), "events": (), "precision": (), "boundaries": (), "conditional-power": ("--z", "1"),
    "methods": ("--trials", "0"), "simulate": ("--trials", "200", "--calibration-trials", "1000"), "project": SUMMARY,
    "reestimate": ("--z", "1.2", "--trials", "0"),
    "characteristics": ("--trials", "100", "--calibration-trials", "2600", "--planned-events", "64"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FIGURED))
def test_a_figure_of_the_answer_is_drawn_and_a_bad_place_is_refused_before_the_work(
    name, tmp_path, monkeypatch
):
    path = tmp_path / "new" / "figure.svg"
    shown = run(name, *FIGURED[name], "--figure", str(path))
    assert shown.exit_code == 0, shown.output
    assert f"Written to {path}: " in shown.stdout
    assert path.read_text(encoding="utf-8").lstrip().startswith("<?xml")

    def worked(*_: object, **__: object) -> None:
        raise AssertionError("the work began")

    for module in (
        "fixed_answers",
        "monitoring_answers",
        "simulation_answers",
        "projection_answers",
        "reestimation_answers",
    ):
        for answering in (
            f"{name.replace('-', '_')}_answer",
            "simulation_answer",
            "reestimate_unblinded_answer",
        ):
            monkeypatch.setattr(f"duonen_stats.design_report.{module}.{answering}", worked, raising=False)
    for figure, more, words in (
        ("figure.jpg", (), "--figure must end in .svg, .pdf or .png"),
        ("out", (), "--figure must end in"),
        ("out/figure.svg", ("--out", "out"), "--figure outside its folder"),
        ("out.svg", ("--out", "out.svg"), "--figure outside its folder"),
        ("new/figure.svg/one.svg", (), "--figure: "),
        ("", (), "--figure"),
    ):
        args = [str(tmp_path / one) if one.startswith("out") else one for one in more]
        refused = run(name, *FIGURED[name], "--figure", str(tmp_path / figure) if figure else "", *args)
        assert refused.exit_code == 2, figure
        assert words in " ".join(refused.stderr.split())
        assert refused.stdout == ""
    assert [one.name for one in tmp_path.iterdir()] == ["new"]


def test_a_command_without_a_figure_has_no_such_option():
    for name in set(design.commands) - set(FIGURED):
        assert "--figure" not in {flag for param in design.commands[name].params for flag in param.opts}


def test_a_figure_beside_json_says_so_on_the_other_stream(tmp_path):
    shown = run("power", "--json", "--figure", str(tmp_path / "one.png"), "--out", str(tmp_path / "report"))
    assert shown.exit_code == 0
    assert shown.stdout.rstrip().endswith("}")
    assert shown.stderr.count("Written to") == 2
    assert (tmp_path / "report" / "figures" / "power_figure.svg").is_file()
    assert "power_figure" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_the_list_of_commands_says_what_each_does_without_being_cut_off():
    shown = run("--help").stdout
    listed = [line.strip() for line in shown.split("Commands:")[1].splitlines() if line.startswith("  ")]
    assert {line.split()[0] for line in listed if "  " in line} >= set(design.commands)
    assert not any(line.endswith("...") for line in listed)
