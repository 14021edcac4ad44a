"""What a look at a trial changes: rules as typed, and how many trials stand behind their values."""

import pytest
from design_commands import answer, run

from duonen_stats.cli.design import design
from duonen_stats.cli.design_options import planned_patients
from duonen_stats.cli.design_reestimation import CharacteristicsOptions, ReestimateOptions
from duonen_stats.design import group_sequential_design, respent_design

Z = ("reestimate", "--trials", "0", "--z")


def typed(name: str, *args: str):
    """The typed object of a command, as click makes it of its options."""
    kind = {"reestimate": ReestimateOptions, "characteristics": CharacteristicsOptions}[name]
    context = design.commands[name].make_context(name, list(args))
    return kind(**context.params)


def test_both_commands_calibrate_on_the_same_number_of_trials():
    assert typed("reestimate", "--z", "1").null_trials == 400_000
    assert typed("characteristics").calibration_trials == 400_000
    assert typed("reestimate", "--z", "1", "--calibration-trials", "3000").null_trials == 3000
    assert typed("reestimate", "--z", "1", "--trials", "3000").null_trials == 3000
    assert typed("reestimate", "--z", "1", "--trials", "0").null_trials == 0
    assert typed("reestimate").power_trials == 40_000
    found = answer("reestimate", "--z", "1.5", "--calibration-trials", "3000")
    assert found["calibration"] == answer("reestimate", "--z", "1.5", "--trials", "3000")["calibration"]


def test_the_help_says_what_the_trials_are_for():
    shown = " ".join(run("reestimate", "--help").stdout.split())
    assert "Simulated trials for each hazard ratio" not in shown
    assert "Blinded: simulated trials behind each power." in shown
    assert "100000, with --z 400000" in shown


def test_power_is_that_of_the_plan_and_conditional_power_is_aimed_at():
    found = answer(*Z, "1.7", "--conditional-power", "0.8")
    assert found["rule"]["target_power"] == 0.8
    assert found["rule"]["design"]["power"] == 0.9
    assert found["unblinded"]["conditional_power"] == pytest.approx(0.8, abs=0.01)
    assert found["unblinded"]["events_decided"] < answer(*Z, "1.7")["unblinded"]["events_decided"]


def test_futility_is_part_of_a_re_estimation_plan():
    stops = ("--futility", "kim_demets", "--futility-parameter", "2")
    found = answer(*Z, "0.2", *stops, "--power", "0.8")
    assert found["unblinded"]["zone"] == "futility"
    assert found["rule"]["design"]["power"] == 0.8
    assert answer(*Z, "0.2")["unblinded"]["zone"] == "unfavourable"
    shared = ("--planned-events", "64", *stops)
    seen = answer("reestimate", "--z", "1.5", "--trials", "3000", *shared)["calibration"]
    other = answer("characteristics", "--trials", "100", "--calibration-trials", "3000", *shared)
    assert seen == other["calibration"]


def test_events_of_a_look_are_whole():
    """Half of 117 are 58.5: the look waits for 59, in the decision as in the simulated trials."""
    found = answer(*Z, "1.5", "--planned-events", "117")
    assert found["unblinded"]["interim_events"] == 59
    assert "59.0 events (as planned for the look)" in run(*Z, "1.5", "--planned-events", "117").stdout
    few = ("--trials", "100", "--calibration-trials", "3000", "--patients", "180")
    assert answer("characteristics", "--planned-events", "117", *few)["rule"]["seen_events"] == 59
    # A plan without a spending function keeps its values at the whole number.
    usual = ("--planned-events", "117", "--test", "unweighted", "--efficacy", "obrien_fleming")
    design_of = answer(*Z, "1.5", *usual)["rule"]["design"]
    assert design_of["efficacy_z"] == pytest.approx(
        group_sequential_design(2, efficacy="obrien_fleming").efficacy_z
    )


@pytest.mark.parametrize(
    "more",
    [
        ("--efficacy", "lan_demets_pocock"),
        ("--efficacy", "stated_spending", "--efficacy-parameter", "0.01,0.025"),
        ("--efficacy", "haybittle_peto"),
        ("--efficacy", "kim_demets", "--efficacy-parameter", "3"),
    ],
    ids=lambda more: more[1],
)
def test_the_usual_test_spends_the_error_of_the_plan_at_the_events_seen(more):
    """The plan is made at its looks and spent at those taken; it is not planned again there."""
    found = answer(*Z, "1.2", "--events", "40", "--planned-events", "64", "--test", "unweighted", *more)
    parameter = tuple(float(part) for part in more[3].split(",")) if len(more) > 2 else None
    if parameter is not None and len(parameter) == 1:
        parameter = parameter[0]
    plan = group_sequential_design(2, efficacy=more[1], efficacy_parameter=parameter)
    moved = respent_design(plan, [40, 64], planned=64)
    assert found["rule"]["design"]["efficacy_z"] == pytest.approx(moved.efficacy_z)
    assert found["rule"]["design"]["alpha_spent"][-1] == pytest.approx(0.025)
    weighted = answer(*Z, "1.2", "--events", "40", "--planned-events", "64", *more)
    assert weighted["rule"]["design"]["efficacy_z"] == pytest.approx(plan.efficacy_z)


def test_events_that_were_not_stated_are_said_to_be_those_planned():
    note = "The events seen at the look were not stated"
    assert note in run(*Z, "1.5").stdout
    assert note not in run(*Z, "1.5", "--events", "33").stdout


def test_what_was_not_simulated_is_said_with_the_way_to_have_it():
    """--calibration-trials would be refused beside the --trials 0 that left the simulation out."""
    assert "were not simulated: leave out --trials 0." in " ".join(run(*Z, "1.5").stdout.split())
    assert "not simulated" not in run("reestimate", "--trials", "3000", "--z", "1.5").stdout


def test_limits_beside_a_calibrated_test_belong_to_it():
    found = answer(
        "reestimate",
        "--z",
        "1.5",
        "--events",
        "33",
        "--trials",
        "4000",
        "--final-z",
        "2.3",
        "--final-events",
        "90",
    )
    assert found["final"]["confidence"] == 0.95
    assert found["final_calibrated"]["confidence"] > 0.95
    assert found["final_calibrated"]["upper"] > found["final"]["upper"]
    assert (found["final_calibrated"]["upper"] < 1) is found["final_calibrated"]["rejects"]


def test_patients_of_the_options_are_those_of_the_plan():
    assert planned_patients(None) == typed("characteristics").n_patients == 92
